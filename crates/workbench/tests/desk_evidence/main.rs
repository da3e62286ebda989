//! The window's evidence and custody commands, called as the page calls them: by name, with JSON.

mod pages;
mod scene;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use scene::{Window, asked, failed, number, text};
use serde_json::{Value, json};
use support::{Authority, TestHost, copy_folder, tamper};
use vestige_custody::hash::{hex, leaf};

#[test]
fn the_first_run_makes_a_key_and_a_case_that_is_signed() {
    let window = Window::of(TestHost::without_passphrase("examiner"));
    assert_eq!(window.done("key", json!({}))["vkey"], Value::Null);
    let short = window.refused("make_key", json!({"passphrase": "short"}));
    assert_eq!(short.code, "usage");
    let made = window.done("make_key", json!({"passphrase": "correct horse"}));
    assert_eq!(made["unlocked"], true);
    assert_eq!(window.done("lock_key", json!({}))["unlocked"], false);
    let wrong = window.refused("unlock_key", json!({"passphrase": "another horse"}));
    assert_eq!(wrong.code, "wrong-passphrase");
    assert_eq!(window.done("key", json!({}))["unlocked"], false);
    window.done("unlock_key", json!({"passphrase": "correct horse"}));
    let case = window.create("case");
    let facts = &case["facts"];
    assert_eq!(
        (
            text(&facts["title"]),
            text(&facts["reference"]),
            text(&facts["zone"])
        ),
        ("Missing invoices", "R-7", "Europe/Berlin")
    );
    assert_eq!(facts["authority"], "engagement:2026-114");
    assert_eq!(facts["role"], "lead");
    assert_eq!(case["signing"]["can"], true);
    assert_eq!(facts["custody"]["since_signed"], 0);
    window.done("lock_key", json!({}));
    let locked = window.done("case", json!({}));
    assert_eq!(locked["signing"]["can"], false);
    assert_eq!(window.refused("sign", json!({})).code, "key-locked");
    let listed = window.done("cases", json!({}));
    assert_eq!(listed[0]["title"], "Missing invoices");
    window.done("forget_case", json!({"case": listed[0]["ticket"]}));
    assert_eq!(window.done("cases", json!({})), json!([]));
}

#[test]
fn the_plan_says_what_the_import_then_does() {
    let window = Window::with_case();
    let incident = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/incident/evidence");
    let ticket = window.evidence(incident);
    let before = window.done("pin", json!({}));
    let plan = window.done("plan_import", json!({"ticket": ticket}));
    assert_eq!(window.done("pin", json!({})), before);
    let report = window.done("import", Window::import_of(&ticket));
    let planned = plan["files"].as_array().unwrap();
    assert_eq!(number(&plan["total"]), planned.len() as u64);
    assert_eq!(plan["total"], report["totals"]["files"]);
    assert_eq!(plan["bytes"], report["totals"]["bytes"]);
    let evidence = report["evidence"].as_array().unwrap();
    let files = evidence
        .iter()
        .filter(|one| !text(&one["path"]).contains('!'));
    let types: BTreeMap<&str, &Value> = files
        .map(|one| (text(&one["name"]), &one["type"]))
        .collect();
    let mut compared = 0;
    for file in planned {
        if !text(&file["why"]).starts_with("archive") {
            assert_eq!(types[text(&file["name"])], &file["type"], "{file}");
            compared += 1;
        }
    }
    assert!(compared > 1000, "{compared}");
    // All of it is in the case now.
    let again = window.done("plan_import", json!({"ticket": ticket}));
    assert_eq!(again["duplicate"], plan["total"]);
}

#[test]
fn the_plan_names_what_is_unknown_twice_or_packed() {
    let window = Window::with_case();
    window.write("in/a.json", 0, 3);
    window.write("in/b.json", 0, 3);
    fs::write(
        window.host.path("in/c.txt"),
        "nothing that a format knows\n",
    )
    .unwrap();
    fs::write(window.host.path("in/d.7z"), b"7z\xBC\xAF\x27\x1C and more").unwrap();
    std::os::unix::fs::symlink("a.json", window.host.path("in/e")).unwrap();
    let mut tar = tar::Builder::new(Vec::new());
    tar.append_path_with_name(window.host.path("in/a.json"), "x/inner.json")
        .unwrap();
    fs::write(window.host.path("in/f.tar"), tar.into_inner().unwrap()).unwrap();
    let ticket = window.evidence(window.host.path("in"));
    let plan = window.done("plan_import", json!({"ticket": ticket}));
    let file = |at: usize| &plan["files"][at];
    assert_eq!(file(0)["type"], "aws:cloudtrail");
    assert_eq!(file(0)["problem"], Value::Null);
    assert!(text(&file(1)["problem"]).contains("a.json"), "{}", file(1));
    assert!(
        text(&file(2)["why"]).starts_with("not recognised"),
        "{}",
        file(2)
    );
    assert!(text(&file(3)["problem"]).contains("7z"), "{}", file(3));
    assert!(
        text(&file(4)["problem"]).contains("symbolic link"),
        "{}",
        file(4)
    );
    let why = text(&file(5)["why"]);
    assert!(
        why.starts_with("archive (tar)") && why.contains("aws:cloudtrail"),
        "{why}"
    );
    assert_eq!(
        (number(&plan["unknown"]), number(&plan["duplicate"])),
        (1, 1)
    );
}

#[test]
fn a_stopped_import_keeps_what_is_stored_and_is_gone_on_with() {
    let window = Window::with_case();
    for file in 0..40 {
        window.write(&format!("in/{file:02}.json"), file * 4000, 4000);
    }
    let ticket = window.evidence(window.host.path("in"));
    let ended = std::thread::scope(|scope| {
        let import = scope.spawn(|| window.called("import", Window::import_of(&ticket), Some("7")));
        let begun = Instant::now();
        let reading = |told: &Value| told["stage"] == "reading" && number(&told["stored"]) > 0;
        while !window.heard("progress").iter().any(reading) && !import.is_finished() {
            assert!(begun.elapsed() < Duration::from_secs(60));
            std::thread::sleep(Duration::from_millis(1));
        }
        window.done("cancel", json!({"call": "7"}));
        import.join().unwrap()
    });
    let problem = ended.unwrap_err();
    assert!(problem.stopped, "{problem:?}");
    let kept = window.listed("", None);
    let stored = number(&kept["totals"]["stored"]);
    assert!((1..160_000).contains(&stored), "{stored}");
    let told = window.heard("progress");
    let last = told
        .iter()
        .rfind(|told| told["stage"] == "reading")
        .unwrap();
    assert!(
        number(&last["decompressed"]) > 0 && number(&last["read"]) > 0,
        "{last}"
    );
    window.done("import", Window::import_of(&ticket));
    let all = window.listed("", None);
    assert_eq!(number(&all["totals"]["stored"]), 160_000);
    let verified = window.done(
        "verify",
        json!({"deep": false, "keys": [], "pins": [], "tsa_ca": null}),
    );
    assert_eq!(failed(&verified), Vec::<&str>::new());
}

#[test]
fn an_item_is_shown_with_its_trail_and_withdrawn() {
    let window = Window::with_case();
    let name = "in/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/09/15/111122223333_CloudTrail_eu-west-1_20260915T0255Z_AbCd.json";
    window.write(name, 0, 5);
    fs::write(
        window.host.path("in/flow.log"),
        "2 111122223333 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 40 1772445600 1772445660 ACCEPT OK\n2 broken\n",
    )
    .unwrap();
    window.import(window.host.path("in"));
    let item = window.done("item", json!({"id": "EV-0001"}));
    assert_eq!(item["files"][0]["stored"], 5);
    let events: Vec<&str> = item["trail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| text(&one["event"]))
        .collect();
    assert_eq!(events, ["evidence.imported", "evidence.received"]);
    let facts = item["provider"].as_array().unwrap();
    let region = facts
        .iter()
        .find(|fact| text(&fact["name"]).starts_with("region"));
    assert_eq!(region.unwrap()["value"], "eu-west-1");
    assert!(Path::new(text(&item["original"])).is_file());
    let flow = window.done("item", json!({"id": "EV-0002"}));
    assert_eq!(flow["warnings_total"], 1);
    assert_eq!(flow["warnings"][0]["excerpt"], "2 broken");
    assert_eq!(
        window.refused("item", json!({"id": "EV-0009"})).code,
        "absent"
    );
    assert_eq!(
        window
            .refused("withdraw", json!({"id": "EV-0001", "reason": " "}))
            .code,
        "usage"
    );
    let gone = window.done("withdraw", json!({"id": "EV-0001", "reason": "privileged"}));
    assert_eq!(gone["hidden"], 5);
    let item = window.done("item", json!({"id": "EV-0001"}));
    assert_eq!(item["files"][0]["withdrawn"], true);
    assert_eq!(item["trail"][0]["event"], "evidence.withdrawn");
    assert_eq!(item["trail"][0]["reason"], "privileged");
}

#[test]
fn the_ledger_is_filtered_and_each_entry_hashes_to_its_leaf() {
    let window = Window::with_case();
    window.import(window.write("in/a \"quoted\" ü.json", 0, 2));
    let all = window.done("ledger", json!({"from": 0, "limit": 1000, "filter": null}));
    let size = number(&all["size"]);
    assert_eq!(all["found"], all["size"]);
    let entries = all["entries"].as_array().unwrap();
    assert_eq!(entries.len() as u64, size);
    for entry in entries {
        let bytes = window.done("entry", json!({"seq": entry["seq"]}));
        assert_eq!(bytes["leaf"], entry["leaf"]);
        assert_eq!(bytes["leaf"], hex(&leaf(text(&bytes["text"]).as_bytes())));
        assert_eq!(bytes["matches"], true);
        assert_eq!(entry["signed"], true);
        assert_eq!(entry["anchored"], false);
    }
    let found = |filter: &str| {
        let view = window.done(
            "ledger",
            json!({"from": 0, "limit": 1000, "filter": filter}),
        );
        let entries = view["entries"].as_array().unwrap();
        assert_eq!(number(&view["found"]), entries.len() as u64);
        entries
            .iter()
            .map(|one| text(&one["event"]).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("CASE.created"), ["case.created"]);
    assert_eq!(
        found("\"QUOTED\" Ü"),
        ["evidence.received", "evidence.imported"]
    );
    assert_eq!(found("rows_sha256"), Vec::<String>::new());
    assert_eq!(found("a. exam").len() as u64, size);
    let second = window.done(
        "ledger",
        json!({"from": 1, "limit": 1, "filter": "evidence."}),
    );
    assert_eq!(second["found"], 2);
    assert_eq!(second["entries"][0]["event"], "evidence.imported");
    assert_eq!(window.refused("entry", json!({"seq": size})).code, "usage");
}

#[test]
fn the_pin_is_the_one_of_the_command_and_its_code_is_square() {
    let window = Window::with_case();
    window.done("sign", json!({}));
    let pin = window.done("pin", json!({}));
    let other = vestige_workbench::custody::pin(&window.host, &window.host.path("case")).unwrap();
    assert_eq!(text(&pin["line"]), other.line());
    assert_eq!(text(&pin["head"]), other.head);
    assert_eq!(pin["key"], json!(other.key));
    let rows = pin["qr"].as_array().unwrap();
    assert!(rows.len() >= 21);
    for row in rows {
        assert_eq!(text(row).len(), rows.len());
        assert!(text(row).bytes().all(|dot| matches!(dot, b'0' | b'1')));
    }
    // The finder pattern in the corner.
    assert!(text(&rows[0]).starts_with("11111110"));
    let terms = json!({"deep": true, "keys": [pin["key"]], "pins": [pin["line"]], "tsa_ca": null});
    let verified = window.done("verify", terms);
    assert_eq!(failed(&verified), Vec::<&str>::new());
    let wrong = json!({"deep": false, "keys": [], "pins": [format!("{}:{}", pin["size"], "0".repeat(64))], "tsa_ca": null});
    let verified = window.done("verify", wrong);
    assert_eq!(verified["verdict"], "failed");
    let listed = window.done("cases", json!({}));
    assert_eq!(listed[0]["verdict"]["verdict"], "failed");
}

#[test]
fn a_time_stamp_goes_out_and_comes_back() {
    let window = Window::with_case();
    let authority = Authority::new();
    let query = window.done("request_time_stamp", json!({}));
    assert!(text(&query["command"]).contains("curl"));
    let reply = authority.answer(Path::new(text(&query["path"])));
    let reply = window.choose("time-stamp-reply", reply);
    let ca = window.choose("certificates", authority.ca());
    let answer = json!({"reply": reply, "ca": ca});
    let anchored = window.done("take_time_stamp", answer.clone());
    assert_eq!(anchored["size"], query["size"]);
    assert_eq!(anchored["chain_checked"], true);
    let ledger = window.done("ledger", json!({"from": 0, "limit": 1, "filter": null}));
    assert_eq!(ledger["entries"][0]["anchored"], true);
    assert_eq!(window.refused("take_time_stamp", answer).code, "time-stamp");
    let terms = json!({"deep": false, "keys": [], "pins": [], "tsa_ca": ca});
    assert_eq!(failed(&window.done("verify", terms)), Vec::<&str>::new());
}

#[test]
fn a_backup_becomes_a_case_again() {
    let window = Window::with_case();
    window.import(window.write("in/a.json", 0, 2));
    let to = window.choose("save", window.host.path("backup.zip"));
    let saved = window.done("backup", json!({"ticket": to}));
    assert_eq!(saved["parts"], 1);
    let entry = window.done("entry", json!({"seq": saved["custody_seq"]}));
    assert!(text(&entry["text"]).contains(text(&saved["sha256"])));
    assert_eq!(
        window.refused("backup", json!({"ticket": to})).code,
        "case-exists"
    );
    let backup = window.choose("backup", window.host.path("backup.zip"));
    let place = window.choose("new-case", window.host.path("restored"));
    let opened = window.done("restore_case", json!({"backup": backup, "place": place}));
    assert_eq!(failed(&opened["verification"]), Vec::<&str>::new());
    assert_eq!(opened["case"]["facts"]["holds"]["events"], 2);
}

#[test]
fn a_case_that_is_not_what_it_was_is_refused_with_the_checks() {
    let window = Window::with_case();
    let case = window.host.path("case");
    copy_folder(&case, &window.host.path("older"));
    window.import(window.write("in/a.json", 0, 2));
    window.done("close_case", json!({}));
    let opened = |name: &str| {
        let ticket = window.choose("open-case", window.host.path(name));
        let opened = window.done("open_case", json!({"case": ticket}));
        assert_eq!(opened["case"], Value::Null, "{opened}");
        assert_eq!(window.done("case", json!({})), Value::Null);
        failed(&opened["verification"]).join(" ")
    };
    // A copy that lies behind what was seen.
    assert_eq!(opened("older"), "head");
    copy_folder(&case, &window.host.path("row"));
    fs::rename(&case, window.host.path("away")).unwrap();
    copy_folder(&window.host.path("older"), &case);
    assert_eq!(opened("case"), "head");
    assert_eq!(
        window.done("cases", json!({}))[0]["verdict"]["verdict"],
        "failed"
    );
    fs::remove_dir_all(&case).unwrap();
    copy_folder(&window.host.path("row"), &case);
    tamper(&case, "UPDATE evidence SET name='another'");
    assert_eq!(opened("case"), "receipts");
    fs::remove_dir_all(&case).unwrap();
    copy_folder(&window.host.path("row"), &case);
    tamper(&case, "DROP TRIGGER ce_upd");
    assert_eq!(opened("case"), "schema");
}

#[test]
fn what_the_page_may_not_say_is_refused() {
    let window = Window::with_case();
    for ticket in ["choice-99", "/etc/passwd", "", "choice-0x0"] {
        for command in ["plan_import", "backup"] {
            assert_eq!(
                window.refused(command, json!({"ticket": ticket})).code,
                "usage"
            );
        }
    }
    for (command, input) in [
        ("item", json!({})),
        ("item", json!({"id": 1})),
        ("item", json!({"id": "EV-0001", "path": "/etc/passwd"})),
        ("ledger", json!({"from": -1, "limit": 1, "filter": null})),
        ("evidence", json!("all")),
        (
            "evidence",
            json!({"filter": "", "sort": "path; drop", "down": false, "offset": 0, "limit": 9}),
        ),
        ("import", json!({"ticket": "choice-0"})),
        ("no_command", json!({})),
    ] {
        assert_eq!(window.refused(command, input).code, "usage", "{command}");
    }
    let formats = window.done("formats", json!({}));
    assert_eq!(formats[0]["name"], "aws:cloudtrail");
    window.done("close_case", json!({}));
    assert_eq!(window.refused("evidence", asked("", None)).code, "usage");
}

#[test]
fn who_holds_the_case_is_said() {
    let window = Window::with_case();
    let case = window.host.path("case");
    let other = vestige_workbench::OpenCase::open(&window.host, &case).unwrap();
    let ticket = window.evidence(window.write("in/a.json", 0, 2));
    let problem = window.refused("import", Window::import_of(&ticket));
    assert_eq!(problem.code, "case-locked");
    assert!(problem.message.contains("process"), "{}", problem.message);
    drop(other);
    window.done("import", Window::import_of(&ticket));
}
