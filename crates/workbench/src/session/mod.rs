//! A case opened by its path: recognised through `VESTIGE_HOME`, examined where nobody here knows
//! it, with whoever acts in it and, where it can be unlocked, the key that signs.

mod recognise;

use std::path::Path;

use vestige_acquire::{original, seekable};
use vestige_custody::{Entry, Event, ExaminerKey, Sealed, Vkey, hex};
use vestige_store::case_file::{Case, CaseReader, CaseWriter};
use vestige_store::examiner::{self, Examiner};
use vestige_store::fault::Faults;
use vestige_store::ledger::{By, Head, checkpoints};
use vestige_store::migration;
use vestige_store::summary;
use vestige_store::writer;

use crate::error::WorkError;
use crate::home::Home;
use crate::host::Host;
use crate::who::{self, Signer, Unsigned};

pub(crate) use recognise::{examine_elsewhere, recognise, watched};

/// A case opened for writing, as the only writer.
#[derive(Debug)]
pub struct OpenCase {
    home: Home,
    writer: CaseWriter,
    signer: Result<Signer, Unsigned>,
    evidence_faults: vestige_acquire::Faults,
}

/// A checkpoint that was signed, or that covers everything already.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, ts_rs::TS)]
pub struct Signed {
    /// Entries it covers.
    pub size: u64,
    /// The Merkle root over them, in hexadecimal.
    pub root: String,
    /// Who signed.
    pub vkey: String,
}

/// Opens a case for reading, beside whoever writes. `command` is what it is read for: at custody
/// level `litigation` a `case.opened` entry says so first.
///
/// # Errors
/// Every way in which the path is no case, or not the case that was last seen there.
pub fn read(host: &dyn Host, path: &Path, command: &str) -> Result<CaseReader, WorkError> {
    let home = Home::of(host)?;
    let case = recognise(host, &home, path)?;
    let reader = case.open_reader()?;
    remember(host, &home, &case, case.head());
    let facts = summary::facts(reader.connection())?;
    if facts.get("custody_level").map(String::as_str) != Some("litigation") {
        return Ok(reader);
    }
    drop(reader);
    record_reading(host, &home, &case, command)?;
    Ok(case.open_reader()?)
}

/// At litigation level nothing is read that is not on record.
fn record_reading(
    host: &dyn Host,
    home: &Home,
    case: &Case,
    command: &str,
) -> Result<(), WorkError> {
    let examiners = examiner::all(case.open_reader()?.connection())?;
    let by = who::reading(host, home, case.id(), &examiners)?;
    let mut writer = case.open_writer(&by, host.now(), &Faults::none())?;
    let (transaction, ledger) = writer.begin()?;
    let entry = ledger.entry(Event::CaseOpened).detail("command", command);
    ledger.append(&transaction, &entry, host.now())?;
    CaseWriter::commit(transaction, &Faults::none())?;
    remember(host, home, case, writer.head()?);
    Ok(())
}

/// Remembering is a protection, not a condition: the head known before stays in force.
fn remember(host: &dyn Host, home: &Home, case: &Case, head: Head) {
    if let Err(error) = home.remember(case.id(), case.root(), head) {
        tell_forgotten(host, &error);
    }
}

fn tell_forgotten(host: &dyn Host, error: &dyn std::fmt::Display) {
    let text = format!("the state of the case could not be remembered: {error}");
    host.noted("case-not-remembered", &text);
}

impl OpenCase {
    /// Opens a case for writing: takes its lock, repairs what an interrupted command left, unlocks
    /// the examiner's key where somebody gives the passphrase, and says aloud where nobody does.
    ///
    /// # Errors
    /// Every way in which the path is no case or cannot be written to; a wrong passphrase.
    pub fn open(host: &dyn Host, path: &Path) -> Result<OpenCase, WorkError> {
        OpenCase::open_with(host, path, &Faults::none())
    }

    /// As [`OpenCase::open`], with a seam for faults.
    ///
    /// # Errors
    /// As [`OpenCase::open`].
    pub fn open_with(host: &dyn Host, path: &Path, faults: &Faults) -> Result<OpenCase, WorkError> {
        let open = OpenCase::open_to_sign(host, path, faults)?;
        open.tell_unsigned(host);
        Ok(open)
    }

    /// As [`OpenCase::open`], for what cannot go on unsigned: it says itself why it does not.
    pub(crate) fn open_to_sign(
        host: &dyn Host,
        path: &Path,
        faults: &Faults,
    ) -> Result<OpenCase, WorkError> {
        let home = Home::of(host)?;
        let case = up_to_date(host, &home, path, faults)?;
        let reader = case.open_reader()?;
        let examiners = examiner::all(reader.connection())?;
        let first = first_examiner(host, &home, &case, &reader)?;
        drop(reader);
        let acting = who::acting(host, &home, case.id(), &examiners, &first)?;
        let writer = case.open_writer(&acting.by, host.now(), faults)?;
        let mut open = OpenCase {
            home,
            writer,
            signer: acting.signer,
            evidence_faults: vestige_acquire::Faults::none(),
        };
        if acting.is_first {
            open.let_first_key_in(host)?;
        }
        open.sweep(host)?;
        crate::import::repair(host, &mut open)?;
        open.remember(host);
        Ok(open)
    }

    /// A case that was just made and is still open.
    pub(crate) fn just_made(
        home: Home,
        writer: CaseWriter,
        signer: Result<Signer, Unsigned>,
    ) -> OpenCase {
        OpenCase {
            home,
            writer,
            signer,
            evidence_faults: vestige_acquire::Faults::none(),
        }
    }

    /// The case.
    #[must_use]
    pub fn case(&self) -> &Case {
        self.writer.case()
    }

    /// The writer, for reading beside the transaction.
    #[must_use]
    pub fn writer(&self) -> &CaseWriter {
        &self.writer
    }

    /// The writer, to begin a transaction with.
    pub fn writer_mut(&mut self) -> &mut CaseWriter {
        &mut self.writer
    }

    /// The seam for faults while originals and side copies are written.
    #[must_use]
    pub fn evidence_faults(&self) -> &vestige_acquire::Faults {
        &self.evidence_faults
    }

    /// From here on these faults happen while originals and side copies are written.
    pub fn set_evidence_faults(&mut self, faults: vestige_acquire::Faults) {
        self.evidence_faults = faults;
    }

    /// The folder of this installation.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Who acts.
    #[must_use]
    pub fn by(&self) -> &By {
        self.writer.ledger().by()
    }

    /// Whether the key is unlocked and may sign here.
    #[must_use]
    pub fn can_sign(&self) -> bool {
        self.signer.is_ok()
    }

    /// The writer and the key that signs here, for a transaction that needs both.
    ///
    /// # Errors
    /// [`WorkError::Locked`] or [`WorkError::NotAnExaminer`], saying what `doing` needs.
    pub(crate) fn writer_and_signer(
        &mut self,
        doing: &'static str,
    ) -> Result<(&mut CaseWriter, &Signer), WorkError> {
        match &self.signer {
            Ok(signer) => Ok((&mut self.writer, signer)),
            Err(Unsigned::NotAnExaminer(vkey)) => Err(WorkError::NotAnExaminer {
                case: self.writer.case().root().to_path_buf(),
                vkey: vkey.to_string(),
            }),
            Err(other) => Err(WorkError::Locked {
                doing,
                found: other.to_string(),
            }),
        }
    }

    /// From here on another key signs.
    pub(crate) fn sign_with(&mut self, key: ExaminerKey, vkey: Vkey) {
        self.signer = Ok(Signer { key, vkey });
    }

    /// Appends one entry in a transaction of its own.
    ///
    /// # Errors
    /// [`WorkError::Case`]; nothing is then written.
    pub fn append(&mut self, host: &dyn Host, entry: &Entry) -> Result<Sealed, WorkError> {
        let faults = self.writer.faults().clone();
        let (transaction, ledger) = self.writer.begin()?;
        let sealed = ledger.append(&transaction, entry, host.now())?;
        CaseWriter::commit(transaction, &faults)?;
        Ok(sealed)
    }

    /// Signs the chain up to here, where the key is unlocked and something is not yet covered.
    /// Belongs at the end of each writing command.
    ///
    /// # Errors
    /// [`WorkError::Case`]; the chain then ends as before.
    pub fn sign_checkpoint(&mut self, host: &dyn Host) -> Result<Option<Signed>, WorkError> {
        let Ok(signer) = &self.signer else {
            return Ok(None);
        };
        let vkey = signer.vkey.to_string();
        let chain = self.writer.ledger().chain(self.writer.connection())?;
        let newest = checkpoints(self.writer.connection())?.pop();
        if newest.is_some_and(|newest| newest.size == chain.size()) {
            let (size, root) = (chain.size(), hex(&chain.root()));
            return Ok(Some(Signed { size, root, vkey }));
        }
        let faults = self.writer.faults().clone();
        let (transaction, ledger) = self.writer.begin()?;
        let signed = ledger.sign(&transaction, &[&signer.key], host.now())?;
        CaseWriter::commit(transaction, &faults)?;
        Ok(Some(Signed {
            size: signed.size,
            root: hex(&signed.root),
            vkey,
        }))
    }

    /// Remembers the head that the case has now. Belongs after each commit that ends a command.
    pub fn after_write(&mut self, host: &dyn Host) {
        self.remember(host);
    }

    /// Signs and remembers: the end of a writing command.
    ///
    /// # Errors
    /// As [`OpenCase::sign_checkpoint`].
    pub fn finish(&mut self, host: &dyn Host) -> Result<Option<Signed>, WorkError> {
        // Remembered also where signing fails: what was written before is in the case.
        self.remember(host);
        let signed = self.sign_checkpoint(host)?;
        self.remember(host);
        Ok(signed)
    }

    fn remember(&self, host: &dyn Host) {
        match self.writer.head() {
            Ok(head) => remember(host, &self.home, self.writer.case(), head),
            Err(error) => tell_forgotten(host, &error),
        }
    }

    /// The entry and the row that let the key of this home in as the case's first.
    fn let_first_key_in(&mut self, host: &dyn Host) -> Result<(), WorkError> {
        let Ok(signer) = &self.signer else {
            return Ok(());
        };
        let vkey = signer.vkey.to_string();
        let faults = self.writer.faults().clone();
        let (transaction, ledger) = self.writer.begin()?;
        let actor = ledger.by().actor.clone();
        let entry = ledger
            .entry(Event::KeyCreated)
            .detail("vkey", vkey.as_str())
            .detail("name", actor.name.as_str());
        let sealed = ledger.append(&transaction, &entry, host.now())?;
        let row = Examiner {
            vkey,
            name: actor.name,
            role: actor.role,
            organisation: actor.org,
            added_seq: sealed.seq,
            retired_seq: None,
        };
        examiner::add(&transaction, &row)?;
        CaseWriter::commit(transaction, &faults)?;
        Ok(())
    }

    /// Removes originals that no custody entry knows and side copies without their evidence, which
    /// only a crash leaves.
    fn sweep(&self, host: &dyn Host) -> Result<(), WorkError> {
        let connection = self.writer.connection();
        // What cannot be looked up is left alone.
        let known = |sha256: &[u8; 32]| summary::knows_original(connection, sha256).unwrap_or(true);
        let root = self.case().root();
        let swept = original::sweep(root, &vestige_acquire::Faults::none(), &known)?;
        let taken = |sha256: &[u8; 32]| {
            writer::identical(connection, sha256, true).map_or(true, |found| found.is_some())
        };
        let copies = seekable::sweep(root, &vestige_acquire::Faults::none(), &taken)?;
        let removed = swept.temporaries + swept.originals + copies;
        if removed > 0 {
            let text = format!("{removed} files that an interrupted import left were removed");
            host.noted("leftovers-removed", &text);
        }
        if let Some(first) = swept.foreign.first() {
            let count = swept.foreign.len();
            let text = format!(
                "{count} files below evidence/ are no originals and were left, the first is {}",
                first.display()
            );
            host.noted("foreign-files", &text);
        }
        Ok(())
    }

    /// Says aloud that nothing will be signed, and why.
    pub(crate) fn tell_unsigned(&self, host: &dyn Host) {
        if let Err(why) = &self.signer {
            host.noted("unsigned", &format!("going on unsigned: {why}"));
        }
    }
}

/// The case at a path, migrated first where an older program made it: who its examiners are is
/// read from tables that this program knows.
fn up_to_date(
    host: &dyn Host,
    home: &Home,
    path: &Path,
    faults: &Faults,
) -> Result<Case, WorkError> {
    let case = recognise(host, home, path)?;
    if case.version() == migration::latest() {
        return Ok(case);
    }
    let by = By {
        actor: who::os_user(host),
        tool: who::tool(host),
    };
    let writer = case.open_writer(&by, host.now(), faults)?;
    remember(host, home, writer.case(), writer.head()?);
    drop(writer);
    recognise(host, home, path)
}

/// As whom the key of this home would enter a case that has no examiner's key yet.
fn first_examiner(
    host: &dyn Host,
    home: &Home,
    case: &Case,
    reader: &CaseReader,
) -> Result<who::Person, WorkError> {
    if !home.known(case.id())?.is_some_and(|known| known.made_here) {
        return Ok(who::Person::os_user(host));
    }
    let mut facts = summary::facts(reader.connection())?;
    let mut fact = |name: &str| facts.remove(name).unwrap_or_default();
    Ok(who::Person {
        name: fact("examiner"),
        role: fact("role"),
        organisation: fact("organisation"),
    })
}
