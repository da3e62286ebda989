//! What a question finds, written to a file.

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};
use vestige_custody::hash::sha256;
use vestige_custody::hex;
use vestige_workbench::case::NewCase;
use vestige_workbench::desk::Start;
use vestige_workbench::explore::Order;

use crate::scene::{ROWS, Window, case_of, lines, written};
use crate::support::new_case;

#[test]
fn an_export_is_what_the_command_line_writes_and_only_goes_where_it_may() {
    let (host, case) = case_of(400, &new_case());
    let window = Window::on(&host, Start::default());
    let out = host.path("out");
    fs::create_dir(&out).unwrap();
    let file = out.join("rows.jsonl");
    let ticket = window.save_to(&file);
    for query in ["", "action:PutObject", "\"deleteobject\""] {
        let saved = window.ask("export", window.export(query, &ticket));
        let bytes = fs::read(&file).unwrap();
        assert!(
            bytes == written(&host, &case, query, Order::Descending),
            "{query}"
        );
        assert_eq!(saved["sha256"], hex(&sha256(&bytes)));
        assert_eq!(saved["bytes"], bytes.len());
        assert_eq!(saved["parts"], lines(&bytes).len());
        assert_eq!(saved["custody_seq"], Value::Null);
    }
    let mut csv = window.export("", &ticket);
    csv["format"] = "csv".into();
    window.ask("export", csv.clone());
    csv["format"] = "exe".into();
    assert_eq!(window.refused("export", csv)["code"], "usage");

    // Evidence that was chosen is nothing to write to.
    let original = host.path("records.json");
    let before = fs::read(&original).unwrap();
    *window.page.chosen.lock().unwrap() = vec![original.clone()];
    let evidence = window.ask("choose", json!({"purpose": "evidence-files", "name": null}));
    let refused = window.refused("export", window.export("", &evidence["ticket"]));
    assert_eq!(refused["code"], "usage");
    assert_eq!(fs::read(&original).unwrap(), before);
    // Nor is the case.
    let database = fs::read(case.join("case.db")).unwrap();
    for inside in ["case.db", "evidence/x"] {
        let ticket = window.save_to(&case.join(inside));
        let refused = window.refused("export", window.export("", &ticket));
        assert_eq!(refused["code"], "usage", "{refused}");
    }
    assert!(fs::read(case.join("case.db")).unwrap() == database);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
}

#[test]
fn without_a_dialog_nothing_is_overwritten() {
    let (host, _) = case_of(10, &new_case());
    let out = host.path("out");
    fs::create_dir(&out).unwrap();
    let window = Window::on(
        &host,
        Start {
            save_to: Some(out.clone()),
            ..Start::default()
        },
    );
    let chosen = window.ask("choose", json!({"purpose": "save", "name": "rows.jsonl"}));
    window.ask("export", window.export("", &chosen["ticket"]));
    let first = fs::read(out.join("rows.jsonl")).unwrap();
    let refused = window.refused(
        "export",
        window.export("action:PutObject", &chosen["ticket"]),
    );
    assert_eq!(refused["code"], "usage");
    assert_eq!(fs::read(out.join("rows.jsonl")).unwrap(), first);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
}

#[test]
fn a_cancelled_export_leaves_nothing() {
    let (host, _) = case_of(ROWS, &new_case());
    let window = Window::on(&host, Start::default());
    let out = host.path("out");
    fs::create_dir(&out).unwrap();
    let ticket = window.save_to(&out.join("rows.jsonl"));
    let cancels = window.page.cancels.set(Arc::downgrade(&window.desk));
    cancels.unwrap();
    let refused = window.refused("export", window.export("", &ticket));
    assert_eq!(refused["stopped"], true, "{refused}");
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
    let told = window.page.told.lock().unwrap();
    assert!(told.iter().any(|(event, _)| event == "progress"));
}

#[test]
fn at_litigation_level_an_export_is_on_record_and_looking_is_not_written_again() {
    let (host, case) = case_of(
        40,
        &NewCase {
            custody_level: Some("litigation".to_owned()),
            authority: Some("warrant:7".to_owned()),
            ..new_case()
        },
    );
    let window = Window::on(&host, Start::default());
    let size = || window.ask("case", json!({}))["facts"]["custody"]["size"].clone();
    let before = size();
    let result = window.result("", true);
    let id = window.ids(&result, 0, 1).remove(0);
    window.ask("event", json!({"id": id}));
    window.ask("prove", json!({"id": id}));
    assert_eq!(size(), before);
    let out = host.path("rows.jsonl");
    let ticket = window.save_to(&out);
    let saved = window.ask("export", window.export("", &ticket));
    assert!(saved["custody_seq"].is_u64(), "{saved}");
    let custody = host.path("custody");
    vestige_workbench::custody::export(&host, &case, &custody).unwrap();
    let entries = fs::read_to_string(custody.join("custody.jsonl")).unwrap();
    let entry = entries
        .lines()
        .nth(saved["custody_seq"].as_u64().unwrap() as usize)
        .unwrap();
    let entry: Value = serde_json::from_str(entry).unwrap();
    assert_eq!(entry["event"], "evidence.accessed");
    assert_eq!(entry["objects"][0]["hashes"]["sha256"], saved["sha256"]);
    // The result stays: no row changed.
    assert_eq!(window.ids(&result, 0, 1), [id]);
    window.open();
}
