//! Structures that were written as text by something that is not JSON: a Python dict
//! (`{'type': 'Root'}`) or a Presto struct (`{type=Root, arn=...}`), brought into JSON.

use super::Scanner;

/// Names of `userIdentity` and `resources` whose case Presto loses.
const NAMES: &[&str] = &[
    "principalId",
    "accountId",
    "accessKeyId",
    "userName",
    "invokedBy",
    "sessionContext",
    "sessionIssuer",
    "onBehalfOf",
    "userId",
    "credentialId",
];

/// The text as JSON. What cannot be told apart is kept as strings; nothing is dropped before the
/// text breaks off.
pub fn to_json(text: &[u8]) -> Vec<u8> {
    if Scanner::new(text, 0).skip().is_ok() {
        return text.to_vec();
    }
    let mut loose = Loose {
        text,
        at: 0,
        out: Vec::with_capacity(text.len() * 2),
    };
    loose.value(0);
    loose.out
}

struct Loose<'a> {
    text: &'a [u8],
    at: usize,
    out: Vec<u8>,
}

impl Loose<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.byte().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: u32) {
        self.blanks();
        match self.byte() {
            Some(b'{') if depth < 16 => self.inside(depth, b'}'),
            Some(b'[') if depth < 16 => self.inside(depth, b']'),
            _ => {
                let word = self.word(b",}]");
                match &*word {
                    b"null" | b"None" | b"" => self.out.extend_from_slice(b"null"),
                    _ => self.string(&word),
                }
            }
        }
    }

    /// The members of an object or the elements of an array.
    fn inside(&mut self, depth: u32, close: u8) {
        self.out.push(close - 2);
        self.at += 1;
        let mut first = true;
        loop {
            self.blanks();
            match self.byte() {
                None => break,
                Some(byte) if byte == close => {
                    self.at += 1;
                    break;
                }
                Some(b',') => {
                    self.at += 1;
                    continue;
                }
                Some(b'}' | b']') => {
                    self.at += 1;
                    continue;
                }
                Some(_) => {}
            }
            if !std::mem::take(&mut first) {
                self.out.push(b',');
            }
            if close == b'}' {
                self.key();
            }
            self.value(depth + 1);
        }
        self.out.push(close);
    }

    fn key(&mut self) {
        let key = self.word(b"=:,}]");
        let known = NAMES
            .iter()
            .find(|name| name.as_bytes().eq_ignore_ascii_case(&key));
        self.string(known.map_or(&key, |name| name.as_bytes()));
        self.out.push(b':');
        self.blanks();
        if matches!(self.byte(), Some(b'=' | b':')) {
            self.at += 1;
        }
    }

    /// A quoted text, or all up to one of `ends`.
    fn word(&mut self, ends: &[u8]) -> Vec<u8> {
        self.blanks();
        let mut word = Vec::new();
        match self.byte() {
            Some(quote @ (b'\'' | b'"')) => {
                self.at += 1;
                while let Some(byte) = self.byte().filter(|byte| *byte != quote) {
                    let escaped = byte == b'\\' && self.text.get(self.at + 1).is_some();
                    self.at += usize::from(escaped);
                    word.extend(self.byte());
                    self.at += 1;
                }
                self.at += 1;
            }
            _ => {
                while let Some(byte) = self.byte().filter(|byte| !ends.contains(byte)) {
                    word.push(byte);
                    self.at += 1;
                }
                word.truncate(word.trim_ascii_end().len());
            }
        }
        word
    }

    fn string(&mut self, text: &[u8]) {
        let text = super::text::readable(text);
        vestige_model::canonical::push_string(&mut self.out, &text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_forms_seen_become_json() {
        let json = |text: &str| String::from_utf8(to_json(text.as_bytes())).unwrap();
        assert_eq!(json(r#"{"a": [1]}"#), r#"{"a": [1]}"#);
        assert_eq!(
            json(
                "{type=IAMUser, principalid=AIDA, sessioncontext={attributes={mfa=false}, sessionissuer=null}}"
            ),
            r#"{"type":"IAMUser","principalId":"AIDA","sessionContext":{"attributes":{"mfa":"false"},"sessionIssuer":null}}"#
        );
        assert_eq!(
            json("{'type': 'Root', 'n': None, 'l': ['a', 'b']}"),
            r#"{"type":"Root","n":null,"l":["a","b"]}"#
        );
    }

    proptest! {
        #[test]
        fn what_comes_out_is_json(text in "[{}\\[\\],=:'\"a-c \\\\]{0,40}") {
            let out = to_json(text.as_bytes());
            prop_assert!(Scanner::new(&out, 0).skip().is_ok(), "{text} -> {:?}", String::from_utf8(out));
        }
    }
}
