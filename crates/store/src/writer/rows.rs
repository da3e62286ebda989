//! Binding rows. One statement a table, its columns named by `batch::columns`.

use rusqlite::{Statement, params_from_iter, types::Null};

use super::Batch;
use crate::batch::{Chunk, EVENT, FLOW, Ident};

/// Stands for NULL in rows.
const NULL: i64 = i64::MIN;

/// The case's id of a chunk's term number; NULL and 0 stay what they are.
pub(super) fn global(ids: &[i64], number: i64) -> i64 {
    if number <= 0 {
        return number;
    }
    ids.get((number - 1) as usize).copied().unwrap_or(NULL)
}

/// The statement that stores a row of `event`.
pub fn event_sql() -> String {
    let names = EVENT.iter().map(|column| column.name);
    let rest = [
        "time_raw",
        "event_id",
        "request_id",
        "content",
        "member",
        "offset",
        "length",
        "sub",
        "decode",
    ];
    insert_sql("event", names.chain(rest))
}

/// The statement that stores a row of `flow`.
pub fn flow_sql() -> String {
    let names = FLOW.iter().map(|column| column.name);
    insert_sql(
        "flow",
        names.chain(["time_raw", "member", "offset", "length", "sub", "decode"]),
    )
}

/// The columns of `event` that hold terms.
pub(super) fn event_terms() -> impl Iterator<Item = &'static crate::batch::Column> {
    EVENT.iter().filter(|column| column.term.is_some())
}

/// Time, type and every term of one event.
pub(super) fn event_terms_sql() -> String {
    let names: Vec<_> = event_terms().map(|column| column.name).collect();
    format!(
        "SELECT time,type,{} FROM event WHERE id=?1",
        names.join(",")
    )
}

/// The terms of an event's further resources that its first resource does not have, each once.
pub(super) const FURTHER_RESOURCES: &str =
    "SELECT r.type FROM event_resource r JOIN event e ON e.id=r.event
       WHERE e.id=?1 AND r.type IS NOT NULL AND r.type IS NOT e.resource_type
     UNION SELECT r.id FROM event_resource r JOIN event e ON e.id=r.event
       WHERE e.id=?1 AND r.id IS NOT NULL AND r.id IS NOT e.resource_id
     UNION SELECT r.name FROM event_resource r JOIN event e ON e.id=r.event
       WHERE e.id=?1 AND r.name IS NOT NULL AND r.name IS NOT e.resource_name";

fn insert_sql<'a>(table: &str, columns: impl Iterator<Item = &'a str>) -> String {
    let columns: Vec<_> = columns.collect();
    let marks = vec!["?"; columns.len()].join(",");
    format!(
        "INSERT INTO {table}(id,hidden,{}) VALUES(?,0,{marks})",
        columns.join(",")
    )
}

fn bind_number(statement: &mut Statement<'_>, at: usize, value: i64) -> rusqlite::Result<()> {
    if value == NULL {
        return statement.raw_bind_parameter(at, Null);
    }
    statement.raw_bind_parameter(at, value)
}

fn bind_ident(statement: &mut Statement<'_>, at: usize, ident: &Ident) -> rusqlite::Result<()> {
    match ident {
        Ident::None => statement.raw_bind_parameter(at, Null),
        Ident::Uuid(bytes) => statement.raw_bind_parameter(at, &bytes[..]),
        Ident::Text(text) => statement.raw_bind_parameter(at, &**text),
    }
}

/// Binds `value` at `*at` and steps on.
macro_rules! bind {
    ($statement:ident, $at:ident, $($value:expr),+) => {
        $( $statement.raw_bind_parameter($at, $value)?; $at += 1; )+
    };
}

pub(super) fn insert_events(
    batch: &mut Batch<'_, '_>,
    chunk: &Chunk,
    ids: &[i64],
) -> rusqlite::Result<()> {
    if chunk.events.is_empty() {
        return Ok(());
    }
    let first = batch.writer.next_event;
    let mut ranges = Vec::new();
    {
        let mut statement = batch.transaction().prepare_cached(&event_sql())?;
        for (row, id) in chunk.events.iter().zip(first..) {
            let mut at = 1;
            bind!(statement, at, id);
            for (value, column) in row.values.iter().zip(&EVENT) {
                let value = if column.term.is_some() {
                    global(ids, *value)
                } else {
                    *value
                };
                bind_number(&mut statement, at, value)?;
                at += 1;
            }
            bind!(statement, at, row.time_raw.as_deref());
            bind_ident(&mut statement, at, &row.event_id)?;
            bind_ident(&mut statement, at + 1, &row.request_id)?;
            at += 2;
            let member = batch.first_member + i64::from(row.member);
            bind!(
                statement,
                at,
                row.content.as_ref().map(|hash| &hash[..]),
                member
            );
            bind!(
                statement,
                at,
                row.at.offset as i64,
                row.at.length as i64,
                row.at.sub
            );
            statement.raw_bind_parameter(at, row.at.decode as i64)?;
            statement.raw_execute()?;
            note(&mut ranges, row.member, id);
        }
        let mut statement = batch
            .transaction()
            .prepare_cached("INSERT INTO event_resource VALUES(?,?,?,?,?)")?;
        for row in &chunk.resources {
            let values = row
                .values
                .map(|value| Some(global(ids, value)).filter(|id| *id != NULL));
            let key = [Some(first + i64::from(row.event)), Some(i64::from(row.n))];
            statement.execute(params_from_iter(key.into_iter().chain(values)))?;
        }
    }
    batch.writer.next_event += chunk.events.len() as i64;
    for (member, from, to) in ranges {
        let range = &mut batch.extend(member).events;
        *range = Some((range.map_or(from, |(first, _)| first), to));
    }
    Ok(())
}

pub(super) fn insert_flows(
    batch: &mut Batch<'_, '_>,
    chunk: &Chunk,
    ids: &[i64],
) -> rusqlite::Result<()> {
    if chunk.flows.is_empty() {
        return Ok(());
    }
    let first = batch.writer.next_flow;
    let mut ranges = Vec::new();
    {
        let mut statement = batch.transaction().prepare_cached(&flow_sql())?;
        for (row, id) in chunk.flows.iter().zip(first..) {
            let mut at = 1;
            bind!(statement, at, id);
            for (value, column) in row.values.iter().zip(&FLOW) {
                let value = if column.term.is_some() {
                    global(ids, *value)
                } else {
                    *value
                };
                bind_number(&mut statement, at, value)?;
                at += 1;
            }
            let member = batch.first_member + i64::from(row.member);
            bind!(statement, at, row.time_raw.as_deref(), member);
            bind!(
                statement,
                at,
                row.at.offset as i64,
                row.at.length as i64,
                row.at.sub
            );
            statement.raw_bind_parameter(at, row.at.decode as i64)?;
            statement.raw_execute()?;
            note(&mut ranges, row.member, id);
        }
    }
    batch.writer.next_flow += chunk.flows.len() as i64;
    for (member, from, to) in ranges {
        let range = &mut batch.extend(member).flows;
        *range = Some((range.map_or(from, |(first, _)| first), to));
    }
    Ok(())
}

/// Extends the range of the member that rows of a chunk are at; members come one after the other.
fn note(ranges: &mut Vec<(u32, i64, i64)>, member: u32, id: i64) {
    match ranges.last_mut() {
        Some((current, _, to)) if *current == member => *to = id,
        _ => ranges.push((member, id, id)),
    }
}
