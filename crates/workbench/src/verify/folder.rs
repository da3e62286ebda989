//! An exported custody folder, or the custody part of a package: nothing in it is believed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use vestige_acquire::reopen::{Item, hash_original};
use vestige_custody::hash::from_hex;
use vestige_custody::verify::{NoteFile, Observed, Verifier};
use vestige_custody::{Note, Vkey};

use super::{Check, Terms, Verification, proofs, trust, under_names};
use crate::error::WorkError;
use crate::host::Host;
use crate::progress::{Counters, Progress};

pub(super) const CHAIN: &str = "custody.jsonl";

/// The longest line that is read of an entry; what is longer is no entry of ours.
pub(super) const LONGEST: u64 = 64 << 20;
/// The largest note, token or key file that is read.
pub(super) const LARGEST: u64 = 1 << 20;
/// How many notes are read, and how many bytes of them and what lies beside them are held.
const NOTES: usize = 100_000;
const HELD: u64 = 64 << 20;

/// Verifies an exported folder. The keys that lie in it count only where none is given, and then
/// with a warning.
pub(crate) fn folder(
    host: &dyn Host,
    path: &Path,
    terms: &Terms,
) -> Result<Verification, WorkError> {
    let (notes, left_out) = notes(host, &path.join("checkpoints"))?;
    let mut trust = trust(host, terms)?;
    trust.withheld = true;
    let origins = origins(&notes);
    trust.keys = under_names(trust.keys, &origins);
    trust.package_keys = package_keys(path)?;
    let mut verifier = Verifier::new(trust, notes);
    lines(host, &path.join(CHAIN), &mut verifier)?;
    let observed = observed(host, path, &verifier)?;
    let proofs = proofs::in_folder(host, path, &verifier)?;
    Ok(Verification::of(
        verifier.finish(&observed),
        Vec::new(),
        left_out.into_iter().chain(proofs).collect(),
    ))
}

/// The origins that the notes name.
pub(super) fn origins(notes: &[NoteFile]) -> Vec<String> {
    let named = notes.iter().filter_map(|file| {
        let note = Note::parse(&file.bytes).ok()?;
        Some(note.checkpoint().ok()?.origin)
    });
    named.collect::<BTreeSet<String>>().into_iter().collect()
}

/// The newest of the notes with these names, as many as are held, and what is to be said where some
/// were left out: a package of others may hold more than there is memory for.
///
/// # Errors
/// What `read` says; [`WorkError::Stopped`].
pub(super) fn newest(
    host: &dyn Host,
    mut names: Vec<String>,
    mut read: impl FnMut(&str) -> Result<NoteFile, WorkError>,
) -> Result<(Vec<NoteFile>, Option<Check>), WorkError> {
    // Names of ours are numbers of one width; a longer one is a greater number.
    names.sort_unstable_by(|a, b| (b.len(), b).cmp(&(a.len(), a)));
    let (mut notes, mut held) = (Vec::new(), 0_u64);
    for name in names.iter().take(NOTES) {
        if host.cancelled() {
            return Err(WorkError::Stopped { doing: "verifying" });
        }
        let note = read(name)?;
        let beside = [&note.token, &note.query].into_iter().flatten();
        held += (note.bytes.len() + beside.map(Vec::len).sum::<usize>()) as u64;
        if held > HELD {
            break;
        }
        notes.push(note);
    }
    notes.reverse();
    let left_out = names.len() - notes.len();
    let told = (left_out > 0).then(|| {
        Check::warning(
            "note",
            format!(
                "expected at most {NOTES} notes of {} MiB in all, found more: the {left_out} oldest were not read",
                HELD >> 20
            ),
        )
    });
    Ok((notes, told))
}

fn notes(host: &dyn Host, folder: &Path) -> Result<(Vec<NoteFile>, Option<Check>), WorkError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), None)),
        entries => entries.map_err(WorkError::io(folder, "listing the notes"))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry
            .map_err(WorkError::io(folder, "listing the notes"))?
            .file_name();
        // A name that is no text is none of ours.
        names.extend(
            name.into_string()
                .ok()
                .filter(|name| name.ends_with(".note")),
        );
    }
    newest(host, names, |name| note(&folder.join(name)))
}

fn note(path: &Path) -> Result<NoteFile, WorkError> {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        optional(&PathBuf::from(name))
    };
    Ok(NoteFile {
        name: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        bytes: optional(path)?.unwrap_or_default(),
        token: beside(".tsr")?,
        query: beside(".tsq")?,
    })
}

/// The bytes of a small file, none where there is none. One that is too long is cut, and then is
/// not what it should be.
fn optional(path: &Path) -> Result<Option<Vec<u8>>, WorkError> {
    // A pipe would be waited for without end.
    if fs::metadata(path).is_ok_and(|about| !about.is_file()) {
        return Ok(None);
    }
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(WorkError::io(path, "opening the file"))?,
    };
    let mut bytes = Vec::new();
    file.take(LARGEST)
        .read_to_end(&mut bytes)
        .map_err(WorkError::io(path, "reading the file"))?;
    Ok(Some(bytes))
}

/// The keys that lie in the folder; a line that is no key is no key.
fn package_keys(path: &Path) -> Result<Vec<Vkey>, WorkError> {
    let mut keys = Vec::new();
    for name in ["trusted.vkey", "trust/trusted.vkey"] {
        let text = optional(&path.join(name))?.unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        keys.extend(
            text.split_whitespace()
                .filter_map(|line| Vkey::parse(line).ok()),
        );
    }
    Ok(keys)
}

/// Gives every line to the verifier, one at a time.
fn lines(host: &dyn Host, path: &Path, verifier: &mut Verifier) -> Result<(), WorkError> {
    let failed = |error| WorkError::io(path, "reading the entries")(error);
    let file = File::open(path).map_err(failed)?;
    let counters = Counters::new(file.metadata().map_err(failed)?.len());
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    for number in 0_u64.. {
        line.clear();
        let read = reader
            .by_ref()
            .take(LONGEST)
            .read_until(b'\n', &mut line)
            .map_err(failed)?;
        if read == 0 {
            break;
        }
        counters.bytes(read as u64);
        match line.strip_suffix(b"\n") {
            Some(entry) => verifier.line(entry),
            None => {
                verifier.line(&line);
                verifier.unterminated();
            }
        }
        if number.is_multiple_of(1024) {
            tell(host, &counters.now("reading the entries"))?;
        }
    }
    Ok(())
}

fn tell(host: &dyn Host, progress: &Progress) -> Result<(), WorkError> {
    host.progress(progress);
    if host.cancelled() {
        return Err(WorkError::Stopped { doing: "verifying" });
    }
    Ok(())
}

/// Looks for the evidence that the entries speak of, where an export would have it.
fn observed(
    host: &dyn Host,
    path: &Path,
    verifier: &Verifier,
) -> Result<BTreeMap<String, Observed>, WorkError> {
    let mut observed = BTreeMap::new();
    let evidence = path.join("evidence");
    if !evidence.is_dir() {
        return Ok(observed);
    }
    for item in verifier.expected() {
        let Some(sha256) = from_hex::<32>(item.sha256) else {
            continue;
        };
        let start = item.sha256.get(..2).unwrap_or_default();
        let places = [
            evidence.join(item.id),
            evidence.join(start).join(item.sha256),
        ];
        let found = places.iter().find_map(|place| look(host, place, sha256));
        if host.cancelled() {
            return Err(WorkError::Stopped { doing: "verifying" });
        }
        observed.extend(found.map(|found| (item.id.to_owned(), found)));
    }
    Ok(observed)
}

/// What lies at a place, none where it is no file that can be read.
fn look(host: &dyn Host, place: &Path, expected: [u8; 32]) -> Option<Observed> {
    let about = place
        .symlink_metadata()
        .ok()
        .filter(fs::Metadata::is_file)?;
    let original = Item::in_place(place, expected, about.len());
    let mut go_on = |_| match host.cancelled() {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    };
    let sha256 = hash_original(&original, &mut go_on).ok()??;
    Some(Observed::Present {
        sha256,
        size: about.len(),
    })
}
