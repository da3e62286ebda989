//! A second examiner enters a case: by an entry that the first one's signature covers.

use std::path::Path;

use serde::Serialize;
use vestige_custody::{Event, Vkey, hex};
use vestige_store::case_file::CaseWriter;
use vestige_store::examiner::{self, Examiner};

use crate::error::WorkError;
use crate::host::Host;
use crate::session::OpenCase;

const DOING: &str = "letting an examiner in";

/// Who is to be let in.
#[derive(Clone, Debug, Default)]
pub struct NewExaminer {
    /// The name as it stands in reports.
    pub name: String,
    /// The public key, as `vestige key show` prints it.
    pub vkey: String,
    /// The part in the case; `examiner` where it is left out.
    pub role: Option<String>,
    /// Whom they act for.
    pub organisation: Option<String>,
}

/// An examiner who was let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Added {
    /// The name.
    pub name: String,
    /// The verifier key under which they sign in this case.
    pub vkey: String,
    /// The custody entry that let them in.
    pub seq: u64,
    /// Entries covered by the note signed for it.
    pub size: u64,
    /// The Merkle root over them.
    pub root: String,
}

/// Lets another examiner into a case.
///
/// # Errors
/// [`WorkError::Usage`] for a text that is no key or a name that is empty; where the key of this
/// home cannot be unlocked or is none of the case's.
pub fn add(host: &dyn Host, path: &Path, new: &NewExaminer) -> Result<Added, WorkError> {
    // What is ill-formed is said before anything is opened.
    checked(new)?;
    add_in(host, &mut OpenCase::open(host, path)?, new)
}

fn checked(new: &NewExaminer) -> Result<(Vkey, &str), WorkError> {
    let key = Vkey::parse(new.vkey.trim())
        .map_err(|error| WorkError::usage("--key", error.expected, error.found))?;
    let name = new.name.trim();
    if name.is_empty() {
        return Err(WorkError::usage("--name", "a name", "none"));
    }
    Ok((key, name))
}

/// As [`add`], in a case that is open.
///
/// # Errors
/// As [`add`].
pub fn add_in(host: &dyn Host, case: &mut OpenCase, new: &NewExaminer) -> Result<Added, WorkError> {
    let (key, name) = checked(new)?;
    let vkey = Vkey::for_case(*key.key(), case.case().id()).to_string();
    let (writer, signer) = case.writer_and_signer(DOING)?;
    let faults = writer.faults().clone();
    let (transaction, ledger) = writer.begin()?;
    let role = new.role.as_deref().unwrap_or("examiner");
    let organisation = new.organisation.as_deref().unwrap_or_default();
    let entry = ledger
        .entry(Event::ActorAdded)
        .detail("name", name)
        .detail("role", role)
        .detail("org", organisation)
        .detail("vkey", vkey.as_str());
    let sealed = ledger.append(&transaction, &entry, host.now())?;
    let row = Examiner {
        vkey: vkey.clone(),
        name: name.to_owned(),
        role: role.to_owned(),
        organisation: organisation.to_owned(),
        added_seq: sealed.seq,
        retired_seq: None,
    };
    examiner::add(&transaction, &row)?;
    let signed = ledger.sign(&transaction, &[&signer.key], host.now())?;
    CaseWriter::commit(transaction, &faults)?;
    case.after_write(host);
    let (size, root) = (signed.size, hex(&signed.root));
    Ok(Added {
        name: row.name,
        vkey,
        seq: sealed.seq,
        size,
        root,
    })
}
