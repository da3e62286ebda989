//! An evidence item that must no longer be worked with.

mod support;

use support::*;
use vestige_custody::Verdict;
use vestige_workbench::verify::{Terms, verify};
use vestige_workbench::withdraw::withdraw;
use vestige_workbench::{OpenCase, case, custody};

const LOG: &[u8] = b"{\"Records\":[]}\n";

/// Two rows of `EV-0001`, the second of which `EV-0002` has too.
fn rows(host: &TestHost, path: &std::path::Path) {
    let case = OpenCase::open(host, path).unwrap();
    case.writer()
        .connection()
        .execute_batch(
            "INSERT INTO member SELECT id,id,'0',name,'',1,NULL,NULL,'',NULL,NULL,0,'imported',NULL,
               1,1,0,0,0,1,0,NULL,NULL,id*2-1,id*2,NULL,NULL,received_seq FROM evidence;
             INSERT INTO event(id,hidden,kind,type,cloud,time_flags,quality,member,offset,length,decode)
               SELECT n,0,0,1,0,0,0,(n+1)/2,n,1,0 FROM (SELECT 1 n UNION SELECT 2 UNION SELECT 3 UNION SELECT 4);",
        )
        .unwrap();
}

#[test]
fn rows_are_hidden_bytes_and_entries_stay_and_it_verifies() {
    let host = TestHost::new("aex");
    let path = host.case("case");
    receive(&host, &path, 1, "log.json", LOG);
    receive(&host, &path, 2, "other.json", b"{}");
    rows(&host, &path);
    let size = custody::pin(&host, &path).unwrap().size;
    let done = withdraw(&host, &path, "EV-0001", "privileged").unwrap();
    assert_eq!((done.hidden, done.revealed, done.seq), (2, 0, size));
    assert_eq!(std::fs::read(original(&path, LOG)).unwrap(), LOG);
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
