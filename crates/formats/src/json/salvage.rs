//! After damage: what is lost is told, and the next record is looked for.

use memchr::{memchr, memchr_iter, memchr2_iter, memmem};
use vestige_model::{Quality, Warning, warning};

use super::records::{Class, Key, Records, deliver};
use super::text::unescape;
use super::walk::{Step, Walk};
use super::{Expected, Fault, Scanner};
use crate::input::RECORD;
use crate::sink::{Sink, Span};

/// How far ahead of a brace its first key must begin and end.
const AHEAD: usize = 256;

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
            } else {
                "not well-formed JSON"
            },
            expected: fault.expected.words(),
            found: self.found(fault, part),
            excerpt: warning::excerpt(part),
            lost,
            marked: false,
            objects: 0,
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
        if !self.lost && self.lines.end_documents() {
            self.pass_line();
            return self.settle();
        }
        // Between records, the next one may begin right here.
        let between = |damage: &Damage| damage.lost == Lost::Between;
        let mut from = usize::from(!self.damage.as_ref().is_some_and(between));
        while !self.sink.stopped() {
            let result = match self.look(from) {
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
                Ok(true) => return,
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
        let ended = self.input.ended();
        let part = window.get(..STRETCH).unwrap_or(window);
        let sure = |at: usize| ended || window.len() - at >= AHEAD;
        let text = self.records.text_keys().iter().filter_map(|key| {
            let at = from + memmem::find(part.get(from..)?, key)?;
            Some((at, key.len()))
        });
        let text = text.min();
        for at in memchr2_iter(b'{', b'[', part.get(from..).unwrap_or(&[])).map(|at| at + from) {
            if text.is_some_and(|(text, _)| text < at) {
                break;
            }
            let before = at.checked_sub(1).and_then(|before| window.get(before));
            if before.copied().unwrap_or(self.before) == b'\n' {
                return Place::Line(at);
            }
            if !sure(at) {
                return Place::Unsure(at);
            }
            if self.opens(window.get(at..).unwrap_or(&[])) {
                return Place::Object(at);
            }
        }
        if let Some((at, length)) = text {
            if !sure(at) {
                return Place::Unsure(at);
            }
            return match string_after(window, at + length) {
                Some(string) => Place::Text(string),
                None => Place::Nowhere(at + length),
            };
        }
        // A key or mark may begin in what was searched and end behind it.
        let keep = if part.len() == window.len() && ended {
            0
        } else {
            AHEAD
        };
        Place::Nowhere(part.len().saturating_sub(keep).max(from.min(part.len())))
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

    /// Consumes the rest of a damaged line, with its end.
    fn pass_line(&mut self) {
        loop {
            let end = memchr(b'\n', self.input.window());
            self.pass(end.map_or(self.input.window().len(), |end| end + 1));
            if end.is_some() || !self.input.more() {
                return;
            }
        }
    }

    /// Consumes damaged bytes, noticing when there was a record in what stood between records.
    fn pass(&mut self, count: usize) {
        let window = self.input.window();
        let part = window.get(..count).unwrap_or(window);
        let mark = self.records.mark();
        // A mark may begin in the part and end behind it.
        let reach = window.get(..count + mark.len() - 1).unwrap_or(window);
        if let Some(damage) = &mut self.damage {
            damage.objects += memchr_iter(b'{', part).count();
            damage.marked |= memmem::find(reach, mark).is_some();
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

/// Finds the end of a value by brackets and quotes alone, over any number of parts.
#[derive(Debug, Default)]
struct Ends {
    open: u64,
    string: bool,
    escaped: bool,
}

impl Ends {
    /// The position after the value's end, if it ends in `part`.
    fn within(&mut self, part: &[u8]) -> Option<usize> {
        for (at, byte) in part.iter().enumerate() {
            if self.string {
                let quote = *byte == b'"' && !self.escaped;
                self.escaped = *byte == b'\\' && !self.escaped;
                self.string = !quote;
            } else {
                match byte {
                    b'"' => self.string = true,
                    b'{' | b'[' => self.open += 1,
                    b'}' | b']' => self.open = self.open.saturating_sub(1),
                    _ => {}
                }
            }
            if self.open == 0 && !self.string {
                return Some(at + 1);
            }
        }
        None
    }
}
