//! One evidence item: where its stored bytes lie, and whether they are still the same.

use std::fs::File;
use std::io::{self, Read as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::intake;
use crate::original::{self, Sha256Digest};
use crate::unpack::UnpackError;

/// An evidence item as the case knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// SHA-256 of its stored bytes.
    pub sha256: Sha256Digest,
    /// Its size in bytes.
    pub bytes: u64,
    pub(super) path: PathBuf,
    /// Whether a link is followed: in place, where one may have been named.
    follow: bool,
}

impl Item {
    /// One whose original is kept in the case folder.
    pub fn kept(case: &Path, sha256: Sha256Digest, bytes: u64) -> Item {
        Item {
            sha256,
            bytes,
            path: original::path_of(case, &sha256),
            follow: false,
        }
    }

    /// One that was left where it lay.
    pub fn in_place(path: impl Into<PathBuf>, sha256: Sha256Digest, bytes: u64) -> Item {
        Item {
            sha256,
            bytes,
            path: path.into(),
            follow: true,
        }
    }

    /// Where its stored bytes lie.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the stored bytes.
    ///
    /// # Errors
    /// [`ReopenError::Missing`], [`ReopenError::Changed`] where the size differs,
    /// [`ReopenError::Read`].
    pub fn open(&self) -> Result<File, ReopenError> {
        let path = || self.path.clone();
        let file =
            intake::open_file(&self.path, self.follow).map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => ReopenError::Missing { path: path() },
                _ => ReopenError::Read {
                    path: path(),
                    source,
                },
            })?;
        let found = file.metadata().map_err(|source| self.failed(source))?.len();
        if found != self.bytes {
            return Err(ReopenError::Changed {
                path: path(),
                expected: self.bytes,
                found,
            });
        }
        Ok(file)
    }

    pub(super) fn failed(&self, source: io::Error) -> ReopenError {
        ReopenError::Read {
            path: self.path.clone(),
            source,
        }
    }
}

/// Why evidence could not be read again.
#[derive(Debug, thiserror::Error)]
pub enum ReopenError {
    /// The original is not there.
    #[error("{}: the original is missing; put it back from where it was received or from a backup", shown(.path))]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The original is not the one that was received.
    #[error("{}: the original was changed: expected {expected} bytes, found {found}; put it back from where it was received or from a backup", shown(.path))]
    Changed {
        /// Where it lies.
        path: PathBuf,
        /// Bytes when it was received.
        expected: u64,
        /// Bytes now.
        found: u64,
    },
    /// The original holds no such member.
    #[error("{}: expected a member {member}, found none: the original is not the one that was imported", shown(.path))]
    NoMember {
        /// Where the original lies.
        path: PathBuf,
        /// The member's ordinals.
        member: String,
    },
    /// The range is not inside the member.
    #[error("{}: expected {length} bytes at offset {offset} of member {member}, found an end at {size}", shown(.path))]
    PastEnd {
        /// Where the original lies.
        path: PathBuf,
        /// The member's ordinals.
        member: String,
        /// First byte asked for.
        offset: u64,
        /// Bytes asked for.
        length: u64,
        /// Bytes the member has.
        size: u64,
    },
    /// The original cannot be read.
    #[error("{}: cannot be read: {source}; check the disk", shown(.path))]
    Read {
        /// Where it lies.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The original cannot be unpacked any more.
    #[error("{}: {source}", shown(.path))]
    Unpack {
        /// Where it lies.
        path: PathBuf,
        /// What happened.
        source: UnpackError,
    },
}

fn shown(path: &Path) -> String {
    intake::shown_path(path)
}

/// Computes the SHA-256 of the stored bytes as they are now. `progress` is told how many bytes
/// were read and may stop it; then there is none.
///
/// # Errors
/// [`ReopenError`]; a differing size is one.
pub fn hash_original(
    item: &Item,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Option<Sha256Digest>, ReopenError> {
    let mut file = item.open()?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; usize::try_from(item.bytes.clamp(1, 1 << 20)).unwrap_or(1 << 20)];
    let mut done = 0;
    loop {
        let count = match file.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other.map_err(|source| item.failed(source))?,
        };
        if count == 0 {
            return Ok(Some(hash.finalize().into()));
        }
        hash.update(buffer.get(..count).unwrap_or_default());
        done += count as u64;
        if progress(done).is_break() {
            return Ok(None);
        }
    }
}
