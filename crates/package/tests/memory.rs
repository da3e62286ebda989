//! Memory does not grow with the evidence: one process writes and verifies a small package, then
//! one that is a hundred times larger.
#![allow(clippy::disallowed_methods, reason = "the test has files of its own")]

use std::fs::{self, File};
use std::io::{self, Read};

use vestige_package::{Bag, Payload, Status, Unwatched, examine, write};

/// What the larger package may need more, in bytes.
const MORE: u64 = 16 << 20;

/// Bytes that no compressor shortens.
struct Noise(u64, u64);

impl Read for Noise {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = into
            .len()
            .min(usize::try_from(self.1).unwrap_or(usize::MAX));
        for byte in into.iter_mut().take(length) {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            *byte = self.0 as u8;
        }
        self.1 -= length as u64;
        Ok(length)
    }
}

/// The most memory that this process ever held, in bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes << 10
}

fn through(size: u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)
        .unwrap();
    let bag = Bag {
        top: "case".to_owned(),
        time: 0,
        info: vec![("Bag-Software-Agent", "Vestige 0.1.0".to_owned())],
        payload: vec![Payload {
            name: "evidence/EV-0001/noise".to_owned(),
            size,
            sha256: None,
        }],
    };
    let mut open = |_: &Payload| -> io::Result<Box<dyn Read>> { Ok(Box::new(Noise(7, size))) };
    write(&file, &bag, &mut open, &mut Unwatched).unwrap();
    let found = examine(File::open(&path).unwrap(), &mut Unwatched).unwrap();
    let failed = found
        .checks
        .iter()
        .find(|check| check.status != Status::Pass);
    assert_eq!(failed, None);
}

#[test]
fn a_hundred_times_the_evidence_needs_no_more_memory() {
    through(1 << 20);
    let small = peak();
    through(100 << 20);
    let large = peak();
    assert!(large < small + MORE, "{small} bytes grew to {large}");
}
