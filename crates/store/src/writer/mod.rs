//! The one writer: batches of rows go in with their custody entries, wholly or not at all.
//!
//! Counts and roll-ups are gathered and added at the end, those of terms and minutes also when many
//! are held; until then `pending` says that they must be made anew should the program die.

mod evidence;
mod known;
mod rows;
mod terms;
mod uncount;

use rusqlite::{Connection, Transaction};

use crate::batch::Chunk;
use crate::case_file::{CaseError, CaseWriter};
use crate::fault::Faults;
use crate::rollup::Rollup;

pub use evidence::{
    EvidenceRow, MemberRow, has_size, identical, insert_evidence, insert_member, insert_warning,
    next_id, origin, recall_partial, settle_evidence,
};
pub use rows::{event_sql, flow_sql};
use terms::TermResolver;

/// Counts of terms and minutes held in memory before they are added to the tables.
const HELD: usize = 300_000;

/// Task in `pending`: counts and roll-ups lag behind the rows.
pub const COUNTS: &str = "counts";

/// Task in `pending`: secondary indexes are not built.
pub const INDEXES: &str = "indexes";

/// Task in `pending`: records delivered twice are not settled yet.
pub const DUPLICATES: &str = "duplicates";

/// Task in `pending`: records with shared ids could not be read to be compared; the next import
/// tries again.
pub const UNREAD: &str = "unread";

/// Notes a task to be done by the next opening, should this command not come to it.
///
/// # Errors
/// What SQLite says.
pub fn set_pending(connection: &Connection, task: &str) -> rusqlite::Result<()> {
    connection
        .execute("INSERT OR IGNORE INTO pending VALUES(?1)", [task])
        .map(drop)
}

/// Notes that a task is done.
///
/// # Errors
/// What SQLite says.
pub fn clear_pending(connection: &Connection, task: &str) -> rusqlite::Result<()> {
    connection
        .execute("DELETE FROM pending WHERE task=?1", [task])
        .map(drop)
}

/// Whether a task is noted.
///
/// # Errors
/// What SQLite says.
pub fn is_pending(connection: &Connection, task: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM pending WHERE task=?1")?
        .exists([task])
}

/// Stores batches of rows.
#[derive(Debug, Default)]
pub struct Writer {
    terms: TermResolver,
    rollup: Rollup,
    next_event: i64,
    next_flow: i64,
    next_member: i64,
    taken_back: bool,
}

/// Rows that one member of a batch has got: first and last id, both inclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowRange {
    /// Rows in `event`.
    pub events: Option<(i64, i64)>,
    /// Rows in `flow`.
    pub flows: Option<(i64, i64)>,
}

/// One batch being written. Dropping it unfinished takes everything back.
#[derive(Debug)]
pub struct Batch<'w, 'c> {
    writer: &'w mut Writer,
    /// None once it was given to commit.
    transaction: Option<Transaction<'c>>,
    first_member: i64,
    ranges: Vec<RowRange>,
    done: bool,
}

impl Drop for Batch<'_, '_> {
    fn drop(&mut self) {
        if !self.done {
            self.writer.taken_back = true;
            self.writer.terms.take_back();
            // What it put aside was taken back with it.
            self.writer.rollup = Rollup::default();
        }
    }
}

fn next(connection: &Connection, table: &str) -> rusqlite::Result<i64> {
    connection.query_row(
        &format!("SELECT coalesce(max(id),0)+1 FROM {table}"),
        [],
        |row| row.get(0),
    )
}

impl Writer {
    /// A writer that continues the rows of a case.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn new(connection: &Connection) -> rusqlite::Result<Writer> {
        let mut writer = Writer::default();
        writer.resume(connection)?;
        Ok(writer)
    }

    /// Continues from what is stored.
    fn resume(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.next_event = next(connection, "event")?;
        self.next_flow = next(connection, "flow")?;
        self.next_member = next(connection, "member")?;
        self.terms.resume(connection, next(connection, "term")?)
    }

    /// Makes the next [`Writer::flush`] count everything anew: what was held is lost.
    pub fn distrust(&mut self) {
        self.taken_back = true;
    }

    /// Begins a batch in a transaction of its own, as [`CaseWriter::begin`] gives it. With its rows
    /// goes what will be left to do after them, should this command not come to it.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn begin<'w, 'c>(
        &'w mut self,
        transaction: Transaction<'c>,
    ) -> rusqlite::Result<Batch<'w, 'c>> {
        self.resume(&transaction)?;
        for task in [COUNTS, INDEXES, DUPLICATES] {
            set_pending(&transaction, task)?;
        }
        let first_member = self.next_member;
        Ok(Batch {
            writer: self,
            transaction: Some(transaction),
            first_member,
            ranges: Vec::new(),
            done: false,
        })
    }

    /// Adds all counts that are still held, in a transaction of the caller, and notes that none
    /// is pending.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn flush(&mut self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        if std::mem::take(&mut self.taken_back) {
            // What is held counts rows that were taken back: only the tables tell the truth.
            *self = Writer::new(transaction)?;
            crate::rollup::rebuild(transaction, &mut |_| {})?;
            return clear_pending(transaction, COUNTS);
        }
        self.add_all(transaction)?;
        clear_pending(transaction, COUNTS)
    }
}

impl<'c> Batch<'_, 'c> {
    /// The transaction, for custody entries and everything else that belongs to the batch.
    pub fn transaction(&self) -> &Transaction<'c> {
        // It leaves only in `commit`, which takes the batch with it.
        self.transaction
            .as_ref()
            .unwrap_or_else(|| unreachable!("a batch in use has its transaction"))
    }

    /// The row id of the `index`-th member of the batch.
    pub fn member_id(&self, index: u32) -> i64 {
        self.first_member + i64::from(index)
    }

    /// Rows that the `index`-th member of the batch has got so far.
    pub fn range(&self, index: u32) -> RowRange {
        self.ranges.get(index as usize).copied().unwrap_or_default()
    }

    /// Stores a chunk of rows.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn chunk(&mut self, chunk: &Chunk) -> rusqlite::Result<()> {
        let Some(transaction) = &self.transaction else {
            return Ok(());
        };
        let ids = self.writer.terms.resolve(transaction, &chunk.terms)?;
        self.writer
            .rollup
            .merge(&chunk.rollup, &|number| rows::global(&ids, number).max(0));
        self.writer.make_room(transaction)?;
        rows::insert_events(self, chunk, &ids)?;
        rows::insert_flows(self, chunk, &ids)
    }

    fn extend(&mut self, member: u32) -> &mut RowRange {
        let index = member as usize;
        if self.ranges.len() <= index {
            self.ranges.resize(index + 1, RowRange::default());
        }
        &mut self.ranges[index]
    }

    /// Makes the batch durable.
    ///
    /// # Errors
    /// [`CaseError`]; the batch is then taken back.
    pub fn commit(mut self, faults: &Faults) -> Result<(), CaseError> {
        if let Some(transaction) = self.transaction.take() {
            CaseWriter::commit(transaction, faults)?;
            self.done = true;
        }
        Ok(())
    }
}
