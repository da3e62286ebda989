//! The facts of a stranger's case, which are shown before anybody verifies it, against the entries
//! that state them.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;
use vestige_custody::json::{self, Value};

use super::{Check, passed};
use crate::case_file::CaseError;
use crate::ledger::Ledger;
use crate::summary;

/// Refuses a case of which a fact is not what its entries state.
pub(super) fn verify(
    root: &Path,
    connection: &Connection,
    checks: &mut Vec<Check>,
) -> Result<(), CaseError> {
    let mut stated = BTreeMap::new();
    Ledger::entries(connection, 0, &mut |stored| {
        if let Ok(entry) = json::parse(stored.body) {
            take(&mut stated, &entry);
        }
        Ok(true)
    })?;
    let facts = summary::facts(connection)?;
    let differs = |name: &&String| facts.get(*name) != stated.get(*name);
    if let Some(name) = facts.keys().chain(stated.keys()).find(differs) {
        let text = |of: &BTreeMap<String, String>| of.get(name).cloned().unwrap_or_default();
        let (expected, found) = (text(&stated), text(&facts));
        return Err(CaseError::Tampered {
            path: root.to_path_buf(),
            what: format!(
                "its fact {name:?} is {found:?}, and its custody entries state {expected:?}"
            ),
        });
    }
    checks.push(passed(
        "facts",
        format!("{} facts are as the entries state them", facts.len()),
    ));
    Ok(())
}

/// What an entry states.
fn take(stated: &mut BTreeMap<String, String>, entry: &Value) {
    let text = |place: &[&str]| {
        let found = place
            .iter()
            .try_fold(entry, |value, name| value.get(name))?;
        found.as_text().map(str::to_owned)
    };
    let mut state = |name: &str, value: Option<String>| {
        stated.extend(value.map(|value| (name.to_owned(), value)));
    };
    match text(&["event"]).as_deref() {
        Some("case.created") => {
            state("case", text(&["case"]));
            state("created", text(&["recorded_at"]));
            for name in ["salt", "title", "custody_level", "reference", "zone"] {
                state(name, text(&["details", name]));
            }
            for (name, member) in [
                ("examiner", "name"),
                ("organisation", "org"),
                ("role", "role"),
            ] {
                state(name, Some(text(&["actor", member]).unwrap_or_default()));
            }
            let authority = text(&["authority", "type"]).zip(text(&["authority", "id"]));
            state(
                "authority",
                authority.map(|(kind, id)| format!("{kind}:{id}")),
            );
        }
        Some("case.custody_level_changed") => state("custody_level", text(&["details", "new"])),
        _ => {}
    }
}
