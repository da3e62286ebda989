//! The way back from a row to bytes, and the stable name made from it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How the bytes at a locator become the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Decode {
    /// The bytes are the record.
    #[default]
    None = 0,
    /// The bytes are a JSON string (with its quotes) that holds the record.
    JsonString = 1,
    /// The bytes are one CSV field that holds the record.
    CsvField = 2,
    /// Base64 of gzip, as CloudWatch subscriptions deliver to a stream.
    Base64Gzip = 3,
    /// A JSON string whose text is again a JSON string.
    JsonStringTwice = 4,
    /// The bytes are UTF-16, little end first.
    Utf16Le = 5,
    /// The bytes are UTF-16, big end first.
    Utf16Be = 6,
    /// UTF-16 (little end first) text of a JSON string that holds the record.
    Utf16LeJsonString = 7,
    /// UTF-16 (big end first) text of a JSON string that holds the record.
    Utf16BeJsonString = 8,
}

impl Decode {
    /// The decode with this stored number.
    pub fn from_u8(number: u8) -> Option<Decode> {
        use Decode::*;
        [
            None,
            JsonString,
            CsvField,
            Base64Gzip,
            JsonStringTwice,
            Utf16Le,
            Utf16Be,
            Utf16LeJsonString,
            Utf16BeJsonString,
        ]
        .into_iter()
        .find(|decode| *decode as u8 == number)
    }
}

/// The path to an innermost member: one ordinal (from 0) for each archive on the way. A file that
/// is no archive, compressed or not, has the empty path and is written `0`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberPath(pub Vec<u32>);

impl MemberPath {
    /// The path of the `ordinal`-th entry of the archive at this path.
    #[must_use]
    pub fn child(&self, ordinal: u32) -> MemberPath {
        let mut path = self.0.clone();
        path.push(ordinal);
        MemberPath(path)
    }
}

impl fmt::Display for MemberPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("0");
        }
        for (index, ordinal) in self.0.iter().enumerate() {
            let dash = if index == 0 { "" } else { "-" };
            write!(f, "{dash}{ordinal}")?;
        }
        Ok(())
    }
}

/// Where a record lies inside one member: a range of its decompressed, untranscoded bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locator {
    /// First byte of the record.
    pub offset: u64,
    /// Length in bytes.
    pub length: u64,
    /// Which event of a record that holds several, from 0; none for a record that is one event.
    pub sub: Option<u32>,
    /// How the bytes become the record.
    pub decode: Decode,
}

impl PartialOrd for Decode {
    fn partial_cmp(&self, other: &Decode) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decode {
    fn cmp(&self, other: &Decode) -> std::cmp::Ordering {
        (*self as u8).cmp(&(*other as u8))
    }
}

/// The stable name of an event in any case, import order and version:
/// `<first 16 hex of the evidence SHA-256>.<member ordinals>.<offset>[.<sub>]`.
///
/// Ordinals are joined with `-`; a file that is no archive has `0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    /// First 16 hexadecimal digits of the evidence item's SHA-256, lower case.
    pub evidence: String,
    /// The ordinals as written, `0` for a file that is no archive.
    pub member: String,
    /// Offset of the record.
    pub offset: u64,
    /// Event within the record.
    pub sub: Option<u32>,
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.evidence, self.member, self.offset)?;
        match self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

/// A text that is not an event id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{0:?} is not an event id; expected 16 hex digits, member ordinals and an offset, as in 3f2a90c4d5e6f708.0.1832"
)]
pub struct NotAnEventId(String);

impl FromStr for EventId {
    type Err = NotAnEventId;

    fn from_str(text: &str) -> Result<EventId, NotAnEventId> {
        let bad = || NotAnEventId(text.to_owned());
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let mut parts = text.split('.');
        let mut next = || parts.next().ok_or_else(bad);
        let (evidence, member, offset) = (next()?, next()?, next()?);
        let sub = parts.next();
        let hex = evidence.len() == 16
            && evidence
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if !hex || !member.split('-').all(plain) || !plain(offset) || parts.next().is_some() {
            return Err(bad());
        }
        let sub = match sub {
            Some(part) if plain(part) => Some(part.parse().map_err(|_| bad())?),
            Some(_) => return Err(bad()),
            None => None,
        };
        Ok(EventId {
            evidence: evidence.to_owned(),
            member: member.to_owned(),
            offset: offset.parse().map_err(|_| bad())?,
            sub,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ids_survive_text(
            evidence in "[0-9a-f]{16}",
            path in proptest::collection::vec(any::<u32>(), 0..4),
            offset: u64,
            sub: Option<u32>,
        ) {
            let member = MemberPath(path).to_string();
            let id = EventId { evidence, member, offset, sub };
            prop_assert_eq!(id.to_string().parse::<EventId>().unwrap(), id);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in [
            "",
            "1.2",
            "3f2a90c4d5e6f708.0",
            "3F2A90C4D5E6F708.0.1",
            "3f2a90c4d5e6f708..1",
            "3f2a90c4d5e6f708.0.+1",
            "3f2a90c4d5e6f708.0.1.2.3",
            "3f2a90c4d5e6f708.0.99999999999999999999",
        ] {
            assert!(bad.parse::<EventId>().is_err(), "{bad}");
        }
    }
}
