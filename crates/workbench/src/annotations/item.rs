//! Legal notes of evidence items: under which law, whether it is on hold, and anything else.

use std::collections::BTreeMap;

use vestige_custody::entry::Object;
use vestige_custody::{Entry, Event, Value};
use vestige_store::Connection;
use vestige_store::annotation::{self, ItemNote};
use vestige_store::case_file::{CaseError, CaseWriter};
use vestige_store::withdraw::{self, Standing};

use super::words::{COMMENT, prose};
use crate::error::WorkError;
use crate::host::Host;
use crate::item;
use crate::session::OpenCase;

/// Most characters of a jurisdiction.
const JURISDICTION: usize = 200;

/// What is noted of each evidence item of which anything was noted, by its id (`EV-0001`).
///
/// # Errors
/// What SQLite says.
pub fn item_notes(connection: &Connection) -> Result<BTreeMap<String, ItemNote>, WorkError> {
    let notes = annotation::item_notes(connection).map_err(WorkError::database)?;
    Ok(notes
        .into_iter()
        .map(|(id, note)| (item::name(id), note))
        .collect())
}

/// Notes something of an evidence item, withdrawn or not: what is given replaces what was noted;
/// `seq` is not looked at. A hold that begins or ends is an entry of its own
/// (`case.legal_hold_set`, `case.legal_hold_released`); `case.metadata_changed` states the old and
/// the new words. Gives back what is noted now.
///
/// # Errors
/// [`WorkError::Usage`] for an id or words that cannot be noted; [`WorkError::Absent`] where there is
/// no such item. Nothing is then written.
pub fn note_item(
    host: &dyn Host,
    case: &mut OpenCase,
    evidence: &str,
    note: &ItemNote,
) -> Result<ItemNote, WorkError> {
    let id = item::parse(evidence)?;
    let new = checked(note)?;
    let standing = standing(case, id)?;
    let connection = case.writer().connection();
    let old = annotation::item_note(connection, id).map_err(WorkError::database)?;
    let entries = entries(case, id, &standing, &old, &new);
    if entries.is_empty() {
        return Ok(old);
    }
    let database = case.case().database();
    let failed = |error| CaseError::sqlite(&database, "noting", error);
    let writer = case.writer_mut();
    let faults = writer.faults().clone();
    let (transaction, ledger) = writer.begin()?;
    let mut seq = 0;
    for entry in &entries {
        seq = ledger.append(&transaction, entry, host.now())?.seq;
    }
    faults.step("note item", &database, || {
        annotation::set_item_note(&transaction, id, &new, seq).map_err(failed)
    })?;
    CaseWriter::commit(transaction, &faults)?;
    case.after_write(host);
    Ok(ItemNote {
        seq: Some(seq),
        ..new
    })
}

fn checked(note: &ItemNote) -> Result<ItemNote, WorkError> {
    let words = |what, most, text: &Option<String>| match text.as_deref().map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => prose(what, most, text).map(Some),
    };
    Ok(ItemNote {
        jurisdiction: words("jurisdiction", JURISDICTION, &note.jurisdiction)?,
        hold: note.hold,
        note: words("note", COMMENT, &note.note)?,
        seq: None,
    })
}

fn standing(case: &OpenCase, id: i64) -> Result<Standing, WorkError> {
    let root = case.case().root();
    withdraw::standing(case.writer().connection(), id)
        .map_err(|error| CaseError::sqlite(root, "looking for the evidence item", error))?
        .ok_or_else(|| WorkError::Absent {
            case: root.to_path_buf(),
            what: "evidence item",
            expected: "an item that `vestige evidence` lists".to_owned(),
            found: format!("no {}", item::name(id)),
        })
}

/// The entries that a change of notes needs, none where nothing changes.
fn entries(
    case: &OpenCase,
    id: i64,
    standing: &Standing,
    old: &ItemNote,
    new: &ItemNote,
) -> Vec<Entry> {
    let about = |event| {
        let entry = case.by().entry(event).detail("item", item::name(id));
        // A file that could not be read has no digest, and so is no object.
        match standing.sha256 {
            Some(sha256) => {
                let name = standing.name.as_str();
                entry.object(&Object::evidence(
                    item::name(id),
                    name,
                    standing.bytes,
                    sha256,
                ))
            }
            None => entry,
        }
    };
    let mut entries = Vec::new();
    if old.hold != new.hold {
        entries.push(about(if new.hold {
            Event::CaseLegalHoldSet
        } else {
            Event::CaseLegalHoldReleased
        }));
    }
    if (&old.jurisdiction, &old.note) != (&new.jurisdiction, &new.note) {
        let entry = about(Event::CaseMetadataChanged);
        entries.push(entry.detail("old", words(old)).detail("new", words(new)));
    }
    entries
}

/// The words of a note, as an entry states them; absent ones left out.
fn words(note: &ItemNote) -> Value {
    let both = [("jurisdiction", &note.jurisdiction), ("note", &note.note)];
    let there = both
        .into_iter()
        .filter_map(|(key, text)| Some((key, Value::from(text.as_deref()?))));
    Value::object(there)
}
