//! What a case holds, in a few numbers and facts.

use crate::case_file::CaseError;
use rusqlite::{Connection, OptionalExtension as _};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Sizes of a case, without a scan over its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Evidence items, withdrawn ones included.
    pub evidence: u64,
    /// Of these the withdrawn.
    pub withdrawn: u64,
    /// Bytes as received.
    pub bytes: u64,
    /// Bytes decompressed.
    pub bytes_decompressed: u64,
    /// Innermost members.
    pub members: u64,
    /// Rows made of them, hidden ones included.
    pub events: u64,
    /// Warnings about them.
    pub warnings: u64,
}

/// The facts of the case by name, as its entries state them: `case`, `title`, `created`,
/// `custody_level`, `examiner`, `organisation`, `role` and, where given, `reference`, `authority`,
/// `zone`.
///
/// # Errors
/// What SQLite says.
pub fn facts(connection: &Connection) -> Result<BTreeMap<String, String>, CaseError> {
    let read = || {
        connection
            .prepare("SELECT name,value FROM case_fact")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<BTreeMap<_, _>>>()
    };
    read().map_err(|error| failed(connection, "reading the facts of the case", error))
}

/// How much the case holds.
///
/// # Errors
/// What SQLite says.
pub fn sizes(connection: &Connection) -> Result<Sizes, CaseError> {
    let read = || {
        let number = |sql: &str| {
            connection
                .query_row(sql, [], |row| row.get::<_, f64>(0))
                .map(|number| number as u64)
        };
        // total() is 0.0 without rows and does not overflow.
        Ok(Sizes {
            evidence: number("SELECT total(1) FROM evidence")?,
            withdrawn: number("SELECT total(withdrawn_seq IS NOT NULL) FROM evidence")?,
            bytes: number("SELECT total(bytes) FROM evidence")?,
            bytes_decompressed: number("SELECT total(bytes_decompressed) FROM evidence")?,
            members: number("SELECT total(1) FROM member")?,
            events: number("SELECT total(events) FROM member")?,
            warnings: number("SELECT total(1) FROM warning")?,
        })
    };
    read().map_err(|error| failed(connection, "reading the sizes of the case", error))
}

/// An evidence item as its original has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// Number of the item (`EV-0001` is 1).
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Where it was found.
    pub path: String,
    /// SHA-256 as received.
    pub sha256: [u8; 32],
    /// Size as received.
    pub bytes: u64,
    /// Whether it lies where it was found, not in the case.
    pub in_place: bool,
}

/// Gives every evidence item that could be read to `each`, in the order of ids; `each` returns
/// whether to go on.
///
/// # Errors
/// What SQLite says, or `each`.
pub fn originals<E: From<CaseError>>(
    connection: &Connection,
    each: &mut dyn FnMut(Original) -> Result<bool, E>,
) -> Result<(), E> {
    let wrong = |error| E::from(failed(connection, "reading the evidence items", error));
    let sql = "SELECT id,name,path,sha256,bytes,in_place FROM evidence
               WHERE sha256 IS NOT NULL ORDER BY id";
    let mut statement = connection.prepare(sql).map_err(wrong)?;
    let mut rows = statement.query([]).map_err(wrong)?;
    while let Some(row) = rows.next().map_err(wrong)? {
        let original = || {
            Ok(Original {
                id: row.get(0)?,
                name: row.get(1)?,
                path: row.get(2)?,
                sha256: row.get(3)?,
                bytes: row.get::<_, i64>(4)?.unsigned_abs(),
                in_place: row.get(5)?,
            })
        };
        if !each(original().map_err(wrong)?)? {
            break;
        }
    }
    Ok(())
}

/// Whether an evidence item has this original in the case.
///
/// # Errors
/// What SQLite says.
pub fn knows_original(connection: &Connection, sha256: &[u8; 32]) -> Result<bool, CaseError> {
    connection
        .prepare_cached("SELECT 1 FROM evidence WHERE sha256=?1 AND in_place=0")
        .and_then(|mut known| known.exists([sha256]))
        .map_err(|error| failed(connection, "looking for an original", error))
}

/// The size of an original that is kept in the case, none where there is no such.
///
/// # Errors
/// What SQLite says.
pub fn original_bytes(
    connection: &Connection,
    sha256: &[u8; 32],
) -> Result<Option<u64>, CaseError> {
    let read = || {
        connection
            .prepare_cached("SELECT bytes FROM evidence WHERE sha256=?1 AND in_place=0")?
            .query_map([sha256], |row| row.get::<_, i64>(0))?
            .next()
            .transpose()
    };
    read()
        .map(|bytes| bytes.map(i64::unsigned_abs))
        .map_err(|error| failed(connection, "looking for an original", error))
}

/// Which custody entry withdrew which evidence item.
///
/// # Errors
/// What SQLite says.
pub fn withdrawals(connection: &Connection) -> Result<BTreeMap<i64, u64>, CaseError> {
    let read = || {
        connection
            .prepare("SELECT id,withdrawn_seq FROM evidence WHERE withdrawn_seq IS NOT NULL")?
            .query_map([], |row| {
                Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
            })?
            .collect::<rusqlite::Result<BTreeMap<_, _>>>()
    };
    read().map_err(|error| failed(connection, "reading what was withdrawn", error))
}

/// The custody entries under which rows or members were found to be duplicates.
///
/// # Errors
/// What SQLite says.
pub fn duplicate_seqs(connection: &Connection) -> Result<Vec<u64>, CaseError> {
    let read = || {
        connection
            .prepare(
                "SELECT seq FROM duplicate UNION SELECT seq FROM duplicate_member ORDER BY seq",
            )?
            .query_map([], |row| Ok(row.get::<_, i64>(0)?.unsigned_abs()))?
            .collect::<rusqlite::Result<Vec<_>>>()
    };
    read().map_err(|error| failed(connection, "reading the duplicates", error))
}

fn failed(connection: &Connection, doing: &str, error: rusqlite::Error) -> CaseError {
    let path = connection.path().map(PathBuf::from).unwrap_or_default();
    CaseError::sqlite(&path, doing, error)
}

/// The times of the first and the last row in view, none where no row has a time.
///
/// # Errors
/// What SQLite says.
pub fn span(connection: &Connection) -> Result<(Option<i64>, Option<i64>), CaseError> {
    let mut ends: (Option<i64>, Option<i64>) = (None, None);
    for table in ["event", "flow"] {
        let end = |order: &str| {
            let sql = format!(
                "SELECT time FROM {table} WHERE time IS NOT NULL AND hidden=0 ORDER BY time {order} LIMIT 1"
            );
            connection
                .query_row(&sql, [], |row| row.get::<_, i64>(0))
                .optional()
                .map_err(|error| failed(connection, "looking for the first and last time", error))
        };
        let (first, last) = (end("ASC")?, end("DESC")?);
        ends.0 = ends.0.into_iter().chain(first).min();
        ends.1 = ends.1.into_iter().chain(last).max();
    }
    Ok(ends)
}
