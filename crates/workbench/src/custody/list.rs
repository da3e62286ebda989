//! The entries as they are.

use std::io::Write;
use std::path::Path;

use vestige_store::ledger::Ledger;

use crate::error::WorkError;
use crate::host::Host;
use crate::session;

/// Writes every entry to `out`, one a line, the exact bytes that the chain is made of.
///
/// # Errors
/// As [`session::read`]; [`WorkError::Io`] where `out` takes no more.
pub fn list(host: &dyn Host, path: &Path, out: &mut dyn Write) -> Result<(), WorkError> {
    let reader = session::read(host, path, "custody list")?;
    let mut written = Ok(());
    Ledger::entries(reader.connection(), 0, &mut |stored| {
        written = out
            .write_all(stored.body)
            .and_then(|()| out.write_all(b"\n"));
        Ok(written.is_ok())
    })?;
    written
        .and_then(|()| out.flush())
        .map_err(WorkError::io(path, "writing the entries out"))
}
