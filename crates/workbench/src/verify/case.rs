//! A case: the file, the chain with its notes and time stamps, the evidence, and whether the rows
//! are those that the entries speak of.

use std::fs;
use std::path::Path;

use vestige_custody::line::Line;
use vestige_custody::verify::{NoteFile, Trust, Verifier};
use vestige_custody::{CaseId, Event, Vkey};
use vestige_store::Connection;
use vestige_store::case_file::{Case, CaseError, CaseReader, CaseWriter};
use vestige_store::connection::Settings;
use vestige_store::fault::Faults;
use vestige_store::foreign;
use vestige_store::ledger::{Ledger, checkpoints};
use vestige_store::{examiner, summary, withdraw};

use super::account::Accounts;
use super::annotations::Annotations;
use super::received::Receipts;
use super::replay::Replay;
use super::{Check, Status, Terms, Verdict, Verification, evidence, limits, trust, under_names};
use crate::custody::note_name;
use crate::error::WorkError;
use crate::home::{Home, Known};
use crate::host::Host;
use crate::session::{examine_elsewhere, watched};
use crate::{key, rows, who};

/// A case that may be read, and what was found on the way.
struct Opened {
    case: Case,
    /// What is remembered of it.
    known: Option<Known>,
    checks: Vec<Check>,
}

/// Verifies a case, known here or not. Nothing is written to it, and nothing remembered, but at
/// custody level `litigation` it is on record that a known case was verified.
pub(super) fn case(host: &dyn Host, path: &Path, terms: &Terms) -> Result<Verification, WorkError> {
    let home = Home::of(host)?;
    let settings = home.settings()?;
    let opened = match open(host, &home, path, &settings)? {
        Ok(opened) => opened,
        Err(checks) => return Ok(Verification::refused(checks)),
    };
    let reader = opened.case.open_reader()?;
    let made_here = opened.known.as_ref().is_some_and(|known| known.made_here);
    let trust = case_trust(host, &home, made_here, case_of(&reader), terms)?;
    let verification = contents(host, &reader, trust, opened.checks, terms.deep)?;
    drop(reader);
    if opened.known.is_some() {
        record(host, &home, &opened.case, &verification)?;
    }
    Ok(verification)
}

fn open(
    host: &dyn Host,
    home: &Home,
    path: &Path,
    settings: &Settings,
) -> Result<Result<Opened, Vec<Check>>, WorkError> {
    let full = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let Some(known) = home.at(&full)? else {
        return open_stranger(host, home, path, settings);
    };
    match Case::open_known(&full, Some(known.head), settings) {
        Ok(case) if *case.id() == known.id => open_known(host, case, known).map(Ok),
        Ok(_) | Err(CaseError::Forked { .. } | CaseError::RolledBack { .. }) => {
            open_stranger(host, home, path, settings)
        }
        Err(error) => refusal(error).map(Err),
    }
}

fn open_known(host: &dyn Host, case: Case, known: Known) -> Result<Opened, WorkError> {
    let found = watched(host, "checking the case file", |go_on| {
        foreign::inspect(&case, go_on)
    })?;
    let mut checks: Vec<Check> = found.iter().map(of_store).collect();
    checks.push(continues(&known));
    Ok(Opened {
        case,
        known: Some(known),
        checks,
    })
}

fn continues(known: &Known) -> Check {
    Check::pass(
        "head",
        format!("it continues what was last seen here, {}", known.head),
    )
}

fn open_stranger(
    host: &dyn Host,
    home: &Home,
    path: &Path,
    settings: &Settings,
) -> Result<Result<Opened, Vec<Check>>, WorkError> {
    let examination = examine_elsewhere(host, home, path, settings)?;
    let mut checks: Vec<Check> = examination.checks.iter().map(of_store).collect();
    let sound = match examination.outcome {
        Ok(sound) => sound,
        Err(error) => {
            refusal(error)?;
            return Ok(Err(checks));
        }
    };
    let known = home.known(&sound.id)?;
    let case = sound.open(path, settings)?;
    if let Some(known) = &known {
        match Case::open_known(path, Some(known.head), settings) {
            Ok(_) => checks.push(continues(known)),
            Err(error) => {
                checks.extend(refusal(error)?);
                return Ok(Err(checks));
            }
        }
    } else {
        let detail = "the case is not known here: nothing says what its chain was before";
        checks.push(Check::warning("head", detail));
    }
    Ok(Ok(Opened {
        case,
        known,
        checks,
    }))
}

/// What speaks against the case is a result; what kept us from looking is an error.
fn refusal(error: CaseError) -> Result<Vec<Check>, WorkError> {
    let check = match &error {
        CaseError::Forked { .. } | CaseError::RolledBack { .. } => "head",
        CaseError::Tampered { .. } => "schema",
        CaseError::Damaged { .. } => "integrity",
        _ => return Err(error.into()),
    };
    Ok(vec![Check::fail(check, error.to_string())])
}

fn of_store(check: &foreign::Check) -> Check {
    let status = match check.status {
        foreign::Status::Passed => Status::Pass,
        foreign::Status::Warned => Status::Warning,
        foreign::Status::Failed => Status::Fail,
    };
    // The chain's own checks come with the verifier's names.
    let name = if check.check == "custody" {
        "chain"
    } else {
        check.check
    };
    Check {
        check: name.to_owned(),
        status,
        detail: check.detail.clone(),
    }
}

/// What is known of whose signatures count: the case's id and its connection.
pub(super) fn case_of(reader: &CaseReader) -> (&CaseId, &Connection) {
    (reader.case().id(), reader.connection())
}

/// Whose signatures count: the keys given; for a case made here those of this home; else those the
/// case itself names, with a warning.
pub(super) fn case_trust(
    host: &dyn Host,
    home: &Home,
    made_here: bool,
    (id, connection): (&CaseId, &Connection),
    terms: &Terms,
) -> Result<Trust, WorkError> {
    let mut trust = trust(host, terms)?;
    trust.keys = under_names(trust.keys, &[id.origin()]);
    let examiners = examiner::all(connection)?;
    let named: Vec<Vkey> = examiners
        .iter()
        .filter_map(|one| Vkey::parse(&one.vkey).ok())
        .collect();
    if trust.keys.is_empty() && made_here {
        let own = key::vkeys(home, id)?;
        trust.keys = own.into_iter().filter(|own| named.contains(own)).collect();
    }
    trust.package_keys = named;
    Ok(trust)
}

fn contents(
    host: &dyn Host,
    reader: &CaseReader,
    trust: Trust,
    before: Vec<Check>,
    deep: bool,
) -> Result<Verification, WorkError> {
    let connection = reader.connection();
    // One moment of the case, whoever writes meanwhile.
    let _snapshot = connection.unchecked_transaction();
    let mut verifier = Verifier::new(trust, notes(connection)?);
    let mut replay = Replay::default();
    let mut accounts = Accounts::default();
    let mut receipts = Receipts::default();
    let mut annotations = Annotations::default();
    Ledger::entries(connection, 0, &mut |stored| {
        verifier.line(stored.body);
        if let Ok(Line::Entry(entry)) = Line::parse(stored.body) {
            replay.take(&entry);
            accounts.take(&entry);
            receipts.take(&entry);
            annotations.take(&entry);
        }
        Ok(true)
    })?;
    let (observed, mut after) = evidence::observe(host, reader, &verifier)?;
    after.extend(replay.compare(connection)?);
    after.extend(annotations.compare(connection)?);
    after.extend(receipts.compare(connection)?);
    after.extend(accounts.compare(connection)?);
    after.push(hidden(reader)?);
    after.extend(rows::check(host, reader)?);
    if deep {
        after.extend(rows::check_deep(host, reader)?);
    }
    let mut found = Verification::of(verifier.finish(&observed), before, after);
    found.statement = format!("{}\n{}", found.statement, limits::not_compared(deep));
    Ok(found)
}

pub(super) fn notes(connection: &Connection) -> Result<Vec<NoteFile>, WorkError> {
    let notes = checkpoints(connection)?.into_iter().map(|note| NoteFile {
        name: format!("{}.note", note_name(note.size)),
        bytes: note.note,
        token: note.token,
        query: note.request,
    });
    Ok(notes.collect())
}

/// What is hidden must be on record, and nothing else may be.
fn hidden(reader: &CaseReader) -> Result<Check, WorkError> {
    let found = withdraw::unexplained(reader.connection())?;
    if found == withdraw::Unexplained::default() {
        return Ok(Check::pass(
            "hidden",
            "what is hidden was withdrawn or is a duplicate on record",
        ));
    }
    Ok(Check::fail(
        "hidden",
        format!(
            "expected rows to be hidden only as recorded, found {} unexplained as duplicates, {} as withdrawn, {} that belong to no member, {} members whose state differs from the record",
            found.duplicates, found.withdrawn, found.strays, found.members
        ),
    ))
}

/// At litigation level a verification is on record like every other reading.
fn record(
    host: &dyn Host,
    home: &Home,
    case: &Case,
    verification: &Verification,
) -> Result<(), WorkError> {
    let reader = case.open_reader()?;
    let facts = summary::facts(reader.connection())?;
    if facts.get("custody_level").map(String::as_str) != Some("litigation") {
        return Ok(());
    }
    let examiners = examiner::all(reader.connection())?;
    drop(reader);
    let by = who::reading(host, home, case.id(), &examiners)?;
    let failed = verification.verdict == Verdict::Failed;
    let event = if failed {
        Event::ChainVerifyFailed
    } else {
        Event::ChainVerified
    };
    let mut writer = case.open_writer(&by, host.now(), &Faults::none())?;
    let (transaction, ledger) = writer.begin()?;
    let entry = ledger
        .entry(event)
        .detail("verdict", verification.verdict.word())
        .detail("size", verification.size)
        .detail("root", verification.root.as_str());
    ledger.append(&transaction, &entry, host.now())?;
    CaseWriter::commit(transaction, &Faults::none())?;
    home.remember(case.id(), case.root(), writer.head()?)
}
