//! A case in one file, and a case made from one again.
//!
//! A backup is a zip of `case.db` (a copy by SQLite's online backup), of the originals under
//! `evidence/`, and of `manifest.jsonl`, which lists both with size and SHA-256. Entries are sorted
//! by name and carry the time of the backup, so that the same case backed up at the same moment
//! gives the same bytes.
//!
//! **Which head.** The chain in a backup ends where it stood when the backup began; that head is
//! the backup's. `db.backed_up`, which states that head and the hash of the zip, becomes the next
//! entry of the case and is not in the backup: no file can hold its own hash. The zip has its name
//! before the entry is written, so that no entry ever speaks of a backup that is not there.

mod archive;
mod entry;
mod manifest;
mod restore;
mod write;

pub use restore::{Restoration, Restored, Standing, restore};
pub use write::{BackedUp, backup};

use crate::case_file::CaseError;
use manifest::Part;
use rusqlite::Connection;
use std::io::{self, Read, Write};
use std::path::Path;
use vestige_custody::Hash;

/// Name of the list of contents in a backup.
pub const MANIFEST: &str = "manifest.jsonl";

/// Gives the bytes of originals: the store does not open evidence itself.
pub trait Originals {
    /// The original with this SHA-256, from its beginning.
    ///
    /// # Errors
    /// Where it is missing or cannot be read.
    fn open(&self, sha256: &Hash) -> io::Result<Box<dyn Read + '_>>;
}

/// Told how far a backup or a restoration is.
pub trait Watch {
    /// `done` of `total` bytes of a stage are through; returns whether to go on.
    fn advanced(&mut self, stage: &'static str, done: u64, total: u64) -> bool;
}

/// Nobody watches, nobody stops.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn advanced(&mut self, _: &'static str, _: u64, _: u64) -> bool {
        true
    }
}

/// The originals that the rows of a case speak of: hash and size, in the order of hashes.
fn listed(connection: &Connection) -> rusqlite::Result<Vec<Part>> {
    connection
        .prepare("SELECT DISTINCT sha256,bytes FROM evidence WHERE in_place=0 AND sha256 IS NOT NULL ORDER BY sha256")?
        .query_map([], |row| {
            Ok(Part { sha256: row.get(0)?, bytes: row.get::<_, i64>(1)?.unsigned_abs() })
        })?
        .collect()
}

/// Bytes copied and told about at once.
const PIECE: usize = 1 << 20;

/// Counts the bytes of a stage.
struct Meter<'a> {
    watch: &'a mut dyn Watch,
    stage: &'static str,
    done: u64,
    total: u64,
    path: &'a Path,
}

impl Meter<'_> {
    fn advance(&mut self, bytes: u64) -> Result<(), CaseError> {
        self.done = self.done.saturating_add(bytes);
        if self.watch.advanced(self.stage, self.done, self.total) {
            return Ok(());
        }
        Err(CaseError::Stopped {
            path: self.path.to_path_buf(),
            doing: self.stage.to_owned(),
        })
    }
}

/// Size and SHA-256 of what went from `from` to `to`, of which no more than `limit` bytes are
/// taken. The outer error ends everything, the inner one is the source's.
fn copy_hashed(
    from: &mut dyn Read,
    to: &mut dyn Write,
    limit: u64,
    meter: &mut Meter<'_>,
) -> Result<io::Result<(u64, Hash)>, CaseError> {
    use sha2::{Digest, Sha256};
    let (mut digest, mut bytes) = (Sha256::new(), 0_u64);
    let mut piece = vec![0; PIECE];
    loop {
        let read = match from.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Ok(Err(error)),
        };
        bytes += read as u64;
        if bytes > limit {
            return Ok(Err(io::Error::other(format!(
                "it is longer than {limit} bytes"
            ))));
        }
        let taken = piece.get(..read).unwrap_or_default();
        digest.update(taken);
        to.write_all(taken)
            .map_err(|error| CaseError::io(meter.path, meter.stage, error))?;
        meter.advance(read as u64)?;
    }
    Ok(Ok((bytes, digest.finalize().into())))
}
