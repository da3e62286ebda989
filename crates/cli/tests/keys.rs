//! Keys and examiners by the command line, and where the passphrase comes from.

mod support;

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{Desk, PASSPHRASE, code, error, text};

/// A key store that holds one passphrase for the signing key, and says what it was asked.
fn store(desk: &Desk, passphrase: &str) -> String {
    let asked = desk.path("asked").display().to_string();
    let script = format!(
        "#!/bin/sh\necho \"$*\" >>'{asked}'\n[ \"$*\" = 'lookup service vestige account signing-key' ] && printf %s '{passphrase}'\n"
    );
    desk.script("secret-tool", &script).display().to_string()
}

fn with_store(desk: &Desk, words: &[&str], programs: &str) -> Command {
    let mut command = desk.unsigned(words);
    command.env("PATH", programs);
    command
}

fn signs(command: &mut Command) -> bool {
    let output = command.output().unwrap();
    let said = error(&output);
    match code(&output) {
        0 => true,
        1 if said.contains("wrong passphrase") || said.contains("needs the signing key") => false,
        other => panic!("{other}: {said}"),
    }
}

#[test]
fn a_key_is_made_once_and_shown() {
    let desk = Desk::new();
    let none = desk.run(&["key", "show"]);
    assert!(code(&none) == 1 && error(&none).contains("vestige key create"));
    let unsigned = desk.unsigned(&["key", "create"]).output().unwrap();
    assert!(
        code(&unsigned) == 1 && error(&unsigned).contains("--passphrase-file"),
        "{}",
        error(&unsigned)
    );
    let made = desk.run(&["key", "create", "--json"]);
    assert!(
        error(&made).contains("secret-tool store"),
        "{}",
        error(&made)
    );
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!(desk.json(&["key", "show", "--json"]), made);
    assert!(
        desk.done(&["key", "show"])
            .contains(made["vkey"].as_str().unwrap())
    );
}

#[test]
fn the_passphrase_comes_from_the_file_then_the_environment_then_the_key_store() {
    let desk = Desk::with_case("case");
    desk.write("right", format!("{PASSPHRASE}\nmore\n"));
    desk.write("wrong", "wrong\n");
    let (file, wrong) = (
        ["--passphrase-file", "right"],
        ["--passphrase-file", "wrong"],
    );
    let sign = ["custody", "case", "sign"];
    assert!(signs(&mut desk.command(&sign)), "the environment");
    assert!(!signs(&mut desk.unsigned(&sign)), "nothing");
    assert!(
        signs(
            desk.unsigned(&[&file[..], &sign].concat())
                .env("VESTIGE_PASSPHRASE", "wrong")
        ),
        "the file comes first"
    );
    assert!(
        !signs(&mut desk.command(&[&wrong[..], &sign].concat())),
        "and is not passed over"
    );
    let programs = store(&desk, PASSPHRASE);
    assert!(
        signs(&mut with_store(&desk, &sign, &programs)),
        "the key store"
    );
    assert!(
        !signs(with_store(&desk, &sign, &programs).env("VESTIGE_PASSPHRASE", "wrong")),
        "the environment before it"
    );
    assert_eq!(
        desk.read("asked").lines().count(),
        1,
        "{}",
        desk.read("asked")
    );
}

#[test]
fn a_key_store_without_an_answer_is_passed_over() {
    let desk = Desk::with_case("case");
    for script in [
        "#!/bin/sh\nexit 1\n",
        "#!/bin/sh\n",
        "#!/bin/sh\necho half; exit 1\n",
    ] {
        let programs = desk.script("secret-tool", script).display().to_string();
        let output = with_store(&desk, &["custody", "case", "sign"], &programs)
            .output()
            .unwrap();
        assert!(
            code(&output) == 1 && error(&output).contains("no passphrase"),
            "{script}: {}",
            error(&output)
        );
    }
    let programs = desk
        .script("secret-tool", "#!/bin/sh\nexec /bin/sleep 300\n")
        .display()
        .to_string();
    let (begun, limit) = (Instant::now(), Duration::from_secs(200));
    let output = with_store(&desk, &["import", "case", "."], &programs)
        .output()
        .unwrap();
    assert!(
        error(&output).contains("key store gave no passphrase"),
        "{}",
        error(&output)
    );
    assert!(
        begun.elapsed() < limit,
        "it waited for the whole of the key store's sleep"
    );
}

#[test]
fn a_wrong_passphrase_says_where_it_came_from() {
    let desk = Desk::with_case("case");
    let programs = store(&desk, "wrong");
    let output = with_store(&desk, &["custody", "case", "sign"], &programs)
        .output()
        .unwrap();
    assert!(
        code(&output) == 1 && error(&output).contains("key store"),
        "{}",
        error(&output)
    );
    let output = desk
        .command(&["custody", "case", "sign"])
        .env("VESTIGE_PASSPHRASE", "wrong")
        .output()
        .unwrap();
    assert!(
        error(&output).contains("VESTIGE_PASSPHRASE"),
        "{}",
        error(&output)
    );
    let empty = desk
        .command(&["key", "show"])
        .env("VESTIGE_PASSPHRASE", "")
        .output()
        .unwrap();
    assert!(
        code(&empty) == 1 && error(&empty).contains("empty"),
        "{}",
        error(&empty)
    );
}

#[test]
fn a_key_that_is_replaced_signs_no_more_and_the_chain_still_verifies() {
    let desk = Desk::with_case("case");
    let before = desk.json(&["key", "show", "--json"]);
    let rotated = desk.json(&["key", "rotate", "case"]);
    assert_ne!(rotated["old"], rotated["new"]);
    assert_ne!(
        desk.json(&["key", "show", "--json"])["public"],
        before["public"]
    );
    let examiners = &desk.json(&["case", "show", "case", "--json"])["examiners"];
    assert_eq!(
        (&examiners[0]["vkey"], &examiners[1]["vkey"]),
        (&rotated["old"], &rotated["new"])
    );
    assert!(examiners[0]["retired_seq"].is_u64() && examiners[1].get("retired_seq").is_none());
    desk.evidence();
    desk.done(&["import", "case", "logs"]);
    desk.json(&["custody", "case", "export", "folder"]);
    let old = before["vkey"].as_str().unwrap();
    let verdict = desk.run(&["verify", "folder", "--key", old]);
    assert_eq!(
        code(&verdict),
        3,
        "trust in the old key reaches the new: {}",
        text(&verdict)
    );
}

#[test]
fn a_second_examiner_is_let_in_and_signs() {
    let desk = Desk::with_case("case");
    let other = |words: &[&str]| {
        let mut command = desk.command(words);
        command.env("VESTIGE_HOME", desk.path("other home"));
        command.env("VESTIGE_PASSPHRASE", "another");
        command.output().unwrap()
    };
    let made = other(&["key", "create", "--json"]);
    let key: Value = serde_json::from_slice(&made.stdout).unwrap();
    let vkey = key["vkey"].as_str().unwrap();
    let refused = other(&["custody", "case", "sign"]);
    assert!(
        code(&refused) == 1 && error(&refused).contains("vestige case examiner CASE"),
        "{}",
        error(&refused)
    );
    let let_in = [
        "case",
        "examiner",
        "case",
        "--name",
        "B. Examiner",
        "--key",
        vkey,
        "--role",
        "reviewer",
        "--organisation",
        "O",
    ];
    let added = desk.json(&let_in);
    assert_eq!(added["name"], "B. Examiner");
    let examiners = &desk.json(&["case", "show", "case", "--json"])["examiners"];
    assert_eq!(examiners[1]["role"], "reviewer");
    desk.evidence();
    let imported = other(&["import", "case", "logs"]);
    assert!(
        code(&imported) == 0 && !error(&imported).contains("unsigned"),
        "{}",
        error(&imported)
    );
    assert_eq!(code(&other(&["verify", "case"])), 3);
    let entries = other(&["custody", "case", "list"]);
    assert!(
        text(&entries)
            .lines()
            .last()
            .unwrap()
            .contains("B. Examiner")
    );
}

#[test]
fn whoever_has_no_name_in_the_environment_is_named_by_the_system() {
    let desk = Desk::new();
    let made = desk
        .unsigned(&["case", "create", "case", "--title", "T", "--examiner", "A"])
        .env_remove("USER")
        .output()
        .unwrap();
    assert_eq!(code(&made), 0, "{}", error(&made));
    let name = Command::new("id").arg("-un").output().unwrap();
    let actor = format!("\"id\":\"user:{}\"", text(&name).trim());
    assert!(
        desk.done(&["custody", "case", "list"]).contains(&actor),
        "{actor}"
    );
}

#[test]
fn evidence_is_received_under_a_clock_that_says_what_it_is() {
    let desk = Desk::with_case("case");
    desk.evidence();
    desk.done(&["import", "case", "logs"]);
    let entries = desk.done(&["custody", "case", "list"]);
    let received = entries
        .lines()
        .find(|line| line.contains("\"evidence.received\""))
        .unwrap();
    let clock = &serde_json::from_str::<Value>(received).unwrap()["clock"];
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    assert_eq!(clock["boot_id"], boot.trim());
    assert!(
        clock["mono_ns"].as_str().unwrap().parse::<u64>().unwrap() > 0,
        "{clock}"
    );
    let zi = std::fs::read_to_string("/usr/share/zoneinfo/tzdata.zi").unwrap_or_default();
    if let Some(version) = zi
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("# version "))
    {
        assert_eq!(clock["tzdata"], version);
    }
}
