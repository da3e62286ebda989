//! What zip and tar have in common: the names of their entries.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use unicode_normalization::UnicodeNormalization as _;
use vestige_model::Warning;

use super::Place;
use super::walk::Walk;
use crate::name;

/// Names compared for equality in one archive; a greater archive is read all the same.
const COMPARED: usize = 1 << 20;

/// The names an archive has had so far, as hashes.
#[derive(Debug, Default)]
pub(super) struct Names {
    exact: HashSet<u64>,
    folded: HashSet<u64>,
}

impl Names {
    /// What is to be said of the next name.
    fn faults(&mut self, name: &[u8]) -> Vec<&'static str> {
        let mut faults = name::faults(name);
        if self.exact.len() < COMPARED {
            let folded_is_new = self.folded.insert(hash(&folded(name)));
            if !self.exact.insert(hash(name)) {
                faults.push("is the name of an earlier entry too");
            } else if !folded_is_new {
                faults
                    .push("differs from the name of an earlier entry only in case or composition");
            }
        }
        faults
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

/// The name as a file system that ignores case and composition sees it.
fn folded(name: &[u8]) -> Vec<u8> {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    match std::str::from_utf8(name) {
        Ok(text) => text
            .nfc()
            .flat_map(char::to_lowercase)
            .nfc()
            .collect::<String>()
            .into_bytes(),
        Err(_) => name.to_ascii_lowercase(),
    }
}

impl Walk<'_> {
    /// Flags a name that is unfit as a path or not the only one; `offset` is where its entry
    /// stands in the archive.
    pub(super) fn check_name(&mut self, at: &Place, names: &mut Names, name: &[u8], offset: u64) {
        let faults = names.faults(name);
        if faults.is_empty() {
            return;
        }
        let warning = Warning::about(offset, name, format!("the name {}", faults.join(", ")))
            .expected("a plain relative path", name::shown(name));
        self.tell_warning(at, warning);
    }

    /// Records something in an archive that is no file: a link, a device.
    pub(super) fn record(&mut self, at: &Place, what: &str, target: &[u8], offset: u64) {
        let reason = format!("a {what}, recorded and not followed");
        let found = if target.is_empty() {
            what.to_owned()
        } else {
            format!("{what} to {}", name::shown(target))
        };
        let warning = Warning::about(offset, target, reason).expected("a file or folder", found);
        self.tell_warning(at, warning);
    }
}
