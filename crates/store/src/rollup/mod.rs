//! What is counted once at import so that the first screen needs no scan: events a minute; flows a
//! pair of addresses, a source and a destination over the whole case, and a pair by the hour.

mod rebuild;
mod sums;
mod tables;

use std::collections::HashMap;

use rusqlite::Connection;

pub use rebuild::rebuild;
use sums::Sums;
pub use tables::is_capped;

const MINUTE: i64 = 60_000_000_000;
const HOUR: i64 = 3_600_000_000_000;

/// Where sums stop growing, so that hostile numbers cannot overflow a column.
pub(crate) const MOST: i64 = 9_000_000_000_000_000_000;

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
    hours: Sums,
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
            bytes: bytes.clamp(0, MOST),
            packets: packets.clamp(0, MOST),
            first: time.unwrap_or(i64::MAX),
            last: time.unwrap_or(i64::MIN),
        };
        self.add_flow(pair, time, &sum);
    }

    /// Takes one flow back. Its time stays in first and last: the row that stays has it too.
    pub fn uncount_flow(&mut self, pair: FlowKey, time: Option<i64>, bytes: i64, packets: i64) {
        let sum = FlowSum {
            flows: -1,
            bytes: -bytes.clamp(0, MOST),
            packets: -packets.clamp(0, MOST),
            ..FlowSum::default()
        };
        self.add_flow(pair, time, &sum);
    }

    fn add_flow(&mut self, pair: FlowKey, time: Option<i64>, sum: &FlowSum) {
        let hour = time.map_or(-1, |time| time.div_euclid(HOUR));
        self.hours.add((hour, pair), sum);
    }

    /// Adds up what is counted of equal hours and pairs, so that less is handed over.
    pub fn compact(&mut self) {
        self.hours.compact();
    }

    /// Adds another roll-up, its term numbers mapped by `id` (0 stays 0).
    pub fn merge(&mut self, other: &Rollup, id: &dyn Fn(i64) -> i64) {
        for ((minute, kind), count) in &other.minutes {
            *self.minutes.entry((*minute, id(*kind))).or_default() += count;
        }
        for ((hour, pair), sum) in other.hours.held() {
            let pair = FlowKey {
                src: id(pair.src),
                dst: id(pair.dst),
            };
            self.hours.add((*hour, pair), sum);
        }
    }

    /// Minutes held, a measure of memory; sums of flows bound theirs by [`Rollup::make_room`].
    pub fn minutes(&self) -> usize {
        self.minutes.len()
    }

    /// Puts sums of flows aside in a temporary table, where many are held.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn make_room(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.hours.make_room(connection)
    }
}
