//! Signed heads, the time-stamp queries made for them and the tokens that came back.

use crate::case_file::CaseError;
use rusqlite::{Connection, Params, Transaction};
use std::path::PathBuf;

/// A signed note over the first `size` entries, with what an authority said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Entries it covers.
    pub size: u64,
    /// The exact bytes of the note; a time stamp is over these.
    pub note: Vec<u8>,
    /// The last RFC 3161 query made for it.
    pub request: Option<Vec<u8>>,
    /// The RFC 3161 response that anchors it.
    pub token: Option<Vec<u8>>,
}

/// All checkpoints, smallest first.
///
/// # Errors
/// What SQLite says.
pub fn checkpoints(connection: &Connection) -> Result<Vec<Checkpoint>, CaseError> {
    let read = || {
        connection
            .prepare("SELECT size,note,request,token FROM checkpoint ORDER BY size")?
            .query_map([], |row| {
                Ok(Checkpoint {
                    size: row.get::<_, i64>(0)?.unsigned_abs(),
                    note: row.get(1)?,
                    request: row.get(2)?,
                    token: row.get(3)?,
                })
            })?
            .collect::<rusqlite::Result<Vec<_>>>()
    };
    read().map_err(|error| failed(connection, "reading the checkpoints", error))
}

/// Stores a note. One for the same size is replaced only by an equal one: a note that was time
/// stamped never changes.
///
/// # Errors
/// [`CaseError::Entry`] where another note of that size is there.
pub fn store_checkpoint(
    transaction: &Transaction<'_>,
    size: u64,
    note: &[u8],
) -> Result<(), CaseError> {
    let sql = "INSERT INTO checkpoint(size,note) VALUES(?1,?2)
               ON CONFLICT(size) DO UPDATE SET note=excluded.note WHERE note=excluded.note";
    change_one(
        transaction,
        sql,
        (super::number(size), note),
        size,
        "another note is stored",
    )
}

/// Remembers the query made for the note of `size` entries.
///
/// # Errors
/// [`CaseError::Entry`] where there is no such note.
pub fn store_request(
    transaction: &Transaction<'_>,
    size: u64,
    request: &[u8],
) -> Result<(), CaseError> {
    let sql = "UPDATE checkpoint SET request=?2 WHERE size=?1";
    change_one(
        transaction,
        sql,
        (super::number(size), request),
        size,
        "no note is stored",
    )
}

/// Stores the response that anchors the note of `size` entries.
///
/// # Errors
/// [`CaseError::Entry`] where there is no such note, or one that is anchored already.
pub fn store_token(
    transaction: &Transaction<'_>,
    size: u64,
    token: &[u8],
) -> Result<(), CaseError> {
    let sql = "UPDATE checkpoint SET token=?2 WHERE size=?1 AND (token IS NULL OR token=?2)";
    let refusal = "no note without a time stamp is stored";
    change_one(
        transaction,
        sql,
        (super::number(size), token),
        size,
        refusal,
    )
}

fn change_one(
    transaction: &Transaction<'_>,
    sql: &str,
    values: impl Params,
    size: u64,
    refusal: &str,
) -> Result<(), CaseError> {
    match transaction.execute(sql, values) {
        Ok(1) => Ok(()),
        Ok(_) => Err(CaseError::Entry(format!(
            "checkpoint of size {size}: {refusal}"
        ))),
        Err(error) => Err(failed(transaction, "storing a checkpoint", error)),
    }
}

fn failed(connection: &Connection, doing: &str, error: rusqlite::Error) -> CaseError {
    let path = connection.path().map(PathBuf::from).unwrap_or_default();
    CaseError::sqlite(&path, doing, error)
}
