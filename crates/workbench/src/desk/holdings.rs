//! The evidence of the open case as the page looks at it: by pages, filtered and sorted here, for a
//! year of CloudTrail is a hundred thousand files.

use std::cmp::Ordering;
use std::sync::{Arc, Mutex};

use vestige_model::time;
use vestige_store::ledger::Head;

use super::open::Open;
use super::{CallHost, Desk, locked};
use crate::error::WorkError;
use crate::import::{self, EvidenceReport};
use crate::wire::{EvidenceAsk, EvidencePage, EvidenceRow};

/// Rows that are given at once.
const MOST: u32 = 1000;

/// What was looked up last.
#[derive(Debug, Default)]
pub(super) struct Holdings(Mutex<Option<Arc<Holding>>>);

/// Every item and member of the case when its chain had `size` entries, and the order asked for last.
#[derive(Debug)]
struct Holding {
    size: u64,
    page: EvidencePage,
    arranged: Mutex<(Arrangement, Arc<Vec<usize>>)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Arrangement {
    words: Vec<String>,
    sort: Option<String>,
    down: bool,
}

impl Holdings {
    /// What the case holds now: whatever changes it writes an entry.
    fn get(&self, open: &Open) -> Result<Arc<Holding>, WorkError> {
        let reader = open.reader()?;
        let connection = reader.connection();
        let head = Head::read(connection).map_err(WorkError::database)?;
        let size = head.map_or(0, |head| head.size);
        let mut kept = locked(&self.0);
        if let Some(kept) = kept.as_ref().filter(|kept| kept.size == size) {
            return Ok(Arc::clone(kept));
        }
        let report = import::evidence(connection)?;
        let items = report.totals.files;
        let rows = marked(report.evidence);
        let holding = Arc::new(Holding {
            size,
            arranged: Mutex::new((Arrangement::default(), Arc::new((0..rows.len()).collect()))),
            page: EvidencePage {
                matching: rows.len() as u64,
                all: rows.len() as u64,
                items,
                totals: report.totals,
                rows,
            },
        });
        *kept = Some(Arc::clone(&holding));
        Ok(holding)
    }
}

/// Members stand under the id of their item, after it.
fn marked(reports: Vec<EvidenceReport>) -> Vec<EvidenceRow> {
    let mut rows: Vec<EvidenceRow> = Vec::with_capacity(reports.len());
    let mut item = None;
    for report in reports {
        let member = item.is_some_and(|at: usize| rows[at].report.id == report.id);
        match item.filter(|_| member) {
            Some(at) => rows[at].archive = true,
            None => item = Some(rows.len()),
        }
        rows.push(EvidenceRow {
            member,
            archive: false,
            report,
        });
    }
    rows
}

impl Holding {
    fn arranged(&self, asked: Arrangement) -> Arc<Vec<usize>> {
        let mut kept = locked(&self.arranged);
        if kept.0 != asked {
            let places = Arc::new(arranged(&self.page.rows, &asked));
            *kept = (asked, places);
        }
        Arc::clone(&kept.1)
    }
}

/// Places of the rows that hold every word, items in the order asked for with their members after
/// them. A member that holds them brings its item along, so that it is seen where it lies.
fn arranged(rows: &[EvidenceRow], asked: &Arrangement) -> Vec<usize> {
    let mut groups: Vec<(usize, Vec<usize>)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if !row.member {
            groups.push((at, Vec::new()));
        }
        let hit = holds(&row.report, &asked.words);
        if let Some((_, hits)) = groups.last_mut().filter(|_| hit) {
            hits.push(at);
        }
    }
    groups.retain(|(_, hits)| !hits.is_empty());
    if let Some(sort) = &asked.sort {
        groups.sort_by_cached_key(|(item, _)| Sorted {
            key: key(&rows[*item].report, sort),
            down: asked.down,
        });
    }
    let of = |(item, hits): (usize, Vec<usize>)| {
        let alone = hits.first() != Some(&item);
        alone.then_some(item).into_iter().chain(hits)
    };
    groups.into_iter().flat_map(of).collect()
}

fn holds(row: &EvidenceReport, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let parts = [&row.id, &row.path, &row.name, &state(row)].map(|part| part.to_lowercase());
    let more = [&row.data_type, &row.sha256]
        .map(|part| part.as_deref().unwrap_or_default().to_lowercase());
    let within = |word: &String| parts.iter().chain(&more).any(|part| part.contains(word));
    words.iter().all(within)
}

/// What became of an item or member, in the words of the page.
fn state(row: &EvidenceReport) -> String {
    let tally = &row.tally;
    let accounted = tally.stored + tally.duplicate + tally.rejected + tally.ignored;
    match row.state.as_str() {
        _ if tally.found != accounted => "unaccounted".to_owned(),
        _ if row.withdrawn => "withdrawn".to_owned(),
        "imported" => "reconciled".to_owned(),
        other => other.to_owned(),
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Text(String),
    Number(i128),
}

/// A key of a row; what has none comes last in either direction.
#[derive(PartialEq, Eq)]
struct Sorted {
    key: Option<Key>,
    down: bool,
}

impl Ord for Sorted {
    fn cmp(&self, other: &Sorted) -> Ordering {
        match (&self.key, &other.key) {
            (Some(one), Some(two)) if self.down => two.cmp(one),
            (Some(one), Some(two)) => one.cmp(two),
            (one, two) => one.is_none().cmp(&two.is_none()),
        }
    }
}

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Sorted) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Columns that rows are sorted by.
const COLUMNS: [&str; 13] = [
    "id",
    "name",
    "type",
    "bytes",
    "found",
    "stored",
    "duplicate",
    "rejected",
    "ignored",
    "warnings",
    "state",
    "first",
    "last",
];

fn key(row: &EvidenceReport, column: &str) -> Option<Key> {
    let number = |number: u64| Some(Key::Number(number.into()));
    let text = |text: &str| Some(Key::Text(text.to_lowercase()));
    let moment = |text: &Option<String>| {
        let ns = time::parse(text.as_deref()?).ns?;
        Some(Key::Number(ns.into()))
    };
    let tally = &row.tally;
    match column {
        "name" => text(&row.name),
        "type" => text(row.data_type.as_deref()?),
        "state" => text(&state(row)),
        "bytes" => number(row.bytes),
        "found" => number(tally.found),
        "stored" => number(tally.stored),
        "duplicate" => number(tally.duplicate),
        "rejected" => number(tally.rejected),
        "ignored" => number(tally.ignored),
        "warnings" => number(row.warnings),
        "first" => moment(&row.first),
        "last" => moment(&row.last),
        // `EV-10000` comes after `EV-9999`.
        _ => Some(Key::Number(row.id.trim_start_matches("EV-").parse().ok()?)),
    }
}

impl Desk {
    pub(super) fn evidence(
        &self,
        _: &CallHost<'_>,
        input: EvidenceAsk,
    ) -> Result<EvidencePage, WorkError> {
        if let Some(sort) = input
            .sort
            .as_ref()
            .filter(|sort| !COLUMNS.contains(&sort.as_str()))
        {
            return Err(WorkError::usage("sort", COLUMNS.join(", "), sort.clone()));
        }
        let open = self.needed()?;
        let holding = open.holdings.get(&open)?;
        let words = input.filter.to_lowercase();
        let places = holding.arranged(Arrangement {
            words: words.split_whitespace().map(str::to_owned).collect(),
            sort: input.sort,
            down: input.down,
        });
        let offset = usize::try_from(input.offset).unwrap_or(usize::MAX);
        let page = places.iter().skip(offset);
        let page = page.take(input.limit.min(MOST) as usize);
        let EvidencePage {
            all, items, totals, ..
        } = holding.page;
        Ok(EvidencePage {
            rows: page.map(|at| holding.page.rows[*at].clone()).collect(),
            matching: places.len() as u64,
            all,
            items,
            totals,
        })
    }
}
