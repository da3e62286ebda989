//! What people noted about rows.

use vestige_store::page::{Reader, RowRef};

use crate::error::WorkError;
use crate::wire::Noted;

/// What is noted about each of these rows.
pub(super) fn noted_of(_: &Reader, rows: &[RowRef]) -> Result<Vec<Noted>, WorkError> {
    let none = |_: &RowRef| Noted {
        starred: false,
        mark: None,
        tags: Vec::new(),
        comments: Vec::new(),
    };
    Ok(rows.iter().map(none).collect())
}
