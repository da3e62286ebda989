//! What a use case can end with instead of a result: each names the thing, what was expected and
//! found, and what to do. The window shows the code's own words for [`WorkError::code`].

use std::io;
use std::path::{Path, PathBuf};

use vestige_acquire::original::OriginalError;
use vestige_custody::key_file::KeyFileError;
use vestige_store::case_file::{CaseError, remedy};
use vestige_store::page::ReadError;
use vestige_store::query::QueryProblem;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkError {
    /// The case.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// An original.
    #[error(transparent)]
    Original(#[from] OriginalError),
    /// A file or folder outside the case.
    #[error("{}: {doing}: {source}{}", path.display(), remedy(source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// A file of `VESTIGE_HOME` that is not what this program writes.
    #[error("{}: expected {expected}, found {found}; {remedy}", path.display())]
    Home {
        /// The file.
        path: PathBuf,
        /// What it has to be.
        expected: &'static str,
        /// What it is.
        found: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The folder of this installation, or one in it, cannot be made.
    #[error("{}: the folder of keys and known cases (VESTIGE_HOME) cannot be made: expected a place that you may write to, found: {source}; set VESTIGE_HOME to a folder of yours", path.display())]
    HomeFolder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A key file that is damaged.
    #[error("{}: {source}; restore the file from a copy, or move it away and let a new key be made", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: KeyFileError,
    },
    /// The passphrase does not open the key.
    #[error("{}: wrong passphrase for the signing key: expected the one it was made with, found another (or the file was altered); nothing was written", path.display())]
    Passphrase {
        /// The key file.
        path: PathBuf,
    },
    /// Something needs the signing key and nobody gave its passphrase, or there is none.
    #[error("{doing} needs the signing key: {found}; nothing was signed")]
    Locked {
        /// What needs it.
        doing: &'static str,
        /// What was found instead.
        found: String,
    },
    /// A key is there already.
    #[error("{}: a signing key is there already; one examiner has one key, `vestige key rotate CASE` replaces it in a case", path.display())]
    KeyExists {
        /// The key file.
        path: PathBuf,
    },
    /// There is no key.
    #[error("{}: no signing key is there; make one with `vestige key create`", folder.display())]
    NoKey {
        /// Where keys lie.
        folder: PathBuf,
    },
    /// The key of this home may not sign in the case.
    #[error("{}: the signing key of this installation is none of the case's examiners; an examiner of the case lets it in with `vestige case examiner CASE --name NAME --key {vkey}`", case.display())]
    NotAnExaminer {
        /// The case.
        case: PathBuf,
        /// The verifier key to be let in.
        vkey: String,
    },
    /// The database, while rows were read or written.
    #[error("the case file: {0}; check the disk, then run `vestige verify` on the case")]
    Database(String),
    /// An argument that cannot be used.
    #[error("{what}: expected {expected}, found {found}")]
    Usage {
        /// The argument.
        what: &'static str,
        /// What it has to be.
        expected: String,
        /// What was given.
        found: String,
    },
    /// A question that cannot be read, with what is wrong where.
    #[error(
        "query: expected the query language of `vestige events --help`, found {}",
        told(problems)
    )]
    Query {
        /// The question.
        text: String,
        /// What is wrong.
        problems: Vec<QueryProblem>,
    },
    /// Something that the case does not hold, or not in the state that is needed.
    #[error("{}: {what}: expected {expected}, found {found}", case.display())]
    Absent {
        /// The case.
        case: PathBuf,
        /// What was looked for.
        what: &'static str,
        /// What was expected.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The record of an event that cannot be read from its evidence.
    #[error("event {event}: its record cannot be read: {reason}")]
    Record {
        /// The event's id.
        event: String,
        /// What happened, with what was expected and found.
        reason: String,
    },
    /// Evidence in which a phrase could not be searched, so that there is no complete answer.
    #[error(
        "the phrase could not be searched everywhere: {items}; put the originals back, or ask without them: {without}"
    )]
    Unsearched {
        /// The items, each with what was expected and found.
        items: String,
        /// What to add to the question so that they are not asked for.
        without: String,
    },
    /// An answer of a time-stamp authority that proves nothing.
    #[error("{}: this time stamp was not taken: {reason}", path.display())]
    TimeStamp {
        /// The response file.
        path: PathBuf,
        /// The check that failed.
        reason: String,
    },
    /// Something of the case's custody that contradicts itself.
    #[error("{}: {reason}; run `vestige verify` on the case", case.display())]
    Custody {
        /// The case.
        case: PathBuf,
        /// What.
        reason: String,
    },
    /// A list of rows that is open no longer.
    #[error(
        "result {result}: expected one of the results opened last in this state of the case, found one that was closed, or the case changed since; ask the question again"
    )]
    ResultGone {
        /// Its number.
        result: u64,
    },
    /// A defect of this program.
    #[error(
        "{doing} ended in a way that must not happen; this is a defect of this program, please report it"
    )]
    Defect {
        /// What was being done.
        doing: &'static str,
    },
    /// The user asked an import to stop.
    #[error(
        "stopped while importing: of {listed} files listed {files} are in the case; {stored} records of theirs are stored (`vestige evidence` says which files); importing the same paths again reads the rest, and nothing twice"
    )]
    ImportStopped {
        /// Files of it that are in the case.
        files: u64,
        /// Files that were to be imported.
        listed: u64,
        /// Their records.
        stored: u64,
    },
    /// The user asked to stop.
    #[error("stopped while {doing}")]
    Stopped {
        /// What was being done.
        doing: &'static str,
    },
}

fn told(problems: &[QueryProblem]) -> String {
    let told = problems
        .iter()
        .map(|one| format!("at {}: {} {}", one.position, one.message, one.hint));
    told.collect::<Vec<_>>().join("; ")
}

/// What an error means to whoever started the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It was tried and failed (exit 1).
    Failed,
    /// It was asked for in a way that cannot be done (exit 2).
    Usage,
}

impl WorkError {
    /// A short word that stays the same, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            WorkError::Case(error) => case_code(error),
            WorkError::Original(error) => original_code(error),
            WorkError::Io { .. } => "io",
            WorkError::Home { .. } => "home-damaged",
            WorkError::HomeFolder { .. } => "home-unwritable",
            WorkError::KeyFile { .. } => "key-damaged",
            WorkError::Passphrase { .. } => "wrong-passphrase",
            WorkError::Locked { .. } => "key-locked",
            WorkError::KeyExists { .. } => "key-exists",
            WorkError::NoKey { .. } => "no-key",
            WorkError::NotAnExaminer { .. } => "not-an-examiner",
            WorkError::Database(_) => "database",
            WorkError::Usage { .. } | WorkError::Query { .. } => "usage",
            WorkError::Absent { .. } => "absent",
            WorkError::Record { .. } => "record",
            WorkError::Unsearched { .. } => "unsearched",
            WorkError::TimeStamp { .. } => "time-stamp",
            WorkError::Custody { .. } => "custody",
            WorkError::ResultGone { .. } => "result-gone",
            WorkError::Defect { .. } => "defect",
            WorkError::ImportStopped { .. } | WorkError::Stopped { .. } => "stopped",
        }
    }

    /// Whether the command was wrong or failed.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            WorkError::Usage { .. } | WorkError::Query { .. } => Class::Usage,
            _ => Class::Failed,
        }
    }

    /// What SQLite says, while rows were read or written.
    pub(crate) fn database(error: impl std::fmt::Display) -> WorkError {
        WorkError::Database(error.to_string())
    }

    /// An argument that cannot be used.
    pub fn usage(
        what: &'static str,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> WorkError {
        WorkError::Usage {
            what,
            expected: expected.into(),
            found: found.into(),
        }
    }

    pub(crate) fn io(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> WorkError {
        let path = path.to_path_buf();
        move |source| WorkError::Io {
            path,
            doing,
            source,
        }
    }
}

fn case_code(error: &CaseError) -> &'static str {
    match error {
        CaseError::NotACase { .. } => "not-a-case",
        CaseError::Exists { .. } => "case-exists",
        CaseError::Locked { .. } => "case-locked",
        CaseError::Newer { .. } => "case-newer",
        CaseError::Older { .. } => "case-older",
        CaseError::Tampered { .. } => "case-tampered",
        CaseError::Forked { .. } => "case-forked",
        CaseError::RolledBack { .. } => "case-rolled-back",
        CaseError::ReadOnlyFolder { .. } => "read-only",
        CaseError::DiskFull { .. } => "disk-full",
        CaseError::Damaged { .. } => "case-damaged",
        CaseError::BadBackup { .. } => "bad-backup",
        CaseError::Stopped { .. } => "stopped",
        CaseError::Entry(_) => "entry-refused",
        CaseError::Io { .. } => "io",
        _ => "database",
    }
}

fn original_code(error: &OriginalError) -> &'static str {
    match error {
        OriginalError::Read { .. } => "unreadable",
        OriginalError::DiskFull { .. } => "disk-full",
        OriginalError::ReadOnly { .. } => "read-only",
        OriginalError::Storage { .. } => "io",
        OriginalError::Stopped { .. } => "stopped",
    }
}

impl From<ReadError> for WorkError {
    fn from(error: ReadError) -> WorkError {
        match error {
            ReadError::Stopped => WorkError::Stopped {
                doing: "answering a question",
            },
            ReadError::Field { field, reason } => {
                WorkError::usage("field", reason, field.name().to_owned())
            }
            ReadError::TooManyBuckets(most) => WorkError::usage(
                "--bucket",
                format!("at most {most} buckets: a longer bucket or a shorter time"),
                "more".to_owned(),
            ),
            other => WorkError::database(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_thing_and_keeps_its_code() {
        let error = WorkError::usage("--zone", "an IANA name such as Europe/Berlin", "Berlin");
        assert_eq!(
            error.to_string(),
            "--zone: expected an IANA name such as Europe/Berlin, found Berlin"
        );
        assert_eq!((error.code(), error.class()), ("usage", Class::Usage));
        let path = PathBuf::from("/case");
        let error = WorkError::from(CaseError::Locked {
            path,
            holder: "process 7".into(),
        });
        assert_eq!(
            (error.code(), error.class()),
            ("case-locked", Class::Failed)
        );
        assert!(error.to_string().starts_with("/case: process 7 is writing"));
    }
}
