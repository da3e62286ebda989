//! An event leads back to its bytes, and what differs from them is said.

mod support;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{TestHost, import, original, request};
use vestige_store::Connection;
use vestige_workbench::explore::{Asked, Explorer, Order, Output};
use vestige_workbench::show::{prove, raw, show};
use vestige_workbench::verify::{Status, Verdict};

/// Every event of a case.
fn events(host: &TestHost, case: &Path) -> Vec<Value> {
    let mut out = Vec::new();
    Explorer::open(host, case, &Asked::default())
        .unwrap()
        .write(Order::Ascending, None, Output::Jsonl, &mut out)
        .unwrap();
    let lines = out
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

fn id(event: &Value) -> &str {
    event["id"].as_str().unwrap()
}

fn imported(host: &TestHost, of: &Path) -> PathBuf {
    let case = host.case("case");
    import(host, &case, &request(of.to_path_buf())).unwrap();
    case
}

fn fixtures(format: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures")
        .join(format)
}

#[test]
fn every_event_of_every_fixture_is_proved_from_its_bytes() {
    for format in ["aws_cloudtrail", "aws_vpc_flow"] {
        let host = TestHost::with_cheap_key("ann");
        let case = imported(&host, &fixtures(format));
        let events = events(&host, &case);
        assert!(events.len() > 20, "{}", events.len());
        for event in events.iter().step_by(7) {
            let proof = prove(&host, &case, id(event)).unwrap();
            let failed = proof
                .checks
                .iter()
                .find(|check| check.status == Status::Fail);
            assert_eq!(failed, None, "{event}");
            assert!(proof.checks.iter().any(|check| check.check == "row"));
            let length = event["length"].as_u64().unwrap();
            assert_eq!(raw(&host, &case, id(event)).unwrap().len() as u64, length);
            let shown = serde_json::to_value(show(&host, &case, id(event)).unwrap()).unwrap();
            assert_eq!(shown["provenance"]["offset"], event["offset"]);
            assert_eq!(shown["provenance"]["evidence"], event["evidence"]);
            assert_eq!(shown["id"], event["id"]);
        }
    }
}

/// One record as it was received, in an odd but exact spelling.
const RECORD: &str = "{\"eventVersion\":\"1.09\", \"eventTime\":\"2026-03-02T10:00:00Z\",\
\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"GetObject\",\"awsRegion\":\"eu-west-1\",\
\"sourceIPAddress\":\"192.0.2.7\",\"eventID\":\"5b7c4a1e-0000-4000-8000-000000000001\",\
\"a\":1.50,\"a\":2}";

fn one(host: &TestHost) -> (PathBuf, PathBuf, String) {
    let file = host.path("trail.json");
    fs::write(&file, format!("{{\"Records\":[\n{RECORD}]}}")).unwrap();
    let case = imported(host, &file);
    let event = id(&events(host, &case)[0]).to_owned();
    let kept = original(&case, &fs::read(&file).unwrap());
    (case, kept, event)
}

#[test]
fn the_record_is_shown_as_it_was_received() {
    let host = TestHost::with_cheap_key("ann");
    let (case, _, event) = one(&host);
    assert_eq!(raw(&host, &case, &event).unwrap(), RECORD.as_bytes());
    let shown = show(&host, &case, &event).unwrap();
    assert_eq!(shown.raw.get(), RECORD);
    let connection = Connection::open(case.join("case.db")).unwrap();
    let entry = "SELECT body FROM custody_entry WHERE seq=?1";
    let seq = [shown.provenance.custody_seq];
    let entry: Vec<u8> = connection.query_row(entry, seq, |row| row.get(0)).unwrap();
    assert!(
        String::from_utf8(entry)
            .unwrap()
            .contains("evidence.imported")
    );
    assert_eq!(shown.provenance.name, "trail.json");
}

#[test]
fn what_differs_is_named() {
    let host = TestHost::with_cheap_key("ann");
    let (case, kept, event) = one(&host);
    let change = |sql: &str| {
        let connection = Connection::open(case.join("case.db")).unwrap();
        assert_eq!(connection.execute(sql, []).unwrap(), 1, "{sql}");
    };
    let failed = || {
        let proof = prove(&host, &case, &event).unwrap();
        assert_eq!(proof.verdict, Verdict::Failed);
        assert!(
            proof.statement.contains("contradicts"),
            "{}",
            proof.statement
        );
        let failed = proof
            .checks
            .into_iter()
            .filter(|check| check.status == Status::Fail);
        failed
            .map(|check| format!("{}: {}", check.check, check.detail))
            .collect::<Vec<_>>()
            .join("\n")
    };
    change("UPDATE event SET src_port=443");
    assert!(
        failed().contains("src.port: expected nothing as the record says, found 443 in the row")
    );
    change("UPDATE event SET src_port=NULL");
    assert_ne!(
        prove(&host, &case, &event).unwrap().verdict,
        Verdict::Failed
    );

    let bytes = fs::read(&kept).unwrap();
    let writable = |path: &Path, bytes: &[u8]| {
        // Originals are read-only.
        fs::remove_file(path).unwrap();
        fs::write(path, bytes).unwrap();
    };
    let other = String::from_utf8(bytes.clone()).unwrap();
    writable(&kept, other.replace("192.0.2.7", "192.0.2.8").as_bytes());
    let said = failed();
    assert!(said.contains("src.ip: expected \"192.0.2.8\""), "{said}");
    assert!(
        said.contains("original: EV-0001: expected SHA-256"),
        "{said}"
    );
    writable(&kept, &bytes[..bytes.len() - 1]);
    assert!(failed().contains("original: "));
    fs::remove_file(&kept).unwrap();
    assert!(failed().contains("missing"));
    let error = show(&host, &case, &event).unwrap_err().to_string();
    assert!(
        error.contains("missing") && error.contains(&event),
        "{error}"
    );
}

#[test]
fn an_id_that_is_none_is_refused() {
    let host = TestHost::with_cheap_key("ann");
    let (case, _, event) = one(&host);
    let error = show(&host, &case, "EV-0001").unwrap_err().to_string();
    assert!(error.contains("3f2a90c4d5e6f708.0.1832"), "{error}");
    let other = format!("{event}1");
    let error = show(&host, &case, &other).unwrap_err().to_string();
    assert!(error.contains(&other), "{error}");
}

#[test]
fn a_duplicate_leads_to_its_survivor_and_back() {
    let host = TestHost::with_cheap_key("ann");
    let folder = host.path("logs");
    fs::create_dir(&folder).unwrap();
    for (name, lines) in [("a.jsonl", 1), ("b.jsonl", 2)] {
        fs::write(folder.join(name), format!("{RECORD}\n").repeat(lines)).unwrap();
    }
    let case = imported(&host, &folder);
    let all = events(&host, &case);
    assert_eq!(all.len(), 1);
    let survivor = show(&host, &case, id(&all[0])).unwrap();
    assert_eq!(survivor.provenance.name, "a.jsonl");
    assert_eq!(survivor.provenance.duplicates.len(), 2);
    for duplicate in &survivor.provenance.duplicates {
        let shown = show(&host, &case, duplicate).unwrap();
        assert_eq!(shown.provenance.duplicate_of.as_deref(), Some(id(&all[0])));
        assert_ne!(
            prove(&host, &case, duplicate).unwrap().verdict,
            Verdict::Failed
        );
    }
}

#[test]
fn a_flow_in_two_files_leads_from_one_to_the_other() {
    let host = TestHost::with_cheap_key("ann");
    let folder = host.path("logs");
    fs::create_dir(&folder).unwrap();
    let lines = "2 111122223333 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 40 1772445600 1772445660 ACCEPT OK\n\
                 2 111122223333 eni-1 192.0.2.1 192.0.2.3 1 2 6 1 40 1772445600 1772445660 ACCEPT OK\n";
    fs::write(folder.join("a.log"), lines).unwrap();
    let mut zip = zip::ZipWriter::new(fs::File::create(folder.join("b.zip")).unwrap());
    zip.start_file("a.log", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(lines.as_bytes()).unwrap();
    zip.finish().unwrap();
    let case = imported(&host, &folder);
    let all = events(&host, &case);
    assert_eq!(all.len(), 2);
    let shown = show(&host, &case, id(&all[1])).unwrap().provenance;
    let [other] = shown.duplicates.as_slice() else {
        panic!("{shown:?}")
    };
    let other = show(&host, &case, other).unwrap().provenance;
    assert_eq!(
        (other.name.as_str(), other.member_name.as_str()),
        ("b.zip", "a.log")
    );
    assert_eq!(other.duplicate_of.as_deref(), Some(id(&all[1])));
}

#[test]
fn a_header_that_was_changed_with_its_rows_is_noticed() {
    let host = TestHost::with_cheap_key("ann");
    let file = host.path("flow.log");
    let text = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n\
                2 111122223333 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 40 1772445600 1772445660 ACCEPT OK\n";
    fs::write(&file, text).unwrap();
    let case = imported(&host, &file);
    let event = id(&events(&host, &case)[0]).to_owned();
    assert_ne!(
        prove(&host, &case, &event).unwrap().verdict,
        Verdict::Failed
    );
    let connection = Connection::open(case.join("case.db")).unwrap();
    let turned = "UPDATE member SET context=CAST(replace(replace(replace(CAST(context AS TEXT),
        'srcaddr','x'),'dstaddr','srcaddr'),'x','dstaddr') AS BLOB)";
    assert_eq!(connection.execute(turned, []).unwrap(), 1);
    let rows = "UPDATE flow SET src_ip=dst_ip, dst_ip=src_ip";
    assert_eq!(connection.execute(rows, []).unwrap(), 1);
    drop(connection);
    let proof = prove(&host, &case, &event).unwrap();
    assert_eq!(proof.verdict, Verdict::Failed, "{:#?}", proof.checks);
}
