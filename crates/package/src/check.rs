//! What a verification of a package found, one check a line, each explained in plain words.

use std::collections::BTreeMap;

pub use vestige_custody::verify::Status;

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which: `zip`, `seal`, `names`, `bag`, `info`, `manifests`, `payload`, `form`.
    pub check: &'static str,
    /// What it came to.
    pub status: Status,
    /// What was looked at, with what was expected and found, and what follows.
    pub detail: String,
}

/// How many findings of a kind are listed one by one.
const LISTED: usize = 20;

/// Checks being collected: a hostile package does not make a report without end.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    order: Vec<&'static str>,
    found: BTreeMap<(&'static str, Status), (Vec<String>, u64)>,
}

impl Findings {
    pub fn fail(&mut self, check: &'static str, detail: impl Into<String>) {
        self.add(check, Status::Fail, detail.into());
    }

    pub fn warn(&mut self, check: &'static str, detail: impl Into<String>) {
        self.add(check, Status::Warning, detail.into());
    }

    /// Says that a check holds, where nothing was found against it.
    pub fn pass(&mut self, check: &'static str, detail: impl Into<String>) {
        let against = [Status::Fail, Status::Warning];
        if !against
            .iter()
            .any(|status| self.found.contains_key(&(check, *status)))
        {
            self.add(check, Status::Pass, detail.into());
        }
    }

    pub fn skip(&mut self, check: &'static str, detail: impl Into<String>) {
        self.add(check, Status::Skipped, detail.into());
    }

    fn add(&mut self, check: &'static str, status: Status, detail: String) {
        if !self.order.contains(&check) {
            self.order.push(check);
        }
        let (listed, more) = self.found.entry((check, status)).or_default();
        if listed.len() < LISTED {
            listed.push(detail);
        } else {
            *more += 1;
        }
    }

    /// The checks in the order in which they were begun, the worst of each first.
    pub fn into_checks(mut self) -> Vec<Check> {
        let mut checks = Vec::new();
        let worst_first = [Status::Fail, Status::Warning, Status::Skipped, Status::Pass];
        for check in std::mem::take(&mut self.order) {
            for status in worst_first {
                let Some((listed, more)) = self.found.remove(&(check, status)) else {
                    continue;
                };
                let more = (more > 0).then(|| format!("{more} more of the same kind"));
                checks.extend(listed.into_iter().chain(more).map(|detail| Check {
                    check,
                    status,
                    detail,
                }));
            }
        }
        checks
    }
}
