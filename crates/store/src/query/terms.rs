//! From values to dictionary ids.

use std::collections::HashMap;

use rusqlite::{Connection, Result};

use super::expr::Value;
use super::function::TextSet;
use super::network::AddressRange;
use crate::term::TermKind;

/// The terms that some values mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Terms {
    /// Their ids, least first.
    pub ids: Vec<i64>,
    /// Rows that have them, as source and as destination where they are addresses; a row may be
    /// counted more than once.
    pub rows: u64,
}

/// Looks values up, each set of them once.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    found: HashMap<(TermKind, String), Terms>,
}

impl Lookup {
    /// The terms of this kind that any of the values means.
    pub fn find(
        &mut self,
        connection: &Connection,
        kind: TermKind,
        values: &[Value],
    ) -> Result<Terms> {
        let key = (kind, format!("{values:?}"));
        if let Some(terms) = self.found.get(&key) {
            return Ok(terms.clone());
        }
        let terms = match single(values) {
            Some(text) => by_text(connection, kind, &text)?,
            None => by_reading(connection, kind, values)?,
        };
        self.found.insert(key, terms.clone());
        Ok(terms)
    }
}

/// The text, where there is one value, without wild cards and in ASCII: SQLite compares it itself.
fn single(values: &[Value]) -> Option<String> {
    match values {
        [Value::Text(pattern)] => pattern.exact().filter(|text| text.is_ascii()),
        _ => None,
    }
}

const COLUMNS: &str = "SELECT id, count+count_dst, value FROM term WHERE kind=?1";

fn by_text(connection: &Connection, kind: TermKind, text: &str) -> Result<Terms> {
    let mut statement =
        connection.prepare_cached(&format!("{COLUMNS} AND value=?2 COLLATE NOCASE"))?;
    let mut rows = statement.query((kind as u8, text))?;
    let mut terms = Terms::default();
    while let Some(row) = rows.next()? {
        terms.add(row.get(0)?, row.get(1)?);
    }
    terms.ids.sort_unstable();
    Ok(terms)
}

fn by_reading(connection: &Connection, kind: TermKind, values: &[Value]) -> Result<Terms> {
    let texts = TextSet::new(values.iter().filter_map(|value| match value {
        Value::Text(pattern) => Some(pattern.clone()),
        _ => None,
    }));
    let ranges: Vec<&AddressRange> = values
        .iter()
        .filter_map(|value| match value {
            Value::Addresses(range) => Some(range),
            _ => None,
        })
        .collect();
    let mut statement = connection.prepare_cached(COLUMNS)?;
    let mut rows = statement.query([kind as u8])?;
    let mut terms = Terms::default();
    while let Some(row) = rows.next()? {
        let value = row.get_ref(2)?.as_str()?;
        if texts.matches(value) || ranges.iter().any(|range| range.has(value)) {
            terms.add(row.get(0)?, row.get(1)?);
        }
    }
    terms.ids.sort_unstable();
    Ok(terms)
}

impl Terms {
    fn add(&mut self, id: i64, rows: i64) {
        self.ids.push(id);
        self.rows = self.rows.saturating_add(u64::try_from(rows).unwrap_or(0));
    }
}
