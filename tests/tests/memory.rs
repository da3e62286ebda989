//! Memory does not grow with the evidence. The real process imports CloudTrail in which nearly every
//! record has a role session name of its own, which is what a dictionary fears most.
//!
//! At each run half a million records are compared with two million, by when the caches, which have
//! a bound, are nearly full. `VESTIGE_LARGE=1` compares two million with ten besides: 2 GB of gz,
//! which are kept below the target folder, and a case of 8 GB, which is not; some minutes with a
//! release build:
//!
//! ```text
//! cargo build --release -p vestige-cli
//! VESTIGE_LARGE=1 VESTIGE_PROGRAM=target/release/vestige cargo test -p vestige-tests --test memory
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use vestige_tests::{Desk, generated};
use xtask::evidence::Kind;

/// No import may need more, in bytes.
const MOST: u64 = 600_000_000;
/// Records a file.
const FILE: u64 = 10_000;
const FEW: u64 = 500_000;
const MANY: u64 = 2_000_000;
const LARGE: u64 = 10_000_000;
/// What ten million records may need more than two, in bytes.
const GROWTH: u64 = 60_000_000;

#[test]
fn four_times_the_evidence_needs_less_than_twice_the_memory() {
    let source = tempfile::tempdir().unwrap();
    generated(Kind::Sessions, MANY, source.path());
    let files = files(source.path());
    let few = peak(&files, FEW, source.path());
    let many = peak(&files, MANY, source.path());
    assert!(few < MOST && many < MOST, "{few} and {many} bytes");
    assert!(many < 2 * few, "{few} bytes grew to {many}");
}

#[test]
fn ten_million_records_with_names_of_their_own_fit() {
    if std::env::var_os("VESTIGE_LARGE").is_none() {
        eprintln!("VESTIGE_LARGE is not set: ten million records are NOT imported");
        return;
    }
    let folder = kept(LARGE);
    let (files, beside) = (files(&folder), folder.parent().unwrap());
    let many = peak(&files, MANY, beside);
    let large = peak(&files, LARGE, beside);
    assert!(large < MOST, "{large} bytes");
    assert!(large < many + GROWTH, "{many} bytes grew to {large}");
}

/// Evidence that is made once and kept, where the benchmarks keep theirs.
fn kept(records: u64) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let target = tests.ancestors().nth(3).unwrap().join("bench-evidence");
    let folder = target.join(format!("sessions-{records}"));
    let made = target.join(format!("sessions-{records}.made"));
    if !made.exists() {
        generated(Kind::Sessions, records, &folder);
        fs::write(made, "").unwrap();
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|one| one.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The most resident memory of an import of the first `records` in `files`, in bytes. The case
/// lies in `beside` and is removed.
fn peak(files: &[PathBuf], records: u64, beside: &Path) -> u64 {
    let desk = Desk::new();
    let folder = tempfile::tempdir_in(beside).unwrap();
    let case = folder.path().join("case");
    let case = case.to_str().unwrap();
    desk.case(case);
    let begun = Instant::now();
    let importing = desk
        .command(&["import", case])
        .args(&files[..usize::try_from(records / FILE).unwrap()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let peak = watched(importing);
    let took = begun.elapsed();
    eprintln!("{records} records: {} MB, {took:?}", peak / 1_000_000);
    assert_eq!(desk.done(&["count", case]), format!("{records}\n"));
    peak
}

/// The high-water mark that the system keeps of a process, read until it ends.
fn watched(mut process: Child) -> u64 {
    let status = format!("/proc/{}/status", process.id());
    let mut peak = 0;
    while process.try_wait().unwrap().is_none() {
        let told = fs::read_to_string(&status).unwrap_or_default();
        peak = peak.max(high_water(&told).unwrap_or(0));
        thread::sleep(Duration::from_millis(5));
    }
    assert!(process.wait().unwrap().success());
    assert!(peak > 1_000_000, "expected a high-water mark, found {peak}");
    peak
}

fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}
