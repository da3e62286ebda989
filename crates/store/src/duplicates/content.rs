//! What records with shared ids say. Few records share one, so only then is their content hashed:
//! hashing every record would be a tenth of an import.

use rusqlite::Connection;
use vestige_model::{Decode, Locator, MemberRef};

use super::{Compare, SettleError};

/// Rows read at once.
const PAGE: i64 = 4096;

/// Hashes the records of all rows whose key is in `temp.shared_key` and that have no hash yet, in
/// the order of their members, so that each member is unpacked once. Gives the number of records
/// that could not be read.
pub(super) fn fill(
    connection: &Connection,
    compare: &Compare<'_>,
    progress: &dyn Fn(u64) -> bool,
) -> Result<u64, SettleError> {
    connection.execute_batch(
        "DROP TABLE IF EXISTS temp.unhashed;
         CREATE TEMP TABLE unhashed(event INTEGER);
         INSERT INTO temp.unhashed SELECT e.id FROM temp.shared_key s
           JOIN event e INDEXED BY event_key ON e.event_key=s.key
           WHERE e.event_key IS NOT NULL AND e.content IS NULL AND e.hidden&2=0
           ORDER BY e.member, e.offset",
    )?;
    let (mut last, mut unread) = (0, 0);
    loop {
        let rows = page(connection, last)?;
        let Some((rowid, ..)) = rows.last() else {
            break;
        };
        last = *rowid;
        for (_, event, member, at) in rows {
            match compare.records.record(member, &at) {
                Ok(record) => set(connection, event, (compare.content)(&record))?,
                Err(_) => unread += 1,
            }
        }
        if !progress(last as u64) {
            return Err(SettleError::Stopped);
        }
    }
    connection.execute_batch("DROP TABLE temp.unhashed")?;
    Ok(unread)
}

type Row = (i64, i64, MemberRef, Locator);

fn page(connection: &Connection, after: i64) -> rusqlite::Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(
        "SELECT u.rowid, e.id, e.member, e.offset, e.length, e.sub, e.decode
         FROM temp.unhashed u CROSS JOIN event e ON e.id=u.event
         WHERE u.rowid>?1 ORDER BY u.rowid LIMIT ?2",
    )?;
    let rows = statement.query_map([after, PAGE], |row| {
        let at = Locator {
            offset: row.get::<_, i64>(3)? as u64,
            length: row.get::<_, i64>(4)? as u64,
            sub: row.get(5)?,
            decode: Decode::from_u8(row.get(6)?).unwrap_or_default(),
        };
        Ok((row.get(0)?, row.get(1)?, MemberRef(row.get(2)?), at))
    })?;
    rows.collect()
}

fn set(connection: &Connection, event: i64, content: [u8; 16]) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE event SET content=?2 WHERE id=?1")?
        .execute((event, content))
        .map(drop)
}
