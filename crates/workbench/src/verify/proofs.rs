//! The consistency proofs in a custody folder or a package: that what was handed out of the case
//! before is the beginning of what is here. Nothing in them is believed: both roots are compared
//! with those over the entries.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use vestige_custody::proof::LARGEST;
use vestige_custody::verify::Verifier;
use vestige_package::name::visible;

use super::Check;
use crate::error::WorkError;
use crate::host::Host;

/// How many proofs are read.
const MOST: usize = 1000;
/// How many that do not hold are listed one by one.
const LISTED: usize = 20;

/// The proofs of a custody folder, `proofs/*.json`, judged by the entries that the verifier took.
///
/// # Errors
/// What the file system says; [`WorkError::Stopped`].
pub(super) fn in_folder(
    host: &dyn Host,
    custody: &Path,
    verifier: &Verifier,
) -> Result<Vec<Check>, WorkError> {
    let folder = custody.join("proofs");
    let failed = || WorkError::io(&folder, "listing the proofs");
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed())?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed())?;
        // What is no file, or has a name that is no text, is none of ours.
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            names.extend(entry.file_name().into_string().ok());
        }
    }
    checks(host, names, |name| short(&folder.join(name)), verifier)
}

/// One byte more than a proof may have, at most.
fn short(path: &Path) -> Result<Vec<u8>, WorkError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(WorkError::io(path, "reading the proof"))?;
    Ok(bytes)
}

/// The proofs of these names below `proofs/`, each judged by the entries that the verifier took.
/// `read` gives the bytes of one; where it is longer than 1 MiB, no fewer than 1 MiB of them.
///
/// # Errors
/// What `read` says; [`WorkError::Stopped`].
pub(super) fn checks(
    host: &dyn Host,
    mut names: Vec<String>,
    mut read: impl FnMut(&str) -> Result<Vec<u8>, WorkError>,
    verifier: &Verifier,
) -> Result<Vec<Check>, WorkError> {
    names.retain(|name| name.ends_with(".json"));
    names.sort_unstable();
    let (mut sizes, mut failed) = (Vec::new(), Vec::new());
    for name in names.iter().take(MOST) {
        if host.cancelled() {
            return Err(WorkError::Stopped { doing: "verifying" });
        }
        match verifier.proof(&read(name)?) {
            Ok(proof) => sizes.push(proof.from.size),
            Err(reason) => failed.push(format!("{}: {reason}", visible(name))),
        }
    }
    sizes.sort_unstable();
    Ok(told(&sizes, failed, names.len().saturating_sub(MOST)))
}

fn told(sizes: &[u64], failed: Vec<String>, unread: usize) -> Vec<Check> {
    let mut checks = Vec::new();
    if !sizes.is_empty() {
        checks.push(Check::pass("proof", held(sizes)));
    }
    let unlisted = failed.len().saturating_sub(LISTED);
    let listed = failed.into_iter().take(LISTED);
    checks.extend(listed.map(|reason| Check::fail("proof", reason)));
    if unlisted > 0 {
        let more = format!("{unlisted} more of the same kind");
        checks.push(Check::fail("proof", more));
    }
    if unread > 0 {
        let found = MOST + unread;
        checks.push(Check::warning(
            "proof",
            format!("expected at most {MOST} proofs, found {found}: {unread} were not read"),
        ));
    }
    checks
}

/// What proofs that hold say, the greatest few of the sizes by number.
fn held(sizes: &[u64]) -> String {
    let shown: Vec<String> = sizes.iter().rev().take(5).map(u64::to_string).collect();
    let more = match sizes.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (noun, verb) = if sizes.len() == 1 {
        ("proof", "holds")
    } else {
        ("proofs", "hold")
    };
    format!(
        "{} consistency {noun} {verb}: the entries here continue the first {}{more}; compare the roots they state with what was handed out then",
        sizes.len(),
        shown.join(", ")
    )
}
