//! Answers from a case: pages of rows, counts, histograms, rankings, flows.
//!
//! A [`Reader`] owns a reading connection. It answers compiled queries
//! ([`crate::query::Compiled`]) from the roll-ups and the dictionary where these hold the answer,
//! by an index where few rows can match, and otherwise by reading a table from one end to the
//! other, which tells its progress and can be stopped.

mod cache;
mod complete;
mod count;
mod events;
mod flows;
mod group;
mod histogram;
mod jump;
mod locate;
mod plan;
mod progress;
mod row;
mod scan;
mod sources;
mod spread;
mod state;
mod stream;
mod top;
pub mod view;

#[cfg(test)]
mod tests;

pub use count::Total;
pub use events::{Cursor, Order};
pub use flows::FlowGroup;
pub use histogram::{Bucket, Histogram, TypedHistogram};
pub use jump::RowIndex;
pub use progress::Progress;
pub use row::{Origin, RowRef, StoredRow};
pub use sources::SourceSpan;
pub use spread::Spread;
pub use state::RowsState;
pub use top::TopValue;

use std::cell::RefCell;
use std::sync::Arc;

use rusqlite::Connection;
use vestige_model::Field;

use crate::annotation;
use crate::query::{Compiled, PhraseHits, Query, Table, compile, register};
use crate::term::HashKey;
use crate::writer::{COUNTS, is_pending};
use cache::Cache;
use progress::Watch;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// What SQLite says.
    #[error("the case database could not be read: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The caller wanted to stop.
    #[error("stopped")]
    Stopped,
    /// A row that no import writes: the database was altered or damaged.
    #[error("row {row} of {} is damaged: {column} should be {expected}, found {found}", table.name())]
    Damaged {
        /// The table.
        table: Table,
        /// The row's number.
        row: i64,
        /// The column.
        column: &'static str,
        /// What it should hold.
        expected: &'static str,
        /// What it holds.
        found: String,
    },
    /// A field that cannot be asked for in this way.
    #[error("{}: {reason}", field.name())]
    Field {
        /// The field.
        field: Field,
        /// Why not, and what would be right.
        reason: String,
    },
    /// A histogram that nobody could look at.
    #[error(
        "the histogram would have more than {0} buckets; choose a longer bucket or a shorter time"
    )]
    TooManyBuckets(usize),
    /// A file of positions that could not be written or read.
    #[error("the list of rows in {path}: {source}")]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Answers questions about one case, one at a time.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    key: HashKey,
    watch: Arc<Watch>,
    /// Whether the case has tables for annotations; not one of version 2 and older.
    annotated: bool,
    cache: RefCell<Cache>,
}

impl Reader {
    /// A reader over this connection to the case whose dictionary has this key. The connection
    /// gets the functions that queries call, and another progress handler.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn new(mut connection: Connection, key: HashKey) -> Result<Reader, ReadError> {
        register(&connection)?;
        let watch = Arc::new(Watch::default());
        let watching = Arc::clone(&watch);
        connection.progress_handler(progress::STEPS, Some(move || watching.step()))?;
        connection.set_prepared_statement_cache_capacity(64);
        let annotated = annotation::has_tables(&connection)?;
        Ok(Reader {
            connection,
            annotated,
            key,
            watch,
            cache: RefCell::default(),
        })
    }

    /// The connection, for other questions.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Keeps to one moment of the case, whoever writes meanwhile, as long as what is returned lives.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn snapshot(&self) -> Result<rusqlite::Transaction<'_>, ReadError> {
        let snapshot = self.connection.unchecked_transaction()?;
        // A moment begins with the first look.
        snapshot.query_row("SELECT 1 FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(snapshot)
    }

    /// Looks a query's values up; see [`compile`].
    ///
    /// # Errors
    /// What SQLite says, or that the caller stopped.
    pub fn compile(
        &self,
        query: &Query,
        hits: &PhraseHits,
        progress: &Progress,
    ) -> Result<Compiled, ReadError> {
        self.watched(progress, || {
            Ok(compile(query, &self.connection, self.key, hits)?)
        })
    }

    /// Whether roll-ups and dictionary counts keep up with the rows: not in the middle of an
    /// import.
    fn rollups_hold(&self) -> Result<bool, ReadError> {
        Ok(!is_pending(&self.connection, COUNTS)?)
    }

    /// Whether there are totals a source and a destination; not in a case of version 1.
    fn has_totals(&self) -> Result<bool, ReadError> {
        let mut table = self
            .connection
            .prepare_cached("SELECT 1 FROM sqlite_schema WHERE name='flow_source'")?;
        Ok(table.exists([])?)
    }
}
