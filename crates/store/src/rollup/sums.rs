//! Sums by key in bounded memory: gathered, sorted, and where they are many put aside as sorted
//! runs in a temporary table, so that in the end they come out once each, in the order of the
//! tables they go into.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rusqlite::{Connection, OptionalExtension, params};

use super::{FlowKey, FlowSum};

/// Hour and pair of addresses.
pub(super) type Key = (i64, FlowKey);

type Entry = (Key, FlowSum);

/// Sums held before those that are left, once equal keys are added up, become a run.
const HELD: usize = if cfg!(test) { 6 } else { 1 << 19 };

/// Sums in a row of the temporary table.
const PART: usize = if cfg!(test) { 2 } else { 1024 };

/// Numbers in a sum with its key.
const NUMBERS: usize = 8;

/// What is summed: runs of different sums lie in the same table.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum What {
    #[default]
    Hours = 0,
    Pairs = 1,
    Destinations = 2,
}

#[derive(Debug, Default)]
pub(super) struct Sums {
    what: What,
    held: Vec<Entry>,
    /// The number of parts of each run.
    runs: Vec<usize>,
}

impl Sums {
    pub fn of(what: What) -> Sums {
        Sums {
            what,
            ..Sums::default()
        }
    }

    pub fn add(&mut self, key: Key, sum: &FlowSum) {
        match self.held.last_mut() {
            Some((last, held)) if *last == key => held.add(sum),
            _ => self.held.push((key, *sum)),
        }
    }

    pub fn held(&self) -> &[Entry] {
        &self.held
    }

    pub fn is_empty(&self) -> bool {
        self.held.is_empty() && self.runs.is_empty()
    }

    /// Sorts what is held and adds up equal keys.
    pub fn compact(&mut self) {
        self.held.sort_unstable_by_key(|(key, _)| *key);
        self.held.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1.add(&next.1);
            }
            same
        });
    }

    /// Makes a run of what is held, where it is too much.
    pub fn make_room(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.held.len() < HELD {
            return Ok(());
        }
        self.compact();
        if self.held.len() < HELD / 2 {
            return Ok(());
        }
        connection.execute_batch(
            "CREATE TEMP TABLE IF NOT EXISTS flow_run(id INTEGER PRIMARY KEY, sums BLOB NOT NULL)",
        )?;
        // A run of a batch that was taken back may have left its number.
        let mut put =
            connection.prepare_cached("INSERT OR REPLACE INTO temp.flow_run VALUES(?1,?2)")?;
        let mut parts = 0;
        for entries in self.held.chunks(PART) {
            let bytes: Vec<u8> = entries.iter().flat_map(encode).collect();
            put.execute(params![part_id(self.what, self.runs.len(), parts), bytes])?;
            parts += 1;
        }
        self.runs.push(parts);
        self.held.clear();
        Ok(())
    }

    /// Gives each key once with its sum, in the order of the keys, and is empty then.
    pub fn drain(
        &mut self,
        connection: &Connection,
        each: &mut dyn FnMut(Key, &FlowSum) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        self.compact();
        let held = std::mem::take(&mut self.held);
        let runs = std::mem::take(&mut self.runs);
        if runs.is_empty() {
            return held.iter().try_for_each(|(key, sum)| each(*key, sum));
        }
        let mut runs: Vec<Run> = runs
            .into_iter()
            .enumerate()
            .map(|(number, parts)| Run::stored(self.what, number, parts))
            .collect();
        runs.push(Run::held(held));
        merge(connection, runs, each)?;
        let ends = [part_id(self.what, 0, 0), part_id(self.what, usize::MAX, 0)];
        connection
            .execute("DELETE FROM temp.flow_run WHERE id BETWEEN ?1 AND ?2", ends)
            .map(drop)
    }
}

fn merge(
    connection: &Connection,
    mut runs: Vec<Run>,
    each: &mut dyn FnMut(Key, &FlowSum) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut least = BinaryHeap::with_capacity(runs.len());
    for (number, run) in runs.iter_mut().enumerate() {
        let head = run.next(connection)?;
        least.extend(head.map(|(key, sum)| Reverse(Head { key, number, sum })));
    }
    let mut current: Option<Entry> = None;
    while let Some(Reverse(head)) = least.pop() {
        match &mut current {
            Some((key, sum)) if *key == head.key => sum.add(&head.sum),
            other => {
                if let Some((key, sum)) = other.replace((head.key, head.sum)) {
                    each(key, &sum)?;
                }
            }
        }
        let number = head.number;
        let next = runs[number].next(connection)?;
        least.extend(next.map(|(key, sum)| Reverse(Head { key, number, sum })));
    }
    current.map_or(Ok(()), |(key, sum)| each(key, &sum))
}

/// The next sum of a run; its key and the run's number say which comes first.
struct Head {
    key: Key,
    number: usize,
    sum: FlowSum,
}

impl Head {
    fn place(&self) -> (Key, usize) {
        (self.key, self.number)
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Head) -> bool {
        self.place() == other.place()
    }
}

impl Eq for Head {}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Head) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Head) -> std::cmp::Ordering {
        self.place().cmp(&other.place())
    }
}

/// A sorted run, read part by part.
struct Run {
    what: What,
    number: usize,
    parts: std::ops::Range<usize>,
    entries: std::vec::IntoIter<Entry>,
}

impl Run {
    fn stored(what: What, number: usize, parts: usize) -> Run {
        Run {
            what,
            number,
            parts: 0..parts,
            entries: Vec::new().into_iter(),
        }
    }

    fn held(entries: Vec<Entry>) -> Run {
        Run {
            what: What::default(),
            number: 0,
            parts: 0..0,
            entries: entries.into_iter(),
        }
    }

    fn next(&mut self, connection: &Connection) -> rusqlite::Result<Option<Entry>> {
        loop {
            if let Some(entry) = self.entries.next() {
                return Ok(Some(entry));
            }
            let Some(part) = self.parts.next() else {
                return Ok(None);
            };
            let id = part_id(self.what, self.number, part);
            let sums: Option<Vec<u8>> = connection
                .prepare_cached("SELECT sums FROM temp.flow_run WHERE id=?1")?
                .query_row([id], |row| row.get(0))
                .optional()?;
            let sums = sums.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
            let (sums, _) = sums.as_chunks::<{ NUMBERS * 8 }>();
            self.entries = sums.iter().map(decode).collect::<Vec<_>>().into_iter();
        }
    }
}

/// A part's place: what is summed, run, part. The greatest run is past all others.
fn part_id(what: What, run: usize, part: usize) -> i64 {
    let run = run.min(u32::MAX as usize) as i64;
    (what as i64) << 58 | run << 26 | part as i64
}

fn encode(entry: &Entry) -> [u8; NUMBERS * 8] {
    let ((hour, pair), sum) = entry;
    let numbers = [
        *hour,
        pair.src,
        pair.dst,
        sum.flows,
        sum.bytes,
        sum.packets,
        sum.first,
        sum.last,
    ];
    let mut bytes = [0; NUMBERS * 8];
    for (place, number) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(numbers) {
        *place = number.to_le_bytes();
    }
    bytes
}

fn decode(bytes: &[u8; NUMBERS * 8]) -> Entry {
    let mut numbers = [0; NUMBERS];
    for (number, place) in numbers.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *number = i64::from_le_bytes(*place);
    }
    let [hour, src, dst, flows, bytes, packets, first, last] = numbers;
    let sum = FlowSum {
        flows,
        bytes,
        packets,
        first,
        last,
    };
    ((hour, FlowKey { src, dst }), sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn each_key_comes_once_in_order_with_its_sum(
            entries in prop::collection::vec((-1..3_i64, 0..4_i64, 0..4_i64, -5..5_i64), 0..60),
        ) {
            let connection = Connection::open_in_memory().unwrap();
            let mut sums = Sums::of(What::Pairs);
            let mut expected: BTreeMap<Key, i64> = BTreeMap::new();
            for (hour, src, dst, bytes) in entries {
                let key = (hour, FlowKey { src, dst });
                sums.add(key, &FlowSum { flows: 1, bytes, ..FlowSum::default() });
                *expected.entry(key).or_default() += bytes;
                sums.make_room(&connection).unwrap();
            }
            let mut found = Vec::new();
            sums.drain(&connection, &mut |key, sum| {
                found.push((key, sum.bytes));
                Ok(())
            }).unwrap();
            prop_assert!(sums.is_empty());
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn a_sum_is_read_as_it_was_put_aside(numbers: [i64; NUMBERS]) {
            let [hour, src, dst, flows, bytes, packets, first, last] = numbers;
            let sum = FlowSum { flows, bytes, packets, first, last };
            let entry = ((hour, FlowKey { src, dst }), sum);
            let (key, read) = decode(&encode(&entry));
            prop_assert_eq!(key, entry.0);
            prop_assert_eq!(encode(&(key, read)), encode(&entry));
        }
    }
}
