//! The real process is killed at twenty random moments of an import. Whatever the moment, the case
//! opens and verifies, the import repeated reads the rest, and in the end the case holds what an
//! undisturbed import would have put into it, and nothing else lies in its folder.

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use vestige_tests::{Desk, Draw, Holding, code, mixed, said, strangers};

const KILLS: u32 = 20;

/// Imports what lies elsewhere; the same path for every desk, for paths are in the accounts.
fn import<'a>(evidence: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["import", "case", evidence], more].concat()
}

#[test]
fn killed_at_any_moment_the_case_holds_and_takes_the_rest() {
    let source = tempfile::tempdir().unwrap();
    mixed(source.path());
    let evidence = source.path().to_str().unwrap();
    let desk = Desk::with_case("case");
    let begun = Instant::now();
    let whole = desk.json(&import(evidence, &["--json"]));
    let takes = begun.elapsed();
    let expected = Holding::of(&desk, "case");
    expected.recount(&desk, "case", "undisturbed");
    assert_eq!(strangers(&desk, "case"), Vec::<String>::new());

    let mut draw = Draw::new();
    let mut in_the_midst = 0;
    for kill in 0..KILLS {
        // Spread over all of it: one moment in each twentieth.
        let after = takes.mul_f64((f64::from(kill) + draw.part()) / f64::from(KILLS));
        let what = format!("killed after {after:?} of {takes:?}");
        let victim = Desk::with_key_of(&desk);
        victim.case("case");
        let before = victim.done(&["custody", "case", "pin"]);
        in_the_midst += u32::from(killed(&victim, evidence, after));
        survives(&victim, before.trim(), &what);
        completes(&victim, evidence, &whole, &what);
        let holding = Holding::of(&victim, "case");
        holding.equals(&expected, &what);
        holding.recount(&victim, "case", &what);
    }
    assert!(in_the_midst > KILLS / 2, "only {in_the_midst} were in time");
}

/// Whether the import had not ended before.
fn killed(desk: &Desk, evidence: &str, after: Duration) -> bool {
    let mut child = desk
        .command(&import(evidence, &[]))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

/// The case opens for reading, continues what it was, and is verified as it is left.
fn survives(desk: &Desk, before: &str, what: &str) {
    desk.done(&["count", "case"]);
    let verdict = desk.run(&["verify", "case", "--pin", before]);
    let told = String::from_utf8_lossy(&verdict.stdout);
    assert!(
        matches!(code(&verdict), 0 | 3),
        "{what}: {told}{}",
        said(&verdict)
    );
}

/// Importing again accounts for everything, and leaves nothing of what was broken off.
fn completes(desk: &Desk, evidence: &str, whole: &Value, what: &str) {
    let again = desk.json(&import(evidence, &["--json"]));
    let totals = &again["totals"];
    for name in ["files", "bytes", "found"] {
        assert_eq!(totals[name], whole["totals"][name], "{what}: {name}");
    }
    let parts = ["stored", "duplicate", "rejected", "ignored"];
    let sum: u64 = parts
        .iter()
        .map(|part| totals[part].as_u64().unwrap())
        .sum();
    assert_eq!(totals["found"], sum, "{what}: {totals}");
    let verdict = desk.run(&["verify", "case", "--deep"]);
    let told = String::from_utf8_lossy(&verdict.stdout);
    assert!(
        matches!(code(&verdict), 0 | 3),
        "{what}: {told}{}",
        said(&verdict)
    );
    assert_eq!(strangers(desk, "case"), Vec::<String>::new(), "{what}");
    let scratch: Vec<_> = fs::read_dir(desk.path("scratch")).unwrap().collect();
    assert!(scratch.is_empty(), "{what}: {scratch:?}");
}
