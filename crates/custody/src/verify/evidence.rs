//! Objects that entries speak of, and the evidence itself.

use super::report::{Check, Findings};
use crate::entry::{EVIDENCE, Object};
use crate::hash::{Hash, hex};
use crate::json::Value;
use std::collections::BTreeMap;

/// Evidence that the entries speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its SHA-256 in hexadecimal; it is stored under this name.
    pub sha256: &'a str,
    /// A name for people.
    pub label: &'a str,
}

/// What was found of an evidence item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observed {
    /// Its bytes, hashed and counted.
    Present {
        /// Their SHA-256.
        sha256: Hash,
        /// Their number.
        size: u64,
    },
    /// Nothing.
    Missing,
}

/// What entries say of objects: the first statement on each, which the others must repeat.
#[derive(Debug)]
pub(super) struct Objects {
    known: BTreeMap<String, Known>,
    findings: Findings,
}

#[derive(Debug, Default)]
struct Known {
    sha256: Option<String>,
    size: Option<Value>,
    label: String,
    is_evidence: bool,
}

impl Default for Objects {
    fn default() -> Objects {
        Objects {
            known: BTreeMap::new(),
            findings: Findings::new("objects"),
        }
    }
}

impl Objects {
    /// Takes the objects of entry `seq`.
    pub(super) fn take(&mut self, seq: u64, entry: &Value) {
        let objects = entry
            .get("objects")
            .and_then(Value::as_list)
            .unwrap_or_default();
        objects.iter().for_each(|object| self.take_one(seq, object));
    }

    fn take_one(&mut self, seq: u64, object: &Value) {
        let id = object
            .get("id")
            .and_then(Value::as_text)
            .unwrap_or_default();
        if !Object::is_id(id) {
            let found: String = id.chars().take(80).collect();
            return self.findings.fail(format!(
                "entry {seq}: expected an object id (1 to 64 of A-Z a-z 0-9 . _ -), found {found:?}"
            ));
        }
        let text = |key: &str| object.get(key).and_then(Value::as_text);
        let sha256 = object.get("hashes").and_then(|hashes| hashes.get("sha256"));
        let sha256 = sha256.and_then(Value::as_text).map(str::to_owned);
        let size = object.get("size").cloned();
        let known = self.known.entry(id.to_owned()).or_default();
        known.is_evidence |= text("type") == Some(EVIDENCE);
        if known.label.is_empty() {
            known.label = text("label").unwrap_or_default().to_owned();
        }
        if differs(&mut known.sha256, sha256) || differs(&mut known.size, size) {
            self.findings.fail(format!(
                "entry {seq}: expected the hash and size that earlier entries state of {id}, found others"
            ));
        }
    }

    /// The evidence among them.
    pub(super) fn expected(&self) -> impl Iterator<Item = Expected<'_>> {
        self.known
            .iter()
            .filter(|(_, known)| known.is_evidence)
            .map(|(id, known)| Expected {
                id,
                sha256: known.sha256.as_deref().unwrap_or_default(),
                label: &known.label,
            })
    }
}

/// Whether a statement contradicts an earlier one; the first is kept.
fn differs<T: PartialEq>(known: &mut Option<T>, stated: Option<T>) -> bool {
    match (&known, stated) {
        (Some(known), Some(stated)) => *known != stated,
        (None, Some(stated)) => {
            *known = Some(stated);
            false
        }
        (_, None) => false,
    }
}

/// Compares what was found with what the entries say.
pub(super) fn check(
    objects: &mut Objects,
    observed: &BTreeMap<String, Observed>,
    out: &mut Vec<Check>,
) {
    std::mem::replace(&mut objects.findings, Findings::new("objects")).into_checks(|| None, out);
    let mut findings = Findings::new("evidence");
    let (mut found, mut missing) = (0_u64, Vec::new());
    for (id, known) in objects.known.iter().filter(|(_, known)| known.is_evidence) {
        match observed.get(id) {
            Some(Observed::Present { sha256, size }) => {
                found += 1;
                compare(id, known, &hex(sha256), *size, &mut findings);
            }
            Some(Observed::Missing) | None => missing.push(id.as_str()),
        }
    }
    if !missing.is_empty() {
        let (count, some) = (
            missing.len(),
            missing.get(..5).unwrap_or(&missing).join(", "),
        );
        findings.warn(format!(
            "{count} evidence items are not here and were not compared: {some}"
        ));
    }
    let passed = || {
        (found > 0).then(|| format!("{found} evidence items have the recorded SHA-256 and size"))
    };
    findings.into_checks(passed, out);
}

fn compare(id: &str, known: &Known, sha256: &str, size: u64, findings: &mut Findings) {
    let expected = known.sha256.as_deref().unwrap_or_default();
    if expected != sha256 {
        findings.fail(format!("{id}: expected SHA-256 {expected}, found {sha256}"));
    }
    if let Some(expected) = known
        .size
        .as_ref()
        .filter(|expected| **expected != Value::from(size))
    {
        let expected =
            String::from_utf8(expected.to_bytes().unwrap_or_default()).unwrap_or_default();
        findings.fail(format!("{id}: expected {expected} bytes, found {size}"));
    }
}
