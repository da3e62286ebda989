//! How `store` and `analyse` ask for record bytes without opening evidence themselves.

use crate::Locator;

/// An innermost member as the case knows it: the number of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberRef(pub i64);

/// Why record bytes could not be had.
#[derive(Debug, thiserror::Error)]
#[error("{evidence}: {reason}")]
pub struct RecordBytesError {
    /// The evidence item concerned.
    pub evidence: String,
    /// What happened, with what was expected and found.
    pub reason: String,
}

/// Gives the bytes of records; the workbench implements it over `acquire`.
pub trait RecordBytes {
    /// The exact source bytes at a locator, undecoded.
    ///
    /// # Errors
    /// Where the original is missing, altered or shorter than the locator says.
    fn record(&self, member: MemberRef, locator: &Locator) -> Result<Vec<u8>, RecordBytesError>;
}
