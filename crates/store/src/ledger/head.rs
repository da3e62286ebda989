//! The head of a chain: how many entries, and the leaf hash of the last.

use crate::case_file::CaseError;
use rusqlite::{Connection, OptionalExtension, Result};
use std::fmt;
use std::path::PathBuf;
use vestige_custody::hash::{Hash, hex};

/// What one has to remember of a chain to notice that it was cut or rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head {
    /// Number of entries; at least one.
    pub size: u64,
    /// Leaf hash of the last of them, which by `prev` covers all before.
    pub leaf: Hash,
}

impl fmt::Display for Head {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "entry {} with hash {}",
            self.size.saturating_sub(1),
            hex(&self.leaf)
        )
    }
}

impl Head {
    /// The head of the chain, none where it has no entry.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn read(connection: &Connection) -> Result<Option<Self>> {
        connection
            .query_row(
                "SELECT seq,leaf FROM custody_entry ORDER BY seq DESC LIMIT 1",
                [],
                |row| {
                    Ok(Self {
                        size: row.get::<_, i64>(0)?.unsigned_abs() + 1,
                        leaf: row.get(1)?,
                    })
                },
            )
            .optional()
    }

    /// The head the chain had when it had `size` entries, none where it never had so many.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn at(connection: &Connection, size: u64) -> Result<Option<Self>> {
        let Some(seq) = size.checked_sub(1).and_then(|seq| i64::try_from(seq).ok()) else {
            return Ok(None);
        };
        connection
            .query_row(
                "SELECT leaf FROM custody_entry WHERE seq=?1",
                [seq],
                |row| {
                    Ok(Self {
                        size,
                        leaf: row.get(0)?,
                    })
                },
            )
            .optional()
    }

    /// The head of a chain that must have one.
    ///
    /// # Errors
    /// What SQLite says; [`CaseError::Tampered`] where the chain is empty.
    pub(crate) fn required(connection: &Connection) -> std::result::Result<Self, CaseError> {
        let path = connection.path().map(PathBuf::from).unwrap_or_default();
        Self::read(connection)
            .map_err(|error| CaseError::sqlite(&path, "reading the custody chain", error))?
            .ok_or_else(|| {
                let what = "its custody chain has no entry".to_owned();
                CaseError::Tampered { path, what }
            })
    }
}
