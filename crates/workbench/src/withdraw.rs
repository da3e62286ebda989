//! Evidence that must no longer be worked with: privileged, out of scope, received by mistake. Its
//! rows are hidden; its bytes and its custody entries stay.

use std::path::Path;

use serde::Serialize;
use vestige_custody::entry::{Object, Outcome};
use vestige_custody::{Event, Value, hex};
use vestige_store::case_file::{CaseError, CaseWriter};
use vestige_store::withdraw::{self, Restated, Standing};

use crate::error::WorkError;
use crate::host::Host;
use crate::item;
use crate::progress::Progress;
use crate::session::OpenCase;

/// An evidence item that was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Withdrawn {
    /// The item.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Rows hidden.
    pub hidden: u64,
    /// Rows of other items that were hidden as duplicates of these, or of their members, and are
    /// visible now.
    pub revealed: u64,
    /// The items that show them.
    pub revealed_in: Vec<String>,
    /// Items that are the same file: their rows were never stored, and are not visible either.
    pub same: Vec<String>,
    /// The custody entry.
    pub seq: u64,
}

/// Withdraws an evidence item for a reason.
///
/// # Errors
/// [`WorkError::Usage`] for an id or reason that is none; [`WorkError::Absent`] where there is no
/// such item, it was never read, or it is withdrawn already.
pub fn withdraw(
    host: &dyn Host,
    path: &Path,
    evidence: &str,
    reason: &str,
) -> Result<Withdrawn, WorkError> {
    let id = item::parse(evidence)?;
    if reason.trim().is_empty() {
        return Err(WorkError::usage("--reason", "why it is withdrawn", "none"));
    }
    let mut case = OpenCase::open(host, path)?;
    let done = withdraw_in(host, &mut case, id, reason.trim())?;
    case.finish(host)?;
    if !done.revealed_in.is_empty() {
        host.notice(&format!(
            "{} rows say the same in {} and are visible there now; withdraw these too where nobody may see them",
            done.revealed,
            done.revealed_in.join(", ")
        ));
    }
    if !done.same.is_empty() {
        host.notice(&format!(
            "{} are the same file and were not stored a second time; to see their records, import them again",
            done.same.join(", ")
        ));
    }
    Ok(done)
}

/// As [`withdraw`], in a case that is open, without signing.
///
/// # Errors
/// As [`withdraw`].
pub fn withdraw_in(
    host: &dyn Host,
    case: &mut OpenCase,
    id: i64,
    reason: &str,
) -> Result<Withdrawn, WorkError> {
    let (standing, sha256) = standing(case, id)?;
    let root = case.case().root().to_path_buf();
    let failed = move |error| CaseError::sqlite(&root, "marking the evidence item", error);
    let mut step = |stage: &str| {
        host.progress(&Progress {
            stage: format!("withdrawing: {stage}"),
            ..Progress::default()
        });
    };
    let writer = case.writer_mut();
    let faults = writer.faults().clone();
    let (transaction, ledger) = writer.begin()?;
    let done = withdraw::hide(&transaction, id, &mut step)?;
    let name = standing.name.as_str();
    let object = Object::evidence(item::name(id), name, standing.bytes, sha256);
    let entry = ledger
        .entry(Event::EvidenceWithdrawn)
        .reason(reason)
        .outcome(&Outcome::Success)
        .object(&object)
        .detail("hidden", done.hidden)
        .detail("revealed", done.revealed)
        .detail("moved", done.moved)
        .detail("duplicates", restated(&done.restated));
    let sealed = ledger.append(&transaction, &entry, host.now())?;
    withdraw::mark(&transaction, id, sealed.seq).map_err(failed)?;
    CaseWriter::commit(transaction, &faults)?;
    case.after_write(host);
    Ok(Withdrawn {
        id: item::name(id),
        name: standing.name,
        hidden: done.hidden,
        revealed: done.revealed,
        revealed_in: done.revealed_in.into_iter().map(item::name).collect(),
        same: standing.same.into_iter().map(item::name).collect(),
        seq: sealed.seq,
    })
}

/// How the item stands; it must have been read and not be withdrawn.
fn standing(case: &OpenCase, id: i64) -> Result<(Standing, [u8; 32]), WorkError> {
    let root = case.case().root();
    let absent = |found: String| WorkError::Absent {
        case: root.to_path_buf(),
        what: "evidence item",
        expected: format!("{} as an item that is not withdrawn", item::name(id)),
        found,
    };
    let standing = withdraw::standing(case.writer().connection(), id)
        .map_err(|error| CaseError::sqlite(root, "looking for the evidence item", error))?
        .ok_or_else(|| absent("no such item; `vestige evidence CASE` lists them".to_owned()))?;
    if let Some(seq) = standing.withdrawn_seq {
        return Err(absent(format!("it was withdrawn by entry {seq}")));
    }
    match standing.sha256 {
        Some(sha256) => Ok((standing, sha256)),
        None => Err(absent("it could not be read and has no rows".to_owned())),
    }
}

/// The digests over duplicates that hold from this entry on.
fn restated(list: &[Restated]) -> Value {
    let one = |one: &Restated| {
        Value::object([
            ("seq", Value::from(one.seq)),
            ("sha256", Value::from(hex(&one.sha256))),
        ])
    };
    Value::from(list.iter().map(one).collect::<Vec<_>>())
}
