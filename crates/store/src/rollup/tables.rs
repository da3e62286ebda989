//! Adding what was counted to the tables, each in the order of its keys.

use rusqlite::{CachedStatement, Connection, types::Null};

use super::sums::{Sums, What};
use super::{FlowKey, FlowSum, MOST, Rollup};

impl Rollup {
    /// Adds the minutes to their table, in key order, and holds none then.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn flush_minutes(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut minutes: Vec<_> = self.minutes.drain().collect();
        minutes.sort_unstable();
        let mut add = connection.prepare_cached(
            "INSERT INTO minute VALUES(?1,?2,?3)
             ON CONFLICT DO UPDATE SET count=count+excluded.count",
        )?;
        for ((minute, kind), count) in minutes {
            add.execute([minute, kind, count])?;
        }
        Ok(())
    }

    /// Adds everything to the tables, each in key order, and is empty then.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn flush(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.flush_minutes(connection)?;
        if self.hours.is_empty() {
            return Ok(());
        }
        let mut pairs = Sums::of(What::Pairs);
        let mut add = Add::to(connection, "flow_hour", 3)?;
        self.hours.drain(connection, &mut |(hour, pair), sum| {
            pairs.add((0, pair), sum);
            pairs.make_room(connection)?;
            add.sum(&[hour, pair.src, pair.dst], sum)
        })?;
        flush_pairs(connection, pairs)
    }
}

fn flush_pairs(connection: &Connection, mut pairs: Sums) -> rusqlite::Result<()> {
    let mut destinations = Sums::of(What::Destinations);
    let mut add = Add::to(connection, "flow_pair", 2)?;
    let mut add_source = Add::to(connection, "flow_source", 1)?;
    let mut source: Option<(i64, FlowSum)> = None;
    pairs.drain(connection, &mut |(_, pair), sum| {
        let key = FlowKey {
            src: 0,
            dst: pair.dst,
        };
        destinations.add((0, key), sum);
        destinations.make_room(connection)?;
        match &mut source {
            Some((src, of_source)) if *src == pair.src => of_source.add(sum),
            other => {
                if let Some((src, done)) = other.replace((pair.src, *sum)) {
                    add_source.sum(&[src], &done)?;
                }
            }
        }
        add.sum(&[pair.src, pair.dst], sum)
    })?;
    if let Some((src, done)) = source {
        add_source.sum(&[src], &done)?;
    }
    let mut add = Add::to(connection, "flow_destination", 1)?;
    destinations.drain(connection, &mut |(_, pair), sum| add.sum(&[pair.dst], sum))
}

/// Whether a sum has stopped growing: what it would be without one of its rows is not known. No
/// pair has more than its source, no hour more than its pair.
///
/// # Errors
/// What SQLite says.
pub fn is_capped(connection: &Connection) -> rusqlite::Result<bool> {
    let capped = |table: &str| {
        connection
            .prepare(&format!(
                "SELECT 1 FROM {table} WHERE bytes>=?1 OR packets>=?1"
            ))?
            .exists([MOST])
    };
    Ok(capped("flow_source")? || capped("flow_destination")?)
}

/// The statement that adds to the sums of a table.
struct Add<'c>(CachedStatement<'c>);

impl<'c> Add<'c> {
    /// To a table that has so many columns of keys.
    fn to(connection: &'c Connection, table: &str, keys: usize) -> rusqlite::Result<Add<'c>> {
        let marks = vec!["?"; keys + 5].join(",");
        let sql = format!(
            "INSERT INTO {table} VALUES({marks})
             ON CONFLICT DO UPDATE SET flows=flows+excluded.flows,
               bytes=min(bytes+excluded.bytes,{MOST}),
               packets=min(packets+excluded.packets,{MOST}),
               first=min(coalesce(first,excluded.first),coalesce(excluded.first,first)),
               last=max(coalesce(last,excluded.last),coalesce(excluded.last,last))"
        );
        connection.prepare_cached(&sql).map(Add)
    }

    fn sum(&mut self, key: &[i64], sum: &FlowSum) -> rusqlite::Result<()> {
        let statement = &mut self.0;
        let mut at = 1;
        for number in key.iter().chain(&[sum.flows, sum.bytes, sum.packets]) {
            statement.raw_bind_parameter(at, number)?;
            at += 1;
        }
        for (time, none) in [(sum.first, i64::MAX), (sum.last, i64::MIN)] {
            if time == none {
                statement.raw_bind_parameter(at, Null)?;
            } else {
                statement.raw_bind_parameter(at, time)?;
            }
            at += 1;
        }
        statement.raw_execute()?;
        Ok(())
    }
}
