//! The people of a case who may sign: a row for each key that a custody entry let in.

use crate::case_file::CaseError;
use rusqlite::{Connection, Transaction};
use std::path::PathBuf;

/// One examiner's key in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examiner {
    /// The public key as a signed note of this case names it.
    pub vkey: String,
    /// The name as it stands in reports.
    pub name: String,
    /// The part in the case.
    pub role: String,
    /// Whom he acts for.
    pub organisation: String,
    /// The custody entry that let the key in.
    pub added_seq: u64,
    /// The custody entry after which the key signs no more.
    pub retired_seq: Option<u64>,
}

/// All examiners' keys, in the order in which they were let in.
///
/// # Errors
/// What SQLite says.
pub fn all(connection: &Connection) -> Result<Vec<Examiner>, CaseError> {
    let sql = "SELECT vkey,name,role,organisation,added_seq,retired_seq FROM examiner
               ORDER BY added_seq,vkey";
    let read = || {
        connection
            .prepare(sql)?
            .query_map([], |row| {
                Ok(Examiner {
                    vkey: row.get(0)?,
                    name: row.get(1)?,
                    role: row.get(2)?,
                    organisation: row.get(3)?,
                    added_seq: row.get::<_, i64>(4)?.unsigned_abs(),
                    retired_seq: row.get::<_, Option<i64>>(5)?.map(i64::unsigned_abs),
                })
            })?
            .collect::<rusqlite::Result<Vec<_>>>()
    };
    read().map_err(|error| failed(connection, "reading the examiners", error))
}

/// Lets a key in, in the transaction of the entry that says so.
///
/// # Errors
/// [`CaseError::Entry`] where the key is there already; what SQLite says.
pub fn add(transaction: &Transaction<'_>, examiner: &Examiner) -> Result<(), CaseError> {
    let sql = "INSERT INTO examiner(vkey,name,role,organisation,added_seq,retired_seq)
               VALUES(?1,?2,?3,?4,?5,?6) ON CONFLICT DO NOTHING";
    let values = (
        &examiner.vkey,
        &examiner.name,
        &examiner.role,
        &examiner.organisation,
        examiner.added_seq.cast_signed(),
        examiner.retired_seq.map(u64::cast_signed),
    );
    match transaction.execute(sql, values) {
        Ok(1) => Ok(()),
        Ok(_) => Err(CaseError::Entry(format!(
            "{} is an examiner's key already",
            examiner.vkey
        ))),
        Err(error) => Err(failed(transaction, "storing an examiner", error)),
    }
}

/// Takes a key out of use from the entry `seq` on.
///
/// # Errors
/// [`CaseError::Entry`] where it is not in use; what SQLite says.
pub fn retire(transaction: &Transaction<'_>, vkey: &str, seq: u64) -> Result<(), CaseError> {
    let sql = "UPDATE examiner SET retired_seq=?2 WHERE vkey=?1 AND retired_seq IS NULL";
    match transaction.execute(sql, (vkey, seq.cast_signed())) {
        Ok(1) => Ok(()),
        Ok(_) => Err(CaseError::Entry(format!(
            "{vkey} is no examiner's key in use"
        ))),
        Err(error) => Err(failed(transaction, "retiring an examiner's key", error)),
    }
}

fn failed(connection: &Connection, doing: &str, error: rusqlite::Error) -> CaseError {
    let path = connection.path().map(PathBuf::from).unwrap_or_default();
    CaseError::sqlite(&path, doing, error)
}
