//! Binding rows. One statement a table, its columns named by `batch::columns`.

use rusqlite::{Statement, types::Null};

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
            bind!(statement, at, member);
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
            statement.raw_bind_parameter(1, first + i64::from(row.event))?;
            statement.raw_bind_parameter(2, row.n)?;
            for (value, at) in row.values.iter().zip(3..) {
                bind_number(&mut statement, at, global(ids, *value))?;
            }
            statement.raw_execute()?;
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
