//! One writer a case: an advisory lock of the operating system on `.lock` in the case folder. The
//! system releases it when the process dies, however it dies. Readers need none.

use crate::case_file::CaseError;
use crate::case_file::folder::{open_regular, open_with};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Name of the lock file in the case folder.
pub const FILE: &str = ".lock";

/// Longest text of a lock file that is shown.
const SHOWN: u64 = 200;

/// The right to write to a case; dropping it gives the right back.
#[derive(Debug)]
pub struct Lock {
    /// Held open: closing releases the lock.
    _file: File,
}

impl Lock {
    /// Takes the lock of a case folder.
    ///
    /// # Errors
    /// [`CaseError::Locked`] naming the holder, [`CaseError::ReadOnlyFolder`] where the lock file
    /// cannot be written.
    pub fn take(case: &Path) -> Result<Self, CaseError> {
        let path = case.join(FILE);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = open_with(&path, &mut options).map_err(|error| refused(case, error))?;
        let locked = file.try_lock();
        held(case, &mut file, locked)?;
        sign(&mut file).map_err(|error| CaseError::io(&path, "writing the lock file", error))?;
        Ok(Self { _file: file })
    }

    /// Keeps writers away from a case folder without writing to it, for as long as the lock is
    /// kept. Where there is no lock file, nobody has ever written.
    ///
    /// # Errors
    /// [`CaseError::Locked`] naming the holder.
    pub(crate) fn keep_writers_out(case: &Path) -> Result<Option<Self>, CaseError> {
        let path = case.join(FILE);
        let mut file = match open_regular(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            file => file.map_err(|error| CaseError::io(&path, "opening the lock file", error))?,
        };
        let locked = file.try_lock_shared();
        held(case, &mut file, locked)?;
        Ok(Some(Self { _file: file }))
    }
}

fn held(case: &Path, file: &mut File, locked: Result<(), TryLockError>) -> Result<(), CaseError> {
    match locked {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(CaseError::Locked {
            path: case.to_path_buf(),
            holder: holder(file),
        }),
        Err(TryLockError::Error(error)) => Err(CaseError::io(&case.join(FILE), "locking", error)),
    }
}

fn refused(case: &Path, error: std::io::Error) -> CaseError {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    if matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem) {
        return CaseError::ReadOnlyFolder {
            path: case.to_path_buf(),
        };
    }
    CaseError::io(&case.join(FILE), "opening the lock file", error)
}

fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(format!("process {}\n", std::process::id()).as_bytes())
}

/// What the holder wrote, cut and without control characters.
fn holder(file: &mut File) -> String {
    let mut text = Vec::new();
    let read = file.take(SHOWN).read_to_end(&mut text);
    let text: String = String::from_utf8_lossy(&text)
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    match read {
        Ok(_) if !text.is_empty() => text,
        _ => "another process".to_owned(),
    }
}
