//! Reading one line of a chain: an entry, or what stands for a withheld one.

use crate::entry::{ENTRY, WITHHELD};
use crate::hash::{Hash, from_hex, leaf};
use crate::json::{NotCanonical, Value, parse};
use vestige_model::time;

/// One line as read. What is not named here stays in the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// `custody.entry/1`
    Entry(EntryLine),
    /// `custody.withheld/1`
    Withheld {
        /// The number the line claims.
        seq: u64,
        /// The leaf hash of the entry that is withheld.
        leaf: Hash,
        /// Why it is withheld.
        reason: String,
    },
}

/// An entry as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryLine {
    /// The number it claims.
    pub seq: u64,
    /// The case it claims.
    pub case: String,
    /// The leaf hash it claims of the entry before.
    pub prev: Option<Hash>,
    /// When it was written; the form makes byte order the order of time.
    pub recorded_at: String,
    /// The event's name.
    pub event: String,
    /// The whole entry.
    pub value: Value,
    /// The leaf hash of its bytes.
    pub leaf: Hash,
}

/// Why a line is no line of a chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Not the canonical text of a value.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
    /// A member is missing or ill-formed.
    #[error("{member}: expected {expected}, found {found}")]
    Member {
        /// Its name.
        member: &'static str,
        /// What it has to be.
        expected: &'static str,
        /// What it is, cut to 80 bytes.
        found: String,
    },
}

impl Line {
    /// Reads a line without its line feed.
    ///
    /// # Errors
    /// Where the bytes are not canonical or a member that gives the entry its place is ill-formed.
    pub fn parse(bytes: &[u8]) -> Result<Line, LineError> {
        let value = parse(bytes)?;
        match value.get("_t").and_then(Value::as_text) {
            Some(ENTRY) => EntryLine::read(value, leaf(bytes)).map(Line::Entry),
            Some(WITHHELD) => withheld(&value),
            _ => wrong(
                &value,
                "_t",
                "\"custody.entry/1\" or \"custody.withheld/1\"",
            ),
        }
    }

    /// The number the line claims.
    pub fn seq(&self) -> u64 {
        match self {
            Line::Entry(entry) => entry.seq,
            Line::Withheld { seq, .. } => *seq,
        }
    }

    /// The leaf hash the line contributes to the tree.
    pub fn leaf(&self) -> Hash {
        match self {
            Line::Entry(entry) => entry.leaf,
            Line::Withheld { leaf, .. } => *leaf,
        }
    }
}

impl EntryLine {
    fn read(value: Value, leaf: Hash) -> Result<EntryLine, LineError> {
        let prev = match value.get("prev") {
            Some(Value::Null) => None,
            _ => Some(hash(
                &value,
                "prev",
                "null or 64 lower-case hexadecimal digits",
            )?),
        };
        let recorded_at = text(&value, "recorded_at", TIME)?;
        if millis(&recorded_at).is_none() {
            return wrong(&value, "recorded_at", TIME);
        }
        let claimed = value.get("occurred_at").is_some();
        if claimed
            && value
                .get("occurred_at")
                .and_then(Value::as_text)
                .and_then(millis)
                .is_none()
        {
            return wrong(&value, "occurred_at", TIME);
        }
        Ok(EntryLine {
            seq: seq(&value)?,
            case: text(&value, "case", "the case's UUID")?,
            prev,
            recorded_at,
            event: text(&value, "event", "the name of an event")?,
            value,
            leaf,
        })
    }

    /// A member of `details`.
    pub fn detail(&self, key: &str) -> Option<&Value> {
        self.value.get("details")?.get(key)
    }

    /// A text member of `details`.
    pub fn detail_text(&self, key: &str) -> Option<&str> {
        self.detail(key).and_then(Value::as_text)
    }

    /// Whether the entry says that the clock was set back before it.
    pub fn steps_back(&self) -> bool {
        self.value.get("clock_step").and_then(Value::as_bool) == Some(true)
    }
}

const TIME: &str = "YYYY-MM-DDTHH:MM:SS.mmmZ";

/// UTC nanoseconds of a time with exactly three decimals and `Z`; none for any other form.
pub fn millis(text: &str) -> Option<i64> {
    let ns = time::parse(text).ns?;
    (time::format_millis(ns) == text).then_some(ns)
}

fn withheld(value: &Value) -> Result<Line, LineError> {
    const FORM: &str = "exactly _t, leaf, reason, seq";
    if value.as_map().is_none_or(|map| map.len() != 4) {
        return wrong(value, "_t", FORM);
    }
    Ok(Line::Withheld {
        seq: seq(value)?,
        leaf: hash(value, "leaf", "64 lower-case hexadecimal digits")?,
        reason: text(value, "reason", "a text")?,
    })
}

fn seq(value: &Value) -> Result<u64, LineError> {
    match value.get("seq").and_then(Value::as_int).map(u64::try_from) {
        Some(Ok(seq)) => Ok(seq),
        _ => wrong(value, "seq", "an integer from 0"),
    }
}

fn text(value: &Value, member: &'static str, expected: &'static str) -> Result<String, LineError> {
    match value.get(member).and_then(Value::as_text) {
        Some(text) => Ok(text.to_owned()),
        None => wrong(value, member, expected),
    }
}

fn hash(value: &Value, member: &'static str, expected: &'static str) -> Result<Hash, LineError> {
    match value
        .get(member)
        .and_then(Value::as_text)
        .and_then(from_hex)
    {
        Some(hash) => Ok(hash),
        None => wrong(value, member, expected),
    }
}

fn wrong<T>(value: &Value, member: &'static str, expected: &'static str) -> Result<T, LineError> {
    let found = match value.get(member) {
        None => "none".to_owned(),
        Some(found) => {
            let bytes = found.to_bytes().unwrap_or_default();
            let cut = bytes.get(..80).unwrap_or(&bytes);
            String::from_utf8_lossy(cut).into_owned()
        }
    };
    Err(LineError::Member {
        member,
        expected,
        found,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"_t":"custody.entry/1","case":"c","event":"case.opened","prev":null,"recorded_at":"2026-03-02T10:00:00.000Z","seq":0}"#;

    #[test]
    fn a_line_says_what_is_wrong_with_it() {
        assert!(Line::parse(GOOD.as_bytes()).is_ok());
        let table = [
            ("custody.entry/1", "custody.entry/2", "_t"),
            ("\"prev\":null", "\"prev\":\"AB\"", "prev"),
            ("10:00:00.000Z", "10:00:00Z", "recorded_at"),
            ("10:00:00.000Z", "10:00:60.000Z", "recorded_at"),
            ("2026-03-02T", "2026-02-30T", "recorded_at"),
            ("\"seq\":0", "\"seq\":-1", "seq"),
            ("\"seq\":0", "\"seq\":\"0\"", "seq"),
            ("\"case\":\"c\"", "\"case\":1", "case"),
            ("\"event\":\"case.opened\",", "", "event"),
            (
                "\"prev\":null,",
                "\"occurred_at\":\"then\",\"prev\":null,",
                "occurred_at",
            ),
        ];
        for (from, to, expected) in table {
            let text = GOOD.replace(from, to);
            match Line::parse(text.as_bytes()) {
                Err(LineError::Member { member, .. }) => assert_eq!(member, expected, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        let withheld = br#"{"_t":"custody.withheld/1","leaf":"00","reason":"r","seq":0}"#;
        assert_eq!(
            Line::parse(withheld).unwrap_err().to_string(),
            "leaf: expected 64 lower-case hexadecimal digits, found \"00\""
        );
        let more = br#"{"_t":"custody.withheld/1","extra":1,"leaf":"00","reason":"r","seq":0}"#;
        assert!(
            Line::parse(more)
                .unwrap_err()
                .to_string()
                .contains("exactly")
        );
    }
}
