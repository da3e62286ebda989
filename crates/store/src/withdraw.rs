//! Hiding the rows of an evidence item that must no longer be worked with. Its bytes, its rows and
//! its custody entries stay; what other items hid as its duplicates comes into view.

mod members;

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use crate::case_file::CaseError;
use crate::duplicates;
use crate::rollup;

/// Bit of `hidden` for rows of withdrawn evidence.
const WITHDRAWN: i64 = 2;

/// What withdrawing changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withdrawn {
    /// Rows of the item that are hidden now, events and flows.
    pub hidden: u64,
    /// Rows of other items that were hidden as duplicates of these and are visible now.
    pub revealed: u64,
    /// The items that these rows belong to, in order.
    pub revealed_in: BTreeSet<i64>,
    /// Rows of other items that stay duplicates and have another survivor now.
    pub moved: u64,
    /// The digest over the duplicates of each custody entry whose list changed, as
    /// [`duplicates::digest`] makes it from now on.
    pub restated: Vec<Restated>,
}

/// The digest over the duplicates that a custody entry found, as it is after a withdrawal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restated {
    /// The custody entry that found them.
    pub seq: u64,
    /// SHA-256 over what is left of them.
    pub sha256: [u8; 32],
}

/// How an evidence item stands before it is withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its name.
    pub name: String,
    /// SHA-256 as received; none where it could not be read.
    pub sha256: Option<[u8; 32]>,
    /// Size as received.
    pub bytes: u64,
    /// The custody entry that withdrew it.
    pub withdrawn_seq: Option<u64>,
    /// Items that are the same file: its rows were not stored again.
    pub same: Vec<i64>,
}

/// How an evidence item stands, none where there is no such item.
///
/// # Errors
/// What SQLite says.
pub fn standing(connection: &Connection, evidence: i64) -> rusqlite::Result<Option<Standing>> {
    let mut same = connection.prepare(
        "SELECT id FROM evidence WHERE withdrawn_seq IS NULL AND id<>?1 AND duplicate_of=?1
         ORDER BY id",
    )?;
    let same = same
        .query_map([evidence], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    let mut item =
        connection.prepare("SELECT name,sha256,bytes,withdrawn_seq FROM evidence WHERE id=?1")?;
    let mut rows = item.query([evidence])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some(Standing {
        name: row.get(0)?,
        sha256: row.get(1)?,
        bytes: row.get::<_, i64>(2)?.unsigned_abs(),
        withdrawn_seq: row.get::<_, Option<i64>>(3)?.map(i64::unsigned_abs),
        same,
    }))
}

/// Hides the rows of an item, settles duplicates and conflicts anew and makes all counts anew, in
/// the caller's transaction. [`mark`] then names the custody entry that says so.
///
/// # Errors
/// What SQLite says; the transaction is then to be taken back.
pub fn hide(
    connection: &Connection,
    evidence: i64,
    step: &mut dyn FnMut(&str),
) -> Result<Withdrawn, CaseError> {
    let path = connection
        .path()
        .map(std::path::PathBuf::from)
        .unwrap_or_default();
    let failed = |error| CaseError::sqlite(&path, "hiding the rows of the evidence item", error);
    hide_rows(connection, evidence, step).map_err(failed)
}

/// Says which custody entry withdrew an item.
///
/// # Errors
/// What SQLite says.
pub fn mark(connection: &Connection, evidence: i64, seq: u64) -> rusqlite::Result<()> {
    connection
        .execute(
            "UPDATE evidence SET withdrawn_seq=?2 WHERE id=?1 AND withdrawn_seq IS NULL",
            params![evidence, seq.cast_signed()],
        )
        .map(drop)
}

fn hide_rows(
    connection: &Connection,
    evidence: i64,
    step: &mut dyn FnMut(&str),
) -> rusqlite::Result<Withdrawn> {
    step("hiding rows");
    let mut done = Withdrawn {
        hidden: hide_members(connection, evidence)?,
        ..Withdrawn::default()
    };
    step("settling duplicates");
    let mut affected = collect_duplicates(connection)?;
    reveal(connection, &mut done)?;
    affected.extend(members::reveal(connection, evidence, &mut done)?);
    for seq in affected {
        let sha256 = duplicates::digest(connection, seq)?;
        done.restated.push(Restated { seq, sha256 });
    }
    clear_conflicts(connection)?;
    connection.execute_batch("DROP TABLE temp.withdrawn_row; DROP TABLE temp.orphan")?;
    rollup::rebuild(connection, step)?;
    Ok(done)
}

/// Hides by the ranges of row ids that each member has; there is no index from members to rows.
fn hide_members(connection: &Connection, evidence: i64) -> rusqlite::Result<u64> {
    connection.execute_batch(
        "DROP TABLE IF EXISTS temp.withdrawn_row; CREATE TEMP TABLE withdrawn_row(id INTEGER PRIMARY KEY)",
    )?;
    let mut members = connection.prepare(
        "SELECT id,event_from,event_to,flow_from,flow_to FROM member WHERE evidence=?1 ORDER BY id",
    )?;
    let mut rows = members.query([evidence])?;
    let range =
        |of: &str, table: &str| format!("{of} {table} WHERE id BETWEEN ?2 AND ?3 AND member=?1");
    let list = range("INSERT INTO temp.withdrawn_row SELECT id FROM", "event");
    let hide = |table: &str| {
        format!(
            "UPDATE {table} SET hidden=hidden|{WITHDRAWN} WHERE id BETWEEN ?2 AND ?3 AND member=?1"
        )
    };
    let mut hidden = 0;
    while let Some(row) = rows.next()? {
        let member: i64 = row.get(0)?;
        for (table, at) in [("event", 1), ("flow", 3)] {
            let (from, to): (Option<i64>, Option<i64>) = (row.get(at)?, row.get(at + 1)?);
            let (Some(from), Some(to)) = (from, to) else {
                continue;
            };
            let place = [member, from, to];
            hidden += connection.prepare_cached(&hide(table))?.execute(place)? as u64;
            if table == "event" {
                connection.prepare_cached(&list)?.execute(place)?;
            }
        }
    }
    Ok(hidden)
}

/// Lists the duplicates that lost their survivor, each with its place among those that shared it,
/// and returns the custody entries that found them.
fn collect_duplicates(connection: &Connection) -> rusqlite::Result<BTreeSet<u64>> {
    connection.execute_batch(
        "DROP TABLE IF EXISTS temp.orphan;
         CREATE TEMP TABLE orphan(event INTEGER PRIMARY KEY, heir INTEGER NOT NULL, seq INTEGER NOT NULL, conflict INTEGER);
         INSERT INTO temp.orphan
           SELECT d.event,
                  first_value(d.event) OVER (PARTITION BY d.survivor ORDER BY m.evidence, m.id, e.offset, e.sub),
                  d.seq, s.conflict
             FROM duplicate d
             JOIN event s ON s.id=d.survivor
             JOIN event e ON e.id=d.event
             JOIN member m ON m.id=e.member
            WHERE d.survivor IN (SELECT id FROM temp.withdrawn_row) AND e.hidden&2=0;",
    )?;
    let mut seqs = connection.prepare("SELECT DISTINCT seq FROM temp.orphan ORDER BY seq")?;
    seqs.query_map([], |row| row.get::<_, i64>(0).map(i64::unsigned_abs))?
        .collect()
}

/// Makes the first of each group its survivor, visible, and the others its duplicates. It differs
/// from the same rows as the one it follows.
fn reveal(connection: &Connection, done: &mut Withdrawn) -> rusqlite::Result<()> {
    let heirs = "SELECT event FROM temp.orphan WHERE event=heir";
    let revealed = connection.execute(
        "UPDATE event SET hidden=hidden&~1, conflict=o.conflict FROM temp.orphan o
          WHERE o.event=o.heir AND event.id=o.event",
        [],
    )?;
    done.revealed = revealed as u64;
    let mut items = connection.prepare(&format!(
        "SELECT DISTINCT m.evidence FROM event e JOIN member m ON m.id=e.member WHERE e.id IN ({heirs})"
    ))?;
    for item in items.query_map([], |row| row.get(0))? {
        done.revealed_in.insert(item?);
    }
    drop(items);
    connection.execute(
        &format!("DELETE FROM duplicate WHERE event IN ({heirs})"),
        [],
    )?;
    let moved = connection.execute(
        "UPDATE duplicate SET survivor=o.heir FROM temp.orphan o WHERE o.event=duplicate.event",
        [],
    )?;
    done.moved = moved as u64;
    // A record is counted by its first event.
    connection.execute_batch(&format!(
        "UPDATE member SET stored=stored+n, duplicate=duplicate-n
           FROM (SELECT member m, count(*) n FROM event
                  WHERE id IN ({heirs}) AND coalesce(sub,0)=0 GROUP BY member)
          WHERE member.id=m;"
    ))
}

/// A row is no longer in conflict where all that differed from it is withdrawn.
fn clear_conflicts(connection: &Connection) -> rusqlite::Result<()> {
    if !has_key_index(connection)? {
        return Ok(());
    }
    connection.execute_batch(
        "UPDATE event SET conflict=NULL
          WHERE conflict=1 AND hidden&2=0 AND event_key IS NOT NULL
            AND event_key IN (SELECT w.event_key FROM event w
                               WHERE w.id IN (SELECT id FROM temp.withdrawn_row) AND w.conflict=1)
            AND NOT EXISTS(SELECT 1 FROM event o INDEXED BY event_key
                            WHERE o.event_key=event.event_key AND o.event_key IS NOT NULL
                              AND o.id<>event.id AND o.hidden=0
                              AND o.account IS event.account AND o.event_id IS event.event_id);",
    )
}

fn has_key_index(connection: &Connection) -> rusqlite::Result<bool> {
    connection
        .prepare("SELECT 1 FROM sqlite_schema WHERE type='index' AND name='event_key'")?
        .exists([])
}

/// Rows whose visibility nothing on record explains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unexplained {
    /// Rows that are hidden as duplicates and have no survivor on record, themselves or their
    /// member, or the reverse; and rows that are hidden for no known reason.
    pub duplicates: u64,
    /// Members that are marked as duplicates and have no survivor with the same bytes on record, or
    /// the reverse; and members with rows that are marked as rejected.
    pub members: u64,
    /// Rows that are hidden as withdrawn although their item is not, or the reverse.
    pub withdrawn: u64,
    /// Rows that belong to no member, or to one whose range does not hold them.
    pub strays: u64,
}

/// Why one row is hidden, as its bits and as the case's tables say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// Its bits: 1 duplicate, 2 withdrawn; none other is used.
    pub bits: i64,
    /// Whether a row that stands for it is on record, or a member with the same bytes that stands
    /// for its member.
    pub duplicate: bool,
    /// The custody entry that withdrew its item, as the item says.
    pub withdrawn_seq: Option<u64>,
}

/// Why an event or a flow is hidden; none where there is no such row.
///
/// # Errors
/// What SQLite says.
pub fn hidden_of(
    connection: &Connection,
    event: bool,
    row: i64,
) -> rusqlite::Result<Option<Hidden>> {
    // Flows are never duplicates of one another by themselves.
    let (table, own) = if event {
        (
            "event",
            "EXISTS(SELECT 1 FROM duplicate d WHERE d.event=r.id)",
        )
    } else {
        ("flow", "0")
    };
    let sql = format!(
        "SELECT r.hidden, {own} OR EXISTS(SELECT 1 FROM duplicate_member d
                  JOIN member s ON s.id=d.survivor
                 WHERE d.member=r.member AND s.id<>m.id AND s.content=m.content),
                v.withdrawn_seq
           FROM {table} r JOIN member m ON m.id=r.member JOIN evidence v ON v.id=m.evidence
          WHERE r.id=?1"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([row])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some(Hidden {
        bits: row.get(0)?,
        duplicate: row.get(1)?,
        withdrawn_seq: row.get::<_, Option<i64>>(2)?.map(i64::unsigned_abs),
    }))
}

/// Compares what is hidden with what was withdrawn and found to be a duplicate: rows that somebody
/// hid or brought to view by himself show here. Each table of rows is read once.
///
/// # Errors
/// What SQLite says.
pub fn unexplained(connection: &Connection) -> Result<Unexplained, CaseError> {
    compare_rows(connection).map_err(|error| {
        let path = connection
            .path()
            .map(std::path::PathBuf::from)
            .unwrap_or_default();
        let doing = "comparing what is hidden with what is on record";
        CaseError::sqlite(&path, doing, error)
    })
}

fn compare_rows(connection: &Connection) -> rusqlite::Result<Unexplained> {
    let mut found = Unexplained::default();
    // Flows are never duplicates of one another by themselves.
    let on_record = "EXISTS(SELECT 1 FROM duplicate d WHERE d.event=r.id)";
    for (table, duplicate) in [("event", on_record), ("flow", "0")] {
        let sql = format!(
            "SELECT total(r.hidden NOT BETWEEN 0 AND 3 OR (r.hidden&1<>0) <> ({duplicate} OR
                      r.member IN (SELECT member FROM duplicate_member))),
                    total((r.hidden&2<>0) <> (r.member IN
                      (SELECT m.id FROM member m JOIN evidence v ON v.id=m.evidence
                        WHERE v.withdrawn_seq IS NOT NULL))),
                    total(NOT EXISTS(SELECT 1 FROM member m WHERE m.id=r.member
                      AND r.id BETWEEN m.{table}_from AND m.{table}_to))
               FROM {table} r"
        );
        let (duplicates, withdrawn, strays): (f64, f64, f64) =
            connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        found.duplicates += duplicates as u64;
        found.withdrawn += withdrawn as u64;
        found.strays += strays as u64;
    }
    let count = |sql: &str| {
        connection.query_row(sql, [], |row| row.get::<_, i64>(0).map(i64::unsigned_abs))
    };
    found.duplicates +=
        count("SELECT count(*) FROM duplicate WHERE event NOT IN (SELECT id FROM event)")?;
    found.members = count(APART)? + count(NO_MEMBER)?;
    Ok(found)
}

/// Members that are not what the record of duplicates makes of them.
const APART: &str = "SELECT count(*) FROM member m
    LEFT JOIN duplicate_member d ON d.member=m.id LEFT JOIN member s ON s.id=d.survivor
   WHERE CASE WHEN d.member IS NULL THEN m.state='duplicate' OR m.state='rejected' AND m.events>0
         ELSE m.state NOT IN ('duplicate','partial') OR m.stored<>0
           OR m.content IS NULL OR s.content IS NOT m.content END";

/// Records of duplicates about no member.
const NO_MEMBER: &str =
    "SELECT count(*) FROM duplicate_member WHERE member NOT IN (SELECT id FROM member)";
