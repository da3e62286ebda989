//! What is counted once at import so that the first screen needs no scan: events a minute, flows
//! a pair of addresses, whole-case and by the hour.

use std::collections::HashMap;

use rusqlite::{Connection, params};

const MINUTE: i64 = 60_000_000_000;
const HOUR: i64 = 3_600_000_000_000;

/// Where sums stop growing, so that hostile numbers cannot overflow a column.
const MOST: i64 = 9_000_000_000_000_000_000;

/// Two addresses as term numbers; 0 where absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FlowKey {
    /// Source.
    pub src: i64,
    /// Destination.
    pub dst: i64,
}

/// Totals of flows.
#[derive(Clone, Copy, Debug)]
pub struct FlowSum {
    /// Number of flow rows.
    pub flows: i64,
    /// Bytes, absent values as 0.
    pub bytes: i64,
    /// Packets, absent values as 0.
    pub packets: i64,
    /// Earliest time, [`i64::MAX`] where none is dated.
    pub first: i64,
    /// Latest time, [`i64::MIN`] where none is dated.
    pub last: i64,
}

impl Default for FlowSum {
    fn default() -> FlowSum {
        FlowSum {
            flows: 0,
            bytes: 0,
            packets: 0,
            first: i64::MAX,
            last: i64::MIN,
        }
    }
}

impl FlowSum {
    fn add(&mut self, other: &FlowSum) {
        self.flows += other.flows;
        self.bytes = self.bytes.saturating_add(other.bytes).min(MOST);
        self.packets = self.packets.saturating_add(other.packets).min(MOST);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// Counts to be added to the roll-up tables.
#[derive(Debug, Default)]
pub struct Rollup {
    minutes: HashMap<(i64, i64), i64>,
    hours: HashMap<(i64, FlowKey), FlowSum>,
}

impl Rollup {
    /// Counts one row of this type; undated rows are in no minute.
    pub fn count_minute(&mut self, time: Option<i64>, kind: i64) {
        if let Some(time) = time {
            *self
                .minutes
                .entry((time.div_euclid(MINUTE), kind))
                .or_default() += 1;
        }
    }

    /// Takes one row of this type back.
    pub fn uncount_minute(&mut self, time: Option<i64>, kind: i64) {
        if let Some(time) = time {
            *self
                .minutes
                .entry((time.div_euclid(MINUTE), kind))
                .or_default() -= 1;
        }
    }

    /// Counts one flow; negative numbers (absent) count as 0.
    pub fn count_flow(&mut self, pair: FlowKey, time: Option<i64>, bytes: i64, packets: i64) {
        let sum = FlowSum {
            flows: 1,
            bytes: bytes.max(0),
            packets: packets.max(0),
            first: time.unwrap_or(i64::MAX),
            last: time.unwrap_or(i64::MIN),
        };
        self.add_flow(pair, time, &sum);
    }

    /// Takes one flow back. Its time stays in first and last: the row that stays has it too.
    pub fn uncount_flow(&mut self, pair: FlowKey, time: Option<i64>, bytes: i64, packets: i64) {
        let sum = FlowSum {
            flows: -1,
            bytes: -bytes.max(0),
            packets: -packets.max(0),
            ..FlowSum::default()
        };
        self.add_flow(pair, time, &sum);
    }

    fn add_flow(&mut self, pair: FlowKey, time: Option<i64>, sum: &FlowSum) {
        let hour = time.map_or(-1, |time| time.div_euclid(HOUR));
        self.hours.entry((hour, pair)).or_default().add(sum);
    }

    /// Adds another roll-up, its term numbers mapped by `id` (0 stays 0).
    pub fn merge(&mut self, other: &Rollup, id: &dyn Fn(i64) -> i64) {
        for ((minute, kind), count) in &other.minutes {
            *self.minutes.entry((*minute, id(*kind))).or_default() += count;
        }
        for ((hour, pair), sum) in &other.hours {
            let pair = FlowKey {
                src: id(pair.src),
                dst: id(pair.dst),
            };
            self.hours.entry((*hour, pair)).or_default().add(sum);
        }
    }

    /// Keys held, a measure of memory.
    pub fn len(&self) -> usize {
        self.minutes.len() + self.hours.len()
    }

    /// Whether there is nothing to add.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds everything to the tables, in key order, and empties itself.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn flush(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut minutes: Vec<_> = self.minutes.drain().collect();
        minutes.sort_unstable();
        let mut add = connection.prepare_cached(
            "INSERT INTO minute VALUES(?1,?2,?3)
             ON CONFLICT DO UPDATE SET count=count+excluded.count",
        )?;
        for ((minute, kind), count) in minutes {
            add.execute([minute, kind, count])?;
        }
        let mut hours: Vec<_> = self.hours.drain().collect();
        hours.sort_unstable_by_key(|(key, _)| *key);
        let mut pairs: HashMap<FlowKey, FlowSum> = HashMap::new();
        let mut add = connection.prepare_cached(ADD_HOUR)?;
        for ((hour, pair), sum) in hours {
            pairs.entry(pair).or_default().add(&sum);
            let (first, last) = dated(&sum);
            add.execute(params![
                hour,
                pair.src,
                pair.dst,
                sum.flows,
                sum.bytes,
                sum.packets,
                first,
                last
            ])?;
        }
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        pairs.sort_unstable_by_key(|(pair, _)| *pair);
        let mut add = connection.prepare_cached(ADD_PAIR)?;
        for (pair, sum) in pairs {
            let (first, last) = dated(&sum);
            add.execute(params![
                pair.src,
                pair.dst,
                sum.flows,
                sum.bytes,
                sum.packets,
                first,
                last
            ])?;
        }
        Ok(())
    }
}

const ADD_HOUR: &str = "INSERT INTO flow_hour VALUES(?1,?2,?3,?4,?5,?6,?7,?8)
    ON CONFLICT DO UPDATE SET flows=flows+excluded.flows, bytes=min(bytes+excluded.bytes,9000000000000000000),
      packets=min(packets+excluded.packets,9000000000000000000),
      first=min(coalesce(first,excluded.first),coalesce(excluded.first,first)),
      last=max(coalesce(last,excluded.last),coalesce(excluded.last,last))";

const ADD_PAIR: &str = "INSERT INTO flow_pair VALUES(?1,?2,?3,?4,?5,?6,?7)
    ON CONFLICT DO UPDATE SET flows=flows+excluded.flows, bytes=min(bytes+excluded.bytes,9000000000000000000),
      packets=min(packets+excluded.packets,9000000000000000000),
      first=min(coalesce(first,excluded.first),coalesce(excluded.first,first)),
      last=max(coalesce(last,excluded.last),coalesce(excluded.last,last))";

fn dated(sum: &FlowSum) -> (Option<i64>, Option<i64>) {
    (
        (sum.first != i64::MAX).then_some(sum.first),
        (sum.last != i64::MIN).then_some(sum.last),
    )
}

/// Whether a sum has stopped growing: what it would be without one of its rows is not known.
///
/// # Errors
/// What SQLite says.
pub fn is_capped(connection: &Connection) -> rusqlite::Result<bool> {
    connection
        .prepare("SELECT 1 FROM flow_pair WHERE bytes>=?1 OR packets>=?1")?
        .exists([MOST])
}

/// SQL for the whole number of `unit`s in `time`, rounded down for times before 1970 too.
fn whole(time: &str, unit: i64) -> String {
    format!("({time}-(({time}%{unit})+{unit})%{unit})/{unit}")
}

/// Makes all roll-ups and dictionary counts anew from the visible rows: after an interrupted
/// import, and where rows became hidden or visible again. Slow and exact; nothing is held in
/// memory.
///
/// # Errors
/// What SQLite says.
pub fn rebuild(connection: &Connection, step: &mut dyn FnMut(&str)) -> rusqlite::Result<()> {
    step("minutes");
    let minute = whole("time", MINUTE);
    connection.execute_batch(&format!(
        "DELETE FROM minute;
         INSERT INTO minute SELECT m, type, sum(n) FROM (
           SELECT {minute} m, type, count(*) n FROM event
             WHERE hidden=0 AND time IS NOT NULL GROUP BY 1,2
           UNION ALL
           SELECT {minute}, type, count(*) FROM flow
             WHERE hidden=0 AND time IS NOT NULL GROUP BY 1,2) GROUP BY 1,2;"
    ))?;
    step("flow totals");
    let flows = |table: &str, only: &str| {
        format!(
            "SELECT coalesce({},-1) h, coalesce(src_ip,0) s, coalesce(dst_ip,0) d,
               coalesce(bytes,0) b, coalesce(packets,0) p, time FROM {table} WHERE hidden=0 {only}",
            whole("time", HOUR)
        )
    };
    let sum = |column: &str| format!("CAST(min(total({column}),{MOST}) AS INTEGER)");
    connection.execute_batch(&format!(
        "DELETE FROM flow_hour; DELETE FROM flow_pair;
         INSERT INTO flow_hour SELECT h, s, d, count(*), {}, {}, min(time), max(time)
           FROM ({} UNION ALL {}) GROUP BY 1,2,3;
         INSERT INTO flow_pair SELECT src_ip, dst_ip, sum(flows), {}, {}, min(first), max(last)
           FROM flow_hour GROUP BY 1,2;",
        sum("b"),
        sum("p"),
        flows("flow", ""),
        flows("event", "AND kind=1"),
        sum("bytes"),
        sum("packets"),
    ))?;
    rebuild_terms(connection, step)
}

/// Columns by the name of their table, with the counter they feed.
fn rebuild_terms(connection: &Connection, step: &mut dyn FnMut(&str)) -> rusqlite::Result<()> {
    use crate::batch::{EVENT, FLOW};
    connection.execute_batch("UPDATE term SET count=0, count_dst=0, first=NULL, last=NULL")?;
    let resource = ["resource_type", "resource_id", "resource_name"];
    let tables = [("event", &EVENT[..]), ("flow", &FLOW[..])];
    for (table, columns) in tables {
        for column in columns.iter().filter(|column| column.term.is_some()) {
            step(column.name);
            let counter = if column.name == "dst_ip" {
                "count_dst"
            } else {
                "count"
            };
            let mut source = format!(
                "SELECT {0} t, time, id FROM {table} WHERE hidden=0 AND {0} IS NOT NULL",
                column.name
            );
            if table == "event" && resource.contains(&column.name) {
                // The first resource stands in the row as well; UNION counts each row once.
                let name = column.name.trim_start_matches("resource_");
                source += &format!(
                    " UNION SELECT r.{name}, e.time, e.id FROM event_resource r JOIN event e ON e.id=r.event
                      WHERE e.hidden=0 AND r.{name} IS NOT NULL"
                );
            }
            connection.execute_batch(&format!(
                "UPDATE term SET {counter}={counter}+n,
                   first=min(coalesce(first,f),coalesce(f,first)),
                   last=max(coalesce(last,l),coalesce(l,last))
                 FROM (SELECT t, count(*) n, min(time) f, max(time) l FROM ({source}) GROUP BY t)
                 WHERE term.id=t"
            ))?;
        }
    }
    Ok(())
}
