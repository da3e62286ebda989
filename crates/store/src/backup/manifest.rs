//! `manifest.jsonl`: what a backup holds. The first line states the case and its head, each other
//! line one file, or one original that could not be had. All in the canonical form of the custody
//! chain, so that there is one text for one content.

use crate::case_file::{DATABASE, original};
use crate::ledger::Head;
use std::io::{self, BufRead, Read, Write};
use vestige_custody::hash::from_hex;
use vestige_custody::json::{self, Value};
use vestige_custody::{CaseId, Hash, hex};
use vestige_model::time::format_millis;

/// The type of the first line.
const TYPE: &str = "vestige.backup/1";
/// No line is longer.
const LINE: u64 = 4096;
/// Longest reason that is kept for an original that could not be had.
const REASON: usize = 300;

/// What a backup states of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manifest {
    pub case: CaseId,
    pub head: Head,
    /// UTC nanoseconds.
    pub made_at: i64,
    /// Items that were left where they lie and are not in the backup.
    pub in_place: u64,
    pub database: Part,
    /// Sorted by hash.
    pub originals: Vec<Part>,
    pub missing: Vec<Missing>,
}

/// A file in the backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub sha256: Hash,
    pub bytes: u64,
}

/// An original that is not in the backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Missing {
    pub sha256: Hash,
    pub reason: String,
}

/// The name of an original in a backup: its path in the case with `/`.
pub(super) fn name(sha256: &Hash) -> String {
    let path = original(sha256);
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

impl Manifest {
    /// Bytes of all files.
    pub fn total(&self) -> u64 {
        self.originals
            .iter()
            .map(|part| part.bytes)
            .fold(self.database.bytes, u64::saturating_add)
    }

    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let first = Value::object([
            ("_t", Value::from(TYPE)),
            ("case", Value::from(self.case.as_str())),
            ("head", Value::from(hex(&self.head.leaf))),
            ("in_place", Value::from(self.in_place)),
            ("made_at", Value::from(format_millis(self.made_at))),
            ("size", Value::from(self.head.size)),
        ]);
        line(out, &first)?;
        file(out, DATABASE, &self.database)?;
        for part in &self.originals {
            file(out, &name(&part.sha256), part)?;
        }
        for missing in &self.missing {
            let reason: String = missing.reason.chars().take(REASON).collect();
            let path = name(&missing.sha256);
            line(out, &Value::object([("missing", path), ("reason", reason)]))?;
        }
        Ok(())
    }

    /// Reads what [`Manifest::write`] wrote and nothing else.
    pub fn read(from: &mut dyn BufRead) -> Result<Self, String> {
        let first = next_line(from)?.ok_or("it is empty")?;
        let text = |key: &str| first.get(key).and_then(Value::as_text);
        if text("_t") != Some(TYPE) {
            return Err(format!("expected {TYPE:?} as its type"));
        }
        let case = CaseId::parse(text("case").unwrap_or_default()).map_err(|e| e.to_string())?;
        let head = Head {
            size: count(&first, "size")?,
            leaf: text("head").and_then(from_hex).ok_or("`head` is no hash")?,
        };
        let made_at = text("made_at").and_then(vestige_custody::line::millis);
        let database = next_line(from)?.ok_or("it lists no case.db")?;
        let mut manifest = Self {
            case,
            head,
            made_at: made_at.ok_or("`made_at` is no time")?,
            in_place: count(&first, "in_place")?,
            database: part(&database, |_| DATABASE.to_owned())?,
            originals: Vec::new(),
            missing: Vec::new(),
        };
        while let Some(value) = next_line(from)? {
            manifest.take(&value)?;
        }
        Ok(manifest)
    }

    fn take(&mut self, value: &Value) -> Result<(), String> {
        if let Some(path) = value.get("missing").and_then(Value::as_text) {
            let reason = value
                .get("reason")
                .and_then(Value::as_text)
                .unwrap_or_default();
            let sha256 = hash_of_name(path).ok_or_else(|| format!("{path:?} is no original"))?;
            self.missing.push(Missing {
                sha256,
                reason: reason.to_owned(),
            });
            return Ok(());
        }
        let part = part(value, name)?;
        if self
            .originals
            .last()
            .is_some_and(|last| last.sha256 >= part.sha256)
        {
            return Err(format!("{} is not in its order", name(&part.sha256)));
        }
        self.originals.push(part);
        Ok(())
    }
}

fn hash_of_name(path: &str) -> Option<Hash> {
    let sha256 = path.rsplit('/').next().and_then(from_hex)?;
    (name(&sha256) == path).then_some(sha256)
}

fn file(out: &mut dyn Write, path: &str, part: &Part) -> io::Result<()> {
    let value = Value::object([
        ("bytes", Value::from(part.bytes)),
        ("path", Value::from(path)),
        ("sha256", Value::from(hex(&part.sha256))),
    ]);
    line(out, &value)
}

fn line(out: &mut dyn Write, value: &Value) -> io::Result<()> {
    let mut bytes = value.to_bytes().map_err(io::Error::other)?;
    bytes.push(b'\n');
    out.write_all(&bytes)
}

fn next_line(from: &mut dyn BufRead) -> Result<Option<Value>, String> {
    let mut line = Vec::new();
    from.take(LINE)
        .read_until(b'\n', &mut line)
        .map_err(|error| error.to_string())?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.pop() != Some(b'\n') {
        return Err("a line is cut or too long".to_owned());
    }
    json::parse(&line)
        .map(Some)
        .map_err(|error| error.to_string())
}

fn count(value: &Value, key: &str) -> Result<u64, String> {
    let number = value
        .get(key)
        .and_then(Value::as_int)
        .and_then(|n| u64::try_from(n).ok());
    number.ok_or_else(|| format!("`{key}` is no count"))
}

/// A file line, whose path must be the one that `expected` makes of its hash.
fn part(value: &Value, expected: impl Fn(&Hash) -> String) -> Result<Part, String> {
    let sha256 = value
        .get("sha256")
        .and_then(Value::as_text)
        .and_then(from_hex);
    let sha256 = sha256.ok_or("`sha256` is no hash")?;
    let path = value
        .get("path")
        .and_then(Value::as_text)
        .unwrap_or_default();
    if path != expected(&sha256) {
        return Err(format!("{path:?} is no name of a file in a backup"));
    }
    Ok(Part {
        sha256,
        bytes: count(value, "bytes")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Manifest {
        Manifest {
            case: CaseId::parse("0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01").unwrap(),
            head: Head {
                size: 3,
                leaf: [9; 32],
            },
            made_at: 1_795_514_400_000_000_000,
            in_place: 1,
            database: Part {
                sha256: [1; 32],
                bytes: 8192,
            },
            originals: vec![
                Part {
                    sha256: [2; 32],
                    bytes: 5,
                },
                Part {
                    sha256: [3; 32],
                    bytes: 6,
                },
            ],
            missing: vec![Missing {
                sha256: [4; 32],
                reason: "gone".into(),
            }],
        }
    }

    fn text(manifest: &Manifest) -> String {
        let mut out = Vec::new();
        manifest.write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn reads_what_it_wrote() {
        assert_eq!(
            Manifest::read(&mut text(&sample()).as_bytes()),
            Ok(sample())
        );
    }

    #[test]
    fn takes_no_other_name_order_or_form() {
        let good = text(&sample());
        let second = name(&[2; 32]);
        for (from, to) in [
            (second.as_str(), "evidence/02/../../x"),
            (second.as_str(), "case.db"),
            ("\"path\":\"case.db\"", "\"path\":\"/etc/passwd\""),
            ("\"bytes\":5", "\"bytes\":-5"),
            ("vestige.backup/1", "vestige.backup/2"),
            ("\"size\":3", "\"size\":3.0"),
        ] {
            assert!(good.contains(from));
            let bad = good.replace(from, to);
            assert!(Manifest::read(&mut bad.as_bytes()).is_err(), "{to}");
        }
        let lines: Vec<&str> = good.split_inclusive('\n').collect();
        let swapped = [lines[0], lines[1], lines[3], lines[2], lines[4]].concat();
        assert!(Manifest::read(&mut swapped.as_bytes()).is_err());
        let twice = [lines[0], lines[1], lines[2], lines[2]].concat();
        assert!(Manifest::read(&mut twice.as_bytes()).is_err());
        assert!(Manifest::read(&mut &good.as_bytes()[..good.len() - 1]).is_err());
    }
}
