//! The report of a case: what it holds, what is recorded of it, and what does not happen.

mod support;

use std::sync::atomic::Ordering;

use support::*;
use vestige_custody::Verdict;
use vestige_workbench::explore::Asked;
use vestige_workbench::report::{Options, Standard, make, preview};
use vestige_workbench::verify::{Terms, verify};
use vestige_workbench::{WorkError, custody};

/// A case with four records, one of them twice.
fn imported(host: &TestHost) -> std::path::PathBuf {
    let path = host.case("case");
    let folder = host.path("logs");
    std::fs::create_dir(&folder).unwrap();
    let lines = |one, other| format!("{}\n{}\n", record(one), record(other));
    std::fs::write(folder.join("a.json"), lines(1, 2)).unwrap();
    std::fs::write(folder.join("b.json"), lines(2, 3)).unwrap();
    import(host, &path, &request(folder)).unwrap();
    path
}

fn asked(query: &str) -> Asked {
    Asked {
        query: query.to_owned(),
        ..Asked::default()
    }
}

#[test]
fn a_report_prints_the_head_it_was_made_from_and_is_recorded_after_it() {
    let host = TestHost::with_cheap_key("aex");
    let path = imported(&host);
    let before = custody::pin(&host, &path).unwrap();
    let file = host.path("report.html");
    let made = make(&host, &path, &Asked::default(), Options::default(), &file).unwrap();
    assert_eq!(made.pin, before.line());
    assert_eq!(made.custody_seq, before.size);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(&before.line()));
    assert_eq!(made.bytes, text.len() as u64);
    assert_eq!(made.sha256, sha256_of(text.as_bytes()));
    let mut entries = Vec::new();
    custody::list(&host, &path, &mut entries).unwrap();
    let entries = String::from_utf8(entries).unwrap();
    let entry = entries
        .lines()
        .nth(usize::try_from(before.size).unwrap())
        .unwrap();
    for part in [
        "report.generated",
        &made.sha256,
        &before.line(),
        "\"standard\":\"html\"",
        "report.html",
    ] {
        assert!(entry.contains(part), "{part} is not in {entry}");
    }
    // The next entry signs it.
    assert!(
        entries
            .lines()
            .last()
            .unwrap()
            .contains("checkpoint.signed")
    );
    let terms = Terms {
        pins: vec![made.pin],
        ..Terms::default()
    };
    let verdict = verify(&host, &path, &terms).unwrap();
    assert_ne!(verdict.verdict, Verdict::Failed, "{:#?}", verdict.checks);
}

#[test]
fn one_state_of_a_case_gives_one_report() {
    let host = TestHost::with_cheap_key("aex");
    let path = imported(&host);
    // Whatever the clock says.
    let first = preview(&host, &path, &Asked::default()).unwrap();
    host.turn_clock(DAY);
    let second = preview(&host, &path, &Asked::default()).unwrap();
    assert!(first == second);
    assert!(first.pages.len() >= 4);
    let size = custody::pin(&host, &path).unwrap().size;
    assert!(first.pin.starts_with(&format!("{size}:")));
}

#[test]
fn the_numbers_are_those_of_the_case_and_a_query_lists_its_events() {
    let host = TestHost::with_cheap_key("aex");
    let path = imported(&host);
    let file = host.path("report.html");
    let options = Options {
        overwrite: true,
        ..Options::default()
    };
    make(&host, &path, &Asked::default(), options, &file).unwrap();
    let whole = std::fs::read_to_string(&file).unwrap();
    for part in [
        "<b>2</b> <span>files received</span>",
        "<b>4</b> <span>records found</span>",
        "<b>3</b> <span>events in view</span>",
    ] {
        assert!(whole.contains(part), "{part}");
    }
    for name in ["a.json", "b.json"] {
        let log = std::fs::read(host.path(&format!("logs/{name}"))).unwrap();
        assert!(whole.contains(&sha256_of(&log)), "{name}");
    }
    assert!(whole.contains("every record is accounted for"));
    assert!(whole.contains("No event was starred"));
    make(&host, &path, &asked("evidence:EV-0001"), options, &file).unwrap();
    let narrowed = std::fs::read_to_string(&file).unwrap();
    assert!(narrowed.contains("Narrowed to the query evidence:EV-0001: 2 of 3 events in view."));
    assert_eq!(narrowed.matches("<dt>Locator</dt>").count(), 2);
    assert!(narrowed.contains(", offset 0, length "));
}

#[test]
fn both_standards_are_written_and_pages_counted() {
    let host = TestHost::with_cheap_key("aex");
    let path = imported(&host);
    for (standard, word) in [(Standard::A3b, "a-3b"), (Standard::A2u, "a-2u")] {
        let options = Options {
            standard,
            overwrite: false,
        };
        let file = host.path(&format!("{word}.pdf"));
        let made = make(&host, &path, &Asked::default(), options, &file).unwrap();
        assert_eq!(made.standard, word);
        assert!(made.pages.unwrap() >= 4);
        assert!(std::fs::read(&file).unwrap().starts_with(b"%PDF-1.7"));
    }
}

#[test]
fn what_cannot_be_written_leaves_nothing_behind() {
    let host = TestHost::with_cheap_key("aex");
    let path = imported(&host);
    let size = custody::pin(&host, &path).unwrap().size;
    let taken = host.path("taken.html");
    std::fs::write(&taken, "mine").unwrap();
    for (file, said) in [
        (taken.clone(), "expected a name that is free"),
        (
            host.path("nowhere/report.pdf"),
            "expected a folder to write into",
        ),
        (host.path("report.docx"), "ends in .pdf or .html"),
    ] {
        let error = make(&host, &path, &Asked::default(), Options::default(), &file).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
    let wrong = make(
        &host,
        &path,
        &asked("colour:red"),
        Options::default(),
        &host.path("r.pdf"),
    );
    assert!(matches!(wrong, Err(WorkError::Query { .. })), "{wrong:?}");
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "mine");
    assert!(!host.path("r.pdf").exists());
    host.stop.store(true, Ordering::Relaxed);
    let stopped = make(
        &host,
        &path,
        &Asked::default(),
        Options::default(),
        &host.path("s.pdf"),
    );
    assert!(stopped.is_err() && !host.path("s.pdf").exists());
    host.stop.store(false, Ordering::Relaxed);
    assert_eq!(custody::pin(&host, &path).unwrap().size, size);
    let left = std::fs::read_dir(host.folder.path()).unwrap();
    let names: Vec<_> = left.map(|one| one.unwrap().file_name()).collect();
    assert!(
        !names
            .iter()
            .any(|name| name.to_string_lossy().starts_with(".vestige-")),
        "{names:?}"
    );
}

#[test]
fn an_unsigned_case_says_so_before_anything_else() {
    let host = TestHost::without_passphrase("aex");
    let path = imported(&host);
    let laid = preview(&host, &path, &Asked::default()).unwrap();
    let codes: Vec<_> = laid
        .preflight
        .iter()
        .map(|note| note.code.as_str())
        .collect();
    for code in [
        "unsigned",
        "unanchored",
        "originals-not-verified",
        "authority",
    ] {
        assert!(codes.contains(&code), "{code} is not in {codes:?}");
    }
}

#[test]
fn a_case_without_evidence_has_a_report_too() {
    let host = TestHost::with_cheap_key("aex");
    let path = host.case("case");
    let laid = preview(&host, &path, &Asked::default()).unwrap();
    assert!(laid.preflight.iter().any(|note| note.code == "no-evidence"));
}

fn sha256_of(bytes: &[u8]) -> String {
    vestige_custody::hex(&vestige_custody::hash::sha256(bytes))
}
