//! What a report says, in sections of plain blocks: written once, set by typst and as HTML alike.

mod custody;
mod events;
mod evidence;

use serde::Serialize;

use crate::facts::{Facts, Note, Weight};
use crate::figure::{self, Figure};
use crate::say;

/// A report in words.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Content {
    /// The case's title.
    pub title: String,
    /// What stands over every page.
    pub running: String,
    /// What stands under every page: the head of the chain.
    pub foot: String,
    /// The examiner, as the document's author.
    pub author: String,
    /// What stands on the cover below the title.
    pub cover: Vec<Pair>,
    /// The few numbers of the cover.
    pub figures_of_cover: Vec<Pair>,
    /// What the cover says of the preflight.
    pub verdict: Remark,
    /// The sections, in order.
    pub sections: Vec<Section>,
    /// Drawings that blocks refer to by their place.
    #[serde(skip)]
    pub figures: Vec<Figure>,
}

/// A section.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    /// A paragraph.
    Text {
        /// The words.
        text: String,
    },
    /// A heading below the section's.
    Heading {
        /// The words.
        text: String,
    },
    /// Labels and values.
    Pairs {
        /// One below the other.
        rows: Vec<Pair>,
    },
    /// A table whose head is repeated on each page.
    Table {
        /// Its columns.
        columns: Vec<Column>,
        /// Its rows.
        rows: Vec<Row>,
    },
    /// A drawing.
    Figure {
        /// Its place in [`Content::figures`].
        figure: usize,
        /// What it shows.
        caption: String,
    },
    /// Values with bars.
    Bars {
        /// The field.
        field: String,
        /// The values.
        rows: Vec<Bar>,
    },
    /// Events, one by one.
    Cards {
        /// The events.
        cards: Vec<Card>,
    },
    /// Remarks that weigh.
    Remarks {
        /// One below the other.
        remarks: Vec<Remark>,
    },
    /// Sentences, each with a dot before it.
    List {
        /// The sentences.
        items: Vec<String>,
    },
    /// A drawing beside labels and values.
    Seal {
        /// Its place in [`Content::figures`].
        figure: usize,
        /// The labels and values.
        rows: Vec<Pair>,
    },
}

/// A label and its value.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Pair {
    /// The label.
    pub label: String,
    /// The value.
    pub value: String,
    /// Whether it is data: a digest, an id, a time, a text of evidence.
    pub data: bool,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Holds {
    /// Words.
    Words,
    /// Text of evidence, digests, ids, times.
    Data,
    /// Numbers, to the right.
    Number,
}

/// A column of a table.
#[derive(Clone, Debug, Serialize)]
pub struct Column {
    /// Its head.
    pub title: String,
    /// What it holds.
    pub holds: Holds,
    /// Its part of the width.
    pub share: u32,
}

/// A row of a table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// A cell for each column.
    pub cells: Vec<String>,
    /// What stands below over the whole width.
    pub under: Vec<Pair>,
    /// Whether it is a sum.
    pub sum: bool,
}

/// A value with its bar.
#[derive(Clone, Debug, Serialize)]
pub struct Bar {
    /// The value.
    pub value: String,
    /// How often.
    pub count: String,
    /// When first and last.
    pub when: String,
    /// The bar's place in [`Content::figures`].
    pub figure: usize,
}

/// An event.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    /// When.
    pub time: String,
    /// What, in short.
    pub title: String,
    /// Star, mark and tags.
    pub marks: Vec<String>,
    /// What is known of it, and where it comes from.
    pub rows: Vec<Pair>,
}

/// A sentence that weighs.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Remark {
    /// `note`, `warning` or `failure`.
    pub weight: Weight,
    /// The word before it.
    pub word: String,
    /// The sentence.
    pub text: String,
}

/// A label and a value of words.
pub(crate) fn words(label: &str, value: impl Into<String>) -> Pair {
    Pair {
        label: label.to_owned(),
        value: value.into(),
        data: false,
    }
}

/// A label and a value of data.
pub(crate) fn data(label: &str, value: impl Into<String>) -> Pair {
    Pair {
        data: true,
        ..words(label, value)
    }
}

fn column(title: &str, holds: Holds, share: u32) -> Column {
    Column {
        title: title.to_owned(),
        holds,
        share,
    }
}

fn text(words: impl Into<String>) -> Block {
    Block::Text { text: words.into() }
}

fn heading(words: &str) -> Block {
    Block::Heading {
        text: words.to_owned(),
    }
}

fn row(cells: Vec<String>) -> Row {
    Row {
        cells,
        ..Row::default()
    }
}

fn cells(cells: &[&str]) -> Row {
    row(cells.iter().map(|&cell| cell.to_owned()).collect())
}

/// Keeps a drawing and gives its place.
fn keep(figures: &mut Vec<Figure>, figure: Figure) -> usize {
    figures.push(figure);
    figures.len() - 1
}

/// Says the facts.
#[must_use]
pub fn content(facts: &Facts) -> Content {
    let mut figures = Vec::new();
    let sections = vec![
        section("Before relying on this report", preflight(facts)),
        section("Case and authority", case(facts)),
        section("Evidence", evidence::items(facts)),
        section("Import reconciliation", evidence::sums(facts)),
        section("Sources and times", evidence::sources(facts)),
        section("Events over time", events::over_time(facts, &mut figures)),
        section("Most frequent values", events::tops(facts, &mut figures)),
        section("Noted events", events::noted(facts)),
        section("Custody", custody::head(facts, &mut figures)),
        section(
            "What custody proves, and what it does not",
            custody::proves(facts),
        ),
        section("Tool and settings", tool(facts)),
    ];
    let reference = facts.case.reference.as_ref();
    Content {
        title: facts.case.title.clone(),
        running: match reference {
            Some(reference) => format!("{reference} · {}", facts.case.title),
            None => facts.case.title.clone(),
        },
        foot: facts.custody.pin(),
        author: facts.case.examiner.clone(),
        cover: cover(facts),
        figures_of_cover: numbers(facts),
        verdict: verdict(facts),
        sections,
        figures,
    }
}

fn section(title: &str, blocks: Vec<Block>) -> Section {
    Section {
        title: title.to_owned(),
        blocks,
    }
}

fn cover(facts: &Facts) -> Vec<Pair> {
    let case = &facts.case;
    let absent = "not stated";
    let mut rows = vec![
        words("Reference", case.reference.as_deref().unwrap_or(absent)),
        words("Authority", case.authority.as_deref().unwrap_or(absent)),
        words(
            "Examiner",
            person(&case.examiner, &case.role, &case.organisation),
        ),
        words("Custody level", case.custody_level.as_str()),
        data("State of the case", say::time(&facts.as_of)),
    ];
    if let Some(query) = &facts.scope.query {
        rows.push(data("Narrowed to", query.as_str()));
    }
    rows.push(data("Custody head", facts.custody.pin()));
    rows
}

fn numbers(facts: &Facts) -> Vec<Pair> {
    let sums = &facts.reconciliation;
    let narrowed =
        facts.scope.query.is_some() || facts.scope.from.is_some() || facts.scope.to.is_some();
    let events = if narrowed {
        "events in scope"
    } else {
        "events in view"
    };
    vec![
        words("files received", say::number(sums.files)),
        words("records found", say::number(sums.found)),
        words(events, say::number(facts.scope.events)),
        words("custody entries", say::number(facts.custody.size)),
    ]
}

/// The person, with part and organisation where they are known.
fn person(name: &str, role: &str, organisation: &str) -> String {
    let parts = [name, role, organisation].into_iter();
    let known: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    known.join(", ")
}

fn word(weight: Weight) -> &'static str {
    match weight {
        Weight::Note => "Note",
        Weight::Warning => "Warning",
        Weight::Failure => "Failure",
    }
}

fn remark(note: &Note) -> Remark {
    Remark {
        weight: note.weight,
        word: word(note.weight).to_owned(),
        text: note.text.clone(),
    }
}

/// What the cover says of the preflight: the worst first.
fn verdict(facts: &Facts) -> Remark {
    let of = |weight| {
        facts
            .preflight
            .iter()
            .filter(|note| note.weight == weight)
            .count() as u64
    };
    let (failures, warnings, notes) = (of(Weight::Failure), of(Weight::Warning), of(Weight::Note));
    let (weight, text) = match (failures, warnings, notes) {
        (0, 0, 0) => (
            Weight::Note,
            "Nothing was found that is unverified or unanchored.".to_owned(),
        ),
        (0, 0, _) => (
            Weight::Note,
            format!(
                "{}; section 1 says what.",
                say::count(notes, "note", "notes")
            ),
        ),
        (0, _, _) => (
            Weight::Warning,
            format!(
                "{} of what is not verified or not anchored; section 1 says what.",
                say::count(warnings, "warning", "warnings")
            ),
        ),
        _ => (
            Weight::Failure,
            format!(
                "{}: something contradicts the record; section 1 says what. Do not rely on this report before that is explained.",
                say::count(failures, "failure", "failures")
            ),
        ),
    };
    Remark {
        weight,
        word: word(weight).to_owned(),
        text,
    }
}

fn preflight(facts: &Facts) -> Vec<Block> {
    let lead = "What the case says of itself at the time of this report: what is not verified, not anchored outside the case, or not complete. Everything else in this report is to be read with it.";
    if facts.preflight.is_empty() {
        return vec![
            text(lead),
            text("Nothing was found that is unverified, unanchored or incomplete."),
        ];
    }
    let mut notes: Vec<&Note> = facts.preflight.iter().collect();
    notes.sort_by_key(|note| std::cmp::Reverse(note.weight as u8));
    let remarks = notes.into_iter().map(remark).collect();
    vec![text(lead), Block::Remarks { remarks }]
}

fn case(facts: &Facts) -> Vec<Block> {
    let case = &facts.case;
    let absent = || "not stated".to_owned();
    let rows = vec![
        words("Title", case.title.as_str()),
        words("Reference", case.reference.clone().unwrap_or_else(absent)),
        words("Authority", case.authority.clone().unwrap_or_else(absent)),
        words(
            "Opened by",
            person(&case.examiner, &case.role, &case.organisation),
        ),
        data("Opened", say::time(&case.created)),
        words("Custody level", case.custody_level.as_str()),
        words(
            "Case time zone",
            case.zone.clone().unwrap_or_else(|| "UTC".to_owned()),
        ),
        data("Case id", case.id.as_str()),
    ];
    let mut blocks = vec![
        Block::Pairs { rows },
        text("All times in this report are UTC."),
        heading("Who may sign"),
    ];
    blocks.push(examiners(facts));
    blocks
}

fn examiners(facts: &Facts) -> Block {
    if facts.case.examiners.is_empty() {
        return text("No key was let into this case: nothing in it is signed.");
    }
    let columns = vec![
        column("Examiner", Holds::Words, 30),
        column("Let in by entry", Holds::Number, 12),
        column("Retired by entry", Holds::Number, 12),
    ];
    let rows = facts.case.examiners.iter().map(|one| Row {
        cells: vec![
            person(&one.name, &one.role, &one.organisation),
            say::number(one.added_seq),
            one.retired_seq.map_or_else(|| "–".to_owned(), say::number),
        ],
        under: vec![data("Verifier key", one.vkey.as_str())],
        sum: false,
    });
    Block::Table {
        columns,
        rows: rows.collect(),
    }
}

fn tool(facts: &Facts) -> Vec<Block> {
    let tool = &facts.tool;
    let program = vec![
        words("Program", format!("{} {}", tool.name, tool.version)),
        data("SHA-256 of the program", tool.build_sha256.as_str()),
        words("Operating system", tool.os.as_str()),
    ];
    let mut blocks = vec![Block::Pairs { rows: program }, heading("Settings")];
    if facts.settings.is_empty() {
        blocks.push(text(
            "No setting differs from what the program does by itself.",
        ));
        return blocks;
    }
    let rows = facts
        .settings
        .iter()
        .map(|one| words(&one.name, one.value.as_str()));
    blocks.push(Block::Pairs {
        rows: rows.collect(),
    });
    blocks
}

/// A bar for `part` of `whole`.
fn bar(part: u64, whole: u64) -> Figure {
    figure::bar(part, whole)
}
