//! Any bytes as evidence, read by every format: whole and in parts they give the same, what is
//! found lies in the bytes and in order, and every record comes back from its locator.

#![no_main]

#[path = "../../crates/formats/tests/common/mod.rs"]
mod common;

use common::invariants::{ENVELOPES, check};
use common::recognise;
use libfuzzer_sys::fuzz_target;
use vestige_formats::registry;

/// Lengths of the parts that a stream comes in.
const PARTS: [usize; 6] = [1, 3, 17, 200, 257, 700];

fuzz_target!(|bytes: &[u8]| {
    let sum = bytes.iter().map(|byte| usize::from(*byte)).sum::<usize>();
    let part = PARTS[sum % PARTS.len()];
    let identity = recognise(bytes);
    match identity.format {
        Some(format) => check(format, identity.envelope, bytes, part),
        None => assert!(!identity.reason.is_empty(), "it must be said why"),
    }
    // Also what no format takes for its own must not harm one that is told to read it.
    let envelope = ENVELOPES[sum / PARTS.len() % ENVELOPES.len()];
    let format = registry::ALL[sum / PARTS.len() / ENVELOPES.len() % registry::ALL.len()];
    check(format, envelope, bytes, part);
});
