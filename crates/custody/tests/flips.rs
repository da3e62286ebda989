//! Any single byte of the entries that changes is noticed: by the entries themselves, or, in the
//! last one, by the signed note.

mod support;

use proptest::prelude::*;
use support::*;
use vestige_custody::{Event, Verdict};

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
