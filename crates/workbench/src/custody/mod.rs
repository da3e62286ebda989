//! The chain of custody in the hands of its user: read, signed, noted outside, time-stamped, given
//! to somebody else.

mod anchor;
mod entries;
mod export;
mod handed;
mod list;
mod pin;
mod request;

use std::path::Path;

use vestige_custody::line::Line;
use vestige_store::Connection;
use vestige_store::case_file::CaseError;
use vestige_store::fault::Faults;
use vestige_store::ledger::{Checkpoint, Ledger, checkpoints};

pub(crate) use anchor::read_anchors;
pub use anchor::{Anchored, anchor, anchor_in};
pub(crate) use entries::{exact, naming, window};
pub use export::{Exported, export};
pub(crate) use export::{FOLDERS, FORMAT, stage};
pub use list::list;
pub(crate) use pin::pin_of;
pub use pin::{Pinned, pin};
pub use request::{Requested, request, request_in};

use crate::error::WorkError;
use crate::host::Host;
use crate::session::{OpenCase, Signed};

/// Signs the chain up to here.
///
/// # Errors
/// [`WorkError::Locked`] where the key cannot be unlocked, [`WorkError::NotAnExaminer`].
pub fn sign(host: &dyn Host, path: &Path) -> Result<Signed, WorkError> {
    sign_in(
        host,
        &mut OpenCase::open_to_sign(host, path, &Faults::none())?,
    )
}

/// As [`sign`], in a case that is open.
///
/// # Errors
/// As [`sign`].
pub fn sign_in(host: &dyn Host, case: &mut OpenCase) -> Result<Signed, WorkError> {
    case.writer_and_signer("signing")?;
    case.finish(host)?
        .ok_or_else(|| crate::key::no_passphrase("signing"))
}

/// What only says that the chain was read, stamped or given out: signing again for its sake alone
/// would leave every time stamp one note behind.
const BOOKKEEPING: [&str; 5] = [
    "checkpoint.anchored",
    "case.opened",
    "evidence.accessed",
    "package.exported",
    "package.verified",
];

/// The newest note, after signing where something worth signing is not covered by it.
pub(crate) fn newest_note(
    host: &dyn Host,
    case: &mut OpenCase,
) -> Result<Option<Checkpoint>, WorkError> {
    let connection = case.writer().connection();
    let covered = checkpoints(connection)?
        .last()
        .map_or(0, |newest| newest.size);
    if has_news(connection, covered)? {
        case.finish(host)?;
    }
    Ok(checkpoints(case.writer().connection())?.pop())
}

/// Whether an entry from number `from` on says more than bookkeeping does.
fn has_news(connection: &Connection, from: u64) -> Result<bool, CaseError> {
    let mut news = false;
    Ledger::entries(connection, from, &mut |stored| {
        let is_bookkeeping = matches!(
            Line::parse(stored.body),
            Ok(Line::Entry(entry)) if BOOKKEEPING.contains(&entry.event.as_str())
        );
        news = !is_bookkeeping;
        Ok(!news)
    })?;
    Ok(news)
}

/// The name of the files about a note of this size, without their endings.
pub(crate) fn note_name(size: u64) -> String {
    format!("{size:08}")
}
