//! The chain alone: its entries, notes and time stamps. Originals and rows are not looked at.

use std::collections::BTreeMap;

use vestige_custody::CaseId;
use vestige_custody::verify::Verifier;
use vestige_store::Connection;
use vestige_store::ledger::Ledger;

use super::case::{case_trust, notes};
use super::{Status, Terms, Verification};
use crate::error::WorkError;
use crate::home::Home;
use crate::host::Host;

/// Verifies the chain of a case, as it stands for this connection.
///
/// # Errors
/// What SQLite says; what a check finds is no error.
pub(crate) fn chain(
    host: &dyn Host,
    id: &CaseId,
    connection: &Connection,
) -> Result<Verification, WorkError> {
    let home = Home::of(host)?;
    let made_here = home.known(id)?.is_some_and(|known| known.made_here);
    let trust = case_trust(host, &home, made_here, (id, connection), &Terms::default())?;
    let mut verifier = Verifier::new(trust, notes(connection)?);
    Ledger::entries(connection, 0, &mut |stored| {
        verifier.line(stored.body);
        Ok(true)
    })?;
    let mut report = verifier.finish(&BTreeMap::new());
    // That originals are not looked at is no shortcoming of the chain.
    report
        .checks
        .retain(|check| check.check != "evidence" || check.status == Status::Fail);
    Ok(Verification::of(report, Vec::new(), Vec::new()))
}
