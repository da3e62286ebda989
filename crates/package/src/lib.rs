//! The package: BagIt 1.0 (RFC 8493) in a deterministic zip, written and verified. Pure: bytes come
//! from a `Read + Seek` and go to a `Write + Seek`; the time is an argument.
//!
//! The format is described for third parties in `docs/package-format.md`.

pub mod bag;
pub mod check;
pub mod digest;
pub mod examine;
mod manifest;
pub mod name;
mod stamp;
pub mod zip;

pub use bag::{Bag, Payload, WriteError, Written, write};
pub use check::{Check, Status};
pub use examine::{ExamineError, Examined, examine};
pub use stamp::stamp;

/// Is told how far it is, and says whether to go on.
pub trait Watch {
    /// `done` of `total` bytes of this stage; false ends the work.
    fn advanced(&mut self, stage: &'static str, done: u64, total: u64) -> bool;
}

/// Nobody watches; nothing is stopped.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn advanced(&mut self, _: &'static str, _: u64, _: u64) -> bool {
        true
    }
}

/// Bytes read at a time.
pub(crate) const PIECE: usize = 256 << 10;
