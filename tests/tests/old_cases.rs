//! Cases made by released programs, kept in `fixtures/cases`, one a version of the case file. They
//! are opened as cases that nobody here knows, verify, hold what they held, and take more.
//!
//! When the case file gets a new version, its case is made once, by the program that is released:
//!
//! ```text
//! cargo build -p vestige-cli
//! cargo run -p vestige-tests --bin make-case -- fixtures/cases/v2
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use vestige_tests::{Desk, code, copy_folder, record, said, text};

fn kept() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/cases");
    let cases = fs::read_dir(folder).unwrap();
    cases.map(|one| one.unwrap().path()).collect()
}

#[test]
fn every_case_ever_released_opens_verifies_and_takes_more() {
    let kept = kept();
    assert!(!kept.is_empty());
    for folder in kept {
        let what = folder.display().to_string();
        let facts = fs::read(folder.join("facts.json")).unwrap();
        let facts: Value = serde_json::from_slice(&facts).unwrap();
        let desk = Desk::new();
        copy_folder(&folder.join("case"), &desk.path("case"));
        is_what_it_was(&desk, &facts, &what);
        takes_more(&desk, &facts, &what);
    }
}

/// Its addresses were brought into another form than today's: host names in lower case, IPv4
/// addresses in IPv6 form as they were. Its rows are made anew as they were made then.
#[test]
fn a_case_of_the_first_normal_form_proves_itself() {
    let desk = Desk::new();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/cases/v1/first_form");
    copy_folder(&kept, &desk.path("case"));
    let mut other = record(99, 1, "GetObject");
    other["sourceIPAddress"] = "AWS Internal".into();
    desk.write("more.json", other.to_string());
    desk.done(&["--quiet", "import", "case", "more.json"]);
    let verdict = desk.run(&["verify", "case", "--deep"]);
    let told = text(&verdict) + &said(&verdict);
    assert_eq!(code(&verdict), 3, "with rows of both forms: {told}");
    let rows = desk.lines(&["events", "case", "--all", "--output", "jsonl"]);
    let mut shown: Vec<_> = rows
        .iter()
        .map(|row| row["src.ip"].as_str().unwrap())
        .collect();
    shown.sort_unstable();
    let expected = [
        "10.0.0.2",
        "::ffff:10.0.0.1",
        "AWS Internal",
        "aws internal",
        "cloudtrail.amazonaws.com",
    ];
    assert_eq!(shown, expected);
    for row in &rows {
        let proof = desk.run(&["show", "case", row["id"].as_str().unwrap(), "--prove"]);
        assert_ne!(code(&proof), 1, "{}", text(&proof) + &said(&proof));
    }
    for (query, count) in [
        ("src.ip:10.0.0.0/8", "2\n"),
        ("src.ip:10.0.0.1", "1\n"),
        ("src.ip:\"AWS internal\"", "2\n"),
    ] {
        assert_eq!(desk.done(&["count", "case", query]), count, "{query}");
    }
}

fn verified(desk: &Desk, facts: &Value, more: &[&str], what: &str) {
    let pin = facts["pin"].as_str().unwrap();
    let verdict = desk.run(&[&["verify", "case", "--pin", pin], more].concat());
    let told = text(&verdict) + &said(&verdict);
    assert!(matches!(code(&verdict), 0 | 3), "{what}: {told}");
}

/// Before anything is written to it. One of an older version has to be migrated to be read, which
/// is said; it verifies as it is.
fn is_what_it_was(desk: &Desk, facts: &Value, what: &str) {
    verified(desk, facts, &[], what);
    let shown = desk.run(&["case", "show", "case", "--json"]);
    if code(&shown) != 0 {
        let told = said(&shown);
        assert!(
            told.contains("opening it for writing migrates it"),
            "{what}: {told}"
        );
        return;
    }
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    holds(&shown["holds"], &facts["holds"], what);
    let report = desk.json(&["evidence", "case", "--json"]);
    holds(&report["totals"], &facts["totals"], what);
    same_rows(desk, facts, what);
    verified(desk, facts, &["--deep"], what);
}

/// All that was known then; later programs may say more.
fn holds(found: &Value, known: &Value, what: &str) {
    for (name, value) in known.as_object().unwrap() {
        assert_eq!(&found[name], value, "{what}: {name}");
    }
}

fn same_rows(desk: &Desk, facts: &Value, what: &str) {
    let known = facts["rows"].as_array().unwrap();
    let rows = desk.lines(&["events", "case", "--all", "--output", "jsonl"]);
    assert_eq!(rows.len(), known.len(), "{what}");
    for (row, known) in rows.iter().zip(known) {
        holds(row, known, what);
    }
}

/// The same evidence adds nothing, other evidence does.
fn takes_more(desk: &Desk, facts: &Value, what: &str) {
    copy_folder(&desk.path("case/evidence"), &desk.path("received"));
    let again = desk.json(&["import", "case", "received", "--json"]);
    let private = 3;
    let known = facts["rows"].as_array().unwrap().len();
    assert_eq!(again["totals"]["found"], facts["totals"]["found"], "{what}");
    // What was withdrawn and is received again is a new item, and shown.
    assert_eq!(again["totals"]["stored"], private, "{what}: {again}");
    assert_eq!(
        desk.done(&["count", "case"]),
        format!("{}\n", known + private)
    );
    desk.write("more.json", record(99, 1, "PutObject").to_string());
    desk.done(&["--quiet", "import", "case", "more.json"]);
    assert_eq!(
        desk.done(&["count", "case"]),
        format!("{}\n", known + private + 1)
    );
    verified(desk, facts, &["--deep"], what);
}
