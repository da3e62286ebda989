//! Tests that go by where a row comes from: its evidence item, its member, its import, its id.

use rusqlite::{Connection, OptionalExtension, Result, params};
use vestige_model::{EventId, Field};

use super::column::Table;
use super::expr::Value;
use super::value::evidence_label;

/// Rows of a table, first and last number included.
pub(crate) type Run = (i64, i64);

/// The runs of rows whose member is any of these, joined where they touch.
pub(crate) fn runs(
    connection: &Connection,
    table: Table,
    field: Field,
    values: &[Value],
) -> Result<Vec<Run>> {
    let name = table.name();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {name}_from, {name}_to, m.path, e.id, a.started
         FROM member m JOIN evidence e ON e.id=m.evidence JOIN acquisition a ON a.id=e.acquisition
         WHERE {name}_from IS NOT NULL ORDER BY 1"
    ))?;
    let mut rows = statement.query([])?;
    let mut runs: Vec<Run> = Vec::new();
    while let Some(row) = rows.next()? {
        let (from, to): Run = (row.get(0)?, row.get(1)?);
        let fits = match field {
            Field::Ingested => {
                let started: i64 = row.get(4)?;
                any_time(values, started)
            }
            Field::Evidence => any_text(values, &evidence_label(row.get(3)?)),
            _ => any_text(values, row.get_ref(2)?.as_str()?),
        };
        if !fits {
            continue;
        }
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == from => *last = to,
            _ => runs.push((from, to)),
        }
    }
    Ok(runs)
}

fn any_text(values: &[Value], text: &str) -> bool {
    values.iter().any(|value| match value {
        Value::Text(pattern) => pattern.matches(text),
        Value::Present => true,
        _ => false,
    })
}

fn any_time(values: &[Value], time: i64) -> bool {
    values.iter().any(|value| match value {
        Value::Time(stretch) => stretch.first <= time && time <= stretch.last,
        Value::Present => true,
        _ => false,
    })
}

/// The rows of a table that have this id; several where the same bytes are several evidence items.
pub(crate) fn rows_of_id(connection: &Connection, table: Table, id: &EventId) -> Result<Vec<i64>> {
    let name = table.name();
    let Ok(prefix) = u64::from_str_radix(&id.evidence, 16) else {
        return Ok(Vec::new());
    };
    let Ok(offset) = i64::try_from(id.offset) else {
        return Ok(Vec::new());
    };
    // SHA-256 digests are compared as bytes, so the prefix is a range of the index.
    let least = prefix.to_be_bytes().to_vec();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {name}_from, {name}_to FROM evidence e JOIN member m ON m.evidence=e.id
         WHERE e.sha256>=?1 AND substr(e.sha256,1,8)=?1 AND m.path=?2 AND {name}_from IS NOT NULL"
    ))?;
    let mut members = statement.query(params![least, id.member])?;
    let mut found = Vec::new();
    while let Some(row) = members.next()? {
        let run = (row.get(0)?, row.get(1)?);
        found.extend(row_at(connection, table, run, offset, id.sub)?);
    }
    found.sort_unstable();
    Ok(found)
}

/// The row of a member at this offset. Rows are in the order of their offsets, so halving finds
/// it; where a row is missing the run is read from its beginning.
fn row_at(
    connection: &Connection,
    table: Table,
    run: Run,
    offset: i64,
    sub: Option<u32>,
) -> Result<Option<i64>> {
    let name = table.name();
    let mut probe = connection.prepare_cached(&format!("SELECT offset FROM {name} WHERE id=?1"))?;
    let (mut low, mut high) = (run.0, run.1.saturating_add(1));
    while low < high {
        let middle = low + (high - low) / 2;
        match probe
            .query_row([middle], |row| row.get::<_, i64>(0))
            .optional()?
        {
            Some(found) if found < offset => low = middle + 1,
            Some(_) => high = middle,
            None => {
                low = run.0;
                break;
            }
        }
    }
    connection
        .prepare_cached(&format!(
            "SELECT id FROM {name} WHERE id BETWEEN ?1 AND ?2 AND offset=?3 AND sub IS ?4 LIMIT 1"
        ))?
        .query_row(params![low, run.1, offset, sub], |row| row.get(0))
        .optional()
}
