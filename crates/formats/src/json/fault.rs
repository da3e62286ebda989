//! Where and why JSON could not be read on.

/// What was expected at the place of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Any value.
    Value,
    /// The quote that opens a key, or `}`.
    Key,
    /// `:` after a key.
    Colon,
    /// `,` or `}` after a member of an object.
    CommaOrBrace,
    /// `,` or `]` after an element of an array.
    CommaOrBracket,
    /// The quote that closes a string.
    Quote,
    /// One of `"\/bfnrtu` after a backslash.
    Escape,
    /// Four hexadecimal digits after `\u`.
    Hex,
    /// A digit of a number.
    Digit,
    /// `true`, `false` or `null`, spelt out.
    Literal,
    /// Fewer levels of nesting.
    Depth,
}

impl Expected {
    /// The words for a warning.
    pub fn words(self) -> &'static str {
        match self {
            Expected::Value => "a JSON value",
            Expected::Key => "a key in quotes",
            Expected::Colon => "':' after the key",
            Expected::CommaOrBrace => "',' or '}'",
            Expected::CommaOrBracket => "',' or ']'",
            Expected::Quote => "'\"' that ends the string",
            Expected::Escape => "one of \"\\/bfnrtu after a backslash",
            Expected::Hex => "four hexadecimal digits after \\u",
            Expected::Digit => "a digit",
            Expected::Literal => "true, false or null",
            Expected::Depth => "at most 128 levels of nesting",
        }
    }
}

/// A place where JSON ends or breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Position in the bytes that were scanned.
    pub at: usize,
    /// What would have been right there.
    pub expected: Expected,
    /// The bytes ended before the value did; more bytes may mend it.
    pub ended: bool,
}

impl Fault {
    /// The words for what stands at the fault.
    pub fn found(&self, bytes: &[u8]) -> String {
        match bytes.get(self.at) {
            _ if self.ended => "the end of the data".to_owned(),
            Some(_) if self.expected == Expected::Depth => "one level more".to_owned(),
            Some(byte @ b'!'..=b'~') => format!("'{}'", char::from(*byte)),
            Some(byte) => format!("byte 0x{byte:02x}"),
            None => "the end of the data".to_owned(),
        }
    }
}
