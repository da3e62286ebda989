//! The places of a result in a file, so that any position can be shown at once.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::events::Order;
use super::row::RowRef;
use super::{Progress, ReadError, Reader};
use crate::query::{Compiled, Table};

/// Bytes of one place: the row number doubled, plus one for flows, least byte first.
const WIDTH: u64 = 8;

/// The rows of a result in their order, by position. It is derived and can be built again.
#[derive(Debug)]
pub struct RowIndex {
    file: Mutex<File>,
    path: PathBuf,
    rows: u64,
}

impl RowIndex {
    /// Writes the places of all rows that match to `path`, which is made anew. Progress counts
    /// the places written; a file that was not finished is removed.
    ///
    /// # Errors
    /// What SQLite or the file system says, or that the caller stopped.
    pub fn build(
        reader: &Reader,
        query: &Compiled,
        order: Order,
        path: &Path,
        progress: &Progress,
    ) -> Result<RowIndex, ReadError> {
        let made = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(path);
        let built = made
            .map_err(|source| failed(path, source))
            .and_then(|file| RowIndex::fill(file, path, reader, query, order, progress));
        if built.is_err() {
            // The error that led here says more than one of removing.
            let _ = std::fs::remove_file(path);
        }
        built
    }

    /// As [`RowIndex::build`], into an empty file that is open already; `path` is for errors only.
    ///
    /// # Errors
    /// As [`RowIndex::build`].
    pub fn fill(
        file: File,
        path: &Path,
        reader: &Reader,
        query: &Compiled,
        order: Order,
        progress: &Progress,
    ) -> Result<RowIndex, ReadError> {
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let mut rows = 0;
        reader.places_in_order(query, order, progress, &mut |place| {
            out.write_all(&encode(place.row).to_le_bytes())
                .map_err(|source| failed(path, source))?;
            rows += 1;
            Ok(true)
        })?;
        let file = out
            .into_inner()
            .map_err(|error| failed(path, error.into_error()))?;
        Ok(RowIndex {
            file: Mutex::new(file),
            path: path.to_owned(),
            rows,
        })
    }

    /// Number of rows.
    pub fn len(&self) -> u64 {
        self.rows
    }

    /// Whether no row matched.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Up to `limit` rows from a position on, counted from 0.
    ///
    /// # Errors
    /// What the file system says.
    pub fn get(&self, position: u64, limit: usize) -> Result<Vec<RowRef>, ReadError> {
        let rows = self.rows.saturating_sub(position).min(limit as u64);
        if rows == 0 {
            return Ok(Vec::new());
        }
        let mut bytes = vec![0; (rows * WIDTH) as usize];
        // Several threads may ask, and the place in a file is one.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(position * WIDTH))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|source| failed(&self.path, source))?;
        drop(file);
        Ok(bytes
            .as_chunks()
            .0
            .iter()
            .map(|place| decode(u64::from_le_bytes(*place)))
            .collect())
    }
}

fn failed(path: &Path, source: std::io::Error) -> ReadError {
    ReadError::File {
        path: path.to_owned(),
        source,
    }
}

fn encode(row: RowRef) -> u64 {
    (row.id as u64) << 1 | u64::from(row.table == Table::Flow)
}

fn decode(place: u64) -> RowRef {
    let table = if place & 1 == 1 {
        Table::Flow
    } else {
        Table::Event
    };
    RowRef {
        table,
        id: (place >> 1) as i64,
    }
}
