//! The writer's work, and what SQLite alone would take for it.

use anyhow::{Context as _, Result, ensure};
use rusqlite::types::{Null, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement};
use vestige_acquire::intake::Listed;
use vestige_store::batch::Chunk;
use vestige_store::case_file::CaseWriter;
use vestige_store::fault::Faults;
use vestige_store::index;
use vestige_store::writer::Writer;

use crate::cases::BenchCase;
use crate::measure::{Took, time};
use crate::stages;

/// Decompressed bytes after which an import ends a batch.
const BATCH_BYTES: u64 = 64 << 20;

/// The chunks of the batches that an import of these files would make: all in memory.
///
/// # Errors
/// Where evidence cannot be read.
pub fn batches(files: &[Listed], raw: u64) -> Result<Vec<Vec<Chunk>>> {
    let a_file = (raw / files.len().max(1) as u64).max(1);
    let together = (BATCH_BYTES.div_ceil(a_file) as usize).clamp(1, 1000);
    let (mut all, mut files_in) = (Vec::new(), 0);
    let mut batch = Vec::new();
    stages::chunks(files, &mut |chunks| {
        batch.extend(chunks);
        files_in += 1;
        if files_in % together == 0 {
            all.push(std::mem::take(&mut batch));
        }
    })?;
    all.push(batch);
    all.retain(|batch| !batch.is_empty());
    Ok(all)
}

/// Stores batches in a new case, without custody entries: the dictionary, the rows, the commits.
/// Gives what the load took and what adding the held counts took.
///
/// # Errors
/// What the store says.
pub fn store(name: &str, batches: &[Vec<Chunk>]) -> Result<(Took, Took)> {
    let case = BenchCase::new(name)?;
    let mut open = case.open()?;
    let mut writer = Writer::new(open.writer().connection())?;
    let (loaded, load) = time(|| -> Result<()> {
        for batch in batches {
            let (transaction, _) = open.writer_mut().begin()?;
            let mut into = writer.begin(transaction)?;
            for chunk in batch {
                into.chunk(chunk)?;
            }
            into.commit(&Faults::none())?;
        }
        Ok(())
    });
    loaded?;
    let (flushed, flush) = time(|| -> Result<()> {
        let (transaction, _) = open.writer_mut().begin()?;
        writer.flush(&transaction)?;
        CaseWriter::commit(transaction, &Faults::none())?;
        Ok(())
    });
    flushed?;
    Ok((load, flush))
}

/// Takes the rows out of batches, so that only texts and roll-ups are left.
pub fn without_rows(batches: &mut [Vec<Chunk>]) {
    for chunk in batches.iter_mut().flatten() {
        chunk.events = Vec::new();
        chunk.flows = Vec::new();
        chunk.resources = Vec::new();
    }
}

/// A stored value, ready to be bound.
enum Bound {
    Null,
    Integer(i64),
    Text(Box<str>),
    Blob(Box<[u8]>),
}

/// Rows of a table, ready to be bound.
pub struct Prepared {
    table: &'static str,
    columns: usize,
    values: Vec<Bound>,
}

impl Prepared {
    /// All rows of a table of a case, in the order of their keys.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn read(case: &BenchCase, table: &'static str) -> Result<Prepared> {
        let connection =
            Connection::open_with_flags(case.database(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let sql = format!("SELECT * FROM {table} ORDER BY 1");
        let mut statement = connection.prepare(&sql)?;
        let columns = statement.column_count();
        let mut values = Vec::new();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                values.push(bound(row.get_ref(column)?)?);
            }
        }
        Ok(Prepared {
            table,
            columns,
            values,
        })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// Inserts them one by one into the same table of a new case, through a connection with the
    /// same settings and in transactions of `together` rows: the bare bind loop.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn insert(&self, name: &str, together: usize) -> Result<Took> {
        let case = BenchCase::new(name)?;
        let mut open = case.open()?;
        let marks = vec!["?"; self.columns].join(",");
        let sql = format!("INSERT INTO {} VALUES({marks})", self.table);
        let (done, took) = time(|| -> Result<()> {
            for rows in self.values.chunks(self.columns * together) {
                let (transaction, _) = open.writer_mut().begin()?;
                let mut statement = transaction.prepare_cached(&sql)?;
                for row in rows.chunks(self.columns) {
                    insert(&mut statement, row)?;
                }
                drop(statement);
                CaseWriter::commit(transaction, &Faults::none())?;
            }
            Ok(())
        });
        done?;
        let count = format!("SELECT count(*) FROM {}", self.table);
        let stored: i64 = open
            .writer()
            .connection()
            .query_row(&count, [], |row| row.get(0))?;
        ensure!(
            stored as usize == self.rows(),
            "expected {} rows, found {stored}",
            self.rows()
        );
        Ok(took)
    }
}

fn bound(value: ValueRef<'_>) -> Result<Bound> {
    Ok(match value {
        ValueRef::Null => Bound::Null,
        ValueRef::Integer(number) => Bound::Integer(number),
        ValueRef::Text(text) => Bound::Text(std::str::from_utf8(text)?.into()),
        ValueRef::Blob(bytes) => Bound::Blob(bytes.into()),
        ValueRef::Real(_) => anyhow::bail!("expected no floating point numbers in a row"),
    })
}

fn insert(statement: &mut Statement<'_>, row: &[Bound]) -> Result<()> {
    for (at, value) in (1..).zip(row) {
        match value {
            Bound::Null => statement.raw_bind_parameter(at, Null)?,
            Bound::Integer(number) => statement.raw_bind_parameter(at, number)?,
            Bound::Text(text) => statement.raw_bind_parameter(at, &**text)?,
            Bound::Blob(bytes) => statement.raw_bind_parameter(at, &**bytes)?,
        }
    }
    statement.raw_execute().context("inserting a row")?;
    Ok(())
}

/// Drops and builds every secondary index anew; what each took.
///
/// # Errors
/// What SQLite says.
pub fn indexes(case: &BenchCase) -> Result<Vec<(String, Took)>> {
    let open = case.open()?;
    let maintenance = open.writer().maintenance()?;
    index::drop_all(&maintenance)?;
    case.host.stages();
    index::build(&maintenance, &mut |name| case.host.stage(name))?;
    Ok(case.host.stages())
}
