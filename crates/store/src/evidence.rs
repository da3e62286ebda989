//! Evidence items, members and warnings, as the case holds them.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Row};
use vestige_model::{MemberRef, Tally, Warning};

use crate::case_file::CaseError;

/// An evidence item.
#[derive(Clone, Debug)]
pub struct ItemRow {
    /// Its number.
    pub id: i64,
    /// The acquisition it came with.
    pub acquisition: i64,
    /// Name below what was imported.
    pub name: String,
    /// Where it was found.
    pub path: String,
    /// SHA-256 as received.
    pub sha256: Option<[u8; 32]>,
    /// Size as received.
    pub bytes: u64,
    /// Size after unpacking.
    pub bytes_decompressed: u64,
    /// Whether it stays where it was found.
    pub in_place: bool,
    /// What became of it.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// The item it is identical to.
    pub duplicate_of: Option<i64>,
    /// Number of its warnings.
    pub warnings: u64,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
}

/// Items from number `from` on that are the same file as one that was withdrawn, with that one.
///
/// # Errors
/// What SQLite says.
pub fn withdrawn_before(connection: &Connection, from: i64) -> Result<Vec<(i64, i64)>, CaseError> {
    let read = || {
        connection
            .prepare(
                "SELECT e.id, max(w.id) FROM evidence e JOIN evidence w ON w.sha256=e.sha256
                 WHERE e.id>=?1 AND w.id<e.id AND w.withdrawn_seq IS NOT NULL GROUP BY e.id",
            )?
            .query_map([from], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()
    };
    read().map_err(reading(connection))
}

/// Whether there is such an item.
///
/// # Errors
/// What SQLite says.
pub fn exists(connection: &Connection, evidence: i64) -> Result<bool, CaseError> {
    connection
        .prepare("SELECT 1 FROM evidence WHERE id=?1")
        .and_then(|mut statement| statement.exists([evidence]))
        .map_err(reading(connection))
}

/// The account of a member.
#[derive(Clone, Debug)]
pub struct MemberAccount {
    /// Its row id.
    pub id: i64,
    /// Names on the way, empty for a file that is no archive.
    pub name: String,
    /// How it was wrapped: `gz`, `zip`, `tar.gz`; empty for a plain file.
    pub layers: String,
    /// Decompressed size.
    pub bytes: u64,
    /// Its format.
    pub format: Option<String>,
    /// The envelope its records lie in.
    pub envelope: Option<String>,
    /// Why.
    pub recognised: String,
    /// What became of it.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// Its records.
    pub tally: Tally,
    /// Number of its warnings.
    pub warnings: u64,
    /// Earliest time, UTC nanoseconds.
    pub first: Option<i64>,
    /// Latest time.
    pub last: Option<i64>,
}

/// A warning with what it is about.
#[derive(Clone, Debug)]
pub struct WarningRow {
    /// Its evidence item.
    pub evidence: i64,
    /// The item's name.
    pub name: String,
    /// Ordinals of the member, where it is about one.
    pub member: Option<String>,
    /// Its name; empty for a file that is no archive.
    pub member_name: String,
    /// The warning; without its excerpt where the item was withdrawn.
    pub warning: Warning,
    /// Whether the item was withdrawn.
    pub withdrawn: bool,
}

fn count(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(at).map(i64::unsigned_abs)
}

/// Every item, in the order of their numbers.
///
/// # Errors
/// What SQLite says.
pub fn items(connection: &Connection) -> rusqlite::Result<Vec<ItemRow>> {
    let mut statement = connection.prepare(&format!("{ITEM} ORDER BY id"))?;
    statement.query_map([], item_row)?.collect()
}

/// One item.
///
/// # Errors
/// What SQLite says.
pub fn item(connection: &Connection, id: i64) -> rusqlite::Result<Option<ItemRow>> {
    let mut statement = connection.prepare_cached(&format!("{ITEM} WHERE id=?1"))?;
    statement.query_row([id], item_row).optional()
}

const ITEM: &str = "SELECT id,name,path,sha256,bytes,bytes_decompressed,state,reason,duplicate_of,
    withdrawn_seq,(SELECT count(*) FROM warning w WHERE w.evidence=e.id),in_place,acquisition
    FROM evidence e";

fn item_row(row: &Row<'_>) -> rusqlite::Result<ItemRow> {
    Ok(ItemRow {
        id: row.get(0)?,
        acquisition: row.get(12)?,
        name: row.get(1)?,
        path: row.get(2)?,
        sha256: row.get(3)?,
        bytes: count(row, 4)?,
        bytes_decompressed: count(row, 5)?,
        state: row.get(6)?,
        reason: row.get(7)?,
        duplicate_of: row.get(8)?,
        withdrawn: row.get::<_, Option<i64>>(9)?.is_some(),
        warnings: count(row, 10)?,
        in_place: row.get(11)?,
    })
}

/// When an acquisition was begun, UTC nanoseconds, and why.
///
/// # Errors
/// What SQLite says.
pub fn acquisition(connection: &Connection, id: i64) -> rusqlite::Result<Option<(i64, String)>> {
    connection
        .prepare_cached("SELECT started,reason FROM acquisition WHERE id=?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

/// Items whose name contains this text, by number.
///
/// # Errors
/// What SQLite says.
pub fn named(connection: &Connection, part: &str) -> rusqlite::Result<Vec<(i64, String)>> {
    connection
        .prepare_cached("SELECT id,name FROM evidence WHERE instr(name,?1)>0 ORDER BY id")?
        .query_map([part], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// The members of an item, in order.
///
/// # Errors
/// What SQLite says.
pub fn members(connection: &Connection, evidence: i64) -> rusqlite::Result<Vec<MemberAccount>> {
    let mut statement = connection.prepare_cached(
        "SELECT name,bytes,format,recognised,state,reason,found,stored,duplicate,rejected,ignored,
                events,warnings,first,last,id,layers,envelope FROM member WHERE evidence=?1 ORDER BY id",
    )?;
    let rows = statement.query_map([evidence], |row| {
        Ok(MemberAccount {
            id: row.get(15)?,
            name: row.get(0)?,
            layers: row.get(16)?,
            bytes: count(row, 1)?,
            format: row.get(2)?,
            envelope: row.get(17)?,
            recognised: row.get(3)?,
            state: row.get(4)?,
            reason: row.get(5)?,
            tally: Tally {
                found: count(row, 6)?,
                stored: count(row, 7)?,
                duplicate: count(row, 8)?,
                rejected: count(row, 9)?,
                ignored: count(row, 10)?,
                events: count(row, 11)?,
            },
            warnings: count(row, 12)?,
            first: row.get(13)?,
            last: row.get(14)?,
        })
    })?;
    rows.collect()
}

/// How many rows in view have no time, by the row id of their member; those with none are left out.
///
/// # Errors
/// What SQLite says.
pub fn undated(connection: &Connection) -> rusqlite::Result<HashMap<i64, u64>> {
    let mut found = HashMap::new();
    for table in ["event", "flow"] {
        let mut statement = connection.prepare(&format!(
            "SELECT member,count(*) FROM {table} WHERE hidden=0 AND time IS NULL GROUP BY member"
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            *found.entry(row.get(0)?).or_default() += count(row, 1)?;
        }
    }
    Ok(found)
}

/// Gives each warning to `each`, in order; of one item only where one is named.
///
/// # Errors
/// What SQLite says, or what `each` returns.
pub fn warnings<E: From<CaseError>>(
    connection: &Connection,
    only: Option<i64>,
    each: &mut dyn FnMut(WarningRow) -> Result<(), E>,
) -> Result<(), E> {
    let path = connection
        .path()
        .map(std::path::PathBuf::from)
        .unwrap_or_default();
    let failed = |error| E::from(CaseError::sqlite(&path, "reading warnings", error));
    let mut statement = connection
        .prepare(&format!(
            "{WARNINGS} WHERE ?1 IS NULL OR w.evidence=?1 ORDER BY w.id"
        ))
        .map_err(failed)?;
    let mut rows = statement.query([only]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        each(warning(row).map_err(failed)?)?;
    }
    Ok(())
}

const WARNINGS: &str =
    "SELECT w.evidence,e.name,m.path,w.offset,w.length,w.reason,w.expected,w.found,
            CASE WHEN e.withdrawn_seq IS NULL THEN w.excerpt ELSE '' END,e.withdrawn_seq IS NOT NULL
            ,coalesce(m.name,'')
     FROM warning w JOIN evidence e ON e.id=w.evidence LEFT JOIN member m ON m.id=w.member";

/// The first warnings of one item, in order.
///
/// # Errors
/// What SQLite says.
pub fn first_warnings(
    connection: &Connection,
    evidence: i64,
    most: u32,
) -> rusqlite::Result<Vec<WarningRow>> {
    connection
        .prepare_cached(&format!(
            "{WARNINGS} WHERE w.evidence=?1 ORDER BY w.id LIMIT ?2"
        ))?
        .query_map((evidence, most), warning)?
        .collect()
}

fn warning(row: &Row<'_>) -> rusqlite::Result<WarningRow> {
    Ok(WarningRow {
        evidence: row.get(0)?,
        name: row.get(1)?,
        member: row.get(2)?,
        member_name: row.get(10)?,
        warning: Warning {
            offset: count(row, 3)?,
            length: count(row, 4)?,
            reason: row.get(5)?,
            expected: row.get(6)?,
            found: row.get(7)?,
            excerpt: row.get(8)?,
        },
        withdrawn: row.get(9)?,
    })
}

/// A member, as it is read again.
#[derive(Clone, Debug)]
pub struct MemberSource {
    /// Its row id.
    pub id: i64,
    /// Ordinals as in event ids.
    pub path: String,
    /// Its format and envelope, where it was recognised.
    pub format: Option<(String, String)>,
    /// The moment of its acquisition, UTC nanoseconds.
    pub imported: i64,
    /// The custody entry of its import.
    pub seq: i64,
}

/// An evidence item whose members can be searched.
#[derive(Clone, Debug)]
pub struct SearchItem {
    /// Its number.
    pub id: i64,
    /// SHA-256 as received.
    pub sha256: [u8; 32],
    /// Size as received.
    pub bytes: u64,
    /// Whether it stays where it was found.
    pub in_place: bool,
    /// Where it was found.
    pub path: String,
    /// Latest time of a row of the members listed, UTC nanoseconds.
    pub last: Option<i64>,
    /// Its members: ordinals as in event ids, and row id.
    pub members: Vec<(String, MemberRef)>,
}

/// Every member that was read, of evidence that is not withdrawn, and those whose format is not
/// known; only those in `of` where it is given. What was passed over unread (a bomb, a locked
/// archive) is not among them.
///
/// # Errors
/// What SQLite says.
pub fn searchable(
    connection: &Connection,
    of: Option<&HashSet<MemberRef>>,
) -> Result<Vec<SearchItem>, CaseError> {
    let failed = reading(connection);
    let mut statement = connection
        .prepare(
            "SELECT e.id,e.sha256,e.bytes,e.in_place,e.path,m.last,m.path,m.id
             FROM evidence e JOIN member m ON m.evidence=e.id
             WHERE e.withdrawn_seq IS NULL AND e.sha256 IS NOT NULL
               AND (m.state<>'rejected' OR m.reason GLOB 'format not recognised*')
             ORDER BY e.id,m.id",
        )
        .map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    let mut items: Vec<SearchItem> = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        let member = row.get(7).map(MemberRef).map_err(&failed)?;
        if of.is_none_or(|of| of.contains(&member)) {
            search_member(&mut items, row, member).map_err(&failed)?;
        }
    }
    Ok(items)
}

fn search_member(
    items: &mut Vec<SearchItem>,
    row: &Row<'_>,
    member: MemberRef,
) -> rusqlite::Result<()> {
    let id = row.get(0)?;
    if items.last().is_none_or(|item| item.id != id) {
        items.push(SearchItem {
            id,
            sha256: row.get(1)?,
            bytes: count(row, 2)?,
            in_place: row.get(3)?,
            path: row.get(4)?,
            last: None,
            members: Vec::new(),
        });
    }
    if let Some(item) = items.last_mut() {
        item.last = item.last.max(row.get(5)?);
        item.members.push((row.get(6)?, member));
    }
    Ok(())
}

/// What one record of a member needs to be read again.
#[derive(Clone, Debug)]
pub struct RecordSource {
    /// Its format, where it was recognised.
    pub format: Option<String>,
    /// What its records need from elsewhere in it.
    pub context: Vec<u8>,
    /// The moment of its acquisition, UTC nanoseconds.
    pub imported: i64,
}

/// What the records of a member need to be read again.
///
/// # Errors
/// What SQLite says.
pub fn record_source(
    connection: &Connection,
    member: MemberRef,
) -> Result<RecordSource, CaseError> {
    connection
        .prepare_cached(
            "SELECT m.format,m.context,a.started FROM member m
             JOIN evidence e ON e.id=m.evidence JOIN acquisition a ON a.id=e.acquisition
             WHERE m.id=?1",
        )
        .and_then(|mut statement| {
            statement.query_row([member.0], |row| {
                Ok(RecordSource {
                    format: row.get(0)?,
                    context: row.get::<_, Option<Vec<u8>>>(1)?.unwrap_or_default(),
                    imported: row.get(2)?,
                })
            })
        })
        .map_err(reading(connection))
}

/// The rows that stand for the same record as an event: its survivor where it is a duplicate, and
/// the duplicates that it stands for.
///
/// # Errors
/// What SQLite says.
pub fn same_record(
    connection: &Connection,
    event: i64,
) -> Result<(Option<i64>, Vec<i64>), CaseError> {
    let read = || -> rusqlite::Result<_> {
        let survivor = connection
            .prepare_cached("SELECT survivor FROM duplicate WHERE event=?1")?
            .query_row([event], |row| row.get(0))
            .optional()?;
        let mut statement = connection
            .prepare_cached("SELECT event FROM duplicate WHERE survivor=?1 ORDER BY event")?;
        let others = statement.query_map([event], |row| row.get(0))?;
        Ok((survivor, others.collect::<Result<_, _>>()?))
    };
    read().map_err(reading(connection))
}

/// A member by its evidence item's SHA-256 and its ordinals as in event ids.
pub type Place = ([u8; 32], String);

/// The members with the same bytes as a member of a format without ids: the one that stands for it
/// where it is a duplicate, and the duplicates that it stands for.
///
/// # Errors
/// What SQLite says.
pub fn same_member(
    connection: &Connection,
    member: MemberRef,
) -> Result<(Option<Place>, Vec<Place>), CaseError> {
    let read = |wanted: &str, given: &str| -> rusqlite::Result<Vec<Place>> {
        let sql = format!(
            "SELECT e.sha256,m.path FROM duplicate_member d JOIN member m ON m.id=d.{wanted}
             JOIN evidence e ON e.id=m.evidence WHERE d.{given}=?1 ORDER BY m.id"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map([member.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    };
    let survivor = read("survivor", "member").map_err(reading(connection))?;
    let others = read("member", "survivor").map_err(reading(connection))?;
    Ok((survivor.into_iter().next(), others))
}

/// The members that the custody entry `seq` imported, in order.
///
/// # Errors
/// What SQLite says.
pub fn imported_by(connection: &Connection, seq: u64) -> Result<Vec<i64>, CaseError> {
    let failed = reading(connection);
    let mut statement = connection
        .prepare_cached("SELECT id FROM member WHERE seq=?1 ORDER BY id")
        .map_err(&failed)?;
    let rows = statement
        .query_map([seq as i64], |row| row.get(0))
        .map_err(&failed)?;
    rows.collect::<Result<_, _>>().map_err(&failed)
}

/// The members of an item, as they are read again, in order.
///
/// # Errors
/// What SQLite says.
pub fn sources(connection: &Connection, evidence: i64) -> Result<Vec<MemberSource>, CaseError> {
    let failed = reading(connection);
    let mut statement = connection
        .prepare_cached(
            "SELECT m.id,m.path,m.format,m.envelope,a.started,m.seq FROM member m
             JOIN evidence e ON e.id=m.evidence JOIN acquisition a ON a.id=e.acquisition
             WHERE m.evidence=?1 ORDER BY m.id",
        )
        .map_err(&failed)?;
    let rows = statement
        .query_map([evidence], |row| {
            let format: Option<String> = row.get(2)?;
            let envelope: Option<String> = row.get(3)?;
            Ok(MemberSource {
                id: row.get(0)?,
                path: row.get(1)?,
                format: format.zip(envelope),
                imported: row.get(4)?,
                seq: row.get(5)?,
            })
        })
        .map_err(&failed)?;
    rows.collect::<Result<_, _>>().map_err(&failed)
}

/// Number of rows in the case, hidden ones included.
///
/// # Errors
/// What SQLite says.
pub fn rows(connection: &Connection) -> Result<u64, CaseError> {
    let sql = "SELECT (SELECT count(*) FROM event)+(SELECT count(*) FROM flow)";
    connection
        .query_row(sql, [], |row| count(row, 0))
        .map_err(reading(connection))
}

/// Events whose first resource, which stands in the row for queries, is not the first of their
/// list, or whose list is not as long as the row says; and lists without such an event.
///
/// # Errors
/// What SQLite says.
pub fn resources_apart(connection: &Connection) -> Result<u64, CaseError> {
    let sql = "SELECT
        (SELECT count(*) FROM event e LEFT JOIN event_resource r ON r.event=e.id AND r.n=0
         WHERE e.resources IS NOT NULL AND (r.event IS NULL OR r.type IS NOT e.resource_type
           OR r.id IS NOT e.resource_id OR r.name IS NOT e.resource_name
           OR e.resources<>(SELECT count(*) FROM event_resource x WHERE x.event=e.id)))
        + (SELECT count(*) FROM event_resource r LEFT JOIN event e ON e.id=r.event
           WHERE e.resources IS NULL)";
    connection
        .query_row(sql, [], |row| count(row, 0))
        .map_err(reading(connection))
}

fn reading(connection: &Connection) -> impl Fn(rusqlite::Error) -> CaseError + use<> {
    let path = connection
        .path()
        .map(std::path::PathBuf::from)
        .unwrap_or_default();
    move |error| CaseError::sqlite(&path, "reading members", error)
}
