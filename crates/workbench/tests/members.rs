//! A flow log has no ids: delivered again in another wrapping it is the same member, its flows are
//! counted once, and it is all on record.

mod support;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use support::{TestHost, counted, failed, import, lines_of, request, verified};
use vestige_store::{Connection, rollup};
use vestige_workbench::explore::{Asked, Bucket, Explorer};
use vestige_workbench::import::{EvidenceReport, Request};
use vestige_workbench::verify::Verdict;
use vestige_workbench::withdraw::withdraw;

/// Flows of version 2, `lines` of them, of which the first are those of network `net`.
fn flows(net: u32, lines: u32) -> String {
    let mut text = String::from(
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n",
    );
    for line in 0..lines {
        let start = 1_772_445_600 + line * 7;
        writeln!(
            text,
            "2 111122223333 eni-0a1b2c3d4e5f60718 198.51.{net}.{} 10.0.1.{} {} 443 6 {} {} {start} {} ACCEPT OK",
            line % 200,
            line % 13,
            40_000 + line % 20_000,
            line % 90 + 1,
            line % 1400 + 40,
            start + 60,
        )
        .unwrap();
    }
    text
}

fn gz(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in members {
        zip.start_file(*name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The log compressed, plain, twice in an archive; and another log.
fn write_logs(folder: &Path, lines: u32) {
    fs::create_dir(folder).unwrap();
    let (same, other) = (flows(100, lines), flows(7, lines / 2));
    let (same, other) = (same.as_bytes(), other.as_bytes());
    fs::write(folder.join("a.log.gz"), gz(same, 9)).unwrap();
    fs::write(folder.join("b.log"), same).unwrap();
    let zip = zip_of(&[("x/a.log", same), ("y/a.log", same), ("z/d.log", other)]);
    fs::write(folder.join("c.zip"), zip).unwrap();
    fs::write(folder.join("d.log"), other).unwrap();
}

fn imported(host: &TestHost, name: &str, lines: u32, jobs: usize) -> PathBuf {
    let (case, folder) = (host.case(name), host.path("logs"));
    if !folder.exists() {
        write_logs(&folder, lines);
    }
    let request = Request {
        jobs,
        ..request(folder)
    };
    import(host, &case, &request).unwrap();
    case
}

fn database(case: &Path) -> Connection {
    let connection = Connection::open(case.join("case.db")).unwrap();
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    connection
}

/// What is counted equals what a scan over the visible rows gives.
fn assert_counts_equal_a_scan(host: &TestHost, case: &Path) {
    let copy = host.path("copy");
    let _ = fs::remove_dir_all(&copy);
    support::copy_folder(case, &copy);
    let connection = database(&copy);
    let before = counted(&connection);
    rollup::rebuild(&connection, &mut |_| {}).unwrap();
    assert!(before == counted(&connection), "counts differ from a scan");
}

/// Every kind of question finds this many flows.
fn assert_answers(host: &TestHost, case: &Path, rows: u64) {
    let explorer = Explorer::open(host, case, &Asked::default()).unwrap();
    assert_eq!(explorer.count().unwrap(), rows);
    let sum = |list: &[serde_json::Value], name: &str| -> u64 {
        list.iter().filter_map(|one| one[name].as_u64()).sum()
    };
    let histogram = explorer.histogram(Bucket::Hour).unwrap();
    assert_eq!(sum(histogram["buckets"].as_array().unwrap(), "count"), rows);
    for field in ["src.ip", "dst.ip", "action", "type"] {
        assert_eq!(
            sum(&explorer.top(field, 10_000).unwrap(), "count"),
            rows,
            "{field}"
        );
    }
    let pairs = explorer.flows(&["src.ip", "dst.ip"], 100_000).unwrap();
    assert_eq!(sum(&pairs, "flows"), rows);
}

fn report(host: &TestHost, case: &Path) -> Vec<EvidenceReport> {
    let reader = vestige_workbench::session::read(host, case, "test").unwrap();
    let report = vestige_workbench::import::evidence(reader.connection()).unwrap();
    for one in &report.evidence {
        one.tally.reconcile().unwrap();
    }
    report.totals.tally.reconcile().unwrap();
    report.evidence
}

fn states(report: &[EvidenceReport]) -> Vec<(&str, &str, Option<&str>)> {
    report
        .iter()
        .map(|one| (one.name.as_str(), one.state.as_str(), one.reason.as_deref()))
        .collect()
}

fn assert_verifies(host: &TestHost, case: &Path) {
    let found = verified(host, case, true);
    assert_ne!(found.verdict, Verdict::Failed, "{:#?}", found.checks);
}

#[test]
fn a_log_in_several_wrappings_is_counted_once_and_said_to_be_the_same() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host, "case", 300, 2);
    assert_answers(&host, &case, 450);
    assert_counts_equal_a_scan(&host, &case);
    assert_verifies(&host, &case);
    let found = report(&host, &case);
    let same = Some("identical to EV-0001 a.log.gz");
    assert_eq!(
        states(&found),
        [
            ("a.log.gz", "imported", None),
            ("b.log", "duplicate", same),
            ("c.zip", "imported", None),
            ("x/a.log", "duplicate", same),
            ("y/a.log", "duplicate", same),
            ("z/d.log", "imported", None),
            (
                "d.log",
                "duplicate",
                Some("identical to EV-0003 c.zip!z/d.log")
            ),
        ]
    );
    let tally = |at: usize| (found[at].tally.stored, found[at].tally.duplicate);
    assert_eq!(
        [tally(0), tally(1), tally(2)],
        [(300, 0), (0, 300), (150, 600)]
    );

    // Again, in a wrapping that no file had yet, and as it was.
    let later = host.path("later");
    fs::create_dir(&later).unwrap();
    let log = fs::read(host.path("logs/b.log")).unwrap();
    fs::write(later.join("a.log.gz"), gz(&log, 1)).unwrap();
    fs::write(later.join("b.log"), &log).unwrap();
    fs::write(later.join("e.zip"), zip_of(&[("1", &log), ("2", &log)])).unwrap();
    let again = import(&host, &case, &request(later)).unwrap();
    assert_eq!(again.totals.tally.stored, 0);
    assert_eq!(again.totals.tally.duplicate, 4 * 300);
    let whole = Some("every member with records is identical to one of another item");
    assert_eq!(
        states(&again.evidence),
        [
            ("a.log.gz", "duplicate", same),
            ("b.log", "duplicate", None),
            ("e.zip", "duplicate", whole),
            ("1", "duplicate", same),
            ("2", "duplicate", same),
        ]
    );
    assert_answers(&host, &case, 450);
    assert_counts_equal_a_scan(&host, &case);
    assert_verifies(&host, &case);
}

#[test]
fn what_stays_is_the_first_in_path_order_whatever_the_number_of_threads() {
    let host = TestHost::with_cheap_key("ann");
    let dump = |jobs| {
        // More than 4 MiB each but the first: units of their own.
        let case = imported(&host, &format!("case-{jobs}"), 60_000, jobs);
        assert_answers(&host, &case, 90_000);
        let connection = database(&case);
        let rows = lines_of(
            &connection,
            "SELECT id,hidden,member,offset FROM flow ORDER BY id",
        );
        let members = "SELECT member,survivor FROM duplicate_member ORDER BY 1";
        (rows, lines_of(&connection, members))
    };
    let (one, four) = (dump(1), dump(4));
    assert_eq!(one.1.len(), 4);
    assert!(
        one.1[..3].iter().all(|line| line.ends_with("Integer(1)")),
        "{:?}",
        one.1
    );
    // Not assert_eq: a difference would print both cases.
    assert!(one == four, "rows or duplicates differ");
}

#[test]
fn the_next_comes_into_view_when_the_first_is_withdrawn() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host, "case", 300, 2);
    let done = withdraw(&host, &case, "EV-0001", "privileged").unwrap();
    assert_eq!((done.hidden, done.revealed), (300, 300));
    assert!(done.same.is_empty(), "{:?}", done.same);
    let found = report(&host, &case);
    let same = Some("identical to EV-0002 b.log");
    assert_eq!(states(&found)[1], ("b.log", "imported", None));
    assert_eq!(states(&found)[3], ("x/a.log", "duplicate", same));
    assert_eq!((found[1].tally.stored, found[1].tally.duplicate), (300, 0));
    assert_answers(&host, &case, 450);
    assert_counts_equal_a_scan(&host, &case);
    assert_verifies(&host, &case);

    // A member of the archive next; the other one in it repeats that one.
    assert_eq!(
        withdraw(&host, &case, "EV-0002", "privileged")
            .unwrap()
            .revealed,
        300
    );
    assert_eq!(
        states(&report(&host, &case))[4].2,
        Some("identical to EV-0003 c.zip!x/a.log")
    );
    assert_answers(&host, &case, 450);
    // With the archive goes all of this log, and the other is seen in the file beside it.
    assert_eq!(
        withdraw(&host, &case, "EV-0003", "privileged")
            .unwrap()
            .revealed,
        150
    );
    assert_answers(&host, &case, 150);
    assert_counts_equal_a_scan(&host, &case);
    assert_verifies(&host, &case);

    // What is withdrawn stands for nothing that comes later.
    let later = host.path("later.log");
    fs::copy(host.path("logs/b.log"), &later).unwrap();
    let again = import(&host, &case, &request(later)).unwrap();
    assert_eq!(again.totals.tally.stored, 300);
    assert_answers(&host, &case, 450);
    assert_counts_equal_a_scan(&host, &case);
    assert_verifies(&host, &case);
}

#[test]
fn a_duplicate_that_is_withdrawn_changes_nothing_else() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host, "case", 300, 2);
    let done = withdraw(&host, &case, "EV-0002", "privileged").unwrap();
    assert_eq!((done.hidden, done.revealed), (300, 0));
    assert_answers(&host, &case, 450);
    // Withdrawn it stays out of view when what it repeats is withdrawn too.
    withdraw(&host, &case, "EV-0001", "privileged").unwrap();
    assert_eq!(
        states(&report(&host, &case))[3],
        ("x/a.log", "imported", None)
    );
    assert_answers(&host, &case, 450);
    assert_counts_equal_a_scan(&host, &case);
    assert_verifies(&host, &case);
}

#[test]
fn a_log_that_breaks_off_stays_partial_though_its_flows_are_known() {
    let host = TestHost::with_cheap_key("ann");
    let (case, folder) = (host.case("case"), host.path("logs"));
    fs::create_dir(&folder).unwrap();
    let log = flows(100, 300);
    let mut cut = gz(log.as_bytes(), 6);
    // Without the check sum at the end all of the log is there.
    cut.truncate(cut.len() - 8);
    fs::write(folder.join("a.log"), &log).unwrap();
    fs::write(folder.join("b.log.gz"), cut).unwrap();
    let report = import(&host, &case, &request(folder)).unwrap();
    let cut = &report.evidence[1];
    assert_eq!((cut.state.as_str(), cut.tally.duplicate), ("partial", 300));
    let reason = cut.reason.clone();
    assert!(reason.is_some());
    assert_answers(&host, &case, 300);
    assert_verifies(&host, &case);
    withdraw(&host, &case, "EV-0001", "privileged").unwrap();
    let cut = &self::report(&host, &case)[1];
    assert_eq!((cut.state.as_str(), cut.tally.stored), ("partial", 300));
    assert_eq!(cut.reason, reason);
    assert_answers(&host, &case, 300);
    assert_verifies(&host, &case);
}

#[test]
fn what_somebody_changes_about_members_is_noticed() {
    let host = TestHost::with_cheap_key("ann");
    let case = imported(&host, "case", 30, 2);
    assert_eq!(failed(&verified(&host, &case, false).checks), [""; 0]);
    let clean = fs::read(case.join("case.db")).unwrap();
    let table = [
        ("UPDATE flow SET hidden=1 WHERE id=1", "hidden"),
        ("UPDATE flow SET hidden=0 WHERE id=31", "hidden"),
        ("UPDATE member SET state='imported' WHERE id=2", "hidden"),
        ("UPDATE member SET state='duplicate' WHERE id=1", "hidden"),
        ("UPDATE member SET state='rejected' WHERE id=1", "hidden"),
        (
            "UPDATE member SET stored=30, duplicate=0 WHERE id=2",
            "hidden",
        ),
        (
            "UPDATE member SET content=randomblob(32) WHERE id=2",
            "hidden",
        ),
        (
            "UPDATE duplicate_member SET survivor=5 WHERE member=2",
            "state",
        ),
        (
            "UPDATE duplicate_member SET survivor=3 WHERE member=2",
            "state",
        ),
        (
            "UPDATE duplicate_member SET seq=seq+1 WHERE member=2",
            "state",
        ),
        (
            "UPDATE duplicate_member SET member=1, survivor=2 WHERE member=2",
            "state",
        ),
        ("DELETE FROM duplicate_member", "state"),
        (
            "DELETE FROM duplicate_member WHERE member=2;
          UPDATE flow SET hidden=0 WHERE member=2;
          UPDATE member SET state='imported', stored=30, duplicate=0 WHERE id=2",
            "state",
        ),
        (
            "INSERT INTO duplicate_member SELECT 5, 1, seq FROM duplicate_member LIMIT 1;
          UPDATE flow SET hidden=1 WHERE member=5;
          UPDATE member SET state='duplicate', stored=0, duplicate=15,
            content=(SELECT content FROM member WHERE id=1) WHERE id=5",
            "state",
        ),
        ("INSERT INTO duplicate_member VALUES(99, 1, 4)", "hidden"),
    ];
    for (sql, check) in table {
        database(&case).execute_batch(sql).unwrap();
        let found = verified(&host, &case, false);
        assert!(
            failed(&found.checks).contains(&check),
            "not noticed: {sql}: {:#?}",
            found.checks
        );
        fs::write(case.join("case.db"), &clean).unwrap();
    }
    assert_eq!(failed(&verified(&host, &case, false).checks), [""; 0]);
}
