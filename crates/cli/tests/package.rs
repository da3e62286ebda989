//! A package from its maker to a stranger: made by the program, verified by it, by the tools of
//! others, and noticed where a byte of it was changed.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use support::*;

/// A desk with a case of which a package was made.
fn packaged() -> (Desk, Value) {
    let desk = Desk::with_case("case");
    desk.evidence();
    desk.done(&["--quiet", "import", "case", "logs"]);
    let made = desk.json(&MAKE);
    (desk, made)
}

const MAKE: [&str; 8] = [
    "package",
    "case",
    "--profile",
    "expert",
    "--output",
    "case.zip",
    "--recipient",
    "Another Expert",
];

/// A program of the system in this folder.
fn system(folder: &Path, program: &str, words: &[&str]) -> Output {
    let done = Command::new(program)
        .args(words)
        .current_dir(folder)
        .output();
    done.unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// The package unpacked; gives the bag's folder.
fn unpacked(desk: &Desk) -> PathBuf {
    let out = desk.path("out");
    let done = system(
        &desk.path("."),
        "python3",
        &["-m", "zipfile", "-e", "case.zip", "out"],
    );
    assert!(done.status.success(), "{}", error(&done));
    let mut tops = std::fs::read_dir(out).unwrap();
    let top = tops.next().unwrap().unwrap().path();
    assert!(tops.next().is_none(), "more than one folder on top");
    top
}

fn pin(made: &Value) -> String {
    format!("{}:{}", made["size"], made["root"].as_str().unwrap())
}

#[test]
fn a_package_is_made_recorded_and_verifies_here_and_elsewhere() {
    let (desk, made) = packaged();
    let wanted =
        "path sha256 bytes files profile originals hash_only size root custody_seq verdict";
    for key in wanted.split(' ') {
        assert!(made.get(key).is_some(), "{key}: {made}");
    }
    assert_eq!(
        (&made["profile"], &made["originals"]),
        (&"expert".into(), &2.into())
    );
    assert_eq!(made["custody_seq"], made["size"]);
    let entries: Vec<Value> = desk
        .done(&["custody", "case", "list"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let events: Vec<&str> = entries
        .iter()
        .map(|one| one["event"].as_str().unwrap())
        .collect();
    let last = &events[events.len() - 3..];
    assert_eq!(
        last,
        ["checkpoint.signed", "package.exported", "package.verified"]
    );
    let exported = &entries[entries.len() - 2];
    assert_eq!(exported["details"]["package_sha256"], made["sha256"]);
    assert_eq!(exported["details"]["recipient"], "Another Expert");

    assert_eq!(code(&desk.run(&["verify", "case.zip"])), 3);
    let pinned = desk.run(&["verify", "case.zip", "--pin", &pin(&made)]);
    assert_eq!(code(&pinned), 0, "{}", text(&pinned));
    assert_eq!(code(&desk.run(&["verify", "case"])), 3);
    let other = format!("{}:{}", made["size"], "0".repeat(64));
    assert_eq!(code(&desk.run(&["verify", "case.zip", "--pin", &other])), 1);

    let top = unpacked(&desk);
    let python = |words: &[&str]| {
        let fixed = ["data/verify/verify_custody.py", "data/custody"];
        system(&top, "python3", &[&fixed[..], words].concat())
    };
    // The keys that it has came with the package: that is a warning.
    let done = python(&[]);
    assert_eq!(code(&done), 2, "{}", text(&done));
    let done = python(&["--pin", &pin(&made)]);
    assert_eq!(code(&done), 0, "{}", text(&done));
    let key = desk.json(&["custody", "case", "pin", "--json"])["key"].clone();
    let done = python(&["--pin", &pin(&made), "--key", key.as_str().unwrap()]);
    assert_eq!(code(&done), 0, "{}", text(&done));
    let sums = system(&top, "sha256sum", &["--quiet", "-c", "manifest-sha256.txt"]);
    assert!(sums.status.success(), "{}", error(&sums));
    let beside = system(&desk.path("."), "sha256sum", &["-c", "case.zip.sha256"]);
    assert!(beside.status.success(), "{}", error(&beside));
    for name in [
        "data/README.txt",
        "data/timeline/timeline.csv",
        "data/evidence/evidence.jsonl",
    ] {
        assert!(top.join(name).is_file(), "{name}");
    }
    let rows = std::fs::read_to_string(top.join("data/timeline/timeline.jsonl")).unwrap();
    assert_eq!(
        rows,
        desk.done(&["events", "case", "--all", "--output", "jsonl"])
    );
}

#[test]
fn the_tools_of_others_take_it() {
    let (desk, _) = packaged();
    let folder = desk.path(".");
    if Command::new("unzip").arg("-v").output().is_ok() {
        let tested = system(&folder, "unzip", &["-t", "case.zip"]);
        assert!(tested.status.success(), "{}", text(&tested));
        let listed = text(&system(&folder, "zipinfo", &["-1", "case.zip"]));
        let names: Vec<&str> = listed.lines().filter(|line| line.contains('/')).collect();
        assert!(names.is_sorted(), "{listed}");
    } else {
        eprintln!("unzip is not installed: the package is NOT compared with it");
    }
    let python = "import zipfile, sys; sys.exit(zipfile.ZipFile('case.zip').testzip() is not None)";
    assert!(system(&folder, "python3", &["-c", python]).status.success());
    // The folder of the target that holds this program, two levels up.
    let program = std::env::current_exe().unwrap();
    let bagit = program
        .ancestors()
        .map(|one| one.join("bagit/bin/bagit.py"))
        .find(|one| one.is_file());
    let Some(bagit) = bagit else {
        eprintln!(
            "bagit.py is not there (.ci/setup installs it): the package is NOT compared with it"
        );
        return;
    };
    let top = unpacked(&desk);
    let said = system(
        &folder,
        bagit.to_str().unwrap(),
        &["--validate", top.to_str().unwrap()],
    );
    assert!(said.status.success(), "{}", error(&said));
}

#[test]
fn a_changed_byte_anywhere_is_noticed() {
    let (desk, _) = packaged();
    let whole = std::fs::read(desk.path("case.zip")).unwrap();
    let step = (whole.len() / 60).max(1);
    for at in (0..whole.len()).step_by(step).chain([whole.len() - 1]) {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        // Without the digest beside it, which would tell by itself.
        desk.write("changed.zip", changed);
        let found = desk.run(&["verify", "changed.zip", "--json"]);
        assert_eq!(code(&found), 1, "byte {at}: {}", text(&found));
    }
    desk.write("case.zip", [&whole[..], b"x"].concat());
    assert_eq!(code(&desk.run(&["verify", "case.zip"])), 1);
}

#[test]
fn an_absent_profile_is_wrong_usage_and_nothing_is_overwritten() {
    let (desk, _) = packaged();
    let refused = desk.run(&[
        "package",
        "case",
        "--profile",
        "regulator",
        "--output",
        "b.zip",
    ]);
    assert_eq!(code(&refused), 2);
    let said = error(&refused);
    assert!(
        said.contains("only profile that is there yet") && !said.contains("insurer"),
        "{said}"
    );
    assert!(!desk.path("b.zip").exists());
    let before = std::fs::read(desk.path("case.zip")).unwrap();
    let refused = desk.run(&MAKE);
    assert_eq!(code(&refused), 1, "{}", error(&refused));
    assert!(error(&refused).contains("a file is there already"));
    assert_eq!(std::fs::read(desk.path("case.zip")).unwrap(), before);
    desk.write("note.zip", "this is no zip");
    let found = desk.run(&["verify", "note.zip"]);
    assert!(
        code(&found) == 1 && text(&found).contains("expected a zip"),
        "{}",
        text(&found)
    );
}

#[test]
fn what_was_withdrawn_or_left_in_place_is_there_by_its_hash_only() {
    let desk = Desk::with_case("case");
    desk.evidence();
    desk.done(&["--quiet", "import", "case", "logs/trail.json"]);
    desk.done(&["--quiet", "import", "case", "logs/flow.log", "--in-place"]);
    desk.json(&["withdraw", "case", "EV-0001", "--reason", "privileged"]);
    let made = desk.json(&MAKE);
    assert_eq!(
        (
            &made["originals"],
            made["hash_only"].as_array().unwrap().len()
        ),
        (&0.into(), 2)
    );
    let found = desk.run(&["verify", "case.zip", "--pin", &pin(&made)]);
    assert_eq!(code(&found), 3, "{}", text(&found));
    let top = unpacked(&desk);
    let lines = std::fs::read_to_string(top.join("data/evidence/evidence.jsonl")).unwrap();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["absent"], "it was withdrawn");
    assert!(
        lines[1]["absent"]
            .as_str()
            .unwrap()
            .contains("left in place")
    );
    assert!(
        lines
            .iter()
            .all(|one| one["sha256"].is_string() && one["file"].is_null())
    );
}

#[test]
fn a_bag_of_somebody_else_is_verified_and_explained() {
    let desk = Desk::new();
    let script = "\
import hashlib, zipfile
with zipfile.ZipFile('bag.zip', 'w') as bag:
    put = lambda name, text: bag.writestr('bag/' + name, text)
    put('bagit.txt', 'BagIt-Version: 0.97\\nTag-File-Character-Encoding: UTF-8\\n')
    put('data/a b.txt', 'hello')
    put('manifest-md5.txt', hashlib.md5(b'hello').hexdigest() + '  data/a b.txt\\n')
";
    let made = system(&desk.path("."), "python3", &["-c", script]);
    assert!(made.status.success(), "{}", error(&made));
    let found = desk.run(&["verify", "bag.zip"]);
    assert_eq!(code(&found), 3, "{}", text(&found));
    let said = text(&found);
    for part in [
        "only MD5 or SHA-1",
        "no data/custody/custody.jsonl",
        "an older form",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
