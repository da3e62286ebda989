//! Removing what a crash left below `index/`: side copies that were not finished, and those of
//! evidence that did not come into the case.

use std::fs;
use std::path::Path;

use super::{ENDING, FOLDER, UNFINISHED};
use crate::Faults;
use crate::original::{OriginalError, Sha256Digest, digest_named, entries, remove};

/// Removes unfinished side copies, and every side copy of evidence that `known` denies. To be
/// called by the one writer of a case, when it opens it. Returns how many files it removed.
///
/// # Errors
/// [`OriginalError`] where a folder cannot be read or a file not removed.
pub fn sweep(
    case: &Path,
    faults: &Faults,
    known: &dyn Fn(&Sha256Digest) -> bool,
) -> Result<u64, OriginalError> {
    let mut removed = 0;
    for folder in entries(&case.join(FOLDER))? {
        let Some(sha256) = digest_named(&folder) else {
            continue;
        };
        let known = known(&sha256);
        for path in entries(&folder)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let finished = name.ends_with(ENDING);
            if name.starts_with(UNFINISHED) || (finished && !known) {
                remove(&path, "remove temporary", faults)?;
                removed += 1;
            }
        }
        if !known {
            // Only where it is empty now: what is not ours stays.
            let _ = fs::remove_dir(&folder);
        }
    }
    Ok(removed)
}
