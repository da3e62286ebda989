//! What somebody alters in a case beside its rows, and which verification says so: the dictionary,
//! warnings, what is shown of items and members, why a row is hidden.

mod support;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use support::{TestHost, failed, import, nothing_failed, record, request, tamper, verified};
use vestige_store::Connection;
use vestige_workbench::session;
use vestige_workbench::show::{Proof, prove};
use vestige_workbench::verify::{Check, Status, Verdict};
use vestige_workbench::withdraw::withdraw;

/// Each of these makes the check fail that is named, and nothing else did before.
fn noticed(host: &TestHost, case: &Path, deep: bool, check: &str, sqls: &[&str]) {
    nothing_failed(host, case, deep);
    let clean = fs::read(case.join("case.db")).unwrap();
    for sql in sqls {
        assert!(tamper(case, sql) > 0, "changes nothing: {sql}");
        let found = verified(host, case, deep);
        assert!(
            failed(&found.checks).contains(&check),
            "{sql}: {:#?}",
            found.checks
        );
        fs::write(case.join("case.db"), &clean).unwrap();
    }
}

fn gz(text: &str) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap()
}

const FLOWS: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n2 111122223333 eni-0a1b2c3d4e5f60718 198.51.100.7 10.0.1.7 40001 443 6 3 180 1772445600 1772445660 ACCEPT OK\n";

/// A case with damaged lines, a file cut short, one that nobody recognises, one that is there twice,
/// one that cannot be read, flows, and the fixtures of both formats.
fn imported(host: &TestHost) -> PathBuf {
    let case = host.case("case");
    let folder = host.path("logs");
    fs::create_dir(&folder).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    let lines = format!("{}\n{}\nbroken\nworse\n", record(1), record(2));
    write("a.jsonl", lines.as_bytes());
    write("b.jsonl", format!("{}\n", record(1)).as_bytes());
    let cut = gz(&(10..400).map(record).collect::<Vec<_>>().join("\n"));
    write("c.jsonl.gz", &cut[..cut.len() - 9]);
    write("d.log", FLOWS.as_bytes());
    write("e.log.gz", &gz(FLOWS));
    write("f.jsonl", lines.as_bytes());
    write("g.txt", b"nothing that is known\n");
    write("h.7z", b"7z\xbc\xaf\x27\x1c rest");
    std::os::unix::fs::symlink("/nowhere", folder.join("i.json")).unwrap();
    import(host, &case, &request(folder)).unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    for name in ["aws_cloudtrail", "aws_vpc_flow"] {
        import(host, &case, &request(fixtures.join(name))).unwrap();
    }
    case
}

#[test]
fn a_dictionary_that_hides_rows_from_queries_is_noticed() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host);
    let address = "(SELECT id FROM term WHERE kind=4 LIMIT 1)";
    noticed(
        &host,
        &case,
        true,
        "deep",
        &[
            "UPDATE term SET key=key+1 WHERE value='203.0.113.77'",
            "UPDATE term SET key=key|(1<<62) WHERE value='GetObject'",
            "UPDATE term SET kind=kind+1 WHERE value='203.0.113.77'",
            "UPDATE term SET kind=63 WHERE value='203.0.113.77'",
            "UPDATE term SET namespace=0 WHERE value='203.0.113.77'",
            "INSERT INTO term SELECT 1000000,key,kind,namespace,value,0,0,NULL,NULL FROM term WHERE value='203.0.113.77'",
            // Of the same text, so that every row still says what its record says.
            "UPDATE event SET region=(SELECT id FROM term WHERE kind=4 LIMIT 1) WHERE id=1",
            &format!("UPDATE event SET actor_name={address} WHERE id=1"),
            &format!("UPDATE flow SET action={address} WHERE id=1"),
            &format!("UPDATE event_resource SET id={address} WHERE n=1"),
            "UPDATE flow SET cloud=1 WHERE id=1",
        ],
    );
}

#[test]
fn a_reference_to_the_same_text_of_another_kind_is_noticed() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host);
    // A true text with a true key, as an account's number would be as a resource's.
    let reader = session::read(&host, &case, "test").unwrap();
    let key = vestige_store::term::HashKey::of(reader.case().id());
    drop(reader);
    let add = |kind: vestige_store::term::TermKind, namespace: u8, value: &str| {
        let hash = key.term(kind, namespace, value);
        format!(
            "INSERT INTO term VALUES(1000000,{},{},{namespace},'{value}',1,0,NULL,NULL)",
            key.key(kind, value, hash),
            kind as u8
        )
    };
    use vestige_store::term::TermKind::{Account, ActorName, Resource};
    let clean = fs::read(case.join("case.db")).unwrap();
    let account = "111122223333";
    for (kind, namespace, column, table) in [
        (ActorName, 255, "account", "event"),
        (Account, 1, "account", "event"),
        (Resource, 0, "account", "flow"),
    ] {
        tamper(&case, &add(kind, namespace, account));
        let sql = format!(
            "UPDATE {table} SET {column}=1000000 WHERE id=(SELECT min(id) FROM {table} WHERE {column}=
               (SELECT id FROM term WHERE kind={} AND value='{account}' AND id<1000000))",
            Account as u8
        );
        assert_eq!(tamper(&case, &sql), 1, "{sql}");
        let found = verified(&host, &case, false);
        assert_eq!(
            failed(&found.checks),
            Vec::<&str>::new(),
            "only a deep one looks: {:#?}",
            found.checks
        );
        let found = verified(&host, &case, true);
        let told = |check: &Check| {
            check.status == Status::Fail && check.detail.contains("1 wrong references")
        };
        assert!(found.checks.iter().any(told), "{:#?}", found.checks);
        fs::write(case.join("case.db"), &clean).unwrap();
    }
}

#[test]
fn an_altered_warning_is_noticed_by_a_deep_verification() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host);
    let mut sqls = Vec::new();
    for of in ["IS NOT NULL", "IS NULL"] {
        for column in ["offset", "length"] {
            sqls.push(format!(
                "UPDATE warning SET {column}={column}+1 WHERE id=(SELECT min(id) FROM warning WHERE member {of})"
            ));
        }
        for column in ["reason", "expected", "found", "excerpt"] {
            sqls.push(format!(
                "UPDATE warning SET {column}={column}||'x' WHERE id=(SELECT max(id) FROM warning WHERE member {of})"
            ));
        }
    }
    sqls.push("DELETE FROM warning WHERE member IS NULL".to_owned());
    for item in ["a.jsonl", "f.jsonl", "i.json"] {
        sqls.push(format!(
            "INSERT INTO warning SELECT NULL,id,NULL,0,0,'made up','','','' FROM evidence WHERE name='{item}'"
        ));
    }
    // Two that stand in one another's place.
    sqls.push(
        "UPDATE warning SET offset=(SELECT sum(w.offset) FROM warning w WHERE w.id IN (1,2))-offset WHERE id IN (1,2)"
            .to_owned(),
    );
    let sqls: Vec<&str> = sqls.iter().map(String::as_str).collect();
    noticed(&host, &case, true, "deep", &sqls);
}

#[test]
fn a_warning_that_belongs_to_nothing_is_noticed() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host);
    noticed(
        &host,
        &case,
        false,
        "accounts",
        &[
            "INSERT INTO warning VALUES(NULL,1,100000,0,0,'made up','','','')",
            "INSERT INTO warning VALUES(NULL,100000,NULL,0,0,'made up','','','')",
            "UPDATE warning SET evidence=2 WHERE member IS NOT NULL AND evidence=1",
        ],
    );
}

#[test]
fn what_a_member_is_called_and_why_it_was_read_so_is_noticed_by_a_deep_verification() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host);
    let mut sqls: Vec<String> = Vec::new();
    for column in ["name", "layers", "recognised"] {
        for state in ["imported", "partial", "duplicate"] {
            sqls.push(format!(
                "UPDATE member SET {column}={column}||'x' WHERE id=(SELECT max(id) FROM member WHERE state='{state}')"
            ));
        }
        for reason in ["format not recognised*", "a 7z archive*"] {
            sqls.push(format!(
                "UPDATE member SET {column}={column}||'x' WHERE reason GLOB '{reason}'"
            ));
        }
    }
    for state in ["imported", "partial", "duplicate"] {
        sqls.push(format!(
            "UPDATE member SET reason=coalesce(reason,'')||'x' WHERE id=(SELECT max(id) FROM member WHERE state='{state}')"
        ));
    }
    sqls.push(
        "UPDATE member SET reason='nothing of note' WHERE reason GLOB 'format not*'".to_owned(),
    );
    sqls.push("UPDATE member SET reason='nothing of note' WHERE reason GLOB 'a 7z*'".to_owned());
    sqls.push("UPDATE member SET envelope=envelope||'x' WHERE id=1".to_owned());
    let sqls: Vec<&str> = sqls.iter().map(String::as_str).collect();
    noticed(&host, &case, true, "deep", &sqls);
}

#[test]
fn a_type_that_the_user_named_is_no_alteration() {
    let host = TestHost::with_cheap_key("ann");
    let case = host.case("case");
    let folder = host.path("logs");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("a.txt"), b"nothing that is known\n").unwrap();
    fs::write(folder.join("b.log"), FLOWS).unwrap();
    let request = vestige_workbench::import::Request {
        data_type: Some("aws:cloudtrail".to_owned()),
        ..request(folder)
    };
    import(&host, &case, &request).unwrap();
    nothing_failed(&host, &case, true);
}

/// The id of an event or flow that fulfils a condition.
fn id(case: &Path, table: &str, condition: &str) -> String {
    let connection = Connection::open(case.join("case.db")).unwrap();
    let sql = format!(
        "SELECT lower(hex(substr(v.sha256,1,8)))||'.'||m.path||'.'||e.offset FROM {table} e
           JOIN member m ON m.id=e.member JOIN evidence v ON v.id=m.evidence WHERE {condition} LIMIT 1"
    );
    connection.query_row(&sql, [], |row| row.get(0)).unwrap()
}

fn proven(host: &TestHost, case: &Path, id: &str) -> Proof {
    prove(host, case, id).unwrap()
}

#[test]
fn a_row_is_proven_hidden_only_where_that_is_on_record() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host);
    let event = id(&case, "event", "v.name='a.jsonl' AND e.hidden=0");
    let twice = id(&case, "event", "v.name='b.jsonl' AND e.hidden=1");
    let flow = id(&case, "flow", "v.name='d.log' AND e.hidden=0");
    let again = id(&case, "flow", "v.name='e.log.gz' AND e.hidden=1");
    let clean = fs::read(case.join("case.db")).unwrap();
    let hide = |table: &str, item: &str, bits: i64| {
        format!(
            "UPDATE {table} SET hidden={bits} WHERE member IN
               (SELECT m.id FROM member m JOIN evidence v ON v.id=m.evidence WHERE v.name='{item}')"
        )
    };
    for one in [&event, &twice, &flow, &again] {
        let proof = proven(&host, &case, one);
        assert_eq!(
            failed(&proof.checks),
            Vec::<&str>::new(),
            "{one}: {:#?}",
            proof.checks
        );
    }
    for (one, sql) in [
        (&event, hide("event", "a.jsonl", 2)),
        (&event, hide("event", "a.jsonl", 1)),
        (&event, hide("event", "a.jsonl", 4)),
        (
            &event,
            "UPDATE evidence SET withdrawn_seq=1 WHERE name='a.jsonl'".to_owned(),
        ),
        (&twice, hide("event", "b.jsonl", 0)),
        (&twice, hide("event", "b.jsonl", 3)),
        (&twice, "DELETE FROM duplicate".to_owned()),
        (&flow, hide("flow", "d.log", 1)),
        (&flow, hide("flow", "d.log", 2)),
        (&again, hide("flow", "e.log.gz", 0)),
        (&again, "DELETE FROM duplicate_member".to_owned()),
        (
            &again,
            "UPDATE duplicate_member SET survivor=member".to_owned(),
        ),
    ] {
        assert!(tamper(&case, &sql) > 0, "{sql}");
        let proof = proven(&host, &case, one);
        assert!(
            failed(&proof.checks).contains(&"hidden"),
            "{sql}: {:#?}",
            proof.checks
        );
        assert_eq!(proof.verdict, Verdict::Failed);
        fs::write(case.join("case.db"), &clean).unwrap();
    }
}

#[test]
fn a_withdrawal_that_is_on_record_proves_and_one_taken_back_does_not() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host);
    let reader = session::read(&host, &case, "test").unwrap();
    let item: i64 = reader
        .connection()
        .query_row("SELECT id FROM evidence WHERE name='b.jsonl'", [], |row| {
            row.get(0)
        })
        .unwrap();
    drop(reader);
    withdraw(&host, &case, &format!("EV-{item:04}"), "privileged").unwrap();
    let event = id(&case, "event", "v.name='b.jsonl'");
    let proof = proven(&host, &case, &event);
    assert_eq!(
        failed(&proof.checks),
        Vec::<&str>::new(),
        "{:#?}",
        proof.checks
    );
    assert!(proof.checks.iter().any(|check| check.check == "withdrawn"));
    tamper(&case, "UPDATE event SET hidden=hidden&1");
    tamper(&case, "UPDATE evidence SET withdrawn_seq=NULL");
    let proof = proven(&host, &case, &event);
    assert!(
        failed(&proof.checks).contains(&"hidden"),
        "{:#?}",
        proof.checks
    );
}

#[test]
fn rows_hidden_for_a_reason_that_there_is_not_are_noticed() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host);
    let sqls = [
        "UPDATE event SET hidden=4 WHERE id=1",
        "UPDATE flow SET hidden=-4 WHERE id=1",
    ];
    noticed(&host, &case, false, "hidden", &sqls);
}

#[test]
fn an_item_that_is_not_as_received_is_noticed() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host);
    let mut sqls: Vec<String> = Vec::new();
    for item in [
        "a.jsonl",
        "c.jsonl.gz",
        "f.jsonl",
        "g.txt",
        "h.7z",
        "i.json",
    ] {
        for change in [
            "name=name||'x'",
            "reason=coalesce(reason,'')||'x'",
            "received_seq=received_seq+4",
            "bytes_decompressed=bytes_decompressed+1",
            "withdrawn_seq=1",
        ] {
            sqls.push(format!("UPDATE evidence SET {change} WHERE name='{item}'"));
        }
        // A file that could not be read is rejected, or the table does not take it.
        let states = ["received", "imported", "partial", "rejected", "duplicate"];
        for state in states.iter().filter(|_| item != "i.json") {
            sqls.push(format!(
                "UPDATE evidence SET state='{state}' WHERE name='{item}' AND state<>'{state}'"
            ));
        }
        if item != "i.json" {
            for change in ["path='/elsewhere'", "in_place=1-in_place", "bytes=bytes+1"] {
                sqls.push(format!("UPDATE evidence SET {change} WHERE name='{item}'"));
            }
        }
    }
    sqls.push("UPDATE evidence SET duplicate_of=2 WHERE name='f.jsonl'".to_owned());
    sqls.push("UPDATE evidence SET duplicate_of=NULL WHERE name='f.jsonl'".to_owned());
    sqls.push("UPDATE evidence SET duplicate_of=1 WHERE name='b.jsonl'".to_owned());
    sqls.push(
        "UPDATE evidence SET state='duplicate',duplicate_of=1 WHERE name='b.jsonl'".to_owned(),
    );
    nothing_failed(&host, &case, false);
    let clean = fs::read(case.join("case.db")).unwrap();
    for sql in sqls {
        let changed = tamper(&case, &sql);
        if changed == 0 {
            assert!(sql.contains("SET state="), "changes nothing: {sql}");
            continue;
        }
        let found = verified(&host, &case, false);
        assert_eq!(found.verdict, Verdict::Failed, "not noticed: {sql}");
        fs::write(case.join("case.db"), &clean).unwrap();
    }
}

#[test]
fn a_verdict_says_what_it_does_not_cover() {
    let host = TestHost::with_cheap_key("ann");
    let case = host.case("case");
    let (plain, deep) = (verified(&host, &case, false), verified(&host, &case, true));
    for found in [&plain, &deep] {
        let said = &found.statement;
        assert!(
            said.contains("Not compared with anything: counts"),
            "{said}"
        );
        assert!(
            said.contains("not shown that everything was recorded"),
            "{said}"
        );
    }
    let only = "Compared only by a deep verification";
    assert!(plain.statement.contains(only) && !deep.statement.contains(only));
    // Which is so: nobody notices a count that somebody wrote.
    let case = host.path("logs");
    fs::create_dir(&case).unwrap();
    fs::write(case.join("a.jsonl"), format!("{}\n", record(1))).unwrap();
    let counted = host.case("counted");
    import(&host, &counted, &request(case)).unwrap();
    tamper(&counted, "UPDATE minute SET count=count+1");
    tamper(&counted, "UPDATE term SET count=count+1");
    let found = verified(&host, &counted, true);
    assert_eq!(failed(&found.checks), Vec::<&str>::new());
}

/// A zip with a bomb, an archive of an unknown kind, damaged and whole members; a tar that is cut.
const NASTY: &str = "import sys,zipfile,tarfile,gzip,io
d=sys.argv[1]; r=sys.argv[2].encode()+b'\\n'
b=gzip.compress(r*60000,9)
t=io.BytesIO(); a=tarfile.open(fileobj=t,mode='w')
for n in ('x.jsonl','y.jsonl'):
    i=tarfile.TarInfo(n); i.size=len(r); a.addfile(i,io.BytesIO(r))
a.close()
with zipfile.ZipFile(d+'/a.zip','w') as z:
    z.writestr('one.jsonl',r+b'broken\\n'); z.writestr('bomb.jsonl.gz',b); z.writestr('p.7z',b'7z\\xbc\\xaf\\x27\\x1c')
    z.writestr('cut.gz',gzip.compress(r*40)[:-6]); z.writestr('in.tar',t.getvalue()); z.writestr('n.txt','known by nobody')
open(d+'/b.tar','wb').write(t.getvalue()[:1536+100])
open(d+'/c.jsonl.gz','wb').write(b)
w=bytearray(open(d+'/a.zip','rb').read()); w[60]^=255; open(d+'/d.zip','wb').write(w[:-40])";

#[test]
fn damaged_and_refused_evidence_is_no_alteration() {
    let host = TestHost::with_cheap_key("ann");
    let case = host.case("case");
    let folder = host.path("logs");
    fs::create_dir(&folder).unwrap();
    let made = std::process::Command::new("python3")
        .args(["-c", NASTY])
        .arg(&folder)
        .arg(record(1))
        .status()
        .unwrap();
    assert!(made.success());
    for allow_ratio in [false, true, true] {
        let request = vestige_workbench::import::Request {
            allow_ratio,
            ..request(folder.clone())
        };
        import(&host, &case, &request).unwrap();
        let found = verified(&host, &case, true);
        assert_eq!(
            failed(&found.checks),
            Vec::<&str>::new(),
            "{allow_ratio}: {:#?}",
            found.checks
        );
    }
    let connection = Connection::open(case.join("case.db")).unwrap();
    let count = |sql: &str| {
        connection
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert!(count("SELECT count(*) FROM member WHERE reason LIKE '%--allow-ratio'") >= 2);
    assert!(count("SELECT count(*) FROM warning WHERE member IS NULL") >= 2);
}
