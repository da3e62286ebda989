//! Rows about evidence items, their members and warnings, written with the batch they belong to.

use std::collections::HashSet;
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, params};
use vestige_model::{Tally, Warning};

use crate::case_file::CaseError;

/// A new evidence item.
#[derive(Clone, Debug)]
pub struct EvidenceRow<'a> {
    /// Number of the item (`EV-0001` is 1).
    pub id: i64,
    /// The acquisition it came with.
    pub acquisition: i64,
    /// Path below the folder that was named.
    pub name: &'a str,
    /// Where it was found.
    pub path: &'a str,
    /// SHA-256 of the file as received; none where it could not be read.
    pub sha256: Option<[u8; 32]>,
    /// Size as received.
    pub bytes: u64,
    /// Whether it stays where it was found.
    pub in_place: bool,
    /// Custody entry of its receipt.
    pub received_seq: u64,
}

/// What became of one member.
#[derive(Clone, Debug)]
pub struct MemberRow<'a> {
    /// Row id, as [`super::Batch::member_id`] gives it.
    pub id: i64,
    /// Its evidence item.
    pub evidence: i64,
    /// Ordinals as in event ids.
    pub path: &'a str,
    /// Names on the way, joined with `!`.
    pub name: &'a str,
    /// How it was wrapped.
    pub layers: &'a str,
    /// Decompressed size.
    pub bytes: u64,
    /// Format, none where not recognised.
    pub format: Option<&'a str>,
    /// Envelope.
    pub envelope: Option<&'a str>,
    /// Why it was taken for this format, or for none.
    pub recognised: &'a str,
    /// What its records need from elsewhere in it.
    pub context: Option<&'a [u8]>,
    /// BLAKE3 of the decompressed bytes, where the format has no ids.
    pub content: Option<[u8; 32]>,
    /// Whether a side copy lies in `index/`.
    pub seekable: bool,
    /// `imported`, `partial`, `rejected` or `duplicate`.
    pub state: &'a str,
    /// Why it is rejected or partial.
    pub reason: Option<&'a str>,
    /// The account of its records.
    pub tally: Tally,
    /// Number of its warnings.
    pub warnings: u64,
    /// Earliest time, UTC nanoseconds.
    pub first: Option<i64>,
    /// Latest time.
    pub last: Option<i64>,
    /// Custody entry of its import.
    pub seq: u64,
}

/// Stores a new evidence item: `received` where it was read, else `rejected` for `reason`.
///
/// # Errors
/// What SQLite says.
pub fn insert_evidence(
    connection: &Connection,
    row: &EvidenceRow<'_>,
    reason: Option<&str>,
) -> rusqlite::Result<()> {
    let state = if row.sha256.is_some() {
        "received"
    } else {
        "rejected"
    };
    connection
        .prepare_cached("INSERT INTO evidence VALUES(?1,?2,?3,?4,?5,?6,0,?7,?8,?9,NULL,?10,NULL)")?
        .execute(params![
            row.id,
            row.acquisition,
            row.name,
            row.path,
            row.sha256,
            row.bytes as i64,
            row.in_place,
            state,
            reason,
            row.received_seq as i64
        ])
        .map(drop)
}

/// Sets what became of an evidence item, and adds to its decompressed size.
///
/// # Errors
/// What SQLite says.
pub fn settle_evidence(
    connection: &Connection,
    id: i64,
    state: &str,
    reason: Option<&str>,
    duplicate_of: Option<i64>,
    more_bytes: u64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE evidence SET state=?2, reason=?3, duplicate_of=?4,
               bytes_decompressed=bytes_decompressed+?5 WHERE id=?1",
        )?
        .execute(params![id, state, reason, duplicate_of, more_bytes as i64])
        .map(drop)
}

/// An item that counts as imported is partial where one of its members is, or was passed over and
/// not read since.
///
/// # Errors
/// What SQLite says.
pub fn recall_partial(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE evidence SET state='partial', reason=p.reason FROM (
               SELECT CASE m.state WHEN 'partial' THEN m.reason ELSE m.name||': '||m.reason END reason
               FROM member m WHERE m.evidence=?1 AND (m.state='partial' OR
                 m.state='rejected' AND m.recognised='not read' AND NOT EXISTS(
                   SELECT 1 FROM member o WHERE o.evidence=?1 AND o.path=m.path AND o.state<>'rejected'))
               ORDER BY m.id LIMIT 1) p
             WHERE id=?1 AND state='imported'",
        )?
        .execute([id])
        .map(drop)
}

/// Stores what became of a member.
///
/// # Errors
/// What SQLite says.
pub fn insert_member(
    connection: &Connection,
    row: &MemberRow<'_>,
    range: super::RowRange,
) -> rusqlite::Result<()> {
    let ends = |range: Option<(i64, i64)>| (range.map(|(from, _)| from), range.map(|(_, to)| to));
    let (event_from, event_to) = ends(range.events);
    let (flow_from, flow_to) = ends(range.flows);
    let tally = &row.tally;
    connection
        .prepare_cached(
            "INSERT INTO member VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,
               ?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27,?28)",
        )?
        .execute(params![
            row.id,
            row.evidence,
            row.path,
            row.name,
            row.layers,
            row.bytes as i64,
            row.format,
            row.envelope,
            row.recognised,
            row.context,
            row.content,
            row.seekable,
            row.state,
            row.reason,
            tally.found as i64,
            tally.stored as i64,
            tally.duplicate as i64,
            tally.rejected as i64,
            tally.ignored as i64,
            tally.events as i64,
            row.warnings as i64,
            row.first,
            row.last,
            event_from,
            event_to,
            flow_from,
            flow_to,
            row.seq as i64
        ])
        .map(drop)
}

/// Stores a warning about a member, or about the file or its container.
///
/// # Errors
/// What SQLite says.
pub fn insert_warning(
    connection: &Connection,
    evidence: i64,
    member: Option<i64>,
    warning: &Warning,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO warning VALUES(NULL,?1,?2,?3,?4,?5,?6,?7,?8)")?
        .execute(params![
            evidence,
            member,
            warning.offset as i64,
            warning.length as i64,
            warning.reason,
            warning.expected,
            warning.found,
            warning.excerpt
        ])
        .map(drop)
}

/// The id that the next row of `table` gets.
///
/// # Errors
/// What SQLite says.
pub fn next_id(connection: &Connection, table: &str) -> Result<i64, CaseError> {
    super::next(connection, table).map_err(reading(connection))
}

/// Whether an item of this size that is not withdrawn is in the case.
///
/// # Errors
/// What SQLite says.
pub fn has_size(connection: &Connection, bytes: u64) -> Result<bool, CaseError> {
    connection
        .prepare_cached("SELECT 1 FROM evidence WHERE bytes=?1 AND withdrawn_seq IS NULL AND sha256 IS NOT NULL LIMIT 1")
        .and_then(|mut statement| statement.exists([bytes as i64]))
        .map_err(reading(connection))
}

/// The item with these bytes that is in the case, not withdrawn, not itself a duplicate, and of
/// which something was read (where every record was rejected it may have been read by a wrong type); with it the members that are done where an archive was not finished.
/// `rejected` says whether members that were rejected count as done.
///
/// # Errors
/// What SQLite says.
#[allow(clippy::type_complexity)]
pub fn identical(
    connection: &Connection,
    sha256: &[u8; 32],
    rejected: bool,
) -> Result<Option<(i64, Option<HashSet<String>>)>, CaseError> {
    let failed = reading(connection);
    let found: Option<(i64, String)> = connection
        .prepare_cached(
            "SELECT id,state FROM evidence e WHERE sha256=?1 AND withdrawn_seq IS NULL
             AND state NOT IN ('duplicate','rejected')
             AND (NOT EXISTS (SELECT 1 FROM member WHERE evidence=e.id)
               OR EXISTS (SELECT 1 FROM member WHERE evidence=e.id AND (rejected=0 OR stored+duplicate>0)))
             ORDER BY id LIMIT 1",
        )
        .and_then(|mut statement| {
            statement
                .query_row([sha256], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })
        .map_err(&failed)?;
    let Some((id, state)) = found else {
        return Ok(None);
    };
    if state != "partial" {
        return Ok(Some((id, None)));
    }
    // A file that is no archive was read as far as it goes: its one member has no name.
    let mut done = HashSet::new();
    let mut statement = connection
        .prepare("SELECT path,name FROM member WHERE evidence=?1 AND (?2 OR state<>'rejected')")
        .map_err(&failed)?;
    let mut rows = statement.query((id, rejected)).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let name: String = row.get(1).map_err(&failed)?;
        if name.is_empty() {
            return Ok(Some((id, None)));
        }
        done.insert(row.get(0).map_err(&failed)?);
    }
    Ok(Some((id, Some(done))))
}

fn reading(connection: &Connection) -> impl Fn(rusqlite::Error) -> CaseError + use<> {
    let path = connection.path().map(PathBuf::from).unwrap_or_default();
    move |error| CaseError::sqlite(&path, "reading what was imported", error)
}

/// Where a member's bytes come from: digest, size, whether in place, path of the file, ordinals
/// and names of the member.
///
/// # Errors
/// What SQLite says.
pub fn origin(
    connection: &Connection,
    member: i64,
) -> rusqlite::Result<([u8; 32], u64, bool, String, String, String)> {
    connection
        .prepare_cached(
            "SELECT e.sha256,e.bytes,e.in_place,e.path,m.path,m.name FROM member m
             JOIN evidence e ON e.id=m.evidence WHERE m.id=?1",
        )?
        .query_row([member], |row| {
            let bytes: i64 = row.get(1)?;
            Ok((
                row.get(0)?,
                bytes.unsigned_abs(),
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
            ))
        })
}
