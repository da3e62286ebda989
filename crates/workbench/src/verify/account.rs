//! Whether the accounts of members (found, stored, duplicate, rejected, ignored, their state and
//! their warnings) come to what the import entries state, and agree with the rows, duplicates and
//! warnings that the case holds.

use std::collections::BTreeMap;

use vestige_custody::{EntryLine, Value};
use vestige_model::Tally;
use vestige_store::Connection;
use vestige_store::account::{self, Imported};

use super::Check;
use crate::error::WorkError;

/// What the import entries taken so far state.
#[derive(Debug, Default)]
pub(super) struct Accounts(BTreeMap<u64, Stated>);

/// What one entry states of its members. Entries of the first form say nothing of partly read
/// members and warnings.
#[derive(Debug)]
struct Stated {
    sums: Imported,
    further: bool,
}

impl Accounts {
    /// Takes the next entry.
    pub(super) fn take(&mut self, entry: &EntryLine) {
        let number = |name: &str| {
            let value = entry.detail(name).and_then(Value::as_int);
            value.map(i64::unsigned_abs)
        };
        let Some(members) = number("members") else {
            return;
        };
        if entry.detail_text("rows_sha256").is_none() {
            return;
        }
        let count = |name: &str| number(name).unwrap_or_default();
        let stated = Stated {
            further: number("warnings").is_some(),
            sums: Imported {
                members,
                partial: count("members_partial"),
                unread: count("members_rejected"),
                tally: Tally {
                    found: count("found"),
                    stored: count("stored"),
                    duplicate: 0,
                    rejected: count("rejected"),
                    ignored: count("ignored"),
                    events: count("rows"),
                },
                warnings: count("warnings"),
            },
        };
        self.0.insert(entry.seq, stated);
    }

    /// Compares with the tables.
    pub(super) fn compare(&self, connection: &Connection) -> Result<Vec<Check>, WorkError> {
        let found = account::imported(connection)?;
        let mut differences: Vec<String> = self
            .0
            .iter()
            .filter_map(|(seq, stated)| stated.differs(*seq, found.get(seq).copied()))
            .collect();
        for seq in found.keys().filter(|seq| !self.0.contains_key(seq)) {
            differences.push(format!("members name entry {seq}, which imported none"));
        }
        differences.extend(disagreeing(connection)?);
        if differences.is_empty() {
            let detail = format!(
                "the accounts of members come to what {} import entries state",
                self.0.len()
            );
            return Ok(vec![Check::pass("accounts", detail)]);
        }
        let failed = differences.into_iter();
        Ok(failed
            .map(|detail| Check::fail("accounts", detail))
            .collect())
    }
}

impl Stated {
    fn differs(&self, seq: u64, found: Option<Imported>) -> Option<String> {
        let mut found = found.unwrap_or_default();
        if !self.further {
            found.partial = 0;
            found.unread = 0;
            found.warnings = 0;
        }
        (found != self.sums).then(|| {
            format!(
                "members of custody entry {seq}: expected {}, found {}",
                shown(&self.sums),
                shown(&found)
            )
        })
    }
}

fn shown(sums: &Imported) -> String {
    let tally = &sums.tally;
    format!(
        "{} members ({} partial, {} rejected) with {} records found, {} stored or duplicate, {} rejected, {} ignored, {} rows, {} warnings",
        sums.members,
        sums.partial,
        sums.unread,
        tally.found,
        tally.stored,
        tally.rejected,
        tally.ignored,
        tally.events,
        sums.warnings
    )
}

fn disagreeing(connection: &Connection) -> Result<Option<String>, WorkError> {
    let found = account::disagreeing(connection)?;
    if found == account::Disagreeing::default() {
        return Ok(None);
    }
    Ok(Some(format!(
        "expected the account of each member to agree with what the case holds of it, found {} members whose sums do not hold, {} that count other duplicates than are on record, {} that count other warnings than there are, {} warnings that belong to nothing",
        found.sums, found.duplicates, found.warnings, found.strays
    )))
}
