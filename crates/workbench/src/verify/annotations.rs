//! What the entries say of annotations and of notes about items, replayed, and compared with the
//! tables.

use std::collections::BTreeMap;

use vestige_custody::{EntryLine, Value};
use vestige_store::Connection;
use vestige_store::annotation::{self, ItemNote, Stated};
use vestige_store::case_file::CaseError;

use super::Check;
use crate::annotations::{Said, read_change};
use crate::error::WorkError;
use crate::item;

/// The name of the check.
const CHECK: &str = "annotations";

/// What the entries taken so far state.
#[derive(Debug, Default)]
pub(super) struct Annotations {
    changes: BTreeMap<u64, Stated>,
    items: BTreeMap<i64, ItemNote>,
    /// Entries that contradict those before.
    wrong: Vec<String>,
}

impl Annotations {
    /// Takes the next entry.
    pub(super) fn take(&mut self, entry: &EntryLine) {
        match entry.event.as_str() {
            "timeline.annotated" => self.annotated(entry),
            "case.legal_hold_set" => self.noted(entry, |note| note.hold = true),
            "case.legal_hold_released" => self.noted(entry, |note| note.hold = false),
            "case.metadata_changed" => {
                let new = entry.detail("new");
                let word = |key: &str| {
                    new.and_then(|new| new.get(key)?.as_text())
                        .map(str::to_owned)
                };
                self.noted(entry, |note| {
                    (note.jurisdiction, note.note) = (word("jurisdiction"), word("note"));
                });
            }
            _ => {}
        }
    }

    fn annotated(&mut self, entry: &EntryLine) {
        let events = entry
            .detail("events")
            .and_then(Value::as_int)
            .unwrap_or_default();
        let stated = |what| Stated {
            what,
            events: events.unsigned_abs(),
            sha256: entry
                .detail_text("events_sha256")
                .unwrap_or_default()
                .to_owned(),
            undone_seq: None,
        };
        match read_change(entry) {
            Some(Said::Change(what)) => {
                self.changes.insert(entry.seq, stated(what));
            }
            Some(Said::Undo(seq)) => match self.changes.get_mut(&seq) {
                Some(change) if change.undone_seq.is_none() => {
                    change.undone_seq = Some(entry.seq);
                }
                _ => self.wrong.push(format!(
                    "entry {} takes back entry {seq}, which is no change that could be",
                    entry.seq
                )),
            },
            // Nothing that a table could follow from.
            None => {}
        }
    }

    /// An entry about an item; those about the case as a whole name none.
    fn noted(&mut self, entry: &EntryLine, change: impl FnOnce(&mut ItemNote)) {
        let Some(id) = entry
            .detail_text("item")
            .and_then(|id| item::parse(id).ok())
        else {
            return;
        };
        let note = self.items.entry(id).or_default();
        change(note);
        note.seq = Some(entry.seq);
    }

    /// Compares with the tables.
    pub(super) fn compare(self, connection: &Connection) -> Result<Vec<Check>, WorkError> {
        let path = connection
            .path()
            .map(std::path::PathBuf::from)
            .unwrap_or_default();
        let failed = |error| CaseError::sqlite(&path, "comparing annotations", error);
        let mut found = self.wrong;
        found.extend(annotation::differences(connection, &self.changes).map_err(failed)?);
        let items = annotation::item_notes(connection).map_err(failed)?;
        let differing = items.keys().chain(self.items.keys());
        let differing = differing.filter(|id| items.get(*id) != self.items.get(*id));
        let differing: std::collections::BTreeSet<_> = differing.collect();
        found.extend(differing.into_iter().map(|id| {
            format!(
                "the notes of {} are not as their entries state them",
                item::name(*id)
            )
        }));
        if found.is_empty() {
            let detail = format!(
                "{} changes of annotations and the notes of {} items are as the entries state them",
                self.changes.len(),
                self.items.len()
            );
            return Ok(vec![Check::pass(CHECK, detail)]);
        }
        Ok(found
            .into_iter()
            .map(|detail| Check::fail(CHECK, detail))
            .collect())
    }
}
