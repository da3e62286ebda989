//! Consistency proofs as files: one that was made holds, and no other does.

mod support;

use proptest::prelude::*;
use support::*;
use vestige_custody::hash::leaf;
use vestige_custody::merkle::Tree;
use vestige_custody::proof::LARGEST;
use vestige_custody::{Chain, Consistency, Event, Hash, Trust, Verifier};

/// A chain of random texts.
fn chain() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec("[a-z é\"]{0,12}", 2..40).prop_map(|texts| {
        let mut chain = Chain::new(case());
        let entries = texts.iter().enumerate().map(|(number, text)| {
            let entry = match number {
                0 => created(),
                _ => entry(Event::TimelineAnnotated).detail("comment", text.as_str()),
            };
            let at = START + number as i64 * SECOND;
            chain.append(&entry, at).unwrap().bytes
        });
        entries.collect()
    })
}

fn tree(lines: &[Vec<u8>]) -> Tree {
    Tree::new(lines.iter().map(|line| leaf(line)).collect())
}

fn verifier(lines: &[Vec<u8>]) -> Verifier {
    let mut verifier = Verifier::new(Trust::default(), Vec::new());
    lines.iter().for_each(|line| verifier.line(line));
    verifier
}

proptest! {
    #[test]
    fn a_proof_of_a_random_chain_holds_and_with_one_byte_changed_does_not(
        lines in chain(),
        sizes in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 60),
    ) {
        let to = sizes.0.index(lines.len()) + 1;
        let from = sizes.1.index(to) + 1;
        let (tree, verifier) = (tree(&lines), verifier(&lines));
        let proof = Consistency::between(&case(), &tree, from as u64, to as u64).unwrap();
        let bytes = proof.to_bytes();
        prop_assert_eq!(Consistency::parse(&bytes), Ok(proof.clone()));
        prop_assert_eq!(verifier.proof(&bytes), Ok(proof));
        for (at, flip) in flips {
            let mut changed = bytes.clone();
            changed[at.index(bytes.len())] ^= flip;
            let found = verifier.proof(&changed);
            prop_assert!(found.is_err(), "{} {:?}", String::from_utf8_lossy(&changed), found);
        }
        // Of a chain in which one entry is another, no proof over it holds.
        let mut rewritten = lines.clone();
        rewritten[from - 1].push(b' ');
        prop_assert!(self::verifier(&rewritten).proof(&bytes).is_err());
        prop_assert!(self::verifier(&lines[..to - 1]).proof(&bytes).is_err());
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        prop_assert!(Consistency::parse(&bytes).is_err());
    }
}

/// Three lines, and a proof from one to three of them.
fn sample() -> (Verifier, String) {
    let lines: Vec<Vec<u8>> = signed_case().lines.into_iter().take(3).collect();
    let proof = Consistency::between(&case(), &tree(&lines), 1, 3).unwrap();
    (
        verifier(&lines),
        String::from_utf8(proof.to_bytes()).unwrap(),
    )
}

#[test]
fn what_is_wrong_is_said() {
    let (verifier, good) = sample();
    assert!(verifier.proof(good.as_bytes()).is_ok());
    let first = good.find("\"hashes\":[\"").unwrap() + 11;
    let hash = &good[first..first + 64];
    let many = vec!["00".repeat(32); 129].join("\",\"");
    let large = " ".repeat(LARGEST as usize);
    let table = [
        ("a01", "a02", "expected case 0c0b9d1e"),
        (
            "\"size\":3",
            "\"size\":4",
            "TRUNCATED: expected at least 4 entries, found 3",
        ),
        ("\"size\":3", "\"size\":2", "REWRITTEN: expected root"),
        ("\"size\":1", "\"size\":2", "REWRITTEN: expected root"),
        ("\"size\":1", "\"size\":-1", "from, to: exactly root"),
        ("\"size\":1", "\"size\":\"1\"", "from, to: exactly root"),
        (
            hash,
            &"0".repeat(64),
            "hashes that lead from the root over 1 entries to that over 3",
        ),
        (hash, "00", "hashes: at most 128"),
        (hash, &many, "hashes: at most 128"),
        ("consistency/1", "consistency/2", "expected _t"),
        ("\"to\":", "\"too\":", "from, to: exactly root"),
        (
            ",\"to\":",
            ",\"more\":1,\"to\":",
            "exactly _t, case, from, hashes, to",
        ),
        ("\n", "", "a line feed at the end"),
        ("\n", "\n\n", "not canonical"),
        ("{\"_t\"", "{ \"_t\"", "not canonical"),
        ("\n", &large, "at most 1 MiB"),
    ];
    for (from, to, expected) in table {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let found = verifier.proof(text.as_bytes()).unwrap_err();
        assert!(found.contains(expected), "{expected} in {found}");
    }
}

#[test]
fn a_path_does_not_bind_the_size_and_the_entries_do() {
    // The hashes from 1 to 3 entries are those from 1 to 4: the third leaf for the node over two.
    let (verifier, good) = sample();
    let other = good.replace("\"size\":3", "\"size\":4");
    assert!(Consistency::parse(other.as_bytes()).unwrap().holds());
    assert!(verifier.proof(other.as_bytes()).is_err());
}

#[test]
fn proofs_from_a_hundred_sizes_of_a_long_chain_hold() {
    let leaves: Vec<Hash> = (0..100_000_u32).map(|n| leaf(&n.to_be_bytes())).collect();
    let tree = Tree::new(leaves);
    let proofs: Vec<Consistency> = (0..100)
        .map(|number| {
            let from = 1 + number * 997;
            Consistency::between(&case(), &tree, from, 100_000).unwrap()
        })
        .collect();
    assert!(
        proofs
            .iter()
            .all(|proof| proof.holds() && proof.hashes.len() <= 34)
    );
}
