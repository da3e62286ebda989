//! After damage: what is lost is told, and the next record is looked for.

use memchr::{memchr, memchr_iter, memchr2_iter, memmem};
use vestige_model::{Quality, Warning, warning};

use super::records::{Class, Key, Records, deliver};
use super::search::{Ends, Tail, near_first};
use super::text::unescape;
use super::walk::{Step, Walk};
use super::{Expected, Fault, Scanner};
use crate::input::RECORD;
use crate::sink::{Sink, Span};

/// How far ahead of a brace its first key must begin and end.
pub(super) const AHEAD: usize = 256;

/// How much is searched at a time.
const STRETCH: usize = 64 << 10;

/// Bytes that could not be read, from their beginning to where reading goes on.
#[derive(Debug)]
pub struct Damage {
    offset: u64,
    reason: &'static str,
    expected: &'static str,
    found: String,
    excerpt: String,
    lost: Lost,
    /// A record's mark stands in it.
    marked: bool,
    /// How many objects begin in it.
    objects: usize,
    tail: Tail,
}

/// What damage concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// A record.
    Record,
    /// What stands between records.
    Between,
    /// A value that may hold a record further in, whose fault is at this source offset. A record
    /// that is found before the fault, or before another object begins, was in it.
    Wrapper(u64),
}

impl Damage {
    /// Tells of the damage, which ends at the source offset `end`, where a record was `found` or
    /// not.
    pub fn tell(self, end: u64, found: bool, sink: &mut dyn Sink) {
        let warning = Warning {
            offset: self.offset,
            length: end.saturating_sub(self.offset),
            reason: self.reason.to_owned(),
            expected: self.expected.to_owned(),
            found: self.found,
            excerpt: self.excerpt,
        };
        let record = match self.lost {
            Lost::Record => true,
            Lost::Between => false,
            Lost::Wrapper(fault) => !(found && (end <= fault || self.objects == 1)),
        };
        if record || self.marked {
            sink.rejected(warning)
        } else {
            sink.warned(warning)
        }
    }
}

/// A place where reading could go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// An object whose first key is a record's or an envelope's.
    Object(usize),
    /// An object or array at the beginning of a line.
    Line(usize),
    /// A string under a key that holds records in strings.
    Text(usize),
    /// What stands here cannot be told without more bytes.
    Unsure(usize),
    /// None; so many bytes may be passed.
    Nowhere(usize),
}

impl<R: Records> Walk<'_, '_, R> {
    /// Notes a fault in the value at the window's beginning, and what is lost by it.
    pub(super) fn note(&mut self, fault: Fault, lost: Lost) -> Step {
        if fault.ended && self.input.window().len() >= RECORD {
            return self.too_long();
        }
        // The excerpt is the same however little of the input is at hand.
        self.input.ensure(warning::EXCERPT);
        let window = self.input.window();
        let part = window.get(..RECORD).unwrap_or(window);
        let damage = Damage {
            offset: self.input.offset(),
            reason: if fault.ended {
                "cut off before its end"
            } else if fault.expected == Expected::Depth {
                "nested deeper than is read"
            } else {
                "not well-formed JSON"
            },
            expected: fault.expected.words(),
            found: self.found(fault, part),
            excerpt: warning::excerpt(part),
            lost,
            marked: false,
            objects: 0,
            tail: Tail::default(),
        };
        self.settle();
        self.damage = Some(damage);
        Step::Damaged
    }

    fn found(&self, fault: Fault, part: &[u8]) -> String {
        if fault.at == 0 || fault.ended {
            return fault.found(part);
        }
        format!(
            "{} at offset {}",
            fault.found(part),
            self.input.offset_of(fault.at)
        )
    }

    /// Notes that the brackets and commas between records are broken here.
    pub(super) fn broken(&mut self, expected: Expected) -> Step {
        self.lost = true;
        let ended = self.input.window().is_empty();
        self.note(
            Fault {
                at: 0,
                expected,
                ended,
            },
            Lost::Between,
        )
    }

    /// Tells of damage that ends here.
    pub(super) fn settle(&mut self) {
        self.tell(false);
    }

    /// Tells of damage that ends here, where a record was `found` or not.
    pub(super) fn tell(&mut self, found: bool) {
        if let Some(damage) = self.damage.take() {
            damage.tell(self.input.offset(), found, self.sink);
        }
    }

    /// Passes damage: looks for the next record and reads it, or stops before a value that the
    /// walk can go on with.
    pub(super) fn resync(&mut self) {
        self.lost |= self.recovered.full();
        // Where documents are lines, a line's end is that of its damage.
        let line = !self.lost && self.lines.end_documents();
        // Between records, the next one may begin right here.
        let between = |damage: &Damage| damage.lost == Lost::Between;
        let mut from = usize::from(!self.damage.as_ref().is_some_and(between));
        while !self.sink.stopped() {
            let place = self.look(from);
            if line && let Some(end) = self.line_end(place) {
                self.pass(end);
                return self.settle();
            }
            let result = match place {
                Place::Object(at) => self.try_object(at),
                Place::Line(at) => self.try_line(at),
                Place::Text(at) => self.try_text(at),
                Place::Unsure(at) | Place::Nowhere(at) => {
                    self.pass(at);
                    from = 0;
                    let short = self.input.window().len() < STRETCH;
                    if short && !self.input.more() && self.input.window().is_empty() {
                        return;
                    }
                    continue;
                }
            };
            match result {
                Ok(true) => {
                    self.lost &= !line;
                    return;
                }
                Ok(false) => {}
                Err(fault) if self.note(fault, Lost::Record) == Step::Fine => return,
                Err(_) => {}
            }
            from = 1;
        }
    }

    /// The next place at or after `from` where a value begins that could be read.
    fn look(&self, from: usize) -> Place {
        let window = self.input.window();
        let stretch = window.get(..STRETCH).unwrap_or(window);
        near_first(stretch, from, |part| self.look_in(part, from)).unwrap_or_else(|| {
            // A key may begin in what was searched and end behind it.
            let all = stretch.len() == window.len() && self.input.ended();
            let keep = if all { 0 } else { AHEAD };
            let passed = stretch.len().saturating_sub(keep);
            Place::Nowhere(passed.max(from.min(stretch.len())))
        })
    }

    /// The first place in a part of the window, at or after `from`.
    fn look_in(&self, part: &[u8], from: usize) -> Option<Place> {
        let object = self.look_for_object(part, from);
        let end = object.map_or(part.len(), |(_, at)| at);
        self.look_for_text(part.get(..end)?, from)
            .or(object.map(|(place, _)| place))
    }

    /// Whether enough of the input is at hand to judge what begins at a position.
    fn sure(&self, at: usize) -> bool {
        self.input.ended() || self.input.window().len().saturating_sub(at) >= AHEAD
    }

    fn look_for_object(&self, part: &[u8], from: usize) -> Option<(Place, usize)> {
        for at in memchr2_iter(b'{', b'[', part.get(from..)?).map(|at| at + from) {
            let before = at.checked_sub(1).and_then(|before| part.get(before));
            if before.copied().unwrap_or(self.before) == b'\n' {
                return Some((Place::Line(at), at));
            }
            if !self.sure(at) {
                return Some((Place::Unsure(at), at));
            }
            if self.opens(self.input.window().get(at..)?) {
                return Some((Place::Object(at), at));
            }
        }
        None
    }

    fn look_for_text(&self, part: &[u8], from: usize) -> Option<Place> {
        let keys = self.records.text_keys().iter();
        let found = keys.filter_map(|key| {
            let at = from + memmem::find(part.get(from..)?, key)?;
            Some((at, key.len()))
        });
        let (at, length) = found.min()?;
        if !self.sure(at) {
            return Some(Place::Unsure(at));
        }
        // As far as is surely at hand, so that it does not matter how much more is.
        let window = self.input.window();
        let ahead = window.get(..at + AHEAD).unwrap_or(window);
        let string = string_after(ahead, at + length);
        Some(string.map_or(Place::Nowhere(at + length), Place::Text))
    }

    /// Whether an object begins here whose first key is a record's, or a list's.
    fn opens(&self, bytes: &[u8]) -> bool {
        let mut scanner = Scanner::new(bytes.get(..AHEAD).unwrap_or(bytes), 0);
        let mut opens = false;
        let _ = scanner.object(|scanner, key| {
            opens = match self.records.key(key) {
                Key::Record => true,
                Key::List => scanner.next() == Some(b'['),
                _ => false,
            };
            Err(Fault {
                at: 0,
                expected: Expected::Value,
                ended: false,
            })
        });
        opens
    }

    fn try_object(&mut self, at: usize) -> Result<bool, Fault> {
        self.pass(at);
        if self.classify() == Class::List {
            self.settle();
            return Ok(true);
        }
        self.searched()
    }

    /// Reads a record that was searched for. The brackets around it are not known any more.
    fn searched(&mut self) -> Result<bool, Fault> {
        let read = self.record(true)?;
        self.lost |= read;
        Ok(read)
    }

    /// Trusts brackets again where a value begins a line and does not go on a list.
    pub(super) fn regain(&mut self) {
        if self.lost && self.before == b'\n' && self.solid != b',' && !self.recovered.full() {
            self.lost = false;
        }
    }

    fn try_line(&mut self, at: usize) -> Result<bool, Fault> {
        self.pass(at);
        self.regain();
        if self.lost && self.classify() == Class::Record {
            return self.searched();
        }
        self.settle();
        Ok(true)
    }

    fn try_text(&mut self, at: usize) -> Result<bool, Fault> {
        self.pass(at);
        let length = self.length(|scanner| scanner.string().map(|_| ()))?;
        let text = Scanner::new(self.input.window(), 0).string()?;
        let (mut decoded, mut rows) = (Vec::new(), Vec::new());
        unescape(text.raw, &mut decoded);
        let verdict = self.records.text(&decoded, &mut rows);
        if rows.is_empty() {
            return Ok(false);
        }
        self.tell(true);
        let offset = self.input.offset();
        self.recovered.record(offset, offset, true);
        let decode = self.input.encoding().json_string();
        let span = Span {
            offset,
            length: self.input.offset_of(length) - offset,
            decode,
        };
        deliver(
            self.sink,
            span,
            &decoded,
            verdict,
            &mut rows,
            Quality::RECOVERED,
        );
        self.input.consume(length);
        self.lost = true;
        Ok(true)
    }

    /// The position after the line that the window begins in, if it ends before a place.
    fn line_end(&self, place: Place) -> Option<usize> {
        let (Place::Object(at)
        | Place::Line(at)
        | Place::Text(at)
        | Place::Unsure(at)
        | Place::Nowhere(at)) = place;
        let way = self.input.window().get(..at)?;
        memchr(b'\n', way).map(|end| end + 1)
    }

    /// Consumes damaged bytes, noticing when there was a record in what stood between records.
    fn pass(&mut self, count: usize) {
        let window = self.input.window();
        let part = window.get(..count).unwrap_or(window);
        if let Some(damage) = &mut self.damage {
            damage.objects += memchr_iter(b'{', part).count();
            damage.marked |= damage.tail.holds(self.records.mark(), part);
        }
        if let Some(last) = part.last() {
            self.before = *last;
        }
        if let Some(solid) = part.iter().rev().find(|byte| !byte.is_ascii_whitespace()) {
            self.solid = *solid;
        }
        self.input.consume(count);
    }

    /// Rejects a value longer than a record may be and finds its end by its brackets and quotes.
    fn too_long(&mut self) -> Step {
        self.settle();
        let offset = self.input.offset();
        let excerpt = warning::excerpt(self.input.window());
        let mut ends = Ends::default();
        loop {
            let window = self.input.window();
            let end = ends.within(window);
            let count = end.unwrap_or(window.len());
            self.input.consume(count);
            if end.is_some() || !self.input.more() {
                break;
            }
        }
        self.sink.rejected(Warning {
            offset,
            length: self.input.offset() - offset,
            reason: "longer than a record may be".to_owned(),
            expected: format!("at most {RECORD} bytes"),
            found: format!("{} bytes", self.input.offset() - offset),
            excerpt,
        });
        Step::Fine
    }
}

/// The position of the string that follows a key.
fn string_after(window: &[u8], key_end: usize) -> Option<usize> {
    let mut scanner = Scanner::new(window, key_end);
    if scanner.next() != Some(b':') {
        return None;
    }
    let mut scanner = Scanner::new(window, scanner.at() + 1);
    (scanner.next() == Some(b'"')).then(|| scanner.at())
}
