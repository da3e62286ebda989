//! Every storage step of the custody commands fails, once before it takes effect and once after,
//! although it reports an error. After each the case opens, verifies, continues what was seen of
//! it, and takes the command again.

mod support;

use std::path::Path;
use std::sync::atomic::Ordering;

use support::*;
use vestige_custody::Verdict;
use vestige_store::fault::Moment;
use vestige_workbench::annotations::{self, Change, Changed, ItemNote, Selection, What, annotate};
use vestige_workbench::custody::{self, Pinned};
use vestige_workbench::examiner::{self, NewExaminer};
use vestige_workbench::explore::Asked;
use vestige_workbench::verify::{Terms, verify};
use vestige_workbench::{OpenCase, WorkError, backup, case, key, withdraw};

type Command = dyn Fn(&TestHost, &mut OpenCase) -> Result<(), WorkError>;

fn check(host: &TestHost, path: &Path, before: &Pinned, what: &str) {
    let terms = Terms {
        pins: vec![before.line()],
        ..Terms::default()
    };
    let verification = verify(host, path, &terms).unwrap();
    assert_ne!(
        verification.verdict,
        Verdict::Failed,
        "{what}: {:#?}",
        verification.checks
    );
    assert!(verification.size >= before.size, "{what}");
}

/// Tries a command with each step failing in both ways. `prepare` makes the case ready.
fn each_step(prepare: &dyn Fn(&TestHost, &Path), command: &Command) {
    let mut tried = 0;
    for at in 0..100 {
        for moment in [Moment::Before, Moment::After] {
            let host = TestHost::with_cheap_key("aex");
            let path = host.case("case");
            receive(&host, &path, 1, "log.json", b"{}");
            prepare(&host, &path);
            let before = custody::pin(&host, &path).unwrap();
            let (faults, steps) = failing(at, moment);
            let outcome = OpenCase::open_with(&host, &path, &faults)
                .and_then(|mut case| command(&host, &mut case));
            if steps.load(Ordering::Relaxed) <= at {
                outcome.unwrap();
                assert!(tried > 0, "no step passes through the seam");
                return;
            }
            tried += 1;
            let what = format!("step {at} {moment:?}");
            assert!(outcome.is_err(), "{what}: the fault was swallowed");
            check(&host, &path, &before, &what);
            // What took effect is done; what did not is done now.
            let mut case = OpenCase::open(&host, &path).unwrap();
            let again = command(&host, &mut case);
            drop(case);
            if moment == Moment::Before {
                again.unwrap_or_else(|error| panic!("{what}: {error}"));
            }
            check(&host, &path, &before, &what);
            let last = custody::pin(&host, &path).unwrap();
            let terms = Terms {
                pins: vec![last.line()],
                ..Terms::default()
            };
            let verdict = verify(&host, &path, &terms).unwrap();
            assert_eq!(
                verdict.verdict,
                Verdict::Verified,
                "{what}: {:#?}",
                verdict.checks
            );
        }
    }
    panic!("there is no end to the steps");
}

#[test]
fn signing() {
    each_step(&unsigned_entry, &|host, case| {
        custody::sign_in(host, case).map(drop)
    });
}

/// Leaves an entry that no note covers.
fn unsigned_entry(host: &TestHost, path: &Path) {
    let passphrase = host.passphrase.lock().unwrap().take();
    receive(host, path, 2, "later.json", b"[]");
    *host.passphrase.lock().unwrap() = passphrase;
}

#[test]
fn letting_an_examiner_in() {
    let other = TestHost::with_cheap_key("bex");
    let vkey = key::show(&other).unwrap().vkey;
    let new = NewExaminer {
        name: "B. Examiner".into(),
        vkey,
        ..NewExaminer::default()
    };
    each_step(&|_, _| {}, &move |host, case| {
        examiner::add_in(host, case, &new).map(drop)
    });
}

#[test]
fn replacing_the_key() {
    each_step(&|_, _| {}, &|host, case| {
        key::rotate_in(host, case).map(drop)
    });
}

#[test]
fn requesting_a_time_stamp() {
    each_step(&unsigned_entry, &|host, case| {
        custody::request_in(host, case).map(drop)
    });
}

#[test]
fn withdrawing() {
    each_step(&|_, _| {}, &|host, case| {
        match withdraw::withdraw_in(host, case, 1, "privileged") {
            // It was done before, and only the signing failed.
            Err(WorkError::Absent { .. }) => {}
            done => drop(done?),
        }
        case.finish(host).map(drop)
    });
}

/// An evidence item with records.
fn with_records(host: &TestHost, path: &Path) {
    let file = host.path("records.json");
    std::fs::write(&file, format!("{}\n{}\n", record(1), record(2))).unwrap();
    import(host, path, &request(file)).unwrap();
}

/// Tags every event; what was done before stays.
fn tag_all(host: &TestHost, case: &mut OpenCase) -> Result<Changed, WorkError> {
    let name = "c2".to_owned();
    let what = What::Tag { name, on: true };
    let on = Selection::Query(Asked::default());
    annotate(host, case, &Change { what, on })
}

#[test]
fn annotating() {
    each_step(&with_records, &|host, case| {
        tag_all(host, case)?;
        case.finish(host).map(drop)
    });
}

#[test]
fn taking_an_annotation_back() {
    let tagged = |host: &TestHost, path: &Path| {
        with_records(host, path);
        let mut case = OpenCase::open(host, path).unwrap();
        tag_all(host, &mut case).unwrap();
        case.finish(host).unwrap();
    };
    each_step(&tagged, &|host, case| {
        let connection = case.writer().connection();
        let sql = "SELECT max(seq) FROM annotation_change";
        let seq: i64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        match annotations::undo(host, case, seq.unsigned_abs()) {
            // It was done before, and only the signing failed.
            Err(WorkError::Absent { .. }) => {}
            done => drop(done?),
        }
        case.finish(host).map(drop)
    });
}

#[test]
fn noting_an_item() {
    each_step(&|_, _| {}, &|host, case| {
        let note = ItemNote {
            jurisdiction: Some("DE".into()),
            hold: true,
            ..ItemNote::default()
        };
        annotations::note_item(host, case, "EV-0001", &note)?;
        case.finish(host).map(drop)
    });
}

#[test]
fn anchoring() {
    let authority = Authority::new();
    let ask = |host: &TestHost, path: &Path| {
        let requested = custody::request(host, path).unwrap();
        authority.answer(&requested.file);
        host.turn_clock(2 * SECOND);
    };
    each_step(&ask, &|host, case| {
        let exports = case.case().exports();
        let answers = std::fs::read_dir(exports)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let mut answers = answers.filter(|path| path.extension().is_some_and(|e| e == "tsr"));
        custody::anchor_in(host, case, &answers.next().unwrap(), None).map(drop)
    });
}

#[test]
fn making_a_case() {
    for at in 0..100 {
        for moment in [Moment::Before, Moment::After] {
            let host = TestHost::with_cheap_key("aex");
            let path = host.path("case");
            let (faults, steps) = failing(at, moment);
            let outcome = case::create_with(&host, &path, &new_case(), &faults);
            if steps.load(Ordering::Relaxed) <= at {
                outcome.unwrap();
                return;
            }
            assert!(outcome.is_err());
            // There is no case, or one that is whole; nothing else is there.
            if path.exists() {
                let verification = verify(&host, &path, &Terms::default()).unwrap();
                assert_ne!(
                    verification.verdict,
                    Verdict::Failed,
                    "{:#?}",
                    verification.checks
                );
                custody::sign(&host, &path).unwrap();
            } else {
                host.case("case");
            }
            let left = std::fs::read_dir(host.folder.path()).unwrap().count();
            assert_eq!(left, 2, "home and case only");
        }
    }
    panic!("there is no end to the steps");
}

#[test]
fn restoring() {
    let host = TestHost::with_cheap_key("aex");
    let path = host.case("case");
    receive(&host, &path, 1, "log.json", b"{}");
    let zip = host.path("backup.zip");
    backup::backup(&host, &path, &zip).unwrap();
    for at in 0..100 {
        for moment in [Moment::Before, Moment::After] {
            let other = TestHost::without_passphrase("bex");
            let again = other.path("case");
            let (faults, steps) = failing(at, moment);
            let outcome = backup::restore_with(&other, &zip, &again, &faults);
            if steps.load(Ordering::Relaxed) <= at {
                outcome.unwrap();
                assert!(at > 3);
                return;
            }
            assert!(outcome.is_err(), "step {at} {moment:?}");
            if !again.exists() {
                backup::restore(&other, &zip, &again).unwrap();
            }
            let verification = verify(&other, &again, &Terms::default()).unwrap();
            assert_ne!(
                verification.verdict,
                Verdict::Failed,
                "{:#?}",
                verification.checks
            );
        }
    }
    panic!("there is no end to the steps");
}
