//! The report of a case: facts collected at one moment, laid out for a window or written to a file
//! and recorded.

mod collect;
mod noted;
mod output;
mod preflight;

use std::path::{Path, PathBuf};

use serde::Serialize;
use vestige_custody::{Event, hash::sha256, hex};
use vestige_report::facts::{Facts, Note};
use vestige_report::{Document, ReportError};

pub use vestige_report::Standard;

use crate::error::WorkError;
use crate::explore::{Asked, watched};
use crate::host::Host;
use crate::session::{self, OpenCase};
use output::Output;

/// A report as a window shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Laid {
    /// Each page as SVG, text as outlines.
    pub pages: Vec<String>,
    /// What is unverified, unanchored or incomplete.
    pub preflight: Vec<Note>,
    /// The pin line that the pages print.
    pub pin: String,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Which PDF/A; HTML has none.
    pub standard: Standard,
    /// Whether a file that is there is replaced.
    pub overwrite: bool,
}

/// A report that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Made {
    /// The file.
    pub file: PathBuf,
    /// `a-3b`, `a-2u` or `html`.
    pub standard: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Its bytes.
    pub bytes: u64,
    /// Its pages; none for HTML.
    pub pages: Option<usize>,
    /// The pin line it prints: the state of the case it was made from.
    pub pin: String,
    /// The custody entry that records it.
    pub custody_seq: u64,
    /// What is unverified, unanchored or incomplete.
    pub preflight: Vec<Note>,
}

/// Lays a report out; nothing is written.
///
/// # Errors
/// The case; a query that is wrong; what SQLite says; that the user stopped.
pub fn preview(host: &dyn Host, case: &Path, asked: &Asked) -> Result<Laid, WorkError> {
    let facts = collect::facts(host, session::read(host, case, "report")?, asked)?;
    let pages = setting(host, || vestige_report::pages(&facts))?;
    Ok(Laid {
        pages,
        pin: facts.custody.pin(),
        preflight: facts.preflight,
    })
}

/// Writes the report of a case to `output`, PDF/A or HTML by its ending, and records it. What is in
/// it is signed before, where a key is at hand; the entry that records it comes after the head that
/// it prints.
///
/// # Errors
/// As [`preview`]; an ending that is neither, a file that is there, a folder that is not.
pub fn make(
    host: &dyn Host,
    case: &Path,
    asked: &Asked,
    options: Options,
    output: &Path,
) -> Result<Made, WorkError> {
    let output = Output::new(output, options.overwrite)?;
    make_in(
        host,
        &mut OpenCase::open(host, case)?,
        asked,
        options,
        &output,
    )
}

fn make_in(
    host: &dyn Host,
    case: &mut OpenCase,
    asked: &Asked,
    options: Options,
    output: &Output,
) -> Result<Made, WorkError> {
    case.finish(host)?;
    // The lock is held: nobody writes until the entry that follows this head.
    let facts = collect::facts(host, case.case().open_reader()?, asked)?;
    let set = set(host, &facts, options.standard, output.is_html())?;
    let standard = match output.is_html() {
        true => "html",
        false => options.standard.word(),
    };
    let written = output.write(&set.bytes)?;
    let digest = hex(&sha256(&set.bytes));
    let seq = match record(
        host,
        case,
        &facts,
        &written,
        &digest,
        standard,
        set.bytes.len(),
    ) {
        Ok(seq) => seq,
        Err(error) => {
            // A report that is not on record does not leave the house.
            written.take_back();
            return Err(error);
        }
    };
    case.finish(host)?;
    Ok(Made {
        file: written.path().to_path_buf(),
        standard: standard.to_owned(),
        sha256: digest,
        bytes: set.bytes.len() as u64,
        pages: set.pages,
        pin: facts.custody.pin(),
        custody_seq: seq,
        preflight: facts.preflight,
    })
}

/// The report of the whole case for a package, as names below `report/` with their bytes. It is
/// recorded by whoever makes the package.
///
/// # Errors
/// As [`preview`].
pub fn for_package(host: &dyn Host, case: &OpenCase) -> Result<Vec<(String, Vec<u8>)>, WorkError> {
    let facts = collect::facts(host, case.case().open_reader()?, &Asked::default())?;
    let set = set(host, &facts, Standard::A3b, false)?;
    let json = setting(host, || vestige_report::json_of(&facts))?;
    Ok(vec![
        ("report.json".to_owned(), json),
        ("report.pdf".to_owned(), set.bytes),
    ])
}

/// The bytes of a report.
struct Set {
    bytes: Vec<u8>,
    pages: Option<usize>,
}

fn set(host: &dyn Host, facts: &Facts, standard: Standard, html: bool) -> Result<Set, WorkError> {
    if html {
        let page = setting(host, || Ok(vestige_report::html(facts)))?;
        return Ok(Set {
            bytes: page.into_bytes(),
            pages: None,
        });
    }
    setting(host, || {
        let document = Document::set(facts, standard)?;
        Ok(Set {
            pages: Some(document.len()),
            bytes: document.pdf()?,
        })
    })
}

/// Setting takes a moment and cannot be stopped in its midst; the user is heard after it.
fn setting<T>(
    host: &dyn Host,
    work: impl FnOnce() -> Result<T, ReportError>,
) -> Result<T, WorkError> {
    let doing = "setting the report";
    let done = watched(host, doing, |_| {
        work().map_err(|error| {
            host.notice(&error.to_string());
            WorkError::Defect { doing }
        })
    })?;
    match host.cancelled() {
        true => Err(WorkError::Stopped { doing }),
        false => Ok(done),
    }
}

fn record(
    host: &dyn Host,
    case: &mut OpenCase,
    facts: &Facts,
    written: &output::Written,
    digest: &str,
    standard: &str,
    bytes: usize,
) -> Result<u64, WorkError> {
    let name = written.path().file_name().unwrap_or_default();
    let mut entry = case
        .by()
        .entry(Event::ReportGenerated)
        .detail("name", name.to_string_lossy().into_owned())
        .detail("standard", standard)
        .detail("report_sha256", digest)
        .detail("report_bytes", bytes as u64)
        .detail("report_head", facts.custody.pin());
    let scope = &facts.scope;
    for (key, value) in [
        ("query", &scope.query),
        ("from", &scope.from),
        ("to", &scope.to),
    ] {
        if let Some(value) = value {
            entry = entry.detail(key, value.as_str());
        }
    }
    Ok(case.append(host, &entry)?.seq)
}
