//! From values to dictionary ids.

use std::collections::HashMap;

use rusqlite::{Connection, Result, Row};

use super::expr::Value;
use super::function::TextSet;
use super::network::AddressRange;
use super::pattern::Pattern;
use crate::term::{HashKey, TermKind};

/// The terms that some values mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Terms {
    /// Their ids, least first.
    pub ids: Vec<i64>,
    /// Rows that have them, other than as destination address; a row may be counted more than once.
    pub rows: u64,
}

/// Looks values up, each set of them once.
#[derive(Debug)]
pub(crate) struct Lookup {
    key: HashKey,
    found: HashMap<(TermKind, String), Terms>,
}

impl Lookup {
    /// A look-up under the key of the case's dictionary.
    pub fn new(key: HashKey) -> Lookup {
        Lookup {
            key,
            found: HashMap::new(),
        }
    }

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
        let terms = match exact(values) {
            Some(texts) => by_text(connection, self.key, kind, &texts)?,
            None => by_reading(connection, kind, values)?,
        };
        self.found.insert(key, terms.clone());
        Ok(terms)
    }
}

/// The values, where all of them are texts without wild cards: these are found by their keys.
fn exact(values: &[Value]) -> Option<Vec<(&Pattern, String)>> {
    values
        .iter()
        .map(|value| match value {
            Value::Text(pattern) => Some((pattern, pattern.exact()?)),
            _ => None,
        })
        .collect()
}

const BY_KEY: &str = "SELECT id, count, value FROM term WHERE kind=?1 AND key BETWEEN ?2 AND ?3";

/// The same by reading the whole dictionary.
const WHOLE: &str =
    "SELECT id, count, value FROM term NOT INDEXED WHERE kind=?1 AND key BETWEEN ?2 AND ?3";

/// The way to the terms of a kind: by their keys, unless they are so many that reading the whole
/// dictionary in its order is faster.
fn way(connection: &Connection, kind: TermKind) -> Result<&'static str> {
    const LOOKUP: i64 = 6;
    let last = "SELECT coalesce(max(id),0) FROM term";
    let all: i64 = connection
        .prepare_cached(last)?
        .query_row([], |row| row.get(0))?;
    let keys = HashKey::keys_of(kind);
    let some = "SELECT count(*) FROM (SELECT 1 FROM term WHERE key BETWEEN ?1 AND ?2 LIMIT ?3)";
    let few: i64 = connection
        .prepare_cached(some)?
        .query_row((keys.start(), keys.end(), all / LOOKUP + 1), |row| {
            row.get(0)
        })?;
    Ok(if few <= all / LOOKUP { BY_KEY } else { WHOLE })
}

fn by_text(
    connection: &Connection,
    key: HashKey,
    kind: TermKind,
    texts: &[(&Pattern, String)],
) -> Result<Terms> {
    let mut statement = connection.prepare_cached(BY_KEY)?;
    let mut terms = Terms::default();
    for (pattern, text) in texts {
        let keys = key.spellings(kind, text);
        let mut rows = statement.query((kind as u8, keys.start(), keys.end()))?;
        while let Some(row) = rows.next()? {
            if pattern.matches(row.get_ref(2)?.as_str()?) {
                terms.add(row)?;
            }
        }
    }
    terms.sort();
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
    let mut statement = connection.prepare_cached(way(connection, kind)?)?;
    let keys = HashKey::keys_of(kind);
    let mut rows = statement.query((kind as u8, keys.start(), keys.end()))?;
    let mut terms = Terms::default();
    while let Some(row) = rows.next()? {
        let value = row.get_ref(2)?.as_str()?;
        if texts.matches(value) || ranges.iter().any(|range| range.has(value)) {
            terms.add(row)?;
        }
    }
    terms.sort();
    Ok(terms)
}

impl Terms {
    /// Adds a row of [`BY_KEY`].
    fn add(&mut self, row: &Row<'_>) -> Result<()> {
        let count: i64 = row.get(1)?;
        self.ids.push(row.get(0)?);
        self.rows = self.rows.saturating_add(u64::try_from(count).unwrap_or(0));
        Ok(())
    }

    fn sort(&mut self) {
        self.ids.sort_unstable();
        self.ids.dedup();
    }
}
