//! The account that every file and member must settle.

use serde::{Deserialize, Serialize};

/// How many records were found and where each of them went. Always
/// `found = stored + duplicate + rejected + ignored`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Tally {
    /// Records the envelope holds.
    pub found: u64,
    /// Records with at least one row in the case.
    pub stored: u64,
    /// Records that another evidence item already holds, equal in decoded content.
    pub duplicate: u64,
    /// Records that could not be read; each has a warning.
    pub rejected: u64,
    /// Known non-events (headers, `NODATA`, control messages).
    pub ignored: u64,
    /// Rows made, duplicates' rows included.
    pub events: u64,
}

/// A tally that does not add up: a defect in a format, shown red and never passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found {found} records, but {accounted} are accounted for")]
pub struct Unreconciled {
    /// Records found.
    pub found: u64,
    /// Records stored, duplicate, rejected or ignored.
    pub accounted: u64,
}

impl Tally {
    /// Adds another tally to this one.
    pub fn add(&mut self, other: &Tally) {
        self.found += other.found;
        self.stored += other.stored;
        self.duplicate += other.duplicate;
        self.rejected += other.rejected;
        self.ignored += other.ignored;
        self.events += other.events;
    }

    /// # Errors
    /// [`Unreconciled`] where the sum does not hold.
    pub fn reconcile(&self) -> Result<(), Unreconciled> {
        let accounted = self.stored + self.duplicate + self.rejected + self.ignored;
        if accounted == self.found {
            return Ok(());
        }
        Err(Unreconciled {
            found: self.found,
            accounted,
        })
    }
}
