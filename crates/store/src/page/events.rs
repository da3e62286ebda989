//! Pages of rows in the order of their times, from a place on.

use rusqlite::params_from_iter;
use rusqlite::types::Value;
use serde::{Deserialize, Serialize};
use vestige_model::{EventId, MemberRef};

use super::plan::{Plan, whole};
use super::row::{RowRef, StoredRow};
use super::{Progress, ReadError, Reader};
use crate::query::{Compiled, Sql, Table, rows_of_id};

/// Which end of time comes first. Undated rows are last in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Oldest first.
    Ascending,
    /// Newest first.
    Descending,
}

impl Order {
    pub(super) fn sql(self) -> &'static str {
        match self {
            Order::Ascending => "ASC",
            Order::Descending => "DESC",
        }
    }

    fn after(self) -> &'static str {
        match self {
            Order::Ascending => ">",
            Order::Descending => "<",
        }
    }
}

/// The place of a row in an order: its time, table and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// UTC nanoseconds, none for undated rows.
    pub time: Option<i64>,
    /// The row.
    pub row: RowRef,
}

impl Cursor {
    /// How this place stands to another.
    pub(crate) fn compare(&self, other: &Cursor, order: Order) -> std::cmp::Ordering {
        if self.precedes(other, order) {
            std::cmp::Ordering::Less
        } else if other.precedes(self, order) {
            std::cmp::Ordering::Greater
        } else {
            std::cmp::Ordering::Equal
        }
    }

    /// Whether this place comes before another.
    pub(super) fn precedes(&self, other: &Cursor, order: Order) -> bool {
        let key = |cursor: &Cursor| (cursor.time, cursor.row);
        match (self.time.is_none(), other.time.is_none()) {
            (false, true) => true,
            (true, false) => false,
            _ if order == Order::Ascending => key(self) < key(other),
            _ => key(self) > key(other),
        }
    }
}

/// Steps after which the way in the order of time is given up for a reading of the whole table:
/// about 300 ms.
const WALK: i64 = 300;

impl Reader {
    /// The next rows after a place, in the order of (time, table, number).
    ///
    /// # Errors
    /// What SQLite says, what is damaged, or that the caller stopped.
    pub fn events(
        &self,
        query: &Compiled,
        order: Order,
        after: Option<Cursor>,
        limit: usize,
        progress: &Progress,
    ) -> Result<Vec<StoredRow>, ReadError> {
        let places = self.places(query, order, after, limit, progress)?;
        self.rows(places.iter().map(|place| place.row))
    }

    /// The next places after a place; the rows are not read.
    ///
    /// # Errors
    /// What SQLite says, or that the caller stopped.
    pub fn places(
        &self,
        query: &Compiled,
        order: Order,
        after: Option<Cursor>,
        limit: usize,
        progress: &Progress,
    ) -> Result<Vec<Cursor>, ReadError> {
        let mut places: Vec<Cursor> = Vec::new();
        for undated in [false, true] {
            if places.len() >= limit {
                break;
            }
            // SQLite takes a greater limit for a number that is none.
            let wanted = (limit - places.len()).min(usize::MAX >> 1);
            let mut found = Vec::new();
            for table in Table::ALL {
                found.extend(
                    self.table_places(query, table, undated, order, after, wanted, progress)?,
                );
            }
            found.sort_by(|a, b| a.compare(b, order));
            found.truncate(wanted);
            places.extend(found);
        }
        Ok(places)
    }

    /// These rows, in this order; numbers without a row are left out.
    ///
    /// # Errors
    /// What SQLite says, or what is damaged.
    pub fn rows(
        &self,
        rows: impl IntoIterator<Item = RowRef>,
    ) -> Result<Vec<StoredRow>, ReadError> {
        rows.into_iter()
            .filter_map(|row| self.row(row).transpose())
            .collect()
    }

    /// The rows with this id, visible or not: one, or several where the same bytes were received
    /// as several evidence items.
    ///
    /// # Errors
    /// What SQLite says, or what is damaged.
    pub fn rows_by_id(&self, id: &EventId) -> Result<Vec<StoredRow>, ReadError> {
        let mut rows = Vec::new();
        for table in Table::ALL {
            let found = rows_of_id(&self.connection, table, id)?;
            rows.extend(self.rows(found.into_iter().map(|id| RowRef { table, id }))?);
        }
        Ok(rows)
    }

    /// Calls `each` with every row of a member, hidden ones included, in the order of their
    /// locators; it says whether to go on.
    ///
    /// # Errors
    /// What SQLite says, what is damaged, or what `each` returns.
    pub fn rows_of_member<E: From<ReadError>>(
        &self,
        member: MemberRef,
        each: &mut dyn FnMut(StoredRow) -> Result<bool, E>,
    ) -> Result<(), E> {
        let mut runs = self.runs_of(member)?;
        loop {
            let mut next: Option<(usize, StoredRow)> = None;
            for (index, run) in runs.iter_mut().enumerate() {
                let Some(row) = run.peek(self)? else { continue };
                if next
                    .as_ref()
                    .is_none_or(|(_, best)| row.locator < best.locator)
                {
                    next = Some((index, row.clone()));
                }
            }
            let Some((index, row)) = next else {
                return Ok(());
            };
            runs[index].taken();
            if !each(row)? {
                return Ok(());
            }
        }
    }

    pub(super) fn runs_of(&self, member: MemberRef) -> Result<Vec<Run>, ReadError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT event_from, event_to, flow_from, flow_to FROM member WHERE id=?1",
        )?;
        let mut rows = statement.query([member.0])?;
        let Some(row) = rows.next()? else {
            return Ok(Vec::new());
        };
        let mut runs = Vec::new();
        for (table, column) in [(Table::Event, 0), (Table::Flow, 2)] {
            let (from, to): (Option<i64>, Option<i64>) = (row.get(column)?, row.get(column + 1)?);
            if let (Some(next), Some(last)) = (from, to) {
                runs.push(Run {
                    table,
                    next,
                    last,
                    ahead: None,
                });
            }
        }
        Ok(runs)
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn table_places(
        &self,
        query: &Compiled,
        table: Table,
        undated: bool,
        order: Order,
        after: Option<Cursor>,
        limit: usize,
        progress: &Progress,
    ) -> Result<Vec<Cursor>, ReadError> {
        let node = query.node(table);
        let Some(plan) = self.plan_page(node) else {
            return Ok(Vec::new());
        };
        let parts = parts(table, undated, order, after);
        let run = |plan: &Plan| self.read_parts(plan, table, &parts, order, limit);
        if let Some(places) = self.bounded(progress, WALK, || run(&plan))? {
            return Ok(places);
        }
        self.watched(progress, || run(&whole(node)))
    }

    pub(super) fn read_parts(
        &self,
        plan: &Plan,
        table: Table,
        parts: &[Sql],
        order: Order,
        limit: usize,
    ) -> Result<Vec<Cursor>, ReadError> {
        let mut places = Vec::new();
        for part in parts {
            let (order, left) = (order.sql(), limit - places.len());
            let sql = format!(
                "SELECT time, id FROM {} WHERE {} AND {} ORDER BY time {order}, id {order} LIMIT {left}",
                plan.source(table),
                plan.condition.text,
                part.text
            );
            let mut statement = self.connection.prepare_cached(&sql)?;
            let values = plan.condition.values.iter().chain(&part.values);
            let mut rows = statement.query(params_from_iter(values))?;
            while let Some(row) = rows.next()? {
                places.push(Cursor {
                    time: row.get(0)?,
                    row: RowRef {
                        table,
                        id: row.get(1)?,
                    },
                });
            }
            if places.len() >= limit {
                break;
            }
        }
        Ok(places)
    }
}

/// The stretches of an index that hold what follows a place, in their order. They are apart so
/// that each is one range: rows of the same time after this row, then rows of other times.
pub(super) fn parts(table: Table, undated: bool, order: Order, after: Option<Cursor>) -> Vec<Sql> {
    let sign = order.after();
    let part = |text: String, values: Vec<i64>| Sql {
        text,
        values: values.into_iter().map(Value::Integer).collect(),
    };
    let same_table = |row: RowRef| part(format!("time IS NULL AND id{sign}?"), vec![row.id]);
    let later_table = |row: RowRef| (table > row.table) == (order == Order::Ascending);
    let undated_all = || vec![part("time IS NULL".to_owned(), vec![])];
    match (undated, after) {
        (true, Some(Cursor { time: None, row })) if row.table == table => vec![same_table(row)],
        (true, Some(Cursor { time: None, row })) if !later_table(row) => Vec::new(),
        (true, _) => undated_all(),
        (false, Some(Cursor { time: None, .. })) => Vec::new(),
        (false, None) => vec![part("time IS NOT NULL".to_owned(), vec![])],
        (
            false,
            Some(Cursor {
                time: Some(time),
                row,
            }),
        ) if row.table == table => vec![
            part(format!("time=? AND id{sign}?"), vec![time, row.id]),
            part(format!("time{sign}?"), vec![time]),
        ],
        (
            false,
            Some(Cursor {
                time: Some(time),
                row,
            }),
        ) => {
            let equal = if later_table(row) { "=" } else { "" };
            vec![part(format!("time{sign}{equal}?"), vec![time])]
        }
    }
}

/// The rows of a member in one table.
pub(super) struct Run {
    pub table: Table,
    /// The next row to be read.
    pub next: i64,
    /// The last one.
    pub last: i64,
    ahead: Option<StoredRow>,
}

impl Run {
    fn peek(&mut self, reader: &Reader) -> Result<Option<&StoredRow>, ReadError> {
        while self.ahead.is_none() && self.next <= self.last {
            self.ahead = reader.row(RowRef {
                table: self.table,
                id: self.next,
            })?;
            self.next += 1;
        }
        Ok(self.ahead.as_ref())
    }

    fn taken(&mut self) {
        self.ahead = None;
    }
}
