//! The demonstration incident through the built program, compared with its answer key.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A case with the whole incident in it, and the key of the one who made it.
struct Case {
    folder: tempfile::TempDir,
    imported: Value,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/incident")
}

fn answers() -> Value {
    serde_json::from_slice(&std::fs::read(fixtures().join("ANSWERS.json")).unwrap()).unwrap()
}

impl Case {
    fn new() -> Case {
        let folder = tempfile::tempdir().unwrap();
        let mut case = Case {
            folder,
            imported: Value::Null,
        };
        let made = case.run(
            &["case", "create"],
            &["--title", "Paper Lantern", "--examiner", "A"],
        );
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        let evidence = fixtures().join("evidence");
        let done = case.run(&["import"], &[evidence.to_str().unwrap(), "--json"]);
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        case.imported = serde_json::from_slice(&done.stdout).unwrap();
        case
    }

    /// Runs the program: the words of the command, the case folder, the rest.
    fn run(&self, words: &[&str], rest: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_vestige"))
            .arg("--quiet")
            .args(words)
            .arg(self.folder.path().join("case"))
            .args(rest)
            .env("VESTIGE_HOME", self.folder.path().join("home"))
            .env("VESTIGE_PASSPHRASE", "paper lantern")
            .output()
            .unwrap()
    }

    fn json(&self, words: &[&str], rest: &[&str]) -> Value {
        let output = self.run(words, rest);
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

#[test]
fn the_program_finds_what_the_answer_key_says() {
    let (case, answers) = (Case::new(), answers());
    every_record_is_accounted_for(&case.imported, &answers);
    for question in answers["questions"].as_array().unwrap() {
        let query = question["query"].as_str().unwrap();
        let found = case.json(&["count"], &[query, "--json"]);
        assert_eq!(found["count"], question["count"], "{query}");
    }
    acts_are_found_by_their_source_ids(&case, &answers);
    what_was_sent_adds_up(&case, &answers);
    let verdict = case.json(&["verify"], &["--json"]);
    assert_ne!(verdict["verdict"], "failed", "{verdict}");
}

fn every_record_is_accounted_for(imported: &Value, answers: &Value) {
    let expected = answers["files"].as_array().unwrap();
    let found = imported["evidence"].as_array().unwrap();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found["name"], expected["path"]);
        for name in [
            "found",
            "stored",
            "duplicate",
            "rejected",
            "ignored",
            "first",
            "last",
        ] {
            assert_eq!(
                found[name], expected[name],
                "{name} of {}",
                expected["path"]
            );
        }
    }
    for name in [
        "files",
        "found",
        "stored",
        "duplicate",
        "rejected",
        "ignored",
    ] {
        assert_eq!(
            imported["totals"][name], answers["totals"][name],
            "{name} in all"
        );
    }
}

fn acts_are_found_by_their_source_ids(case: &Case, answers: &Value) {
    for act in answers["acts"].as_array().unwrap() {
        let query = format!("event_id:{}", act["event_id"].as_str().unwrap());
        let output = case.run(&["events"], &[&query, "--output", "jsonl"]);
        let text = String::from_utf8(output.stdout).unwrap();
        let row: Value =
            serde_json::from_str(text.trim()).unwrap_or_else(|_| panic!("{act}: {text}"));
        for name in [
            "time",
            "service",
            "action",
            "credential",
            "src.ip",
            "region",
        ] {
            let found = row.get(name).unwrap_or(&Value::Null);
            assert_eq!(found, &act[name], "{name} of {act}");
        }
    }
}

fn what_was_sent_adds_up(case: &Case, answers: &Value) {
    let sent = &answers["data_taken"]["flows"];
    let query = format!(
        "src.ip:{} dst.ip:{}",
        sent["src.ip"].as_str().unwrap(),
        sent["dst.ip"].as_str().unwrap()
    );
    let found = case.json(&["flows"], &[&query, "--by", "src.ip,dst.ip", "--json"]);
    for name in ["bytes", "first", "last"] {
        assert_eq!(found[0][name], sent[name], "{name}");
    }
}
