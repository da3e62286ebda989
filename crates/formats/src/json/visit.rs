//! Finds the records in one JSON value that is whole: an object of an event bus, a lookup result,
//! a log shipper's document.

use vestige_model::{Event, Quality, TimeFlags};

use super::records::{Class, Key, Records, Verdict, classify, deliver};
use super::text::{printable, readable, unescape};
use super::{Scanner, Str};
use crate::input::Input;
use crate::sink::{Sink, Span};

/// How deep records are looked for.
const LEVELS: u32 = 8;

/// How a range of the value becomes a span.
pub enum Place<'a> {
    /// Through the input in whose window the value lies, from this position.
    Window(&'a Input<'a>),
    /// There is only one record, and its span is known.
    Known(Span),
}

impl Place<'_> {
    fn span(&self, start: usize, end: usize, string: bool) -> Span {
        match self {
            Place::Known(span) => *span,
            Place::Window(input) => {
                let offset = input.offset_of(start);
                let encoding = input.encoding();
                let decode = if string {
                    encoding.json_string()
                } else {
                    encoding.plain()
                };
                Span {
                    offset,
                    length: input.offset_of(end) - offset,
                    decode,
                }
            }
        }
    }
}

/// A visit to one value.
pub struct Visit<'v, R: Records> {
    /// The format.
    pub records: &'v R,
    /// The bytes that hold the value, well formed.
    pub bytes: &'v [u8],
    /// Where they lie.
    pub place: Place<'v>,
    /// Who gets the records.
    pub sink: &'v mut dyn Sink,
    /// What applies to all records found.
    pub quality: Quality,
}

/// The time that an object around a record states.
#[derive(Clone, Copy)]
struct Stamp<'v> {
    start: usize,
    end: usize,
    time: Str<'v>,
}

impl<'v, R: Records> Visit<'v, R> {
    /// Hands every record in the value at `at` to the sink; whether there was one.
    pub fn value(&mut self, at: usize) -> bool {
        self.at_level(at, 0, None)
    }

    fn at_level(&mut self, at: usize, level: u32, stamp: Option<Stamp<'v>>) -> bool {
        let rest = self.bytes.get(at..).unwrap_or(&[]);
        match rest.first() {
            Some(b'{') if classify(self.records, rest) == Some(Class::Record) => {
                self.record(at, stamp)
            }
            Some(b'{') if level < LEVELS => self.object(at, level, stamp),
            Some(b'[') if level < LEVELS => self.elements(at, level, false),
            Some(b'"') if level == 0 && rest.starts_with(b"\"{") => self.text(at),
            _ => false,
        }
    }

    fn record(&mut self, at: usize, stamp: Option<Stamp<'v>>) -> bool {
        let (bytes, mut rows) = (self.bytes, Vec::with_capacity(1));
        let mut scanner = Scanner::new(bytes, at);
        let Ok(verdict) = self.records.record(&mut scanner, &mut rows) else {
            return false;
        };
        let (mut start, mut end) = (at, scanner.at());
        if let (Some(stamp), Some(row)) = (stamp, rows.first_mut())
            && undated(row)
        {
            // The time is part of the record then, and so is all that lies between.
            (start, end) = (stamp.start, stamp.end);
            row.set_time(stamp.time.text());
            row.time.flags = row.time.flags.with(TimeFlags::FROM_ENVELOPE);
        }
        let span = self.place.span(start, end, false);
        let quality = scanner.quality.with(self.quality);
        let decoded = bytes.get(start..end).unwrap_or(&[]);
        deliver(self.sink, span, decoded, verdict, &mut rows, quality);
        true
    }

    fn text(&mut self, at: usize) -> bool {
        let mut scanner = Scanner::new(self.bytes, at);
        let Ok(text) = scanner.string() else {
            return false;
        };
        let mut decoded = Vec::with_capacity(text.raw.len());
        unescape(text.raw, &mut decoded);
        let span = self.place.span(at, scanner.at(), true);
        let mut rows = Vec::with_capacity(1);
        let verdict = self.records.text(&decoded, &mut rows);
        deliver(self.sink, span, &decoded, verdict, &mut rows, self.quality);
        true
    }

    fn object(&mut self, at: usize, level: u32, outer: Option<Stamp<'v>>) -> bool {
        let (members, stamp) = self.members(at);
        let mut stamp = stamp.or(outer);
        let mut found = false;
        for (key, start) in members {
            found |= match (key, self.bytes.get(start)) {
                (Key::List, Some(b'[')) => self.elements(start, level + 1, true),
                (Key::Inner, Some(b'{')) => self.at_level(start, level + 1, None),
                (Key::Text, Some(b'"')) => self.text(start),
                (_, Some(b'{' | b'[')) => self.at_level(start, level + 1, stamp),
                _ => false,
            };
            if found {
                // A time belongs to one record only.
                stamp = None;
                if matches!(self.place, Place::Known(_)) {
                    break;
                }
            }
        }
        found
    }

    /// The members of an object: what the key says, and where the value begins.
    fn members(&self, at: usize) -> (Vec<(Key, usize)>, Option<Stamp<'v>>) {
        let (mut members, mut time) = (Vec::new(), None);
        let mut scanner = Scanner::new(self.bytes, at);
        // The value is well formed, so that there is no fault to look at.
        let _ = scanner.object(|scanner, key| {
            let key = self.records.key(key);
            scanner.next();
            members.push((key, scanner.at()));
            let value = scanner.scalar()?;
            if key == Key::Stamp {
                time = value.or(time);
            }
            Ok(())
        });
        let end = scanner.at();
        (
            members,
            time.map(|time| Stamp {
                start: at,
                end,
                time,
            }),
        )
    }

    /// Visits the elements of an array; those of a list that hold no record are rejected.
    fn elements(&mut self, at: usize, level: u32, list: bool) -> bool {
        let mut starts = Vec::new();
        let mut scanner = Scanner::new(self.bytes, at);
        let _ = scanner.array(|scanner| {
            let start = scanner.at();
            scanner.skip()?;
            starts.push((start, scanner.at()));
            Ok(())
        });
        let mut found = list;
        for (start, end) in starts {
            let one = self.at_level(start, level + 1, None);
            if list && !one {
                self.nothing(start, end);
            }
            found |= one;
        }
        found
    }

    /// Rejects a value that holds no record.
    pub fn nothing(&mut self, start: usize, end: usize) {
        let part = self.bytes.get(start..end).unwrap_or(&[]);
        let span = self.place.span(start, end, false);
        deliver(
            self.sink,
            span,
            part,
            no_record(part),
            &mut [],
            Quality::default(),
        );
    }
}

fn undated(row: &Event<'_>) -> bool {
    row.time.ns.is_none() && row.time_raw.is_none()
}

/// The verdict on a well-formed value that holds no record.
pub fn no_record(value: &[u8]) -> Verdict {
    let mut keys = Vec::new();
    let mut scanner = Scanner::new(value, 0);
    let _ = scanner.object(|scanner, key| {
        if keys.len() < 6 {
            keys.push(printable(&readable(key)));
        }
        scanner.skip()
    });
    let found = match value.first() {
        Some(b'{') if keys.is_empty() => "an empty object".to_owned(),
        Some(b'{') => format!("an object with {}", keys.join(", ")),
        Some(b'[') => "an array without records".to_owned(),
        Some(b'"') => "a string".to_owned(),
        _ => "a bare value".to_owned(),
    };
    let reason = if keys.is_empty() {
        "nothing to read in this element"
    } else {
        "not a record of this format"
    };
    Verdict::Unfit {
        reason,
        expected: "an object with the keys of a record",
        found,
    }
}
