//! Any single byte of the entries that changes is noticed: by the entries themselves, or, in the
//! last one, by the signed note.

mod support;

use proptest::prelude::*;
use support::*;
use vestige_custody::hash::leaf;
use vestige_custody::json::{Value, parse};
use vestige_custody::merkle::root;
use vestige_custody::{Checkpoint, Event, Hash, Verdict};

/// A signed case of random texts.
fn random_case() -> impl Strategy<Value = Package> {
    let texts = prop::collection::vec(("[a-z]{1,8}", any::<String>(), any::<u64>()), 1..12);
    texts.prop_map(|texts| {
        let mut package = Package::new();
        package.append(&created());
        for (key, text, number) in texts {
            let entry = entry(Event::TimelineAnnotated).reason(&text);
            package.append(&entry.detail(&key, text.as_str()).detail("number", number));
        }
        package.sign(&[&key(1)]).pin();
        package
    })
}

fn flipped(package: &Package, at: usize, flip: u8) -> Package {
    let mut bytes = package.jsonl();
    bytes[at] ^= flip;
    let mut changed = package.clone();
    changed.terminated = bytes.ends_with(b"\n");
    let body = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    changed.lines = body
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    changed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_random_case_verifies_and_no_flipped_byte_does(
        package in random_case(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 40),
    ) {
        prop_assert_eq!(package.report().verdict, Verdict::Verified);
        for (at, flip) in flips {
            let at = at.index(package.jsonl().len());
            let verdict = flipped(&package, at, flip).report().verdict;
            prop_assert_eq!(verdict, Verdict::Failed, "byte {} by {}", at, flip);
        }
    }
}

proptest! {
    // Each case starts the interpreter and openssl.
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_verifier_in_python_notices_the_same(
        package in random_case(),
        at: prop::sample::Index,
        flip in 1u8..,
    ) {
        prop_assert_eq!(package.verdict(), Verdict::Verified);
        let at = at.index(package.jsonl().len());
        prop_assert_eq!(flipped(&package, at, flip).verdict(), Verdict::Failed);
    }
}

#[test]
fn every_byte_of_a_small_case_counts() {
    let mut package = Package::new();
    package
        .append(&created())
        .append(&entry(Event::CaseOpened))
        .sign(&[&key(1)]);
    for at in 0..package.jsonl().len() {
        for flip in [1, 0x20, 0x80] {
            let verdict = flipped(&package, at, flip).report().verdict;
            assert_eq!(verdict, Verdict::Failed, "byte {at} by {flip}");
        }
    }
}

/// Values that a member should not have.
fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2_i64..9).prop_map(Value::from),
        Just(Value::Int(9_007_199_254_740_991)),
        "[a-z./+0-9:-]{0,12}".prop_map(Value::from),
        Just(Value::List(vec![Value::Null])),
        Just(Value::List(vec![Value::object([("id", "../x")])])),
        Just(Value::object([("sha256", "00")])),
        Just(Value::object([
            ("size", Value::from(3_u32)),
            ("vkey", Value::from("a+b+c"))
        ])),
    ]
}

/// Puts a value in the place of the member that `at` picks among all, or adds one.
fn put(value: &mut Value, at: &mut usize, new: &Value) -> bool {
    let members: Vec<&mut Value> = match value {
        Value::Map(map) => map.values_mut().collect(),
        Value::List(list) => list.iter_mut().collect(),
        _ => Vec::new(),
    };
    for member in members {
        if *at == 0 {
            *member = new.clone();
            return true;
        }
        *at -= 1;
        if put(member, at, new) {
            return true;
        }
    }
    false
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn on_entries_of_any_content_both_verifiers_agree(
        changes in prop::collection::vec((0_usize..8, 0_usize..40, odd()), 1..4),
    ) {
        let mut package = signed_case();
        package.append(&entry(Event::CheckpointAnchored)
            .detail("gen_time", "x").detail("root", "x").detail("size", 4_u64)
            .detail("token_sha256", "x").detail("tsa_cert_sha256", "x"));
        package.append(&entry(Event::ActorAdded).detail("name", "B").detail("vkey", vkey(2).to_string()));
        package.notes.remove(&note_name(8));
        for (line, mut at, new) in changes {
            let line = [0, 1, 2, 3, 5, 7, 8, 9][line];
            let mut value = parse(&package.lines[line]).unwrap();
            put(&mut value, &mut at, &new);
            package.lines[line] = value.to_bytes().unwrap();
        }
        package.relink(1);
        let leaves: Vec<Hash> = package.lines.iter().map(|line| leaf(line)).collect();
        for (size, keys) in [(4, &[&key(1)][..]), (9, &[&key(1)]), (10, &[&key(1), &key(2)])] {
            let checkpoint = Checkpoint {
                origin: case().origin(),
                size: size as u64,
                root: root(&leaves[..size]),
            };
            package.put_note(&checkpoint, keys);
        }
        package.verdict();
    }
}
