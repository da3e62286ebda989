//! The dictionary of the case: from the terms of a chunk to their ids.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use rusqlite::{CachedStatement, Connection, Statement, types::Null};

use super::known::{IdHasher, Known};
use crate::batch::{LocalTerm, LocalTerms};

#[derive(Debug, Default)]
pub(super) struct TermResolver {
    known: Known,
    next: i64,
    /// Whether a batch was taken back since.
    taken_back: bool,
    counts: HashMap<i64, Count, BuildHasherDefault<IdHasher>>,
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
    /// Continues with this id; what a batch that was taken back added to the dictionary is
    /// forgotten.
    pub(super) fn resume(&mut self, connection: &Connection, next: i64) -> rusqlite::Result<()> {
        if self.next == 0 {
            self.known = Known::new(next == 1);
        } else if next != self.next || std::mem::take(&mut self.taken_back) {
            self.known.take_back(connection, next)?;
        }
        self.taken_back = false;
        self.next = next;
        Ok(())
    }

    /// A batch was taken back, and with it what it wrote for itself.
    pub(super) fn take_back(&mut self) {
        self.taken_back = true;
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
        self.known.make_room(connection, terms.len())?;
        let mut ids = vec![0; terms.len()];
        let mut unknown = Vec::new();
        for (index, (term, value)) in terms.iter().enumerate() {
            match self.known.get(term.hash) {
                Some(id) => {
                    ids[index] = id;
                    self.count(id, Count::of(term));
                }
                None => unknown.push((index, term, value)),
            }
        }
        let mut insert = Insert::new(connection)?;
        let Some(look_up) = self.known.look_up() else {
            // Whatever is not known is new.
            for (index, term, value) in unknown {
                ids[index] = self.add(&mut insert, term, value)?;
            }
            return Ok(ids);
        };
        let mut find = connection.prepare_cached(&look_up)?;
        // In key order the look-ups and inserts walk the index instead of jumping about in it.
        unknown.sort_unstable_by_key(|(_, term, _)| term.key);
        for (index, term, value) in unknown {
            let found = match self.known.may_have(connection, term.key)? {
                true => find_term(&mut find, term, value)?,
                false => None,
            };
            ids[index] = match found {
                Some(id) => {
                    self.known.remember(term.hash, id);
                    self.count(id, Count::of(term));
                    id
                }
                None => self.add(&mut insert, term, value)?,
            };
        }
        Ok(ids)
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

    /// Stores a new term.
    fn add(
        &mut self,
        insert: &mut Insert<'_>,
        term: &LocalTerm,
        value: &str,
    ) -> rusqlite::Result<i64> {
        let id = self.next;
        insert.term(id, term, value)?;
        self.known.added(term.hash, term.key, id);
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
            add.raw_bind_parameter(1, id)?;
            add.raw_bind_parameter(2, count.count)?;
            add.raw_bind_parameter(3, count.count_dst)?;
            bind_time(&mut add, 4, first)?;
            bind_time(&mut add, 5, last)?;
            add.raw_execute()?;
        }
        Ok(())
    }
}

/// The statement that stores a term.
struct Insert<'c>(CachedStatement<'c>);

impl<'c> Insert<'c> {
    fn new(connection: &'c Connection) -> rusqlite::Result<Insert<'c>> {
        connection
            .prepare_cached("INSERT INTO term VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)")
            .map(Insert)
    }

    fn term(&mut self, id: i64, term: &LocalTerm, value: &str) -> rusqlite::Result<()> {
        let count = Count::of(term);
        let (first, last) = count.dated();
        let statement = &mut self.0;
        statement.raw_bind_parameter(1, id)?;
        statement.raw_bind_parameter(2, term.key)?;
        statement.raw_bind_parameter(3, term.kind as u8)?;
        statement.raw_bind_parameter(4, term.namespace)?;
        statement.raw_bind_parameter(5, value)?;
        statement.raw_bind_parameter(6, count.count)?;
        statement.raw_bind_parameter(7, count.count_dst)?;
        bind_time(statement, 8, first)?;
        bind_time(statement, 9, last)?;
        statement.raw_execute()?;
        Ok(())
    }
}

fn bind_time(statement: &mut Statement<'_>, at: usize, time: Option<i64>) -> rusqlite::Result<()> {
    match time {
        Some(time) => statement.raw_bind_parameter(at, time),
        None => statement.raw_bind_parameter(at, Null),
    }
}

/// The id of a term that is stored. Equal keys are told apart by value.
fn find_term(
    find: &mut Statement<'_>,
    term: &LocalTerm,
    value: &str,
) -> rusqlite::Result<Option<i64>> {
    find.raw_bind_parameter(1, term.key)?;
    find.raw_bind_parameter(2, term.kind as u8)?;
    find.raw_bind_parameter(3, term.namespace)?;
    find.raw_bind_parameter(4, value)?;
    let mut rows = find.raw_query();
    let id = rows.next()?.map(|row| row.get(0)).transpose();
    drop(rows);
    id
}
