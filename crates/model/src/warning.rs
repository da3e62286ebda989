//! What could not be read, as data: warnings are rows.

use serde::{Deserialize, Serialize};

/// The most bytes of evidence an excerpt quotes.
pub const EXCERPT: usize = 120;

/// One place where evidence could not be read as expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Offset in the member's decompressed bytes.
    pub offset: u64,
    /// Length of the bytes concerned, 0 where it is a point.
    pub length: u64,
    /// What is wrong, in one short sentence.
    pub reason: String,
    /// What the format would have there.
    pub expected: String,
    /// What is there instead.
    pub found: String,
    /// The first bytes, with everything that is not printable ASCII escaped.
    pub excerpt: String,
}

impl Warning {
    /// A warning about `bytes`, which begin at `offset`.
    pub fn about(offset: u64, bytes: &[u8], reason: impl Into<String>) -> Warning {
        Warning {
            offset,
            length: bytes.len() as u64,
            reason: reason.into(),
            expected: String::new(),
            found: String::new(),
            excerpt: excerpt(bytes),
        }
    }

    /// The same with what was expected and what was found.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>, found: impl Into<String>) -> Warning {
        self.expected = expected.into();
        self.found = found.into();
        self
    }
}

/// The first [`EXCERPT`] bytes, with controls, non-ASCII bytes and the backslash as `\xNN`, so
/// that no evidence text can steer a terminal or be mistaken for another.
pub fn excerpt(bytes: &[u8]) -> String {
    let mut out = String::new();
    for byte in bytes.iter().take(EXCERPT) {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b' '..=b'~' => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out
}
