//! One evidence item with everything around it.

use std::path::Path;

use vestige_acquire::original;
use vestige_store::Connection;
use vestige_store::evidence::{self, ItemRow, WarningRow};

use super::{CallHost, Desk};
use crate::annotations;
use crate::error::WorkError;
use crate::wire::{ItemId, ItemNotes, ItemView, WarningView};
use crate::{custody, import, item};

/// Warnings and rejected records that are listed.
const LISTED: u32 = 1000;

impl Desk {
    pub(super) fn item(&self, _: &CallHost<'_>, input: ItemId) -> Result<ItemView, WorkError> {
        let id = item::parse(&input.id)?;
        let open = self.needed()?;
        let reader = open.reader()?;
        view(reader.connection(), open.root(), id)
    }
}

fn view(connection: &Connection, case: &Path, id: i64) -> Result<ItemView, WorkError> {
    let found = evidence::item(connection, id).map_err(WorkError::database)?;
    let one = found.ok_or_else(|| WorkError::Absent {
        case: case.to_path_buf(),
        what: "evidence item",
        expected: "an item of the case".to_owned(),
        found: format!("no {}", item::name(id)),
    })?;
    let members = evidence::members(connection, one.duplicate_of.unwrap_or(id));
    let members = members.map_err(WorkError::database)?;
    let warnings = evidence::first_warnings(connection, id, LISTED);
    let warnings = warnings.map_err(WorkError::database)?;
    Ok(ItemView {
        files: import::files_of(connection, &one, &members)?,
        trail: custody::naming(connection, &item::name(id))?,
        warnings: warnings.into_iter().map(told).collect(),
        warnings_total: one.warnings,
        provider: import::provider_facts(connection, &one, &members)?,
        notes: notes(connection, id)?,
        original: original(case, &one),
        in_place: one.in_place,
    })
}

/// Legal notes.
fn notes(connection: &Connection, id: i64) -> Result<ItemNotes, WorkError> {
    let mut all = annotations::item_notes(connection)?;
    Ok(all.remove(&item::name(id)).unwrap_or_default().into())
}

/// Where the original lies, or lay where nothing of it could be read.
fn original(case: &Path, one: &ItemRow) -> String {
    match one.sha256 {
        Some(sha256) if !one.in_place => original::path_of(case, &sha256).display().to_string(),
        _ => one.path.clone(),
    }
}

fn told(row: WarningRow) -> WarningView {
    WarningView {
        member: row.member_name,
        offset: row.warning.offset,
        length: row.warning.length,
        reason: row.warning.reason,
        expected: row.warning.expected,
        found: row.warning.found,
        excerpt: row.warning.excerpt,
    }
}
