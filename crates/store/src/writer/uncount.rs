//! Taking rows that became hidden out of the counts, one by one: what it costs depends on them, not
//! on the size of the case.

use std::sync::LazyLock;

use rusqlite::{Connection, Row};
use vestige_model::Kind;

use super::{HELD, Writer};
use crate::batch::{Column, EVENT, FLOW};
use crate::rollup::{self, FlowKey};

/// The terms of an event's further resources that its first resource does not have, each once.
const FURTHER_RESOURCES: &str = "SELECT r.type FROM event_resource r JOIN event e ON e.id=r.event
       WHERE e.id=?1 AND r.type IS NOT NULL AND r.type IS NOT e.resource_type
     UNION SELECT r.id FROM event_resource r JOIN event e ON e.id=r.event
       WHERE e.id=?1 AND r.id IS NOT NULL AND r.id IS NOT e.resource_id
     UNION SELECT r.name FROM event_resource r JOIN event e ON e.id=r.event
       WHERE e.id=?1 AND r.name IS NOT NULL AND r.name IS NOT e.resource_name";

/// Columns before the terms.
const BEFORE: usize = 9;

/// Rows of one table and what is counted of them.
struct Counted {
    sql: String,
    terms: Vec<&'static Column>,
}

impl Counted {
    fn events(which: &str) -> Counted {
        Counted::of("event", &EVENT, "kind,resources", which)
    }

    fn flows(which: &str) -> Counted {
        let kind = format!("{},NULL", Kind::Flow as i64);
        Counted::of("flow", &FLOW, &kind, which)
    }

    fn of(table: &str, columns: &'static [Column], kind: &str, which: &str) -> Counted {
        let terms = columns.iter().filter(|column| column.term.is_some());
        let terms: Vec<&Column> = terms.collect();
        let names: Vec<_> = terms.iter().map(|column| column.name).collect();
        let sql = format!(
            "SELECT id,{kind},time,type,coalesce(src_ip,0),coalesce(dst_ip,0),coalesce(bytes,0),
                    coalesce(packets,0),{} FROM {table} WHERE {which}",
            names.join(",")
        );
        Counted { sql, terms }
    }
}

/// What is counted of one event: asked for each duplicate, so the text is made once.
static ONE_EVENT: LazyLock<Counted> = LazyLock::new(|| Counted::events("id=?1"));

impl Writer {
    /// Belongs before rows are taken out: a sum that has stopped growing cannot be corrected, so
    /// the next [`Writer::flush`] then counts everything anew.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn begin_uncount(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        // Where something was taken back, everything is counted anew.
        if !self.taken_back {
            self.add_all(connection)?;
            self.taken_back = rollup::is_capped(connection)?;
        }
        Ok(())
    }

    /// Takes an event that became hidden out of the counts. Its times stay in first and last: the
    /// row it duplicates has them too.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn uncount_event(&mut self, connection: &Connection, id: i64) -> rusqlite::Result<()> {
        self.uncount(connection, &ONE_EVENT, &[id])
    }

    /// Takes the visible rows of a member out of the counts, before they become hidden; `table` is
    /// `event` or `flow`, `from` and `to` its range there. As with [`Writer::uncount_event`], the
    /// rows that stay have the same times.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn uncount_member(
        &mut self,
        connection: &Connection,
        table: &str,
        member: i64,
        (from, to): (i64, i64),
    ) -> rusqlite::Result<()> {
        let which = "id BETWEEN ?1 AND ?2 AND member=?3 AND hidden=0";
        let rows = if table == "flow" {
            Counted::flows(which)
        } else {
            Counted::events(which)
        };
        self.uncount(connection, &rows, &[from, to, member])
    }

    fn uncount(
        &mut self,
        connection: &Connection,
        rows: &Counted,
        which: &[i64],
    ) -> rusqlite::Result<()> {
        if self.taken_back {
            return Ok(());
        }
        let mut statement = connection.prepare_cached(&rows.sql)?;
        let mut found = statement.query(rusqlite::params_from_iter(which))?;
        while let Some(row) = found.next()? {
            self.uncount_row(connection, &rows.terms, row)?;
            self.make_room(connection)?;
        }
        Ok(())
    }

    fn uncount_row(
        &mut self,
        connection: &Connection,
        terms: &[&Column],
        row: &Row<'_>,
    ) -> rusqlite::Result<()> {
        let time = row.get(3)?;
        self.rollup.uncount_minute(time, row.get(4)?);
        if row.get::<_, i64>(1)? == Kind::Flow as i64 {
            let pair = FlowKey {
                src: row.get(5)?,
                dst: row.get(6)?,
            };
            self.rollup
                .uncount_flow(pair, time, row.get(7)?, row.get(8)?);
        }
        for (column, at) in terms.iter().zip(BEFORE..) {
            if let Some(term) = row.get(at)? {
                self.terms.uncount(term, column.name == "dst_ip");
            }
        }
        if row.get::<_, Option<i64>>(2)?.is_some() {
            self.uncount_further(connection, row.get(0)?)?;
        }
        Ok(())
    }

    /// The resources of an event that has several.
    fn uncount_further(&mut self, connection: &Connection, event: i64) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(FURTHER_RESOURCES)?;
        let mut found = statement.query([event])?;
        while let Some(row) = found.next()? {
            self.terms.uncount(row.get(0)?, false);
        }
        Ok(())
    }

    /// Adds counts to the tables, or puts sums of flows aside, where many are held.
    pub(super) fn make_room(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.rollup.make_room(connection)?;
        if self.rollup.minutes() + self.terms.held() > HELD {
            self.terms.flush(connection)?;
            self.rollup.flush_minutes(connection)?;
        }
        Ok(())
    }

    /// Adds everything that was counted to the tables.
    pub(super) fn add_all(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.terms.flush(connection)?;
        self.rollup.flush(connection)
    }
}
