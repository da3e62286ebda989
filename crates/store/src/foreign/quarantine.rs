//! Copies of a database nobody vouches for, made without touching the original.

use crate::case_file::folder::{self, beside, open_regular};
use crate::case_file::{CaseError, DATABASE, NotACase};
use crate::lock::Lock;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The copy of a case database, with what lay beside it.
#[derive(Debug)]
pub(super) struct Copy {
    /// The copied database.
    pub database: PathBuf,
    /// Whether a write-ahead log or a journal has to be recovered.
    pub unfinished: bool,
    /// Bytes of all that was copied.
    pub bytes: u64,
}

/// Copies the database of a case folder, its `-wal` and its `-journal` into an empty folder.
///
/// # Errors
/// Where the case is being written to, holds links or devices, or cannot be copied.
pub(super) fn copy(root: &Path, into: &Path) -> Result<Copy, CaseError> {
    // While somebody writes, database and log do not belong together.
    let _quiet = Lock::keep_writers_out(root)?;
    let from = root.join(DATABASE);
    let database = into.join(DATABASE);
    let refuse = |why| CaseError::NotACase {
        path: root.to_path_buf(),
        why,
    };
    let mut bytes =
        copy_file(root, &from, &database)?.ok_or_else(|| refuse(NotACase::NoDatabase))?;
    let mut unfinished = false;
    for ending in ["-wal", "-journal"] {
        let beside_copy = beside(&database, ending);
        if let Some(length) = copy_file(root, &beside(&from, ending), &beside_copy)? {
            unfinished |= length > 0;
            bytes = bytes.saturating_add(length);
        }
    }
    refuse_super_journal(root, &beside(&database, "-journal"))?;
    Ok(Copy {
        database,
        unfinished,
        bytes,
    })
}

/// Bytes copied, none where there is no such file.
fn copy_file(root: &Path, from: &Path, to: &Path) -> Result<Option<u64>, CaseError> {
    if folder::regular_bytes(root, from)?.is_none() {
        return Ok(None);
    }
    let mut source =
        open_regular(from).map_err(|error| CaseError::io(from, "opening it for a copy", error))?;
    let copied = File::create_new(to).and_then(|mut target| io::copy(&mut source, &mut target));
    copied
        .map(Some)
        .map_err(|error| CaseError::io(to, "copying the case into quarantine", error))
}

/// A journal that ends in this magic names another file, and SQLite, having rolled back, deletes
/// the file so named. No case of ours ever has such a journal: a case is one database.
const SUPER_JOURNAL: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

fn refuse_super_journal(root: &Path, journal: &Path) -> Result<(), CaseError> {
    let tail = (|| {
        let mut file = match File::open(journal) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let mut tail = [0; SUPER_JOURNAL.len()];
        if file.metadata()?.len() < tail.len() as u64 {
            return Ok(None);
        }
        file.seek(SeekFrom::End(-(tail.len() as i64)))?;
        file.read_exact(&mut tail)?;
        Ok(Some(tail))
    })();
    let tail = tail.map_err(|error| CaseError::io(journal, "reading the journal's end", error))?;
    if tail == Some(SUPER_JOURNAL) {
        let what = "the journal beside case.db names another file that it would delete".to_owned();
        return Err(CaseError::Tampered {
            path: root.to_path_buf(),
            what,
        });
    }
    Ok(())
}
