//! A row is flagged as conflicting exactly while another row in view has its id and says something
//! else.

mod support;

use std::fs;
use std::path::Path;

use support::{TestHost, import, original, record, request};
use vestige_workbench::import::Request;
use vestige_workbench::session;
use vestige_workbench::verify::{Status, Terms, verify};
use vestige_workbench::withdraw::withdraw;

/// Evidence items whose row is in view, with whether it is flagged.
fn in_view(host: &TestHost, case: &Path) -> Vec<(i64, bool)> {
    assert_founded(host, case);
    let connection = session::read(host, case, "test").unwrap().into_connection();
    let sql =
        "SELECT m.evidence, e.conflict IS NOT NULL FROM event e JOIN member m ON m.id=e.member
        WHERE e.hidden=0 ORDER BY 1";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

/// A deep verification has nothing against what is said of records that came twice.
fn assert_founded(host: &TestHost, case: &Path) {
    let terms = Terms {
        deep: true,
        ..Terms::default()
    };
    let found = verify(host, case, &terms).unwrap();
    let about = |name: &str| ["accounts", "hidden", "state"].contains(&name);
    for check in found.checks {
        let said = check.detail.contains("duplicates and conflicts") || about(&check.check);
        assert!(!said || check.status == Status::Pass, "{check:?}");
    }
}

fn add(host: &TestHost, case: &Path, name: &str, text: &str, in_place: bool) {
    let path = host.path(name);
    fs::write(&path, text).unwrap();
    let request = Request {
        in_place,
        ..request(path)
    };
    import(host, case, &request).unwrap();
}

#[test]
fn who_comes_into_view_by_a_withdrawal_is_flagged_too() {
    let host = TestHost::with_cheap_key("ann");
    let case = host.case("case");
    add(&host, &case, "a.json", &record(1), false);
    add(&host, &case, "b.json", &format!("{}\n", record(1)), false);
    let other = record(1).replace("GetObject", "PutObject");
    add(&host, &case, "c.json", &other, false);
    assert_eq!(in_view(&host, &case), [(1, true), (3, true)]);
    withdraw(&host, &case, "EV-0001", "privileged").unwrap();
    assert_eq!(in_view(&host, &case), [(2, true), (3, true)]);
    withdraw(&host, &case, "EV-0003", "privileged").unwrap();
    assert_eq!(in_view(&host, &case), [(2, false)]);
}

#[test]
fn a_flag_goes_when_what_could_not_be_read_says_the_same() {
    let host = TestHost::with_cheap_key("ann");
    let case = host.case("case");
    add(&host, &case, "a.json", &record(1), true);
    let (there, away) = (host.path("a.json"), host.path("away.json"));
    fs::rename(&there, &away).unwrap();
    add(&host, &case, "b.json", &format!("{}\n", record(1)), false);
    assert_eq!(in_view(&host, &case), [(1, true), (2, true)]);
    assert!(host.heard().contains("cannot be compared"));
    fs::rename(&away, &there).unwrap();
    // Any import looks again.
    add(&host, &case, "c.json", &record(2), false);
    assert_eq!(in_view(&host, &case), [(1, false), (3, false)]);
    assert!(original(&case, format!("{}\n", record(1)).as_bytes()).exists());
}
