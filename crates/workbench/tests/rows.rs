//! A row that somebody changed in the database is noticed, whichever field it is.

mod support;

use std::fs;
use std::io::Write as _;
use std::path::Path;

use support::{TestHost, failed, import, nothing_failed, record, request, tamper, verified};
use vestige_store::Connection;
use vestige_workbench::import::Request;
use vestige_workbench::session;
use vestige_workbench::show::prove;
use vestige_workbench::verify::{Status, Verdict};

/// Columns that are derived, or made for look-ups, and are not part of what an entry states: they
/// are compared with the originals.
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
    import(host, &case, &request).unwrap();
    case
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
    assert_eq!(
        failed(&found.checks),
        Vec::<&str>::new(),
        "{:#?}",
        found.checks
    );
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
                !failed(&found.checks).is_empty(),
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
        assert!(!failed(&found.checks).is_empty(), "not noticed: {sql}");
        fs::write(case.join("case.db"), &clean).unwrap();
    }
}

fn gz(text: &str) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap()
}

/// A case with two records that came twice, two that share an id and differ, and a table whose rows
/// need its header.
fn with_duplicates(host: &TestHost) -> std::path::PathBuf {
    let case = host.case("case");
    let folder = host.path("logs");
    fs::create_dir(&folder).unwrap();
    let other = record(3).replace("GetObject", "PutObject");
    let write = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
    write(
        "a.jsonl",
        format!("{}\n{}\n{}\n", record(1), record(2), record(3)),
    );
    write(
        "b.jsonl",
        format!("{}\n{}\n{other}\nbroken\n", record(1), record(2)),
    );
    write(
        "c.csv",
        "eventVersion,eventTime,eventSource,eventName,awsRegion,sourceIPAddress,recipientAccountId,eventID,requestParameters,userIdentity\n1.08,2026-09-15T02:52:00Z,s3.amazonaws.com,ListBuckets,eu-west-1,203.0.113.77,111122223333,00000009,,\n".to_owned(),
    );
    let flows = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n2 111122223333 eni-0a1b2c3d4e5f60718 198.51.100.7 10.0.1.7 40001 443 6 3 180 1772445600 1772445660 ACCEPT OK\n";
    write("d.log", flows.to_owned());
    fs::write(folder.join("e.log.gz"), gz(flows)).unwrap();
    import(host, &case, &request(folder)).unwrap();
    case
}

/// What somebody may write into the columns that no entry states, and which verification says so.
const DEEP: [(&str, &str); 15] = [
    (
        "a flag removed",
        "UPDATE event SET conflict=NULL WHERE conflict=1",
    ),
    (
        "one flag removed",
        "UPDATE event SET conflict=NULL WHERE id=(SELECT max(id) FROM event WHERE conflict=1)",
    ),
    (
        "a flag made up",
        "UPDATE event SET conflict=1 WHERE id=(SELECT min(id) FROM event)",
    ),
    (
        "an odd flag",
        "UPDATE event SET conflict=2 WHERE conflict=1",
    ),
    (
        "a key altered",
        "UPDATE event SET event_key=event_key+1 WHERE id=(SELECT max(id) FROM event)",
    ),
    (
        "a key removed",
        "UPDATE event SET event_key=NULL WHERE id=(SELECT max(id) FROM event)",
    ),
    (
        "a hash altered",
        "UPDATE event SET content=randomblob(16) WHERE conflict=1",
    ),
    (
        "a hash removed",
        "UPDATE event SET content=NULL WHERE conflict=1",
    ),
    (
        "all hashes of an id removed",
        "UPDATE event SET content=NULL WHERE content IS NOT NULL",
    ),
    (
        "a hash made up",
        "UPDATE event SET content=randomblob(16) WHERE id=(SELECT max(id) FROM event)",
    ),
    (
        "a header altered",
        "UPDATE member SET context=CAST(replace(CAST(context AS TEXT),'eventName','eventN4me') AS BLOB) WHERE context LIKE '%eventName%'",
    ),
    (
        "a header removed",
        "UPDATE member SET context=NULL WHERE context IS NOT NULL",
    ),
    (
        "bytes said to be others",
        "UPDATE member SET content=zeroblob(32) WHERE content IS NOT NULL",
    ),
    (
        "a time of a member",
        "UPDATE member SET first=first-1 WHERE first IS NOT NULL",
    ),
    ("the size of a member", "UPDATE member SET bytes=bytes+1"),
];

#[test]
fn what_is_derived_from_records_is_noticed_by_a_deep_verification() {
    let host = TestHost::with_cheap_key("ann");
    let case = with_duplicates(&host);
    nothing_failed(&host, &case, true);
    let clean = fs::read(case.join("case.db")).unwrap();
    for (what, sql) in DEEP {
        assert!(tamper(&case, sql) > 0, "{what}");
        let found = verified(&host, &case, true);
        assert!(
            failed(&found.checks).contains(&"deep"),
            "{what}: {:#?}",
            found.checks
        );
        fs::write(case.join("case.db"), &clean).unwrap();
    }
}

#[test]
fn a_duplicate_without_an_equal_survivor_is_noticed_by_a_deep_verification() {
    let host = TestHost::with_cheap_key("ann");
    let case = with_duplicates(&host);
    let clean = fs::read(case.join("case.db")).unwrap();
    // Somebody who also writes the digest of the duplicates into the chain is left with the rows.
    let other = "(SELECT min(id) FROM event WHERE conflict=1)";
    for sql in [
        &*format!("UPDATE duplicate SET survivor={other}"),
        &*format!("INSERT INTO duplicate SELECT max(id),{other},1 FROM event WHERE conflict=1"),
        "UPDATE duplicate SET survivor=event",
        "UPDATE duplicate_member SET survivor=member",
        "UPDATE duplicate_member SET survivor=(SELECT min(id) FROM member)",
        "DELETE FROM duplicate",
    ] {
        assert!(tamper(&case, sql) > 0, "{sql}");
        tamper(
            &case,
            "UPDATE event SET hidden=id IN (SELECT event FROM duplicate) WHERE member NOT IN (SELECT member FROM duplicate_member)",
        );
        let found = verified(&host, &case, true);
        assert!(
            failed(&found.checks).contains(&"deep"),
            "{sql}: {:#?}",
            found.checks
        );
        fs::write(case.join("case.db"), &clean).unwrap();
    }
}

#[test]
fn an_account_of_a_member_that_is_not_the_one_on_record_is_noticed() {
    let host = TestHost::with_cheap_key("ann");
    let case = with_duplicates(&host);
    nothing_failed(&host, &case, false);
    let clean = fs::read(case.join("case.db")).unwrap();
    for sql in [
        "UPDATE member SET found=found+1, ignored=ignored+1 WHERE id=1",
        "UPDATE member SET found=found+1, stored=stored+1 WHERE id=1",
        "UPDATE member SET found=found-1, rejected=rejected-1 WHERE rejected>0",
        "UPDATE member SET stored=stored-1, rejected=rejected+1 WHERE id=1",
        "UPDATE member SET stored=stored-1, duplicate=duplicate+1 WHERE id=1",
        "UPDATE member SET events=events+1 WHERE id=1",
        "UPDATE member SET warnings=warnings+1 WHERE id=1",
        "UPDATE member SET warnings=0 WHERE warnings>0",
        "DELETE FROM warning WHERE member IS NOT NULL",
        "UPDATE member SET state='partial' WHERE id=1",
        "UPDATE member SET seq=seq-1 WHERE id=1",
        "INSERT INTO member SELECT 1000,evidence,path,name,layers,0,format,envelope,recognised,context,content,seekable,'imported',NULL,0,0,0,0,0,0,0,NULL,NULL,NULL,NULL,NULL,NULL,seq FROM member WHERE id=1",
    ] {
        assert!(tamper(&case, sql) > 0, "{sql}");
        let found = verified(&host, &case, false);
        assert!(
            failed(&found.checks).contains(&"accounts"),
            "{sql}: {:#?}",
            found.checks
        );
        fs::write(case.join("case.db"), &clean).unwrap();
    }
    // What the sums of an entry cannot show, the originals do.
    let swapped = "UPDATE member SET found=found-1, ignored=ignored-1 WHERE id=1;
        UPDATE member SET found=found+1, ignored=ignored+1 WHERE id=2";
    let connection = Connection::open(case.join("case.db")).unwrap();
    connection.execute_batch(swapped).unwrap();
    drop(connection);
    assert!(failed(&verified(&host, &case, true).checks).contains(&"deep"));
}

#[test]
fn the_proof_of_an_event_covers_what_is_derived_from_it() {
    let host = TestHost::with_cheap_key("ann");
    let case = with_duplicates(&host);
    let reader = session::read(&host, &case, "test").unwrap();
    let ids = |condition: &str| -> String {
        let sql = format!(
            "SELECT lower(hex(substr(v.sha256,1,8)))||'.'||m.path||'.'||e.offset FROM event e
               JOIN member m ON m.id=e.member JOIN evidence v ON v.id=m.evidence WHERE {condition} LIMIT 1"
        );
        reader
            .connection()
            .query_row(&sql, [], |row| row.get(0))
            .unwrap()
    };
    let (apart, repeated) = (ids("conflict=1"), ids("hidden=1"));
    let table = ids("CAST(m.context AS TEXT) LIKE '%eventName%'");
    drop(reader);
    let clean = fs::read(case.join("case.db")).unwrap();
    for (id, check, sql) in [
        (&apart, "derived", "UPDATE event SET conflict=NULL"),
        (&apart, "derived", "UPDATE event SET content=randomblob(16)"),
        (&apart, "derived", "UPDATE event SET event_key=event_key+1"),
        (
            &repeated,
            "derived",
            "UPDATE event SET content=randomblob(16) WHERE hidden=0",
        ),
        (&table, "derived", "UPDATE event SET conflict=1"),
        (
            &table,
            "context",
            "UPDATE member SET context=CAST(context||' ' AS BLOB) WHERE context IS NOT NULL",
        ),
    ] {
        let before = prove(&host, &case, id).unwrap();
        assert_eq!(
            before.checks.iter().find(|one| one.status == Status::Fail),
            None
        );
        assert!(tamper(&case, sql) > 0, "{sql}");
        let after = prove(&host, &case, id).unwrap();
        let failed = |one: &vestige_workbench::verify::Check| {
            one.check == check && one.status == Status::Fail
        };
        assert!(
            after.checks.iter().any(failed),
            "{sql}: {:#?}",
            after.checks
        );
        fs::write(case.join("case.db"), &clean).unwrap();
    }
}
