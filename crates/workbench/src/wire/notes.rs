//! What people note about events.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

asked! {
    /// A change to what is noted about events.
    Annotate {
        /// What changes.
        change: Change,
        /// About which.
        about: Selection,
    }

    /// A change to be taken back.
    UndoAnnotation {
        /// Its custody entry.
        custody_seq: u64,
    }
}

told! {
    /// What people noted about an event.
    Noted {
        /// Whether it is starred.
        starred: bool,
        /// `bad`, `suspicious` or `good`.
        mark: Option<String>,
        /// Tags in order.
        tags: Vec<String>,
        /// Comments, oldest first.
        comments: Vec<CommentView>,
    }

    /// A comment.
    CommentView {
        /// Its text.
        text: String,
        /// Who wrote it.
        by: String,
        /// When.
        time: String,
        /// The custody entry.
        custody_seq: u64,
    }

    /// What was changed.
    Changed {
        /// Events that changed.
        events: u64,
        /// The custody entry; none where nothing changed.
        custody_seq: Option<u64>,
    }

    /// A tag in use.
    TagView {
        /// The tag.
        tag: String,
        /// Events that have it.
        events: u64,
    }
}

/// What changes about events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "what", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// Starred or not.
    Star {
        /// Whether.
        on: bool,
    },
    /// `bad`, `suspicious`, `good`, or none.
    Mark {
        /// The mark.
        mark: Option<String>,
    },
    /// A tag.
    Tag {
        /// The tag.
        tag: String,
        /// Whether it is put on or taken off.
        on: bool,
    },
    /// A comment.
    Comment {
        /// Its text.
        text: String,
    },
}

/// Which events a change is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "which", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Selection {
    /// These.
    Ids {
        /// Event ids.
        ids: Vec<String>,
    },
    /// All rows of a result but these.
    Result {
        /// The result.
        result: u64,
        /// Event ids that are left out.
        except: Vec<String>,
    },
}
