//! Which terms the dictionary has, so that most need not be looked up in it.
//!
//! A new case has none: then all of them are held, by their hashes, and the index over the
//! dictionary is built after the load. Where they become too many for memory, a temporary table
//! stands in for that index: runs in key order, each written from its beginning to its end, because
//! putting every term where it belongs would jump about in a table that is far larger than the
//! cache. A case that has terms has its index; then those met lately are held, and a filter knows
//! most of those that are new.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use rusqlite::Connection;

use crate::batch::{HashedMap, Passthrough};

/// Terms of a new case that are held at most: 17 bytes each, half of that again while the map
/// grows.
const ALL: usize = if cfg!(test) { 4 } else { 7_000_000 };

/// Terms of a run: 33 bytes each until it is written.
const RUN: usize = if cfg!(test) { 2 } else { 1_800_000 };

/// Ids remembered in each of two generations.
const GENERATION: usize = 1 << 18;

/// Look-ups after which the filter is made: making it reads the whole index.
const MANY: u32 = 20_000;

/// 96 bits of a term's keyed hash: among ten million terms two are equal with a chance of 1 in
/// 10^15.
type Short = [u32; 3];

fn short(hash: u128) -> Short {
    [hash as u32, (hash >> 32) as u32, (hash >> 64) as u32]
}

#[derive(Debug)]
pub(super) enum Known {
    /// Every term of the case.
    All(HashMap<Short, u32, BuildHasherDefault<Passthrough>>),
    /// Those met lately.
    Lately(Lately),
}

#[derive(Debug, Default)]
pub(super) struct Lately {
    young: HashedMap<i64>,
    old: HashedMap<i64>,
    /// What stands in for the index, if anything does.
    runs: Option<Runs>,
    looked_up: u32,
    filter: Option<Bloom>,
}

/// What stands in for the index of a new case: the keys and ids of all its terms.
#[derive(Debug)]
struct Runs {
    /// Runs in the temporary table, numbered from 0.
    written: i64,
    /// Key and id of those that are in no run yet.
    fresh: HashedMap<(i64, i64)>,
}

impl Runs {
    /// One run, of all terms that are stored.
    fn of(connection: &Connection) -> rusqlite::Result<Runs> {
        connection.execute_batch(
            "CREATE TEMP TABLE IF NOT EXISTS known(run INTEGER, key INTEGER, id INTEGER, PRIMARY KEY(run,key,id)) WITHOUT ROWID;
             DELETE FROM temp.known;
             INSERT INTO temp.known SELECT 0,key,id FROM main.term ORDER BY key,id",
        )?;
        Ok(Runs {
            written: 1,
            fresh: HashedMap::default(),
        })
    }

    /// Writes what is held as a run, where so many more would be too many to hold.
    fn make_room(&mut self, connection: &Connection, more: usize) -> rusqlite::Result<()> {
        if self.fresh.is_empty() || self.fresh.len() + more <= RUN {
            return Ok(());
        }
        let mut run: Vec<_> = self.fresh.drain().map(|(_, entry)| entry).collect();
        run.sort_unstable();
        let mut insert = connection.prepare_cached("INSERT INTO temp.known VALUES(?1,?2,?3)")?;
        for (key, id) in run {
            insert.execute((self.written, key, id))?;
        }
        self.written += 1;
        Ok(())
    }

    fn look_up(&self) -> String {
        let runs: Vec<_> = (0..self.written).map(|run| run.to_string()).collect();
        format!(
            "SELECT t.id FROM temp.known k CROSS JOIN main.term t ON t.id=k.id
             WHERE k.run IN ({}) AND k.key=?1 AND t.kind=?2 AND t.namespace=?3 AND t.value=?4",
            runs.join(",")
        )
    }
}

impl Default for Known {
    fn default() -> Known {
        Known::new(false)
    }
}

impl Known {
    /// Of a case that has no terms yet, or some.
    pub(super) fn new(none: bool) -> Known {
        if none {
            Known::All(HashMap::default())
        } else {
            Known::Lately(Lately::default())
        }
    }

    /// The id of a term, where it is held.
    pub(super) fn get(&mut self, hash: u128) -> Option<i64> {
        match self {
            Known::All(all) => all.get(&short(hash)).map(|id| i64::from(*id)),
            Known::Lately(lately) => lately.get(hash),
        }
    }

    /// How a term that is not held is looked up; none where it cannot exist.
    pub(super) fn look_up(&self) -> Option<String> {
        let Known::Lately(lately) = self else {
            return None;
        };
        Some(match &lately.runs {
            Some(runs) => runs.look_up(),
            None => {
                "SELECT id FROM main.term WHERE key=?1 AND kind=?2 AND namespace=?3 AND value=?4"
                    .to_owned()
            }
        })
    }

    /// Whether a term with this key may be stored.
    pub(super) fn may_have(&mut self, connection: &Connection, key: i64) -> rusqlite::Result<bool> {
        let Known::Lately(lately) = self else {
            return Ok(false);
        };
        if let Some(filter) = &lately.filter {
            return Ok(filter.may_have(key));
        }
        lately.looked_up += 1;
        if lately.looked_up == MANY {
            lately.filter = Some(Bloom::of(connection)?);
        }
        Ok(true)
    }

    /// Remembers a term that was looked up.
    pub(super) fn remember(&mut self, hash: u128, id: i64) {
        if let Known::Lately(lately) = self {
            lately.remember(hash, id);
        }
    }

    /// Takes note of a new term.
    pub(super) fn added(&mut self, hash: u128, key: i64, id: i64) {
        match self {
            Known::All(all) => {
                all.insert(short(hash), u32::try_from(id).unwrap_or(0));
            }
            Known::Lately(lately) => {
                match &mut lately.runs {
                    Some(runs) => _ = runs.fresh.insert(hash, (key, id)),
                    None => lately.remember(hash, id),
                }
                if let Some(filter) = &mut lately.filter {
                    filter.add(key);
                }
            }
        }
    }

    /// Goes over to a stand-in where so many more terms would be too many to hold.
    pub(super) fn make_room(
        &mut self,
        connection: &Connection,
        more: usize,
    ) -> rusqlite::Result<()> {
        match self {
            Known::All(all) if all.len() + more > ALL => {
                // Given back before the filter and the run are made.
                *self = Known::default();
                *self = Known::Lately(Lately {
                    runs: Some(Runs::of(connection)?),
                    filter: Some(Bloom::of(connection)?),
                    ..Lately::default()
                });
            }
            Known::Lately(Lately {
                runs: Some(runs), ..
            }) => runs.make_room(connection, more)?,
            _ => {}
        }
        Ok(())
    }

    /// Forgets terms from `next` on, which are stored no longer.
    pub(super) fn take_back(&mut self, connection: &Connection, next: i64) -> rusqlite::Result<()> {
        match self {
            Known::All(all) => all.retain(|_, id| i64::from(*id) < next),
            Known::Lately(lately) => {
                lately.young.clear();
                lately.old.clear();
                if lately.runs.is_some() {
                    // A run may have been written in what was taken back.
                    lately.runs = Some(Runs::of(connection)?);
                }
            }
        }
        Ok(())
    }
}

impl Lately {
    fn get(&mut self, hash: u128) -> Option<i64> {
        if let Some(id) = self.young.get(&hash) {
            return Some(*id);
        }
        if let Some(id) = self.old.get(&hash).copied() {
            self.remember(hash, id);
            return Some(id);
        }
        let (_, id) = self.runs.as_ref()?.fresh.get(&hash)?;
        Some(*id)
    }

    fn remember(&mut self, hash: u128, id: i64) {
        if self.young.len() >= GENERATION {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        self.young.insert(hash, id);
    }
}

/// A Bloom filter over term keys: 32 MiB, four bits a key in one word. With ten million keys one
/// in fifty that are new is looked up in vain; with more, more.
#[derive(Debug)]
pub(super) struct Bloom {
    words: Vec<u64>,
}

const WORDS: usize = 1 << 22;

impl Bloom {
    /// Of the terms that are stored.
    fn of(connection: &Connection) -> rusqlite::Result<Bloom> {
        let mut filter = Bloom {
            words: vec![0; WORDS],
        };
        let mut statement = connection.prepare("SELECT key FROM main.term")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            filter.add(row.get(0)?);
        }
        Ok(filter)
    }

    fn place(key: i64) -> (usize, u64) {
        // Keys begin with their kind, so they are mixed first (the finaliser of MurmurHash3).
        let mut mixed = key as u64;
        mixed = (mixed ^ mixed >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed = (mixed ^ mixed >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        mixed ^= mixed >> 33;
        let bits = (0..4).fold(0, |bits, n| bits | 1 << (mixed >> (n * 6) & 63));
        ((mixed >> 32) as usize % WORDS, bits)
    }

    fn add(&mut self, key: i64) {
        let (word, bits) = Bloom::place(key);
        self.words[word] |= bits;
    }

    fn may_have(&self, key: i64) -> bool {
        let (word, bits) = Bloom::place(key);
        self.words[word] & bits == bits
    }
}

/// Row ids follow each other: multiplying spreads them well enough.
#[derive(Debug, Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_i64(i64::from(*byte));
        }
    }

    fn write_i64(&mut self, id: i64) {
        self.0 = (self.0 ^ id as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(from: i64, to: i64) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(include_str!("../schema/0001_case.sql"))
            .unwrap();
        add(&connection, from..to);
        connection
    }

    fn add(connection: &Connection, ids: std::ops::Range<i64>) {
        let mut insert = connection
            .prepare("INSERT INTO term VALUES(?1,?2,13,255,?1,1,0,NULL,NULL)")
            .unwrap();
        for id in ids {
            insert.execute([id, id * 7_919]).unwrap();
        }
    }

    #[test]
    fn the_filter_misses_no_key_and_few_are_taken_for_known() {
        let filter = Bloom::of(&terms(1, 50_000)).unwrap();
        assert!((1..50_000).all(|id| filter.may_have(id * 7_919)));
        let wrong = (50_000..100_000)
            .filter(|id| filter.may_have(id * 7_919))
            .count();
        assert!(wrong < 500, "{wrong}");
    }

    #[test]
    fn a_stand_in_that_was_taken_back_is_made_anew() {
        let connection = terms(1, 4);
        let mut known = Known::new(true);
        (1..4).for_each(|id| known.added(id as u128, id * 7_919, id));
        let batch = connection.unchecked_transaction().unwrap();
        known.make_room(&batch, 2).unwrap();
        drop(batch);
        known.take_back(&connection, 4).unwrap();
        assert!(stored(&connection, &known, 1) && stored(&connection, &known, 3));
        assert!(!stored(&connection, &known, 4));
    }

    /// Whether the look-up leads to this term.
    fn stored(connection: &Connection, known: &Known, id: i64) -> bool {
        let mut statement = connection.prepare(&known.look_up().unwrap()).unwrap();
        statement
            .exists((id * 7_919, 13, 255, id.to_string()))
            .unwrap()
    }

    #[test]
    fn every_term_is_held_or_in_a_run() {
        let connection = terms(1, 4);
        let mut known = Known::new(true);
        (1..4).for_each(|id| known.added(id as u128, id * 7_919, id));
        for id in 4..20 {
            known.make_room(&connection, 1 + id as usize % 2).unwrap();
            add(&connection, id..id + 1);
            known.added(id as u128, id * 7_919, id);
            for id in 1..=id {
                let held = known.get(id as u128) == Some(id);
                assert!(held || stored(&connection, &known, id), "{id}");
            }
        }
    }

    #[test]
    fn terms_that_were_taken_back_are_forgotten() {
        let connection = terms(1, 3);
        let mut known = Known::new(true);
        for id in 1..=4_i64 {
            known.added(id as u128, id, id);
        }
        known.take_back(&connection, 3).unwrap();
        assert_eq!(
            [1, 2, 3, 4].map(|hash| known.get(hash)),
            [Some(1), Some(2), None, None]
        );
    }
}
