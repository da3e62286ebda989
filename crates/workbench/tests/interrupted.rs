//! An import that stops anywhere leaves a case that opens, says in its entries all that was
//! written, and takes the rest.

mod support;

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use support::{TestHost, counted, failing, import, record, request};
use vestige_store::fault::{Faults, Moment};
use vestige_store::{Connection, index, rollup};
use vestige_workbench::OpenCase;
use vestige_workbench::import::{self, Request};
use vestige_workbench::verify::{Terms, Verdict, verify};

fn database(case: &Path) -> Connection {
    Connection::open(case.join("case.db")).unwrap()
}

fn number(case: &Path, sql: &str) -> i64 {
    database(case).query_row(sql, [], |row| row.get(0)).unwrap()
}

fn indexes(case: &Path) -> usize {
    let connection = database(case);
    let mut present = connection
        .prepare("SELECT 1 FROM sqlite_schema WHERE type='index' AND name=?1")
        .unwrap();
    let is_there = |name: &str| present.exists([name]).unwrap();
    index::SECONDARY
        .iter()
        .map(|(name, _)| *name)
        .map(is_there)
        .filter(|there| *there)
        .count()
}

fn drop_indexes(case: &Path) {
    index::drop_all(&database(case)).unwrap();
    assert_eq!(indexes(case), 0);
}

/// A log of 500 flows, one that is the same, and API records of which half come twice. The file
/// that is no log is as large as a unit of work, so that what is after it is another batch.
fn write_logs(folder: &Path) {
    fs::create_dir(folder).unwrap();
    let mut flows = String::new();
    for line in 0..500u32 {
        let start = 1_772_445_600 + line;
        writeln!(
            flows,
            "2 111122223333 eni-0a1b2c3d4e5f60718 198.51.100.{} 10.0.1.20 {} 443 6 20 4249 {start} {} ACCEPT OK",
            line % 200, 40_000 + line % 9_000, start + 60
        )
        .unwrap();
    }
    fs::write(folder.join("a.log"), &flows).unwrap();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    io::Write::write_all(&mut gz, flows.as_bytes()).unwrap();
    fs::write(folder.join("b.log.gz"), gz.finish().unwrap()).unwrap();
    fs::write(folder.join("a.raw"), vec![0; 4 << 20]).unwrap();
    let records: Vec<_> = (0..200).map(|id| record(id / 2)).collect();
    fs::write(folder.join("c.jsonl"), records.join("\n")).unwrap();
}

/// All of the evidence is there once, counted right, and nothing is left to be done.
fn assert_whole(host: &TestHost, case: &Path, what: &str) {
    let visible = |table: &str| {
        number(
            case,
            &format!("SELECT count(*) FROM {table} WHERE hidden=0"),
        )
    };
    assert_eq!((visible("flow"), visible("event")), (500, 100), "{what}");
    assert_eq!(number(case, "SELECT count(*) FROM pending"), 0, "{what}");
    assert_eq!(indexes(case), index::SECONDARY.len(), "{what}");
    let apart = "SELECT count(*) FROM member WHERE found<>stored+duplicate+rejected+ignored";
    assert_eq!(number(case, apart), 0, "{what}");
    let deep = Terms {
        deep: true,
        ..Terms::default()
    };
    let verification = verify(host, case, &deep).unwrap();
    assert_ne!(
        verification.verdict,
        Verdict::Failed,
        "{what}: {:#?}",
        verification.checks
    );
    let copy = host.path("copy");
    support::copy_folder(case, &copy);
    let connection = database(&copy);
    let before = counted(&connection);
    rollup::rebuild(&connection, &mut |_| {}).unwrap();
    assert!(
        before == counted(&connection),
        "{what}: counts differ from a scan"
    );
    fs::remove_dir_all(copy).unwrap();
}

fn one_job(folder: &Path) -> Request {
    Request {
        jobs: 1,
        ..request(folder.to_path_buf())
    }
}

#[test]
fn each_commit_may_fail() {
    for at in 0..100 {
        for moment in [Moment::Before, Moment::After] {
            let host = TestHost::with_cheap_key("ann");
            let (case, folder) = (host.case("case"), host.path("logs"));
            write_logs(&folder);
            let entries = number(&case, "SELECT count(*) FROM custody_entry");
            let (faults, steps) = failing(at, moment);
            let outcome = OpenCase::open_with(&host, &case, &faults)
                .and_then(|mut open| import::import(&host, &mut open, &one_job(&folder)));
            let what = format!("step {at} {moment:?}");
            if steps.load(Ordering::Relaxed) <= at {
                outcome.unwrap();
                assert!(at > 2, "fewer steps than batches");
                assert_whole(&host, &case, &what);
                return;
            }
            assert!(outcome.is_err(), "{what}: the fault was swallowed");
            // What is noted as left to be done came with rows and their entry.
            if number(&case, "SELECT count(*) FROM pending") > 0 {
                let more = number(&case, "SELECT count(*) FROM custody_entry") > entries;
                assert!(more, "{what}: written without an entry");
                assert!(number(&case, "SELECT count(*) FROM member") > 0, "{what}");
            }
            import(&host, &case, &one_job(&folder)).unwrap();
            assert_whole(&host, &case, &what);
        }
    }
    panic!("there is no end to the steps");
}

#[test]
fn an_import_that_fails_is_finished_by_the_next_in_the_same_open_case() {
    let host = TestHost::with_cheap_key("ann");
    let (case, folder) = (host.case("case"), host.path("logs"));
    write_logs(&folder);
    // The first batch goes in, the second does not: the commits of opening are not counted.
    let commits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&commits);
    let faults = Faults::hook(move |step, now| {
        if (step, now) == ("commit", Moment::Before) && counted.fetch_add(1, Ordering::Relaxed) == 1
        {
            return Err(io::Error::other("the disk went away"));
        }
        Ok(())
    });
    let mut open = OpenCase::open_with(&host, &case, &faults).unwrap();
    commits.store(0, Ordering::Relaxed);
    import::import(&host, &mut open, &one_job(&folder)).unwrap_err();
    assert_eq!(number(&case, "SELECT count(*) FROM flow"), 500);
    assert_eq!(number(&case, "SELECT count(*) FROM event"), 0);
    assert_eq!(number(&case, "SELECT count(*) FROM pending"), 3);
    import::import(&host, &mut open, &one_job(&folder)).unwrap();
    drop(open);
    assert_whole(&host, &case, "the same open case");
}

#[test]
fn indexes_that_are_missing_are_built_when_the_case_is_opened_for_writing() {
    let host = TestHost::with_cheap_key("ann");
    let (case, folder) = (host.case("case"), host.path("logs"));
    // Without rows there is nothing to find by an index, and the first load goes without.
    drop(OpenCase::open(&host, &case).unwrap());
    assert!(indexes(&case) < index::SECONDARY.len());
    write_logs(&folder);
    import(&host, &case, &one_job(&folder)).unwrap();
    let entries = number(&case, "SELECT count(*) FROM custody_entry");
    // As an import leaves it that dropped them and was killed before its first batch.
    drop_indexes(&case);
    assert_eq!(number(&case, "SELECT count(*) FROM pending"), 0);
    host.heard();
    drop(OpenCase::open(&host, &case).unwrap());
    assert!(host.heard().contains("indexes are missing"));
    assert_whole(&host, &case, "indexes");
    assert_eq!(number(&case, "SELECT count(*) FROM custody_entry"), entries);
}
