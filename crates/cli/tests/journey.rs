//! One case from its making to its backup, by the command line.

mod support;

use std::io::Read as _;
use std::process::Stdio;

use serde_json::Value;
use support::{Desk, code, error, text};

fn imported() -> Desk {
    let desk = Desk::with_case("case");
    desk.evidence();
    desk.write("logs/notes.txt", "neither a trail nor a flow log\n");
    desk.done(&["--quiet", "import", "case", "logs"]);
    desk
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn has(value: &Value, names: &str) {
    for name in names.split(' ') {
        assert!(
            value.get(name).is_some(),
            "{name} is missing in {:?}",
            keys(value)
        );
    }
}

#[test]
fn every_file_is_accounted_for() {
    let desk = imported();
    let report = desk.json(&["evidence", "case", "--json"]);
    has(&report, "evidence totals seconds");
    has(
        &report["totals"],
        "files bytes bytes_decompressed found stored duplicate rejected ignored",
    );
    for one in report["evidence"].as_array().unwrap() {
        has(
            one,
            "id name path sha256 bytes bytes_decompressed type state found stored duplicate rejected ignored events reason first last warnings",
        );
        let sum: u64 = ["stored", "duplicate", "rejected", "ignored"]
            .iter()
            .map(|name| one[name].as_u64().unwrap())
            .sum();
        assert_eq!(one["found"], sum, "{one}");
    }
    let states: Vec<_> = report["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["imported", "rejected", "imported"]);
    let again = desk.json(&["import", "case", "logs", "--json"]);
    assert_eq!(
        again["totals"]["duplicate"], again["totals"]["found"],
        "{again}"
    );
    for line in desk.done(&["warnings", "case"]).lines() {
        let warning: Value = serde_json::from_str(line).unwrap();
        has(
            &warning,
            "evidence name member offset length reason expected found excerpt",
        );
    }
}

#[test]
fn questions_are_answered_with_the_keys_that_scripts_rely_on() {
    let desk = imported();
    let count = desk.json(&["count", "case", "kind:event", "--json"]);
    assert_eq!(
        (&count["count"], keys(&count)),
        (&4.into(), vec!["count", "seconds"])
    );
    assert_eq!(desk.done(&["count", "case"]), "6\n");
    let histogram = desk.json(&["histogram", "case", "--bucket", "hour", "--json"]);
    assert_eq!(histogram["bucket"], "hour");
    has(&histogram["buckets"][0], "start count");
    let top = desk.json(&["top", "case", "src.ip", "--limit", "1", "--json"]);
    assert_eq!(keys(&top[0]), ["value", "count", "first", "last"]);
    assert_eq!(
        (top[0]["value"].as_str(), top.as_array().unwrap().len()),
        (Some("203.0.113.7"), 1)
    );
    let flows = desk.json(&["flows", "case", "--by", "dst.ip,dst.port", "--json"]);
    assert_eq!(
        keys(&flows[0]),
        [
            "dst.ip", "dst.port", "flows", "bytes", "packets", "first", "last"
        ]
    );
    assert_eq!(
        desk.json(&[
            "flows",
            "case",
            "src.ip:10.9.9.9",
            "--by",
            "dst.ip",
            "--json"
        ]),
        serde_json::json!([])
    );
}

#[test]
fn an_interval_is_half_open_and_a_date_is_the_beginning_of_its_day() {
    let desk = imported();
    let count = |words: &[&str]| desk.done(&[&["count", "case", "kind:event"], words].concat());
    assert_eq!(
        count(&["--from", "2026-09-15", "--to", "2026-09-16"]),
        "4\n"
    );
    assert_eq!(count(&["--from", "2026-09-16"]), "0\n");
    assert_eq!(count(&["--to", "2026-09-15"]), "0\n");
    assert_eq!(count(&["--to", "2026-09-15T00:00:02Z"]), "2\n");
    assert_eq!(count(&["--from", "2026-09-15T02:00:02+02:00"]), "2\n");
    let top = desk.json(&[
        "top",
        "case",
        "action",
        "--to",
        "2026-09-15T00:00:01Z",
        "--json",
    ]);
    assert_eq!(top[0]["count"], 1);
}

#[test]
fn rows_come_in_order_limited_or_all_on_standard_output_or_in_a_file() {
    let desk = imported();
    let rows = |words: &[&str]| -> Vec<Value> {
        let words = [
            &["events", "case", "kind:event", "--output", "jsonl"],
            words,
        ]
        .concat();
        desk.done(&words)
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let (first, last) = (
        rows(&["--limit", "1"]),
        rows(&["--limit", "1", "--sort", "-time"]),
    );
    assert_eq!(
        (&first[0]["time"], &last[0]["time"]),
        (
            &"2026-09-15T00:00:00Z".into(),
            &"2026-09-15T00:00:03Z".into()
        )
    );
    assert_eq!(rows(&["--all"]).len(), 4);
    assert_eq!(
        desk.done(&[
            "events", "case", "--all", "--output", "csv", "--file", "rows.csv"
        ]),
        ""
    );
    let file = desk.read("rows.csv");
    assert_eq!(
        file,
        desk.done(&["events", "case", "--all", "--output", "csv"])
    );
    let refused = desk.run(&["events", "case", "--file", "rows.csv"]);
    assert_eq!((code(&refused), desk.read("rows.csv")), (1, file));
    assert!(error(&refused).contains("rows.csv"));
    let missing = desk.run(&["events", "case", "--file", "missing/rows.csv"]);
    assert!(
        code(&missing) == 1 && error(&missing).contains("expected a folder"),
        "{}",
        error(&missing)
    );
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let desk = Desk::with_case("case");
    desk.many(20, 500);
    desk.done(&["--quiet", "import", "case", "many"]);
    for words in [
        &["events", "case", "--all"][..],
        &["events", "case", "--all", "--output", "jsonl"],
        &["evidence", "case", "--json"],
        &["custody", "case", "list"],
        &["completions", "bash"],
    ] {
        let mut child = desk
            .command(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut [0; 8]).unwrap();
        drop(out);
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (code(&output), error(&output)),
            (0, String::new()),
            "{words:?}"
        );
    }
}

#[test]
fn a_verdict_is_told_by_the_exit_code_also_where_nobody_reads_it() {
    let desk = imported();
    let mut child = desk
        .command(&["verify", "case"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

#[test]
fn the_case_proves_itself_and_a_stranger_can_check() {
    let desk = imported();
    let verdict = desk.run(&["verify", "case", "--json"]);
    let said: Value = serde_json::from_slice(&verdict.stdout).unwrap();
    assert_eq!(
        (code(&verdict), &said["verdict"]),
        (3, &"verified-with-warnings".into()),
        "{said}"
    );
    has(&said, "checks size root");
    has(&said["checks"][0], "check status detail");
    let pin = desk.done(&["custody", "case", "pin"]);
    let facts = desk.json(&["custody", "case", "pin", "--json"]);
    assert_eq!(keys(&facts), ["size", "root", "head", "key"]);
    assert_eq!(
        pin.trim(),
        format!("{}:{}", facts["size"], facts["root"].as_str().unwrap())
    );
    let pinned = desk.run(&["verify", "case", "--pin", pin.trim()]);
    assert_eq!(code(&pinned), 0, "{}", text(&pinned));
    desk.json(&["custody", "case", "export", "folder"]);
    assert_eq!(code(&desk.run(&["verify", "folder"])), 3);
    assert_eq!(code(&desk.run(&["custody", "case", "verify"])), 3);
    let entries = desk.done(&["custody", "case", "list"]);
    assert_eq!(
        entries.lines().count() as u64,
        facts["size"].as_u64().unwrap()
    );
}

#[test]
fn withdrawn_rows_are_hidden_and_a_backup_is_the_same_case() {
    let desk = imported();
    desk.json(&["withdraw", "case", "EV-0003", "--reason", "privileged"]);
    assert_eq!(desk.done(&["count", "case", "kind:event"]), "0\n");
    let shown = desk.json(&["case", "show", "case", "--json"]);
    assert_eq!(shown["holds"]["withdrawn"], 1);
    let told = desk.done(&["case", "show", "case"]);
    assert!(
        told.contains("A. Examiner") && told.contains("(1 withdrawn)"),
        "{told}"
    );
    let count = desk.done(&["count", "case"]);
    desk.json(&["backup", "case", "--output", "case.zip"]);
    desk.json(&["restore", "case.zip", "again"]);
    assert_eq!(
        desk.json(&["case", "show", "again", "--json"])["case"],
        shown["case"]
    );
    assert_eq!(desk.done(&["count", "again"]), count);
}
