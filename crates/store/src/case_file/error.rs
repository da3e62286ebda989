//! What can be wrong with a case, each with its place, what was expected and what to do.

use crate::ledger::Head;
use rusqlite::ErrorCode;
use std::io;
use std::path::{Path, PathBuf};

/// Why a case cannot be opened, made, written, backed up or restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// The path leads to no case of this program.
    #[error("{}: not a Vestige case: {why}", path.display())]
    NotACase {
        /// The path as given.
        path: PathBuf,
        /// What was found instead of a case.
        why: NotACase,
    },
    /// Something is where a new case or backup was to be made.
    #[error("{}: {found}; name a path that does not exist yet, or an empty folder", path.display())]
    Exists {
        /// The path that was to be made.
        path: PathBuf,
        /// What is there.
        found: &'static str,
    },
    /// Another process writes to the case.
    #[error("{}: {holder} is writing to this case; reading works meanwhile, writing when it has ended", path.display())]
    Locked {
        /// The case.
        path: PathBuf,
        /// Who, as far as the lock file says.
        holder: String,
    },
    /// The case was made by a newer program.
    #[error("{}: the case has format version {found}, this program knows versions up to {known}; use a newer vestige", path.display())]
    Newer {
        /// The case.
        path: PathBuf,
        /// Version of the case.
        found: u32,
        /// Latest version this program knows.
        known: u32,
    },
    /// The case was made by an older program and was opened for reading.
    #[error("{}: the case has format version {found}, this program reads version {known}; opening it for writing migrates it (take a backup first)", path.display())]
    Older {
        /// The case.
        path: PathBuf,
        /// Version of the case.
        found: u32,
        /// Version this program reads.
        known: u32,
    },
    /// The case is not as this program would have written it.
    #[error("{}: the case was altered by something else than this program: {what}; do not work in it, restore a backup or ask for the original", path.display())]
    Tampered {
        /// The case.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// The chain has another entry where the last seen head was.
    #[error("{}: this is a forked copy: its custody chain has {found}, but the head last seen was {expected}; to go on from a backup use `vestige restore`", path.display())]
    Forked {
        /// The case.
        path: PathBuf,
        /// The head that was last seen.
        expected: Head,
        /// The head of the file at the same size.
        found: Head,
    },
    /// The chain is shorter than the head last seen.
    #[error("{}: the case was rolled back: its custody chain ends at {found}, but the head last seen was {expected}; to go on from a backup use `vestige restore`", path.display())]
    RolledBack {
        /// The case.
        path: PathBuf,
        /// The head that was last seen.
        expected: Head,
        /// The head of the file.
        found: Head,
    },
    /// The folder cannot be written to.
    #[error("{}: the folder cannot be written to; check its owner and rights, or whether the disk is mounted read-only", path.display())]
    ReadOnlyFolder {
        /// The folder.
        path: PathBuf,
    },
    /// No space is left.
    #[error("{}: the disk is full while {doing}; nothing half-written was kept, free some space and run the command again", path.display())]
    DiskFull {
        /// The file or folder written to.
        path: PathBuf,
        /// What was being done.
        doing: String,
    },
    /// The database file is damaged.
    #[error("{}: the case file is damaged: {what}; restore a backup, the originals under evidence/ are untouched", path.display())]
    Damaged {
        /// The case.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// The backup is not what this program writes, or is damaged.
    #[error("{}: not a sound Vestige backup: {what}; name the backup itself, or another copy of it", path.display())]
    BadBackup {
        /// The backup.
        path: PathBuf,
        /// What was expected and found.
        what: String,
    },
    /// The user asked to stop, or the time given ran out.
    #[error("{}: stopped while {doing}", path.display())]
    Stopped {
        /// The case.
        path: PathBuf,
        /// What was being done.
        doing: String,
    },
    /// An entry cannot be written as a custody entry.
    #[error("custody entry refused: {0}")]
    Entry(String),
    /// A file operation failed.
    #[error("{}: {doing}: {source}{}", path.display(), remedy(source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was being done.
        doing: String,
        /// What the system says.
        source: io::Error,
    },
    /// SQLite failed in a way that none of the above names.
    #[error("{}: {doing}: {source}", path.display())]
    Sqlite {
        /// The case.
        path: PathBuf,
        /// What was being done.
        doing: String,
        /// What SQLite says.
        source: rusqlite::Error,
    },
}

/// What a path holds that is no case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACase {
    /// Nothing there.
    #[error(
        "the folder does not exist; check the path, or make a case there with `vestige case create`"
    )]
    Missing,
    /// A file where a folder is expected.
    #[error("it is a file; a case is a folder that holds case.db")]
    NotAFolder,
    /// A folder without a database.
    #[error("the folder holds no case.db; name a folder that `vestige case create` made")]
    NoDatabase,
    /// `case.db` is a link, a device or the like.
    #[error("{0} is not a regular file")]
    NotRegular(String),
    /// The first sixteen bytes are not SQLite's.
    #[error("case.db is not an SQLite database (expected it to begin with \"SQLite format 3\")")]
    NotSqlite,
    /// An SQLite database of something else.
    #[error(
        "case.db belongs to another application (expected application id 0x56535447, found {0:#010x})"
    )]
    OtherApplication(u32),
    /// The file is shorter than its header says.
    #[error("case.db is truncated (expected {expected} bytes, found {found})")]
    Truncated {
        /// Bytes the header promises, or those of a header.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// The file is longer than its header says.
    #[error("case.db holds bytes beyond its last page (expected {expected} bytes, found {found})")]
    Overlong {
        /// Bytes the header promises.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
}

/// What to do about what the system says, as the end of a message; nothing where it says that itself.
pub fn remedy(source: &io::Error) -> &'static str {
    use io::ErrorKind as Kind;
    match source.kind() {
        Kind::NotFound => "; check the path",
        Kind::PermissionDenied => {
            "; check its owner and rights, or name a place that you have the rights to"
        }
        Kind::ReadOnlyFilesystem => "; name a place on a disk that can be written to",
        Kind::NotADirectory => "; a part of the path is a file: check the path",
        Kind::IsADirectory => "; expected a file, found a folder: name a file",
        Kind::StorageFull | Kind::QuotaExceeded => "; free some space, or name another place",
        _ => "",
    }
}

impl CaseError {
    /// An error of the file system, sorted by what the user can do about it.
    pub fn io(path: &Path, doing: impl Into<String>, source: io::Error) -> Self {
        let (path, doing) = (path.to_path_buf(), doing.into());
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { path, doing }
            }
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnlyFolder { path },
            _ => Self::Io {
                path,
                doing,
                source,
            },
        }
    }

    /// An error of SQLite, sorted by what the user can do about it.
    pub fn sqlite(path: &Path, doing: impl Into<String>, source: rusqlite::Error) -> Self {
        let (path, doing) = (path.to_path_buf(), doing.into());
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull { path, doing },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged {
                path,
                what: format!("{source} while {doing}"),
            },
            Some(ErrorCode::NotADatabase) => Self::NotACase {
                path,
                why: NotACase::NotSqlite,
            },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked {
                path,
                holder: "another program".to_owned(),
            },
            Some(ErrorCode::ReadOnly) => Self::ReadOnlyFolder { path },
            Some(ErrorCode::OperationInterrupted) => Self::Stopped { path, doing },
            _ => Self::Sqlite {
                path,
                doing,
                source,
            },
        }
    }
}
