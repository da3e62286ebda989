//! What people noted about rows.

use vestige_store::page::{Reader, RowRef};

use crate::annotations::{self, Notes};
use crate::error::WorkError;
use crate::wire::{CommentView, Noted};

/// What is noted about each of these rows.
pub(super) fn noted_of(reader: &Reader, rows: &[RowRef]) -> Result<Vec<Noted>, WorkError> {
    let of = |row: &RowRef| {
        let row = reader.row(*row)?;
        let notes = row.map(|row| annotations::notes_of(reader, &row));
        Ok(notes.transpose()?.unwrap_or_default().into())
    };
    rows.iter().map(of).collect()
}

impl From<Notes> for Noted {
    fn from(notes: Notes) -> Noted {
        Noted {
            starred: notes.starred,
            mark: notes.mark.map(|mark| mark.word().to_owned()),
            tags: notes.tags,
            comments: notes
                .comments
                .into_iter()
                .map(|one| CommentView {
                    text: one.text,
                    by: one.by,
                    time: one.time,
                    custody_seq: one.custody_seq,
                })
                .collect(),
        }
    }
}
