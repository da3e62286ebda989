//! What examiners note of events (stars, marks, tags, comments) and of evidence items.
//!
//! A change is kept with the events it is about; what an event has is what its changes come to that
//! were not taken back, in their order ([`Noted::take`]). The tables `annotated` and
//! `annotation_tag` hold the result, so that queries need not add changes up. Verification adds them
//! up from the custody entries and compares ([`compare`]).

mod compare;
mod item;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use compare::{Stated, differences};
pub use item::{ItemNote, item_note, item_notes, set_item_note};
pub use read::{ChangeRow, Found, change, find, noted, noted_rows, standing, tags};
pub use write::{ChangeError, Digest, alters, digest, record, rows_of, undo};

pub(crate) use read::{has_tables, named, noted_in, rows_with};

use std::collections::BTreeSet;

use crate::page::RowRef;
use crate::query::Table;

/// What an examiner thinks of an event.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// It belongs to what is investigated.
    Bad = 1,
    /// It may belong to it.
    Suspicious = 2,
    /// It does not belong to it.
    Good = 3,
}

impl Mark {
    /// Every mark, in the order of its number.
    pub const ALL: [Mark; 3] = [Mark::Bad, Mark::Suspicious, Mark::Good];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Mark::Bad => "bad",
            Mark::Suspicious => "suspicious",
            Mark::Good => "good",
        }
    }

    /// The mark with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Mark> {
        Mark::ALL.into_iter().find(|mark| mark.word() == word)
    }

    pub(crate) fn from_number(number: i64) -> Option<Mark> {
        Mark::ALL.into_iter().find(|mark| *mark as i64 == number)
    }
}

/// What a change does to each event it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Sets or takes the star.
    Star(bool),
    /// Sets the mark, or clears it.
    Mark(Option<Mark>),
    /// Adds a tag, or takes it off.
    Tag {
        /// The tag, in lower case.
        name: String,
        /// Whether it is there from now on.
        on: bool,
    },
    /// Adds a comment.
    Comment {
        /// Its text.
        text: String,
    },
}

impl What {
    /// As the table holds it: a word and a value.
    fn stored(&self) -> (&'static str, &str) {
        match self {
            What::Star(on) => ("star", if *on { "1" } else { "0" }),
            What::Mark(mark) => ("mark", mark.map_or("", Mark::word)),
            What::Tag { name, on: true } => ("tag", name),
            What::Tag { name, on: false } => ("untag", name),
            What::Comment { text } => ("comment", text),
        }
    }

    /// From what the table holds; none for what no program writes.
    fn from_stored(what: &str, value: &str) -> Option<What> {
        let name = || value.to_owned();
        Some(match (what, value) {
            ("star", "0" | "1") => What::Star(value == "1"),
            ("mark", "") => What::Mark(None),
            ("mark", word) => What::Mark(Some(Mark::from_word(word)?)),
            ("tag", _) => What::Tag {
                name: name(),
                on: true,
            },
            ("untag", _) => What::Tag {
                name: name(),
                on: false,
            },
            ("comment", _) => What::Comment { text: name() },
            _ => return None,
        })
    }
}

/// What an event has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noted {
    /// Whether it is starred.
    pub starred: bool,
    /// Its mark.
    pub mark: Option<Mark>,
    /// Its tags.
    pub tags: BTreeSet<String>,
    /// Its comments, oldest first.
    pub comments: Vec<Comment>,
    /// The custody entry of the last change, or of the last that was taken back.
    pub seq: u64,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The custody entry that states it, who made it and when.
    pub seq: u64,
    /// Its text.
    pub text: String,
}

impl Noted {
    /// Takes the event's next change, in the order of their entries; `undone` is the entry that
    /// took it back.
    pub fn take(&mut self, seq: u64, what: &What, undone: Option<u64>) {
        self.seq = self.seq.max(undone.unwrap_or(seq));
        if undone.is_some() {
            return;
        }
        match what {
            What::Star(on) => self.starred = *on,
            What::Mark(mark) => self.mark = *mark,
            What::Tag { name, on: true } => {
                self.tags.insert(name.clone());
            }
            What::Tag { name, on: false } => {
                self.tags.remove(name);
            }
            What::Comment { text } => self.comments.push(Comment {
                seq,
                text: text.clone(),
            }),
        }
    }

    /// Whether the event has nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.starred && self.mark.is_none() && self.tags.is_empty() && self.comments.is_empty()
    }
}

/// How the tables name a row table.
fn flow(table: Table) -> i64 {
    i64::from(table == Table::Flow)
}

/// The row of these numbers.
fn row_ref(flow: i64, id: i64) -> RowRef {
    let table = if flow == 1 { Table::Flow } else { Table::Event };
    RowRef { table, id }
}
