//! What is asked, and what it is in a case.

use std::path::Path;

use vestige_model::time;
use vestige_store::page::Reader;
use vestige_store::query::{Compiled, PhraseHits, Query};

use super::{parse, watched};
use crate::error::WorkError;
use crate::host::Host;
use crate::phrase::{self, Outside};

/// What rows are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// In the query language; empty for all.
    pub query: String,
    /// Earliest time, UTC nanoseconds.
    pub from: Option<i64>,
    /// Time before which they lie.
    pub to: Option<i64>,
}

impl Asked {
    /// The question, understood.
    ///
    /// # Errors
    /// [`WorkError::Query`] with everything that is wrong with it.
    pub(crate) fn query(&self) -> Result<Query, WorkError> {
        Ok(parse(&self.query)?.within(self.from, self.to))
    }
}

/// What [`instant`] takes.
pub const INSTANT: &str = "a time such as 2026-09-15T02:44:00Z or a date such as 2026-09-15";

/// A time as people write it, UTC nanoseconds; a date is the beginning of its UTC day. None for
/// what is no time.
#[must_use]
pub fn instant(text: &str) -> Option<i64> {
    let whole = match text.len() {
        10 => format!("{text}T00:00:00Z"),
        _ => text.to_owned(),
    };
    time::parse(&whole).ns
}

/// A question that was looked up in a case, its phrases searched.
#[derive(Debug)]
pub(crate) struct LookedUp {
    /// What it is in the case.
    pub compiled: Compiled,
    /// The first hits of its phrases that lie in no record.
    pub outside: Vec<Outside>,
    /// All of them.
    pub outside_total: u64,
}

impl LookedUp {
    /// Looks a question up in the case at `root`.
    ///
    /// # Errors
    /// What SQLite says, evidence that cannot be read again, or that the user stopped.
    pub fn new(
        host: &dyn Host,
        reader: &Reader,
        root: &Path,
        query: &Query,
    ) -> Result<LookedUp, WorkError> {
        let mut hits = PhraseHits::default();
        let (mut outside, mut outside_total) = (Vec::new(), 0);
        if !query.phrases().is_empty() {
            phrase::search(host, reader, root, query, &mut |found| {
                if found.undecided.is_none() {
                    hits.clone_from(&found.hits);
                    outside = found.outside.iter().cloned().collect();
                    outside_total = found.outside_count;
                }
                Ok(true)
            })?;
        }
        Ok(LookedUp {
            compiled: compile(host, reader, query, &hits)?,
            outside,
            outside_total,
        })
    }
}

pub(super) fn compile(
    host: &dyn Host,
    reader: &Reader,
    query: &Query,
    hits: &PhraseHits,
) -> Result<Compiled, WorkError> {
    watched(host, "looking up the question", |progress| {
        reader.compile(query, hits, progress)
    })
}
