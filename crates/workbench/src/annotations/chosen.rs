//! Which events a change is about.

use vestige_model::EventId;
use vestige_store::annotation::{self, Found};
use vestige_store::page::RowRef;

use crate::error::WorkError;
use crate::explore::{Asked, Explorer};
use crate::host::Host;
use crate::item;
use crate::session::OpenCase;

/// Most events of one change.
pub const MOST: usize = 100_000;

/// Events that were chosen.
#[derive(Clone, Debug)]
pub enum Selection {
    /// By their ids.
    Ids(Vec<EventId>),
    /// By their rows in this case.
    Rows(Vec<RowRef>),
    /// All that this question finds.
    Query(Asked),
}

/// The rows to which annotations of the chosen events belong, each once, in order.
pub(super) fn rows(
    host: &dyn Host,
    case: &OpenCase,
    on: &Selection,
) -> Result<Vec<RowRef>, WorkError> {
    let mut rows = match on {
        Selection::Ids(ids) => {
            few(ids.len() as u64)?;
            by_id(host, case, ids)?
        }
        Selection::Rows(rows) => {
            few(rows.len() as u64)?;
            shown(case, rows)?
        }
        Selection::Query(asked) => by_query(host, case, asked)?,
    };
    rows.sort_unstable();
    rows.dedup();
    Ok(rows)
}

/// Refuses more events than one change takes.
pub(crate) fn few(events: u64) -> Result<(), WorkError> {
    if events <= MOST as u64 {
        return Ok(());
    }
    Err(WorkError::usage(
        "selection",
        format!("at most {MOST} events in one change; narrow the query or the time"),
        format!("{events} events"),
    ))
}

fn by_query(host: &dyn Host, case: &OpenCase, asked: &Asked) -> Result<Vec<RowRef>, WorkError> {
    let reader = case.case().open_reader()?;
    let explorer = Explorer::of(host, reader, asked)?;
    let found = explorer.rows(MOST + 1)?;
    if found.len() > MOST {
        few(explorer.count()?)?;
    }
    Ok(found)
}

fn by_id(host: &dyn Host, case: &OpenCase, ids: &[EventId]) -> Result<Vec<RowRef>, WorkError> {
    let connection = case.writer().connection();
    let mut rows = Vec::with_capacity(ids.len());
    for (at, id) in ids.iter().enumerate() {
        if at % 1_000 == 0 && host.cancelled() {
            return Err(WorkError::Stopped {
                doing: "looking for the events",
            });
        }
        let found = annotation::find(connection, id).map_err(WorkError::database)?;
        rows.push(there(case, found, &|| id.to_string())?);
    }
    Ok(rows)
}

fn shown(case: &OpenCase, rows: &[RowRef]) -> Result<Vec<RowRef>, WorkError> {
    let connection = case.writer().connection();
    let one = |row: &RowRef| {
        let found = annotation::standing(connection, *row).map_err(WorkError::database)?;
        there(case, found, &|| {
            format!("row {} of {}", row.id, row.table.name())
        })
    };
    rows.iter().map(one).collect()
}

fn there(case: &OpenCase, found: Found, event: &dyn Fn() -> String) -> Result<RowRef, WorkError> {
    let found = match found {
        Found::Shown(row) => return Ok(row),
        Found::Withdrawn(evidence) => {
            format!(
                "{} in {}, which was withdrawn",
                event(),
                item::name(evidence)
            )
        }
        Found::Absent => format!("no event {}", event()),
    };
    Err(WorkError::Absent {
        case: case.case().root().to_path_buf(),
        what: "event",
        expected: "an id that `vestige events` shows".to_owned(),
        found,
    })
}
