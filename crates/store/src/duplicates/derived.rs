//! What a row holds beside what its import entry states, so that it can be compared with what its
//! record gives: the key and hash by which records that came twice are found, and the flag for
//! those that differ.

use std::collections::VecDeque;

use rusqlite::{Connection, OptionalExtension};
use vestige_model::MemberRef;

/// Rows read at once.
const PAGE: i64 = 4096;

/// What was derived from one record's id and text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Derived {
    /// Where the record lies in its member.
    pub offset: u64,
    /// Which of the record's rows.
    pub sub: Option<u32>,
    /// The key of its id.
    pub key: Option<i64>,
    /// The hash of what it says.
    pub content: Option<[u8; 16]>,
}

/// The rows of a member that have an id or a hash, in order, a page at a time.
#[derive(Debug)]
pub struct DerivedRows<'c> {
    connection: &'c Connection,
    member: i64,
    last: i64,
    to: i64,
    page: VecDeque<(i64, Derived)>,
}

impl<'c> DerivedRows<'c> {
    /// Those of this member.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn of(connection: &'c Connection, member: MemberRef) -> rusqlite::Result<DerivedRows<'c>> {
        let (from, to): (Option<i64>, Option<i64>) = connection
            .prepare_cached("SELECT event_from,event_to FROM member WHERE id=?1")?
            .query_row([member.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(DerivedRows {
            connection,
            member: member.0,
            last: from.map_or(0, |from| from.saturating_sub(1)),
            to: to.unwrap_or(0),
            page: VecDeque::new(),
        })
    }

    /// The next one.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn take_next(&mut self) -> rusqlite::Result<Option<Derived>> {
        if self.page.is_empty() && self.last < self.to {
            self.fill()?;
        }
        Ok(self.page.pop_front().map(|(_, row)| row))
    }

    fn fill(&mut self) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id,offset,sub,event_key,content FROM event
              WHERE id>?1 AND id<=?2 AND member=?3
                AND (event_key IS NOT NULL OR content IS NOT NULL) ORDER BY id LIMIT ?4",
        )?;
        let rows = statement.query_map((self.last, self.to, self.member, PAGE), |row| {
            Ok((
                row.get(0)?,
                Derived {
                    offset: row.get::<_, i64>(1)?.cast_unsigned(),
                    sub: row.get(2)?,
                    key: row.get(3)?,
                    content: row.get(4)?,
                },
            ))
        })?;
        self.page = rows.collect::<rusqlite::Result<_>>()?;
        self.last = self.page.back().map_or(self.to, |(id, _)| *id);
        Ok(())
    }
}

/// What is derived of one row, and what the other rows with its id make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What was derived from its record.
    pub derived: Derived,
    /// Whether it is flagged as one of several that differ.
    pub flagged: bool,
    /// Whether it is one of several that differ.
    pub apart: bool,
    /// Where it is a duplicate: whether a row with the same id and the same hash stands for it.
    pub stood_for: Option<bool>,
}

/// How one row stands; none where there is no such row.
///
/// # Errors
/// What SQLite says.
pub fn standing(connection: &Connection, event: i64) -> rusqlite::Result<Option<Standing>> {
    let sql = format!(
        "SELECT e.offset,e.sub,e.event_key,e.content,e.conflict IS NOT NULL,
                e.hidden&1=0 AND e.event_key IS NOT NULL AND EXISTS(
                  SELECT 1 FROM event o WHERE o.event_key=e.event_key AND o.event_key IS NOT NULL
                    AND o.account IS e.account AND o.event_id IS e.event_id
                    AND o.id<>e.id AND o.hidden&3=0),
                CASE WHEN d.event IS NOT NULL THEN coalesce({STANDS},0) END
           FROM event e LEFT JOIN duplicate d ON d.event=e.id LEFT JOIN event s ON s.id=d.survivor
          WHERE e.id=?1"
    );
    connection
        .prepare_cached(&sql)?
        .query_row([event], |row| {
            Ok(Standing {
                derived: Derived {
                    offset: row.get::<_, i64>(0)?.cast_unsigned(),
                    sub: row.get(1)?,
                    key: row.get(2)?,
                    content: row.get(3)?,
                },
                flagged: row.get(4)?,
                apart: row.get(5)?,
                stood_for: row.get(6)?,
            })
        })
        .optional()
}

/// SQL: whether the row `s` may stand for the row `e`. One that is in view is needed only while the
/// duplicate is not withdrawn.
pub(super) const STANDS: &str = "(s.id<>e.id AND s.event_key=e.event_key AND s.account IS e.account
    AND s.event_id IS e.event_id AND s.content=e.content AND (e.hidden&2<>0 OR s.hidden&3=0))";
