//! The tables of annotations, compared with what the custody entries state.

use std::collections::BTreeMap;

use rusqlite::{Connection, Result};
use vestige_custody::hex;

use super::read::{self, change, has_tables, noted_in};
use super::{Noted, What, row_ref, write};
use crate::page::RowRef;

/// What a custody entry states of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// What it does.
    pub what: What,
    /// How many events it is about.
    pub events: u64,
    /// The digest over them, in hexadecimal, as [`super::digest`] makes it.
    pub sha256: String,
    /// The entry that took it back.
    pub undone_seq: Option<u64>,
}

/// Most differences that are told one by one.
const TOLD: usize = 20;

/// In what way the tables are not what these entries come to; at most twenty differences.
///
/// # Errors
/// What SQLite says.
pub fn differences(connection: &Connection, stated: &BTreeMap<u64, Stated>) -> Result<Vec<String>> {
    if !has_tables(connection)? {
        return Ok(stated
            .keys()
            .take(TOLD)
            .map(|seq| format!("entry {seq} states a change of which the case has no table"))
            .collect());
    }
    let mut found = of_changes(connection, stated)?;
    found.extend(of_events(connection, stated)?);
    found.truncate(TOLD);
    Ok(found)
}

/// Each change and the events it is about.
fn of_changes(connection: &Connection, stated: &BTreeMap<u64, Stated>) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for seq in unknown(connection, stated)? {
        found.push(format!("a change names entry {seq}, which states none"));
    }
    for (seq, stated) in stated {
        let Some(stored) = change(connection, *seq)? else {
            found.push(format!("the change that entry {seq} states is missing"));
            continue;
        };
        if stored.what.as_ref() != Some(&stated.what) {
            found.push(format!(
                "the change of entry {seq} is not the one it states"
            ));
        }
        if stored.undone_seq != stated.undone_seq {
            let by = |seq: Option<u64>| seq.map_or("none".to_owned(), |seq| seq.to_string());
            found.push(format!(
                "the change of entry {seq}: expected it to be taken back by entry {}, found {}",
                by(stated.undone_seq),
                by(stored.undone_seq)
            ));
        }
        let digest = write::digest(connection, &write::rows_of(connection, *seq)?)?;
        if digest.events != stated.events || hex(&digest.sha256) != stated.sha256 {
            found.push(format!(
                "the events of entry {seq}: expected {} with SHA-256 {}, found {} with {}",
                stated.events,
                stated.sha256,
                digest.events,
                hex(&digest.sha256)
            ));
        }
        if found.len() > TOLD {
            break;
        }
    }
    Ok(found)
}

/// Numbers of changes that no entry states.
fn unknown(connection: &Connection, stated: &BTreeMap<u64, Stated>) -> Result<Vec<u64>> {
    let sql = "SELECT seq FROM annotation_change UNION SELECT seq FROM annotation_event ORDER BY 1";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut unknown = Vec::new();
    while let Some(row) = rows.next()? {
        let seq = row.get::<_, i64>(0)?.unsigned_abs();
        if !stated.contains_key(&seq) && unknown.len() < TOLD {
            unknown.push(seq);
        }
    }
    Ok(unknown)
}

/// What each event has, added up from the entries. One event is held at a time.
fn of_events(connection: &Connection, stated: &BTreeMap<u64, Stated>) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut at: Option<(RowRef, Noted)> = None;
    let mut events = 0_u64;
    let mut failed = None;
    let mut settle = |at: Option<(RowRef, Noted)>| {
        let Some((row, expected)) = at else { return };
        events += u64::from(!expected.is_empty());
        match noted_in(connection, row) {
            Ok(stored) if stored.clone().unwrap_or_default() == or_nothing(expected) => {}
            Ok(_) if found.len() < TOLD => found.push(format!(
                "what is noted of row {} of {} is not what the entries come to",
                row.id,
                row.table.name()
            )),
            Ok(_) => {}
            Err(error) => failed = Some(error),
        }
    };
    read::journal(connection, &mut |row, seq| {
        if at.as_ref().is_some_and(|(before, _)| *before != row) {
            settle(at.take());
        }
        let (_, noted) = at.get_or_insert((row, Noted::default()));
        if let Some(change) = stated.get(&seq) {
            noted.take(seq, &change.what, change.undone_seq);
        }
    })?;
    settle(at.take());
    if let Some(error) = failed {
        return Err(error);
    }
    found.extend(strays(connection, events)?);
    Ok(found)
}

/// Where there is nothing, no entry counts as the last.
fn or_nothing(noted: Noted) -> Noted {
    if noted.is_empty() {
        Noted::default()
    } else {
        noted
    }
}

/// Rows of the results that no change is about.
fn strays(connection: &Connection, events: u64) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let count: i64 =
        connection.query_row("SELECT count(*) FROM annotated", [], |row| row.get(0))?;
    if count.unsigned_abs() != events {
        found.push(format!(
            "annotated events: expected {events} as the entries come to, found {count}"
        ));
    }
    let sql = "SELECT flow,row,tag FROM annotation_tag t
                WHERE NOT EXISTS(SELECT 1 FROM annotated a WHERE a.flow=t.flow AND a.row=t.row)
                LIMIT 5";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (at, tag): (RowRef, String) = (row_ref(row.get(0)?, row.get(1)?), row.get(2)?);
        let table = at.table.name();
        found.push(format!(
            "the tag {tag:?} of row {} of {table}, of which nothing else is noted",
            at.id
        ));
    }
    Ok(found)
}
