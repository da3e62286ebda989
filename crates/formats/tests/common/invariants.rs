//! What holds for any bytes and any format; asked by property tests and by fuzzing.

use serde_json::Value;
use vestige_formats::Format;
use vestige_formats::decode::decode;

use super::{Call, Recorder, read_stream, read_whole};

/// The envelopes that decide how a member is read.
pub const ENVELOPES: &[&str] = &["records", "csv", "lines", "json-lines"];

/// Reads `bytes` whole and in parts of `part` bytes.
///
/// # Panics
/// Where the two differ, where what is found does not lie in the bytes in order, or where a record
/// does not come back from its locator.
pub fn check(format: &dyn Format, envelope: &str, bytes: &[u8], part: usize) {
    let whole = read_whole(format, envelope, bytes);
    assert_eq!(read_stream(format, envelope, bytes, part), whole);
    in_order(&whole, bytes.len() as u64);
    for call in &whole.calls {
        again(format, bytes, &whole.context, call);
    }
}

fn in_order(whole: &Recorder, length: u64) {
    let mut end = 0;
    for call in &whole.calls {
        let (begins, covers) = match call {
            Call::Stored { span, .. } | Call::Ignored(span, _) => (span.offset, span.length),
            Call::Rejected(about) | Call::Warned(about) => (about.offset, about.length),
        };
        assert!(begins + covers <= length, "{call:?} ends behind {length}");
        // A warning may be about a part of what was stored.
        if !matches!(call, Call::Warned(_)) {
            assert!(begins >= end, "{call:?} begins before {end}");
            end = begins + covers;
        }
    }
}

/// A stored record comes back from its span, with the same rows, each of them JSON.
fn again(format: &dyn Format, bytes: &[u8], context: &[u8], call: &Call) {
    let Call::Stored {
        span,
        decoded,
        rows,
        ..
    } = call
    else {
        return;
    };
    assert!(!rows.is_empty(), "{span:?} was stored without a row");
    for row in rows {
        let row: Value = serde_json::from_str(row).expect("a canonical row is JSON");
        assert!(row.is_object());
    }
    let range = span.offset as usize..(span.offset + span.length) as usize;
    let record = decode(span.decode, &bytes[range]).expect("a decodable span");
    assert_eq!(&*record, decoded.as_slice());
    let mut second = Recorder::default();
    format.read_record(context, *span, &record, &mut second);
    match second.calls.as_slice() {
        [Call::Stored { rows: same, .. }, warned @ ..] => {
            assert_eq!(same, rows);
            assert!(warned.iter().all(|call| matches!(call, Call::Warned(_))));
        }
        other => panic!("{span:?} read again: {other:?}"),
    }
}
