//! What an insider with the case can do, and what shows it: the table of section 1.3 of the
//! custody standard, judged by both verifiers, which must agree.

mod support;

use Verdict::{Failed as F, Verified as V, VerifiedWithWarnings as W};
use std::collections::BTreeMap;
use support::*;
use vestige_custody::hash::{hex, sha256};
use vestige_custody::verify::{Check, Status};
use vestige_custody::{Event, Verdict};

/// How far the case is protected: by the chain alone; by signed notes; by time stamps too; by a
/// pin outside too.
fn protected(level: usize) -> Package {
    let mut package = signed_case();
    if level == 0 {
        package.notes.clear();
        package.keys.clear();
        package.package_keys.clear();
    }
    if level >= 2 {
        package.stamp(4).stamp(8);
    }
    if level >= 3 {
        package.pin();
    }
    package
}

/// Signs again with the key what the notes cover now.
fn resign(package: &mut Package) {
    let sizes: Vec<u64> = package
        .notes
        .keys()
        .map(|name| name[..8].parse().unwrap())
        .collect();
    for size in sizes {
        let mut part = package.clone();
        part.lines.truncate(size as usize);
        let checkpoint = part.chain().checkpoint();
        package.put_note(&checkpoint, &[&key(1)]);
    }
}

fn cut(package: &mut Package, lines: usize) {
    package.lines.truncate(lines);
    package
        .notes
        .retain(|name, _| name[..8].parse::<usize>().unwrap() <= lines);
    package
        .tokens
        .retain(|name, _| name[..8].parse::<usize>().unwrap() <= lines);
}

type Mutation = (&'static str, fn(&mut Package), [Verdict; 4]);

/// Name, mutation, and the verdict with chain only, signed notes, time stamps, pin. Without time
/// stamp or pin nothing covers the entries, which is a warning at best.
const TABLE: &[Mutation] = &[
    ("nothing", |_| {}, [W, W, V, V]),
    (
        "edit an entry",
        |p| p.edit(2, "\"rows\":17", "\"rows\":16"),
        [F, F, F, F],
    ),
    (
        "edit the last entry",
        |p| p.edit(7, "A. Examiner", "B. Examiner"),
        [W, F, F, F],
    ),
    (
        "edit so that it is not canonical",
        |p| p.edit(2, "\"rows\":17", "\"rows\": 17"),
        [F, F, F, F],
    ),
    ("delete an entry", |p| _ = p.lines.remove(2), [F, F, F, F]),
    ("swap two entries", |p| p.lines.swap(5, 6), [F, F, F, F]),
    (
        "insert an entry",
        |p| p.lines.insert(3, p.lines[2].clone()),
        [F, F, F, F],
    ),
    (
        "cut the last entry off",
        |p| _ = p.lines.pop(),
        [W, F, F, F],
    ),
    (
        "cut the last line feed off",
        |p| p.terminated = false,
        [F, F, F, F],
    ),
    (
        "edit and link anew",
        |p| {
            p.edit(2, "\"rows\":17", "\"rows\":16");
            p.relink(3)
        },
        [W, F, F, F],
    ),
    (
        "delete and link anew",
        |p| {
            p.lines.remove(6);
            p.relink(6)
        },
        [W, F, F, F],
    ),
    (
        "edit, link anew and sign anew with the key",
        |p| {
            p.edit(2, "\"rows\":17", "\"rows\":16");
            p.relink(3);
            resign(p)
        },
        [W, W, F, F],
    ),
    (
        "the same, and throw the time stamps away",
        |p| {
            p.edit(2, "\"rows\":17", "\"rows\":16");
            p.relink(3);
            resign(p);
            p.tokens.clear()
        },
        [W, W, W, F],
    ),
    (
        "cut back to the older note and its time stamp",
        |p| cut(p, 4),
        [W, W, V, F],
    ),
    (
        "sign with a key of one's own",
        |p| _ = p.sign(&[&key(9)]),
        [W, F, F, F],
    ),
    (
        "edit the size in a note",
        |p| {
            p.notes
                .contains_key(&note_name(8))
                .then(|| p.edit_note(8, "\n8\n", "\n7\n"));
        },
        [W, F, F, F],
    ),
    (
        "delete the newer note and its time stamp",
        |p| {
            p.notes.remove(&note_name(8));
            p.tokens.remove(&note_name(8));
        },
        [W, W, W, V],
    ),
    (
        "swap the time stamps",
        |p| swap(&mut p.tokens),
        [W, W, F, F],
    ),
    ("swap the notes", |p| swap(&mut p.notes), [W, W, F, F]),
    (
        "a token that is none",
        |p| {
            let tokens = p
                .tokens
                .iter_mut()
                .filter(|(name, _)| **name == note_name(8));
            tokens.for_each(|(_, token)| token.truncate(100));
        },
        [W, W, F, F],
    ),
    (
        "edit evidence",
        |p| p.evidence.get_mut("EV-0001").unwrap()[0] ^= 1,
        [F, F, F, F],
    ),
    (
        "edit evidence stored by its hash",
        |p| {
            _ = p
                .evidence
                .insert("EV-0001".into(), b"longer than it was".to_vec())
        },
        [F, F, F, F],
    ),
    (
        "take evidence away",
        |p| _ = p.evidence.remove("EV-0002"),
        [W, W, W, W],
    ),
    (
        "no entries at all",
        |p| {
            p.lines = vec![Vec::new()];
        },
        [F, F, F, F],
    ),
];

fn swap(files: &mut BTreeMap<String, Vec<u8>>) {
    let all: Vec<String> = files.keys().cloned().collect();
    if let [one, two] = all.as_slice() {
        let (a, b) = (files[one].clone(), files[two].clone());
        files.insert(one.clone(), b);
        files.insert(two.clone(), a);
    }
}

fn judge_table(level: usize) {
    let base = protected(level);
    for (name, mutate, expected) in TABLE {
        let mut package = base.clone();
        mutate(&mut package);
        assert_eq!(package.verdict(), expected[level], "{name}");
    }
}

#[test]
fn mutations_against_the_chain_alone() {
    judge_table(0);
}

#[test]
fn mutations_against_signed_notes() {
    judge_table(1);
}

#[test]
fn mutations_against_time_stamps() {
    judge_table(2);
}

#[test]
fn mutations_against_a_pin_outside() {
    judge_table(3);
}

#[test]
fn the_omission_of_an_event_is_seen_by_nobody() {
    let mut package = Package::new();
    package
        .append(&created())
        .append(&signing(2))
        .sign(&[&key(1)])
        .stamp(2)
        .pin();
    assert_eq!(package.verdict(), V);
}

#[test]
fn a_failure_names_the_line_with_expected_and_found() {
    let mut package = signed_case();
    package.edit(2, "\"rows\":17", "\"rows\": 17");
    let report = package.report();
    let details: Vec<&str> = report
        .checks
        .iter()
        .map(|check| check.detail.as_str())
        .collect();
    assert!(
        details[0].starts_with("entry 2 (line 3): not canonical at byte "),
        "{details:#?}"
    );
    assert!(
        details[0].contains("expected a value without blanks, found \" 17"),
        "{details:#?}"
    );
    assert!(
        details[1].starts_with("entry 3 (line 4): expected prev "),
        "{details:#?}"
    );

    let mut package = signed_case();
    package.lines.pop();
    let report = package.report();
    assert!(
        report.checks.iter().any(|check| check.check == "note"
            && check.detail == "00000008.note: TRUNCATED: expected at least 8 entries, found 7"),
        "{:#?}",
        report.checks
    );
}

#[test]
fn a_key_that_came_with_the_package_is_not_enough() {
    let mut package = protected(2);
    package.keys.clear();
    assert_eq!(package.verdict(), W);
    package.pin();
    assert_eq!(package.verdict(), V);
}

#[test]
fn without_any_key_signatures_are_not_checked_but_roots_are() {
    let mut package = protected(2);
    package.keys.clear();
    package.package_keys.clear();
    assert_eq!(package.verdict(), W);
    package.edit(7, "A. Examiner", "B. Examiner");
    assert_eq!(package.verdict(), F);
}

#[test]
fn a_withheld_entry_keeps_all_proofs_and_a_wrong_leaf_is_noticed() {
    let mut package = protected(3);
    let leaf = vestige_custody::hash::leaf(&package.lines[6]);
    package.lines[6] = vestige_custody::entry::withhold(6, &leaf, "privileged").unwrap();
    assert_eq!(package.verdict(), V);
    package.lines[6] = vestige_custody::entry::withhold(6, &[0; 32], "privileged").unwrap();
    assert_eq!(package.verdict(), F);
}

#[test]
fn a_clock_that_was_set_back_is_a_warning_unless_it_is_on_record() {
    let mut package = signed_case();
    package
        .append_at(&entry(Event::ClockStep).clock_step(), START)
        .sign(&[&key(1)])
        .pin();
    assert_eq!(package.verdict(), V);
    package.edit(8, "\"clock_step\":true,", "");
    package.notes.remove(&note_name(9));
    package.pins.clear();
    package.pin();
    assert_eq!(package.verdict(), W);
}

#[test]
fn an_object_must_keep_its_hash() {
    let mut package = signed_case();
    package
        .append(&received("EV-0001", b"other bytes"))
        .sign(&[&key(1)])
        .pin();
    assert_eq!(package.verdict(), F);
}

#[test]
fn entries_after_the_last_cover_are_counted() {
    let mut package = protected(2);
    package
        .append(&entry(Event::CaseClosed))
        .append(&entry(Event::CaseOpened));
    assert_eq!(package.verdict(), W);
    let report = package.report();
    assert_eq!((report.size, report.signed, report.anchored), (10, 8, 8));
    let said = report
        .checks
        .iter()
        .find(|check| check.check == "anchor")
        .unwrap();
    assert_eq!(
        said.detail,
        "2 entries from 8 on are covered by no time stamp and no pin"
    );
}

#[test]
fn deep_and_foreign_lines_fail_without_harm() {
    for hostile in [
        "[".repeat(200_000),
        "{\"a\":".repeat(200_000),
        "9".repeat(5_000),
        "null".into(),
    ] {
        let mut package = signed_case();
        package.lines[2] = hostile.into_bytes();
        assert_eq!(package.verdict(), F);
    }
}

#[test]
fn a_time_stamp_that_contradicts_the_times_of_the_entries_fails() {
    let failure = |package: &Package| {
        let report = package.report();
        let failed = |check: &&Check| check.status == Status::Fail;
        report
            .checks
            .iter()
            .find(failed)
            .map(|check| check.detail.clone())
            .unwrap_or_default()
    };
    // The last entry claims to be later than the authority saw it.
    let mut package = Package::new();
    package
        .append(&created())
        .append_at(&entry(Event::CaseOpened), YEAR_2200);
    package.sign(&[&key(1)]).stamp(2);
    let expected = "00000002.note: time stamp: expected a time from 2200-01-01T00:00:00Z on";
    assert!(
        failure(&package).starts_with(expected),
        "{}",
        failure(&package)
    );

    // The entry that records the token claims to be older than the token.
    let mut package = Package::new();
    package.append(&created()).sign(&[&key(1)]).stamp(1);
    let token = &package.tokens[&note_name(1)];
    let anchored = |root: String| {
        entry(Event::CheckpointAnchored)
            .detail("gen_time", "2020-01-01T00:00:00.000Z")
            .detail("root", root)
            .detail("size", 1_u64)
            .detail("token_sha256", hex(&sha256(token)))
            .detail("tsa_cert_sha256", "00".repeat(32))
    };
    let root = package.chain().checkpoint().root;
    let good = anchored(hex(&root));
    let mut early = package.clone();
    early.append(&good);
    assert!(
        failure(&early).contains("when entry 1 recorded it"),
        "{}",
        failure(&early)
    );
    let mut fitting = package.clone();
    fitting.append_at(&good, now()).pin();
    assert_eq!(fitting.verdict(), V);

    // It records another root than the entries have.
    let mut other = package.clone();
    other.append_at(&anchored("00".repeat(32)), now()).pin();
    assert_eq!(other.verdict(), F);
}

#[test]
fn notes_and_time_stamps_that_entries_speak_of_and_are_gone_are_told() {
    let mut package = protected(3);
    package.notes.remove(&note_name(4));
    package.tokens.remove(&note_name(4));
    assert_eq!(package.verdict(), V);
    let report = package.report();
    let skipped = report
        .checks
        .iter()
        .find(|check| check.status == Status::Skipped)
        .unwrap();
    assert_eq!(
        skipped.detail,
        "entry 3 speaks of a note over 4 entries; it is not here"
    );
}

#[test]
fn a_query_that_does_not_fit_is_told_and_changes_nothing() {
    let mut package = protected(2);
    package.queries.insert(
        note_name(8),
        vestige_custody::timestamp::query(b"other", [0; 8]),
    );
    assert_eq!(package.verdict(), V);
    let report = package.report();
    let skipped = report
        .checks
        .iter()
        .find(|check| check.status == Status::Skipped)
        .unwrap();
    assert_eq!(
        skipped.detail,
        "00000008.note: the query beside it is not the one that was answered"
    );
}
