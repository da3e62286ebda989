//! Evidence of any size for measurements: made file by file, the same on every machine.

mod cloudtrail;
mod flows;

use std::fs;
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use anyhow::{Context as _, Result, anyhow};

use crate::gzip;

/// What to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// CloudTrail, 10,000 records a file, about 1,670 bytes a record.
    Cloudtrail,
    /// VPC flow logs, version 2, 100,000 lines a file.
    Vpcflow,
    /// CloudTrail with one record a file: files of about 600 bytes.
    Small,
    /// CloudTrail where nearly every record has a role session name of its own.
    Sessions,
    /// CloudTrail with 480,000 records a file: files of about 100 MB.
    Large,
}

impl Kind {
    /// Records in one file.
    fn per_file(self) -> u64 {
        match self {
            Kind::Cloudtrail | Kind::Sessions => 10_000,
            Kind::Vpcflow => 100_000,
            Kind::Small => 1,
            Kind::Large => 480_000,
        }
    }
}

/// What was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Files written.
    pub files: u64,
    /// Records in them.
    pub records: u64,
    /// Bytes before compression.
    pub raw: u64,
    /// Bytes written.
    pub written: u64,
}

/// One file: its path below the folder, and its content.
struct Content {
    path: String,
    raw: Vec<u8>,
    level: i32,
}

/// Writes `records` records of `kind` below `out`, on all cores.
///
/// # Errors
/// Where a file cannot be written.
pub fn make(kind: Kind, records: u64, out: &Path) -> Result<Made> {
    let files = records.div_ceil(kind.per_file());
    let (next, raw, written) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let work = || -> Result<()> {
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= files {
                return Ok(());
            }
            let first = n * kind.per_file();
            let content = content(kind, n, kind.per_file().min(records - first), records);
            raw.fetch_add(content.raw.len() as u64, Ordering::Relaxed);
            written.fetch_add(write(&content, out)?, Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .map_err(|_| anyhow!("a worker that makes evidence panicked"))?
        })
    })?;
    Ok(Made {
        files,
        records,
        raw: raw.into_inner(),
        written: written.into_inner(),
    })
}

fn content(kind: Kind, n: u64, records: u64, of: u64) -> Content {
    match kind {
        Kind::Vpcflow => flows::file(n, records),
        Kind::Cloudtrail | Kind::Large => {
            cloudtrail::file(n, records, of, cloudtrail::Names::Shared)
        }
        Kind::Sessions => cloudtrail::file(n, records, of, cloudtrail::Names::Distinct),
        Kind::Small => cloudtrail::small(n, of),
    }
}

fn write(content: &Content, out: &Path) -> Result<u64> {
    let path = out.join(&content.path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    let packed = gzip::compress(&content.raw, content.level)?;
    fs::write(&path, &packed).with_context(|| path.display().to_string())?;
    Ok(packed.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_holds_what_was_asked_for_and_is_the_same_again() {
        for (kind, records) in [
            (Kind::Cloudtrail, 150),
            (Kind::Vpcflow, 150),
            (Kind::Small, 3),
            (Kind::Sessions, 150),
            (Kind::Large, 150),
        ] {
            let again = content(kind, 0, records.min(kind.per_file()), records);
            let content = content(kind, 0, records.min(kind.per_file()), records);
            assert!(
                content.raw == again.raw && content.path == again.path,
                "{kind:?}"
            );
            let text = String::from_utf8(content.raw).unwrap();
            let found = match kind {
                Kind::Vpcflow => text.lines().count() as u64 - 1,
                _ => text.matches("\"eventID\":").count() as u64,
            };
            assert_eq!(found, records.min(kind.per_file()), "{kind:?}");
        }
    }

    #[test]
    fn the_records_are_as_long_as_the_measurements_say() {
        let raw = content(Kind::Cloudtrail, 0, 2000, 2000).raw.len() / 2000;
        assert!((1500..1850).contains(&raw), "{raw} bytes a record");
        let raw = content(Kind::Vpcflow, 0, 2000, 2000).raw.len() / 2000;
        assert!((100..130).contains(&raw), "{raw} bytes a line");
        let small = content(Kind::Small, 0, 1, 1);
        let small = gzip::compress(&small.raw, small.level).unwrap().len();
        assert!((500..720).contains(&small), "{small} bytes a file");
    }

    #[test]
    fn the_last_file_holds_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let made = make(Kind::Small, 3, folder.path()).unwrap();
        assert_eq!((made.files, made.records), (3, 3));
        let made = make(Kind::Vpcflow, 100_001, folder.path()).unwrap();
        assert_eq!((made.files, made.records), (2, 100_001));
    }

    #[test]
    fn session_names_hardly_repeat() {
        let text = String::from_utf8(content(Kind::Sessions, 0, 500, 500).raw).unwrap();
        let names: std::collections::HashSet<&str> = text
            .split("\"arn\":\"arn:aws:sts::")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert!(names.len() > 400, "{}", names.len());
    }
}
