//! Making a case.

use super::folder::{DATABASE, Staging};
use super::{Case, CaseError, CaseWriter, open};
use crate::connection::{self, Settings};
use crate::fault::Faults;
use crate::ledger::{By, Ledger};
use crate::migration::{self, KNOWN};
use rusqlite::{Transaction, TransactionBehavior};
use std::path::Path;
use vestige_custody::entry::Authority;
use vestige_custody::{CaseId, Entry, Event, Level, hex};
use vestige_model::time::format_millis;

/// What is stated when a case begins. The id and the salt are random and come from the caller.
#[derive(Clone, Debug)]
pub struct Genesis {
    /// A UUID of version 4.
    pub case: CaseId,
    /// Sixteen random bytes that keep two cases of the same title apart.
    pub salt: [u8; 16],
    /// What the case is called.
    pub title: String,
    /// The client's or the court's own reference.
    pub reference: Option<String>,
    /// By what right the case is worked on.
    pub authority: Option<Authority>,
    /// IANA name of the zone in which times are shown.
    pub zone: Option<String>,
    /// How strict the record is.
    pub custody_level: Level,
    /// The public key of the examiner, as a signed note names it.
    pub vkey: Option<String>,
}

pub(super) fn create(
    path: &Path,
    genesis: &Genesis,
    by: &By,
    now: i64,
    settings: &Settings,
    faults: &Faults,
) -> Result<CaseWriter, CaseError> {
    let staging = Staging::begin(path, faults)?;
    fill(&staging, genesis, by, now, settings, faults)?;
    let (root, lock) = staging.publish()?;
    let case = Case::open_known(&root, None, settings)?;
    open::locked(case, lock, by, faults)
}

fn fill(
    staging: &Staging,
    genesis: &Genesis,
    by: &By,
    now: i64,
    settings: &Settings,
    faults: &Faults,
) -> Result<(), CaseError> {
    let database = staging.folder().join(DATABASE);
    let failed = |error| CaseError::sqlite(&database, "making the case file", error);
    let mut connection = faults.step("create database", &database, || {
        connection::create(&database, settings).map_err(failed)
    })?;
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    migration::apply(&transaction, KNOWN, 0).map_err(failed)?;
    begin(&transaction, genesis, by, now, faults)?;
    CaseWriter::commit(transaction, faults)?;
    // Closing moves the log into the file and removes it: the folder gets another name next.
    faults.step("close database", &database, || {
        connection.close().map_err(|(_, error)| failed(error))
    })
}

/// The first entry with the facts it states.
fn begin(
    transaction: &Transaction<'_>,
    genesis: &Genesis,
    by: &By,
    now: i64,
    faults: &Faults,
) -> Result<(), CaseError> {
    let ledger = Ledger::new(genesis.case.clone(), by.clone(), faults);
    let sealed = ledger.append(transaction, &genesis.entry(by), now)?;
    let path = transaction
        .path()
        .map(std::path::PathBuf::from)
        .unwrap_or_default();
    let failed = |error| CaseError::sqlite(&path, "writing the facts of the case", error);
    for (name, value) in genesis.facts(by, now) {
        transaction
            .execute(
                "INSERT INTO case_fact(name,value) VALUES(?1,?2)",
                (name, value),
            )
            .map_err(failed)?;
    }
    let Some(vkey) = &genesis.vkey else {
        return Ok(());
    };
    transaction
        .execute(
            "INSERT INTO examiner(vkey,name,role,organisation,added_seq) VALUES(?1,?2,?3,?4,?5)",
            (
                vkey,
                &by.actor.name,
                &by.actor.role,
                &by.actor.org,
                sealed.seq.cast_signed(),
            ),
        )
        .map_err(failed)?;
    Ok(())
}

impl Genesis {
    fn entry(&self, by: &By) -> Entry {
        let mut entry = by
            .entry(Event::CaseCreated)
            .detail("salt", hex(&self.salt))
            .detail("title", self.title.as_str())
            .detail("custody_level", self.custody_level.word())
            .detail("format_version", migration::latest());
        for (key, value) in [
            ("reference", &self.reference),
            ("zone", &self.zone),
            ("vkey", &self.vkey),
        ] {
            if let Some(value) = value {
                entry = entry.detail(key, value.as_str());
            }
        }
        match &self.authority {
            Some(authority) => entry.authority(authority),
            None => entry,
        }
    }

    /// Names and values of `case_fact`.
    fn facts(&self, by: &By, now: i64) -> Vec<(&'static str, String)> {
        let mut facts = vec![
            ("case", self.case.to_string()),
            ("salt", hex(&self.salt)),
            ("title", self.title.clone()),
            ("custody_level", self.custody_level.word().to_owned()),
            ("created", format_millis(now)),
            ("examiner", by.actor.name.clone()),
            ("organisation", by.actor.org.clone()),
            ("role", by.actor.role.clone()),
        ];
        let optional = [("reference", &self.reference), ("zone", &self.zone)];
        facts.extend(
            optional
                .into_iter()
                .filter_map(|(name, value)| Some((name, value.clone()?))),
        );
        if let Some(Authority { kind, id }) = &self.authority {
            facts.push(("authority", format!("{kind}:{id}")));
        }
        facts
    }
}
