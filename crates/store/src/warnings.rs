//! The warnings of one evidence item, in the order in which they were given, so that they can be
//! compared with those that its original gives.

use std::collections::{HashMap, VecDeque};

use rusqlite::{Connection, Row};
use vestige_model::Warning;

/// Rows read at once.
const PAGE: i64 = 1024;

/// First and last row id of the warnings of each member of an item.
pub type Ranges = HashMap<i64, (i64, i64)>;

/// Where the warnings of each member of an item lie; those that are stored with another item than
/// the member's are none of it.
///
/// # Errors
/// What SQLite says.
pub fn ranges(connection: &Connection, evidence: i64) -> rusqlite::Result<Ranges> {
    connection
        .prepare_cached(
            "SELECT member,min(id),max(id) FROM warning
              WHERE evidence=?1 AND member IS NOT NULL GROUP BY member",
        )?
        .query_map([evidence], |row| {
            Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
        })?
        .collect()
}

/// The warnings of an item about the file or its containers, in order, each given to `each`.
///
/// # Errors
/// What SQLite says.
pub fn of_containers(
    connection: &Connection,
    evidence: i64,
    each: &mut dyn FnMut(Warning),
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT id,offset,length,reason,expected,found,excerpt FROM warning
          WHERE evidence=?1 AND member IS NULL ORDER BY id",
    )?;
    let mut rows = statement.query([evidence])?;
    while let Some(row) = rows.next()? {
        each(warning(row)?);
    }
    Ok(())
}

/// The warnings of a member, in order, a page at a time.
#[derive(Debug)]
pub struct MemberWarnings<'c> {
    connection: &'c Connection,
    evidence: i64,
    member: i64,
    last: i64,
    to: i64,
    page: VecDeque<(i64, Warning)>,
}

impl<'c> MemberWarnings<'c> {
    /// Those of a member of this item, within its range.
    pub fn of(
        connection: &'c Connection,
        evidence: i64,
        member: i64,
        ranges: &Ranges,
    ) -> MemberWarnings<'c> {
        let (from, to) = ranges.get(&member).copied().unwrap_or((1, 0));
        MemberWarnings {
            connection,
            evidence,
            member,
            last: from.saturating_sub(1),
            to,
            page: VecDeque::new(),
        }
    }

    /// The next one.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn take_next(&mut self) -> rusqlite::Result<Option<Warning>> {
        if self.page.is_empty() && self.last < self.to {
            self.fill()?;
        }
        Ok(self.page.pop_front().map(|(_, warning)| warning))
    }

    fn fill(&mut self) -> rusqlite::Result<()> {
        // By row id: the index of an item's warnings would be read from its beginning each time.
        let mut statement = self.connection.prepare_cached(
            "SELECT id,offset,length,reason,expected,found,excerpt FROM warning
              WHERE id>?1 AND id<=?2 AND member=?3 AND +evidence=?4 ORDER BY id LIMIT ?5",
        )?;
        let place = (self.last, self.to, self.member, self.evidence, PAGE);
        let rows = statement.query_map(place, |row| Ok((row.get(0)?, warning(row)?)))?;
        self.page = rows.collect::<rusqlite::Result<_>>()?;
        self.last = self.page.back().map_or(self.to, |(id, _)| *id);
        Ok(())
    }
}

fn warning(row: &Row<'_>) -> rusqlite::Result<Warning> {
    let number = |at| row.get::<_, i64>(at).map(i64::cast_unsigned);
    Ok(Warning {
        offset: number(1)?,
        length: number(2)?,
        reason: row.get(3)?,
        expected: row.get(4)?,
        found: row.get(5)?,
        excerpt: row.get(6)?,
    })
}
