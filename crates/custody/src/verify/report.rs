//! The verdict and what it rests on.

use super::notes::Covered;
use super::walk::Walk;
use crate::hash::Hash;
use crate::vkey::Vkey;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a verification comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything that could be checked holds.
    Verified,
    /// Nothing contradicts, but something is not covered.
    VerifiedWithWarnings,
    /// Something contradicts.
    Failed,
}

impl Verdict {
    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Verdict::Verified => "verified",
            Verdict::VerifiedWithWarnings => "verified-with-warnings",
            Verdict::Failed => "failed",
        }
    }
}

/// What one check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It holds.
    Pass,
    /// It was not looked at; what follows from that is said elsewhere.
    Skipped,
    /// It is not covered.
    Warning,
    /// It is contradicted.
    Fail,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which: `entries`, `time`, `objects`, `keys`, `note`, `token`, `pin`, `anchor`, `evidence`.
    pub check: &'static str,
    /// What it came to.
    pub status: Status,
    /// What was looked at, with what was expected and found.
    pub detail: String,
}

/// The result of a verification.
#[derive(Clone, Debug)]
pub struct Report {
    /// What it comes to.
    pub verdict: Verdict,
    /// What it rests on.
    pub checks: Vec<Check>,
    /// The number of entries.
    pub size: u64,
    /// The Merkle root over them.
    pub root: Hash,
    /// The leaf hash of the last.
    pub head: Option<Hash>,
    /// The case they speak of.
    pub case: Option<String>,
    /// How many entries a time stamp or pin covers.
    pub anchored: u64,
    /// How many entries a time stamp covers.
    pub stamped: u64,
    /// How many entries a pin covers.
    pub pinned: u64,
    /// How many entries a note signed by a trusted key covers.
    pub signed: u64,
    /// The keys that are trusted after the last note: those given, and those that signed entries
    /// let in.
    pub trusted: Vec<Vkey>,
}

impl Report {
    pub(super) fn new(checks: Vec<Check>, walk: &Walk, covered: Covered) -> Report {
        let worst = checks.iter().map(|check| check.status).max();
        let verdict = match worst {
            Some(Status::Fail) => Verdict::Failed,
            Some(Status::Warning) => Verdict::VerifiedWithWarnings,
            Some(Status::Pass | Status::Skipped) | None => Verdict::Verified,
        };
        Report {
            verdict,
            checks,
            size: walk.tree.size(),
            root: walk.tree.root(),
            head: walk.head,
            case: walk.case.as_ref().map(ToString::to_string),
            anchored: covered.anchored(),
            stamped: covered.stamped,
            pinned: covered.pinned,
            signed: covered.signed,
            trusted: covered.trusted,
        }
    }
}

/// Collects the results of checks of one kind. Each kind of result is listed up to a limit, so that
/// a hostile chain does not make a report without end, and counted beyond.
#[derive(Debug)]
pub(super) struct Findings {
    check: &'static str,
    found: BTreeMap<Status, (Vec<String>, usize)>,
}

const LISTED: usize = 20;

impl Findings {
    pub(super) fn new(check: &'static str) -> Findings {
        Findings {
            check,
            found: BTreeMap::new(),
        }
    }

    pub(super) fn fail(&mut self, detail: String) {
        self.add(Status::Fail, detail);
    }

    pub(super) fn warn(&mut self, detail: String) {
        self.add(Status::Warning, detail);
    }

    pub(super) fn skip(&mut self, detail: String) {
        self.add(Status::Skipped, detail);
    }

    fn add(&mut self, status: Status, detail: String) {
        let (listed, unlisted) = self.found.entry(status).or_default();
        if listed.len() < LISTED {
            listed.push(detail);
        } else {
            *unlisted += 1;
        }
    }

    /// The checks: what was found, worst first, or that all holds.
    pub(super) fn into_checks(self, passed: impl FnOnce() -> Option<String>, out: &mut Vec<Check>) {
        let check = self.check;
        let holds = self.found.keys().all(|status| *status == Status::Skipped);
        let passed = holds.then(passed).flatten();
        out.extend(passed.map(|detail| Check {
            check,
            status: Status::Pass,
            detail,
        }));
        for (status, (listed, unlisted)) in self.found.into_iter().rev() {
            let more = (unlisted > 0).then(|| format!("{unlisted} more of the same kind"));
            let all = listed.into_iter().chain(more);
            out.extend(all.map(|detail| Check {
                check,
                status,
                detail,
            }));
        }
    }
}
