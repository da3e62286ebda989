//! A case that nobody vouches for: copied into quarantine, recovered there, and looked at from the
//! outside to the inside before anything in it is believed.
//!
//! The order is the protection. Header bytes before SQLite; the schema's text before any other
//! statement, so that no trigger, view, generated column or virtual table of a stranger ever runs;
//! the pages before the rows; the rows' references before the custody chain. The original is not
//! changed. `index/` of a foreign case is derived by a stranger and must be built anew.

mod chain;
mod examine;
mod facts;
mod header;
mod quarantine;

pub use header::Header;

use crate::case_file::folder::{self, FOLDERS};
use crate::case_file::{Case, CaseError, NotACase};
use crate::connection::Settings;
use crate::ledger::Head;
use std::path::Path;
use std::sync::Arc;
use vestige_custody::CaseId;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// As it should be.
    Passed,
    /// To be told, but no reason to refuse.
    Warned,
    /// Reason to refuse the case.
    Failed,
}

/// One check of an examination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at: `folder`, `header`, `schema`, `integrity` and the like.
    pub check: &'static str,
    /// How it ended.
    pub status: Status,
    /// What was expected and found.
    pub detail: String,
}

/// What is known of a case that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// The case's UUID.
    pub id: CaseId,
    /// The head of its custody chain.
    pub head: Head,
    /// The schema's version.
    pub version: u32,
}

/// All that an examination found.
#[derive(Debug)]
pub struct Examination {
    /// The checks in the order in which they were made; after the first failure none follow.
    pub checks: Vec<Check>,
    /// What is known of the case, or why it is refused.
    pub outcome: Result<Sound, CaseError>,
}

/// Asked from time to time whether to go on.
pub type GoOn = Arc<dyn Fn() -> bool + Send + Sync>;

/// Examines the case at `path` in `quarantine`, an empty folder which the caller removes.
#[must_use]
pub fn examine(path: &Path, quarantine: &Path, settings: &Settings, go_on: &GoOn) -> Examination {
    let mut checks = Vec::new();
    let outcome = examine_folder(path, quarantine, settings, go_on, &mut checks);
    finish(checks, outcome)
}

/// Examines a database that lies in a folder of ours already; `label` is named in messages.
#[must_use]
pub(crate) fn examine_copy(
    label: &Path,
    database: &Path,
    bytes: u64,
    settings: &Settings,
    go_on: &GoOn,
) -> Examination {
    let mut checks = Vec::new();
    let copy = quarantine::Copy {
        database: database.to_path_buf(),
        unfinished: false,
        bytes,
    };
    checks.push(passed("quarantine", format!("{bytes} bytes unpacked")));
    let outcome = examine::database(label, &copy, settings, go_on, &mut checks);
    finish(checks, outcome)
}

/// Looks at a known case where it lies: pages, references, types, custody chain. Nothing is
/// written; whoever writes meanwhile is not hindered.
#[must_use]
pub fn inspect(case: &Case, go_on: &GoOn) -> Vec<Check> {
    let schema = format!("as version {} makes it", case.version());
    let mut checks = vec![passed("schema", schema)];
    let looked = examine::in_place(
        case.root(),
        &case.database(),
        case.settings(),
        go_on,
        &mut checks,
    );
    if let Err(error) = looked {
        let check = checks.last().map_or("schema", |last| following(last.check));
        checks.push(Check {
            check,
            status: Status::Failed,
            detail: error.to_string(),
        });
    }
    checks
}

fn finish(mut checks: Vec<Check>, outcome: Result<Sound, CaseError>) -> Examination {
    if let Err(error) = &outcome {
        let check = checks.last().map_or("folder", |last| following(last.check));
        checks.push(Check {
            check,
            status: Status::Failed,
            detail: error.to_string(),
        });
    }
    Examination { checks, outcome }
}

/// The checks in their order; an error belongs to the one after the last that passed.
const ORDER: [&str; 10] = [
    "folder",
    "quarantine",
    "header",
    "schema",
    "integrity",
    "references",
    "types",
    "custody",
    "notes",
    "facts",
];

fn following(check: &str) -> &'static str {
    let at = ORDER
        .iter()
        .position(|name| *name == check)
        .map_or(0, |at| at + 1);
    ORDER.get(at).copied().unwrap_or("facts")
}

fn examine_folder(
    path: &Path,
    quarantine: &Path,
    settings: &Settings,
    go_on: &GoOn,
    checks: &mut Vec<Check>,
) -> Result<Sound, CaseError> {
    let root = folder::existing(path)?;
    real_folders(&root)?;
    checks.push(passed(
        "folder",
        "a folder with a regular case.db and no links".to_owned(),
    ));
    let copy = quarantine::copy(&root, quarantine)?;
    checks.push(passed("quarantine", format!("{} bytes copied", copy.bytes)));
    examine::database(&root, &copy, settings, go_on, checks)
}

/// What would be written into must lie in the case, not where a link leads.
fn real_folders(root: &Path) -> Result<(), CaseError> {
    for name in FOLDERS {
        let folder = root.join(name);
        if let Ok(about) = std::fs::symlink_metadata(&folder)
            && !about.is_dir()
        {
            let why = NotACase::NotRegular(format!("{name}, which should be a folder,"));
            return Err(CaseError::NotACase {
                path: root.to_path_buf(),
                why,
            });
        }
    }
    Ok(())
}

fn warned(check: &'static str, detail: String) -> Check {
    Check {
        check,
        status: Status::Warned,
        detail,
    }
}

fn passed(check: &'static str, detail: String) -> Check {
    Check {
        check,
        status: Status::Passed,
        detail,
    }
}

impl Sound {
    /// Opens the case that was examined, in place. It must still have the head that was found.
    ///
    /// # Errors
    /// As [`Case::open_known`].
    pub fn open(&self, path: &Path, settings: &Settings) -> Result<Case, CaseError> {
        let case = Case::open_known(path, Some(self.head), settings)?;
        if *case.id() != self.id {
            let what = format!(
                "it was case {} when it was examined, now {}",
                self.id,
                case.id()
            );
            return Err(CaseError::Tampered {
                path: path.to_path_buf(),
                what,
            });
        }
        Ok(case)
    }
}
