//! What is noted, read.

use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, OptionalExtension, Result, params, params_from_iter};
use vestige_model::{EventId, Field};

use super::{Comment, Mark, Noted, What, flow, row_ref};
use crate::page::{Cursor, Order, RowRef};
use crate::query::{RowBits, Table, rows_of_id};

/// A change as the tables state it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// What it does; none where the table holds what no program writes.
    pub what: Option<What>,
    /// The entry that took it back.
    pub undone_seq: Option<u64>,
}

/// Whether the case has tables for annotations; those of older versions have none.
pub(crate) fn has_tables(connection: &Connection) -> Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM sqlite_schema WHERE name='annotated'")?
        .exists([])
}

/// The change with this entry.
///
/// # Errors
/// What SQLite says.
pub fn change(connection: &Connection, seq: u64) -> Result<Option<ChangeRow>> {
    let sql = "SELECT what,value,undone_seq FROM annotation_change WHERE seq=?1";
    connection
        .prepare_cached(sql)?
        .query_row([seq.cast_signed()], |row| {
            let (what, value): (String, String) = (row.get(0)?, row.get(1)?);
            let undone: Option<i64> = row.get(2)?;
            Ok(ChangeRow {
                what: What::from_stored(&what, &value),
                undone_seq: undone.map(i64::unsigned_abs),
            })
        })
        .optional()
}

/// Where the event of an id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// In this row, which is shown; for a duplicate, the row that stands for it.
    Shown(RowRef),
    /// In the evidence item of this number, which was withdrawn.
    Withdrawn(i64),
    /// Nowhere.
    Absent,
}

/// The row to which annotations of the event with this id belong.
///
/// # Errors
/// What SQLite says.
pub fn find(connection: &Connection, id: &EventId) -> Result<Found> {
    let mut found = Found::Absent;
    for table in Table::ALL {
        for id in rows_of_id(connection, table, id)? {
            found = match (found, standing(connection, RowRef { table, id })?) {
                (shown @ Found::Shown(_), _) | (_, shown @ Found::Shown(_)) => shown,
                (withdrawn @ Found::Withdrawn(_), _) | (_, withdrawn) => withdrawn,
            };
        }
    }
    Ok(found)
}

/// Where a row is shown: itself, or what stands for it.
///
/// # Errors
/// What SQLite says.
pub fn standing(connection: &Connection, row: RowRef) -> Result<Found> {
    let name = row.table.name();
    let sql = format!(
        "SELECT r.hidden, m.evidence FROM {name} r JOIN member m ON m.id=r.member WHERE r.id=?1"
    );
    let hidden: Option<(i64, i64)> = connection
        .prepare_cached(&sql)?
        .query_row([row.id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match hidden {
        None => Ok(Found::Absent),
        Some((0, _)) => Ok(Found::Shown(row)),
        Some((bits, evidence)) if bits & 2 != 0 => Ok(Found::Withdrawn(evidence)),
        Some(_) => survivor(connection, row),
    }
}

/// The row that stands for a duplicate, by itself or as part of its member.
fn survivor(connection: &Connection, row: RowRef) -> Result<Found> {
    let name = row.table.name();
    let alone = match row.table {
        Table::Event => "(SELECT survivor FROM duplicate WHERE event=r.id)",
        Table::Flow => "NULL",
    };
    let sql = format!(
        "SELECT coalesce({alone}, (SELECT s.id FROM duplicate_member d JOIN member m ON m.id=d.survivor
                 JOIN {name} s ON s.id BETWEEN m.{name}_from AND m.{name}_to
                WHERE d.member=r.member AND s.offset=r.offset AND s.sub IS r.sub)) FROM {name} r
          WHERE r.id=?1"
    );
    let survivor: Option<i64> = connection
        .prepare_cached(&sql)?
        .query_row([row.id], |row| row.get(0))?;
    Ok(survivor.map_or(Found::Absent, |id| {
        Found::Shown(RowRef {
            table: row.table,
            id,
        })
    }))
}

/// What a row's changes come to, without the texts of its comments.
pub(super) fn added_up(connection: &Connection, row: RowRef) -> Result<Noted> {
    let sql =
        "SELECT j.seq, c.what, CASE c.what WHEN 'comment' THEN '' ELSE c.value END, c.undone_seq
                 FROM annotation_event j JOIN annotation_change c ON c.seq=j.seq
                WHERE j.flow=?1 AND j.row=?2 ORDER BY j.seq";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((flow(row.table), row.id))?;
    let mut noted = Noted::default();
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let undone: Option<i64> = row.get(3)?;
        let (what, value) = (row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?);
        if let Some(what) = What::from_stored(what, value) {
            noted.take(seq.unsigned_abs(), &what, undone.map(i64::unsigned_abs));
        }
    }
    Ok(noted)
}

/// What a row has; none where it has nothing, or the case has no annotations.
///
/// # Errors
/// What SQLite says.
pub fn noted(connection: &Connection, row: RowRef) -> Result<Option<Noted>> {
    if !has_tables(connection)? {
        return Ok(None);
    }
    noted_in(connection, row)
}

/// As [`noted`], in a case that has the tables.
pub(crate) fn noted_in(connection: &Connection, row: RowRef) -> Result<Option<Noted>> {
    let at = (flow(row.table), row.id);
    let state = "SELECT starred,mark,seq FROM annotated WHERE flow=?1 AND row=?2";
    let state: Option<(bool, Option<i64>, i64)> = connection
        .prepare_cached(state)?
        .query_row(at, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((starred, mark, seq)) = state else {
        return Ok(None);
    };
    let tags = "SELECT tag FROM annotation_tag WHERE flow=?1 AND row=?2";
    let tags = connection
        .prepare_cached(tags)?
        .query_map(at, |row| row.get(0))?
        .collect::<Result<_>>()?;
    Ok(Some(Noted {
        starred,
        mark: mark.and_then(Mark::from_number),
        tags,
        comments: comments(connection, at)?,
        seq: seq.unsigned_abs(),
    }))
}

fn comments(connection: &Connection, at: (i64, i64)) -> Result<Vec<Comment>> {
    let sql =
        "SELECT c.seq, c.value FROM annotation_event j JOIN annotation_change c ON c.seq=j.seq
                WHERE j.flow=?1 AND j.row=?2 AND c.what='comment' AND c.undone_seq IS NULL
                ORDER BY c.seq";
    let mut statement = connection.prepare_cached(sql)?;
    let comments = statement.query_map(at, |row| {
        Ok(Comment {
            seq: row.get::<_, i64>(0)?.unsigned_abs(),
            text: row.get(1)?,
        })
    })?;
    comments.collect()
}

/// The places of all visible rows that have anything, in the order of their times.
///
/// # Errors
/// What SQLite says.
pub fn noted_rows(connection: &Connection) -> Result<Vec<Cursor>> {
    if !has_tables(connection)? {
        return Ok(Vec::new());
    }
    let mut places = Vec::new();
    for table in Table::ALL {
        let sql = format!(
            "SELECT r.time, r.id FROM annotated a CROSS JOIN {} r ON r.id=a.row
              WHERE a.flow={} AND r.hidden=0",
            table.name(),
            flow(table)
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (time, id) = (row.get(0)?, row.get(1)?);
            let row = RowRef { table, id };
            places.push(Cursor { time, row });
        }
    }
    places.sort_by(|one, other| one.compare(other, Order::Ascending));
    Ok(places)
}

/// Every tag that a visible row has, with the number of them, most frequent first.
///
/// # Errors
/// What SQLite says.
pub fn tags(connection: &Connection) -> Result<Vec<(String, u64)>> {
    if !has_tables(connection)? {
        return Ok(Vec::new());
    }
    let sql = "SELECT tag, count(*) FROM annotation_tag t
                WHERE CASE flow WHEN 0 THEN EXISTS(SELECT 1 FROM event r WHERE r.id=t.row AND r.hidden=0)
                           ELSE EXISTS(SELECT 1 FROM flow r WHERE r.id=t.row AND r.hidden=0) END
                GROUP BY tag ORDER BY 2 DESC, 1";
    let mut statement = connection.prepare_cached(sql)?;
    let tags = statement.query_map([], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
    })?;
    tags.collect()
}

/// The rows of a table that have a tag or a comment of which `fits` says so.
pub(crate) fn named(
    connection: &Connection,
    table: Table,
    field: Field,
    fits: &dyn Fn(&str) -> bool,
) -> Result<RowBits> {
    let (keys, rows) = if field == Field::Tag {
        (
            "SELECT DISTINCT tag, tag FROM annotation_tag",
            "SELECT row FROM annotation_tag WHERE tag=?1 AND flow=?2",
        )
    } else {
        (
            "SELECT seq, value FROM annotation_change WHERE what='comment' AND undone_seq IS NULL",
            "SELECT row FROM annotation_event WHERE seq=?1 AND flow=?2",
        )
    };
    let mut keys = connection.prepare_cached(keys)?;
    let mut rows = connection.prepare_cached(rows)?;
    let mut found = RowBits::default();
    let mut keys = keys.query([])?;
    while let Some(key) = keys.next()? {
        if !fits(key.get_ref(1)?.as_str()?) {
            continue;
        }
        let mut rows = rows.query(params![key.get::<_, SqlValue>(0)?, flow(table)])?;
        while let Some(row) = rows.next()? {
            found.insert(row.get(0)?);
        }
    }
    Ok(found)
}

/// The rows of a table that have any of these marks, or, for [`Field::Starred`], the star.
pub(crate) fn rows_with(
    connection: &Connection,
    table: Table,
    field: Field,
    marks: &[u8],
) -> Result<RowBits> {
    let test = if field == Field::Starred {
        "starred=1".to_owned()
    } else {
        format!("mark IN ({})", vec!["?"; marks.len()].join(","))
    };
    let sql = format!(
        "SELECT row FROM annotated WHERE flow={} AND {test}",
        flow(table)
    );
    let marks = marks.iter().filter(|_| field != Field::Starred);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(marks))?;
    let mut found = RowBits::default();
    while let Some(row) = rows.next()? {
        found.insert(row.get(0)?);
    }
    Ok(found)
}

/// Calls `each` with every row that changes are about, in order, and each change's number and the
/// entry that took it back.
pub(super) fn journal(connection: &Connection, each: &mut dyn FnMut(RowRef, u64)) -> Result<()> {
    let sql = "SELECT flow,row,seq FROM annotation_event ORDER BY flow,row,seq";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(2)?;
        each(row_ref(row.get(0)?, row.get(1)?), seq.unsigned_abs());
    }
    Ok(())
}
