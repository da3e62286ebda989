//! The custody verifier over a stranger's chain: notes, roots, objects. Its keys are those that the
//! case itself names, so it can contradict the case but not vouch for it; who signed is for
//! `verify` to say, with keys from outside.

use super::{Check, Status};
use crate::case_file::CaseError;
use crate::examiner;
use crate::ledger::{Ledger, checkpoints};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::Path;
use vestige_custody::Vkey;
use vestige_custody::verify::{self, NoteFile, Trust, Verifier};

/// Verifies the chain; a contradiction refuses the case, what is merely not covered is passed over.
pub(super) fn verify(
    root: &Path,
    connection: &Connection,
    checks: &mut Vec<Check>,
) -> Result<(), CaseError> {
    let mut verifier = Verifier::new(own_keys(connection)?, notes(connection)?);
    Ledger::entries(connection, 0, &mut |stored| {
        verifier.line(stored.body);
        Ok(true)
    })?;
    // The originals are looked at where they are; here they count as missing, which is a warning.
    let report = verifier.finish(&BTreeMap::new());
    let failed = |check: &&verify::Check| check.status == verify::Status::Fail;
    if let Some(check) = report.checks.iter().find(failed) {
        let what = format!("{}: {}", check.check, check.detail);
        return Err(CaseError::Tampered {
            path: root.to_path_buf(),
            what,
        });
    }
    checks.push(Check {
        check: "notes",
        status: Status::Passed,
        detail: format!("{} of {} entries are signed", report.signed, report.size),
    });
    Ok(())
}

fn own_keys(connection: &Connection) -> Result<Trust, CaseError> {
    let examiners = examiner::all(connection)?;
    let keys = examiners
        .iter()
        .filter_map(|one| Vkey::parse(&one.vkey).ok());
    Ok(Trust {
        package_keys: keys.collect(),
        ..Trust::default()
    })
}

fn notes(connection: &Connection) -> Result<Vec<NoteFile>, CaseError> {
    let stored = checkpoints(connection)?.into_iter();
    Ok(stored
        .map(|one| NoteFile {
            name: format!("{:08}.note", one.size),
            bytes: one.note,
            token: one.token,
            query: one.request,
        })
        .collect())
}
