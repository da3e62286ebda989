//! An evidence item that must no longer be worked with.

mod support;

use support::*;
use vestige_custody::Verdict;
use vestige_workbench::verify::{Terms, verify};
use vestige_workbench::withdraw::withdraw;
use vestige_workbench::{case, custody, import, session};

const LOG: &[u8] = b"{\"Records\":[]}\n";

/// Two items with two records each, of which they share one; it is hidden in the second.
fn imported(host: &TestHost) -> std::path::PathBuf {
    let path = host.case("case");
    let folder = host.path("logs");
    std::fs::create_dir(&folder).unwrap();
    let lines = |one, other| format!("{}\n{}\n", record(one), record(other));
    std::fs::write(folder.join("a.json"), lines(1, 2)).unwrap();
    std::fs::write(folder.join("b.json"), lines(2, 3)).unwrap();
    let report = import(host, &path, &request(folder)).unwrap();
    assert_eq!(report.totals.tally.duplicate, 1);
    path
}

#[test]
fn rows_are_hidden_bytes_and_entries_stay_and_it_verifies() {
    let host = TestHost::new("aex");
    let path = imported(&host);
    let log = std::fs::read(host.path("logs/a.json")).unwrap();
    let size = custody::pin(&host, &path).unwrap().size;
    let done = withdraw(&host, &path, "EV-0001", "privileged").unwrap();
    // The record that both had shows in the other item now.
    assert_eq!((done.hidden, done.revealed, done.seq), (2, 1, size));
    assert_eq!(done.revealed_in, ["EV-0002"]);
    assert!(host.heard().contains("1 rows say the same in EV-0002"));
    assert_eq!(std::fs::read(original(&path, &log)).unwrap(), log);
    let facts = case::show(&host, &path).unwrap();
    assert_eq!((facts.holds.evidence, facts.holds.withdrawn), (2, 1));
    let terms = Terms {
        pins: vec![custody::pin(&host, &path).unwrap().line()],
        ..Terms::default()
    };
    let verification = verify(&host, &path, &terms).unwrap();
    assert_eq!(
        verification.verdict,
        Verdict::Verified,
        "{:#?}",
        verification.checks
    );

    let mut entries = Vec::new();
    custody::list(&host, &path, &mut entries).unwrap();
    let entries = String::from_utf8(entries).unwrap();
    assert!(entries.contains(r#""event":"evidence.withdrawn""#));
    assert!(entries.contains(r#""reason":"privileged""#));
}

#[test]
fn what_cannot_be_withdrawn_says_why() {
    let host = TestHost::new("aex");
    let path = host.case("case");
    receive(&host, &path, 1, "log.json", LOG);
    for (id, reason, code) in [
        ("EV-0001", " ", "usage"),
        ("log.json", "r", "usage"),
        ("EV-0009", "r", "absent"),
    ] {
        assert_eq!(
            withdraw(&host, &path, id, reason).unwrap_err().code(),
            code,
            "{id}"
        );
    }
    withdraw(&host, &path, "EV-0001", "r").unwrap();
    let error = withdraw(&host, &path, "EV-0001", "r").unwrap_err();
    assert!(
        error.to_string().contains("it was withdrawn by entry"),
        "{error}"
    );
}

#[test]
fn what_was_withdrawn_is_not_shown_in_warnings_and_does_not_come_back_unnoticed() {
    let host = TestHost::new("aex");
    let path = host.case("case");
    let file = host.path("log.jsonl");
    std::fs::write(
        &file,
        format!("{}\n{{\"eventVersion\":\"1.08\",secret\n", record(1)),
    )
    .unwrap();
    import(&host, &path, &request(file.clone())).unwrap();
    let excerpts = || {
        let reader = session::read(&host, &path, "warnings").unwrap();
        let mut told = Vec::new();
        import::warnings(reader.connection(), Some(1), &mut |row| {
            told.push(row.to_string());
            Ok(())
        })
        .unwrap();
        told.join("\n")
    };
    assert!(excerpts().contains("secret"));
    withdraw(&host, &path, "EV-0001", "privileged").unwrap();
    let told = excerpts();
    assert!(
        !told.contains("secret") && told.contains("\"withdrawn\":true"),
        "{told}"
    );
    assert!(!host.heard().contains("which was withdrawn"));
    import(&host, &path, &request(file)).unwrap();
    assert!(
        host.heard()
            .contains("EV-0002 is the same file as EV-0001, which was withdrawn")
    );
}

#[test]
fn warnings_of_no_item_are_an_error() {
    let host = TestHost::new("aex");
    let path = host.case("case");
    let reader = session::read(&host, &path, "warnings").unwrap();
    let error = import::warnings(reader.connection(), Some(9), &mut |_| Ok(())).unwrap_err();
    assert!(error.to_string().contains("EV-0009"), "{error}");
}
