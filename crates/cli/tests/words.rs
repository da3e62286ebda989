//! What is said: what needs attention, in words that name the thing and what to do.

mod support;

use std::process::Output;

use serde_json::json;
use support::{Desk, code, error, record, text};

fn failed(output: &Output, words: &[&str]) {
    let said = error(output);
    assert_eq!(code(output), 1, "{said}");
    for word in words {
        assert!(said.contains(word), "it has to say {word:?}: {said}");
    }
}

fn mended(desk: &Desk, line: &[&str], words: &[&str]) {
    failed(&desk.run(line), words);
}

#[test]
fn of_many_files_those_are_told_that_need_attention() {
    let desk = Desk::with_case("case");
    desk.many(25, 2);
    let torn = format!("{}\n{}", record(90, 1, "GetObject"), "{\"eventVersion\":");
    desk.write("many/torn.jsonl", torn);
    desk.write("many/unknown", "hello");
    let told = desk.done(&["--quiet", "import", "case", "many"]);
    let lines: Vec<_> = told.lines().collect();
    assert_eq!(lines.len(), 4, "{told}");
    assert!(lines[0].contains("torn.jsonl 1 warning"), "{told}");
    assert!(
        lines[1].contains("rejected") && lines[1].contains("unknown"),
        "{told}"
    );
    assert!(lines[2].starts_with("25 others") && lines[2].contains("vestige evidence CASE"));
    assert!(lines[3].starts_with("27 files, "), "{told}");
    let all = desk.done(&["evidence", "case"]);
    assert_eq!(all.lines().count(), 28, "{all}");
}

#[test]
fn records_without_a_time_are_counted() {
    let desk = Desk::with_case("case");
    let mut records: Vec<_> = (0..4).map(|n| record(0, n, "GetObject")).collect();
    records[1]["eventTime"] = json!("yesterday");
    records[2].as_object_mut().unwrap().remove("eventTime");
    desk.write("trail.json", json!({"Records": records}).to_string());
    let report = desk.json(&["import", "case", "trail.json", "--json"]);
    assert_eq!(report["totals"]["undated"], 2, "{report}");
    assert_eq!(report["evidence"][0]["undated"], 2, "{report}");
    assert_eq!(desk.done(&["count", "case", "time:none"]), "2\n");
    let warnings = desk.done(&["warnings", "case"]);
    assert_eq!(
        warnings.lines().count(),
        1,
        "only the one that states a time: {warnings}"
    );
    assert!(warnings.contains("the time cannot be read") && warnings.contains("yesterday"));
    let told = desk.done(&["evidence", "case"]);
    assert!(told.contains("1 warning 2 undated"), "{told}");
    assert!(
        told.contains("2 of the records stored have no time; the query time:none"),
        "{told}"
    );
}

#[test]
fn an_address_is_shown_as_the_record_writes_it_and_found_without_case() {
    let desk = Desk::with_case("case");
    let addresses = [
        "AWS Internal",
        "cloudTrail.amazonaws.com",
        "::FFFF:10.0.0.1",
        "10.0.0.1",
    ];
    let records = addresses.iter().zip(0..).map(|(address, n)| {
        let mut record = record(0, n, "GetObject");
        record["sourceIPAddress"] = json!(address);
        record
    });
    let records: Vec<_> = records.collect();
    desk.write("trail.json", json!({"Records": records}).to_string());
    desk.done(&["--quiet", "import", "case", "trail.json"]);
    let top = desk.json(&["top", "case", "src.ip", "--json"]);
    let value = |n: usize| top[n]["value"].as_str().unwrap();
    assert_eq!(
        (value(0), &top[0]["count"]),
        ("10.0.0.1", &json!(2)),
        "{top}"
    );
    assert_eq!(
        (value(1), value(2)),
        ("AWS Internal", "cloudTrail.amazonaws.com")
    );
    for (query, count) in [
        ("src.ip:10.0.0.0/8", "2\n"),
        ("src.ip:::ffff:10.0.0.1", "2\n"),
        ("src.ip:10.0.0.1", "2\n"),
        ("src.ip:\"aws internal\"", "1\n"),
        ("src.ip:CLOUDTRAIL.*", "1\n"),
    ] {
        assert_eq!(desk.done(&["count", "case", query]), count, "{query}");
    }
    let verdict = desk.json(&["verify", "case", "--deep", "--json"]);
    assert_ne!(verdict["verdict"], "failed", "{verdict}");
}

#[test]
fn a_type_that_the_bytes_speak_against_is_refused_and_nothing_is_lost() {
    let desk = Desk::with_case("case");
    desk.evidence();
    let file = ["import", "case", "logs/trail.json", "--json"];
    let report = desk.json(&[&file[..], &["--type", "aws:vpcflow"]].concat());
    let one = &report["evidence"][0];
    let reason = one["reason"].as_str().unwrap();
    assert_eq!(one["state"], "rejected", "{one}");
    for word in [
        "asked to read it as aws:vpcflow, found aws:cloudtrail",
        "without --type",
    ] {
        assert!(reason.contains(word), "{reason}");
    }
    let report = desk.json(&file);
    assert_eq!(report["totals"]["stored"], 4, "{report}");
}

#[test]
fn a_type_by_which_nothing_can_be_read_does_not_lock_a_file_out() {
    let desk = Desk::with_case("case");
    let text = format!("no record\n{}\n", record(1, 1, "ListUsers"));
    desk.write("odd.txt", text);
    let as_type = |name: &str| desk.json(&["import", "case", "odd.txt", "--json", "--type", name]);
    let wrong = as_type("aws:vpcflow");
    let one = &wrong["evidence"][0];
    assert_eq!((&one["found"], &one["rejected"]), (&2.into(), &2.into()));
    let right = as_type("aws:cloudtrail");
    assert_eq!(right["totals"]["stored"], 1, "{right}");
    assert_eq!(right["totals"]["duplicate"], 0, "{right}");
    let verdict = desk.json(&["verify", "case", "--deep", "--json"]);
    assert_ne!(verdict["verdict"], "failed", "{verdict}");
}

#[test]
fn quiet_leaves_errors_and_results() {
    let desk = Desk::with_case("case");
    desk.evidence();
    let words = ["import", "case", "logs"];
    let noted = desk.unsigned(&words).output().unwrap();
    assert!(
        error(&noted).contains("going on unsigned"),
        "{}",
        error(&noted)
    );
    desk.write("more.json", record(50, 1, "GetObject").to_string());
    let words = ["--quiet", "import", "case", "more.json"];
    let quiet = desk.unsigned(&words).output().unwrap();
    assert_eq!((code(&quiet), error(&quiet)), (0, String::new()));
    assert!(text(&quiet).contains("1 stored"));
    failed(&desk.run(&["--quiet", "count", "nowhere"]), &["nowhere"]);
}

#[test]
fn signing_without_a_passphrase_says_where_to_give_one() {
    let desk = Desk::with_case("case");
    let output = desk
        .unsigned(&["custody", "case", "sign"])
        .output()
        .unwrap();
    let words = [
        "no passphrase was given",
        "--passphrase-file",
        "VESTIGE_PASSPHRASE",
        "nothing was signed",
    ];
    failed(&output, &words);
    assert!(!error(&output).contains("going on"), "{}", error(&output));
}

#[test]
fn rows_go_to_standard_output_or_a_new_file_that_can_be_written() {
    let desk = Desk::with_case("case");
    desk.evidence();
    desk.done(&["--quiet", "import", "case", "logs"]);
    let events = ["events", "case", "--all", "--output", "jsonl"];
    let rows = desk.done(&events);
    assert_eq!(desk.done(&[&events[..], &["--file", "-"]].concat()), rows);
    assert!(!desk.path("-").exists());
    desk.write("text", "text");
    for (file, words) in [
        (
            "nowhere/rows",
            ["nowhere/rows", "expected a folder", "make it first"],
        ),
        (
            "text",
            ["text", "expected a name that is free", "name another"],
        ),
        ("text/rows", ["text/rows", "found a file", "name a folder"]),
        (
            "/proc/rows",
            ["/proc/rows", "takes no new file", "name another"],
        ),
    ] {
        mended(&desk, &[&events[..], &["--file", file]].concat(), &words);
    }
}

#[test]
fn files_that_are_not_what_is_asked_for_are_named_with_what_to_give() {
    let desk = Desk::with_case("case");
    desk.write("text", "no reply and no backup");
    let reply = "expected the reply of a time-stamp authority";
    let request = "vestige custody CASE request";
    mended(
        &desk,
        &["custody", "case", "anchor", "text"],
        &["text", reply, request],
    );
    mended(
        &desk,
        &["custody", "case", "anchor", "gone"],
        &["gone", "check the path"],
    );
    let backup = "expected a zip that `vestige backup` wrote, found no zip";
    mended(
        &desk,
        &["restore", "text", "new"],
        &["text", backup, "name the backup"],
    );
    mended(
        &desk,
        &["restore", "gone", "new"],
        &["gone", "check the path"],
    );
    assert!(!desk.path("new").exists());
}

#[test]
fn a_home_that_cannot_be_made_is_named_with_its_variable() {
    let desk = Desk::with_case("case");
    desk.write("text", "a file");
    for home in ["text", "/proc/home"] {
        let mut command = desk.command(&["count", "case"]);
        command.env("VESTIGE_HOME", home);
        failed(
            &command.output().unwrap(),
            &[home, "VESTIGE_HOME", "a place that you may write to"],
        );
    }
    mended(
        &desk,
        &[
            "case",
            "create",
            "gone/case",
            "--title",
            "T",
            "--examiner",
            "A",
        ],
        &["gone", "check the path"],
    );
}

#[test]
fn what_is_nested_too_deep_is_not_called_malformed() {
    let desk = Desk::with_case("case");
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let mut one = record(0, 0, "GetObject");
    one["requestParameters"] = json!("DEEP");
    let one = one.to_string().replace("\"DEEP\"", &deep);
    desk.write(
        "logs/record.jsonl",
        format!("{one}\n{}\n", record(0, 1, "GetObject")),
    );
    desk.write("logs/all.json", &deep);
    let report = desk.json(&["import", "case", "logs", "--json"]);
    assert_eq!(report["totals"]["stored"], 1, "{report}");
    let reason = report["evidence"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("nested deeper than 128 levels"), "{reason}");
    let warnings = desk.done(&["warnings", "case"]);
    assert!(
        warnings.contains("nested deeper than is read") && warnings.contains("at most 128 levels"),
        "{warnings}"
    );
}
