//! What a format says about the JSON objects it meets, and how a record reaches the sink.

use vestige_model::{Event, Quality, Warning, warning};

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
        Verdict::Stored => {
            for row in rows.iter_mut() {
                row.quality = row.quality.with(quality);
            }
            sink.stored(span, decoded, rows);
        }
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
