//! A row that somebody changed in the database is noticed, whichever field it is.

mod support;

use std::fs;
use std::path::Path;

use support::TestHost;
use vestige_store::Connection;
use vestige_workbench::import::{self, Request};
use vestige_workbench::verify::{Status, Terms, Verdict, Verification, verify};
use vestige_workbench::{OpenCase, session};

/// Columns that are derived, or made for look-ups, and are not part of what an entry states.
const DERIVED: [&str; 3] = ["conflict", "content", "event_key"];

fn imported(host: &TestHost) -> std::path::PathBuf {
    let case = host.case("case");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let request = Request {
        paths: vec![
            fixtures.join("aws_cloudtrail"),
            fixtures.join("aws_vpc_flow"),
        ],
        data_type: None,
        in_place: false,
        allow_ratio: false,
        reason: "test".to_owned(),
        jobs: 2,
    };
    let mut open = OpenCase::open(host, &case).unwrap();
    import::import(host, &mut open, &request).unwrap();
    case
}

fn verified(host: &TestHost, case: &Path, deep: bool) -> Verification {
    let terms = Terms {
        deep,
        ..Terms::default()
    };
    verify(host, case, &terms).unwrap()
}

fn failed(found: &Verification) -> Vec<&str> {
    let failed = found
        .checks
        .iter()
        .filter(|check| check.status == Status::Fail);
    failed.map(|check| check.check.as_str()).collect()
}

/// Changes the file past everything that protects it from mistakes.
fn tamper(case: &Path, sql: &str) -> usize {
    let connection = Connection::open(case.join("case.db")).unwrap();
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    connection.execute(sql, []).unwrap()
}

fn columns(case: &Path, table: &str) -> Vec<(String, String)> {
    let connection = Connection::open(case.join("case.db")).unwrap();
    let mut statement = connection
        .prepare(&format!(
            "SELECT name,type FROM pragma_table_info('{table}') WHERE pk=0"
        ))
        .unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn an_untouched_case_gives_the_same_rows_twice() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host);
    let found = verified(&host, &case, true);
    assert_eq!(failed(&found), Vec::<&str>::new(), "{:#?}", found.checks);
    assert_ne!(found.verdict, Verdict::Failed);
    let reader = session::read(&host, &case, "test").unwrap();
    let rows: i64 = reader
        .connection()
        .query_row("SELECT count(*) FROM event", [], |row| row.get(0))
        .unwrap();
    assert!(rows > 50, "{rows} rows compared");
}

#[test]
fn every_changed_field_is_noticed() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host);
    let clean = fs::read(case.join("case.db")).unwrap();
    for table in ["event", "flow"] {
        for (column, kind) in columns(&case, table) {
            if DERIVED.contains(&column.as_str()) {
                continue;
            }
            let other = match kind.as_str() {
                "INTEGER" => format!("coalesce({column},0)+1"),
                _ => format!("CAST(coalesce({column},'')||'x' AS TEXT)"),
            };
            let sql = format!(
                "UPDATE {table} SET {column}={other} WHERE id=(SELECT max(id) FROM {table})"
            );
            assert_eq!(tamper(&case, &sql), 1);
            let found = verified(&host, &case, false);
            assert!(
                !failed(&found).is_empty(),
                "{table}.{column} changed: not noticed"
            );
            fs::write(case.join("case.db"), &clean).unwrap();
        }
    }
}

#[test]
fn rows_that_were_removed_added_or_whose_words_changed_are_noticed() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host);
    let clean = fs::read(case.join("case.db")).unwrap();
    let sqls = [
        "DELETE FROM event WHERE id=(SELECT max(id) FROM event)",
        "DELETE FROM flow WHERE id=3",
        "INSERT INTO flow SELECT 1+(SELECT max(id) FROM flow),hidden,time,end_time,type,src_ip,dst_ip,
           src_port,dst_port,protocol,packets,bytes,action,activity,outcome,account,region,service,
           direction,resource_type,resource_id,resource_name,cloud,time_flags,time_raw,quality,member,
           offset+1,length,sub,decode FROM flow WHERE id=3",
        "UPDATE term SET value='PutObject' WHERE value='GetObject'",
        "DELETE FROM event_resource WHERE event=(SELECT min(event) FROM event_resource)",
        "UPDATE member SET path='7' WHERE id=(SELECT member FROM event LIMIT 1)",
    ];
    for sql in sqls {
        assert!(tamper(&case, sql) > 0, "{sql}");
        let found = verified(&host, &case, false);
        assert!(!failed(&found).is_empty(), "not noticed: {sql}");
        fs::write(case.join("case.db"), &clean).unwrap();
    }
}
