//! From places in evidence to the rows whose records hold them.

use std::collections::HashSet;

use rusqlite::OptionalExtension;
use vestige_model::MemberRef;

use super::events::Run;
use super::{Progress, ReadError, Reader, RowRef};
use crate::query::{Compiled, Table};

/// Rows that are stepped over one by one before the next is looked for by halving.
const STEPS: usize = 64;

impl Reader {
    /// Finds the records of a member that hold these offsets, which ascend: `hit` gets every row
    /// of such a record, `outside` each offset that no record holds.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn locate(
        &self,
        member: MemberRef,
        offsets: &[u64],
        hit: &mut dyn FnMut(RowRef),
        outside: &mut dyn FnMut(u64),
    ) -> Result<(), ReadError> {
        let mut held = vec![false; offsets.len()];
        for run in self.runs_of(member)? {
            self.locate_in(&run, offsets, &mut held, hit)?;
        }
        for (offset, held) in offsets.iter().zip(held) {
            if !held {
                outside(*offset);
            }
        }
        Ok(())
    }

    fn locate_in(
        &self,
        run: &Run,
        offsets: &[u64],
        held: &mut [bool],
        hit: &mut dyn FnMut(RowRef),
    ) -> Result<(), ReadError> {
        let sql = format!(
            "SELECT id, offset, offset+length FROM {} WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
            run.table.name()
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let (mut from, mut at) = (run.next, 0);
        while let Some(offset) = offsets.get(at) {
            from = self.first_after(run, from, *offset)?;
            let mut rows = statement.query([from, run.last])?;
            let mut idle = 0;
            let ended = loop {
                let Some(row) = rows.next()? else { break true };
                let (id, start, end): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let (start, end) = (start.unsigned_abs(), end.unsigned_abs());
                at += count(offsets, at, start);
                let inside = count(offsets, at, end);
                if inside > 0 {
                    held.iter_mut()
                        .skip(at)
                        .take(inside)
                        .for_each(|held| *held = true);
                    let table = run.table;
                    hit(RowRef { table, id });
                    idle = 0;
                } else if at == offsets.len() {
                    break true;
                } else if idle == STEPS {
                    from = id;
                    break false;
                } else {
                    idle += 1;
                }
            };
            if ended {
                break;
            }
        }
        Ok(())
    }

    /// The first row, from `from` on, whose record ends after an offset. Rows are in the order of
    /// their offsets.
    fn first_after(&self, run: &Run, from: i64, offset: u64) -> Result<i64, ReadError> {
        let sql = format!(
            "SELECT id, offset+length FROM {} WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT 1",
            run.table.name()
        );
        let mut probe = self.connection.prepare_cached(&sql)?;
        let (mut low, mut high) = (from, run.last.saturating_add(1));
        while low < high {
            let middle = low + (high - low) / 2;
            let found: Option<(i64, i64)> = probe
                .query_row([middle, high - 1], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            match found {
                Some((id, end)) if end.unsigned_abs() <= offset => low = id + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }

    /// The members that have a row which matches.
    ///
    /// # Errors
    /// What SQLite says, or that the caller stopped.
    pub fn members(
        &self,
        query: &Compiled,
        progress: &Progress,
    ) -> Result<HashSet<MemberRef>, ReadError> {
        let mut members = HashSet::new();
        self.watched(progress, || {
            for table in Table::ALL {
                self.scan(table, query.node(table), "DISTINCT member", &mut |row| {
                    members.insert(MemberRef(row.get(0)?));
                    Ok(())
                })?;
            }
            Ok(())
        })?;
        Ok(members)
    }
}

/// How many offsets from the `at`-th on lie before `end`.
fn count(offsets: &[u64], at: usize, end: u64) -> usize {
    let rest = offsets.get(at..).unwrap_or_default();
    rest.iter().take_while(|offset| **offset < end).count()
}
