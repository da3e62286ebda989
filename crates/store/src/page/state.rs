//! Which rows a case shows.

use super::{ReadError, Reader};

/// What differs whenever the rows that a case shows do: what was found in one state does not hold
/// in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowsState {
    last_event: i64,
    last_flow: i64,
    withdrawn: i64,
    pending: i64,
}

impl Reader {
    /// The state of the rows now.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn rows_state(&self) -> Result<RowsState, ReadError> {
        // One statement, so that all of it is of one moment.
        let mut statement = self.connection.prepare_cached(
            "SELECT (SELECT coalesce(max(id),0) FROM event), (SELECT coalesce(max(id),0) FROM flow),
                    (SELECT count(withdrawn_seq) FROM evidence), (SELECT count(*) FROM pending)",
        )?;
        Ok(statement.query_row([], |row| {
            Ok(RowsState {
                last_event: row.get(0)?,
                last_flow: row.get(1)?,
                withdrawn: row.get(2)?,
                pending: row.get(3)?,
            })
        })?)
    }
}
