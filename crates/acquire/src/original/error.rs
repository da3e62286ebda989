//! What can go wrong when originals are kept.

use std::io;
use std::path::{Path, PathBuf};

/// Why an original could not be read or kept. Nothing half-written stays.
#[derive(Debug, thiserror::Error)]
pub enum OriginalError {
    /// The evidence file cannot be read.
    #[error("{}: cannot be read: {source}; check that it is still there and that you may read it", shown(.path))]
    Read {
        /// The evidence file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The disk that holds the case is full.
    #[error("{}: no space is left for {bytes} more bytes; free some on the disk that holds the case (or import with --in-place), then import again: what was not finished was removed", shown(.path))]
    DiskFull {
        /// The file being written.
        path: PathBuf,
        /// What was to be written, in bytes.
        bytes: u64,
        /// What the system said.
        source: io::Error,
    },
    /// The case folder cannot be written.
    #[error("{}: cannot be written: {source}; expected a case folder that you may write to: change its permissions, or copy the case to a disk that is not read-only", shown(.path))]
    ReadOnly {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The caller wanted no more of it.
    #[error("{}: stopped while it was read; nothing of it was kept", shown(.path))]
    Stopped {
        /// The evidence file.
        path: PathBuf,
    },
    /// Any other step that failed.
    #[error("{}: {step} failed: {source}; check the disk that holds the case, then import again", shown(.path))]
    Storage {
        /// The file or folder.
        path: PathBuf,
        /// The step, as [`crate::Faults::STEPS`] names it.
        step: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

fn shown(path: &Path) -> String {
    crate::intake::shown_path(path)
}

impl OriginalError {
    pub(super) fn storage(
        path: &Path,
        step: &'static str,
        bytes: u64,
        source: io::Error,
    ) -> OriginalError {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => OriginalError::DiskFull {
                path,
                bytes,
                source,
            },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                OriginalError::ReadOnly { path, source }
            }
            _ => OriginalError::Storage { path, step, source },
        }
    }
}
