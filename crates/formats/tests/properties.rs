//! What holds for any bytes: fixtures with parts changed, cut out, doubled or put elsewhere, and
//! bytes that are nothing at all.

mod common;

use std::path::PathBuf;
use std::sync::LazyLock;

use common::invariants::{ENVELOPES, check};
use common::{Recorder, fixtures, recognise};
use proptest::prelude::*;
use proptest::sample::Index;
use vestige_formats::registry;

static FIXTURES: LazyLock<Vec<(PathBuf, Vec<u8>)>> = LazyLock::new(fixtures);

#[derive(Clone, Debug)]
enum Change {
    Set(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Double(Index, usize),
    Cut(Index),
}

fn change() -> impl Strategy<Value = Change> {
    let snippet = prop_oneof![
        Just(b"{".to_vec()),
        Just(b"}".to_vec()),
        Just(b"]".to_vec()),
        Just(b",".to_vec()),
        Just(b"\"".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\n{".to_vec()),
        Just(b"{\"eventName\":".to_vec()),
        Just(b"{\"Records\":[".to_vec()),
        Just(b"\"message\":\"".to_vec()),
        Just(b"\xff\x00\\".to_vec()),
        proptest::collection::vec(any::<u8>(), 1..4),
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (any::<Index>(), snippet).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (any::<Index>(), 1..40_usize).prop_map(|(at, count)| Change::Remove(at, count)),
        (any::<Index>(), 1..900_usize).prop_map(|(at, count)| Change::Double(at, count)),
        any::<Index>().prop_map(Change::Cut),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: Change) {
    let place = |at: Index| at.index(bytes.len() + 1);
    match change {
        Change::Set(at, byte) => {
            let at = place(at);
            bytes.get_mut(at).map(|old| *old = byte).unwrap_or_default();
        }
        Change::Insert(at, new) => {
            let at = place(at);
            bytes.splice(at..at, new);
        }
        Change::Remove(at, count) => {
            let at = place(at);
            bytes.drain(at..(at + count).min(bytes.len()));
        }
        Change::Double(at, count) => {
            let at = place(at);
            let part = bytes[at..(at + count).min(bytes.len())].to_vec();
            bytes.splice(at..at, part);
        }
        Change::Cut(at) => bytes.truncate(place(at)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_fixtures(which: Index, changes in proptest::collection::vec(change(), 1..5), chunk in 1..600_usize) {
        let (_, mut bytes) = which.get(&FIXTURES).clone();
        let identity = recognise(&bytes);
        changes.into_iter().for_each(|change| apply(&mut bytes, change));
        if let Some(format) = identity.format {
            check(format, identity.envelope, &bytes, chunk);
        }
        let now = recognise(&bytes);
        if let Some(format) = now.format {
            check(format, now.envelope, &bytes, chunk);
        }
    }

    #[test]
    fn any_bytes(bytes: Vec<u8>, format in 0..registry::ALL.len(), envelope in 0..ENVELOPES.len(), chunk in 1..40_usize) {
        let _ = recognise(&bytes).reason;
        check(registry::ALL[format], ENVELOPES[envelope], &bytes, chunk);
    }

    #[test]
    fn any_record_can_be_asked_for(context: Vec<u8>, decoded: Vec<u8>, decode in 0..9_u8) {
        let decode = vestige_model::Decode::from_u8(decode).unwrap_or_default();
        let span = vestige_formats::Span { offset: 3, length: 4, decode };
        for format in registry::ALL {
            let mut recorder = Recorder::default();
            format.read_record(&context, span, &decoded, &mut recorder);
            prop_assert!(recorder.found() <= 1);
        }
    }
}
