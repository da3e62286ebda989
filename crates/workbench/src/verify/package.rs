//! A package, ours or anybody's: the zip and the bag in it, then the custody and the evidence that
//! lie in the bag. Nothing in it is believed, and nothing of it is unpacked to the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read as _, Seek};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use vestige_custody::hash::from_hex;
use vestige_custody::verify::{NoteFile, Observed, Report, Verifier};
use vestige_custody::{Hash, Vkey, hex};
use vestige_package::examine::Found;
use vestige_package::name::visible;
use vestige_package::zip::read::UnpackError;
use vestige_package::{ExamineError, Examined, examine};

use super::folder::{LARGEST, LONGEST, newest, origins};
use super::reports::Reports;
use super::{
    Check, Status, Terms, Verdict, Verification, package_stamp, proofs, trust, under_names,
};
use crate::backup::HostWatch;
use crate::error::WorkError;
use crate::host::Host;
use crate::progress::Counters;

/// The custody folder of a package.
const CUSTODY: &str = "data/custody/";
/// Its originals, each in a folder of its id.
const EVIDENCE: &str = "data/evidence/";

/// What is said of each item, beside them.
const LIST: &str = "evidence.jsonl";

const REFUSED: &str = "The package was refused before what is in it could be read; the failed check says why. Do not rely on it before that is explained.\nNothing is shown of what it holds.";
const NO_CUSTODY: &str = "The files are compared with the manifests that came with them. Whoever altered both would not be noticed: nothing here is signed.\nNothing says how the evidence was handled.";

const UNSIGNED: &str = "\nThe timeline, the list of evidence, the verifier and any file that no entry records are bound by the digest of the package alone: compare it with the one that the sender's ledger records (package.exported).";

/// Whether a file is to be taken for a package: by its name or its first bytes.
pub(crate) fn is_package(path: &Path) -> bool {
    if !path.is_file() {
        return false;
    }
    let named = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    let begins = || {
        let mut start = [0; 4];
        let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
        read.is_ok() && start == *b"PK\x03\x04"
    };
    named || begins()
}

/// Verifies a package. The keys that lie in it count only where none is given, and then with a
/// warning.
pub(crate) fn package(
    host: &dyn Host,
    path: &Path,
    terms: &Terms,
) -> Result<Verification, WorkError> {
    package_and_info(host, path, terms).map(|(verification, _)| verification)
}

/// As [`package`], with what the package says of itself: the labels and values of its
/// `bag-info.txt`.
pub(super) fn package_and_info(
    host: &dyn Host,
    path: &Path,
    terms: &Terms,
) -> Result<(Verification, Vec<(String, String)>), WorkError> {
    let file = File::open(path).map_err(WorkError::io(path, "opening the package"))?;
    let mut examined = examine(file, &mut HostWatch::new(host)).map_err(|error| match error {
        ExamineError::Stopped => WorkError::Stopped { doing: "verifying" },
        ExamineError::Io(error) => WorkError::io(path, "reading the package")(error),
    })?;
    let mut checks: Vec<Check> = examined.checks.iter().map(of_package).collect();
    checks.extend(sidecar(host, path, examined.sha256, terms)?);
    let info = examined.info.clone();
    if examined.archive.is_none() {
        return Ok((alone(checks, REFUSED), info));
    }
    if !examined
        .files
        .iter()
        .any(|file| file.name == format!("{CUSTODY}custody.jsonl"))
    {
        let what = "the bag holds no data/custody/custody.jsonl: nothing says how the evidence was handled, and nothing is signed";
        checks.push(Check::warning("custody", what));
        return Ok((alone(checks, NO_CUSTODY), info));
    }
    if !examined.is_ours {
        let what = "expected the seal and the form of the program that wrote the custody in it, found another program's zip: somebody packed it anew, and what the custody does not record (the timeline, the list of evidence, the verifier, files that were added) may be anything";
        checks.push(Check::warning("form", what));
    }
    let (report, after) = custody(host, path, &mut examined, terms)?;
    let mut verification = Verification::of(report, checks, after);
    verification.statement.push_str(UNSIGNED);
    Ok((verification, info))
}

fn of_package(check: &vestige_package::Check) -> Check {
    Check {
        check: check.check.to_owned(),
        status: check.status,
        detail: check.detail.clone(),
    }
}

/// A verification in which no chain was read.
fn alone(checks: Vec<Check>, statement: &str) -> Verification {
    let verdict = match checks.iter().map(|check| check.status).max() {
        Some(Status::Pass | Status::Skipped | Status::Warning) => Verdict::VerifiedWithWarnings,
        Some(Status::Fail) | None => Verdict::Failed,
    };
    Verification {
        verdict,
        statement: statement.to_owned(),
        ..Verification::refused(checks)
    }
}

/// What lies beside a package: `<package>.sha256`.
pub(crate) fn sidecar_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sha256");
    PathBuf::from(name)
}

/// The files beside a package: its digest and its time stamp.
fn sidecar(
    host: &dyn Host,
    path: &Path,
    found: Option<Hash>,
    terms: &Terms,
) -> Result<Vec<Check>, WorkError> {
    let Some(found) = found else {
        return Ok(Vec::new());
    };
    let mut checks = Vec::from_iter(digest_beside(path, &found)?);
    checks.extend(package_stamp::checks(host, path, &found, terms)?);
    Ok(checks)
}

fn digest_beside(path: &Path, found: &Hash) -> Result<Option<Check>, WorkError> {
    let beside = sidecar_of(path);
    if !beside.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    File::open(&beside)
        .and_then(|file| file.take(LARGEST).read_to_end(&mut bytes))
        .map_err(WorkError::io(&beside, "reading the package's digest"))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let Some(said) = stated_digest(&text, &name) else {
        let what = "the file beside it that ends in .sha256 holds no SHA-256 that can be read: the package was not compared with it";
        return Ok(Some(Check::warning("sidecar", what)));
    };
    let found = hex(found);
    Ok(Some(if said.eq_ignore_ascii_case(&found) {
        Check::pass(
            "sidecar",
            format!("the file beside it names its SHA-256, {found}"),
        )
    } else {
        Check::fail(
            "sidecar",
            format!(
                "expected SHA-256 {} as the file beside it says, found {found}: one of the two was changed or belongs to another package",
                visible(said)
            ),
        )
    }))
}

/// The SHA-256 that a list of digests states of a file: on the line that names it, else on the first
/// that has one, whatever program wrote the list.
fn stated_digest<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let is_digest = |word: &&str| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let of = |line: &'t str| {
        let mut words = line.split(|c: char| !c.is_ascii_alphanumeric());
        words.find(is_digest)
    };
    let mut lines = text.lines();
    let named = lines.find(|line| line.contains(name) && of(line).is_some());
    named.and_then(of).or_else(|| text.lines().find_map(of))
}

/// The chain with its notes, the evidence, and what `bag-info.txt` says of them.
fn custody<R: std::io::Read + Seek>(
    host: &dyn Host,
    path: &Path,
    examined: &mut Examined<R>,
    terms: &Terms,
) -> Result<(Report, Vec<Check>), WorkError> {
    let mut inside = Inside {
        path,
        examined,
        unterminated: false,
    };
    let (notes, left_out) = inside.notes(host)?;
    let mut trust = trust(host, terms)?;
    trust.withheld = true;
    trust.keys = under_names(trust.keys, &origins(&notes));
    trust.package_keys = inside.keys()?;
    let mut verifier = Verifier::new(trust, notes);
    let mut reports = Reports::of(&inside.examined.files);
    inside.lines(host, &mut |line| {
        reports.line(line);
        verifier.line(line);
    })?;
    if inside.unterminated {
        verifier.unterminated();
    }
    let (observed, strangers) = observed(&inside.examined.files, &verifier);
    let proofs = inside.proofs(host, &verifier)?;
    let report = verifier.finish(&observed);
    let mut after: Vec<Check> = left_out.into_iter().chain(strangers).collect();
    after.extend(proofs);
    after.extend(unsaid(inside.examined.info("Redacted"), reports.withheld));
    after.extend(reports.checks(report.signed.max(report.anchored)));
    after.extend(stated(inside.examined, &report));
    Ok((report, after))
}

/// Files of a package, by their names.
struct Inside<'a, R> {
    path: &'a Path,
    examined: &'a mut Examined<R>,
    /// Whether the last line has no line feed.
    unterminated: bool,
}

impl<R: std::io::Read + Seek> Inside<'_, R> {
    fn notes(&mut self, host: &dyn Host) -> Result<(Vec<NoteFile>, Option<Check>), WorkError> {
        let folder = format!("{CUSTODY}checkpoints/");
        let files = self.examined.files.iter();
        let names = files.filter_map(|file| file.name.strip_prefix(&folder));
        let names = names.filter(|name| name.ends_with(".note"));
        let names = names.map(str::to_owned).collect();
        newest(host, names, |name| {
            let path = format!("{folder}{name}");
            Ok(NoteFile {
                bytes: self.short(&path)?.unwrap_or_default(),
                token: self.short(&format!("{path}.tsr"))?,
                query: self.short(&format!("{path}.tsq"))?,
                name: name.to_owned(),
            })
        })
    }

    fn proofs(&mut self, host: &dyn Host, verifier: &Verifier) -> Result<Vec<Check>, WorkError> {
        let folder = format!("{CUSTODY}proofs/");
        let files = self.examined.files.iter();
        let names = files.filter_map(|file| file.name.strip_prefix(&folder));
        let names = names.map(str::to_owned).collect();
        let read = |name: &str| Ok(self.short(&format!("{folder}{name}"))?.unwrap_or_default());
        proofs::checks(host, names, read, verifier)
    }

    fn keys(&mut self) -> Result<Vec<Vkey>, WorkError> {
        let mut keys = Vec::new();
        for name in ["trusted.vkey", "trust/trusted.vkey"] {
            let bytes = self.short(&format!("{CUSTODY}{name}"))?.unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            keys.extend(
                text.split_whitespace()
                    .filter_map(|line| Vkey::parse(line).ok()),
            );
        }
        Ok(keys)
    }

    /// The bytes of a small file, none where there is none; cut where it is too long.
    fn short(&mut self, name: &str) -> Result<Option<Vec<u8>>, WorkError> {
        let mut bytes = Vec::new();
        let read = self.examined.read(name, &mut |piece| {
            bytes.extend_from_slice(piece);
            match bytes.len() as u64 > LARGEST {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        match read {
            Ok(there) => Ok(there.then_some(bytes)),
            // What is damaged was told where all files were compared.
            Err(UnpackError::Damaged(_) | UnpackError::Stopped) => Ok(Some(bytes)),
            Err(UnpackError::Io(error)) => {
                Err(WorkError::io(self.path, "reading the package")(error))
            }
        }
    }

    /// Gives every line of the chain to `each`, one at a time.
    fn lines(&mut self, host: &dyn Host, each: &mut dyn FnMut(&[u8])) -> Result<(), WorkError> {
        let (counters, mut stopped) = (Counters::new(0), false);
        let mut line: Vec<u8> = Vec::new();
        let name = format!("{CUSTODY}custody.jsonl");
        let read = self.examined.read(&name, &mut |piece| {
            for part in piece.split_inclusive(|byte| *byte == b'\n') {
                let room = (LONGEST as usize).saturating_sub(line.len());
                line.extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
                if part.ends_with(b"\n") {
                    each(line.strip_suffix(b"\n").unwrap_or(&line));
                    line.clear();
                }
            }
            counters.bytes(piece.len() as u64);
            host.progress(&counters.now("reading the entries"));
            stopped = host.cancelled();
            match stopped {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        if stopped {
            return Err(WorkError::Stopped { doing: "verifying" });
        }
        if let Err(UnpackError::Io(error)) = read {
            return Err(WorkError::io(self.path, "reading the package")(error));
        }
        if !line.is_empty() {
            each(&line);
            self.unterminated = true;
        }
        Ok(())
    }
}

/// What of the evidence is in the package: the same bytes wherever they lie, else what lies under
/// the item's id. And what lies there beside it, which no entry speaks of.
fn observed(files: &[Found], verifier: &Verifier) -> (BTreeMap<String, Observed>, Option<Check>) {
    let (mut by_id, mut by_hash) = (BTreeMap::new(), BTreeMap::new());
    let mut places: BTreeMap<&str, Option<Hash>> = BTreeMap::new();
    for file in files {
        let Some(below) = file.name.strip_prefix(EVIDENCE) else {
            continue;
        };
        if below == LIST {
            continue;
        }
        let id = below.split_once('/').map_or("", |(id, _)| id);
        places.insert(&file.name, file.sha256);
        let Some(sha256) = file.sha256 else { continue };
        let size = file.size;
        let present = Observed::Present { sha256, size };
        by_id.entry(id).or_insert((file.name.as_str(), present));
        by_hash.insert(sha256, present);
    }
    let (mut observed, mut known) = (BTreeMap::new(), BTreeSet::new());
    for item in verifier.expected() {
        let Some(sha256) = from_hex::<32>(item.sha256) else {
            continue;
        };
        known.insert(sha256);
        let found = match by_hash.get(&sha256) {
            Some(found) => Some(*found),
            None => by_id.remove(item.id).map(|(place, found)| {
                places.remove(place);
                found
            }),
        };
        observed.extend(found.map(|found| (item.id.to_owned(), found)));
    }
    places.retain(|_, sha256| sha256.is_none_or(|sha256| !known.contains(&sha256)));
    (observed, strangers(&places.into_keys().collect::<Vec<_>>()))
}

fn strangers(names: &[&str]) -> Option<Check> {
    let shown: Vec<_> = names.iter().take(5).map(|name| visible(name)).collect();
    (!names.is_empty()).then(|| {
        let told = format!(
            "{} files below {EVIDENCE} are the bytes of no evidence item on record, among them {}: the custody says nothing of them",
            names.len(),
            shown.join(", ")
        );
        Check::warning("evidence", told)
    })
}

/// What `bag-info.txt` says of the custody in it.
fn stated<R>(examined: &Examined<R>, report: &Report) -> Vec<Check> {
    let found = [
        ("Custody-Size", report.size.to_string()),
        ("Custody-Root", hex(&report.root)),
    ];
    let compare = |(label, found): (&str, String)| {
        let said = examined.info(label)?;
        Some(if said == found {
            Check::pass("info", format!("{label} is that of the custody in it"))
        } else {
            let said = visible(said);
            Check::fail(
                "info",
                format!(
                    "{label}: expected {said} as bag-info.txt says, found {found}: one of the two was altered"
                ),
            )
        })
    };
    found.into_iter().filter_map(compare).collect()
}

/// Entries may be withheld, but not in silence.
fn unsaid(redacted: Option<&str>, withheld: bool) -> Option<Check> {
    let silent = withheld && redacted.is_some_and(|said| said.eq_ignore_ascii_case("no"));
    silent.then(|| {
        let told = "Redacted: expected yes, since entries are withheld, found no: entries were taken out after the package was written";
        Check::fail("info", told)
    })
}

/// Whether something lies at a path already, a dead link included.
pub(crate) fn is_taken(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
