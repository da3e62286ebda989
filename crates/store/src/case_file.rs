//! A case folder: made, recognised, opened.
//!
//! A case that the caller knows (it keeps id, path and the head last seen) is opened in place and
//! must continue that head. Any other goes through [`crate::foreign`] first; what comes out of it
//! is a head, and from then on the case is known.

mod create;
mod error;
pub(crate) mod folder;
mod open;

pub use create::Genesis;
pub use error::{CaseError, NotACase, remedy};
pub use folder::{DATABASE, FOLDERS, original};
pub(crate) use open::{case_id, check_schema, check_version};

use crate::connection::{self, Settings};
use crate::fault::Faults;
use crate::ledger::{By, Head, Ledger};
use crate::lock::Lock;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use vestige_custody::CaseId;

/// A case that was recognised and may be opened.
#[derive(Clone, Debug)]
pub struct Case {
    root: PathBuf,
    id: CaseId,
    head: Head,
    version: u32,
    settings: Settings,
}

/// A case opened for reading; what it sees stays the same within a transaction.
#[derive(Debug)]
pub struct CaseReader {
    case: Case,
    connection: Connection,
}

/// A case opened for writing, as the only writer.
#[derive(Debug)]
pub struct CaseWriter {
    case: Case,
    connection: Connection,
    ledger: Ledger,
    faults: Faults,
    /// Released last.
    _lock: Lock,
}

impl Case {
    /// Makes a new case folder with its database and its first custody entry, `case.created`.
    /// It appears whole, with everything durable, or not at all.
    ///
    /// # Errors
    /// [`CaseError::Exists`] where `path` is anything but absent or an empty folder.
    pub fn create(
        path: &Path,
        genesis: &Genesis,
        by: &By,
        now: i64,
        settings: &Settings,
        faults: &Faults,
    ) -> Result<CaseWriter, CaseError> {
        create::create(path, genesis, by, now, settings, faults)
    }

    /// Recognises a case in place and compares it with the head last seen, where there is one.
    /// Nothing is written besides what SQLite's own recovery does.
    ///
    /// # Errors
    /// Every way in which this is no case, or not the case that was last seen.
    pub fn open_known(
        path: &Path,
        expected: Option<Head>,
        settings: &Settings,
    ) -> Result<Self, CaseError> {
        open::recognise(path, expected, settings)
    }

    /// Opens for reading; no lock is needed.
    ///
    /// # Errors
    /// [`CaseError::Older`] where the case must be migrated first.
    pub fn open_reader(&self) -> Result<CaseReader, CaseError> {
        open::reader(self)
    }

    /// Opens for writing: takes the lock, checks the case again, migrates an older one.
    ///
    /// # Errors
    /// [`CaseError::Locked`] with the holder, [`CaseError::ReadOnlyFolder`].
    pub fn open_writer(&self, by: &By, now: i64, faults: &Faults) -> Result<CaseWriter, CaseError> {
        open::writer(self, by, now, faults)
    }

    /// The full path of the folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The case's UUID, the same in every custody entry.
    #[must_use]
    pub fn id(&self) -> &CaseId {
        &self.id
    }

    /// The head of the custody chain when the case was recognised.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }

    /// The schema's version in the file.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Where connections spill to and how much they cache.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The database file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.root.join(DATABASE)
    }

    /// The folder of the originals.
    #[must_use]
    pub fn evidence(&self) -> PathBuf {
        self.root.join(FOLDERS[0])
    }

    /// The folder of what can be derived again. That of a foreign case is not to be trusted.
    #[must_use]
    pub fn index(&self) -> PathBuf {
        self.root.join(FOLDERS[1])
    }

    /// The folder of what was given out.
    #[must_use]
    pub fn exports(&self) -> PathBuf {
        self.root.join(FOLDERS[2])
    }
}

impl CaseReader {
    /// The case.
    #[must_use]
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// The connection; its authorizer lets nothing but reading through.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The connection alone.
    #[must_use]
    pub fn into_connection(self) -> Connection {
        self.connection
    }

    /// Another reader of the same case, for another thread.
    ///
    /// # Errors
    /// As [`Case::open_reader`].
    pub fn again(&self) -> Result<Self, CaseError> {
        self.case.open_reader()
    }
}

impl CaseWriter {
    /// The case; its head is the one at opening.
    #[must_use]
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// The connection, for reading and for statements outside a transaction.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The seam for faults.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Begins a transaction that holds the database's write lock from its start, with the ledger
    /// to append to in it.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn begin(&mut self) -> Result<(Transaction<'_>, &Ledger), CaseError> {
        let database = self.case.database();
        let begun = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction =
            begun.map_err(|error| CaseError::sqlite(&database, "beginning to write", error))?;
        Ok((transaction, &self.ledger))
    }

    /// Commits; durable when it returns.
    ///
    /// # Errors
    /// What SQLite says; the transaction is then undone.
    pub fn commit(transaction: Transaction<'_>, faults: &Faults) -> Result<(), CaseError> {
        let path = transaction.path().map(PathBuf::from).unwrap_or_default();
        faults.step("commit", &path, || {
            transaction
                .commit()
                .map_err(|error| CaseError::sqlite(&path, "committing", error))
        })
    }

    /// The head of the custody chain now.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn head(&self) -> Result<Head, CaseError> {
        self.ledger.head(&self.connection)
    }

    /// The ledger, to be used with this writer's connection.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// A second connection that may change the schema, for index rebuilds. No transaction may be
    /// open on this one meanwhile.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn maintenance(&self) -> Result<Connection, CaseError> {
        let database = self.case.database();
        connection::maintenance(&database, &self.case.settings)
            .map_err(|error| CaseError::sqlite(&database, "opening for maintenance", error))
    }
}
