//! `vestige report` on a case.

mod support;

use serde_json::Value;
use support::*;

#[test]
fn a_report_is_written_recorded_and_said() {
    let desk = Desk::with_case("case");
    desk.evidence();
    desk.done(&["import", "case", "logs", "--json"]);
    let made = desk.json(&["report", "case", "--output", "report.pdf"]);
    assert_eq!(made["standard"], "a-3b");
    assert!(made["pages"].as_u64().unwrap() >= 4, "{made}");
    let bytes = std::fs::read(desk.path("report.pdf")).unwrap();
    assert_eq!(made["bytes"], bytes.len());
    let entries = desk.done(&["custody", "case", "list"]);
    let entry = entries
        .lines()
        .find(|line| line.contains("\"report.generated\""))
        .unwrap();
    let entry: Value = serde_json::from_str(entry).unwrap();
    assert_eq!(entry["seq"], made["custody_seq"]);
    assert_eq!(entry["details"]["report_sha256"], made["sha256"]);
    assert_eq!(entry["details"]["report_head"], made["pin"]);
    let verdict = desk.json(&[
        "verify",
        "case",
        "--pin",
        made["pin"].as_str().unwrap(),
        "--json",
    ]);
    assert_ne!(verdict["verdict"], "failed", "{verdict}");
}

#[test]
fn html_of_a_query_lists_its_events_with_their_places() {
    let desk = Desk::with_case("case");
    desk.evidence();
    desk.done(&["import", "case", "logs", "--json"]);
    let words = [
        "report",
        "case",
        "--output",
        "r.html",
        "--query",
        "action:ListBuckets",
    ];
    let made = desk.json(&words);
    assert_eq!(
        (&made["standard"], &made["pages"]),
        (&"html".into(), &Value::Null)
    );
    let page = desk.read("r.html");
    assert_eq!(page.matches("<dt>Locator</dt>").count(), 4);
    assert!(page.contains("Narrowed to the query action:ListBuckets: 4 of 6 events in view."));
    // The same again needs a word.
    let again = desk.run(&words);
    assert_eq!(code(&again), 1);
    assert!(
        error(&again).contains("expected a name that is free"),
        "{}",
        error(&again)
    );
    let mut told = words.to_vec();
    told.push("--overwrite");
    desk.done(&told);
}

#[test]
fn wrong_usage_ends_with_two_and_writes_nothing() {
    let desk = Desk::with_case("case");
    let entries = desk.done(&["custody", "case", "list"]);
    for words in [
        &["report", "case"][..],
        &["report", "case", "--output", "report.doc"],
        &["report", "case", "--output", "r.pdf", "--standard", "a-1b"],
        &[
            "report",
            "case",
            "--output",
            "r.pdf",
            "--query",
            "colour:red",
        ],
        &[
            "report",
            "case",
            "--output",
            "r.pdf",
            "--from",
            "2026-09-16",
            "--to",
            "2026-09-15",
        ],
    ] {
        let output = desk.run(words);
        assert_eq!(code(&output), 2, "{words:?}: {}", error(&output));
    }
    assert!(!desk.path("r.pdf").exists());
    assert_eq!(desk.done(&["custody", "case", "list"]), entries);
}
