//! One pass over JSON: validates everything, decodes nothing that is not asked for.
//!
//! Written by hand because the import path has about a microsecond and a half for a record, and
//! because evidence is not clean: it tolerates raw control characters in strings and bytes that
//! are not UTF-8, and says so in [`Quality`]. Apart from that it accepts what RFC 8259 accepts; a
//! property test holds it against serde_json.

use vestige_model::Quality;

use super::fault::{Expected, Fault};
use super::text::{Str, encoding_quality, hex_unit};

/// The deepest nesting that is read.
pub const DEPTH: u32 = 128;

/// A value that was read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A string.
    String(Str<'a>),
    /// A number, as written.
    Number(&'a [u8]),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// An object, as written.
    Object(&'a [u8]),
    /// An array, as written.
    Array(&'a [u8]),
}

impl<'a> Value<'a> {
    /// A scalar's text: strings undecoded, numbers and words as written; none for `null`,
    /// objects and arrays.
    pub fn scalar(self) -> Option<Str<'a>> {
        match self {
            Value::String(text) => Some(text),
            Value::Number(raw) => Some(Str { raw, plain: true }),
            Value::Bool(true) => Some(Str {
                raw: b"true",
                plain: true,
            }),
            Value::Bool(false) => Some(Str {
                raw: b"false",
                plain: true,
            }),
            Value::Null | Value::Object(_) | Value::Array(_) => None,
        }
    }
}

/// A position in bytes that hold JSON.
#[derive(Clone, Debug)]
pub struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: u32,
    /// What was unusual so far.
    pub quality: Quality,
}

impl<'a> Scanner<'a> {
    /// A scanner at `at` in `bytes`.
    pub fn new(bytes: &'a [u8], at: usize) -> Scanner<'a> {
        Scanner {
            bytes,
            at,
            depth: 0,
            quality: Quality::default(),
        }
    }

    /// The position.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The bytes from `start` to the position.
    pub fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or(&[])
    }

    /// The byte at the position.
    #[inline]
    pub fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Skips blanks and gives the byte after them.
    #[inline]
    #[allow(clippy::should_implement_trait)] // a byte of the text, not an item of an iteration
    pub fn next(&mut self) -> Option<u8> {
        while let Some(byte) = self.byte() {
            if byte > b' ' || !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    #[cold]
    fn fault(&self, expected: Expected) -> Fault {
        Fault {
            at: self.at,
            expected,
            ended: self.at >= self.bytes.len(),
        }
    }

    #[inline]
    fn eat(&mut self, wanted: u8, expected: Expected) -> Result<(), Fault> {
        if self.next() == Some(wanted) {
            self.at += 1;
            return Ok(());
        }
        Err(self.fault(expected))
    }

    /// Reads a string at the position.
    ///
    /// # Errors
    /// Where there is none, or it is not well formed.
    #[inline]
    pub fn string(&mut self) -> Result<Str<'a>, Fault> {
        // Blanks are rare here, and callers have mostly passed them.
        if self.byte() != Some(b'"') && self.next() != Some(b'"') {
            return Err(self.fault(Expected::Key));
        }
        let start = self.at + 1;
        let rest = self.bytes.get(start..).unwrap_or(&[]);
        let length = plain(rest);
        if let Some((raw, [b'"', ..])) = rest.split_at_checked(length) {
            self.at = start + length + 1;
            return Ok(Str { raw, plain: true });
        }
        self.at = start + length;
        self.unusual(start)
    }

    /// Reads on in a string that is plain from `start` to the position, where it is not.
    #[inline(never)]
    fn unusual(&mut self, start: usize) -> Result<Str<'a>, Fault> {
        let (mut escaped, mut ascii) = (false, true);
        loop {
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(0x80..) => {
                    ascii = false;
                    while self.byte().is_some_and(|byte| !byte.is_ascii()) {
                        self.at += 1;
                    }
                }
                Some(_) => {
                    self.quality = self.quality.with(Quality::CONTROL_CHARACTERS);
                    self.at += 1;
                }
                None => return Err(self.fault(Expected::Quote)),
            }
            self.at += plain(self.bytes.get(self.at..).unwrap_or(&[]));
        }
        let raw = self.since(start);
        self.at += 1;
        if !ascii {
            self.quality = self.quality.with(encoding_quality(raw));
        }
        Ok(Str {
            raw,
            plain: ascii && !escaped,
        })
    }

    /// Passes an escape, with the other half of a surrogate pair.
    fn escape(&mut self) -> Result<(), Fault> {
        self.at += 1;
        match self.byte() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                let unit = self.unit()?;
                let high = (0xd800..0xdc00).contains(&unit);
                if high && self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
                    let back = self.at;
                    self.at += 1;
                    if !(0xdc00..0xe000).contains(&self.unit()?) {
                        self.at = back;
                        self.quality = self.quality.with(Quality::LONE_SURROGATE);
                    }
                } else if (0xd800..0xe000).contains(&unit) {
                    self.quality = self.quality.with(Quality::LONE_SURROGATE);
                }
            }
            _ => return Err(self.fault(Expected::Escape)),
        }
        Ok(())
    }

    /// Reads `uNNNN` at the position.
    fn unit(&mut self) -> Result<u32, Fault> {
        if let Some(unit) = self.bytes.get(self.at - 1..).and_then(hex_unit) {
            self.at += 5;
            return Ok(unit);
        }
        let digits = self.bytes.get(self.at + 1..).unwrap_or(&[]).iter().take(4);
        self.at += 1 + digits.take_while(|byte| byte.is_ascii_hexdigit()).count();
        Err(self.fault(Expected::Hex))
    }

    fn digits(&mut self) -> Result<usize, Fault> {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            Err(self.fault(Expected::Digit))
        } else {
            Ok(self.at - start)
        }
    }

    fn number(&mut self) -> Result<&'a [u8], Fault> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        let zero = self.byte() == Some(b'0');
        let whole = if zero {
            self.at += 1;
            1
        } else {
            self.digits()?
        };
        let mut large = whole > 18;
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            large |= self.digits()? > 2;
        }
        let raw = self.since(start);
        if large && is_big(raw) {
            self.quality = self.quality.with(Quality::BIG_NUMBER);
        }
        Ok(raw)
    }

    fn literal(&mut self, word: &[u8]) -> Result<(), Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        let same = rest
            .iter()
            .zip(word)
            .take_while(|(left, right)| left == right)
            .count();
        self.at += same;
        if same == word.len() {
            Ok(())
        } else {
            Err(self.fault(Expected::Literal))
        }
    }

    /// Reads any value at the position.
    ///
    /// # Errors
    /// Where it is not well formed.
    #[inline]
    pub fn value(&mut self) -> Result<Value<'a>, Fault> {
        let first = self.next();
        let start = self.at;
        match first {
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'{') => self.nested().map(|()| Value::Object(self.since(start))),
            Some(b'[') => self.nested().map(|()| Value::Array(self.since(start))),
            Some(b't') => self.literal(b"true").map(|()| Value::Bool(true)),
            Some(b'f') => self.literal(b"false").map(|()| Value::Bool(false)),
            Some(b'n') => self.literal(b"null").map(|()| Value::Null),
            Some(b'-' | b'0'..=b'9') => Ok(Value::Number(self.number()?)),
            _ => Err(self.fault(Expected::Value)),
        }
    }

    /// Passes any value.
    ///
    /// # Errors
    /// Where it is not well formed.
    #[inline]
    pub fn skip(&mut self) -> Result<(), Fault> {
        self.value().map(|_| ())
    }

    /// Reads a scalar; passes an object or array. See [`Value::scalar`].
    ///
    /// # Errors
    /// Where the value is not well formed.
    #[inline]
    pub fn scalar(&mut self) -> Result<Option<Str<'a>>, Fault> {
        if self.next() == Some(b'"') {
            return self.string().map(Some);
        }
        self.value().map(Value::scalar)
    }

    /// Passes an object or array without recursion: the kinds of the open ones are bits.
    fn nested(&mut self) -> Result<(), Fault> {
        let (mut objects, mut open) = (0_u128, 0);
        loop {
            match self.next() {
                Some(bracket @ (b'{' | b'[')) => {
                    if self.depth + open >= DEPTH {
                        return Err(self.fault(Expected::Depth));
                    }
                    self.at += 1;
                    objects = (objects << 1) | u128::from(bracket == b'{');
                    open += 1;
                    // Both closing brackets follow their opening ones at a distance of two.
                    if self.next() != Some(bracket + 2) {
                        if bracket == b'{' {
                            self.key()?;
                        }
                        continue;
                    }
                }
                Some(b'"') => drop(self.string()?),
                _ => drop(self.value()?),
            }
            if self.close(&mut objects, &mut open)? {
                return Ok(());
            }
        }
    }

    /// Passes what follows a value inside [`Self::nested`]; true once all is closed.
    #[inline]
    fn close(&mut self, objects: &mut u128, open: &mut u32) -> Result<bool, Fault> {
        loop {
            let object = *objects & 1 == 1;
            match self.next() {
                Some(b',') => {
                    self.at += 1;
                    if object {
                        self.next();
                        self.key()?;
                    }
                    return Ok(false);
                }
                Some(b'}') if object => {}
                Some(b']') if !object => {}
                _ if object => return Err(self.fault(Expected::CommaOrBrace)),
                _ => return Err(self.fault(Expected::CommaOrBracket)),
            }
            self.at += 1;
            *objects >>= 1;
            *open -= 1;
            if *open == 0 {
                return Ok(true);
            }
        }
    }

    #[inline]
    fn key(&mut self) -> Result<Str<'a>, Fault> {
        let key = self.string()?;
        self.eat(b':', Expected::Colon)?;
        Ok(key)
    }

    fn enter(&mut self) -> Result<(), Fault> {
        if self.depth >= DEPTH {
            return Err(self.fault(Expected::Depth));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// Reads an object: `member` is called with the name of each key and must read the value
    /// after it.
    ///
    /// # Errors
    /// Where the object is not well formed, and the faults of `member`.
    #[inline]
    pub fn object<F>(&mut self, mut member: F) -> Result<(), Fault>
    where
        F: FnMut(&mut Scanner<'a>, &[u8]) -> Result<(), Fault>,
    {
        if self.next() != Some(b'{') {
            return Err(self.fault(Expected::Value));
        }
        self.enter()?;
        if self.next() != Some(b'}') {
            loop {
                let key = self.key()?;
                let unescaped;
                let name = if key.plain {
                    key.raw
                } else {
                    unescaped = key.name();
                    &unescaped
                };
                member(self, name)?;
                match self.next() {
                    Some(b',') => self.at += 1,
                    Some(b'}') => break,
                    _ => return Err(self.fault(Expected::CommaOrBrace)),
                }
                self.next();
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    /// Reads an array: `element` is called at each element and must read it.
    ///
    /// # Errors
    /// Where the array is not well formed, and the faults of `element`.
    #[inline]
    pub fn array<F>(&mut self, mut element: F) -> Result<(), Fault>
    where
        F: FnMut(&mut Scanner<'a>) -> Result<(), Fault>,
    {
        if self.next() != Some(b'[') {
            return Err(self.fault(Expected::Value));
        }
        self.enter()?;
        if self.next() != Some(b']') {
            loop {
                self.next();
                element(self)?;
                match self.next() {
                    Some(b',') => self.at += 1,
                    Some(b']') => break,
                    _ => return Err(self.fault(Expected::CommaOrBracket)),
                }
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }
}

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// How many bytes come before the first `"`, `\`, control character or byte outside ASCII.
#[inline]
fn plain(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let zero = |word: u64| word.wrapping_sub(LOW) & !word;
        let marks = zero(word ^ (LOW * 0x22)) | zero(word ^ (LOW * 0x5c));
        let marks = (marks | word.wrapping_sub(LOW * 0x20) | word) & HIGH;
        if marks != 0 {
            // Borrows make bits above the lowest one unreliable, never the lowest.
            return index * 8 + (marks.trailing_zeros() / 8) as usize;
        }
    }
    plain_end(bytes, words.len() * 8)
}

/// The same for the last few bytes.
#[inline(never)]
fn plain_end(bytes: &[u8], from: usize) -> usize {
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20 | 0x80..);
    let tail = bytes.get(from..).unwrap_or(&[]);
    from + tail.iter().take_while(|byte| !ends(byte)).count()
}

/// Whether a number is beyond what 64 bits hold, as integer or as double.
#[cold]
fn is_big(raw: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(raw) else {
        return true;
    };
    let integer = text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok();
    if integer || text.contains(['.', 'e', 'E']) {
        return !integer && text.parse::<f64>().is_ok_and(f64::is_infinite);
    }
    true
}
