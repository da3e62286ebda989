//! What was recorded where and when: for each type, account and region.

use super::{Progress, ReadError, Reader};
use crate::query::Table;

/// What one source recorded in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSpan {
    /// `platform:format:kind`.
    pub data_type: String,
    /// The account, project or tenant.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Earliest time, UTC nanoseconds; none where all are undated.
    pub first: Option<i64>,
    /// Latest time.
    pub last: Option<i64>,
    /// UTC hours in which there is at least one row.
    pub hours: u64,
    /// Rows in view.
    pub rows: u64,
    /// Of these, rows without a time.
    pub undated: u64,
}

/// An hour in nanoseconds.
const HOUR: i64 = 3_600_000_000_000;

impl Reader {
    /// Every source of the case with its time span, those with most rows first, then by name; at
    /// most `limit` of them, and how many there are in all. SQLite adds up and puts aside what is
    /// much, so that nothing here grows with the rows.
    ///
    /// # Errors
    /// What SQLite says, or that the caller stopped.
    pub fn sources(
        &self,
        limit: usize,
        progress: &Progress,
    ) -> Result<(Vec<SourceSpan>, u64), ReadError> {
        self.watched(progress, || {
            let of = self.connection.query_row(
                &format!("SELECT count(*) FROM ({})", grouped()),
                [],
                |row| row.get::<_, i64>(0),
            )?;
            let sql = format!("{} ORDER BY 7 DESC, 1, 2, 3 LIMIT ?1", grouped());
            let mut statement = self.connection.prepare_cached(&sql)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let mut rows = statement.query([limit])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let number = |at: usize| row.get::<_, i64>(at).map(i64::unsigned_abs);
                found.push(SourceSpan {
                    data_type: row.get(0)?,
                    account: row.get(1)?,
                    region: row.get(2)?,
                    first: row.get(3)?,
                    last: row.get(4)?,
                    hours: number(5)?,
                    rows: number(6)?,
                    undated: number(7)?,
                });
            }
            Ok((found, of.unsigned_abs()))
        })
    }
}

/// Rows by source and hour first: an hour counts once however many rows it has.
fn grouped() -> String {
    // Down, before 1970 too.
    let hour = format!("(time-((time%{HOUR}+{HOUR})%{HOUR}))/{HOUR}");
    let by_hour = |table: Table| {
        format!(
            "SELECT type, account, region, {hour} AS hour, min(time) AS first, max(time) AS last, count(*) AS rows
             FROM {} WHERE hidden=0 GROUP BY 1, 2, 3, 4",
            table.name()
        )
    };
    let all: Vec<_> = Table::ALL.into_iter().map(by_hour).collect();
    let text = |column: &str| format!("(SELECT value FROM term WHERE id={column})");
    format!(
        "SELECT {} AS a, {} AS b, {} AS c, min(first), max(last), count(DISTINCT hour), sum(rows),
           sum(CASE WHEN hour IS NULL THEN rows ELSE 0 END)
         FROM ({}) GROUP BY a, b, c",
        text("type"),
        text("account"),
        text("region"),
        all.join(" UNION ALL ")
    )
}
