//! What a format says about the JSON objects it meets, and how a record reaches the sink.

use vestige_model::{Event, Quality, TimeFlags, Warning, warning};

use super::{Fault, Scanner};
use crate::sink::{Sink, Span};

/// How much of an object is looked at to tell what it is.
pub const PEEK: usize = 64 << 10;

/// What a key says about the object it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The object is a record of the format.
    Record,
    /// The value is a list of records, or of what they are wrapped in.
    List,
    /// The value is a record.
    Inner,
    /// The value is a string that holds a record.
    Text,
    /// The value is the time of a record that is further in.
    Stamp,
    /// Nothing.
    Other,
}

/// What reading a record came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has rows.
    Stored,
    /// It has rows, and something of it is not in them.
    Doubtful(Vec<Doubt>),
    /// It is a known non-event.
    Ignored(&'static str),
    /// It is a non-event that says that there is more than was recorded.
    Gap(&'static str),
    /// It is well-formed JSON, but no record of this format.
    Unfit {
        /// What is wrong.
        reason: &'static str,
        /// What the format would have.
        expected: &'static str,
        /// What is there.
        found: String,
    },
}

/// Something of a record that was stored all the same, and is not in its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// What is wrong.
    pub reason: &'static str,
    /// What the format would have.
    pub expected: &'static str,
    /// What is there.
    pub found: String,
}

impl Doubt {
    /// About a value, of which the beginning is shown.
    #[cold]
    pub fn about(reason: &'static str, expected: &'static str, value: &str) -> Doubt {
        let shown: String = value
            .chars()
            .take(40)
            .flat_map(char::escape_default)
            .collect();
        Doubt {
            reason,
            expected,
            found: format!("\"{shown}\""),
        }
    }

    fn warning(self, span: Span, decoded: &[u8]) -> Warning {
        let mut warning = Warning::about(span.offset, decoded, self.reason);
        warning.length = span.length;
        warning.expected(self.expected, self.found)
    }
}

/// What to say of a row whose record states a time that cannot be read.
#[inline]
fn undated(row: &Event<'_>) -> Option<Doubt> {
    let flags = row.time.flags;
    if row.time.ns.is_some() || flags == TimeFlags::default() {
        return None;
    }
    let text = row.time_raw.as_deref()?;
    let expected = if flags.has(TimeFlags::OUT_OF_RANGE) {
        "a time from 1677 to 2262"
    } else if flags.has(TimeFlags::UNREADABLE) {
        "a time such as 2026-03-02T10:00:00Z"
    } else {
        return None;
    };
    Some(Doubt::about(UNDATED, expected, text))
}

/// Why a record that states a time has none.
pub const UNDATED: &str = "the time cannot be read; the record is stored without one";

/// A format whose records are JSON objects.
pub trait Records {
    /// What `key` says about the object it stands in.
    fn key(&self, key: &[u8]) -> Key;

    /// A key that nearly every record has, in quotes: by it, records in bytes that cannot be read
    /// any more are noticed.
    fn mark(&self) -> &'static [u8];

    /// The keys that [`Key::Text`] stands for, in quotes.
    fn text_keys(&self) -> &'static [&'static [u8]];

    /// Reads the record at the scanner's position, which is at `{`, to its end.
    ///
    /// # Errors
    /// Where it is not well formed.
    fn record<'a>(
        &self,
        scanner: &mut Scanner<'a>,
        rows: &mut Vec<Event<'a>>,
    ) -> Result<Verdict, Fault>;

    /// Reads a record out of a string, already unescaped.
    fn text<'a>(&self, decoded: &'a [u8], rows: &mut Vec<Event<'a>>) -> Verdict;
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A record.
    Record,
    /// An envelope with a list in it.
    List,
    /// An envelope of one record.
    Envelope,
    /// An object without members.
    Empty,
    /// None of these, as far as can be seen.
    Unknown,
}

/// What the object at the start of `bytes` is, by its keys; none where the bytes end before that
/// can be told.
pub fn classify(records: &impl Records, bytes: &[u8]) -> Option<Class> {
    let mut class = None;
    let mut members = 0;
    let mut scanner = Scanner::new(bytes, 0);
    let result = scanner.object(|scanner, key| {
        members += 1;
        class = match (records.key(key), scanner.next()) {
            (Key::Record, Some(_)) => Some(Class::Record),
            (Key::List, Some(b'[')) => Some(Class::List),
            (Key::List | Key::Inner, Some(b'{')) | (Key::Text, Some(b'"')) => Some(Class::Envelope),
            _ => return scanner.skip(),
        };
        // Known: go no further. The fault is not looked at.
        Err(Fault {
            at: 0,
            expected: super::Expected::Value,
            ended: false,
        })
    });
    match (class, result) {
        (Some(class), _) => Some(class),
        (None, Err(fault)) if fault.ended => None,
        (None, Ok(())) if members == 0 => Some(Class::Empty),
        (None, _) => Some(Class::Unknown),
    }
}

/// Hands a record that was read to the sink.
pub fn deliver(
    sink: &mut dyn Sink,
    span: Span,
    decoded: &[u8],
    verdict: Verdict,
    rows: &mut [Event<'_>],
    quality: Quality,
) {
    match verdict {
        Verdict::Stored => stored(sink, span, decoded, Vec::new(), rows, quality),
        Verdict::Doubtful(doubts) => stored(sink, span, decoded, doubts, rows, quality),
        Verdict::Ignored(reason) => sink.ignored(span, reason),
        Verdict::Gap(reason) => {
            sink.ignored(span, reason);
            let mut warning = Warning::about(span.offset, decoded, reason);
            warning.length = span.length;
            sink.warned(warning.expected(
                "a complete record of the interval",
                "a note that records are missing",
            ));
        }
        Verdict::Unfit {
            reason,
            expected,
            found,
        } => sink.rejected(Warning {
            offset: span.offset,
            length: span.length,
            reason: reason.to_owned(),
            expected: expected.to_owned(),
            found,
            excerpt: warning::excerpt(decoded),
        }),
    }
}

/// Stores the rows, and then says what is not in them: the sink may change rows.
#[inline]
fn stored(
    sink: &mut dyn Sink,
    span: Span,
    decoded: &[u8],
    mut doubts: Vec<Doubt>,
    rows: &mut [Event<'_>],
    quality: Quality,
) {
    for row in rows.iter_mut() {
        row.quality = row.quality.with(quality);
        doubts.extend(undated(row));
    }
    sink.stored(span, decoded, rows);
    for doubt in doubts {
        sink.warned(doubt.warning(span, decoded));
    }
}
