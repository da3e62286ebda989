//! A specialist's whole job on the demonstration incident, by the command line: from the making of
//! the case to a stranger's check of its export, a second examiner, and the backup on another desk.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use vestige_tests::{Desk, code, copy_folder, said, text};

const KEY: &str = "action:CreateAccessKey src.ip:203.0.113.77";

fn incident() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/incident")
}

#[test]
fn a_specialists_whole_job() {
    let mut desk = Desk::with_case("case");
    copy_folder(&incident().join("evidence"), &desk.path("received"));
    desk.done(&[
        "--quiet",
        "import",
        "case",
        "received",
        "--reason",
        "engagement 7",
    ]);
    every_file_is_there(&desk);
    questions_lead_to_the_key(&desk);
    let event = one(&desk.lines(&["events", "case", KEY, "--output", "jsonl"]));
    the_record_is_the_bytes_of_its_file(&desk, &event);
    let pin = the_custody_is_signed_and_kept_outside(&desk);
    a_stranger_checks_the_export(&desk, &pin);
    a_second_examiner_comes_in(&mut desk);
    a_file_is_withdrawn(&mut desk, &event);
    the_backup_is_the_case_elsewhere(&desk, &pin);
}

fn one(rows: &[Value]) -> Value {
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0].clone()
}

fn every_file_is_there(desk: &Desk) {
    let answers = fs::read(incident().join("ANSWERS.json")).unwrap();
    let answers: Value = serde_json::from_slice(&answers).unwrap();
    let report = desk.json(&["evidence", "case", "--json"]);
    for (name, expected) in answers["totals"].as_object().unwrap() {
        assert_eq!(&report["totals"][name], expected, "{name}");
    }
    let skipped = desk.lines(&["warnings", "case"]);
    assert!(!skipped.is_empty());
    for warning in &skipped {
        let reason = warning["reason"].as_str().unwrap();
        assert!(reason.starts_with("SKIPDATA"), "{warning}");
        let item = warning["evidence"].as_str().unwrap();
        let of_it = desk.lines(&["warnings", "case", "--evidence", item]);
        assert!(of_it.contains(warning), "{of_it:?}");
    }
}

/// From who was refused, over what the address then did, to where the data went.
fn questions_lead_to_the_key(desk: &Desk) {
    let refused = "actor.id:*DataEngineer outcome:denied";
    let top = desk.json(&["top", "case", "src.ip", refused, "--json"]);
    assert_eq!(
        (&top[0]["value"], &top[0]["count"]),
        (&"203.0.113.77".into(), &83.into())
    );
    let night = [
        "--from",
        "2026-09-15T02:00:00Z",
        "--to",
        "2026-09-15T04:00:00Z",
    ];
    let hours = ["histogram", "case", refused, "--bucket", "hour", "--json"];
    let hours = desk.json(&[&hours[..], &night].concat());
    let counts: u64 = hours["buckets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["count"].as_u64().unwrap())
        .sum();
    assert_eq!(counts, 83);
    let acts = desk.lines(&[
        "events",
        "case",
        "kind:event src.ip:203.0.113.77 NOT outcome:denied",
        "--all",
        "--sort",
        "time",
        "--output",
        "jsonl",
    ]);
    let actions: Vec<&str> = acts
        .iter()
        .map(|act| act["action"].as_str().unwrap())
        .collect();
    let first = |action: &str| actions.iter().position(|one| *one == action).unwrap();
    assert!(first("AssumeRoleWithSAML") < first("AssumeRole"));
    assert!(first("CreateAccessKey") < first("StopLogging"));
    // The new key: as a field in what it did, as words in the bytes also in how it was made.
    let field = desk.json(&["count", "case", "credential:AKIAIJ5XTIWHSO3VTRI5", "--json"]);
    let phrase = desk.json(&["count", "case", "\"AKIAIJ5XTIWHSO3VTRI5\"", "--json"]);
    assert_eq!(field["count"], 12_404);
    assert!(
        phrase["count"].as_u64() > field["count"].as_u64(),
        "{phrase}"
    );
    let made = desk.lines(&[
        "events",
        "case",
        "AKIAIJ5XTIWHSO3VTRI5 NOT credential:AKIAIJ5XTIWHSO3VTRI5",
        "--all",
        "--output",
        "jsonl",
    ]);
    assert!(
        made.iter()
            .any(|event| event["action"] == "CreateAccessKey"),
        "{made:?}"
    );
    let flows = desk.json(&[
        "flows",
        "case",
        "src.ip:10.20.3.45",
        "--by",
        "dst.ip,dst.port",
        "--limit",
        "1",
        "--json",
    ]);
    assert_eq!(
        (&flows[0]["dst.ip"], &flows[0]["bytes"]),
        (&"192.0.2.66".into(), &9_600_000_000u64.into())
    );
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).unwrap();
    flate2::read::MultiGzDecoder::new(file)
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

fn the_record_is_the_bytes_of_its_file(desk: &Desk, event: &Value) {
    let id = event["id"].as_str().unwrap();
    let shown = desk.json(&["show", "case", id, "--json"]);
    assert_eq!(shown["raw"]["eventID"], event["event_id"]);
    let from = &shown["provenance"];
    let (start, length) = (
        from["offset"].as_u64().unwrap() as usize,
        from["length"].as_u64().unwrap() as usize,
    );
    let file = desk.path("received").join(
        from["name"]
            .as_str()
            .unwrap()
            .strip_prefix("received/")
            .unwrap_or(from["name"].as_str().unwrap()),
    );
    let raw = desk.run(&["show", "case", id, "--raw"]);
    assert_eq!(raw.stdout, &unpacked(&file)[start..start + length]);
    let sha256 = from["sha256"].as_str().unwrap();
    let kept = desk.path("case/evidence").join(&sha256[..2]).join(sha256);
    assert_eq!(fs::read(kept).unwrap(), fs::read(file).unwrap());
    let proof = desk.json(&["show", "case", id, "--prove", "--json"]);
    assert_eq!(proof["verdict"], "verified-with-warnings");
    let entries = desk.lines(&["custody", "case", "list"]);
    let received = &entries[from["custody_seq"].as_u64().unwrap() as usize];
    assert!(
        received["event"].as_str().unwrap().starts_with("evidence."),
        "{received}"
    );
    assert!(received["objects"].to_string().contains(sha256));
}

fn the_custody_is_signed_and_kept_outside(desk: &Desk) -> String {
    desk.done(&["custody", "case", "sign"]);
    let pin = desk.done(&["custody", "case", "pin"]).trim().to_owned();
    let key = desk.json(&["custody", "case", "pin", "--json"])["key"]
        .as_str()
        .unwrap()
        .to_owned();
    let verdict = desk.run(&["verify", "case", "--pin", &pin, "--key", &key]);
    assert_eq!(code(&verdict), 0, "{}", text(&verdict));
    let other = format!("{}:{}", pin.split(':').next().unwrap(), "0".repeat(64));
    let verdict = desk.run(&["verify", "case", "--pin", &other]);
    assert_eq!(code(&verdict), 1, "another root is no state of this case");
    pin
}

/// The verifier that lies in the export, run by a python that knows nothing else.
fn python(folder: &Path, more: &[&str]) -> Output {
    Command::new("python3")
        .args([
            "-I".as_ref(),
            folder.join("verify_custody.py").as_os_str(),
            folder.as_os_str(),
        ])
        .args(more)
        .output()
        .unwrap()
}

/// Puts the originals beside the export, named as its entries name them.
fn give_evidence(desk: &Desk) {
    let report = desk.json(&["evidence", "case", "--json"]);
    let folder = desk.path("given/evidence");
    fs::create_dir(&folder).unwrap();
    for item in report["evidence"].as_array().unwrap() {
        let (id, sha256) = (
            item["id"].as_str().unwrap(),
            item["sha256"].as_str().unwrap(),
        );
        let kept = desk.path("case/evidence").join(&sha256[..2]).join(sha256);
        fs::copy(kept, folder.join(id)).unwrap();
    }
}

fn a_stranger_checks_the_export(desk: &Desk, pin: &str) {
    desk.done(&["custody", "case", "export", "given"]);
    let given = desk.path("given");
    let checked = python(&given, &[]);
    assert_eq!(
        code(&checked),
        2,
        "nothing from outside was given: {}{}",
        text(&checked),
        said(&checked)
    );
    let (size, root) = pin.split_once(':').unwrap();
    assert!(
        text(&checked).contains(root) && text(&checked).contains(size),
        "{}",
        text(&checked)
    );
    let checked = python(&given, &["--pin", pin]);
    assert_eq!(
        code(&checked),
        2,
        "without the evidence: {}",
        text(&checked)
    );
    give_evidence(desk);
    let checked = python(&given, &["--pin", pin]);
    assert_eq!(code(&checked), 0, "{}{}", text(&checked), said(&checked));
    let verdict = desk.run(&["verify", "given", "--pin", pin]);
    assert_eq!(code(&verdict), 0, "{}", text(&verdict));
    let verdict = desk.run(&["verify", "given"]);
    assert_eq!(code(&verdict), 3, "the signer's key came with the export");
    let entries = fs::read_to_string(given.join("custody.jsonl")).unwrap();
    assert!(entries.contains("engagement 7"));
    fs::write(
        given.join("custody.jsonl"),
        entries.replacen("engagement 7", "engagement 8", 1),
    )
    .unwrap();
    let checked = python(&given, &["--pin", pin]);
    assert_eq!(code(&checked), 1, "{}", text(&checked));
    assert_eq!(code(&desk.run(&["verify", "given"])), 1);
}

fn a_second_examiner_comes_in(desk: &mut Desk) {
    desk.sit_down("second home");
    let key = desk.json(&["key", "create", "--json"]);
    let vkey = key["vkey"].as_str().unwrap().to_owned();
    let refused = desk.run(&["custody", "case", "sign"]);
    assert_eq!(code(&refused), 1);
    let told = said(&refused);
    assert!(told.contains("vestige case examiner"), "{told}");
    desk.sit_down("home");
    let person = ["--name", "B. Examiner", "--role", "reviewer"];
    let enter = ["case", "examiner", "case", "--key", &vkey];
    desk.done(&[&enter[..], &person].concat());
}

/// The second examiner withdraws a file; the first goes on with what that left.
fn a_file_is_withdrawn(desk: &mut Desk, event: &Value) {
    let item = event["evidence"].as_str().unwrap();
    let count =
        |desk: &Desk, query: &str| desk.json(&["count", "case", query, "--json"])["count"].clone();
    assert_eq!(count(desk, KEY), 1);
    desk.sit_down("second home");
    desk.done(&["withdraw", "case", item, "--reason", "privileged"]);
    let entries = desk.lines(&["custody", "case", "list"]);
    let [withdrawn, signed] = &entries[entries.len() - 2..] else {
        panic!("{entries:?}")
    };
    assert_eq!(withdrawn["event"], "evidence.withdrawn");
    assert_eq!(signed["event"], "checkpoint.signed");
    for entry in [withdrawn, signed] {
        assert_eq!(entry["actor"]["name"], "B. Examiner", "{entry}");
    }
    desk.sit_down("home");
    assert_eq!(count(desk, &format!("evidence:{item}")), 0);
    // A second trail has the same record: the duplicate now stands for it.
    let other = one(&desk.lines(&["events", "case", KEY, "--output", "jsonl"]));
    assert_eq!(other["event_id"], event["event_id"]);
    assert_ne!(other["id"], event["id"]);
    let second = other["evidence"].as_str().unwrap();
    desk.done(&["withdraw", "case", second, "--reason", "privileged, too"]);
    assert_eq!(count(desk, KEY), 0);
    let facts = desk.json(&["case", "show", "case", "--json"]);
    assert_eq!(facts["holds"]["withdrawn"], 2);
    let sha256 = event["id"].as_str().unwrap().split('.').next().unwrap();
    let kept = fs::read_dir(desk.path("case/evidence").join(&sha256[..2])).unwrap();
    let mut kept = kept.map(|one| one.unwrap().file_name().into_string().unwrap());
    assert!(kept.any(|name| name.starts_with(sha256)), "the bytes stay");
    let verdict = desk.run(&["verify", "case", "--deep"]);
    assert_eq!(code(&verdict), 3, "{}", text(&verdict));
}

fn the_backup_is_the_case_elsewhere(desk: &Desk, pin: &str) {
    desk.done(&["backup", "case", "--output", "case.zip"]);
    let elsewhere = Desk::new();
    fs::copy(desk.path("case.zip"), elsewhere.path("case.zip")).unwrap();
    elsewhere.done(&["restore", "case.zip", "case"]);
    let verdict = elsewhere.run(&["verify", "case", "--pin", pin]);
    assert_eq!(code(&verdict), 3, "{}", text(&verdict));
    for words in [
        &["count", "case"][..],
        &["top", "case", "action", "--json"],
        &["events", "case", "--all", "--output", "csv"],
    ] {
        assert!(elsewhere.done(words) == desk.done(words), "{words:?}");
    }
    let facts = |desk: &Desk| desk.json(&["case", "show", "case", "--json"])["case"].clone();
    assert_eq!(facts(&elsewhere), facts(desk));
    let entries = elsewhere.lines(&["custody", "case", "list"]);
    assert!(entries.iter().any(|entry| entry["event"] == "db.restored"));
}
