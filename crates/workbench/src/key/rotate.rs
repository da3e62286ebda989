//! One key follows another in a case: `key.rotated` says so, and the note that covers it is signed
//! by both, so that whoever trusts the old key can trust the new one.

use std::path::Path;

use serde::Serialize;
use vestige_custody::{Event, ExaminerKey, Vkey, hex};
use vestige_store::case_file::CaseWriter;
use vestige_store::examiner::{self, Examiner};

use super::{Locked, current, make_aside, make_current, no_passphrase, unlock};
use crate::error::WorkError;
use crate::host::Host;
use crate::session::OpenCase;

const DOING: &str = "replacing the key";

/// A key that was replaced in a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rotated {
    /// The verifier key that signs no more after this.
    pub old: String,
    /// The one that follows.
    pub new: String,
    /// Entries covered by the note that both signed.
    pub size: u64,
    /// The Merkle root over them.
    pub root: String,
}

/// Replaces the examiner's key in a case by a new one; where another case got the new one already,
/// by that. The old key stays in `VESTIGE_HOME`, locked: other cases may still ask for it.
///
/// # Errors
/// Where the old key cannot be unlocked or is none of the case's, or nobody sets a passphrase for
/// the new one.
pub fn rotate(host: &dyn Host, path: &Path) -> Result<Rotated, WorkError> {
    let mut case = OpenCase::open(host, path)?;
    rotate_in(host, &mut case)
}

/// As [`rotate`], in a case that is open.
///
/// # Errors
/// As [`rotate`].
pub fn rotate_in(host: &dyn Host, case: &mut OpenCase) -> Result<Rotated, WorkError> {
    let (_, signer) = case.writer_and_signer(DOING)?;
    let old = signer.vkey.clone();
    let (locked, new_key) = successor(host, case, &old)?;
    let new = new_key.vkey(case.case().id());
    let signed = record(host, case, &old, &new, &new_key)?;
    make_current(case.home(), &locked)?;
    case.sign_with(new_key, new.clone());
    case.after_write(host);
    let folder = super::folder(case.home());
    host.noted(
        "key-replaced",
        &format!(
            "the key was replaced; the old one stays locked in {} for cases that still use it",
            folder.display()
        ),
    );
    let (size, root) = (signed.size, hex(&signed.root));
    Ok(Rotated {
        old: old.to_string(),
        new: new.to_string(),
        size,
        root,
    })
}

/// The key in use where this case does not have it yet, else a new one.
fn successor(
    host: &dyn Host,
    case: &OpenCase,
    old: &Vkey,
) -> Result<(Locked, ExaminerKey), WorkError> {
    let home = case.home();
    let known = examiner::all(case.writer().connection())?;
    if let Some(locked) = current(home)? {
        let vkey = Vkey::for_case(locked.file.public(), case.case().id());
        let is_here = known.iter().any(|one| one.vkey == vkey.to_string());
        if vkey != *old && !is_here {
            let key = unlock(host, &locked)?.ok_or_else(|| no_passphrase(DOING))?;
            return Ok((locked, key));
        }
    }
    make_aside(host, home)?.ok_or_else(|| no_passphrase(DOING))
}

/// The entry, the rows and the note that both keys sign: all or nothing.
fn record(
    host: &dyn Host,
    case: &mut OpenCase,
    old: &Vkey,
    new: &Vkey,
    new_key: &ExaminerKey,
) -> Result<vestige_store::ledger::SignedHead, WorkError> {
    let (writer, signer) = case.writer_and_signer(DOING)?;
    let faults = writer.faults().clone();
    let (transaction, ledger) = writer.begin()?;
    let actor = ledger.by().actor.clone();
    let entry = ledger
        .entry(Event::KeyRotated)
        .detail("old_vkey", old.to_string())
        .detail("new_vkey", new.to_string());
    let sealed = ledger.append(&transaction, &entry, host.now())?;
    examiner::retire(&transaction, &old.to_string(), sealed.seq)?;
    let row = Examiner {
        vkey: new.to_string(),
        name: actor.name,
        role: actor.role,
        organisation: actor.org,
        added_seq: sealed.seq,
        retired_seq: None,
    };
    examiner::add(&transaction, &row)?;
    let signed = ledger.sign(&transaction, &[new_key, &signer.key], host.now())?;
    CaseWriter::commit(transaction, &faults)?;
    Ok(signed)
}
