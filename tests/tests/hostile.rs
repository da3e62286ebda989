//! Bad input through the built program. Whatever it is, the message names the thing, says what was
//! expected and what to do; the rest of the evidence is read; nothing half-written stays.

use std::fs;

use serde_json::Value;
use vestige_tests::{Desk, code, gz, packed, record, said, strangers, zip};

/// This many records, one a line; their ids begin with `file`.
fn lines(file: usize, records: usize) -> String {
    let lines = (0..records).map(|number| format!("{}\n", record(file, number, "GetObject")));
    lines.collect()
}

/// As [`lines`], each with much that shrinks to nothing.
fn padded(file: usize, records: usize) -> String {
    let padding = "a".repeat(400 << 10);
    let long = |line: &str| format!("{}\n", line.replacen("aws-cli", &padding, 1));
    lines(file, records).lines().map(long).collect()
}

/// A zip whose entry says that it is encrypted.
fn locked_zip() -> Vec<u8> {
    let mut bytes = zip(&[("inner.json", lines(9, 2).into())]);
    for (mark, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = bytes.windows(4).position(|four| four == mark).unwrap();
        bytes[at + flags] |= 1;
    }
    bytes
}

fn utf16(text: &str) -> Vec<u8> {
    let units = format!("\u{feff}{text}");
    units.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn between(file: usize, odd: &[u8]) -> Vec<u8> {
    [
        lines(file, 1).as_bytes(),
        odd,
        b"\n",
        lines(file + 50, 1).as_bytes(),
    ]
    .concat()
}

/// A record with these bytes as the user agent.
fn agent(file: usize, odd: &[u8]) -> Vec<u8> {
    let text = lines(file, 1);
    let at = text.find("aws-cli/2.15").unwrap();
    let (before, after) = text.split_at(at);
    [
        before.as_bytes(),
        odd,
        &after.as_bytes()["aws-cli/2.15".len()..],
    ]
    .concat()
}

/// One bad file: its bytes; what becomes of it: state, found, stored, rejected; what has to be said
/// of it in its reason or a warning.
struct Bad(
    &'static str,
    Vec<u8>,
    &'static str,
    [u64; 3],
    &'static [&'static str],
);

fn bad() -> Vec<Bad> {
    let all = gz(lines(1, 400));
    let cut = all[..all.len() * 3 / 4].to_vec();
    let tail = [gz(lines(2, 3)), b"this is no gzip".to_vec()].concat();
    let bomb = packed(padded(3, 80));
    let broken = format!(
        "{{\"Records\":[{},{{\"eventName\":],{}]}}",
        record(4, 1, "A"),
        record(4, 2, "B")
    );
    let deep = format!(
        "{{\"eventVersion\":\"1.08\",\"requestParameters\":{}",
        "[".repeat(100_000)
    );
    vec![
        Bad(
            "binary",
            b"\x7fELF\x02\x01\x01\0\0\0\0".into(),
            "rejected",
            [0, 0, 0],
            &[
                "format not recognised",
                "binary data",
                "expected aws:cloudtrail",
                "--type",
            ],
        ),
        Bad(
            "text",
            b"Dear diary\nnothing happened\n".into(),
            "rejected",
            [0, 0, 0],
            &["format not recognised", "Dear diary"],
        ),
        Bad(
            "empty",
            Vec::new(),
            "rejected",
            [0, 0, 0],
            &["format not recognised", "empty"],
        ),
        Bad(
            "cut.gz",
            cut,
            "partial",
            [0, 0, 1],
            &[
                "ends too early",
                "more compressed data",
                "the end of the data",
            ],
        ),
        Bad(
            "tail.gz",
            tail,
            "imported",
            [3, 3, 0],
            &["not read", "the end of the data, or more gz data"],
        ),
        Bad(
            "bomb.gz",
            bomb,
            "rejected",
            [0, 0, 0],
            &["more than 200 times", "--allow-ratio"],
        ),
        Bad(
            "locked.zip",
            locked_zip(),
            "rejected",
            [0, 0, 0],
            &["inner.json", "protected by a password", "unpack it"],
        ),
        Bad(
            "broken.json",
            broken.into(),
            "imported",
            [3, 2, 1],
            &["not well-formed JSON", "a JSON value", "offset"],
        ),
        Bad(
            "utf16.json",
            utf16(&lines(5, 2)),
            "imported",
            [2, 2, 0],
            &[],
        ),
        Bad(
            "latin1.json",
            agent(6, b"J\xf6rg"),
            "imported",
            [1, 1, 0],
            &[],
        ),
        Bad(
            "deep.json",
            between(7, deep.as_bytes()),
            "imported",
            [3, 2, 1],
            &["at most 128 levels"],
        ),
        Bad(
            "nul.json",
            between(8, &[0; 300]),
            "imported",
            [2, 2, 0],
            &["NUL bytes", "300 NUL bytes"],
        ),
        Bad(
            "utf8.json",
            agent(10, b"\xff\xfe\xc0\xaf"),
            "imported",
            [1, 1, 0],
            &[],
        ),
    ]
}

/// Everything that was said of a file: its reason, and its warnings.
fn told(report: &Value, warnings: &[Value], name: &str) -> String {
    let of = |one: &&Value| {
        one["name"]
            .as_str()
            .is_some_and(|found| found.contains(name))
    };
    let items = report["evidence"].as_array().unwrap();
    let items = items.iter().filter(|item| {
        let path = item["path"].as_str().unwrap_or_default();
        path.split(['/', '!']).any(|part| part == name)
    });
    let reasons = items.map(|item| format!("{}; ", item["reason"].as_str().unwrap_or_default()));
    let warnings = warnings.iter().filter(of).map(Value::to_string);
    reasons.chain(warnings).collect()
}

fn item<'a>(report: &'a Value, name: &str) -> &'a Value {
    let all = report["evidence"].as_array().unwrap();
    let named = |item: &&Value| item["name"].as_str().unwrap().rsplit('/').next() == Some(name);
    let found = all.iter().find(named);
    found.unwrap_or_else(|| panic!("{name} is not in {report}"))
}

#[test]
fn every_bad_file_is_told_and_the_rest_is_read() {
    let desk = Desk::with_case("case");
    for Bad(name, bytes, ..) in bad() {
        desk.write(&format!("logs/{name}"), bytes);
        // Good neighbours on both sides.
        desk.write(
            &format!("logs/{name}.good"),
            lines(name.len() + 100 + usize::from(name.as_bytes()[0]) * 20, 2),
        );
    }
    let report = desk.json(&["import", "case", "logs", "--json"]);
    let warnings = desk.lines(&["warnings", "case"]);
    for Bad(name, _, state, tally, words) in bad() {
        let found = item(&report, name);
        assert_eq!(found["state"], state, "{found}");
        if name != "cut.gz" {
            assert_eq!(
                [&found["found"], &found["stored"], &found["rejected"]],
                tally.each_ref(),
                "{found}"
            );
        }
        let told = told(&report, &warnings, name);
        for word in words {
            assert!(told.contains(word), "{name}: expected {word:?} in {told}");
        }
        let good = item(&report, &format!("{name}.good"));
        assert_eq!(
            (&good["state"], &good["stored"]),
            (&"imported".into(), &2.into()),
            "{good}"
        );
    }
    // What was read before the cut is there, and the record that was cut is accounted for.
    let cut = item(&report, "cut.gz");
    assert!(
        cut["stored"].as_u64() > Some(200) && cut["rejected"] == 1,
        "{cut}"
    );
    let verdict = desk.json(&["verify", "case", "--deep", "--json"]);
    assert_ne!(verdict["verdict"], "failed", "{verdict}");
    assert_eq!(strangers(&desk, "case"), Vec::<String>::new());
    // The advice works.
    let again = desk.json(&["import", "case", "logs/bomb.gz", "--allow-ratio", "--json"]);
    assert_eq!(
        (&again["totals"]["found"], &again["totals"]["rejected"]),
        (&80.into(), &0.into()),
        "{again}"
    );
    // In an archive, too: what was read the first time is not read again.
    let half = [
        ("good.json", lines(11, 2).into()),
        ("bomb.gz", packed(padded(12, 80))),
    ];
    desk.write("logs/half.zip", zip(&half));
    for (more, found, state) in [
        (&["--json"][..], 2, "partial"),
        (&["--json", "--allow-ratio"], 82, "imported"),
    ] {
        let words = [&["import", "case", "logs/half.zip"], more].concat();
        let report = desk.json(&words);
        assert_eq!(report["totals"]["found"], found, "{report}");
        assert_eq!(report["evidence"][0]["state"], state, "{report}");
    }
    assert_eq!(code(&desk.run(&["verify", "case", "--deep"])), 3);
    // What is not UTF-8 is shown as it is in the bytes.
    let agents = desk.json(&["top", "case", "agent", "--json"]).to_string();
    assert!(
        agents.contains(r"J\\xf6rg") && agents.contains(r"\\xff\\xfe"),
        "{agents}"
    );
}

#[test]
fn what_is_no_file_is_named_and_odd_names_are_read() {
    use rustix::fs::{CWD, Mode, mkfifoat};
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let desk = Desk::with_case("case");
    desk.write("logs/plain.json", lines(1, 1));
    let logs = desk.path("logs");
    symlink("plain.json", logs.join("link.json")).unwrap();
    symlink("nowhere", logs.join("dangling.json")).unwrap();
    symlink("..", logs.join("loop")).unwrap();
    mkfifoat(CWD, logs.join("pipe"), Mode::RWXU).unwrap();
    desk.write("logs/mine.json", lines(2, 1));
    fs::set_permissions(logs.join("mine.json"), fs::Permissions::from_mode(0o000)).unwrap();
    let (long, bytes) = ("n".repeat(255), OsStr::from_bytes(b"latin\xe9.json"));
    fs::write(logs.join(&long), lines(3, 1)).unwrap();
    fs::write(logs.join(bytes), lines(4, 1)).unwrap();
    desk.write(
        &format!("logs/{0}/{0}/{0}/{0}/deep.json", "d".repeat(200)),
        lines(5, 1),
    );
    let desk = desk.as_nobody();
    let report = desk.json(&["import", "case", "logs", "nowhere.json", "--json"]);
    for (name, word) in [
        ("link.json", "a symbolic link to plain.json"),
        ("dangling.json", "name its target to import it"),
        ("loop", "not followed"),
        ("pipe", "a pipe, not a file; expected a file or a folder"),
        ("mine.json", "check that you may read it"),
    ] {
        let found = item(&report, name);
        assert_eq!(found["state"], "rejected", "{found}");
        let told = told(&report, &[], name);
        assert!(
            told.contains(word) || told.contains("that you may read it") && name == "mine.json",
            "{name}: expected {word:?} in {told}"
        );
    }
    let missing = &report["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "nowhere.json")
        .unwrap()["reason"];
    assert!(
        missing.as_str().unwrap().contains("check that it exists"),
        "{missing}"
    );
    for name in ["plain.json", "deep.json", "latin\\xe9.json", &long] {
        let found = item(&report, name);
        assert_eq!(
            (&found["state"], &found["stored"]),
            (&"imported".into(), &1.into()),
            "{found}"
        );
    }
    assert_eq!(report["totals"]["stored"], 4);
    assert_eq!(code(&desk.run(&["verify", "case"])), 3);
    let deep = desk.run(&["verify", "case", "--deep"]);
    assert_eq!(code(&deep), 3, "{}", said(&deep));
}
