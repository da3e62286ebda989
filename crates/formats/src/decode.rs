//! From the bytes at a locator to the record.

use std::borrow::Cow;

use vestige_model::Decode;

use crate::encoding::Encoding;
use crate::json::Scanner;
use crate::json::text::unescape;

/// Bytes that are not what their decode says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct NotDecodable {
    /// What the decode wants.
    pub expected: &'static str,
    /// What is there.
    pub found: String,
}

/// The record that the bytes at a locator hold. The same bytes and decode always give the same
/// record, which is what a format passes to [`crate::sink::Sink::stored`].
///
/// # Errors
/// Where the bytes are not what `decode` says, or the decode is one that no format here writes.
pub fn decode(decode: Decode, bytes: &[u8]) -> Result<Cow<'_, [u8]>, NotDecodable> {
    match decode {
        Decode::None => Ok(Cow::Borrowed(bytes)),
        Decode::JsonString => json_string(bytes).map(Cow::Owned),
        Decode::Utf16Le => Ok(Cow::Owned(utf16(Encoding::Utf16Le, bytes))),
        Decode::Utf16Be => Ok(Cow::Owned(utf16(Encoding::Utf16Be, bytes))),
        Decode::Utf16LeJsonString => json_string(&utf16(Encoding::Utf16Le, bytes)).map(Cow::Owned),
        Decode::Utf16BeJsonString => json_string(&utf16(Encoding::Utf16Be, bytes)).map(Cow::Owned),
        Decode::CsvField | Decode::Base64Gzip | Decode::JsonStringTwice => Err(NotDecodable {
            expected: "a decode that a format of this version writes",
            found: format!("{decode:?}"),
        }),
    }
}

fn utf16(encoding: Encoding, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    encoding.transcode(bytes, true, &mut out);
    out
}

fn json_string(bytes: &[u8]) -> Result<Vec<u8>, NotDecodable> {
    let mut scanner = Scanner::new(bytes, 0);
    let text = scanner.string().map_err(|fault| NotDecodable {
        expected: fault.expected.words(),
        found: fault.found(bytes),
    })?;
    let mut out = Vec::with_capacity(text.raw.len());
    unescape(text.raw, &mut out);
    Ok(out)
}
