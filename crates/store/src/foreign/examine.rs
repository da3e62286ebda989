//! The checks of a quarantined copy, outermost first.

use super::quarantine::Copy;
use super::{Check, GoOn, Header, Sound, passed, warned};
use crate::case_file::folder::beside;
use crate::case_file::{CaseError, NotACase, case_id, check_schema, check_version};
use crate::connection::{self, Settings};
use crate::ledger::{self, Head};
use crate::migration::KNOWN;
use rusqlite::{Connection, ErrorCode, MAIN_DB};
use std::path::Path;
use std::sync::Arc;
use vestige_custody::CaseId;

/// Room that the recovered file may take beyond what was copied: pages a transaction freed before
/// it ended are in the count and not in the log.
const SLACK: u64 = 1 << 20;

/// Examines a copy; `root` is named in messages.
pub(super) fn database(
    root: &Path,
    copy: &Copy,
    settings: &Settings,
    go_on: &GoOn,
    checks: &mut Vec<Check>,
) -> Result<Sound, CaseError> {
    let header = recovered_header(root, copy, settings)?;
    checks.push(passed(
        "header",
        format!(
            "format version {}, {} pages of {}",
            header.version, header.pages, header.page_size
        ),
    ));
    let ask = Arc::clone(go_on);
    let connection = connection::quarantined(&copy.database, settings, move || ask())
        .map_err(|error| CaseError::sqlite(root, "opening the copy", error))?;
    check_schema(root, &connection, header.version, KNOWN)?;
    checks.push(passed(
        "schema",
        format!("as version {} makes it", header.version),
    ));
    integrity(root, &copy.database, settings, go_on, checks)?;
    let (id, head) = contents(root, &connection, checks)?;
    super::chain::verify(root, &connection, checks)?;
    super::facts::verify(root, &connection, checks)?;
    Ok(Sound {
        id,
        head,
        version: header.version,
    })
}

/// Looks at a known case where it lies. Its schema was compared when it was recognised.
pub(super) fn in_place(
    root: &Path,
    database: &Path,
    settings: &Settings,
    go_on: &GoOn,
    checks: &mut Vec<Check>,
) -> Result<(), CaseError> {
    let ask = Arc::clone(go_on);
    let connection = connection::quarantined(database, settings, move || ask())
        .and_then(|connection| readable(&connection).map(|()| connection))
        .or_else(|error| without_shared_memory(database, settings, go_on, error))
        .map_err(|error| CaseError::sqlite(root, "opening the case", error))?;
    integrity(root, database, settings, go_on, checks)?;
    contents(root, &connection, checks).map(drop)
}

/// References, types and the chain, of a database whose schema is the expected one.
fn contents(
    root: &Path,
    connection: &Connection,
    checks: &mut Vec<Check>,
) -> Result<(CaseId, Head), CaseError> {
    references(root, connection)?;
    checks.push(passed(
        "references",
        "every reference leads to a row".to_owned(),
    ));
    types(root, connection)?;
    checks.push(passed(
        "types",
        "every value has the type of its column".to_owned(),
    ));
    custody(root, connection, checks)
}

fn recovered_header(root: &Path, copy: &Copy, settings: &Settings) -> Result<Header, CaseError> {
    let refuse = |why| CaseError::NotACase {
        path: root.to_path_buf(),
        why,
    };
    let read = || {
        Header::read(&copy.database)
            .map_err(|error| CaseError::io(&copy.database, "reading the header", error))?
            .map_err(refuse)
    };
    let mut header = read()?;
    check_version(root, header.version, KNOWN)?;
    if copy.unfinished {
        connection::recover(&copy.database, settings)
            .map_err(|error| CaseError::sqlite(root, "recovering the copy", error))?;
        header = read()?;
        check_version(root, header.version, KNOWN)?;
    }
    header.whole().map_err(refuse)?;
    if header.bytes > copy.bytes.saturating_mul(2).saturating_add(SLACK) {
        let found = header.bytes;
        return Err(refuse(NotACase::Overlong {
            expected: copy.bytes,
            found,
        }));
    }
    Ok(header)
}

/// Pages, indexes and constraints. On a medium that cannot be written to SQLite leaves the CHECK
/// constraints out; this is said.
fn integrity(
    root: &Path,
    database: &Path,
    settings: &Settings,
    go_on: &GoOn,
    checks: &mut Vec<Check>,
) -> Result<(), CaseError> {
    let ask = Arc::clone(go_on);
    let (found, constraints) =
        connection::quarantined_with_constraints(database, settings, move || ask())
            .and_then(|connection| check_pages(&connection))
            .or_else(|error| {
                without_shared_memory(database, settings, go_on, error)
                    .and_then(|connection| check_pages(&connection))
            })
            .map_err(|error| CaseError::sqlite(root, "checking its integrity", error))?;
    let check = match constraints {
        true => passed("integrity", CHECKED.to_owned()),
        false => warned("integrity", UNCHECKED.to_owned()),
    };
    if found == "ok" {
        checks.push(check);
        return Ok(());
    }
    Err(CaseError::Damaged {
        path: root.to_path_buf(),
        what: found,
    })
}

const CHECKED: &str = "every page, index and constraint holds";
const UNCHECKED: &str = "every page and index holds; the folder cannot be written to, therefore \
                         CHECK constraints were not compared";

/// What the check finds, and whether it compared the rows with the CHECK constraints.
fn check_pages(connection: &Connection) -> rusqlite::Result<(String, bool)> {
    let found = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok((found, !connection.is_readonly(MAIN_DB)?))
}

fn readable(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA user_version", [], |_| Ok(()))
}

/// Where opening failed because nothing can be written beside the database, and no log is left to
/// be recovered, it can be read as it lies.
fn without_shared_memory(
    database: &Path,
    settings: &Settings,
    go_on: &GoOn,
    error: rusqlite::Error,
) -> rusqlite::Result<Connection> {
    let unwritable = matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied)
    );
    let log = beside(database, "-wal")
        .metadata()
        .map_or(0, |about| about.len());
    if !unwritable || log > 0 {
        return Err(error);
    }
    let ask = Arc::clone(go_on);
    connection::quarantined_immutable(database, settings, move || ask())
}

fn references(root: &Path, connection: &Connection) -> Result<(), CaseError> {
    let failed = |error| CaseError::sqlite(root, "checking its references", error);
    let mut statement = connection
        .prepare("PRAGMA foreign_key_check")
        .map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let Some(row) = rows.next().map_err(failed)? else {
        return Ok(());
    };
    let (table, to): (String, String) = (row.get(0).map_err(failed)?, row.get(2).map_err(failed)?);
    let what = format!("a row of {table} refers to a row of {to} that is not there");
    Err(CaseError::Damaged {
        path: root.to_path_buf(),
        what,
    })
}

/// The integrity check compares values with the types of strict tables; what is left are the
/// columns that hold a UUID's sixteen bytes or a text.
fn types(root: &Path, connection: &Connection) -> Result<(), CaseError> {
    for column in ["event_id", "request_id"] {
        let sql = format!(
            "SELECT id FROM event WHERE typeof({column}) NOT IN ('null','text') \
             AND (typeof({column})<>'blob' OR length({column})<>16) LIMIT 1"
        );
        let mut statement = connection
            .prepare(&sql)
            .map_err(|error| CaseError::sqlite(root, "checking its types", error))?;
        let mut rows = statement
            .query([])
            .map_err(|error| CaseError::sqlite(root, "checking its types", error))?;
        let row = rows
            .next()
            .map_err(|error| CaseError::sqlite(root, "checking its types", error))?;
        if row.is_some() {
            let what = format!("a value of {column} in event is neither text nor a UUID");
            return Err(CaseError::Damaged {
                path: root.to_path_buf(),
                what,
            });
        }
    }
    Ok(())
}

/// The chain's own consistency; who signed it is for `verify` to say.
fn custody(
    root: &Path,
    connection: &Connection,
    checks: &mut Vec<Check>,
) -> Result<(CaseId, Head), CaseError> {
    let tampered = |what: String| CaseError::Tampered {
        path: root.to_path_buf(),
        what,
    };
    let id = case_id(root, connection)?;
    // The copy's own path means nothing to the reader of the message.
    let chain = ledger::follow(id.clone(), connection).map_err(|error| match error {
        CaseError::Tampered { what, .. } => tampered(what),
        other => other,
    })?;
    let head = ledger::head_of(&chain)
        .ok_or_else(|| tampered("its custody chain has no entry".to_owned()))?;
    for checkpoint in ledger::checkpoints(connection)? {
        if checkpoint.size > head.size {
            let (size, covered) = (head.size, checkpoint.size);
            let what = format!("a checkpoint covers {covered} entries, the chain has {size}");
            return Err(tampered(what));
        }
    }
    checks.push(passed(
        "custody",
        format!("{} entries follow one another", head.size),
    ));
    Ok((id, head))
}
