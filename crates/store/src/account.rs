//! The accounts of members, to be compared with what custody entries state and with what the
//! originals give.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row};
use vestige_model::Tally;

use crate::case_file::CaseError;

/// What the members that one custody entry imported come to together. Records that were found to be
/// duplicates since count as stored, as the entry states them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Members.
    pub members: u64,
    /// Of these the ones that were read in part.
    pub partial: u64,
    /// And those that were not read.
    pub unread: u64,
    /// Their records.
    pub tally: Tally,
    /// Their warnings.
    pub warnings: u64,
}

/// What the members of each importing entry come to, by entry.
///
/// # Errors
/// What SQLite says.
pub fn imported(connection: &Connection) -> Result<BTreeMap<u64, Imported>, CaseError> {
    let read = || {
        connection
            .prepare(
                "SELECT seq,count(*),total(state='partial'),total(state='rejected'),total(found),
                        total(stored)+total(duplicate),0,total(rejected),total(ignored),
                        total(events),total(warnings) FROM member GROUP BY seq",
            )?
            .query_map([], |row| {
                let number = |at| row.get::<_, f64>(at).map(|number| number as u64);
                Ok((
                    row.get::<_, i64>(0)?.cast_unsigned(),
                    Imported {
                        members: row.get::<_, i64>(1)?.cast_unsigned(),
                        partial: number(2)?,
                        unread: number(3)?,
                        tally: Tally {
                            found: number(4)?,
                            stored: number(5)?,
                            duplicate: 0,
                            rejected: number(7)?,
                            ignored: number(8)?,
                            events: number(9)?,
                        },
                        warnings: number(10)?,
                    },
                ))
            })?
            .collect::<rusqlite::Result<BTreeMap<_, _>>>()
    };
    read().map_err(failed(connection))
}

/// Members whose account does not agree with what else the case holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disagreeing {
    /// Members of which found is not the sum of stored, duplicate, rejected and ignored, that count
    /// other than they have rows, or that have an account although they were not read.
    pub sums: u64,
    /// Members that count other duplicates than are on record.
    pub duplicates: u64,
    /// Members that count other warnings than there are.
    pub warnings: u64,
    /// Warnings about a member or an item that is not there, or about a member of another item.
    pub strays: u64,
}

/// Compares the account of each member with rows, duplicates and warnings.
///
/// # Errors
/// What SQLite says.
pub fn disagreeing(connection: &Connection) -> Result<Disagreeing, CaseError> {
    let count = |sql: &str| {
        connection
            .query_row(sql, [], |row| row.get::<_, i64>(0).map(i64::unsigned_abs))
            .map_err(failed(connection))
    };
    Ok(Disagreeing {
        sums: count(SUMS)?,
        duplicates: count(DUPLICATES)?,
        warnings: count(WARNINGS)?,
        strays: count(STRAYS)?,
    })
}

const SUMS: &str = "SELECT count(*) FROM member
   WHERE found<>stored+duplicate+rejected+ignored
      OR min(stored,duplicate,rejected,ignored,warnings)<0
      OR events<>coalesce(event_to-event_from+1,0)+coalesce(flow_to-flow_from+1,0)
      OR (format IS NULL)<>(state='rejected')
      OR format IS NULL AND (found<>0 OR warnings<>0 OR context IS NOT NULL OR content IS NOT NULL)
      OR (first IS NULL)<>(last IS NULL) OR first>last";

/// A record is counted by its first row; of a duplicate member every record is one.
const DUPLICATES: &str = "SELECT count(*) FROM member m
    LEFT JOIN duplicate_member d ON d.member=m.id
    LEFT JOIN (SELECT e.member m, count(*) n FROM duplicate x JOIN event e ON e.id=x.event
                WHERE coalesce(e.sub,0)=0 GROUP BY 1) c ON c.m=m.id
   WHERE CASE WHEN d.member IS NULL THEN m.duplicate<>coalesce(c.n,0) ELSE m.stored<>0 END";

const WARNINGS: &str = "SELECT count(*) FROM member m
    LEFT JOIN (SELECT member m, count(*) n FROM warning WHERE member IS NOT NULL GROUP BY 1) w
      ON w.m=m.id
   WHERE m.warnings<>coalesce(w.n,0)";

/// Warnings about a member that is not there, or is another item's; about an item that is not there.
const STRAYS: &str = "SELECT count(*) FROM warning w LEFT JOIN member m ON m.id=w.member
    LEFT JOIN evidence v ON v.id=w.evidence
   WHERE v.id IS NULL OR w.member IS NOT NULL AND m.evidence IS NOT w.evidence";

/// The account of one member, as its original is to give it again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// `imported`, `partial`, `rejected` or `duplicate`.
    pub state: String,
    /// Its envelope.
    pub envelope: Option<String>,
    /// Its decompressed size.
    pub bytes: u64,
    /// Its records; duplicates count as stored.
    pub tally: Tally,
    /// Its warnings.
    pub warnings: u64,
    /// Earliest time, UTC nanoseconds.
    pub first: Option<i64>,
    /// Latest time.
    pub last: Option<i64>,
    /// What its records need from elsewhere in it.
    pub context: Option<Vec<u8>>,
    /// BLAKE3 of its bytes, where its format has no ids.
    pub content: Option<[u8; 32]>,
}

/// The account of a member.
///
/// # Errors
/// What SQLite says.
pub fn of(connection: &Connection, member: i64) -> rusqlite::Result<Account> {
    connection
        .prepare_cached(
            "SELECT state,found,stored+duplicate,rejected,ignored,events,warnings,first,last,
                    context,content,bytes,envelope FROM member WHERE id=?1",
        )?
        .query_row([member], account)
}

/// What a case says of a member in words, as its original is to give it again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Names on the way.
    pub name: String,
    /// How it is wrapped.
    pub layers: String,
    /// Its format.
    pub format: Option<String>,
    /// Its envelope.
    pub envelope: Option<String>,
    /// Why it was taken for this format, or for none.
    pub recognised: String,
    /// `imported`, `partial`, `rejected` or `duplicate`.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// What is to be said where it is a duplicate, by the record of duplicates.
    pub repeats: Option<String>,
}

/// What a case says of a member.
///
/// # Errors
/// What SQLite says.
pub fn said(connection: &Connection, member: i64) -> rusqlite::Result<Said> {
    let repeats = crate::duplicates::members::reason("d.survivor");
    let sql = format!(
        "SELECT m.name,m.layers,m.format,m.envelope,m.recognised,m.state,m.reason,{repeats}
           FROM member m LEFT JOIN duplicate_member d ON d.member=m.id WHERE m.id=?1"
    );
    connection.prepare_cached(&sql)?.query_row([member], |row| {
        Ok(Said {
            name: row.get(0)?,
            layers: row.get(1)?,
            format: row.get(2)?,
            envelope: row.get(3)?,
            recognised: row.get(4)?,
            state: row.get(5)?,
            reason: row.get(6)?,
            repeats: row.get(7)?,
        })
    })
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let count = |at| row.get::<_, i64>(at).map(i64::cast_unsigned);
    Ok(Account {
        state: row.get(0)?,
        tally: Tally {
            found: count(1)?,
            stored: count(2)?,
            duplicate: 0,
            rejected: count(3)?,
            ignored: count(4)?,
            events: count(5)?,
        },
        warnings: count(6)?,
        first: row.get(7)?,
        last: row.get(8)?,
        context: row.get(9)?,
        content: row.get(10)?,
        bytes: count(11)?,
        envelope: row.get(12)?,
    })
}

fn failed(connection: &Connection) -> impl Fn(rusqlite::Error) -> CaseError + use<> {
    let path = connection
        .path()
        .map(std::path::PathBuf::from)
        .unwrap_or_default();
    move |error| CaseError::sqlite(&path, "reading the accounts of members", error)
}
