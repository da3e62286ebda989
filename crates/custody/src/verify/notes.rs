//! Signed notes, time stamps, pins, and how much of the chain they cover.

use super::keyring::{Keyring, Rejected};
use super::report::{Check, Findings};
use super::walk::Walk;
use super::{NoteFile, TOLERANCE, Trust};
use crate::hash::hex;
use crate::note::{Checkpoint, Note};
use crate::timestamp::{self, Anchors};
use crate::vkey::Vkey;
use vestige_model::time::format;

/// How much of the chain is covered, and by whose keys.
#[derive(Debug, Default)]
pub(super) struct Covered {
    pub stamped: u64,
    pub pinned: u64,
    pub signed: u64,
    pub trusted: Vec<Vkey>,
}

impl Covered {
    /// How many entries a time stamp or a pin covers.
    pub(super) fn anchored(&self) -> u64 {
        self.stamped.max(self.pinned)
    }
}

/// The size that a note states, whatever its signatures are worth.
pub(super) fn claimed_size(note: &[u8]) -> Option<u64> {
    Some(Note::parse(note).ok()?.checkpoint().ok()?.size)
}

/// Checks notes, tokens and pins, and says what they cover.
pub(super) fn check(
    trust: &Trust,
    files: &[NoteFile],
    walk: &Walk,
    out: &mut Vec<Check>,
) -> Covered {
    let mut covered = Covered::default();
    let good = signatures(trust, files, walk, &mut covered, out);
    tokens(trust, &good, walk, &mut covered, out);
    pins(trust, walk, &mut covered, out);
    let mut coverage = Findings::new("anchor");
    let last = covered.anchored();
    let open = walk.tree.size().saturating_sub(last);
    if open > 0 {
        coverage.warn(format!(
            "{open} entries from {last} on are covered by no time stamp and no pin"
        ));
    }
    coverage.into_checks(
        || Some("every entry is covered by a time stamp or a pin".to_owned()),
        out,
    );
    covered
}

/// A note whose signature and root hold.
struct Good<'a> {
    file: &'a NoteFile,
    checkpoint: Checkpoint,
}

fn signatures<'a>(
    trust: &Trust,
    files: &'a [NoteFile],
    walk: &Walk,
    covered: &mut Covered,
    out: &mut Vec<Check>,
) -> Vec<Good<'a>> {
    let given = if trust.keys.is_empty() {
        &trust.package_keys
    } else {
        &trust.keys
    };
    let mut findings = Findings::new("note");
    let mut ring = Keyring::new(given, &walk.keys);
    let mut good = Vec::new();
    for (file, note, checkpoint) in in_order(files, &mut findings) {
        if let Err(reason) = judge(&mut ring, &note, &checkpoint, walk, given.is_empty()) {
            findings.fail(format!("{}: {reason}", file.name));
            continue;
        }
        covered.signed = if given.is_empty() { 0 } else { checkpoint.size };
        good.push(Good { file, checkpoint });
    }
    for (seq, size) in &walk.signings {
        let is_here = |file: &NoteFile| claimed_size(&file.bytes) == Some(*size);
        if walk.at(*size).is_some() && !files.iter().any(is_here) {
            findings.skip(format!(
                "entry {seq} speaks of a note over {size} entries; it is not here"
            ));
        }
    }
    if files.is_empty() {
        findings.warn(
            "no signed note is here: whoever holds the file can have rewritten it".to_owned(),
        );
    }
    let count = good.len();
    findings.into_checks(
        || Some(format!("{count} signed notes fit the entries they cover")),
        out,
    );
    basis(trust, given, &ring, out);
    covered.trusted = ring.trusted();
    good
}

/// The notes that can be read, by size.
fn in_order<'a>(
    files: &'a [NoteFile],
    findings: &mut Findings,
) -> Vec<(&'a NoteFile, Note, Checkpoint)> {
    let mut read = Vec::new();
    for file in files {
        match Note::parse(&file.bytes).and_then(|note| Ok((note.checkpoint()?, note))) {
            Ok((checkpoint, note)) => read.push((file, note, checkpoint)),
            Err(error) => findings.fail(format!("{}: {error}", file.name)),
        }
    }
    read.sort_by(|(a, _, x), (b, _, y)| (x.size, &a.name).cmp(&(y.size, &b.name)));
    read
}

fn judge(
    ring: &mut Keyring<'_>,
    note: &Note,
    checkpoint: &Checkpoint,
    walk: &Walk,
    unsigned: bool,
) -> Result<(), String> {
    if !walk
        .case
        .as_ref()
        .is_some_and(|case| case.is_origin(&checkpoint.origin))
    {
        let case = walk
            .case
            .as_ref()
            .map_or("of these entries", |case| case.as_str());
        return Err(format!(
            "expected an origin ending in /case/{case}, found {:?}",
            checkpoint.origin
        ));
    }
    if !unsigned {
        ring.judge(note, checkpoint.size)
            .map_err(|rejected| rejected.to_string())?;
    }
    fits(checkpoint.size, &checkpoint.root, walk)?;
    if !unsigned {
        ring.confirm(note, checkpoint.size)
            .map_err(|rejected| rejected.to_string())?;
    }
    Ok(())
}

/// Whether the chain has this root at this size.
pub(super) fn fits(size: u64, root: &crate::hash::Hash, walk: &Walk) -> Result<(), String> {
    let entries = walk.tree.size();
    if size > entries {
        return Err(format!(
            "TRUNCATED: expected at least {size} entries, found {entries}"
        ));
    }
    match walk.at(size) {
        Some(mark) if mark.root == *root => Ok(()),
        mark => {
            let found = mark.map(|mark| hex(&mark.root)).unwrap_or_default();
            Err(format!(
                "REWRITTEN: expected root {} over {size} entries, found {found}",
                hex(root)
            ))
        }
    }
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Rejected::Untrusted => {
                out.write_str("expected a signature by a trusted key, found none")
            }
            Rejected::WrongSignature(key) => {
                write!(
                    out,
                    "expected a right signature by {key}, found a wrong one"
                )
            }
        }
    }
}

/// What the trust in the signatures rests on.
fn basis(trust: &Trust, given: &[Vkey], ring: &Keyring<'_>, out: &mut Vec<Check>) {
    let mut findings = Findings::new("keys");
    if given.is_empty() {
        findings.warn("no trusted key was given: signatures were not checked".to_owned());
    } else if trust.keys.is_empty() && trust.pins.is_empty() {
        findings.warn(
            "the signer's key came with what it signs: compare it with one got from outside"
                .to_owned(),
        );
    }
    for seq in ring.unconfirmed() {
        findings.warn(format!(
            "entry {seq} speaks of a key, and no note confirms it"
        ));
    }
    let passed = if trust.keys.is_empty() {
        "the signer's key came with what it signs, and a pin was given from outside".to_owned()
    } else {
        format!("keys given from outside: {}", trust.keys.len())
    };
    findings.into_checks(|| Some(passed), out);
}

fn tokens(
    trust: &Trust,
    good: &[Good<'_>],
    walk: &Walk,
    covered: &mut Covered,
    out: &mut Vec<Check>,
) {
    let mut findings = Findings::new("token");
    let mut count = 0;
    for note in good {
        let (Some(token), name) = (&note.file.token, &note.file.name) else {
            continue;
        };
        let Some(anchors) = &trust.anchors else {
            findings.skip(format!(
                "{name}: its time stamp was not checked, no CA was given"
            ));
            continue;
        };
        let stamp = match stamp(note, token, anchors, walk) {
            Ok(stamp) => stamp,
            Err(reason) => {
                findings.fail(format!("{name}: time stamp: {reason}"));
                continue;
            }
        };
        count += 1;
        covered.stamped = covered.stamped.max(note.checkpoint.size);
        if stamp.expires < trust.now {
            let expired = format(stamp.expires);
            findings.warn(format!(
                "{name}: a certificate of the time stamp has since expired ({expired})"
            ));
        }
        // The nonce counted when the token arrived; now the query is only beside it.
        let query = note.file.query.as_deref();
        if timestamp::check(token, &note.file.bytes, query, anchors).is_err() {
            findings.skip(format!(
                "{name}: the query beside it is not the one that was answered"
            ));
        }
    }
    missing_tokens(good, walk, &mut findings);
    findings.into_checks(
        || (count > 0).then(|| format!("{count} time stamps hold")),
        out,
    );
}

/// A time stamp that holds, in itself and against the times of the entries.
fn stamp(
    note: &Good<'_>,
    token: &[u8],
    anchors: &Anchors,
    walk: &Walk,
) -> Result<timestamp::Stamp, String> {
    let stamp = timestamp::check(token, &note.file.bytes, None, anchors);
    let stamp = stamp.map_err(|error| error.to_string())?;
    match contradicted(&stamp, note.checkpoint.size, walk) {
        Some(reason) => Err(reason),
        None => Ok(stamp),
    }
}

/// What the times of the entries say against a time stamp.
fn contradicted(stamp: &timestamp::Stamp, size: u64, walk: &Walk) -> Option<String> {
    let at = stamp.gen_time;
    let last = walk.at(size).and_then(|mark| mark.recorded_at);
    if let Some(last) = last.filter(|last| at < last.saturating_sub(TOLERANCE)) {
        return Some(format!(
            "expected a time from {} on, when the last entry it covers was written, found {}",
            format(last),
            format(at)
        ));
    }
    let token = hex(&stamp.token_sha256);
    let entry = walk
        .anchorings
        .iter()
        .find(|entry| entry.size == size && entry.token_sha256 == token)?;
    let written = entry
        .recorded_at
        .filter(|written| at > written.saturating_add(TOLERANCE))?;
    Some(format!(
        "expected a time up to {}, when entry {} recorded it, found {}",
        format(written),
        entry.seq,
        format(at)
    ))
}

/// What `checkpoint.anchored` entries say and is not there, or is otherwise.
fn missing_tokens(good: &[Good<'_>], walk: &Walk, findings: &mut Findings) {
    for entry in &walk.anchorings {
        let (seq, size) = (entry.seq, entry.size);
        if size <= seq
            && walk
                .at(size)
                .is_some_and(|mark| hex(&mark.root) != entry.root)
        {
            findings.fail(format!(
                "entry {seq}: expected the root over {size} entries, found another"
            ));
        }
        let is_here = |note: &Good<'_>| note.checkpoint.size == size && note.file.token.is_some();
        if !good.iter().any(is_here) {
            findings.skip(format!(
                "entry {seq} speaks of a time stamp over {size} entries; it is not here"
            ));
        }
    }
}

fn pins(trust: &Trust, walk: &Walk, covered: &mut Covered, out: &mut Vec<Check>) {
    let mut findings = Findings::new("pin");
    for pin in &trust.pins {
        match fits(pin.size, &pin.root, walk) {
            Ok(()) => covered.pinned = covered.pinned.max(pin.size),
            Err(reason) => findings.fail(format!("{pin}: {reason}")),
        }
    }
    let count = trust.pins.len();
    findings.into_checks(|| (count > 0).then(|| format!("{count} pins hold")), out);
}
