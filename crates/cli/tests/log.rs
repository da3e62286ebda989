//! The log: what happened, and nothing of what a case holds.

mod support;

use support::{Desk, PASSPHRASE, code, record};

const LOG: &str = "home/log/vestige.log";
const MARKER: &str = "marmalade";

#[test]
fn the_log_says_what_was_done_and_nothing_of_what_a_case_holds() {
    let desk = Desk::new();
    let name = format!("case {MARKER}");
    let create = [
        "case",
        "create",
        &name,
        "--title",
        MARKER,
        "--examiner",
        MARKER,
    ];
    assert_eq!(code(&desk.unsigned(&create).output().unwrap()), 0);
    let mut one = record(0, 0, MARKER);
    one["requestParameters"]["key"] = MARKER.into();
    desk.write(
        &format!("{MARKER}/{MARKER}.json"),
        serde_json::json!({"Records": [one]}).to_string(),
    );
    desk.write(&format!("{MARKER}/{MARKER}.txt"), MARKER);
    desk.done(&["import", &name, MARKER, "--reason", MARKER]);
    desk.done(&["count", &name, &format!("action:{MARKER}")]);
    for wrong in [
        &["events", MARKER][..],
        &["events", &name, &format!("{MARKER}:x")],
        &["import", &name, MARKER, "--type", MARKER],
        &["withdraw", &name, "EV-0009", "--reason", MARKER],
        &["custody", &name, "anchor", MARKER],
        &["--passphrase-file", MARKER, "key", "show"],
    ] {
        assert_ne!(code(&desk.run(wrong)), 0, "{wrong:?}");
    }
    let log = desk.read(LOG);
    assert!(!log.contains(MARKER) && !log.contains(PASSPHRASE), "{log}");
    for word in [
        "begin case create, version",
        "note unsigned",
        "note key-made",
        "end import, exit 0, ",
        "end events, exit 1, not-a-case, ",
        "end events, exit 2, usage, ",
        "end withdraw, exit 1, absent, ",
        "begin custody anchor",
        "end key show, exit 1, ",
    ] {
        assert!(log.contains(word), "{word} is missing in\n{log}");
    }
}

#[test]
fn only_its_owner_may_read_the_log() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::with_case("case");
    let mode = std::fs::metadata(desk.path(LOG))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[test]
fn the_log_is_bounded_and_keeps_what_was_before_once() {
    let desk = Desk::with_case("case");
    let old = "old\n".repeat(1 << 18);
    desk.write(LOG, &old);
    desk.done(&["count", "case"]);
    assert_eq!(desk.read("home/log/vestige.log.1"), old);
    assert_eq!(desk.read(LOG).lines().count(), 2);
    desk.done(&["count", "case"]);
    assert_eq!(desk.read(LOG).lines().count(), 4);
}

#[test]
fn a_log_that_cannot_be_written_keeps_nobody_from_working() {
    let desk = Desk::with_case("case");
    std::fs::remove_dir_all(desk.path("home/log")).unwrap();
    desk.write("home/log", "in the way");
    assert_eq!(desk.done(&["count", "case"]), "0\n");
    assert_eq!(desk.read("home/log"), "in the way");
}
