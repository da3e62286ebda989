//! Memory stays bounded whatever the evidence decompresses to.
//!
//! Everything runs in this one process, whose greatest resident size is read at the end.

use std::io::{self, Read, Write as _};
use std::ops::ControlFlow;

use vestige_acquire::unpack::{
    Content, End, Limits, Member, Place, Source, State, Unpacker, Visitor,
};
use vestige_model::Warning;

/// Half of what is allowed to a whole import.
const CEILING: u64 = 256 << 20;

#[derive(Debug, Default)]
struct Counts {
    complete: u64,
    rejected: u64,
    warnings: u64,
    bytes: u64,
}

impl Visitor for Counts {
    fn member(&mut self, member: Member<'_>) -> ControlFlow<()> {
        self.bytes += match member.content {
            Content::Whole(bytes) => bytes.len() as u64,
            Content::Stream(reader) => io::copy(reader, &mut io::sink()).unwrap_or(0),
        };
        ControlFlow::Continue(())
    }

    fn ended(&mut self, _: &Place, end: End) -> ControlFlow<()> {
        match end.state {
            State::Complete => self.complete += 1,
            State::Partial(_) | State::Rejected(_) => self.rejected += 1,
        }
        ControlFlow::Continue(())
    }

    fn rejected(&mut self, _: &Place, _: String) -> ControlFlow<()> {
        self.rejected += 1;
        ControlFlow::Continue(())
    }

    fn warning(&mut self, _: &Place, _: Warning) {
        self.warnings += 1;
    }
}

fn walk(limits: Limits, bytes: &[u8]) -> Counts {
    let mut counts = Counts::default();
    Unpacker::new(limits, std::env::temp_dir())
        .walk(Source::Bytes(bytes), &mut counts)
        .unwrap();
    counts
}

/// gzip of `megabytes` MiB of zeros, at 1,000:1, without compressing them all: one piece that
/// refers to nothing before it, again and again. The checksum is wrong; only its end would tell.
fn zeros(megabytes: usize) -> Vec<u8> {
    let mut piece = Vec::with_capacity(64 << 10);
    let mut deflate = flate2::Compress::new(flate2::Compression::default(), false);
    let input = vec![0; 1 << 20];
    deflate
        .compress_vec(&input, &mut piece, flate2::FlushCompress::Full)
        .unwrap();
    let mut out = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3];
    for _ in 0..megabytes {
        out.extend_from_slice(&piece);
    }
    // An empty last block, then checksum and size.
    out.extend_from_slice(&[3, 0, 0, 0, 0, 0]);
    out.extend_from_slice(&((megabytes << 20) as u32).to_le_bytes());
    out
}

fn zip(entries: &[(String, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in entries {
        writer.start_file(&**name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// As 42.zip: sixteen of the same inside each other, a bomb at the bottom.
fn forty_two(depth: usize) -> Vec<u8> {
    let mut inner = zip(&[("0".to_owned(), &vec![0; 64 << 20][..])]);
    for _ in 0..depth {
        let entries: Vec<(String, &[u8])> = (0..16).map(|at| (at.to_string(), &*inner)).collect();
        inner = zip(&entries);
    }
    inner
}

fn peak() -> u64 {
    let mut status = String::new();
    std::fs::File::open("/proc/self/status")
        .unwrap()
        .read_to_string(&mut status)
        .unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        << 10
}

#[test]
fn bombs_stay_under_the_ceiling() {
    let default = Limits::default();
    let allowed = Limits {
        allow_ratio: true,
        ..default
    };

    let ten_gigabytes = zeros(10 << 10);
    assert!(ten_gigabytes.len() < 16 << 20);
    let counts = walk(default, &ten_gigabytes);
    assert_eq!((counts.complete, counts.rejected), (0, 1));
    assert!(counts.bytes < 64 << 20);

    // Allowed, it streams.
    let counts = walk(allowed, &zeros(1 << 10));
    assert_eq!(counts.bytes, 1 << 30);

    let counts = walk(default, &forty_two(2));
    assert_eq!((counts.complete, counts.rejected), (0, 256));
    // A fourth level of archives is not opened.
    let counts = walk(default, &forty_two(3));
    assert_eq!((counts.complete, counts.rejected), (0, 4096));

    // A frame that needs 128 MiB of window is the most that is given.
    let mut writer = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    writer.window_log(27).unwrap();
    for number in 0..(160u32 << 10) {
        writer.write_all(&number.to_le_bytes().repeat(256)).unwrap();
    }
    let counts = walk(allowed, &writer.finish().unwrap());
    assert_eq!(counts.bytes, 160 << 20);

    assert!(peak() < CEILING, "{} MiB", peak() >> 20);
}
