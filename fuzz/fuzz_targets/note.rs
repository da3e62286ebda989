//! Any bytes as a checkpoint's note: what is read is written again as it was, and no text but the
//! one that was signed passes for signed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vestige_custody::{Checkpoint, Note, Vkey};

const KEY: &str = include_str!("../../fixtures/custody-vectors/trusted.vkey");
const SIGNED: [&[u8]; 2] = [
    include_bytes!("../../fixtures/custody-vectors/checkpoints/00000003.note"),
    include_bytes!("../../fixtures/custody-vectors/checkpoints/00000006.note"),
];

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(vkey) = Vkey::parse(text) {
            assert_eq!(vkey.to_string(), text);
        }
        if let Ok(checkpoint) = Checkpoint::parse(text) {
            starts_as_read(&checkpoint, text);
        }
    }
    let Ok(note) = Note::parse(bytes) else { return };
    assert_eq!(note.to_bytes(), bytes, "the note is not its own form");
    if let Ok(checkpoint) = note.checkpoint() {
        starts_as_read(&checkpoint, note.text());
    }
    let vkey = Vkey::parse(KEY.trim_end()).expect("the key of the vectors");
    if note.signed_by(&vkey) == Some(true) {
        let text = [note.text().as_bytes(), b"\n"].concat();
        assert!(
            SIGNED.iter().any(|signed| signed.starts_with(&text)),
            "a forged text"
        );
    }
});

/// The checkpoint's own text stands at the beginning of what it was read from.
fn starts_as_read(checkpoint: &Checkpoint, text: &str) {
    let own = checkpoint.text();
    assert!(
        format!("{text}\n").starts_with(&own),
        "{text:?} was read as {own:?}"
    );
}
