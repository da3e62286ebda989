//! All rows in the order of their times, one after the other, for exports.

use rusqlite::types::Value;
use rusqlite::{Row, Rows, params_from_iter};

use super::events::{Cursor, Order};
use super::row::{RowRef, StoredRow};
use super::{Progress, ReadError, Reader};
use crate::query::{Compiled, Sql, Table};

/// Rows between two reports of progress.
const TOLD: u64 = 1_000;

impl Reader {
    /// Calls `each` with every visible row that matches, in the order of (time, table, number);
    /// it says whether to go on. No rows are held. Progress counts the rows given.
    ///
    /// # Errors
    /// What SQLite says, what is damaged, that the caller stopped, or what `each` returns.
    pub fn stream<E: From<ReadError>>(
        &self,
        query: &Compiled,
        order: Order,
        progress: &Progress,
        each: &mut dyn FnMut(StoredRow) -> Result<bool, E>,
    ) -> Result<(), E> {
        // What `each` fails with is kept aside, as the way here has an error of its own.
        let mut failed = None;
        self.places_in_order(query, order, progress, &mut |place| {
            let Some(row) = self.row(place.row)? else {
                return Ok(true);
            };
            each(row).or_else(|error| {
                failed = Some(error);
                Ok(false)
            })
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// Calls `each` with the place of every row that matches, in their order.
    pub(super) fn places_in_order(
        &self,
        query: &Compiled,
        order: Order,
        progress: &Progress,
        each: &mut dyn FnMut(Cursor) -> Result<bool, ReadError>,
    ) -> Result<(), ReadError> {
        self.watched(progress, || {
            self.advance(0)?;
            for dated in ["time IS NOT NULL", "time IS NULL"] {
                if !self.merge(query, order, dated, each)? {
                    break;
                }
            }
            Ok(())
        })
    }

    fn merge(
        &self,
        query: &Compiled,
        order: Order,
        dated: &str,
        each: &mut dyn FnMut(Cursor) -> Result<bool, ReadError>,
    ) -> Result<bool, ReadError> {
        let event = self.sorted(query, Table::Event, order, dated)?;
        let flow = self.sorted(query, Table::Flow, order, dated)?;
        let mut event_statement = self.connection.prepare_cached(&event.text)?;
        let mut flow_statement = self.connection.prepare_cached(&flow.text)?;
        let mut heads = [
            Head::new(
                event_statement.query(params_from_iter(&event.values))?,
                Table::Event,
            )?,
            Head::new(
                flow_statement.query(params_from_iter(&flow.values))?,
                Table::Flow,
            )?,
        ];
        let mut given = 0;
        loop {
            let next = match (heads[0].place, heads[1].place) {
                (None, None) => return Ok(true),
                (Some(_), None) => 0,
                (None, Some(_)) => 1,
                (Some(event), Some(flow)) => usize::from(!event.precedes(&flow, order)),
            };
            let Some(place) = heads[next].place else {
                return Ok(true);
            };
            heads[next].advance()?;
            given += 1;
            if given == TOLD {
                self.advance(given)?;
                given = 0;
            }
            if !each(place)? {
                return Ok(false);
            }
        }
    }

    /// The statement that gives a table's places in order.
    fn sorted(
        &self,
        query: &Compiled,
        table: Table,
        order: Order,
        dated: &str,
    ) -> Result<Sql, ReadError> {
        let order = order.sql();
        let Some(plan) = self.plan_sorted(query.node(table), table)? else {
            return Ok(Sql {
                text: "SELECT NULL, NULL WHERE 0".to_owned(),
                values: Vec::<Value>::new(),
            });
        };
        Ok(Sql {
            text: format!(
                "SELECT time, id FROM {} WHERE {} AND {dated} ORDER BY time {order}, id {order}",
                plan.source(table),
                plan.condition.text
            ),
            values: plan.condition.values,
        })
    }
}

/// The next place of one table.
struct Head<'a> {
    rows: Rows<'a>,
    table: Table,
    place: Option<Cursor>,
}

impl<'a> Head<'a> {
    fn new(rows: Rows<'a>, table: Table) -> Result<Head<'a>, ReadError> {
        let mut head = Head {
            rows,
            table,
            place: None,
        };
        head.advance()?;
        Ok(head)
    }

    fn advance(&mut self) -> Result<(), ReadError> {
        let table = self.table;
        let place = |row: &Row<'_>| -> rusqlite::Result<Cursor> {
            Ok(Cursor {
                time: row.get(0)?,
                row: RowRef {
                    table,
                    id: row.get(1)?,
                },
            })
        };
        self.place = self.rows.next()?.map(place).transpose()?;
        Ok(())
    }
}
