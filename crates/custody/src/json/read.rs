//! Reading: strict, so that a text which reads is the canonical one.

use super::{DEPTH, EXACT, Map, Value, write::printable};

/// Where and why a text is not the canonical text of a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not canonical at byte {offset}: expected {expected}, found {found}")]
pub struct NotCanonical {
    /// Byte offset in the text.
    pub offset: usize,
    /// What canonical JSON has there.
    pub expected: &'static str,
    /// What stands there, printable.
    pub found: String,
}

/// Reads a canonical text. The length of the text bounds the work; depth is bounded by [`DEPTH`].
///
/// # Errors
/// Where the text is not the one canonical text of a value.
pub fn parse(text: &[u8]) -> Result<Value, NotCanonical> {
    let mut reader = Reader { text, at: 0 };
    if let Err(invalid) = std::str::from_utf8(text) {
        reader.at = invalid.valid_up_to();
        return reader.fail("UTF-8");
    }
    let value = reader.value(0)?;
    if reader.at < text.len() {
        return reader.fail("the end");
    }
    Ok(value)
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn fail<T>(&self, expected: &'static str) -> Result<T, NotCanonical> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = match rest {
            [] => "the end".to_owned(),
            _ => format!("\"{}\"", rest[..rest.len().min(12)].escape_ascii()),
        };
        Err(NotCanonical {
            offset: self.at,
            expected,
            found,
        })
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &'static str, value: Value) -> Result<Value, NotCanonical> {
        if !self
            .text
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word.as_bytes()))
        {
            return self.fail(word);
        }
        self.at += word.len();
        Ok(value)
    }

    fn value(&mut self, depth: usize) -> Result<Value, NotCanonical> {
        match self.peek() {
            Some(b'{' | b'[') if depth == DEPTH => {
                self.fail("at most 128 arrays and objects inside each other")
            }
            Some(b'{') => self.map(depth + 1).map(Value::Map),
            Some(b'[') => self.list(depth + 1).map(Value::List),
            Some(b'"') => self.string().map(Value::Text),
            Some(b'n') => self.word("null", Value::Null),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'-' | b'0'..=b'9') => self.integer().map(Value::Int),
            _ => self.fail("a value without blanks"),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Value>, NotCanonical> {
        self.at += 1;
        let mut items = Vec::new();
        if self.eat(b']') {
            return Ok(items);
        }
        loop {
            items.push(self.value(depth)?);
            if self.eat(b']') {
                return Ok(items);
            }
            if !self.eat(b',') {
                return self.fail("',' or ']'");
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Map, NotCanonical> {
        self.at += 1;
        let mut members = Map::new();
        if self.eat(b'}') {
            return Ok(members);
        }
        loop {
            let start = self.at;
            let key = self.key()?;
            if members
                .last_key_value()
                .is_some_and(|(last, _)| *last >= key)
            {
                self.at = start;
                return self.fail("keys in ascending order, each once");
            }
            if !self.eat(b':') {
                return self.fail("':'");
            }
            let value = self.value(depth)?;
            members.insert(key, value);
            if self.eat(b'}') {
                return Ok(members);
            }
            if !self.eat(b',') {
                return self.fail("',' or '}'");
            }
        }
    }

    fn key(&mut self) -> Result<String, NotCanonical> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return self.fail("a key without blanks");
        }
        let key = self.string()?;
        if !printable(&key) {
            self.at = start;
            return self.fail("a key of printable ASCII");
        }
        Ok(key)
    }

    fn string(&mut self) -> Result<String, NotCanonical> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let plain = self.at;
            while self
                .peek()
                .is_some_and(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
            {
                self.at += 1;
            }
            // The whole text is UTF-8 and the run ends before an ASCII byte or at the end.
            let run = self.text.get(plain..self.at).unwrap_or_default();
            out.push_str(std::str::from_utf8(run).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return self.fail("an escaped control character"),
                None => return self.fail("'\"'"),
            }
        }
    }

    /// An escape, which canonical text has only where it must, and then the shortest.
    fn escape(&mut self) -> Result<char, NotCanonical> {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let (char, length) = match rest {
            [b'"', ..] => ('"', 2),
            [b'\\', ..] => ('\\', 2),
            [b'b', ..] => ('\u{8}', 2),
            [b'f', ..] => ('\u{c}', 2),
            [b'n', ..] => ('\n', 2),
            [b'r', ..] => ('\r', 2),
            [b't', ..] => ('\t', 2),
            [b'u', b'0', b'0', high @ (b'0' | b'1'), low, ..] => {
                let low = match low {
                    b'0'..=b'9' => low - b'0',
                    b'a'..=b'f' => low - b'a' + 10,
                    _ => return self.fail("a lower-case hexadecimal escape"),
                };
                let code = (high - b'0') * 16 + low;
                if matches!(code, 8 | 9 | 10 | 12 | 13) {
                    return self.fail("the short form of the escape");
                }
                (char::from(code), 6)
            }
            _ => return self.fail("the shortest form of a character"),
        };
        self.at += length;
        Ok(char)
    }

    fn integer(&mut self) -> Result<i64, NotCanonical> {
        let start = self.at;
        let negative = self.eat(b'-');
        let mut number: u64 = 0;
        let first = self.at;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number
                .saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        let digits = self.at - first;
        let leading_zero = self.text.get(first) == Some(&b'0') && (digits > 1 || negative);
        let fraction = matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        if digits == 0 || leading_zero || fraction || number > EXACT {
            self.at = start;
            return self.fail("an integer of at most 9007199254740991 in magnitude");
        }
        // At most 2^53 - 1.
        let number = number as i64;
        Ok(if negative { -number } else { number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset(text: &str) -> Option<usize> {
        parse(text.as_bytes()).err().map(|error| error.offset)
    }

    #[test]
    fn only_the_canonical_text_reads() {
        for good in [
            "{}",
            "[]",
            "0",
            "-1",
            "9007199254740991",
            "{\"a\":1,\"b\":[\"\\u001f\"]}",
            "\"\u{7f}\u{2028}/\"",
        ] {
            assert_eq!(offset(good), None, "{good}");
        }
        let bad = [
            ("", 0),
            (" {}", 0),
            ("{} ", 2),
            ("{ }", 1),
            ("{\"a\": 1}", 5),
            ("{\"b\":1,\"a\":1}", 7),
            ("{\"a\":1,\"a\":1}", 7),
            ("{\"é\":1}", 1),
            ("{\"\\u001f\":1}", 1),
            ("1.0", 0),
            ("1e3", 0),
            ("-0", 0),
            ("01", 0),
            ("-", 0),
            ("9007199254740992", 0),
            ("99999999999999999999999999", 0),
            ("NaN", 0),
            ("\"\\u00e9\"", 1),
            ("\"\\ud800\"", 1),
            ("\"\\/\"", 1),
            ("\"\\u000a\"", 1),
            ("\"\\u001F\"", 1),
            ("\"\t\"", 1),
            ("\"open", 5),
            ("[1,]", 3),
            ("[1", 2),
            ("nul", 0),
            ("\u{feff}{}", 0),
        ];
        for (text, at) in bad {
            assert_eq!(offset(text), Some(at), "{text}");
        }
        assert_eq!(parse(b"\"\xff\"").unwrap_err().expected, "UTF-8");
        assert_eq!(parse(b"\"\xed\xa0\x80\"").unwrap_err().expected, "UTF-8");
    }

    #[test]
    fn depth_is_limited_without_overflow() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(offset(&nested(DEPTH)), None);
        assert_eq!(offset(&nested(DEPTH + 1)), Some(DEPTH));
        assert_eq!(offset(&"[".repeat(1_000_000)), Some(DEPTH));
        assert_eq!(offset(&"{\"a\":".repeat(1_000_000)), Some(DEPTH * 5));
    }
}
