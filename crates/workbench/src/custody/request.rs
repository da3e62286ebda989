//! The query that the user carries to a time-stamp authority.

use std::path::{Path, PathBuf};

use serde::Serialize;
use vestige_custody::timestamp;
use vestige_store::case_file::CaseWriter;
use vestige_store::ledger::store_request;

use super::{newest_note, note_name};
use crate::error::WorkError;
use crate::home::replace;
use crate::host::Host;
use crate::key;
use crate::session::OpenCase;

/// A query that was written out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Requested {
    /// Entries covered by the note it is for.
    pub size: u64,
    /// The query file (`.tsq`), to be carried to a machine with a network.
    pub file: PathBuf,
    /// The command to be run there; its URL is the authority's.
    pub command: String,
}

/// Writes a query for the newest note, `exports/N.tsq`, after signing what is not yet covered. Its
/// nonce is kept, so that only an answer to this query is taken.
///
/// # Errors
/// [`WorkError::Absent`] where there is no note, or nothing new since the last time stamp.
pub fn request(host: &dyn Host, path: &Path) -> Result<Requested, WorkError> {
    request_in(host, &mut OpenCase::open(host, path)?)
}

/// As [`request`], in a case that is open.
///
/// # Errors
/// As [`request`].
pub fn request_in(host: &dyn Host, case: &mut OpenCase) -> Result<Requested, WorkError> {
    let root = case.case().root().to_path_buf();
    let absent = |found: String| WorkError::Absent {
        case: root.clone(),
        what: "note to be time-stamped",
        expected: "a signed note that has no time stamp yet".to_owned(),
        found,
    };
    let note = newest_note(host, case)?
        .ok_or_else(|| absent("none; sign with `vestige custody CASE sign`".to_owned()))?;
    if note.token.is_some() {
        return Err(absent(format!("one of size {} that has one", note.size)));
    }
    let query = timestamp::query(&note.note, *key::random::<8>(host));
    let name = note_name(note.size);
    let file = case.case().exports().join(format!("{name}.tsq"));
    let writer = case.writer_mut();
    let faults = writer.faults().clone();
    // No entry: the query says nothing of the case, and its answer is recorded.
    let (transaction, _) = writer.begin()?;
    store_request(&transaction, note.size, &query)?;
    CaseWriter::commit(transaction, &faults)?;
    // Only now: a query whose nonce is not kept must not leave the house.
    replace(&file, &query).map_err(WorkError::io(&file, "writing the query"))?;
    let command = format!(
        "curl -H 'Content-Type: application/timestamp-query' --data-binary @{name}.tsq URL > {name}.tsr"
    );
    Ok(Requested {
        size: note.size,
        file,
        command,
    })
}
