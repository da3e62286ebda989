//! Makes the case that `tests/old_cases.rs` opens in years to come: `cargo run -p vestige-tests
//! --bin make-case -- fixtures/cases/v1`, by the program built beside it. A case of a version that
//! was released is never made again.

use std::fs;
use std::path::Path;

use serde_json::json;
use vestige_tests::{Desk, FLOWS, copy_folder, gz, packed, record, tar};

fn lines(file: usize, records: std::ops::Range<usize>) -> String {
    let lines = records.map(|number| format!("{}\n", record(file, number, "GetObject")));
    lines.collect()
}

/// A member so large that it gets a side copy, and yet small when packed.
fn large() -> Vec<u8> {
    let mut mixed = 1_u64;
    let block: String = (0..40)
        .map(|_| {
            mixed = mixed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            format!("{mixed:016x}")
        })
        .collect();
    let padded = |number| {
        let mut one = record(7, number, "PutObject");
        one["requestParameters"]["padding"] = block.repeat(1_300).into();
        format!("{one}\n")
    };
    packed((0..42).map(padded).collect::<String>())
}

/// Files with everything that a case can hold: records twice, a flow log twice, an archive, a
/// damaged record, a file of no format, a file to be withdrawn, one with a side copy.
fn evidence(desk: &Desk) {
    let again = format!(
        "{{\"Records\":[{},{}]}}",
        record(1, 2, "GetObject"),
        record(1, 3, "GetObject")
    );
    let broken = format!("{}{{\"eventName\": \n{}", lines(1, 0..4), lines(1, 4..8));
    let flows = FLOWS.replace("10.0.1.5", "10.0.1.77");
    desk.write("evidence/a-trail.jsonl", broken);
    desk.write("evidence/b-again.json.gz", gz(again));
    desk.write("evidence/c-flows.log", FLOWS);
    desk.write("evidence/d-flows.log.gz", gz(FLOWS));
    let files = [
        ("x/trail.jsonl", lines(2, 0..3).into()),
        ("x/flows.log", flows.into()),
    ];
    desk.write("evidence/e.tar.gz", gz(tar(&files)));
    desk.write("evidence/f-large.jsonl.gz", large());
    desk.write("evidence/g-private.jsonl", lines(3, 0..3));
    desk.write("evidence/h-notes.txt", "neither a trail nor a flow log\n");
}

fn made(desk: &mut Desk) {
    evidence(desk);
    desk.case("case");
    desk.done(&[
        "--quiet",
        "import",
        "case",
        "evidence",
        "--reason",
        "engagement 7",
    ]);
    let report = desk.json(&["evidence", "case", "--json"]);
    let items = report["evidence"].as_array().unwrap();
    let private = items
        .iter()
        .find(|one| one["name"] == "g-private.jsonl")
        .unwrap();
    let private = private["id"].as_str().unwrap();
    desk.done(&["withdraw", "case", private, "--reason", "privileged"]);
    desk.sit_down("second home");
    let key = desk.json(&["key", "create", "--json"]);
    desk.sit_down("home");
    let enter = ["case", "examiner", "case", "--name", "B. Examiner", "--key"];
    desk.done(&[&enter[..], &[key["vkey"].as_str().unwrap()]].concat());
    // Its query is a file in exports/.
    desk.done(&["custody", "case", "request"]);
}

fn main() {
    let out = std::env::args()
        .nth(1)
        .expect("expected the folder to make, as fixtures/cases/v2");
    let out = Path::new(&out);
    assert!(!out.exists(), "{} is there already", out.display());
    let mut desk = Desk::new();
    made(&mut desk);
    // Before anything is read: a reader leaves its log beside the database.
    for beside in ["case.db-wal", "case.db-shm"] {
        assert!(!desk.path("case").join(beside).exists(), "{beside} is left");
    }
    fs::remove_file(desk.path("case/.lock")).unwrap();
    copy_folder(&desk.path("case"), &out.join("case"));
    let facts = json!({
        "made_by": desk.done(&["--version"]).trim(),
        "pin": desk.done(&["custody", "case", "pin"]).trim(),
        "verdict": desk.json(&["verify", "case", "--json"])["verdict"],
        "totals": desk.json(&["evidence", "case", "--json"])["totals"],
        "holds": desk.json(&["case", "show", "case", "--json"])["holds"],
        "rows": desk.lines(&["events", "case", "--all", "--output", "jsonl"]),
    });
    let text = serde_json::to_string_pretty(&facts).unwrap();
    fs::write(out.join("facts.json"), text + "\n").unwrap();
    println!(
        "{}: {} rows",
        out.display(),
        facts["rows"].as_array().unwrap().len()
    );
}
