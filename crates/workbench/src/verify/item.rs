//! What custody says of one evidence item, and whether its original still is what was received.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use vestige_acquire::reopen::{Item, hash_original};
use vestige_custody::hex;
use vestige_custody::line::Line;
use vestige_custody::verify::{Observed, Report, Verifier};
use vestige_store::case_file::CaseReader;
use vestige_store::ledger::Ledger;
use vestige_store::page::Origin;
use vestige_store::writer;

use super::case::{case_of, case_trust, notes};
use super::{Check, Status, Terms, replay};
use crate::error::WorkError;
use crate::home::Home;
use crate::host::Host;
use crate::item;
use crate::progress::Counters;

/// What custody says of one item.
pub(crate) struct OfItem {
    /// The verifier's report.
    pub report: Report,
    /// What concerns the chain and this item.
    pub checks: Vec<Check>,
    /// The custody entry that withdrew the item.
    pub withdrawn_by: Option<u64>,
}

/// Verifies the chain, and hashes the original of one item again.
pub(crate) fn of_item(
    host: &dyn Host,
    reader: &CaseReader,
    origin: &Origin,
) -> Result<OfItem, WorkError> {
    let home = Home::of(host)?;
    let known = home.known(reader.case().id())?;
    let made_here = known.is_some_and(|known| known.made_here);
    let trust = case_trust(host, &home, made_here, case_of(reader), &Terms::default())?;
    let mut verifier = Verifier::new(trust, notes(reader.connection())?);
    let mut withdrawn_by = None;
    Ledger::entries(reader.connection(), 0, &mut |stored| {
        verifier.line(stored.body);
        if let Ok(Line::Entry(entry)) = Line::parse(stored.body)
            && entry.event == "evidence.withdrawn"
            && replay::items(&entry).contains(&origin.evidence)
        {
            withdrawn_by = Some(entry.seq);
        }
        Ok(true)
    })?;
    let name = item::name(origin.evidence);
    let stated = stated(&verifier, &name, &origin.sha256);
    let (observed, original) = original(host, reader, origin, &name)?;
    let report = verifier.finish(&BTreeMap::from([(name, observed)]));
    // The other items are not looked at, which is no shortcoming of this one.
    let concerns = |check: &&vestige_custody::verify::Check| {
        check.check != "evidence" || check.status == Status::Fail
    };
    let mut checks: Vec<Check> = report
        .checks
        .iter()
        .filter(concerns)
        .map(|check| Check {
            check: check.check.to_owned(),
            status: check.status,
            detail: check.detail.clone(),
        })
        .collect();
    checks.extend([stated, original]);
    Ok(OfItem {
        report,
        checks,
        withdrawn_by,
    })
}

/// Whether the entries state the digest that the item's row has.
fn stated(verifier: &Verifier, name: &str, sha256: &[u8; 32]) -> Check {
    let found = hex(sha256);
    let mut expected = verifier.expected().filter(|item| item.id == name);
    match expected.next().map(|item| item.sha256) {
        Some(stated) if stated == found => Check::pass(
            "received",
            format!("the custody entries state SHA-256 {stated} for {name}"),
        ),
        stated => Check::fail(
            "received",
            format!(
                "{name}: expected the SHA-256 that the custody entries state ({}), found {found} in its row",
                stated.unwrap_or("none")
            ),
        ),
    }
}

/// What lies there now.
fn original(
    host: &dyn Host,
    reader: &CaseReader,
    origin: &Origin,
    name: &str,
) -> Result<(Observed, Check), WorkError> {
    let (sha256, size, in_place, path, ..) =
        writer::origin(reader.connection(), origin.member.0).map_err(WorkError::database)?;
    let item = if in_place {
        Item::in_place(path, sha256, size)
    } else {
        Item::kept(reader.case().root(), sha256, size)
    };
    let counters = Counters::new(size);
    let mut before = 0;
    let hashed = hash_original(&item, &mut |done| {
        counters.bytes(done - before);
        before = done;
        host.progress(&counters.now("hashing the original"));
        if host.cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    match hashed {
        Ok(Some(found)) if found == sha256 => Ok((
            Observed::Present {
                sha256: found,
                size,
            },
            Check::pass(
                "original",
                format!("{name} was hashed again: {}", hex(&found)),
            ),
        )),
        Ok(Some(found)) => {
            let detail = format!(
                "{name}: expected SHA-256 {}, found {}",
                hex(&sha256),
                hex(&found)
            );
            let observed = Observed::Present {
                sha256: found,
                size,
            };
            Ok((observed, Check::fail("original", detail)))
        }
        Ok(None) => Err(WorkError::Stopped {
            doing: "hashing the original",
        }),
        Err(error) => Ok((
            Observed::Missing,
            Check::fail("original", format!("{name}: {error}")),
        )),
    }
}
