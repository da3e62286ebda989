//! The first bytes of a member, prepared for recognising its format.

use std::borrow::Cow;

use crate::encoding::Encoding;
use crate::json::outline::Outline;
use crate::json::scanner::DEPTH;
use crate::json::text::{printable, readable};
use crate::json::{Expected, Scanner};

/// The first bytes of a member.
pub struct Head<'a> {
    text: Cow<'a, [u8]>,
    whole: bool,
    encoding: Encoding,
    outline: Outline,
}

impl<'a> Head<'a> {
    /// Takes the first bytes; `whole` says that these are all. 64 KiB are enough for every format.
    pub fn new(bytes: &'a [u8], whole: bool) -> Head<'a> {
        let (encoding, mark) = Encoding::of(bytes);
        let rest = bytes.get(mark..).unwrap_or(&[]);
        let text = if encoding == Encoding::Utf8 {
            Cow::Borrowed(rest)
        } else {
            let mut out = Vec::with_capacity(rest.len());
            encoding.transcode(rest, false, &mut out);
            Cow::Owned(out)
        };
        let outline = Outline::of(&text);
        Head {
            text,
            whole,
            encoding,
            outline,
        }
    }

    /// The text as UTF-8, without byte order mark.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether nothing follows the head.
    pub fn whole(&self) -> bool {
        self.whole
    }

    /// The encoding.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The JSON objects in it.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// The lines that are certainly complete, without line ends, empty ones left out.
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let complete = match memchr::memrchr(b'\n', &self.text) {
            Some(last) if !self.whole => self.text.get(..last).unwrap_or(&[]),
            _ => &self.text,
        };
        let trimmed = |line: &'_ [u8]| line.len() - usize::from(line.ends_with(b"\r"));
        complete
            .split(|byte| *byte == b'\n')
            .map(move |line| line.get(..trimmed(line)).unwrap_or(line))
            .filter(|line| !line.is_empty())
    }

    /// What the bytes look like, for people, where no format takes them.
    pub fn looks_like(&self) -> String {
        let first = self.text.iter().find(|byte| !byte.is_ascii_whitespace());
        match first {
            None if self.whole && self.text.is_empty() => "empty".to_owned(),
            None => "only blanks".to_owned(),
            Some(b'{' | b'[') if self.json_like() => self.json_words(),
            Some(_) if self.is_binary() => self.wide_words().unwrap_or_else(|| self.binary_words()),
            Some(_) => self.text_words(),
        }
    }

    fn json_like(&self) -> bool {
        self.outline
            .objects
            .first()
            .is_some_and(|object| !object.members.is_empty())
            || (self.outline.documents > 0 && self.outline.fault.is_none())
    }

    fn json_words(&self) -> String {
        let kind = match (self.outline.array, self.outline.documents) {
            (true, _) => "a JSON array",
            (false, 2..) => "JSON objects one after another",
            (false, _) => "a JSON object",
        };
        match self.outline.objects.first() {
            Some(object) if !object.members.is_empty() => {
                let of = if self.outline.array {
                    " whose first object has"
                } else {
                    " with"
                };
                format!("{kind}{of} the keys {}", printable(&object.keys()))
            }
            _ => format!("{kind} that is empty"),
        }
    }

    fn is_binary(&self) -> bool {
        let part = self.text.get(..4096).unwrap_or(&self.text);
        let control = |byte: &&u8| **byte < 9 || (14..32).contains(*byte);
        part.iter().filter(control).count() * 50 > part.len()
    }

    fn binary_words(&self) -> String {
        let first = self.text.iter().take(8).map(|byte| format!("{byte:02x}"));
        format!(
            "binary data that begins with {}",
            first.collect::<Vec<_>>().join(" ")
        )
    }

    /// Words for text in an encoding that is not read: every other byte is NUL, or three of four.
    fn wide_words(&self) -> Option<String> {
        let part = self.text.get(..64).unwrap_or(&self.text);
        let empty = |step: usize, place: usize| {
            let mut bytes = part.iter().skip(place).step_by(step);
            part.len() >= 8 && bytes.all(|byte| *byte == 0)
        };
        let all = part.iter().all(|byte| *byte == 0);
        let encoding = match (empty(2, 0), empty(2, 1)) {
            _ if all => return None,
            // Its mark begins as that of UTF-16 does.
            (true, _) | (_, true) if self.encoding != Encoding::Utf8 => "UTF-32",
            (true, _) if empty(4, 1) => "UTF-32",
            (_, true) if empty(4, 2) => "UTF-32",
            (true, false) | (false, true) => "UTF-16 without a byte order mark",
            _ => return None,
        };
        Some(format!(
            "text in {encoding}, expected UTF-8, or UTF-16 with a byte order mark; convert it"
        ))
    }

    fn text_words(&self) -> String {
        if let Err(fault) = Scanner::new(&self.text, 0).skip()
            && fault.expected == Expected::Depth
        {
            return format!("JSON nested deeper than {DEPTH} levels, which is not read");
        }
        let line = self.lines().next().unwrap_or(&[]);
        let shown = readable(line.get(..100).unwrap_or(line)).into_owned();
        let names = |separator: u8| line.split(|byte| *byte == separator).count();
        let (kind, count) = [
            (b',', "CSV"),
            (b'\t', "tab-separated text"),
            (b';', "CSV with semicolons"),
        ]
        .into_iter()
        .map(|(separator, kind)| (kind, names(separator)))
        .max_by_key(|(_, count)| *count)
        .unwrap_or(("text", 1));
        if count >= 3 && !line.starts_with(b"{") {
            return format!("{kind} whose first line is {}", printable(&shown));
        }
        format!("text that begins with {}", printable(&shown))
    }
}
