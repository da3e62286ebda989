//! Rows about evidence items, their members and warnings, written with the batch they belong to.

use rusqlite::{Connection, params};
use vestige_model::{Tally, Warning};

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
    let state = if row.sha256.is_some() { "received" } else { "rejected" };
    connection
        .prepare_cached(
            "INSERT INTO evidence VALUES(?1,?2,?3,?4,?5,?6,0,?7,?8,?9,NULL,?10,NULL)",
        )?
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

/// Stores what became of a member.
///
/// # Errors
/// What SQLite says.
pub fn insert_member(connection: &Connection, row: &MemberRow<'_>, range: super::RowRange) -> rusqlite::Result<()> {
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
