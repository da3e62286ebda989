//! Legal notes of evidence items.

use std::collections::BTreeMap;

use rusqlite::{Connection, Result, params};

use super::read::has_tables;

/// What is noted of an evidence item.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ItemNote {
    /// The law that it is under, as the examiner words it.
    pub jurisdiction: Option<String>,
    /// Whether it must not be disposed of.
    pub hold: bool,
    /// Anything else.
    pub note: Option<String>,
    /// The custody entry that last changed it; none where nothing was ever noted.
    pub seq: Option<u64>,
}

/// What is noted of every item that anything was noted of, by the item's number.
///
/// # Errors
/// What SQLite says.
pub fn item_notes(connection: &Connection) -> Result<BTreeMap<i64, ItemNote>> {
    if !has_tables(connection)? {
        return Ok(BTreeMap::new());
    }
    let sql = "SELECT evidence,jurisdiction,hold,note,seq FROM item_note ORDER BY evidence";
    let mut statement = connection.prepare(sql)?;
    let notes = statement.query_map([], |row| {
        let note = ItemNote {
            jurisdiction: row.get(1)?,
            hold: row.get(2)?,
            note: row.get(3)?,
            seq: Some(row.get::<_, i64>(4)?.unsigned_abs()),
        };
        Ok((row.get(0)?, note))
    })?;
    notes.collect()
}

/// What is noted of an item.
///
/// # Errors
/// What SQLite says.
pub fn item_note(connection: &Connection, evidence: i64) -> Result<ItemNote> {
    Ok(item_notes(connection)?
        .remove(&evidence)
        .unwrap_or_default())
}

/// Writes what is noted of an item, with the custody entry `seq` that states it last.
///
/// # Errors
/// What SQLite says.
pub fn set_item_note(
    connection: &Connection,
    evidence: i64,
    note: &ItemNote,
    seq: u64,
) -> Result<()> {
    connection
        .execute(
            "INSERT OR REPLACE INTO item_note(evidence,jurisdiction,hold,note,seq) VALUES(?1,?2,?3,?4,?5)",
            params![evidence, note.jurisdiction, note.hold, note.note, seq.cast_signed()],
        )
        .map(drop)
}
