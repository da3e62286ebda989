//! Help, version, completions, manual pages, and wrong usage.

mod support;

use std::process::Command;

use support::{Desk, code, error, text};

fn build() -> String {
    let listed = Command::new("sha256sum")
        .arg(env!("CARGO_BIN_EXE_vestige"))
        .output()
        .unwrap();
    text(&listed)[..64].to_owned()
}

#[test]
fn the_version_names_the_build_and_so_do_custody_entries() {
    let desk = Desk::with_case("case");
    let version = desk.done(&["--version"]);
    assert!(version.contains(&build()), "{version}");
    assert!(version.starts_with(&format!("vestige {} ", env!("CARGO_PKG_VERSION"))));
    let entries = desk.done(&["custody", "case", "list"]);
    assert!(
        entries.lines().all(|line| line.contains(&build())),
        "{entries}"
    );
}

#[test]
fn help_is_on_standard_output_with_an_example() {
    let desk = Desk::new();
    for words in [
        &["--help"][..],
        &["import", "--help"],
        &["custody", "c", "pin", "--help"],
    ] {
        let help = desk.done(words);
        assert!(
            help.contains("Usage: vestige") && help.contains("Example:\n  vestige "),
            "{help}"
        );
    }
    assert!(!desk.path("home").exists(), "help needs no home");
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let made = desk.done(&["completions", shell]);
        assert!(
            made.contains("histogram") && made.contains("passphrase-file"),
            "{shell}"
        );
    }
    desk.done(&["man", "pages/man1"]);
    for page in [
        "vestige",
        "vestige-case-create",
        "vestige-custody-pin",
        "vestige-events",
    ] {
        let page = desk.read(&format!("pages/man1/{page}.1"));
        assert!(page.contains(".TH") && page.contains("Example"), "{page}");
    }
    assert!(
        !desk.path("home").exists(),
        "they are about the program only"
    );
}

/// A line that cannot be meant, and a word that the message has to have.
const WRONG: [(&[&str], &str); 26] = [
    (&[], "Usage"),
    (&["frobnicate"], "frobnicate"),
    (&["import", "case"], "PATH"),
    (
        &["import", "case", "logs", "--type", "nope"],
        "aws:cloudtrail",
    ),
    (&["import", "case", "logs", "--jobs", "many"], "--jobs"),
    (&["events", "case", "--limit", "5", "--all"], "--all"),
    (&["events", "case", "--limit", "0"], "1"),
    (&["events", "case", "--sort", "size"], "-time"),
    (&["events", "case", "--output", "xml"], "jsonl"),
    (&["events", "case", "--from", "soon"], "2026-09-15"),
    (
        &[
            "events",
            "case",
            "--from",
            "2026-09-16",
            "--to",
            "2026-09-15",
        ],
        "--to",
    ),
    (&["events", "case", "nofield:x"], "nofield"),
    (&["count", "case", "bytes:many"], "bytes"),
    (&["count", "case", "(action:x"], "query"),
    (&["histogram", "case", "--bucket", "week"], "minute"),
    (&["top", "case", "nofield"], "src.ip"),
    (&["top", "case", "src.ip", "--limit", "0"], "1"),
    (&["flows", "case"], "--by"),
    (&["flows", "case", "--by", "src.ip,nofield"], "nofield"),
    (&["warnings", "case", "--evidence", "first"], "EV-0001"),
    (
        &["withdraw", "case", "EV-0001", "--reason", " "],
        "--reason",
    ),
    (
        &[
            "case",
            "create",
            "new",
            "--title",
            "T",
            "--examiner",
            "A",
            "--zone",
            "Berlin",
        ],
        "Europe/Berlin",
    ),
    (
        &[
            "case",
            "create",
            "new",
            "--title",
            "T",
            "--examiner",
            "A",
            "--custody-level",
            "litigation",
        ],
        "--authority",
    ),
    (
        &["case", "examiner", "case", "--name", "B", "--key", "no key"],
        "--key",
    ),
    (&["verify", "case", "--pin", "12"], "SIZE:ROOT"),
    (&["verify", "case", "--key", "no key"], "--key"),
];

#[test]
fn wrong_usage_ends_with_2_says_what_would_be_right_and_prints_no_result() {
    let desk = Desk::with_case("case");
    desk.evidence();
    for (words, hint) in WRONG {
        let output = desk.run(words);
        let said = error(&output);
        assert_eq!(code(&output), 2, "{words:?}: {said}");
        assert!(said.contains(hint), "{words:?} has to name {hint}: {said}");
        assert_eq!(text(&output), "", "{words:?}");
    }
    assert!(!desk.path("new").exists());
}

#[test]
fn what_was_tried_and_failed_ends_with_1() {
    let desk = Desk::with_case("case");
    desk.write("text", "no case");
    for (words, hint) in [
        (&["events", "nowhere"][..], "nowhere"),
        (&["events", "text"], "text"),
        (
            &["case", "create", "case", "--title", "T", "--examiner", "A"],
            "case",
        ),
        (&["withdraw", "case", "EV-0009", "--reason", "R"], "EV-0009"),
        (&["restore", "text", "again"], "text"),
        (&["verify", "nowhere"], "nowhere"),
        (&["custody", "case", "anchor", "text"], "text"),
        (&["key", "create"], "already"),
        (&["--passphrase-file", "nowhere", "key", "show"], "nowhere"),
        (&["man", "text"], "text"),
    ] {
        let output = desk.run(words);
        assert_eq!(code(&output), 1, "{words:?}: {}", error(&output));
        assert!(
            error(&output).contains(hint),
            "{words:?}: {}",
            error(&output)
        );
    }
}
