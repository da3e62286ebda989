//! Which way to the rows. SQLite has no statistics of a case, but the dictionary counts say how
//! many rows a value has, so the choice is made here and SQLite is held to it.

use rusqlite::params;

use super::{ReadError, Reader};
use crate::query::{Key, Node, Sql, Stretch, Table, Test};

const MINUTE: i64 = 60_000_000_000;

/// A way to the rows that a condition admits.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The condition, `hidden=0` included.
    pub condition: Sql,
    /// Whether the table is read from one end to the other.
    pub whole: bool,
}

impl Plan {
    /// The table with what SQLite must know of the plan.
    pub fn source(&self, table: Table) -> String {
        let hint = if self.whole { " NOT INDEXED" } else { "" };
        format!("{}{hint}", table.name())
    }
}

/// Reading an index entry and the row it leads to costs about as much as reading so many rows in
/// their order.
const LOOKUP: u64 = 6;

/// Rows of several values that are sorted rather than found in the order of their times.
const SORTED: u64 = 50_000;

impl Reader {
    /// The number of rows of a table, hidden ones included, and maybe more.
    pub(super) fn rows_of(&self, table: Table) -> Result<u64, ReadError> {
        let sql = format!("SELECT coalesce(max(id),0) FROM {}", table.name());
        let most: i64 = self
            .connection
            .prepare_cached(&sql)?
            .query_row([], |row| row.get(0))?;
        Ok(u64::try_from(most).unwrap_or(0))
    }

    /// The way to all rows, in any order; none where no row can match.
    pub(super) fn plan_all(&self, node: &Node, table: Table) -> Result<Option<Plan>, ReadError> {
        if *node == Node::False {
            return Ok(None);
        }
        let rows = self.rows_of(table)?;
        if let Some((lead, expected)) = lead(node, u64::MAX)
            && expected.saturating_mul(LOOKUP) < rows
        {
            return Ok(Some(by_index(node, lead)));
        }
        if let Some(stretch) = time_of(node) {
            let expected = self.rows_within(stretch)?;
            if expected.saturating_mul(LOOKUP) < rows {
                return Ok(Some(in_time_order(node)));
            }
        }
        Ok(Some(whole(node)))
    }

    /// The way to the first rows in the order of their times.
    pub(super) fn plan_page(&self, node: &Node) -> Option<Plan> {
        match lead(node, SORTED) {
            _ if *node == Node::False => None,
            Some((lead, _)) => Some(by_index(node, lead)),
            None => Some(in_time_order(node)),
        }
    }

    /// The way to all rows in the order of their times.
    pub(super) fn plan_sorted(&self, node: &Node, table: Table) -> Result<Option<Plan>, ReadError> {
        let only_time = match node {
            Node::True => true,
            Node::Test(test) => matches!(test.key, Key::Time(_)),
            _ => false,
        };
        if only_time {
            return Ok(Some(in_time_order(node)));
        }
        self.plan_all(node, table)
    }

    /// Dated rows in a stretch of time, in whole minutes; of both tables.
    fn rows_within(&self, stretch: Stretch) -> Result<u64, ReadError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT coalesce(sum(count),0) FROM minute WHERE minute BETWEEN ?1 AND ?2",
        )?;
        let ends = params![
            stretch.first.div_euclid(MINUTE),
            stretch.last.div_euclid(MINUTE)
        ];
        let rows: i64 = statement.query_row(ends, |row| row.get(0))?;
        Ok(u64::try_from(rows).unwrap_or(0))
    }
}

/// The required test with an index and the fewest rows; one of several values only up to so many
/// rows, as these must be sorted.
fn lead(node: &Node, sorted: u64) -> Option<(&Test, u64)> {
    node.required()
        .into_iter()
        .filter_map(|test| match test.key {
            Key::Column { rows, single } if single || rows <= sorted => Some((test, rows)),
            Key::Rows(rows) if rows <= sorted => Some((test, rows)),
            _ => None,
        })
        .min_by_key(|(_, rows)| *rows)
}

fn time_of(node: &Node) -> Option<Stretch> {
    node.required().into_iter().find_map(|test| match test.key {
        Key::Time(stretch) => Some(stretch),
        _ => None,
    })
}

fn by_index(node: &Node, lead: &Test) -> Plan {
    // Row numbers are no part of the time index, so it must not be chosen instead of them.
    let time = !matches!(lead.key, Key::Rows(_));
    Plan {
        condition: visible(node.render(Some(lead), time)),
        whole: false,
    }
}

fn in_time_order(node: &Node) -> Plan {
    Plan {
        condition: visible(node.render(None, true)),
        whole: false,
    }
}

/// Reading the whole table.
pub(super) fn whole(node: &Node) -> Plan {
    Plan {
        condition: visible(node.render(None, true)),
        whole: true,
    }
}

fn visible(mut sql: Sql) -> Sql {
    sql.text = format!("hidden=0 AND ({})", sql.text);
    sql
}
