//! What was received, what became of it, and what it covers.

use super::{Block, Column, Holds, Pair, Row, cells, column, data, row, text, words};
use crate::facts::{Evidence, Facts, Source};
use crate::say;

/// Most files that are printed.
const MOST: usize = 5_000;

/// The items with their digests.
pub(super) fn items(facts: &Facts) -> Vec<Block> {
    if facts.evidence.is_empty() {
        return vec![text("This case holds no evidence.")];
    }
    let columns = vec![
        column("Item", Holds::Data, 15),
        column("Type", Holds::Data, 25),
        column("Size", Holds::Number, 13),
        column("Found", Holds::Number, 12),
        column("Stored", Holds::Number, 12),
        column("Duplicate", Holds::Number, 13),
        column("Rejected", Holds::Number, 12),
        column("Ignored", Holds::Number, 12),
        column("State", Holds::Words, 14),
    ];
    let rows = facts.evidence.iter().take(MOST).map(item).collect();
    let mut blocks = vec![
        text(
            "Each file as it was received, with its SHA-256; below an archive, the files in it. Each record found is stored, a duplicate, rejected or ignored; the next section adds them up.",
        ),
        Block::Table { columns, rows },
    ];
    let left = facts.evidence.len().saturating_sub(MOST) as u64;
    if left > 0 {
        blocks.push(text(format!(
            "{} more are not printed; report.json and the command vestige evidence list all of them. The sums are over all.",
            say::count(left, "file", "files")
        )));
    }
    blocks
}

fn item(one: &Evidence) -> Row {
    let id = match one.inside {
        true => format!("↳ {}", one.id),
        false => one.id.clone(),
    };
    let state = match one.withdrawn {
        true => "withdrawn".to_owned(),
        false => one.state.clone(),
    };
    let numbers = [
        one.found,
        one.stored,
        one.duplicate,
        one.rejected,
        one.ignored,
    ];
    let mut cells = vec![
        id,
        one.data_type.clone().unwrap_or_else(|| "–".to_owned()),
        say::size(one.bytes),
    ];
    cells.extend(numbers.map(say::number));
    cells.push(state);
    Row {
        cells,
        under: below(one),
        sum: false,
    }
}

fn below(one: &Evidence) -> Vec<Pair> {
    let mut under = vec![data("Name", one.name.as_str())];
    match (&one.sha256, one.inside) {
        (Some(sha256), _) => under.push(data("SHA-256", sha256.as_str())),
        (None, false) => under.push(words("SHA-256", "none: the file could not be read")),
        (None, true) => {}
    }
    if let (Some(first), Some(last)) = (&one.first, &one.last) {
        under.push(data(
            "Times",
            format!("{} to {}", say::time(first), say::time(last)),
        ));
    }
    if let Some(reason) = &one.reason {
        under.push(words("Reason", reason.as_str()));
    }
    if one.warnings > 0 {
        under.push(words("Warnings", say::number(one.warnings)));
    }
    under
}

/// The sums.
pub(super) fn sums(facts: &Facts) -> Vec<Block> {
    let sums = &facts.reconciliation;
    if sums.files == 0 {
        return vec![text(
            "Nothing was imported, so there is nothing to be reconciled.",
        )];
    }
    let said = match sums.adds_up() {
        true => {
            "Found equals stored, duplicate, rejected and ignored together: every record is accounted for."
        }
        false => {
            "THE SUMS DIFFER: not every record found is accounted for. Do not rely on counts in this report before that is explained."
        }
    };
    vec![text(said), records(facts), files(facts)]
}

fn sum_columns(what: &str) -> Vec<Column> {
    vec![
        column(what, Holds::Words, 30),
        column("Number", Holds::Number, 14),
        column("Meaning", Holds::Words, 56),
    ]
}

fn records(facts: &Facts) -> Block {
    let sums = &facts.reconciliation;
    let line = |name: &str, value: u64, meaning: &str| cells(&[name, &say::number(value), meaning]);
    let mut rows = vec![
        line(
            "Stored",
            sums.stored,
            "kept as they are, each with its place",
        ),
        line(
            "Duplicate",
            sums.duplicate,
            "delivered more than once; the first is in view",
        ),
        line(
            "Rejected",
            sums.rejected,
            "could not be read; each has a reason and an offset",
        ),
        line(
            "Ignored",
            sums.ignored,
            "are no records of an event, for a reason that is kept",
        ),
    ];
    let mut found = line("Found", sums.found, "records in the files");
    found.sum = true;
    rows.push(found);
    rows.push(line(
        "Events and flows",
        sums.events,
        "made of them: a record may hold several",
    ));
    rows.push(line("Undated", sums.undated, "in view without a time"));
    rows.push(line("Warnings", sums.warnings, "about files and records"));
    Block::Table {
        columns: sum_columns("Records"),
        rows,
    }
}

fn files(facts: &Facts) -> Block {
    let sums = &facts.reconciliation;
    let line = |name: &str, value: u64, meaning: &str| cells(&[name, &say::number(value), meaning]);
    let mut rows = vec![
        line("Imported", sums.imported, "read from end to end"),
        line("Partial", sums.partial, "a part could not be read"),
        line("Rejected", sums.files_rejected, "nothing is taken of them"),
        line(
            "Duplicate",
            sums.files_duplicate,
            "hold what another file holds",
        ),
    ];
    let size = format!(
        "{} as received, {} unpacked",
        say::bytes(sums.bytes),
        say::bytes(sums.bytes_decompressed)
    );
    let mut all = row(vec!["Received".to_owned(), say::number(sums.files), size]);
    all.sum = true;
    rows.push(all);
    rows.push(line(
        "Withdrawn",
        sums.withdrawn,
        "of these: hidden since, bytes and entries kept",
    ));
    Block::Table {
        columns: sum_columns("Files"),
        rows,
    }
}

/// What was recorded where and when.
pub(super) fn sources(facts: &Facts) -> Vec<Block> {
    if facts.sources.is_empty() {
        return vec![text("No event is in view, so no source can be told.")];
    }
    let columns = vec![
        column("Type", Holds::Data, 26),
        column("Account", Holds::Data, 19),
        column("Region", Holds::Data, 15),
        column("Events", Holds::Number, 13),
        column("Hours with events", Holds::Number, 15),
        column("of hours", Holds::Number, 11),
    ];
    let rows = facts.sources.iter().map(source).collect();
    let mut blocks = vec![
        text(
            "The whole case, whatever this report is narrowed to. An hour without events is not shown to be an hour without activity: whether a source was collected, empty or switched off is not judged here.",
        ),
        Block::Table { columns, rows },
    ];
    if facts.sources_left_out > 0 {
        blocks.push(text(format!(
            "{} more are not listed.",
            say::count(facts.sources_left_out, "source", "sources")
        )));
    }
    blocks
}

fn source(one: &Source) -> Row {
    let absent = || "–".to_owned();
    let when = match (&one.first, &one.last) {
        (Some(first), Some(last)) => format!("{} to {}", say::time(first), say::time(last)),
        _ => "no event of it has a time".to_owned(),
    };
    let mut under = vec![data("Times", when)];
    if one.undated > 0 {
        under.push(words("Undated", say::number(one.undated)));
    }
    Row {
        cells: vec![
            one.data_type.clone(),
            one.account.clone().unwrap_or_else(absent),
            one.region.clone().unwrap_or_else(absent),
            say::number(one.events),
            say::number(one.hours),
            say::number(one.span_hours),
        ],
        under,
        sum: false,
    }
}
