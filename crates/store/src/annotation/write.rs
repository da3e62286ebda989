//! Changes, in the caller's transaction.

use rusqlite::{Connection, OptionalExtension, Result, params};
use sha2::{Digest as _, Sha256};

use super::{Noted, What, flow, read, row_ref};
use crate::page::RowRef;

/// Events between two questions whether to go on.
const STEP: usize = 500;

/// Ids that a custody entry names one by one.
const NAMED: usize = 100;

/// Why a change was not made; the transaction is then to be taken back.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The database.
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    /// The user stopped it.
    #[error("stopped")]
    Stopped,
}

/// What a custody entry states of the events of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// How many they are.
    pub events: u64,
    /// SHA-256 over the lines `<evidence item> <event id>` (`EV-0001 3f2a90c4d5e6f708.0.1832`) in
    /// the order of their bytes, each ended by a line feed.
    pub sha256: [u8; 32],
    /// The ids of the first hundred lines.
    pub named: Vec<String>,
}

/// The digest over these rows.
///
/// # Errors
/// What SQLite says.
pub fn digest(connection: &Connection, rows: &[RowRef]) -> Result<Digest> {
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        lines.push(line(connection, *row)?);
    }
    lines.sort_unstable();
    let mut sha256 = Sha256::new();
    for line in &lines {
        sha256.update(line);
        sha256.update("\n");
    }
    let id = |line: &String| line.rsplit(' ').next().unwrap_or_default().to_owned();
    Ok(Digest {
        events: lines.len() as u64,
        sha256: sha256.finalize().into(),
        named: lines.iter().take(NAMED).map(id).collect(),
    })
}

fn line(connection: &Connection, row: RowRef) -> Result<String> {
    let sql = format!(
        "SELECT printf('EV-%04d ',e.id)||lower(hex(substr(e.sha256,1,8)))||'.'||m.path||'.'
                ||r.offset||coalesce('.'||r.sub,'')
           FROM {} r JOIN member m ON m.id=r.member JOIN evidence e ON e.id=m.evidence
          WHERE r.id=?1",
        row.table.name()
    );
    let line: Option<Option<String>> = connection
        .prepare_cached(&sql)?
        .query_row([row.id], |row| row.get(0))
        .optional()?;
    // A row that is not there can only be one that somebody wrote into the table.
    Ok(line
        .flatten()
        .unwrap_or_else(|| format!("? {}-{}", row.table.name(), row.id)))
}

/// The rows that the change with this entry is about, in order.
///
/// # Errors
/// What SQLite says.
pub fn rows_of(connection: &Connection, seq: u64) -> Result<Vec<RowRef>> {
    let sql = "SELECT flow,row FROM annotation_event WHERE seq=?1 ORDER BY flow,row";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([seq.cast_signed()], |row| {
        Ok(row_ref(row.get(0)?, row.get(1)?))
    })?;
    rows.collect()
}

/// Whether the change would alter what any of these rows has.
///
/// # Errors
/// What SQLite says.
pub fn alters(connection: &Connection, what: &What, rows: &[RowRef]) -> Result<bool> {
    let sql = match what {
        What::Star(_) => {
            "SELECT EXISTS(SELECT 1 FROM annotated WHERE flow=?1 AND row=?2 AND starred=1)=(?3='0')"
        }
        What::Mark(_) => {
            "SELECT (SELECT mark FROM annotated WHERE flow=?1 AND row=?2)
                    IS NOT (CASE ?3 WHEN 'bad' THEN 1 WHEN 'suspicious' THEN 2 WHEN 'good' THEN 3 END)"
        }
        What::Tag { on: true, .. } => {
            "SELECT NOT EXISTS(SELECT 1 FROM annotation_tag WHERE tag=?3 AND flow=?1 AND row=?2)"
        }
        What::Tag { on: false, .. } => {
            "SELECT EXISTS(SELECT 1 FROM annotation_tag WHERE tag=?3 AND flow=?1 AND row=?2)"
        }
        What::Comment { .. } => return Ok(!rows.is_empty()),
    };
    let mut statement = connection.prepare_cached(sql)?;
    for row in rows {
        let at = params![flow(row.table), row.id, what.stored().1];
        if statement.query_row(at, |row| row.get(0))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes the change that the custody entry `seq` states of these rows. `go_on` is told how many
/// are done and says whether to go on.
///
/// # Errors
/// See [`ChangeError`].
pub fn record(
    connection: &Connection,
    seq: u64,
    what: &What,
    rows: &[RowRef],
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<(), ChangeError> {
    let (word, value) = what.stored();
    connection.execute(
        "INSERT INTO annotation_change(seq,what,value) VALUES(?1,?2,?3)",
        params![seq.cast_signed(), word, value],
    )?;
    let sql = "INSERT INTO annotation_event(flow,row,seq) VALUES(?1,?2,?3)";
    let mut insert = connection.prepare_cached(sql)?;
    for (at, row) in rows.iter().enumerate() {
        insert.execute(params![flow(row.table), row.id, seq.cast_signed()])?;
        settle(connection, *row)?;
        told(at, go_on)?;
    }
    Ok(())
}

/// Takes the change with the entry `seq` back; the entry `by` states it. The events then have what
/// they would have had without it.
///
/// # Errors
/// See [`ChangeError`].
pub fn undo(
    connection: &Connection,
    seq: u64,
    by: u64,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<(), ChangeError> {
    connection.execute(
        "UPDATE annotation_change SET undone_seq=?2 WHERE seq=?1 AND undone_seq IS NULL",
        params![seq.cast_signed(), by.cast_signed()],
    )?;
    for (at, row) in rows_of(connection, seq)?.into_iter().enumerate() {
        settle(connection, row)?;
        told(at, go_on)?;
    }
    Ok(())
}

fn told(at: usize, go_on: &mut dyn FnMut(u64) -> bool) -> Result<(), ChangeError> {
    if (at + 1).is_multiple_of(STEP) && !go_on(at as u64 + 1) {
        return Err(ChangeError::Stopped);
    }
    Ok(())
}

/// Makes what the tables say of a row what its changes come to.
fn settle(connection: &Connection, row: RowRef) -> Result<()> {
    let noted = read::added_up(connection, row)?;
    let at = (flow(row.table), row.id);
    let none = "DELETE FROM annotation_tag WHERE flow=?1 AND row=?2";
    connection.prepare_cached(none)?.execute(at)?;
    if noted.is_empty() {
        let none = "DELETE FROM annotated WHERE flow=?1 AND row=?2";
        connection.prepare_cached(none)?.execute(at)?;
        return Ok(());
    }
    write(connection, at, &noted)
}

fn write(connection: &Connection, (flow, row): (i64, i64), noted: &Noted) -> Result<()> {
    let state = "INSERT INTO annotated(flow,row,starred,mark,seq) VALUES(?1,?2,?3,?4,?5)
                 ON CONFLICT DO UPDATE SET starred=excluded.starred, mark=excluded.mark, seq=excluded.seq";
    let mark = noted.mark.map(|mark| mark as i64);
    connection.prepare_cached(state)?.execute(params![
        flow,
        row,
        noted.starred,
        mark,
        noted.seq.cast_signed()
    ])?;
    let tag = "INSERT INTO annotation_tag(tag,flow,row) VALUES(?1,?2,?3)";
    let mut tag = connection.prepare_cached(tag)?;
    for name in &noted.tags {
        tag.execute(params![name, flow, row])?;
    }
    Ok(())
}
