//! Any bytes as a container: the walk ends, every member it begins ends, the limits hold, and
//! bytes and file give the same.

#![no_main]

use std::fs::File;
use std::io::{Seek, Write};
use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use vestige_acquire::unpack::{Content, End, Limits, Member, Place, Source, Unpacker, Visitor};
use vestige_model::Warning;

/// Small, so that they are reached.
const LIMITS: Limits = Limits {
    ratio: 20,
    ratio_floor: 1 << 20,
    allow_ratio: false,
    nesting: 3,
    whole: 64 << 10,
};

/// What a walk showed.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    members: Vec<(String, String, u64, u64)>,
    open: Option<String>,
    ends: Vec<End>,
    rejected: Vec<(String, String)>,
    warnings: Vec<(String, Warning)>,
}

impl Visitor for Seen {
    fn member(&mut self, member: Member<'_>) -> ControlFlow<()> {
        let path = member.at.path.to_string();
        assert_eq!(self.open, None, "a member within another");
        let (mut count, mut sum) = (0, 0);
        match member.content {
            Content::Whole(bytes) => {
                assert!(bytes.len() <= LIMITS.whole, "{} bytes whole", bytes.len());
                add(bytes, &mut count, &mut sum);
            }
            Content::Stream(reader) => {
                let mut part = [0; 4096];
                while let Ok(length @ 1..) = reader.read(&mut part) {
                    add(&part[..length], &mut count, &mut sum);
                }
            }
        }
        let levels = member.at.layers.split('!').count();
        assert!(levels <= LIMITS.nesting + 1, "{}", member.at.layers);
        assert!(
            !member.at.name.contains(['\0', '\n', '\u{1b}']),
            "{:?}",
            member.at.name
        );
        self.members
            .push((path.clone(), member.at.name.clone(), count, sum));
        self.open = Some(path);
        ControlFlow::Continue(())
    }

    fn ended(&mut self, at: &Place, end: End) -> ControlFlow<()> {
        assert_eq!(self.open.take(), Some(at.path.to_string()));
        self.ends.push(end);
        ControlFlow::Continue(())
    }

    fn rejected(&mut self, at: &Place, reason: String) -> ControlFlow<()> {
        assert!(!reason.is_empty());
        self.rejected.push((at.path.to_string(), reason));
        ControlFlow::Continue(())
    }

    fn warning(&mut self, at: &Place, warning: Warning) {
        self.warnings.push((at.path.to_string(), warning));
    }
}

fn add(bytes: &[u8], count: &mut u64, sum: &mut u64) {
    *count += bytes.len() as u64;
    for byte in bytes {
        *sum = sum.wrapping_mul(31).wrapping_add(u64::from(*byte));
    }
}

/// An unpacker with its folder and a file to read from.
struct Bench {
    unpacker: Unpacker,
    scratch: TempDir,
    file: File,
}

impl Bench {
    fn new() -> Bench {
        let scratch = tempfile::tempdir().expect("a folder for temporary files");
        Bench {
            unpacker: Unpacker::new(LIMITS, scratch.path()),
            scratch,
            file: tempfile::tempfile().expect("a temporary file"),
        }
    }

    fn walk(&mut self, bytes: &[u8]) -> Seen {
        let mut seen = Seen::default();
        let walked = self.unpacker.walk(Source::Bytes(bytes), &mut seen);
        walked.expect("bytes at hand can be read");
        seen
    }

    fn walk_file(&mut self, bytes: &[u8]) -> Seen {
        let mut seen = Seen::default();
        self.file.set_len(0).expect("a file of our own");
        self.file.rewind().expect("a file of our own");
        self.file.write_all(bytes).expect("a file of our own");
        let walked = self.unpacker.walk(Source::File(&self.file), &mut seen);
        walked.expect("a file of our own can be read");
        seen
    }
}

thread_local! {
    static BENCH: std::cell::RefCell<Bench> = std::cell::RefCell::new(Bench::new());
}

fuzz_target!(|bytes: &[u8]| {
    BENCH.with_borrow_mut(|bench| {
        let seen = bench.walk(bytes);
        assert_eq!(seen.open, None, "a member that did not end");
        let all: u64 = seen.members.iter().map(|(_, _, count, _)| count).sum();
        let most = LIMITS.ratio * bytes.len() as u64 + LIMITS.ratio_floor + LIMITS.whole as u64;
        assert!(all <= most, "{all} bytes of {}", bytes.len());
        let told = seen.members.len() + seen.rejected.len() + seen.warnings.len();
        assert!(told > 0 || bytes.len() >= 22, "it vanished");
        let file = bench.walk_file(bytes);
        assert_eq!(file.members, seen.members);
        assert_eq!(file.ends, seen.ends);
        assert_eq!(file.rejected, seen.rejected);
        let left = std::fs::read_dir(bench.scratch.path()).expect("a folder of our own");
        assert_eq!(
            left.count(),
            0,
            "something was left in the temporary folder"
        );
    });
});
