//! What people note: stars, marks, tags and comments of events, legal notes of items.

use std::collections::HashSet;

use vestige_model::EventId;
use vestige_store::annotation::{ItemNote, Mark, What};
use vestige_store::page::RowRef;

use super::open::Open;
use super::{CallHost, Desk};
use crate::annotations::{self, Selection as Chosen};
use crate::error::WorkError;
use crate::wire::{
    Annotate, Change, Changed, ItemNotes, NoteItem, Nothing, Selection, TagView, UndoAnnotation,
};

impl Desk {
    pub(super) fn annotate(
        &self,
        host: &CallHost<'_>,
        input: Annotate,
    ) -> Result<Changed, WorkError> {
        let open = self.needed()?;
        let change = annotations::Change {
            what: what(input.change)?,
            on: chosen(host, &open, input.about)?,
        };
        let done = open.write(host, |case| annotations::annotate(host, case, &change))?;
        Ok(done.into())
    }

    pub(super) fn undo_annotation(
        &self,
        host: &CallHost<'_>,
        input: UndoAnnotation,
    ) -> Result<Changed, WorkError> {
        let open = self.needed()?;
        let done = open.write(host, |case| {
            annotations::undo(host, case, input.custody_seq)
        })?;
        Ok(done.into())
    }

    pub(super) fn tags(&self, _: &CallHost<'_>, _: Nothing) -> Result<Vec<TagView>, WorkError> {
        let open = self.needed()?;
        let tags = annotations::tags(&*open.reader()?)?;
        Ok(tags
            .into_iter()
            .map(|one| TagView {
                tag: one.tag,
                events: one.events,
            })
            .collect())
    }

    pub(super) fn note_item(
        &self,
        host: &CallHost<'_>,
        input: NoteItem,
    ) -> Result<ItemNotes, WorkError> {
        let open = self.needed()?;
        let note = ItemNote {
            jurisdiction: input.jurisdiction,
            hold: input.hold,
            note: input.note,
            seq: None,
        };
        let noted = open.write(host, |case| {
            annotations::note_item(host, case, &input.id, &note)
        })?;
        Ok(noted.into())
    }
}

fn what(change: Change) -> Result<What, WorkError> {
    Ok(match change {
        Change::Star { on } => What::Star(on),
        Change::Tag { tag, on } => What::Tag { name: tag, on },
        Change::Comment { text } => What::Comment { text },
        Change::Mark { mark: None } => What::Mark(None),
        Change::Mark { mark: Some(word) } => {
            let mark = Mark::from_word(&word);
            let unknown = || WorkError::usage("mark", "bad, suspicious or good", word.clone());
            What::Mark(Some(mark.ok_or_else(unknown)?))
        }
    })
}

/// The events as the use case takes them; all rows of a result by their places.
fn chosen(host: &CallHost<'_>, open: &Open, about: Selection) -> Result<Chosen, WorkError> {
    match about {
        Selection::Ids { ids } => Ok(Chosen::Ids(event_ids(&ids)?)),
        Selection::Result { result, except } => {
            let listing = open.results.get(result)?;
            let reader = open.reader()?;
            annotations::few(listing.count())?;
            let rows = listing.rows(host, &reader, 0, listing.count())?;
            listing.holds(&reader)?;
            let mut left_out: HashSet<RowRef> = HashSet::new();
            for id in event_ids(&except)? {
                left_out.extend(reader.rows_by_id(&id)?.into_iter().map(|found| found.row));
            }
            let kept = rows.into_iter().filter(|row| !left_out.contains(row));
            Ok(Chosen::Rows(kept.collect()))
        }
    }
}

fn event_ids(texts: &[String]) -> Result<Vec<EventId>, WorkError> {
    let read = |text: &String| {
        text.parse::<EventId>()
            .map_err(|_| WorkError::usage("event", "the id of an event", text.clone()))
    };
    texts.iter().map(read).collect()
}

impl From<annotations::Changed> for Changed {
    fn from(done: annotations::Changed) -> Changed {
        Changed {
            events: done.events,
            custody_seq: done.custody_seq,
        }
    }
}

impl From<ItemNote> for ItemNotes {
    fn from(note: ItemNote) -> ItemNotes {
        ItemNotes {
            jurisdiction: note.jurisdiction,
            hold: note.hold,
            note: note.note,
            custody_seq: note.seq,
        }
    }
}
