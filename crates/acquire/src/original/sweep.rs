//! Removing what a crash left: temporaries, and originals that no custody entry knows.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{FOLDER, INCOMING, OriginalError, Sha256Digest, hex};
use crate::Faults;

/// What a sweep removed and what it left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Temporaries removed.
    pub temporaries: u64,
    /// Originals removed because no entry knows them.
    pub originals: u64,
    /// Files below `evidence/` that are neither; they were left.
    pub foreign: Vec<PathBuf>,
}

/// Removes temporaries and every original whose digest `known` denies. To be called by the one
/// writer of a case, when it opens it.
///
/// # Errors
/// [`OriginalError`] where a folder cannot be read or a file not removed.
pub fn sweep(
    case: &Path,
    faults: &Faults,
    known: &dyn Fn(&Sha256Digest) -> bool,
) -> Result<Swept, OriginalError> {
    let mut swept = Swept::default();
    let evidence = case.join(FOLDER);
    for path in entries(&evidence)? {
        if path.file_name() == Some(OsStr::new(INCOMING)) {
            for temporary in entries(&path)? {
                if is_folder(&temporary) {
                    swept.foreign.push(temporary);
                    continue;
                }
                remove(&temporary, "remove temporary", faults)?;
                swept.temporaries += 1;
            }
        } else if is_folder(&path) {
            sweep_folder(&path, faults, known, &mut swept)?;
        } else {
            swept.foreign.push(path);
        }
    }
    swept.foreign.sort();
    Ok(swept)
}

fn sweep_folder(
    folder: &Path,
    faults: &Faults,
    known: &dyn Fn(&Sha256Digest) -> bool,
    swept: &mut Swept,
) -> Result<(), OriginalError> {
    for path in entries(folder)? {
        match digest_of(folder, &path) {
            Some(sha256) if known(&sha256) => {}
            Some(_) => {
                remove(&path, "remove original", faults)?;
                swept.originals += 1;
            }
            None => swept.foreign.push(path),
        }
    }
    Ok(())
}

/// The digest an original's path states, none where it is not the path of one.
fn digest_of(folder: &Path, path: &Path) -> Option<Sha256Digest> {
    let sha256 = digest_named(path)?;
    let placed = folder.file_name()?.to_str()? == hex(&sha256).get(..2)?;
    (placed && !is_folder(path)).then_some(sha256)
}

/// The digest that is the name of a file or folder.
pub(crate) fn digest_named(path: &Path) -> Option<Sha256Digest> {
    let name = path.file_name()?.to_str().filter(|name| name.len() == 64)?;
    let mut sha256 = [0; 32];
    for (byte, digits) in sha256.iter_mut().zip(name.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    (hex(&sha256) == name).then_some(sha256)
}

fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|meta| meta.is_dir())
}

pub(crate) fn remove(
    path: &Path,
    step: &'static str,
    faults: &Faults,
) -> Result<(), OriginalError> {
    faults
        .step(step, || fs::remove_file(path))
        .map_err(|source| OriginalError::storage(path, step, 0, source))
}

pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, OriginalError> {
    let read = || -> io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect()
    };
    match read() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other.map_err(|source| OriginalError::Read {
            path: folder.to_owned(),
            source,
        }),
    }
}
