//! The published vectors, which another program wrote.

#![allow(clippy::disallowed_methods, reason = "a test may open files")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use vestige_custody::hash::{Hash, from_hex, hex, leaf, sha256};
use vestige_custody::merkle;
use vestige_custody::timestamp::Anchors;
use vestige_custody::verify::{NoteFile, Observed, Status};
use vestige_custody::{Trust, Verdict, Vkey, verify};

fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/custody-vectors"
    ))
    .join(name)
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(path(name)).unwrap()
}

fn expected() -> serde_json::Value {
    serde_json::from_slice(&bytes("expected.json")).unwrap()
}

fn hashes(list: &serde_json::Value) -> Vec<Hash> {
    let list = list.as_array().unwrap();
    list.iter()
        .map(|hash| from_hex(hash.as_str().unwrap()).unwrap())
        .collect()
}

fn trust() -> Trust {
    let key = String::from_utf8(bytes("trusted.vkey")).unwrap();
    Trust {
        keys: vec![Vkey::parse(key.trim()).unwrap()],
        anchors: Some(Anchors::from_pem(&bytes("tsa-test-ca.crt")).unwrap()),
        now: support::now(),
        ..Trust::default()
    }
}

fn notes() -> Vec<NoteFile> {
    let note = |name: &str| NoteFile {
        name: name.into(),
        bytes: bytes(&format!("checkpoints/{name}")),
        token: Some(bytes(&format!("checkpoints/{name}.tsr"))),
        query: None,
    };
    ["00000003.note", "00000006.note"].map(note).into()
}

fn evidence() -> BTreeMap<String, Observed> {
    let bytes = bytes("evidence/EV-0001");
    let found = Observed::Present {
        sha256: sha256(&bytes),
        size: bytes.len() as u64,
    };
    BTreeMap::from([("EV-0001".to_owned(), found)])
}

#[test]
fn leaves_roots_and_proofs_are_the_published_ones() {
    let (file, expected) = (bytes("custody.jsonl"), expected());
    let lines = file
        .strip_suffix(b"\n")
        .unwrap()
        .split(|byte| *byte == b'\n');
    let leaves: Vec<Hash> = lines.map(leaf).collect();
    assert_eq!(leaves, hashes(&expected["leaf_hashes"]));
    let roots = expected["roots"].as_object().unwrap();
    assert_eq!(roots.len(), 7);
    for (size, root) in roots {
        let size: usize = size.parse().unwrap();
        assert_eq!(
            hex(&merkle::root(&leaves[..size])),
            root.as_str().unwrap(),
            "size {size}"
        );
    }
    let inclusion = hashes(&expected["inclusion_2_of_6"]);
    assert_eq!(merkle::inclusion_proof(&leaves, 2), Some(inclusion.clone()));
    let root = merkle::root(&leaves);
    assert!(merkle::verify_inclusion(
        &leaves[2], 2, 6, &inclusion, &root
    ));
    let consistency = hashes(&expected["consistency_3_6"]);
    assert_eq!(
        merkle::consistency_proof(&leaves, 3),
        Some(consistency.clone())
    );
    let old = merkle::root(&leaves[..3]);
    assert!(merkle::verify_consistency(
        (3, &old),
        (6, &root),
        &consistency
    ));
}

#[test]
fn the_vectors_verify_with_everything_they_bring() {
    let report = verify::verify(&bytes("custody.jsonl"), trust(), notes(), &evidence());
    assert_eq!(report.verdict, Verdict::Verified, "{:#?}", report.checks);
    assert!(
        report
            .checks
            .iter()
            .all(|check| check.status == Status::Pass)
    );
    assert_eq!((report.size, report.anchored, report.signed), (6, 6, 6));
    let checks: Vec<&str> = report.checks.iter().map(|check| check.check).collect();
    assert_eq!(
        checks,
        ["entries", "note", "keys", "token", "anchor", "evidence"]
    );
}

#[test]
fn the_verifier_in_python_agrees_on_the_vectors() {
    let key = String::from_utf8(bytes("trusted.vkey")).unwrap();
    let text = |path: PathBuf| path.display().to_string();
    let folder = text(path("."));
    let all = [
        folder.clone(),
        "--key".into(),
        key.trim().into(),
        "--tsa-ca".into(),
        text(path("tsa-test-ca.crt")),
    ];
    let (verdict, printed) = support::python(&all);
    assert_eq!(verdict, Verdict::Verified, "{printed}");
    let root = expected()["roots"]["6"].as_str().unwrap().to_owned();
    assert!(
        printed
            .lines()
            .last()
            .unwrap()
            .starts_with(&format!("6 {root} 75224fb2")),
        "{printed}"
    );
    // The key beside the entries is not one from outside.
    assert_eq!(support::python(&[folder]).0, Verdict::VerifiedWithWarnings);
}

#[test]
fn in_a_case_nothing_may_be_withheld() {
    let file = bytes("custody.jsonl");
    let mut lines: Vec<Vec<u8>> = file
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    lines[4] = vestige_custody::entry::withhold(4, &leaf(&lines[4]), "privileged").unwrap();
    let joined = lines.join(&b'\n');
    let mut trust = trust();
    let report = verify::verify(&joined, trust.clone(), notes(), &evidence());
    assert_eq!(report.verdict, Verdict::Failed);
    trust.withheld = true;
    let report = verify::verify(&joined, trust, notes(), &evidence());
    assert_eq!(report.verdict, Verdict::Verified, "{:#?}", report.checks);
}
