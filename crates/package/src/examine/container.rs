//! The zip itself: its seal, the names in it, the one form that this program writes.

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use vestige_custody::{Hash, hex};

use super::{Examination, ExamineError, ended, go_on};
use crate::digest::{Algorithm, Digests};
use crate::name::{danger, is_safe, oddity, visible};
use crate::zip::SEAL;

impl<R: Read + Seek> Examination<'_, R> {
    /// Hashes the zip as it is and compares the digits of its comment.
    pub(super) fn seal(&mut self) -> Result<Hash, ExamineError> {
        let said = std::str::from_utf8(&self.archive.comment).ok();
        let said = said
            .and_then(|text| text.strip_prefix(SEAL))
            .map(str::to_owned);
        let total = self.archive.bytes;
        let covered = total - said.as_ref().map_or(0, |digits| digits.len() as u64);
        let (mut whole, mut part) = (
            Digests::of([Algorithm::Sha256]),
            Digests::of([Algorithm::Sha256]),
        );
        let (watch, mut done) = (&mut *self.watch, 0_u64);
        let read = self.archive.raw(&mut |bytes| {
            let left = usize::try_from(covered.saturating_sub(done)).unwrap_or(usize::MAX);
            if said.is_some() {
                part.update(bytes.get(..left.min(bytes.len())).unwrap_or_default());
            }
            whole.update(bytes);
            done += bytes.len() as u64;
            go_on(watch.advanced("hashing the package", done, total))
        });
        ended(read)?;
        if let Some(said) = said {
            self.sealed = true;
            let found = hex(&part.sha256());
            if said == found {
                self.checks.pass(
                    "seal",
                    "no byte of the zip was changed since it was written",
                );
            } else {
                self.checks.fail(
                    "seal",
                    format!("expected {} over the zip as its comment says, found {found}: bytes were changed after it was written", visible(&said)),
                );
            }
        }
        Ok(whole.sha256())
    }

    /// Names, kinds and the one folder on top; whether the bag can be read.
    pub(super) fn names(&mut self) -> bool {
        let (mut seen, mut folded) = (BTreeSet::new(), BTreeSet::new());
        let mut tops = BTreeSet::new();
        let mut usable = true;
        for (number, entry) in self.archive.entries.iter().enumerate() {
            let shown = visible(&entry.name);
            if let Some(why) = danger(&entry.name) {
                self.checks.fail(
                    "names",
                    format!("{shown}: {why}. It was not used as a path"),
                );
                usable = false;
                continue;
            }
            if !(matches!(entry.kind, 0 | 0o100_000)
                || entry.is_folder() && entry.kind == 0o040_000)
            {
                self.checks.fail(
                    "names",
                    format!("{shown}: it is a link or a device, not a file; it was not followed"),
                );
                usable = false;
            }
            if !seen.insert(entry.name.trim_end_matches('/')) {
                self.checks.fail(
                    "names",
                    format!("{shown}: two entries have this name; readers would not agree which one counts"),
                );
                usable = false;
            } else if !folded.insert(entry.name.trim_end_matches('/').to_lowercase()) {
                self.checks.warn(
                    "names",
                    format!("{shown}: another name differs from it in case alone; on Windows and macOS one would overwrite the other"),
                );
            }
            if let Some(why) = oddity(&entry.name) {
                self.checks.warn("names", format!("{shown}: {why}"));
            }
            let (top, below) = entry
                .name
                .split_once('/')
                .unwrap_or((entry.name.as_str(), ""));
            if !below.is_empty() && !entry.is_folder() {
                self.by_name.insert(below.to_owned(), number);
            }
            if tops.len() < 4 {
                tops.insert(top.to_owned());
            }
            if below.is_empty() && !entry.is_folder() {
                self.checks.fail(
                    "bag",
                    format!("{shown}: expected one folder, the bag, found a file beside it"),
                );
                usable = false;
            }
        }
        if tops.len() != 1 {
            let shown: Vec<_> = tops.iter().map(|one| visible(one)).collect();
            self.checks.fail(
                "bag",
                format!(
                    "expected exactly one folder on top, the bag, found {}: {}",
                    shown.len(),
                    shown.join(", ")
                ),
            );
            return false;
        }
        self.top = tops.into_iter().next().unwrap_or_default();
        self.checks
            .pass("names", "every name is safe to unpack, and there once");
        usable
    }

    /// A package of ours has one form only; what differs was changed after it was written.
    pub(super) fn form(&mut self) {
        if !self.is_ours() {
            let what = "another program's: its zip, seal and names are not compared with the form of this one";
            return self.checks.skip("form", what);
        }
        if !self.sealed {
            self.checks
                .fail("form", "the digits at the end of the zip are missing");
        }
        let moment = self.archive.entries.first().map(|one| one.moment);
        for what in self.archive.differs.clone() {
            self.checks
                .fail("form", format!("{what} is not as this program writes it"));
        }
        let names: Vec<&str> = self
            .archive
            .entries
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        let in_order = names.is_sorted();
        let safe = names.iter().all(|name| {
            name.split_once('/')
                .is_some_and(|(top, below)| is_safe(top) && is_safe(below))
        });
        let one_time = self
            .archive
            .entries
            .iter()
            .all(|one| Some(one.moment) == moment);
        for (holds, what) in [
            (in_order, "the entries are not in the order of their names"),
            (safe, "a name is not one that this program gives"),
            (one_time, "the entries do not have one time"),
        ] {
            if !holds {
                self.checks.fail("form", what);
            }
        }
        self.checks
            .pass("form", "the zip has the one form that this program writes");
    }
}
