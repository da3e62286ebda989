//! The encoding of a member: UTF-8 unless a byte order mark says UTF-16.
//!
//! UTF-16 is read as UTF-8 that leads back: half a surrogate pair becomes the three bytes its
//! number would have, so that the source length of any part can be told from the part alone.

use vestige_model::Decode;

/// How the bytes of a member become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// The bytes are the text; a byte order mark of three bytes may precede it.
    Utf8,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
}

impl Encoding {
    /// The encoding that the first bytes state, and the length of their byte order mark.
    pub fn of(head: &[u8]) -> (Encoding, usize) {
        match head {
            [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
            // UTF-32 begins alike; it is not seen in logs and reads as text full of NULs.
            [0xff, 0xfe, ..] => (Encoding::Utf16Le, 2),
            [0xfe, 0xff, ..] => (Encoding::Utf16Be, 2),
            _ => (Encoding::Utf8, 0),
        }
    }

    /// The decode of a record that is text of this encoding as it stands.
    pub fn plain(self) -> Decode {
        match self {
            Encoding::Utf8 => Decode::None,
            Encoding::Utf16Le => Decode::Utf16Le,
            Encoding::Utf16Be => Decode::Utf16Be,
        }
    }

    /// The decode of a record inside a JSON string of this encoding.
    pub fn json_string(self) -> Decode {
        match self {
            Encoding::Utf8 => Decode::JsonString,
            Encoding::Utf16Le => Decode::Utf16LeJsonString,
            Encoding::Utf16Be => Decode::Utf16BeJsonString,
        }
    }

    /// How many source bytes a part of the text took.
    pub fn source_length(self, text: &[u8]) -> u64 {
        if self == Encoding::Utf8 {
            return text.len() as u64;
        }
        let units = |byte: &u8| match byte {
            0x80..=0xbf => 0,
            0xf0..=0xff => 4,
            _ => 2_u64,
        };
        text.iter().map(units).sum()
    }

    fn unit(self, pair: [u8; 2]) -> u16 {
        match self {
            Encoding::Utf16Be => u16::from_be_bytes(pair),
            Encoding::Utf16Le | Encoding::Utf8 => u16::from_le_bytes(pair),
        }
    }

    /// Appends UTF-16 `source` to `out` and returns how many bytes of it were taken: all but an
    /// odd byte, and, unless it is the `last` part, the first half of a pair at its end.
    pub fn transcode(self, source: &[u8], last: bool, out: &mut Vec<u8>) -> usize {
        let mut units = source.chunks_exact(2).map(|pair| match pair {
            [first, second] => self.unit([*first, *second]),
            _ => 0,
        });
        let mut pending = None;
        for unit in units.by_ref() {
            match (pending.take(), unit) {
                (Some(high), 0xdc00..=0xdfff) => push_pair(out, high, unit),
                (held, _) => {
                    held.into_iter().for_each(|high| push_unit(out, high));
                    if (0xd800..=0xdbff).contains(&unit) {
                        pending = Some(unit);
                    } else {
                        push_unit(out, unit);
                    }
                }
            }
        }
        let whole = source.len() & !1;
        match pending {
            Some(high) if last => push_unit(out, high),
            Some(_) => return whole - 2,
            None => {}
        }
        whole
    }
}

fn push_pair(out: &mut Vec<u8>, high: u16, low: u16) {
    let point = 0x10000 + ((u32::from(high) - 0xd800) << 10) + (u32::from(low) - 0xdc00);
    let char = char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}

fn push_unit(out: &mut Vec<u8>, unit: u16) {
    match char::from_u32(u32::from(unit)) {
        Some(char) => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        None => {
            let bits = |shift: u16, mask: u16| ((unit >> shift) & mask) as u8;
            out.extend_from_slice(&[
                0xe0 | bits(12, 0xf),
                0x80 | bits(6, 0x3f),
                0x80 | bits(0, 0x3f),
            ]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_units_lead_back(units: Vec<u16>, cut in 0..64_usize) {
            let source: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let mut whole = Vec::new();
            prop_assert_eq!(Encoding::Utf16Le.transcode(&source, true, &mut whole), source.len());
            prop_assert_eq!(Encoding::Utf16Le.source_length(&whole), source.len() as u64);

            let (first, _) = source.split_at(cut.min(source.len()));
            let mut parts = Vec::new();
            let taken = Encoding::Utf16Le.transcode(first, false, &mut parts);
            Encoding::Utf16Le.transcode(&source[taken..], true, &mut parts);
            prop_assert_eq!(parts, whole);
        }

        #[test]
        fn text_is_kept(text: String) {
            let source: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let mut out = Vec::new();
            Encoding::Utf16Be.transcode(&source, true, &mut out);
            prop_assert_eq!(out, text.as_bytes());
        }
    }
}
