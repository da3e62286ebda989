//! A JSON string as it stands in the bytes, and the text it means.

use std::borrow::Cow;

use vestige_model::Quality;

/// A string between its quotes, not yet decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Str<'a> {
    /// The bytes between the quotes.
    pub raw: &'a [u8],
    /// There are certainly no escapes: the text is the bytes.
    pub plain: bool,
}

impl<'a> Str<'a> {
    /// A text that is not escaped.
    pub fn verbatim(raw: &'a [u8]) -> Str<'a> {
        Str { raw, plain: true }
    }

    /// Whether nothing stands between the quotes.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// The text: escapes undone, bytes that are not UTF-8 as `\xNN`, half a surrogate pair as
    /// `\uNNNN`.
    pub fn text(&self) -> Cow<'a, str> {
        if self.plain || !self.raw.contains(&b'\\') {
            return readable(self.raw);
        }
        let mut bytes = Vec::with_capacity(self.raw.len());
        unescape(self.raw, &mut bytes);
        match String::from_utf8(bytes) {
            Ok(text) => Cow::Owned(text),
            Err(error) => Cow::Owned(readable(error.as_bytes()).into_owned()),
        }
    }

    /// The bytes with escapes undone, for matching keys.
    pub fn name(&self) -> Cow<'a, [u8]> {
        if self.plain || !self.raw.contains(&b'\\') {
            return Cow::Borrowed(self.raw);
        }
        let mut bytes = Vec::with_capacity(self.raw.len());
        unescape(self.raw, &mut bytes);
        Cow::Owned(bytes)
    }
}

/// A record's bytes, checked for UTF-8 once, so that each of its texts need not be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Checked<'a> {
    at: usize,
    text: Option<&'a str>,
}

impl<'a> Checked<'a> {
    /// Checks a record's bytes.
    pub fn new(bytes: &'a [u8]) -> Checked<'a> {
        Checked {
            at: bytes.as_ptr() as usize,
            text: std::str::from_utf8(bytes).ok(),
        }
    }

    /// A value's text, as [`Str::text`] gives it, unless it is empty. Values from elsewhere than
    /// the record are welcome.
    #[inline]
    pub fn text(&self, value: Option<Str<'a>>) -> Option<Cow<'a, str>> {
        let value = value?;
        if value.raw.is_empty() {
            return None;
        }
        let start = (value.raw.as_ptr() as usize).wrapping_sub(self.at);
        let end = start.wrapping_add(value.raw.len());
        match self.text.and_then(|text| text.get(start..end)) {
            Some(text) if value.plain => Some(Cow::Borrowed(text)),
            _ => Some(value.text()),
        }
    }
}

/// Undoes the escapes of a string whose escapes are known to be well formed. Half a surrogate
/// pair becomes the text of its escape; all other bytes are copied as they stand.
pub fn unescape(raw: &[u8], out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (before, escape) = rest.split_at(at);
        out.extend_from_slice(before);
        rest = one_escape(escape, out);
    }
    out.extend_from_slice(rest);
}

/// Undoes the escape that `bytes` begin with and returns what follows it.
fn one_escape<'a>(bytes: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let simple = match bytes.get(1) {
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'u') => return unicode_escape(bytes, out),
        Some(other) => *other,
        None => return &[],
    };
    out.push(simple);
    bytes.get(2..).unwrap_or(&[])
}

fn unicode_escape<'a>(bytes: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let (unit, rest) = (hex_unit(bytes), bytes.get(6..).unwrap_or(&[]));
    let Some(unit) = unit else { return rest };
    let (point, rest) = match (unit, hex_unit(rest)) {
        (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) => (
            0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00),
            rest.get(6..).unwrap_or(&[]),
        ),
        _ => (unit, rest),
    };
    match char::from_u32(point) {
        Some(char) => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend_from_slice(format!("\\u{point:04x}").as_bytes()),
    }
    rest
}

/// The UTF-16 unit of the `\uNNNN` that `bytes` begin with.
pub fn hex_unit(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| {
        Some(unit * 16 + char::from(*digit).to_digit(16)?)
    })
}

/// Bytes as text: as they are where they are UTF-8, else with every byte that is not as `\xNN`
/// and half a surrogate pair (three bytes from `ED A0 80`) as `\uNNNN`.
pub fn readable(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(bytes.len() + 8);
    let mut rest = bytes;
    while let Some(chunk) = rest.utf8_chunks().next() {
        out.push_str(chunk.valid());
        rest = rest.get(chunk.valid().len()..).unwrap_or(&[]);
        let Some(first) = rest.first() else { break };
        let taken = match surrogate(rest) {
            Some(unit) => {
                out.push_str(&format!("\\u{unit:04x}"));
                3
            }
            None => {
                out.push_str(&format!("\\x{first:02x}"));
                1
            }
        };
        rest = rest.get(taken..).unwrap_or(&[]);
    }
    Cow::Owned(out)
}

/// Text of evidence as a message may hold it: what could steer a terminal or turn the direction of
/// writing is escaped.
pub fn printable(text: &str) -> String {
    let turns = |char| {
        matches!(
            char,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        ) || matches!(
            char,
            '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}'
        )
    };
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control() || turns(char) {
            out.extend(char.escape_default());
        } else {
            out.push(char);
        }
    }
    out
}

/// The unit of half a surrogate pair that was written as three bytes, as transcoding UTF-16 does.
pub fn surrogate(bytes: &[u8]) -> Option<u32> {
    match bytes {
        [0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf, ..] => {
            Some(0xd000 | u32::from(second & 0x3f) << 6 | u32::from(third & 0x3f))
        }
        _ => None,
    }
}

/// What is unusual about bytes that are not all ASCII.
#[cold]
pub fn encoding_quality(bytes: &[u8]) -> Quality {
    let mut quality = Quality::default();
    let mut rest = bytes;
    while let Err(error) = std::str::from_utf8(rest) {
        rest = rest.get(error.valid_up_to()..).unwrap_or(&[]);
        let taken = if surrogate(rest).is_some() {
            quality = quality.with(Quality::LONE_SURROGATE);
            3
        } else {
            quality = quality.with(Quality::INVALID_UTF8);
            1
        };
        rest = rest.get(taken..).unwrap_or(&[]);
    }
    quality
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &[u8]) -> String {
        Str { raw, plain: false }.text().into_owned()
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(
            text(br#"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z"#),
            "a\"\\/\u{8}\u{c}\n\r\té😀z"
        );
        assert_eq!(text(b"\\ud83d!"), "\\ud83d!");
        assert_eq!(text(b"\\ude00\\ud83d"), "\\ude00\\ud83d");
    }

    #[test]
    fn bytes_that_are_not_text_are_shown() {
        assert_eq!(
            text(b"a\xff\xc3\xa9\xed\xa0\xbdz\xe2\x82"),
            "a\\xffé\\ud83dz\\xe2\\x82"
        );
        assert_eq!(encoding_quality(b"\xc3\xa9"), Quality::default());
        assert_eq!(encoding_quality(b"\xed\xa0\xbd"), Quality::LONE_SURROGATE);
        assert_eq!(encoding_quality(b"x\xe2\x82"), Quality::INVALID_UTF8);
    }
}
