//! What a case holds of each evidence item and its members, to be compared with what custody
//! entries state of its receipt and with one another.

use rusqlite::Connection;

use crate::case_file::CaseError;

/// An evidence item, as its row says.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its number.
    pub id: i64,
    /// Name below what was imported.
    pub name: String,
    /// Where it was found.
    pub path: String,
    /// SHA-256 as received; none where it could not be read.
    pub sha256: Option<[u8; 32]>,
    /// Size as received.
    pub bytes: i64,
    /// Size after unpacking.
    pub bytes_decompressed: i64,
    /// Whether it stays where it was found.
    pub in_place: bool,
    /// What became of it.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// The item it is identical to.
    pub duplicate_of: Option<i64>,
    /// Whether that one is another item with the same bytes, and no duplicate itself.
    pub stood_for: bool,
    /// The custody entry of its receipt.
    pub received_seq: u64,
}

/// What became of a member.
#[derive(Clone, Debug)]
pub struct Part {
    /// Ordinals as in event ids.
    pub path: String,
    /// Names on the way, empty for a file that is no archive.
    pub name: String,
    /// Decompressed size.
    pub bytes: i64,
    /// Why it was taken for its format, or for none.
    pub recognised: String,
    /// `imported`, `partial`, `rejected` or `duplicate`.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
}

/// Gives each item, in the order of their numbers.
///
/// # Errors
/// What SQLite says, or what `each` returns.
pub fn items<E: From<CaseError>>(
    connection: &Connection,
    each: &mut dyn FnMut(Item) -> Result<(), E>,
) -> Result<(), E> {
    let failed = |error| E::from(failed(connection, error));
    let mut statement = connection.prepare(ITEMS).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        each(item(row).map_err(failed)?)?;
    }
    Ok(())
}

const ITEMS: &str =
    "SELECT e.id,e.name,e.path,e.sha256,e.bytes,e.bytes_decompressed,e.in_place,e.state,e.reason,
            e.duplicate_of,e.received_seq,
            coalesce(o.id<>e.id AND o.sha256=e.sha256 AND o.duplicate_of IS NULL,0)
       FROM evidence e LEFT JOIN evidence o ON o.id=e.duplicate_of ORDER BY e.id";

fn item(row: &rusqlite::Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        id: row.get(0)?,
        name: row.get(1)?,
        path: row.get(2)?,
        sha256: row.get(3)?,
        bytes: row.get(4)?,
        bytes_decompressed: row.get(5)?,
        in_place: row.get(6)?,
        state: row.get(7)?,
        reason: row.get(8)?,
        duplicate_of: row.get(9)?,
        received_seq: row.get::<_, i64>(10)?.cast_unsigned(),
        stood_for: row.get(11)?,
    })
}

/// Gives each member of an item, in order.
///
/// # Errors
/// What SQLite says.
pub fn parts(
    connection: &Connection,
    evidence: i64,
    each: &mut dyn FnMut(Part),
) -> Result<(), CaseError> {
    let failed = |error| failed(connection, error);
    let mut statement = connection
        .prepare_cached(
            "SELECT path,name,bytes,recognised,state,reason FROM member WHERE evidence=?1 ORDER BY id",
        )
        .map_err(failed)?;
    let rows = statement.query_map([evidence], |row| {
        Ok(Part {
            path: row.get(0)?,
            name: row.get(1)?,
            bytes: row.get(2)?,
            recognised: row.get(3)?,
            state: row.get(4)?,
            reason: row.get(5)?,
        })
    });
    for part in rows.map_err(failed)? {
        each(part.map_err(failed)?);
    }
    Ok(())
}

fn failed(connection: &Connection, error: rusqlite::Error) -> CaseError {
    let path = connection.path().map(std::path::PathBuf::from);
    let doing = "reading evidence items and their members";
    CaseError::sqlite(&path.unwrap_or_default(), doing, error)
}
