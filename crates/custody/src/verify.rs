//! Verification of a chain: the algorithm of section 1.6 of the custody standard.
//!
//! Entries are pushed one by one, so that a chain is verified in little memory: its notes, what is
//! said of evidence, and forty bytes an entry. `docs/custody-format.md` describes every step for
//! third parties; `verify_custody.py` is the same in Python.

mod evidence;
mod keyring;
mod notes;
mod proofs;
mod report;
mod walk;

use crate::hash::{Hash, from_hex, hex};
use crate::proof::Consistency;
use crate::timestamp::Anchors;
use crate::vkey::Vkey;
pub use evidence::{Expected, Observed};
pub use report::{Check, Report, Status, Verdict};
use std::collections::BTreeMap;

/// The verifier's counterpart in Python: standard library and openssl only. It is shipped with
/// every export.
pub const VERIFY_CUSTODY_PY: &str = include_str!("../verify_custody.py");

/// What a verifier brings along.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Keys got from outside of what is verified. Where there are any, `package_keys` count for
    /// nothing.
    pub keys: Vec<Vkey>,
    /// Keys that came with what is verified (`trusted.vkey`): a verdict that rests on them alone
    /// has a warning.
    pub package_keys: Vec<Vkey>,
    /// Pins got from outside.
    pub pins: Vec<Pin>,
    /// The CA certificates of time-stamp authorities; none: tokens are not checked, with a warning.
    pub anchors: Option<Anchors>,
    /// The present time in UTC nanoseconds, to tell that a certificate has expired since.
    pub now: i64,
    /// Whether entries may be withheld: in an export they may, in a case they may not.
    pub withheld: bool,
}

/// A head that was noted outside the case: so many entries, with this root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The number of entries.
    pub size: u64,
    /// The Merkle root over them.
    pub root: Hash,
}

/// A text that is no pin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("pin {found:?}: expected SIZE:ROOT, the root as 64 lower-case hexadecimal digits")]
pub struct NotAPin {
    /// The text.
    pub found: String,
}

impl Pin {
    /// Reads `SIZE:ROOT`.
    ///
    /// # Errors
    /// Where the form is another.
    pub fn parse(text: &str) -> Result<Pin, NotAPin> {
        let parts = text.trim().split_once(':');
        let pin = parts.and_then(|(size, root)| {
            Some(Pin {
                size: size.parse().ok()?,
                root: from_hex(root)?,
            })
        });
        pin.ok_or_else(|| NotAPin {
            found: text.chars().take(120).collect(),
        })
    }
}

impl std::fmt::Display for Pin {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}", self.size, hex(&self.root))
    }
}

/// One `.note` file and what lies beside it.
#[derive(Clone, Debug, Default)]
pub struct NoteFile {
    /// Its name, for the report.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The response of a time-stamp authority (`.note.tsr`).
    pub token: Option<Vec<u8>>,
    /// The query that was made (`.note.tsq`), which binds the response's nonce.
    pub query: Option<Vec<u8>>,
}

/// How far a clock may be off before a time stamp contradicts it: five minutes, in nanoseconds.
pub const TOLERANCE: i64 = 300_000_000_000;

/// A verification under way.
#[derive(Debug)]
pub struct Verifier {
    trust: Trust,
    notes: Vec<NoteFile>,
    walk: walk::Walk,
}

impl Verifier {
    /// Begins a verification with the notes that are there.
    pub fn new(trust: Trust, notes: Vec<NoteFile>) -> Verifier {
        let walk = walk::Walk::new(trust.withheld);
        Verifier { trust, notes, walk }
    }

    /// Takes the next line, without its line feed.
    pub fn line(&mut self, bytes: &[u8]) {
        self.walk.line(bytes);
    }

    /// Says that the last line had no line feed.
    pub fn unterminated(&mut self) {
        self.walk.unterminated();
    }

    /// Takes all lines of a `custody.jsonl`.
    pub fn jsonl(&mut self, file: &[u8]) {
        let Some(lines) = file.strip_suffix(b"\n") else {
            file.split(|byte| *byte == b'\n')
                .for_each(|line| self.line(line));
            return self.unterminated();
        };
        lines
            .split(|byte| *byte == b'\n')
            .for_each(|line| self.line(line));
    }

    /// The evidence that the entries taken so far speak of, to be looked for.
    pub fn expected(&self) -> impl Iterator<Item = Expected<'_>> {
        self.walk.objects.expected()
    }

    /// Judges a file of a consistency proof by the entries taken so far.
    ///
    /// # Errors
    /// What contradicts: its form, its case, a root that these entries do not have, hashes that do
    /// not lead from the one to the other.
    pub fn proof(&self, file: &[u8]) -> Result<Consistency, String> {
        proofs::judge(file, &self.walk)
    }

    /// Ends the verification. `observed` says what was found of the evidence, by object id; what
    /// is not in it counts as missing.
    pub fn finish(mut self, observed: &BTreeMap<String, Observed>) -> Report {
        let mut checks = self.walk.checks();
        let anchored = notes::check(&self.trust, &self.notes, &self.walk, &mut checks);
        evidence::check(&mut self.walk.objects, observed, &mut checks);
        Report::new(checks, &self.walk, anchored)
    }
}

/// Verifies a whole `custody.jsonl` in one call.
pub fn verify(
    jsonl: &[u8],
    trust: Trust,
    notes: Vec<NoteFile>,
    observed: &BTreeMap<String, Observed>,
) -> Report {
    let mut verifier = Verifier::new(trust, notes);
    verifier.jsonl(jsonl);
    verifier.finish(observed)
}
