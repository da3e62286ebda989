//! The line to be kept outside the case: printed, mailed, read out over the telephone.

use std::path::Path;

use serde::Serialize;
use vestige_custody::hex;
use vestige_store::Connection;
use vestige_store::case_file::Case;
use vestige_store::examiner;
use vestige_store::ledger::{Head, Ledger};

use crate::error::WorkError;
use crate::home::Home;
use crate::host::Host;
use crate::{key, session};

/// How the chain stands, in four values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pinned {
    /// Number of entries.
    pub size: u64,
    /// The Merkle root over them, in hexadecimal.
    pub root: String,
    /// The leaf hash of the last, in hexadecimal.
    pub head: String,
    /// The verifier key that signs; none where the case has none.
    pub key: Option<String>,
}

impl Pinned {
    /// The pin line, `SIZE:ROOT`; `vestige verify --pin` takes it.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{}:{}", self.size, self.root)
    }
}

/// The pin of a case as it stands. Kept outside, it shows when the chain is later cut or rewritten.
///
/// # Errors
/// As [`session::read`].
pub fn pin(host: &dyn Host, path: &Path) -> Result<Pinned, WorkError> {
    let reader = session::read(host, path, "custody pin")?;
    pin_of(host, reader.case(), reader.connection())
}

/// As [`pin`], of a case that is read already.
pub(crate) fn pin_of(
    host: &dyn Host,
    case: &Case,
    connection: &Connection,
) -> Result<Pinned, WorkError> {
    // The head of this connection: somebody may have written since the case was recognised.
    let head = Head::read(connection).ok().flatten().unwrap_or(case.head());
    let root = Ledger::root_at(connection, head.size)?
        .map(|root| hex(&root))
        .unwrap_or_default();
    let examiners = examiner::all(connection)?;
    let own = key::vkeys(&Home::of(host)?, case.id())?;
    let in_use = || examiners.iter().filter(|one| one.retired_seq.is_none());
    let mine = in_use().find(|one| own.iter().any(|vkey| vkey.to_string() == one.vkey));
    let key = mine.or_else(|| in_use().next()).map(|one| one.vkey.clone());
    Ok(Pinned {
        size: head.size,
        root,
        head: hex(&head.leaf),
        key,
    })
}
