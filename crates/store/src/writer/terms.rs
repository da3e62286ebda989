//! From texts to the case's term ids. SQLite holds the dictionary; what is in memory is bounded.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use crate::batch::{HashedMap, LocalTerm, LocalTerms};

/// Ids remembered in each of two generations.
const GENERATION: usize = 1 << 18;

/// Finds and makes terms.
#[derive(Debug, Default)]
pub(super) struct TermResolver {
    young: HashedMap<i64>,
    old: HashedMap<i64>,
    next: i64,
    counts: HashMap<i64, Count>,
}

/// What is still to be added to a term's counters.
#[derive(Clone, Copy, Debug)]
struct Count {
    count: i64,
    count_dst: i64,
    first: i64,
    last: i64,
}

impl Count {
    fn of(term: &LocalTerm) -> Count {
        Count {
            count: i64::from(term.count),
            count_dst: i64::from(term.count_dst),
            first: term.first,
            last: term.last,
        }
    }

    fn dated(&self) -> (Option<i64>, Option<i64>) {
        (
            (self.first != i64::MAX).then_some(self.first),
            (self.last != i64::MIN).then_some(self.last),
        )
    }
}

impl TermResolver {
    /// Continues with this id; one that is smaller than expected means that a batch was taken
    /// back, and remembered ids with it.
    pub(super) fn resume(&mut self, next: i64) {
        if next != self.next {
            self.young.clear();
            self.old.clear();
        }
        self.next = next;
    }

    /// Counters held in memory.
    pub(super) fn held(&self) -> usize {
        self.counts.len()
    }

    /// The ids of a chunk's terms, in the order of their numbers; new ones are stored.
    pub(super) fn resolve(
        &mut self,
        connection: &Connection,
        terms: &LocalTerms,
    ) -> rusqlite::Result<Vec<i64>> {
        let mut ids = vec![0; terms.len()];
        let mut unknown = Vec::new();
        for (index, (term, value)) in terms.iter().enumerate() {
            match self.remembered(term.hash) {
                Some(id) => {
                    ids[index] = id;
                    self.count(id, Count::of(term));
                }
                None => unknown.push((index, term, value)),
            }
        }
        // In key order the look-ups and inserts walk the index instead of jumping about in it.
        unknown.sort_unstable_by_key(|(_, term, _)| term.key);
        for (index, term, value) in unknown {
            let id = match find(connection, term, value)? {
                Some(id) => {
                    self.count(id, Count::of(term));
                    id
                }
                None => self.insert(connection, term, value)?,
            };
            self.remember(term.hash, id);
            ids[index] = id;
        }
        Ok(ids)
    }

    fn remembered(&mut self, hash: u128) -> Option<i64> {
        if let Some(id) = self.young.get(&hash) {
            return Some(*id);
        }
        let id = *self.old.get(&hash)?;
        self.remember(hash, id);
        Some(id)
    }

    fn remember(&mut self, hash: u128, id: i64) {
        if self.young.len() >= GENERATION {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        self.young.insert(hash, id);
    }

    fn count(&mut self, id: i64, more: Count) {
        self.counts
            .entry(id)
            .and_modify(|held| {
                held.count += more.count;
                held.count_dst += more.count_dst;
                held.first = held.first.min(more.first);
                held.last = held.last.max(more.last);
            })
            .or_insert(more);
    }

    /// Takes one row out of a term's count.
    pub(super) fn uncount(&mut self, id: i64, destination: bool) {
        let (count, count_dst) = if destination { (0, -1) } else { (-1, 0) };
        self.count(
            id,
            Count {
                count,
                count_dst,
                first: i64::MAX,
                last: i64::MIN,
            },
        );
    }

    fn insert(
        &mut self,
        connection: &Connection,
        term: &LocalTerm,
        value: &str,
    ) -> rusqlite::Result<i64> {
        let id = self.next;
        let count = Count::of(term);
        let (first, last) = count.dated();
        connection
            .prepare_cached("INSERT INTO term VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)")?
            .execute(params![
                id,
                term.key,
                term.kind as u8,
                term.namespace,
                value,
                count.count,
                count.count_dst,
                first,
                last
            ])?;
        self.next += 1;
        Ok(id)
    }

    /// Adds the held counters to the dictionary, in id order.
    pub(super) fn flush(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut counts: Vec<_> = self.counts.drain().collect();
        counts.sort_unstable_by_key(|(id, _)| *id);
        let mut add = connection.prepare_cached(
            "UPDATE term SET count=count+?2, count_dst=count_dst+?3,
               first=min(coalesce(first,?4),coalesce(?4,first)),
               last=max(coalesce(last,?5),coalesce(?5,last)) WHERE id=?1",
        )?;
        for (id, count) in counts {
            let (first, last) = count.dated();
            add.execute(params![id, count.count, count.count_dst, first, last])?;
        }
        Ok(())
    }
}

/// The id of a term that is stored. Keys are 63 bits, so equal keys are compared by value.
fn find(connection: &Connection, term: &LocalTerm, value: &str) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT id FROM term WHERE key=?1 AND kind=?2 AND namespace=?3 AND value=?4",
        )?
        .query_row(
            params![term.key, term.kind as u8, term.namespace, value],
            |row| row.get(0),
        )
        .optional()
}
