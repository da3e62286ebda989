//! Reading all rows that match, in any order, a bounded number at a time.

use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::{ReadError, Reader};
use crate::query::{Node, Table};

/// Row numbers between two reports of progress: about 30 milliseconds.
const CHUNK: u64 = 1 << 18;

impl Reader {
    /// Calls `each` with the columns of every visible row that matches; where `columns` is an
    /// aggregate, with one row for each part that was read. To be called within
    /// [`Reader::watched`].
    pub(super) fn scan(
        &self,
        table: Table,
        node: &Node,
        columns: &str,
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let Some(plan) = self.plan_all(node, table)? else {
            return Ok(());
        };
        let select = format!(
            "SELECT {columns} FROM {} WHERE {}",
            plan.source(table),
            plan.condition.text
        );
        if !plan.whole {
            return self.run(&select, &plan.condition.values, each);
        }
        let rows = self.rows_of(table)?;
        let select = format!("{select} AND id BETWEEN ? AND ?");
        let mut from = 0;
        while from <= rows {
            let mut values = plan.condition.values.clone();
            let to = from + CHUNK - 1;
            values.extend(
                [from, to].map(|end| Value::Integer(i64::try_from(end).unwrap_or(i64::MAX))),
            );
            self.run(&select, &values, each)?;
            self.advance(CHUNK.min(rows + 1 - from))?;
            from += CHUNK;
        }
        Ok(())
    }

    fn run(
        &self,
        select: &str,
        values: &[Value],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let mut statement = self.connection.prepare_cached(select)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            each(row)?;
        }
        Ok(())
    }
}
