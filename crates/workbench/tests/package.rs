//! A package from the case's side: what is recorded, what happens where it ends in the middle, and
//! what does not go out.

mod support;

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;

use support::*;
use vestige_custody::Verdict;
use vestige_store::fault::Moment;
use vestige_workbench::package::{Made, Options, make, make_in, verify, without_report};
use vestige_workbench::verify::Terms;
use vestige_workbench::{OpenCase, WorkError, custody};

/// A case with one trail imported.
fn case(host: &TestHost) -> std::path::PathBuf {
    let path = host.case("case");
    let records: Vec<String> = (0..3).map(record).collect();
    let trail = host.path("trail.json");
    fs::write(&trail, format!(r#"{{"Records":[{}]}}"#, records.join(","))).unwrap();
    import(host, &path, &request(trail)).unwrap();
    path
}

fn options(host: &TestHost) -> Options {
    Options::expert(host.path("out.zip"))
}

fn made(host: &TestHost, path: &Path) -> Made {
    make(host, path, &options(host), &without_report).unwrap()
}

fn pinned(made: &Made) -> Terms {
    Terms {
        pins: vec![format!("{}:{}", made.size, made.root)],
        ..Terms::default()
    }
}

/// The events of a case, in order.
fn events(host: &TestHost, path: &Path) -> Vec<String> {
    let mut out = Vec::new();
    custody::list(host, path, &mut out).unwrap();
    let event = |line: &str| {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        entry["event"].as_str().unwrap().to_owned()
    };
    String::from_utf8(out).unwrap().lines().map(event).collect()
}

#[test]
fn the_report_is_recorded_signed_and_in_the_package() {
    let host = TestHost::with_cheap_key("aex");
    let path = case(&host);
    let report = |_: &dyn vestige_workbench::Host, _: &OpenCase| {
        Ok(vec![("report.json".to_owned(), b"{}".to_vec())])
    };
    let made = make(&host, &path, &options(&host), &report).unwrap();
    assert_eq!(made.verdict, Verdict::VerifiedWithWarnings);
    let events = events(&host, &path);
    let last: Vec<&str> = events.iter().rev().take(4).map(String::as_str).collect();
    assert_eq!(
        last,
        [
            "package.verified",
            "package.exported",
            "checkpoint.signed",
            "report.generated"
        ]
    );
    assert_eq!(made.custody_seq, made.size);
    let bytes = fs::read(&made.path).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let names: Vec<String> = zip
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    let report = names
        .iter()
        .find(|name| name.ends_with("/data/report/report.json"));
    let mut text = String::new();
    let mut file = zip.by_name(report.unwrap()).unwrap();
    std::io::Read::read_to_string(&mut file, &mut text).unwrap();
    assert_eq!(text, "{}");
    let found = verify(&host, &made.path, &pinned(&made)).unwrap();
    assert_eq!(found.verdict, Verdict::Verified, "{:#?}", found.checks);
    nothing_failed(&host, &path, true);
}

#[test]
fn wherever_it_ends_the_case_verifies_and_no_half_package_has_the_name() {
    for moment in [Moment::Before, Moment::After] {
        for at in 0.. {
            let host = TestHost::with_cheap_key("aex");
            let path = case(&host);
            let (faults, steps) = failing(at, moment);
            let mut open = OpenCase::open_with(&host, &path, &faults);
            let done = match &mut open {
                Ok(open) => make_in(&host, open, &options(&host), &without_report).map(drop),
                Err(_) => Err(WorkError::Stopped { doing: "opening" }),
            };
            drop(open);
            nothing_failed(&host, &path, false);
            let output = host.path("out.zip");
            if output.exists() {
                let found = verify(&host, &output, &Terms::default()).unwrap();
                assert_eq!(found.verdict, Verdict::VerifiedWithWarnings, "step {at}");
            }
            let left = fs::read_dir(host.folder.path()).unwrap();
            let left = left.filter(|one| {
                let name = one.as_ref().unwrap().file_name();
                name.to_string_lossy().ends_with(".incomplete")
            });
            assert_eq!(left.count(), 0, "step {at} left something");
            if steps.load(Ordering::Relaxed) <= at {
                done.unwrap();
                assert!(at > 5, "{at} steps");
                break;
            }
        }
    }
}

#[test]
fn a_stop_leaves_nothing_under_the_name() {
    let host = TestHost::with_cheap_key("aex");
    let path = case(&host);
    host.stop.store(true, Ordering::Relaxed);
    let stopped = make(&host, &path, &options(&host), &without_report);
    assert!(
        matches!(stopped, Err(WorkError::Stopped { .. })),
        "{stopped:?}"
    );
    host.stop.store(false, Ordering::Relaxed);
    assert!(!host.path("out.zip").exists());
    assert!(made(&host, &path).path.exists());
}

#[test]
fn an_altered_original_does_not_go_out() {
    let host = TestHost::with_cheap_key("aex");
    let path = case(&host);
    receive(&host, &path, 2, "note.txt", b"as received");
    let file = original(&path, b"as received");
    let mut rights = fs::metadata(&file).unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false, reason = "a file of this test")]
    rights.set_readonly(false);
    fs::set_permissions(&file, rights).unwrap();
    fs::write(&file, b"as altered!").unwrap();
    let error = make(&host, &path, &options(&host), &without_report).unwrap_err();
    assert!(error.to_string().contains("it was altered"), "{error}");
    assert!(!host.path("out.zip").exists());
}

#[test]
fn the_same_bytes_are_in_it_once_and_count_for_both_items() {
    let host = TestHost::with_cheap_key("aex");
    let path = case(&host);
    receive(&host, &path, 2, "one.txt", b"twice");
    receive(&host, &path, 3, "two.txt", b"twice");
    let made = made(&host, &path);
    assert_eq!((made.originals, made.hash_only.len()), (2, 0));
    let found = verify(&host, &made.path, &pinned(&made)).unwrap();
    assert_eq!(found.verdict, Verdict::Verified, "{:#?}", found.checks);
}

#[test]
fn without_a_key_it_is_made_and_says_that_nothing_is_signed() {
    let host = TestHost::without_passphrase("aex");
    let path = case(&host);
    let made = made(&host, &path);
    let found = verify(&host, &made.path, &Terms::default()).unwrap();
    assert_eq!(
        (found.verdict, found.signed),
        (Verdict::VerifiedWithWarnings, 0)
    );
}

#[test]
fn a_second_package_of_an_unchanged_case_needs_no_new_note() {
    let host = TestHost::with_cheap_key("aex");
    let path = case(&host);
    let first = made(&host, &path);
    let second = Options::expert(host.path("second.zip"));
    let second = make(&host, &path, &second, &without_report).unwrap();
    assert_eq!((first.size, first.root), (second.size, second.root));
}
