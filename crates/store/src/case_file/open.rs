//! Recognising a case in place, and opening it.

use super::folder::{self, DATABASE};
use super::{Case, CaseError, CaseReader, CaseWriter, NotACase};
use crate::connection::{self, Settings};
use crate::fault::Faults;
use crate::foreign::Header;
use crate::ledger::{By, Head, Ledger};
use crate::lock::Lock;
use crate::migration::{self, KNOWN, Migration, Schema};
use rusqlite::{Connection, ErrorCode, OptionalExtension};
use std::path::Path;
use vestige_custody::{CaseId, Event, hex};

pub(super) fn recognise(
    path: &Path,
    expected: Option<Head>,
    settings: &Settings,
) -> Result<Case, CaseError> {
    let root = folder::existing(path)?;
    let database = root.join(DATABASE);
    let version = look_at_files(&root, &database)?;
    check_version(&root, version, KNOWN)?;
    // The header may lag behind the log; SQLite knows both.
    let connection = connect(&root, settings)?;
    let version = stored_version(&connection).map_err(while_reading(&root))?;
    check_version(&root, version, KNOWN)?;
    check_schema(&root, &connection, version, KNOWN)?;
    let id = case_id(&root, &connection)?;
    let head = check_head(&root, &connection, expected)?;
    Ok(Case {
        root,
        id,
        head,
        version,
        settings: settings.clone(),
    })
}

pub(super) fn reader(case: &Case) -> Result<CaseReader, CaseError> {
    if case.version < migration::READABLE {
        return Err(CaseError::Older {
            path: case.root.clone(),
            found: case.version,
            known: migration::latest(),
        });
    }
    Ok(CaseReader {
        case: case.clone(),
        connection: connect(&case.root, &case.settings)?,
    })
}

pub(super) fn writer(
    case: &Case,
    by: &By,
    now: i64,
    faults: &Faults,
) -> Result<CaseWriter, CaseError> {
    let lock = Lock::take(&case.root)?;
    // Another writer may have been at work since the case was recognised.
    let mut case = recognise(&case.root, Some(case.head), &case.settings)?;
    if case.version < migration::latest() {
        migrate(&case, KNOWN, by, now, faults)?;
        case = recognise(&case.root, Some(case.head), &case.settings)?;
    }
    locked(case, lock, by, faults)
}

/// Opens a case whose lock is held.
pub(super) fn locked(
    case: Case,
    lock: Lock,
    by: &By,
    faults: &Faults,
) -> Result<CaseWriter, CaseError> {
    let database = case.database();
    let connection = connection::writer(&database, &case.settings)
        .map_err(|error| CaseError::sqlite(&database, "opening for writing", error))?;
    let ledger = Ledger::resume(case.id.clone(), by.clone(), &connection, faults)?;
    Ok(CaseWriter {
        case,
        connection,
        ledger,
        faults: faults.clone(),
        _lock: lock,
    })
}

/// Applies the steps the case lacks, with their custody entry in the same transaction.
fn migrate(
    case: &Case,
    list: &[Migration],
    by: &By,
    now: i64,
    faults: &Faults,
) -> Result<(), CaseError> {
    let database = case.database();
    let failed = |error| CaseError::sqlite(&database, "migrating", error);
    let mut connection = connection::maintenance(&database, &case.settings).map_err(failed)?;
    let transaction = connection
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(failed)?;
    faults.step("migrate", &database, || {
        migration::apply(&transaction, list, case.version).map_err(failed)
    })?;
    let ledger = Ledger::resume(case.id.clone(), by.clone(), &transaction, faults)?;
    let mut entry = ledger.entry(Event::DbMigrated).detail("old", case.version);
    if let Some(last) = list.last() {
        entry = entry
            .detail("new", last.version)
            .detail("sha256", hex(&migration::digest(last)));
    }
    ledger.append(&transaction, &entry, now)?;
    CaseWriter::commit(transaction, faults)
}

/// Looks at names, kinds and lengths before SQLite does, and returns the header's version.
fn look_at_files(root: &Path, database: &Path) -> Result<u32, CaseError> {
    let refuse = |why| CaseError::NotACase {
        path: root.to_path_buf(),
        why,
    };
    let header = Header::read(database)
        .map_err(|error| CaseError::io(database, "reading the header", error))?
        .map_err(refuse)?;
    let log = folder::regular_bytes(root, &folder::beside(database, "-wal"))?;
    folder::regular_bytes(root, &folder::beside(database, "-shm"))?;
    folder::regular_bytes(root, &folder::beside(database, "-journal"))?;
    // Pages that a crash left in the log are not yet missing.
    if let (0, Err(why @ NotACase::Truncated { .. })) = (log.unwrap_or(0), header.whole()) {
        return Err(refuse(why));
    }
    Ok(header.version)
}

/// A reading connection, also where the medium cannot be written to.
fn connect(root: &Path, settings: &Settings) -> Result<Connection, CaseError> {
    let database = root.join(DATABASE);
    let opened = connection::reader(&database, settings)
        .and_then(|connection| stored_version(&connection).map(|_| connection));
    let error = match opened {
        Ok(connection) => return Ok(connection),
        Err(error) => error,
    };
    let read_only = matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied)
    );
    let log = folder::regular_bytes(root, &folder::beside(&database, "-wal"))?;
    if read_only && log.unwrap_or(0) == 0 {
        return connection::immutable_reader(&database, settings)
            .map_err(|error| CaseError::sqlite(root, "opening for reading", error));
    }
    if read_only {
        return Err(CaseError::ReadOnlyFolder {
            path: root.to_path_buf(),
        });
    }
    Err(CaseError::sqlite(root, "opening for reading", error))
}

fn stored_version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

pub(crate) fn check_version(root: &Path, found: u32, list: &[Migration]) -> Result<(), CaseError> {
    let known = list.last().map_or(0, |step| step.version);
    if found > known {
        return Err(CaseError::Newer {
            path: root.to_path_buf(),
            found,
            known,
        });
    }
    if found == 0 {
        let what = "it has format version 0, which no program ever wrote".to_owned();
        return Err(CaseError::Tampered {
            path: root.to_path_buf(),
            what,
        });
    }
    Ok(())
}

pub(crate) fn check_schema(
    root: &Path,
    connection: &Connection,
    version: u32,
    list: &[Migration],
) -> Result<(), CaseError> {
    let tampered = |what| CaseError::Tampered {
        path: root.to_path_buf(),
        what,
    };
    let expected = Schema::expected_once(list, version)
        .map_err(|error| CaseError::sqlite(root, "making the expected schema", error))?;
    let found = Schema::of(connection).map_err(while_reading(root))?;
    if let Some(what) = expected.difference(&found) {
        return Err(tampered(what));
    }
    let difference =
        migration::record_difference(connection, list, version).map_err(while_reading(root))?;
    difference.map_or(Ok(()), |what| Err(tampered(what)))
}

pub(crate) fn case_id(root: &Path, connection: &Connection) -> Result<CaseId, CaseError> {
    let tampered = |what| CaseError::Tampered {
        path: root.to_path_buf(),
        what,
    };
    let id: Option<String> = connection
        .query_row("SELECT value FROM case_fact WHERE name='case'", [], |row| {
            row.get(0)
        })
        .optional()
        .map_err(while_reading(root))?;
    let id = id.ok_or_else(|| tampered("it states no case id".to_owned()))?;
    CaseId::parse(&id).map_err(|error| tampered(error.to_string()))
}

/// The head of the chain, which must continue the one expected.
fn check_head(
    root: &Path,
    connection: &Connection,
    expected: Option<Head>,
) -> Result<Head, CaseError> {
    let found = Head::required(connection)?;
    let Some(expected) = expected else {
        return Ok(found);
    };
    let path = root.to_path_buf();
    match Head::at(connection, expected.size).map_err(while_reading(root))? {
        None => Err(CaseError::RolledBack {
            path,
            expected,
            found,
        }),
        Some(at) if at != expected => Err(CaseError::Forked {
            path,
            expected,
            found: at,
        }),
        Some(_) => Ok(found),
    }
}

fn while_reading(root: &Path) -> impl Fn(rusqlite::Error) -> CaseError {
    move |error| CaseError::sqlite(root, "reading the case", error)
}

#[cfg(test)]
mod tests;
