//! A package of a case: everything that somebody else needs to verify it and to work with it, in
//! one file (`docs/package-format.md`).
//!
//! The order is that of the custody standard, section 2.1: the report, `report.generated`, a signed
//! note of size n, the zip, `package.exported` as entry n, the digest beside the zip, the zip read
//! back, `package.verified`. The zip has no name before it was read back and found whole.

mod contents;
mod evidence;

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::NamedTempFile;
use vestige_custody::{Event, Verdict, hash, hex};
use vestige_package::{WriteError, Written};
use vestige_store::case_file::CaseError;

use crate::backup::HostWatch;
use crate::custody::newest_note;
use crate::error::WorkError;
use crate::host::Host;
use crate::session::OpenCase;
use crate::verify::{self, Status, Terms, Verification};

use contents::Contents;

/// What a package is made for; each says what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// For another expert: the evidence and the full custody.
    Expert,
}

impl Profile {
    /// Every profile there is.
    pub const ALL: [Profile; 1] = [Profile::Expert];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Profile::Expert => "expert",
        }
    }

    /// The profile of a word.
    ///
    /// # Errors
    /// [`WorkError::Usage`] with those that are there.
    pub fn parse(text: &str) -> Result<Profile, WorkError> {
        let found = Profile::ALL.into_iter().find(|one| one.word() == text);
        found.ok_or_else(|| {
            WorkError::usage(
                "--profile",
                "expert, the only profile that is there yet",
                format!("{text:?}"),
            )
        })
    }
}

/// What package is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it is made for.
    pub profile: Profile,
    /// A new file.
    pub output: PathBuf,
    /// Who gets it, for the record.
    pub recipient: Option<String>,
    /// Where questions go, for `bag-info.txt`.
    pub contact_email: Option<String>,
    /// Who makes it, for `bag-info.txt`; none for the organisation of the case.
    pub organisation: Option<String>,
    /// Why it is made, for the record.
    pub reason: Option<String>,
}

impl Options {
    /// A package for another expert, to be written to `output`.
    #[must_use]
    pub fn expert(output: impl Into<PathBuf>) -> Options {
        Options {
            profile: Profile::Expert,
            output: output.into(),
            recipient: None,
            contact_email: None,
            organisation: None,
            reason: None,
        }
    }
}

/// Makes the report: names below `report/` (`report.pdf`) with their bytes. It writes no entry of
/// its own: `report.generated` is written here, with the digest of each file. None where there is
/// no report to be made.
pub type Report<'a> =
    dyn Fn(&dyn Host, &OpenCase) -> Result<Vec<(String, Vec<u8>)>, WorkError> + 'a;

/// No report.
///
/// # Errors
/// None.
pub fn without_report(_: &dyn Host, _: &OpenCase) -> Result<Vec<(String, Vec<u8>)>, WorkError> {
    Ok(Vec::new())
}

/// A package that was made and read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Made {
    /// The file.
    pub path: PathBuf,
    /// Its SHA-256; the file beside it (`.sha256`) says the same.
    pub sha256: String,
    /// Its bytes.
    pub bytes: u64,
    /// Files of its payload.
    pub files: u64,
    /// What it was made for.
    pub profile: &'static str,
    /// Originals in it.
    pub originals: u64,
    /// Items that are not in it but by their hash, each with the reason.
    pub hash_only: Vec<HashOnly>,
    /// Entries of the custody in it.
    pub size: u64,
    /// The Merkle root over them.
    pub root: String,
    /// The custody entry that records it (`package.exported`).
    pub custody_seq: u64,
    /// What verifying it comes to, without a key or pin from outside.
    pub verdict: Verdict,
    /// The same with its checks.
    #[serde(skip)]
    pub verification: Verification,
}

/// An evidence item of which a package holds the hash only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HashOnly {
    /// The item.
    pub id: String,
    /// Why its bytes are not there.
    pub reason: String,
}

/// Makes a package of the case at a path.
///
/// # Errors
/// [`CaseError::Exists`]; [`WorkError::Custody`] where an original was altered, or where what was
/// written does not verify; [`WorkError::Stopped`]. There is then no file of that name.
pub fn make(
    host: &dyn Host,
    path: &Path,
    options: &Options,
    report: &Report<'_>,
) -> Result<Made, WorkError> {
    vacant(&options.output)?;
    make_in(host, &mut OpenCase::open(host, path)?, options, report)
}

/// As [`make`], in a case that is open.
///
/// # Errors
/// As [`make`].
pub fn make_in(
    host: &dyn Host,
    case: &mut OpenCase,
    options: &Options,
    report: &Report<'_>,
) -> Result<Made, WorkError> {
    vacant(&options.output)?;
    // The report prints a head, which is to be signed.
    newest_note(host, case)?;
    let report = report(host, case)?;
    record_report(host, case, &report)?;
    newest_note(host, case)?;
    let contents = Contents::of(host, case, options, report)?;
    let faults = case.writer().faults().clone();
    let output = &options.output;
    let (zip, written) = faults.step("package file", output, || {
        write(host, case, output, &contents)
    })?;
    let verification = read_back(host, zip.path(), &written)?;
    faults.step("package rename", output, || publish(zip, output))?;
    let seq = record(host, case, options, &contents, &written).inspect_err(|_| {
        // A package that is not on record does not leave the house; the error says more than one
        // of removing it.
        let _ = fs::remove_file(output);
    })?;
    faults.step("package digest", output, || beside(output, &written))?;
    record_verified(host, case, &written, &verification)?;
    case.after_write(host);
    tell(host, &contents.hash_only);
    Ok(Made {
        path: output.clone(),
        sha256: hex(&written.sha256),
        bytes: written.bytes,
        files: written.files,
        profile: options.profile.word(),
        originals: contents.originals,
        hash_only: contents.hash_only,
        size: contents.size,
        root: contents.root,
        custody_seq: seq,
        verdict: verification.verdict,
        verification,
    })
}

/// Verifies a package, as [`verify::verify`] does of a path that is one.
///
/// # Errors
/// As [`verify::verify`].
pub fn verify(host: &dyn Host, path: &Path, terms: &Terms) -> Result<Verification, WorkError> {
    verify::package(host, path, terms)
}

/// Neither the package nor what goes beside it may be there, a time stamp over another included.
fn vacant(output: &Path) -> Result<(), WorkError> {
    let beside = [verify::sidecar_of(output), verify::stamp_of(output)];
    for path in [output.to_path_buf()].into_iter().chain(beside) {
        if verify::is_taken(&path) {
            let found = "a file is there already";
            return Err(CaseError::Exists { path, found }.into());
        }
    }
    Ok(())
}

/// The report is on record before the package that holds it.
fn record_report(
    host: &dyn Host,
    case: &mut OpenCase,
    report: &[(String, Vec<u8>)],
) -> Result<(), WorkError> {
    if report.is_empty() {
        return Ok(());
    }
    let mut entry = case.writer().ledger().entry(Event::ReportGenerated);
    for (name, bytes) in report {
        entry = entry.detail(&verify::report_detail(name), hex(&hash::sha256(bytes)));
    }
    case.append(host, &entry)?;
    case.after_write(host);
    Ok(())
}

fn parent(output: &Path) -> &Path {
    match output.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The zip under a name that nobody takes for a package.
fn write(
    host: &dyn Host,
    case: &OpenCase,
    output: &Path,
    contents: &Contents,
) -> Result<(NamedTempFile, Written), WorkError> {
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let zip = tempfile::Builder::new()
        .prefix(&format!(".{name}."))
        .suffix(".incomplete")
        .permissions(fs::Permissions::from_mode(0o666))
        .tempfile_in(parent(output))
        .map_err(WorkError::io(parent(output), "making the package"))?;
    let mut watch = HostWatch::new(host);
    let written = vestige_package::write(
        zip.as_file(),
        &contents.bag,
        &mut |payload| contents.open(payload),
        &mut watch,
    );
    let written = written.map_err(|error| not_written(case, output, error))?;
    let synced = zip.as_file().sync_all();
    synced.map_err(WorkError::io(output, "making the package durable"))?;
    Ok((zip, written))
}

fn not_written(case: &OpenCase, output: &Path, error: WriteError) -> WorkError {
    match error {
        WriteError::Stopped => WorkError::Stopped {
            doing: "writing the package",
        },
        WriteError::Io(error) => WorkError::io(output, "writing the package")(error),
        WriteError::Payload { .. } | WriteError::Altered { .. } => WorkError::Custody {
            case: case.case().root().to_path_buf(),
            reason: format!("the package was not made: {error}"),
        },
        WriteError::Name { .. } => WorkError::Defect {
            doing: "naming the files of the package",
        },
    }
}

/// What cannot be read back is no package.
fn read_back(host: &dyn Host, zip: &Path, written: &Written) -> Result<Verification, WorkError> {
    let verification = verify::package(host, zip, &Terms::default())?;
    let failed = |check: &&verify::Check| check.status == Status::Fail;
    let Some(failed) = verification.checks.iter().find(failed) else {
        return Ok(verification);
    };
    Err(WorkError::Custody {
        case: zip.to_path_buf(),
        reason: format!(
            "the package of SHA-256 {} was read back and does not verify: {}: {}",
            hex(&written.sha256),
            failed.check,
            failed.detail
        ),
    })
}

/// Gives the package its name without replacing anything.
fn publish(zip: NamedTempFile, output: &Path) -> Result<(), WorkError> {
    let named = zip.persist_noclobber(output);
    named.map_err(|error| WorkError::io(output, "giving the package its name")(error.error))?;
    let synced = File::open(parent(output)).and_then(|folder| folder.sync_all());
    synced.map_err(WorkError::io(output, "making the package's name durable"))
}

/// `<package>.sha256`, as `sha256sum -c` reads it.
fn beside(output: &Path, written: &Written) -> Result<(), WorkError> {
    let path = verify::sidecar_of(output);
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let text = format!("{}  {name}\n", hex(&written.sha256));
    let made = File::options().write(true).create_new(true).open(&path);
    made.and_then(|mut file| {
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
    })
    .map_err(WorkError::io(&path, "writing the package's digest"))
}

/// `package.exported`; gives its number.
fn record(
    host: &dyn Host,
    case: &mut OpenCase,
    options: &Options,
    contents: &Contents,
    written: &Written,
) -> Result<u64, WorkError> {
    let name = options.output.file_name().unwrap_or_default();
    let reason = options.reason.as_deref().unwrap_or("package made");
    let recipient = options.recipient.as_deref().unwrap_or_default();
    let entry = case
        .writer()
        .ledger()
        .entry(Event::PackageExported)
        .reason(reason)
        .detail("package_sha256", hex(&written.sha256))
        .detail("package_bytes", written.bytes)
        .detail("name", name.to_string_lossy().into_owned())
        .detail("size", contents.size)
        .detail("root", contents.root.as_str())
        .detail("profile", options.profile.word())
        .detail("recipient", recipient)
        .detail("originals", contents.originals)
        .detail("hash_only", contents.hash_only.len() as u64);
    let sealed = case.append(host, &entry)?;
    // Remembered at once: should this end here, the package is on record.
    case.after_write(host);
    Ok(sealed.seq)
}

fn record_verified(
    host: &dyn Host,
    case: &mut OpenCase,
    written: &Written,
    verification: &Verification,
) -> Result<(), WorkError> {
    let entry = case
        .writer()
        .ledger()
        .entry(Event::PackageVerified)
        .reason("read back after it was written")
        .detail("package_sha256", hex(&written.sha256))
        .detail("verdict", verification.verdict.word())
        .detail("size", verification.size)
        .detail("root", verification.root.as_str());
    case.append(host, &entry)?;
    Ok(())
}

fn tell(host: &dyn Host, hash_only: &[HashOnly]) {
    if let Some(first) = hash_only.first() {
        host.notice(&format!(
            "{} evidence items are in the package by their hash only, the first is {}: {}",
            hash_only.len(),
            first.id,
            first.reason
        ));
    }
}
