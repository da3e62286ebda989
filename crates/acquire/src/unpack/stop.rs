//! The user's wish to stop, noticed where bytes are made: a member may be long and hold no record.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Decompressed bytes between two looks at it.
pub(super) const STEP: usize = 1 << 20;

/// A flag that somebody else sets.
#[derive(Clone, Debug, Default)]
pub(super) struct Stop(pub(super) Arc<AtomicBool>);

/// Reading ended because the user wants it.
#[derive(Debug, thiserror::Error)]
#[error("stopped")]
struct Stopped;

impl Stop {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// An error where the flag is set.
    pub(super) fn check(&self) -> io::Result<()> {
        if self.is_set() {
            return Err(io::Error::other(Stopped));
        }
        Ok(())
    }

    /// Whether an error of a stream is the wish to stop.
    pub(super) fn is(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Stopped>())
    }
}
