//! What workers hand to the writer. Work is cut into units in sorted path order; the messages of
//! a unit arrive in order, and units are stored in order, so that the case does not depend on how
//! many threads there were.

use vestige_acquire::original::{OriginalError, Received};
use vestige_model::{Tally, Warning};
use vestige_store::batch::{Chunk, RowsDigest};

/// One message of a unit.
#[derive(Debug)]
pub(super) enum Message {
    /// Rows and warnings of the batch that is being made.
    Chunk(Box<Chunk>, Vec<Noted>),
    /// The chunks of this batch so far are not to be kept; it begins anew.
    TakeBack,
    /// The batch is complete.
    Batch(Box<BatchEnd>),
    /// An original cannot be kept: the case's disk fails, not the evidence. The last message.
    Failed(OriginalError),
}

/// A warning and what it is about.
#[derive(Debug)]
pub(super) struct Noted {
    /// The evidence item.
    pub evidence: i64,
    /// Its member, counted in the batch; none for the file or its container.
    pub member: Option<u32>,
    /// The warning.
    pub warning: Warning,
}

/// What a batch consists of, besides its rows.
#[derive(Debug)]
pub(super) struct BatchEnd {
    /// Rows and their digest.
    pub digest: RowsDigest,
    /// The evidence items it touches, in order.
    pub items: Vec<Item>,
    /// The members it completes, in order.
    pub members: Vec<Member>,
    /// Originals to be made durable before the rows.
    pub received: Vec<Received>,
}

/// One evidence item in a batch.
#[derive(Debug)]
pub(super) struct Item {
    /// Its number.
    pub id: i64,
    /// Position in the plan.
    pub plan: usize,
    /// SHA-256 as received; none where it could not be read.
    pub sha256: Option<[u8; 32]>,
    /// Size as received.
    pub bytes: u64,
    /// Whether this batch receives it; false where an earlier batch or command did.
    pub new: bool,
    /// What became of it with this batch.
    pub state: ItemState,
}

/// What became of an evidence item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ItemState {
    /// More batches of it follow.
    Unfinished,
    /// All of it was read.
    Imported,
    /// All of it that could be read was read.
    Partial(String),
    /// Nothing of it could be used.
    Rejected(String),
    /// Identical to another item.
    Duplicate(i64),
}

impl ItemState {
    /// The word of the `state` column.
    pub(super) fn word(&self) -> &'static str {
        match self {
            ItemState::Unfinished | ItemState::Partial(_) => "partial",
            ItemState::Imported => "imported",
            ItemState::Rejected(_) => "rejected",
            ItemState::Duplicate(_) => "duplicate",
        }
    }

    /// Why, where there is a reason.
    pub(super) fn reason(&self) -> Option<&str> {
        match self {
            ItemState::Unfinished => {
                Some("the import was interrupted; importing it again reads the rest")
            }
            ItemState::Partial(reason) | ItemState::Rejected(reason) => Some(reason),
            ItemState::Imported | ItemState::Duplicate(_) => None,
        }
    }
}

/// One member that a batch completes.
#[derive(Debug)]
pub(super) struct Member {
    /// Its evidence item.
    pub evidence: i64,
    /// Ordinals as in event ids.
    pub path: String,
    /// Names on the way.
    pub name: String,
    /// How it was wrapped.
    pub layers: String,
    /// Decompressed size.
    pub bytes: u64,
    /// Format and envelope, where recognised.
    pub format: Option<(&'static str, &'static str)>,
    /// Why it was taken for this format, or for none.
    pub recognised: String,
    /// What its records need from elsewhere in it.
    pub context: Option<Vec<u8>>,
    /// BLAKE3 of its bytes, where the format has no ids.
    pub content: Option<[u8; 32]>,
    /// Whether a side copy was made.
    pub seekable: bool,
    /// `imported`, `partial` or `rejected`.
    pub state: &'static str,
    /// Why it is partial or rejected.
    pub reason: Option<String>,
    /// The account of its records.
    pub tally: Tally,
    /// Number of its warnings.
    pub warnings: u64,
    /// Earliest and latest time, UTC nanoseconds.
    pub times: Option<(i64, i64)>,
}
