//! Whether a case, or the custody somebody exported, is what it was: every check of the custody
//! standard, and for a case the evidence and the rows too.

mod account;
mod annotations;
mod case;
mod chain;
mod evidence;
mod folder;
mod item;
mod limits;
mod package;
mod package_stamp;
mod proofs;
mod received;
mod replay;
mod reports;

use std::path::{Path, PathBuf};

use serde::Serialize;
use vestige_custody::statement::statement;
use vestige_custody::verify::{Pin, Report, Trust};
use vestige_custody::{Vkey, hex};

pub use vestige_custody::Verdict;
pub use vestige_custody::verify::Status;

use crate::error::WorkError;
use crate::host::Host;

pub(crate) use chain::chain;
pub(crate) use folder::folder;
pub(crate) use item::{OfItem, of_item};
pub(crate) use package::{is_package, is_taken, package, sidecar_of};
pub(crate) use package_stamp::stamp_of;
pub(crate) use reports::detail as report_detail;

/// What a verification is asked for.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Whether every record is parsed again and compared with its row.
    pub deep: bool,
    /// Verifier keys got from outside.
    pub keys: Vec<String>,
    /// Pins got from outside, `SIZE:ROOT`.
    pub pins: Vec<String>,
    /// CA certificates of time-stamp authorities, a PEM file.
    pub tsa_ca: Option<PathBuf>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Check {
    /// Which.
    pub check: String,
    /// What it came to.
    #[ts(type = "\"pass\" | \"skipped\" | \"warning\" | \"fail\"")]
    pub status: Status,
    /// What was looked at, with what was expected and found.
    pub detail: String,
}

impl Check {
    /// A check that holds.
    pub fn pass(check: &str, detail: impl Into<String>) -> Check {
        Check {
            check: check.to_owned(),
            status: Status::Pass,
            detail: detail.into(),
        }
    }

    /// A check of something that is not covered.
    pub fn warning(check: &str, detail: impl Into<String>) -> Check {
        Check {
            check: check.to_owned(),
            status: Status::Warning,
            detail: detail.into(),
        }
    }

    /// A check that is contradicted.
    pub fn fail(check: &str, detail: impl Into<String>) -> Check {
        Check {
            check: check.to_owned(),
            status: Status::Fail,
            detail: detail.into(),
        }
    }
}

const REFUSED: &str = "The case was refused before its chain could be read; the failed check says why. Do not rely on it before that is explained.\nNothing is shown of what it holds.";

/// What a verification came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Verification {
    /// The verdict.
    #[ts(type = "\"verified\" | \"verified-with-warnings\" | \"failed\"")]
    pub verdict: Verdict,
    /// What it rests on.
    pub checks: Vec<Check>,
    /// Entries in the chain.
    pub size: u64,
    /// The Merkle root over them; empty where the case was refused before the chain was read.
    pub root: String,
    /// The leaf hash of the last.
    pub head: Option<String>,
    /// The case.
    pub case: Option<String>,
    /// Entries since the last time stamp or pin.
    pub since_anchor: u64,
    /// Entries that a trusted signature covers.
    pub signed: u64,
    /// The keys that are trusted after the last note.
    pub keys: Vec<String>,
    /// What this shows and what it cannot show, in plain words, a sentence or two a line.
    pub statement: String,
}

impl Verification {
    /// The pin line of what was verified, `SIZE:ROOT`.
    #[must_use]
    pub fn pin(&self) -> String {
        format!("{}:{}", self.size, self.root)
    }

    /// A verification that ended before the chain could be read.
    fn refused(checks: Vec<Check>) -> Verification {
        Verification {
            verdict: Verdict::Failed,
            checks,
            size: 0,
            root: String::new(),
            head: None,
            case: None,
            since_anchor: 0,
            signed: 0,
            keys: Vec::new(),
            statement: REFUSED.to_owned(),
        }
    }

    fn of(mut report: Report, before: Vec<Check>, after: Vec<Check>) -> Verification {
        let own = report.checks.iter().map(|check| Check {
            check: check.check.to_owned(),
            status: check.status,
            detail: check.detail.clone(),
        });
        let checks: Vec<Check> = before.into_iter().chain(own).chain(after).collect();
        let verdict = match checks.iter().map(|check| check.status).max() {
            Some(Status::Fail) | None => Verdict::Failed,
            Some(Status::Warning) => Verdict::VerifiedWithWarnings,
            Some(Status::Pass | Status::Skipped) => Verdict::Verified,
        };
        report.verdict = verdict;
        Verification {
            verdict,
            checks,
            size: report.size,
            root: hex(&report.root),
            head: report.head.map(|head| hex(&head)),
            case: report.case.clone(),
            since_anchor: report.size.saturating_sub(report.anchored),
            signed: report.signed,
            keys: report.trusted.iter().map(ToString::to_string).collect(),
            statement: statement(&report),
        }
    }
}

/// Verifies what lies at a path: a case, an exported custody folder, or a package (a zip).
///
/// # Errors
/// [`WorkError::Usage`] for a key or pin that cannot be read; [`WorkError::Absent`] where the path
/// is none of these. What a check finds is no error.
pub fn verify(host: &dyn Host, path: &Path, terms: &Terms) -> Result<Verification, WorkError> {
    if path.join("case.db").symlink_metadata().is_ok() {
        return case::case(host, path, terms);
    }
    if path.join(folder::CHAIN).is_file() {
        return folder(host, path, terms);
    }
    if package::is_package(path) {
        return package(host, path, terms);
    }
    let found = match path.symlink_metadata() {
        Err(_) => "nothing there",
        Ok(_) if path.join("bagit.txt").is_file() => {
            "an unpacked package: give the zip that it came in, for its manifests and seal are verified there"
        }
        Ok(about) if about.is_dir() => "a folder without case.db and custody.jsonl",
        Ok(_) => "a file that is no zip",
    };
    Err(WorkError::Absent {
        case: path.to_path_buf(),
        what: "something to verify",
        expected: "a case folder, an exported custody folder or a package (a zip)".to_owned(),
        found: found.to_owned(),
    })
}

/// As [`verify`], of something from outside, with what it says of itself, which is verified only as
/// far as the checks say.
///
/// # Errors
/// As [`verify`].
pub fn verify_foreign(
    host: &dyn Host,
    path: &Path,
    terms: &Terms,
) -> Result<(Verification, Vec<(String, String)>), WorkError> {
    match package::is_package(path) {
        true => package::package_and_info(host, path, terms),
        false => verify(host, path, terms).map(|verification| (verification, Vec::new())),
    }
}

/// What the verifier is given from outside.
fn trust(host: &dyn Host, terms: &Terms) -> Result<Trust, WorkError> {
    let key = |text: &String| {
        Vkey::parse(text.trim()).map_err(|error| {
            WorkError::usage("--key", error.expected, format!("{:?}", error.found))
        })
    };
    let pin = |text: &String| {
        Pin::parse(text).map_err(|error| {
            WorkError::usage(
                "--pin",
                "SIZE:ROOT, the root as 64 lower-case hexadecimal digits",
                format!("{:?}", error.found),
            )
        })
    };
    Ok(Trust {
        keys: terms.keys.iter().map(key).collect::<Result<_, _>>()?,
        package_keys: Vec::new(),
        pins: terms.pins.iter().map(pin).collect::<Result<_, _>>()?,
        anchors: terms
            .tsa_ca
            .as_deref()
            .map(crate::custody::read_anchors)
            .transpose()?,
        now: host.now(),
        withheld: false,
    })
}

/// Keys are given under whatever name they had where they were shown; what signs is the key. Each
/// counts under the names that the notes use, too.
fn under_names(keys: Vec<Vkey>, origins: &[String]) -> Vec<Vkey> {
    let mut all = keys.clone();
    for key in &keys {
        for origin in origins {
            let named = Vkey::new(origin, *key.key());
            all.extend(named.filter(|named| named != key));
        }
    }
    all.dedup();
    all
}
