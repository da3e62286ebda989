//! Values that begin like what is being typed.

use rusqlite::params;
use vestige_model::Field;

use super::count::unsigned;
use super::{Progress, ReadError, Reader, TopValue};
use crate::query::term_kind;
use crate::term::{HashKey, TermKind, fold};

/// Terms of a kind up to which they are looked up one by one; more are found by reading all terms.
const FEW: i64 = 50_000;

/// Steps after which the reading ends with what it found: about 200 ms. Terms stand in the order
/// in which they first came, so those that are frequent are among the first.
const LONG: i64 = 200;

impl Reader {
    /// Values of a field that begin like this, whatever their case, most frequent first, with the
    /// dictionary's counts; none for a field that the dictionary does not hold. In a case with very
    /// many values those that came late may be missing.
    ///
    /// # Errors
    /// What SQLite says, or that the caller stopped.
    pub fn beginning(
        &self,
        field: Field,
        prefix: &str,
        limit: usize,
        progress: &Progress,
    ) -> Result<Option<Vec<TopValue>>, ReadError> {
        let Some(kind) = term_kind(field) else {
            return Ok(None);
        };
        let mut found = Vec::new();
        self.bounded(progress, LONG, || {
            self.terms_beginning(field, kind, prefix, &mut found)
        })?;
        let mut values: Vec<TopValue> = merged(found);
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        values.truncate(limit);
        Ok(Some(values))
    }

    fn terms_beginning(
        &self,
        field: Field,
        kind: TermKind,
        prefix: &str,
        found: &mut Vec<TopValue>,
    ) -> Result<(), ReadError> {
        let keys = HashKey::keys_of(kind);
        let few: i64 = self
            .connection
            .prepare_cached(
                "SELECT count(*) FROM (SELECT 1 FROM term WHERE key BETWEEN ?1 AND ?2 LIMIT ?3)",
            )?
            .query_row(params![keys.start(), keys.end(), FEW], |row| row.get(0))?;
        let hint = if few < FEW { "" } else { "NOT INDEXED" };
        let count = if field == Field::DstIp {
            "count_dst"
        } else {
            "count"
        };
        let sql = format!(
            "SELECT value, {count}, first, last FROM term {hint}
             WHERE key BETWEEN ?1 AND ?2 AND {count}>0 AND value LIKE ?3 ESCAPE '\\'"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![keys.start(), keys.end(), like(prefix)])?;
        while let Some(row) = rows.next()? {
            let value: String = row.get(0)?;
            if begins(&value, prefix) {
                found.push(TopValue {
                    value,
                    count: unsigned(row.get(1)?),
                    first: row.get(2)?,
                    last: row.get(3)?,
                });
            }
        }
        Ok(())
    }
}

/// A pattern for what begins so; SQLite folds ASCII only, so any character stands for others.
fn like(prefix: &str) -> String {
    let mut pattern = String::new();
    for c in prefix.chars() {
        match c {
            '%' | '_' | '\\' => pattern.extend(['\\', c]),
            _ if c.is_ascii() => pattern.push(c),
            _ => pattern.push('_'),
        }
    }
    pattern.push('%');
    pattern
}

fn begins(value: &str, prefix: &str) -> bool {
    let mut value = value.chars().map(fold);
    prefix.chars().map(fold).all(|c| value.next() == Some(c))
}

/// Texts that several clouds have are one value.
fn merged(mut found: Vec<TopValue>) -> Vec<TopValue> {
    found.sort_by(|a, b| a.value.cmp(&b.value));
    found.dedup_by(|next, kept| {
        let same = next.value == kept.value;
        if same {
            kept.count += next.count;
            kept.first = match (kept.first, next.first) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            kept.last = kept.last.max(next.last);
        }
        same
    });
    found
}
