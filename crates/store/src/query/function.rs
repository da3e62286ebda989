//! The SQL functions that compiled queries call.

use std::collections::HashSet;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};

use super::bits;
use super::pattern::Pattern;
use crate::term::fold;

/// Adds the functions to a connection.
///
/// - `vestige_has(bits, number)`: whether the bit string has the number; absent numbers never are.
/// - `vestige_matches(value, patterns)`: whether a text, or a UUID of sixteen bytes, matches any of
///   the patterns, a JSON list of spellings.
///
/// # Errors
/// What SQLite says.
pub fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("vestige_has", 2, flags, |context| {
        Ok(match (context.get_raw(0), context.get_raw(1)) {
            (ValueRef::Blob(bytes), ValueRef::Integer(number)) => bits::has(bytes, number),
            _ => false,
        })
    })?;
    connection.create_scalar_function("vestige_matches", 2, flags, matches)
}

fn matches(context: &mut Context<'_>) -> Result<bool> {
    let set = context.get_or_create_aux(1, |list| -> Result<TextSet> {
        let list = list
            .as_str()
            .map_err(|error| Error::UserFunctionError(error.into()))?;
        let spellings: Vec<String> =
            serde_json::from_str(list).map_err(|error| Error::UserFunctionError(error.into()))?;
        Ok(TextSet::new(
            spellings.iter().map(|spelling| Pattern::new(spelling)),
        ))
    })?;
    Ok(match context.get_raw(0) {
        ValueRef::Text(text) => std::str::from_utf8(text).is_ok_and(|text| set.matches(text)),
        ValueRef::Blob(bytes) => uuid_text(bytes).is_some_and(|text| set.matches(&text)),
        _ => false,
    })
}

/// The text of a UUID that is stored as its sixteen bytes.
pub(crate) fn uuid_text(bytes: &[u8]) -> Option<String> {
    uuid::Uuid::from_slice(bytes)
        .ok()
        .map(|uuid| uuid.hyphenated().to_string())
}

/// Patterns to be matched together: those without wild cards by one look-up.
#[derive(Debug, Default)]
pub(crate) struct TextSet {
    exact: HashSet<String>,
    wild: Vec<Pattern>,
}

impl TextSet {
    /// All of these.
    pub fn new(patterns: impl IntoIterator<Item = Pattern>) -> TextSet {
        let mut set = TextSet::default();
        for pattern in patterns {
            match pattern.exact() {
                Some(text) => {
                    set.exact.insert(text.chars().map(fold).collect());
                }
                None => set.wild.push(pattern),
            }
        }
        set
    }

    /// Whether any of them matches.
    pub fn matches(&self, value: &str) -> bool {
        let exact = !self.exact.is_empty()
            && self
                .exact
                .contains(&value.chars().map(fold).collect::<String>());
        exact || self.wild.iter().any(|pattern| pattern.matches(value))
    }
}
