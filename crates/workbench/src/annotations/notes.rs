//! What is noted, for the window and the report.

use std::collections::BTreeMap;

use serde::Serialize;
use vestige_custody::line::{EntryLine, Line};
use vestige_store::annotation::{self, Mark};
use vestige_store::ledger::Ledger;
use vestige_store::page::{Reader, StoredRow};

use crate::error::WorkError;

/// What is noted of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Notes {
    /// Whether it is starred.
    pub starred: bool,
    /// Its mark.
    pub mark: Option<Mark>,
    /// Its tags, in order.
    pub tags: Vec<String>,
    /// Its comments, oldest first.
    pub comments: Vec<Note>,
    /// The custody entry of the last change, or of the last that was taken back; none where nothing
    /// is noted.
    pub custody_seq: Option<u64>,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// What it says.
    pub text: String,
    /// Who wrote it, as its custody entry says.
    pub by: String,
    /// When, RFC 3339 in UTC.
    pub time: String,
    /// The custody entry.
    pub custody_seq: u64,
}

/// A tag and the visible events that have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TagCount {
    /// The tag.
    pub tag: String,
    /// How many they are.
    pub events: u64,
}

/// An event of which something is noted. Its row has the locator, its origin the SHA-256 of the
/// evidence item and the custody entry of the import.
#[derive(Clone, Debug, PartialEq)]
pub struct NotedEvent {
    /// The event.
    pub row: StoredRow,
    /// What is noted of it.
    pub notes: Notes,
}

/// What is noted of a row; nothing where nothing is.
///
/// # Errors
/// What SQLite says.
pub fn notes_of(reader: &Reader, row: &StoredRow) -> Result<Notes, WorkError> {
    let mut writers = BTreeMap::new();
    notes(reader, row, &mut writers)
}

/// Who wrote which comment, and when: each entry is read once.
type Writers = BTreeMap<u64, (String, String)>;

fn notes(reader: &Reader, row: &StoredRow, writers: &mut Writers) -> Result<Notes, WorkError> {
    let Some(noted) = &row.noted else {
        return Ok(Notes::default());
    };
    let mut comments = Vec::with_capacity(noted.comments.len());
    for one in &noted.comments {
        let (by, time) = writer(reader, one.seq, writers)?;
        comments.push(Note {
            text: one.text.clone(),
            by,
            time,
            custody_seq: one.seq,
        });
    }
    Ok(Notes {
        starred: noted.starred,
        mark: noted.mark,
        tags: noted.tags.iter().cloned().collect(),
        comments,
        custody_seq: Some(noted.seq),
    })
}

fn writer(reader: &Reader, seq: u64, writers: &mut Writers) -> Result<(String, String), WorkError> {
    if let Some(known) = writers.get(&seq) {
        return Ok(known.clone());
    }
    let mut found = (String::new(), String::new());
    Ledger::entries(reader.connection(), seq, &mut |stored| {
        if let (true, Ok(Line::Entry(entry))) = (stored.seq == seq, Line::parse(stored.body)) {
            found = (actor(&entry), entry.recorded_at.clone());
        }
        Ok(false)
    })?;
    writers.insert(seq, found.clone());
    Ok(found)
}

fn actor(entry: &EntryLine) -> String {
    let name = entry
        .value
        .get("actor")
        .and_then(|actor| actor.get("name")?.as_text());
    name.unwrap_or_default().to_owned()
}

/// Every tag that a visible event has, most frequent first.
///
/// # Errors
/// What SQLite says.
pub fn tags(reader: &Reader) -> Result<Vec<TagCount>, WorkError> {
    let found = annotation::tags(reader.connection()).map_err(WorkError::database)?;
    let tags = found
        .into_iter()
        .map(|(tag, events)| TagCount { tag, events });
    Ok(tags.collect())
}

/// Every visible event of which anything is noted, oldest first, undated ones last. Their places
/// are held, the events are read one at a time.
///
/// # Errors
/// What SQLite says; as an item, what is damaged.
pub fn noted(
    reader: &Reader,
) -> Result<impl Iterator<Item = Result<NotedEvent, WorkError>>, WorkError> {
    let places = annotation::noted_rows(reader.connection()).map_err(WorkError::database)?;
    let mut writers = Writers::new();
    Ok(places.into_iter().filter_map(move |place| {
        let event = reader.row(place.row).map_err(WorkError::from).transpose()?;
        Some(event.and_then(|row| {
            let notes = notes(reader, &row, &mut writers)?;
            Ok(NotedEvent { row, notes })
        }))
    }))
}
