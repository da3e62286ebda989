//! Walks a member that holds JSON: one document, several, or one a line; records at the top, in
//! an array, or in a list of an envelope. Arrays and documents may be of any length.
//!
//! A strict reader would give up at the first fault. Here what is damaged is rejected, the next
//! record is looked for ([`super::salvage`]), and the walk goes on from there.

use vestige_model::{Event, Quality, Warning};

use super::records::{Class, Key, PEEK, Records, classify, deliver};
use super::recovered::Recovered;
use super::salvage::{Damage, Lost};
use super::visit::{Place, Visit};
use super::{Expected, Fault, Scanner, Value};
use crate::input::{Input, RECORD};
use crate::sink::{Sink, Span};

/// The byte order mark, as UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// How a part of the walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// As it should.
    Fine,
    /// At a fault; the damage is noted and the window begins at it.
    Damaged,
    /// The user wants to stop.
    Stopped,
}

/// Whether documents are lines of their own, as far as the first few tell.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lines {
    seen: u8,
    broken: bool,
}

impl Lines {
    /// Takes a document into account.
    fn document(&mut self, document: &[u8]) {
        if self.seen < 8 {
            self.seen += 1;
            self.broken |= document.contains(&b'\n');
        }
    }

    /// Whether a line break ends a document, also a damaged one.
    pub(super) fn end_documents(self) -> bool {
        self.seen > 0 && !self.broken
    }
}

/// A walk over one member.
pub struct Walk<'w, 'i, R: Records> {
    pub(super) records: &'w R,
    pub(super) input: &'w mut Input<'i>,
    pub(super) sink: &'w mut dyn Sink,
    /// A fault broke the brackets around the records; brackets are not asked for any more.
    pub(super) lost: bool,
    /// What is damaged and not told yet, because its end is not known.
    pub(super) damage: Option<Damage>,
    pub(super) recovered: Recovered,
    /// Whether documents are lines of their own.
    pub(super) lines: Lines,
    /// The element that is read is a document.
    top: bool,
    /// The byte before the window, as far as it matters, and the last one that is no blank.
    pub(super) before: u8,
    pub(super) solid: u8,
}

/// Reads every record of a member; gives the context that [`again`] needs, if any.
pub fn walk<R: Records>(
    records: &R,
    input: &mut Input<'_>,
    sink: &mut dyn Sink,
) -> Option<Vec<u8>> {
    let recovered = Recovered::default();
    let mut walk = Walk {
        records,
        input,
        sink,
        lost: false,
        damage: None,
        recovered,
        lines: Lines::default(),
        top: false,
        before: b'\n',
        solid: 0,
    };
    walk.documents();
    walk.settle();
    walk.recovered.context()
}

/// Reads one record again; see [`crate::Format::read_record`].
pub fn again<R: Records>(
    records: &R,
    context: &[u8],
    span: Span,
    decoded: &[u8],
    sink: &mut dyn Sink,
) {
    use vestige_model::Decode::{JsonString, Utf16BeJsonString, Utf16LeJsonString};
    let quality = Recovered::quality(context, span.offset);
    if matches!(
        span.decode,
        JsonString | Utf16LeJsonString | Utf16BeJsonString
    ) {
        let mut rows = Vec::with_capacity(1);
        let verdict = records.text(decoded, &mut rows);
        deliver(sink, span, decoded, verdict, &mut rows, quality);
        return;
    }
    let mut visit = Visit {
        records,
        bytes: decoded,
        place: Place::Known(span),
        sink,
        quality,
    };
    if Scanner::new(decoded, 0).skip().is_err() || !visit.value(0) {
        visit.nothing(0, decoded.len());
    }
}

impl<R: Records> Walk<'_, '_, R> {
    fn documents(&mut self) {
        while let Some(byte) = self.next() {
            if matches!(byte, b'{' | b'[') {
                self.regain();
            }
            let step = match byte {
                b'[' => self.list(),
                b'{' if self.classify() == Class::List => self.envelope(),
                0 => self.padding(),
                0xef if self.mark() => continue,
                b',' | b']' | b'}' if self.lost => {
                    self.input.consume(1);
                    (self.before, self.solid) = (byte, byte);
                    continue;
                }
                b'{' => self.element(true),
                _ if self.lost => self.broken(Expected::Value),
                _ => self.element(true),
            };
            match step {
                Step::Fine => (self.before, self.solid) = (b'}', b'}'),
                Step::Damaged => self.resync(),
                Step::Stopped => return,
            }
            if self.sink.stopped() {
                return;
            }
        }
        self.odd_end();
    }

    /// Consumes blanks and gives the byte after them.
    pub(super) fn next(&mut self) -> Option<u8> {
        loop {
            let window = self.input.window();
            let blanks = window
                .iter()
                .take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t'));
            let count = blanks.count();
            let byte = window.get(count).copied();
            if let Some(blank) = count.checked_sub(1).and_then(|last| window.get(last)) {
                self.before = *blank;
            }
            self.input.consume(count);
            if byte.is_some() || !self.input.more() {
                return byte;
            }
        }
    }

    /// What the object at the window's beginning is.
    pub(super) fn classify(&mut self) -> Class {
        loop {
            let window = self.input.window();
            let peek = window.get(..PEEK).unwrap_or(window);
            match classify(self.records, peek) {
                Some(class) => return class,
                None if window.len() < PEEK && self.input.more() => {}
                None => return Class::Unknown,
            }
        }
    }

    /// Reads a list, with the window at its bracket.
    fn list(&mut self) -> Step {
        self.input.consume(1);
        if self.next() == Some(b']') {
            self.input.consume(1);
            return Step::Fine;
        }
        loop {
            let step = self.element(false);
            if step != Step::Fine {
                self.lost |= step == Step::Damaged;
                return step;
            }
            match self.next() {
                Some(b',') => self.input.consume(1),
                Some(b']') => {
                    self.input.consume(1);
                    return Step::Fine;
                }
                _ => return self.broken(Expected::CommaOrBracket),
            }
            if self.sink.stopped() {
                return Step::Stopped;
            }
            if self.next().is_none_or(|byte| byte == b']') {
                return self.broken(Expected::Value);
            }
        }
    }

    /// Reads an object with a list in it, with the window at its brace.
    fn envelope(&mut self) -> Step {
        self.input.consume(1);
        loop {
            if self.next() == Some(b'}') {
                self.input.consume(1);
                return Step::Fine;
            }
            let step = match self.member() {
                Ok(step) => step,
                Err(fault) => self.note(fault, Lost::Between),
            };
            if step != Step::Fine {
                self.lost |= step == Step::Damaged;
                return step;
            }
            match self.next() {
                Some(b',') => self.input.consume(1),
                Some(b'}') => {}
                _ => return self.broken(Expected::CommaOrBrace),
            }
        }
    }

    /// Reads one member of an envelope.
    fn member(&mut self) -> Result<Step, Fault> {
        let length = self.length(|scanner| scanner.string().map(|_| ()))?;
        let key = Scanner::new(self.input.window(), 0).string()?;
        let list = self.records.key(&key.name()) == Key::List;
        self.input.consume(length);
        if self.next() != Some(b':') {
            return Ok(self.broken(Expected::Colon));
        }
        self.input.consume(1);
        if self.next() == Some(b'[') && list {
            return Ok(self.list());
        }
        let length = self.length(|scanner| scanner.skip())?;
        self.input.consume(length);
        Ok(Step::Fine)
    }

    /// Passes something with a scanner, with as much of the input as that needs and no more than
    /// a record may have; gives its length.
    pub(super) fn length(
        &mut self,
        pass: impl Fn(&mut Scanner<'_>) -> Result<(), Fault>,
    ) -> Result<usize, Fault> {
        loop {
            let window = self.input.window();
            let part = window.get(..RECORD).unwrap_or(window);
            let mut scanner = Scanner::new(part, 0);
            let result = pass(&mut scanner).map(|()| scanner.at());
            // A number at the very end of the window may go on.
            let open = result.map_or_else(|fault| fault.ended, |length| length == part.len());
            if !(open && window.len() < RECORD && self.input.more()) {
                return result;
            }
        }
    }

    /// Reads one element: a record, or something that records are wrapped in. At the `top`, what is
    /// no JSON at all is a damaged record; in a list it stands between records.
    fn element(&mut self, top: bool) -> Step {
        self.top = top;
        let object = self.input.window().first() == Some(&b'{');
        if object && self.classify() == Class::Record {
            return match self.record(false) {
                Ok(_) => Step::Fine,
                Err(fault) => self.note(fault, Lost::Record),
            };
        }
        match self.wrapped() {
            Ok(()) => Step::Fine,
            Err(fault) if fault.at > 0 => {
                let lost = Lost::Wrapper(self.input.offset_of(fault.at));
                self.note(fault, lost)
            }
            // What begins a line is a damaged record, what follows a record on its line is not.
            Err(fault) if top && self.before == b'\n' => self.note(fault, Lost::Record),
            Err(fault) => self.note(fault, Lost::Between),
        }
    }

    /// Reads the record at the window's beginning. One that was only `searched` for must be fit;
    /// otherwise nothing happens and the answer is false.
    pub(super) fn record(&mut self, searched: bool) -> Result<bool, Fault> {
        loop {
            let window = self.input.window();
            let part = window.get(..RECORD).unwrap_or(window);
            let mut scanner = Scanner::new(part, 0);
            let mut rows: Vec<Event<'_>> = Vec::with_capacity(1);
            let verdict = match self.records.record(&mut scanner, &mut rows) {
                Ok(verdict) => verdict,
                Err(fault) if fault.ended && window.len() < RECORD && !self.input.ended() => {
                    drop(rows);
                    self.input.more();
                    continue;
                }
                Err(fault) => return Err(fault),
            };
            if searched && rows.is_empty() {
                return Ok(false);
            }
            let length = scanner.at();
            let offset = self.input.offset();
            if let Some(damage) = self.damage.take() {
                damage.tell(offset, true, self.sink);
            }
            let mut quality = scanner.quality;
            if self.lost || searched {
                quality = quality.with(Quality::RECOVERED);
            }
            self.recovered.record(offset, offset, self.lost || searched);
            let decode = self.input.encoding().plain();
            let span = Span {
                offset,
                length: self.input.offset_of(length) - offset,
                decode,
            };
            let decoded = window.get(..length).unwrap_or(&[]);
            if self.top {
                self.lines.document(decoded);
            }
            deliver(self.sink, span, decoded, verdict, &mut rows, quality);
            drop(rows);
            self.input.consume(length);
            return Ok(true);
        }
    }

    /// Reads a value that holds records further in, or none.
    fn wrapped(&mut self) -> Result<(), Fault> {
        let length = self.length(|scanner| scanner.value().map(|_: Value<'_>| ()))?;
        let offset = self.input.offset();
        if let Some(damage) = self.damage.take() {
            damage.tell(offset, true, self.sink);
        }
        let quality = if self.lost {
            Quality::RECOVERED
        } else {
            Quality::default()
        };
        let last = self.input.offset_of(length).saturating_sub(1);
        self.recovered.record(offset, last, self.lost);
        let bytes = self.input.window().get(..length).unwrap_or(&[]);
        if self.top {
            self.lines.document(bytes);
        }
        let place = Place::Window(self.input);
        let mut visit = Visit {
            records: self.records,
            bytes,
            place,
            sink: self.sink,
            quality,
        };
        if !visit.value(0) {
            visit.nothing(0, length);
        }
        self.input.consume(length);
        Ok(())
    }

    /// Consumes a byte order mark, as it stands between files that were joined.
    fn mark(&mut self) -> bool {
        self.input.ensure(MARK.len());
        let mark = self.input.window().starts_with(MARK);
        if mark {
            self.input.consume(MARK.len());
        }
        mark
    }

    /// NUL bytes between documents, as a disk leaves them behind a file that was cut short.
    fn padding(&mut self) -> Step {
        let offset = self.input.offset();
        loop {
            let count = self
                .input
                .window()
                .iter()
                .take_while(|byte| **byte == 0)
                .count();
            self.input.consume(count);
            if !self.input.window().is_empty() || !self.input.more() {
                break;
            }
        }
        let length = self.input.offset() - offset;
        let mut warning = Warning::about(offset, b"\0", "NUL bytes between records");
        warning.length = length;
        self.sink
            .warned(warning.expected("a JSON value", format!("{length} NUL bytes")));
        Step::Fine
    }

    /// Says where UTF-16 ends within a unit.
    fn odd_end(&mut self) {
        let unread = self.input.unread();
        if unread > 0 {
            let mut warning = Warning::about(
                self.input.offset(),
                &[],
                "the last byte is half a UTF-16 unit",
            );
            warning.length = unread;
            self.sink
                .warned(warning.expected("an even number of bytes", "an odd one"));
        }
    }
}
