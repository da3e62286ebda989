//! Every storage step of an import fails, once before it takes effect and once after, although it
//! reports an error; the disk is full, or a file cannot be read further. After each the case opens
//! and verifies, continues what was seen of it, and takes the rest: in the end it holds what an
//! undisturbed import would have put into it.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use flate2::Compression;
use flate2::write::GzEncoder;
use support::*;
use vestige_custody::Verdict;
use vestige_store::{Connection, fault};
use vestige_workbench::explore::{Asked, Explorer, Order, Output};
use vestige_workbench::import::{self, ImportReport, Request};
use vestige_workbench::verify::{Terms, verify};
use vestige_workbench::{OpenCase, WorkError, custody, session, withdraw};

/// What is done to which step: its name, which time of all that it is done, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fault {
    step: &'static str,
    time: usize,
    after: bool,
}

impl Fault {
    /// Before a step the disk is full; after one it is gone.
    fn error(self) -> io::Error {
        match self.after {
            true => io::Error::other("the disk went away"),
            false => io::ErrorKind::StorageFull.into(),
        }
    }
}

/// How often each step was begun. Steps of several threads come in any order, those of one name
/// do not.
type Steps = Arc<Mutex<BTreeMap<&'static str, usize>>>;

/// Counts steps and fails at one of them, in both crates that have steps.
fn seams(fault: Option<Fault>) -> (fault::Faults, vestige_acquire::Faults, Steps) {
    let steps = Steps::default();
    let counted = Arc::clone(&steps);
    let ask = move |step: &'static str, after: bool| {
        let mut counted = counted.lock().unwrap();
        let times = counted.entry(step).or_default();
        *times += usize::from(!after);
        let now = Fault {
            step,
            time: *times,
            after,
        };
        match fault {
            Some(fault) if fault == now => Err(fault.error()),
            _ => Ok(()),
        }
    };
    let ours = ask.clone();
    let store = fault::Faults::hook(move |step, now| ours(step, now == fault::Moment::After));
    let acquire = vestige_acquire::Faults::hook(move |step, now| {
        ask(step, now == vestige_acquire::Moment::After)
    });
    (store, acquire, steps)
}

/// Imports with one step that fails, or none.
fn disturbed(
    host: &TestHost,
    case: &Path,
    request: &Request,
    fault: Option<Fault>,
) -> (Result<ImportReport, WorkError>, Steps) {
    let (store, acquire, steps) = seams(fault);
    let done = OpenCase::open_with(host, case, &store).and_then(|mut open| {
        open.set_evidence_faults(acquire);
        import::import(host, &mut open, request)
    });
    (done, steps)
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn lines(ids: impl Iterator<Item = u64>) -> String {
    ids.fold(String::new(), |mut all, id| {
        writeln!(all, "{}", record(id)).unwrap();
        all
    })
}

/// A record so long that some hundred fill a side copy.
fn long(id: u64) -> String {
    let padding: String = (0..4_000)
        .map(|at| {
            format!(
                "{:016x}",
                (id * 4_000 + at).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            )
        })
        .collect();
    record(id).replace(
        "GetObject\"",
        &format!("GetObject\",\"padding\":\"{padding}\""),
    )
}

const FLOWS: &str = "\
2 123456789010 eni-1235b8ca 10.0.1.5 203.0.113.9 44321 443 6 10 5000 1789430400 1789430460 ACCEPT OK
2 123456789010 eni-1235b8ca 10.0.1.6 203.0.113.9 44322 22 6 1 60 1789430500 1789430560 REJECT OK
";

/// Files, an archive of files, records that come twice, a flow log that comes twice, damage.
fn some(folder: &Path) {
    fs::create_dir(folder).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    let broken = format!("{}{{\"eventName\": \n{}", lines(0..20), lines(20..40));
    write("a.jsonl", broken.as_bytes());
    let mut tar = tar::Builder::new(Vec::new());
    let again = gz(lines(30..60).as_bytes());
    for (name, bytes) in [
        ("flows.log", FLOWS.as_bytes()),
        ("x.gz", &again),
        ("notes.txt", b"no log\n"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, bytes).unwrap();
    }
    write("b.tar.gz", &gz(&tar.into_inner().unwrap()));
    write("c.log", FLOWS.as_bytes());
    write("d.json", lines(100..130).as_bytes());
}

/// One member that streams and gets a side copy, between two that do not.
fn large(folder: &Path) {
    fs::create_dir(folder).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    write("a.jsonl", lines(0..20).as_bytes());
    let all: Vec<_> = (1_000..1_560).map(long).collect();
    write("b.jsonl", all.join("\n").as_bytes());
    write("c.jsonl", lines(40..60).as_bytes());
}

/// Every row that is shown, without what is its case's own.
fn rows(host: &TestHost, case: &Path) -> Vec<String> {
    let explorer = Explorer::open(host, case, &Asked::default()).unwrap();
    let mut out = Vec::new();
    explorer
        .write(Order::Ascending, None, Output::Jsonl, &mut out)
        .unwrap();
    let text = String::from_utf8(out).unwrap();
    let mut rows: Vec<_> = text
        .lines()
        .map(|line| {
            let mut row: serde_json::Map<_, _> = serde_json::from_str(line).unwrap();
            row.remove("ingested");
            row.remove("evidence");
            serde_json::Value::Object(row).to_string()
        })
        .collect();
    rows.sort();
    rows
}

fn connection(host: &TestHost, case: &Path) -> Connection {
    session::read(host, case, "test").unwrap().into_connection()
}

fn verdict(host: &TestHost, case: &Path, deep: bool, pins: &[String]) -> Verdict {
    let terms = Terms {
        deep,
        pins: pins.to_vec(),
        ..Terms::default()
    };
    let verification = verify(host, case, &terms).unwrap();
    if verification.verdict == Verdict::Failed {
        eprintln!("{:#?}", verification.checks);
    }
    verification.verdict
}

/// Files below `evidence` and `index` that no item of the case has.
fn leftovers(host: &TestHost, case: &Path) -> Vec<PathBuf> {
    let connection = connection(host, case);
    let mut known = connection
        .prepare("SELECT 1 FROM evidence WHERE lower(hex(sha256))=?1")
        .unwrap();
    let mut found = Vec::new();
    let mut folders = vec![case.join("evidence"), case.join("index")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder)
            .unwrap()
            .map(|one| one.unwrap().path())
        {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let copy = path.extension().is_some_and(|ending| ending == "seek");
            let named = if copy {
                folder.file_name()
            } else {
                path.file_name()
            };
            if !known.exists([named.unwrap().to_str().unwrap()]).unwrap() {
                found.push(path);
            }
        }
    }
    found
}

/// What became of an import in which `fault` happened.
fn check_outcome(fault: Fault, outcome: &Result<ImportReport, WorkError>) {
    let told = match outcome {
        Err(error) => error.to_string(),
        Ok(report) => {
            let reasons = report.evidence.iter().map(|one| one.reason.as_deref());
            reasons.flatten().collect::<Vec<_>>().join("; ")
        }
    };
    match fault.step {
        // Derived: the import does without. What is not removed now is swept later.
        "write side copy" | "rename side copy" | "remove temporary" => {
            assert!(outcome.is_ok(), "{fault:?}: {told}");
            return;
        }
        _ => assert!(outcome.is_err(), "{fault:?} was swallowed: {told}"),
    }
    let word = if fault.after {
        "the disk went away"
    } else {
        "free some"
    };
    assert!(
        told.contains(word),
        "{fault:?}: expected {word:?} in {told}"
    );
}

/// Tries every step whose name `wanted` accepts at the times that `times` gives, both ways.
fn each_step(
    write: fn(&Path),
    wanted: &dyn Fn(&str) -> bool,
    times: &dyn Fn(usize) -> Vec<usize>,
) -> usize {
    let host = TestHost::with_cheap_key("aex");
    let (folder, whole) = (host.path("logs"), host.case("whole"));
    write(&folder);
    let request = request(folder);
    let (report, steps) = disturbed(&host, &whole, &request, None);
    let (report, expected) = (report.unwrap(), rows(&host, &whole));
    let steps = steps.lock().unwrap().clone();
    let mut tried = 0;
    for (&step, &count) in steps.iter().filter(|(step, _)| wanted(step)) {
        for time in times(count) {
            for after in [false, true] {
                let fault = Fault { step, time, after };
                let case = host.case(&format!("case-{tried}"));
                survives(&host, &case, &request, fault);
                let again = import(&host, &case, &request).unwrap();
                let (found, all) = (again.totals.tally.found, report.totals.tally.found);
                assert_eq!(found, all, "{fault:?}");
                assert_ne!(
                    verdict(&host, &case, true, &[]),
                    Verdict::Failed,
                    "{fault:?}"
                );
                // Not assert_eq: a difference would print both.
                assert!(rows(&host, &case) == expected, "{fault:?}: rows differ");
                assert_eq!(leftovers(&host, &case), Vec::<PathBuf>::new(), "{fault:?}");
                fs::remove_dir_all(case).unwrap();
                tried += 1;
            }
        }
    }
    tried
}

/// The fault happens, and the case opens and continues what was seen of it.
fn survives(host: &TestHost, case: &Path, request: &Request, fault: Fault) {
    let before = custody::pin(host, case).unwrap().line();
    let (outcome, steps) = disturbed(host, case, request, Some(fault));
    let reached = steps.lock().unwrap().get(fault.step).copied();
    assert!(
        reached >= Some(fault.time),
        "{fault:?} did not happen: {reached:?}"
    );
    check_outcome(fault, &outcome);
    let found = verdict(host, case, false, std::slice::from_ref(&before));
    assert_ne!(found, Verdict::Failed, "{fault:?}");
    // The whole of what is there is what the entries say, before anything is repaired.
    assert_ne!(
        verdict(host, case, true, &[before]),
        Verdict::Failed,
        "{fault:?}"
    );
}

#[test]
fn every_step_of_an_import() {
    let tried = each_step(some, &|_| true, &|count| (1..=count).collect());
    assert!(tried > 60, "only {tried}");
}

#[test]
fn every_step_of_a_side_copy() {
    let wanted = |step: &str| step.ends_with("side copy") || step == "write temporary";
    let tried = each_step(large, &wanted, &|count| match count {
        0..4 => (1..=count).collect(),
        _ => vec![1, 2, count / 2, count],
    });
    assert!(tried > 10, "only {tried}");
}

/// An import in place, in the midst of which the file is cut: nothing says so but reading it.
fn cut_while_read(
    host: &TestHost,
    case: &Path,
    request: &Request,
    file: &Path,
    to: u64,
) -> ImportReport {
    let (file, frames) = (file.to_owned(), Mutex::new(0));
    // The side copy is written by the thread that reads, a mebibyte at a time.
    let faults = vestige_acquire::Faults::hook(move |step, now| {
        if step == "write side copy" && now == vestige_acquire::Moment::Before {
            let mut frames = frames.lock().unwrap();
            *frames += 1;
            if *frames == 20 {
                OpenOptions::new().write(true).open(&file)?.set_len(to)?;
            }
        }
        Ok(())
    });
    let mut open = OpenCase::open(host, case).unwrap();
    open.set_evidence_faults(faults);
    import::import(host, &mut open, request).unwrap()
}

#[test]
fn what_was_read_before_a_file_breaks_off_stays() {
    let host = TestHost::with_cheap_key("aex");
    let case = host.case("case");
    let folder = host.path("logs");
    fs::create_dir(&folder).unwrap();
    let file = folder.join("b.jsonl");
    let all: Vec<_> = (0..1_100).map(long).collect();
    let text = all.join("\n");
    fs::write(&file, &text).unwrap();
    fs::write(folder.join("a.jsonl"), lines(2_000..2_020)).unwrap();
    fs::write(folder.join("c.jsonl"), lines(3_000..3_020)).unwrap();
    let request = Request {
        in_place: true,
        ..request(folder)
    };
    let to = 40 << 20;
    let report = cut_while_read(&host, &case, &request, &file, to);
    let [first, broken, last] = &report.evidence[..] else {
        panic!("{:?}", report.evidence)
    };
    assert_eq!(
        (first.tally.stored, last.tally.stored),
        (20, 20),
        "the others are read"
    );
    assert_eq!(broken.state, "partial");
    let reason = broken.reason.as_deref().unwrap();
    assert!(
        reason.contains("shorter") && reason.contains(&to.to_string()),
        "{reason}"
    );
    broken.tally.reconcile().unwrap();
    let whole = text[..to as usize].matches('\n').count() as u64;
    assert_eq!(
        broken.tally.stored, whole,
        "every whole record before the cut"
    );
    assert_eq!(
        broken.tally.found,
        whole + 1,
        "and the one that was cut, with its offset"
    );
    // The file is not what was received: that is said, and when it is again, all is well.
    assert_eq!(verdict(&host, &case, false, &[]), Verdict::Failed);
    fs::write(&file, &text).unwrap();
    assert_ne!(verdict(&host, &case, false, &[]), Verdict::Failed);
    assert_eq!(rows(&host, &case).len() as u64, 40 + whole);
    assert_eq!(leftovers(&host, &case), Vec::<PathBuf>::new());
    // Received anew, the rest of it is read.
    withdraw::withdraw(&host, &case, &broken.id, "broken off").unwrap();
    import(&host, &case, &request).unwrap();
    assert_eq!(rows(&host, &case).len(), 40 + 1_100);
}

#[test]
fn a_file_that_vanished_after_it_was_listed_is_told_and_taken_when_it_is_back() {
    let host = TestHost::with_cheap_key("aex");
    let case = host.case("case");
    let folder = host.path("logs");
    some(&folder);
    let gone = folder.join("d.json");
    let vanishing = gone.clone();
    // The folder of originals is opened after the listing and before the reading.
    let faults = vestige_acquire::Faults::hook(move |step, _| match step {
        "make evidence folder" if vanishing.exists() => fs::remove_file(&vanishing),
        _ => Ok(()),
    });
    let mut open = OpenCase::open(&host, &case).unwrap();
    open.set_evidence_faults(faults);
    let request = request(folder);
    let report = import::import(&host, &mut open, &request).unwrap();
    drop(open);
    let told = report
        .evidence
        .iter()
        .find(|one| one.name == "d.json")
        .unwrap();
    assert_eq!(told.state, "rejected");
    let reason = told.reason.as_deref().unwrap();
    assert!(
        reason.contains("d.json") && reason.contains("check that it is still there"),
        "{reason}"
    );
    let before = rows(&host, &case).len();
    fs::write(gone, lines(100..130)).unwrap();
    import(&host, &case, &request).unwrap();
    assert_eq!(rows(&host, &case).len(), before + 30);
    assert_ne!(verdict(&host, &case, true, &[]), Verdict::Failed);
}
