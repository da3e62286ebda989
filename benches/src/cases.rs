//! Cases of measurements: made below the target folder, removed when they are no longer needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Result, ensure};
use vestige_workbench::OpenCase;
use vestige_workbench::case::{self, NewCase};
use vestige_workbench::import::{self, ImportReport, Request};

use crate::evidence::target;
use crate::host::Silent;
use crate::measure::Took;

/// Cases made by this process: several of a name may be held at once.
static MADE: AtomicU64 = AtomicU64::new(0);

fn folder() -> PathBuf {
    target().join("bench-cases")
}

/// Removes what measurements that were broken off have left.
///
/// # Errors
/// What cannot be removed.
pub fn sweep() -> Result<()> {
    if !folder().exists() {
        return Ok(());
    }
    for one in fs::read_dir(folder())? {
        let one = one?;
        if !is_in_use(&one.file_name().to_string_lossy()) {
            fs::remove_dir_all(one.path())?;
        }
    }
    Ok(())
}

/// Whether the process that made a case of this name (`name-process-number`) still runs.
fn is_in_use(name: &str) -> bool {
    let process = name.rsplit('-').nth(1);
    process.is_some_and(|process| Path::new("/proc").join(process).exists())
}

/// A case, its folder and the host it is worked on with.
#[derive(Debug)]
pub struct BenchCase {
    folder: PathBuf,
    /// Who works on it.
    pub host: Silent,
}

impl Drop for BenchCase {
    fn drop(&mut self) {
        // What cannot be removed is swept before the next measurement.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// What an import took.
#[derive(Debug)]
pub struct Imported {
    /// All of it, from opening the case.
    pub all: Took,
    /// Its stages, in order.
    pub stages: Vec<(String, Took)>,
    /// What the use case says of it.
    pub report: ImportReport,
}

impl Imported {
    /// What the stage `reading` took: the load.
    pub fn load(&self) -> Took {
        self.sum(|name| name == "reading" || name == "planning")
    }

    /// What the stages took whose names `which` accepts.
    pub fn sum(&self, which: impl Fn(&str) -> bool) -> Took {
        let mut sum = Took::default();
        for (name, took) in &self.stages {
            if which(name) {
                sum += *took;
            }
        }
        sum
    }
}

impl BenchCase {
    /// A new case.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn new(name: &str) -> Result<BenchCase> {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let folder = folder().join(format!("{name}-{}-{number}", process::id()));
        fs::create_dir_all(&folder)?;
        let host = Silent::new(&folder);
        let new = NewCase {
            title: name.into(),
            examiner: "A. Examiner".into(),
            ..NewCase::default()
        };
        case::create(&host, &folder.join("case"), &new)?;
        Ok(BenchCase { folder, host })
    }

    /// Where it lies.
    pub fn path(&self) -> PathBuf {
        self.folder.join("case")
    }

    /// Its database.
    pub fn database(&self) -> PathBuf {
        self.path().join("case.db")
    }

    /// Opens it for writing.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn open(&self) -> Result<OpenCase> {
        Ok(OpenCase::open(&self.host, &self.path())?)
    }

    /// Imports a folder, as the command does, with all threads.
    ///
    /// # Errors
    /// What the import says; fewer rows than `records`.
    pub fn import(&self, folder: &Path, records: u64) -> Result<Imported> {
        let request = Request {
            paths: vec![folder.to_path_buf()],
            data_type: None,
            in_place: false,
            allow_ratio: false,
            reason: "measurement".into(),
            jobs: 0,
        };
        self.host.stages();
        let before = Took::now();
        let mut open = self.open()?;
        self.host.stage("planning");
        let report = import::import(&self.host, &mut open, &request)?;
        drop(open);
        let all = Took::now() - before;
        let stages = self.host.stages();
        let stored = report.totals.tally.stored;
        ensure!(
            stored == records,
            "expected {records} stored, found {stored}"
        );
        Ok(Imported {
            all,
            stages,
            report,
        })
    }

    /// Bytes of its database.
    ///
    /// # Errors
    /// Where it is not there.
    pub fn size(&self) -> Result<u64> {
        Ok(fs::metadata(self.database())?.len())
    }
}

/// A new case with this evidence imported.
///
/// # Errors
/// As [`BenchCase::new`] and [`BenchCase::import`].
pub fn imported(name: &str, folder: &Path, records: u64) -> Result<(BenchCase, Imported)> {
    let case = BenchCase::new(name)?;
    let imported = case.import(folder, records)?;
    Ok((case, imported))
}

/// Several imports of the same evidence, each into a case of its own.
#[derive(Debug)]
pub struct Imports {
    /// The last case.
    pub case: BenchCase,
    /// The import that took the least processor time.
    pub best: Imported,
    /// The shortest time on the wall, of whichever import.
    pub wall: f64,
    /// The same of the load.
    pub load_wall: f64,
}

/// Imports evidence `times` times: on a machine that others use too, the least disturbed counts.
///
/// # Errors
/// As [`imported`].
pub fn imports(name: &str, folder: &Path, records: u64, times: usize) -> Result<Imports> {
    let (case, best) = imported(name, folder, records)?;
    let (wall, load_wall) = (best.all.wall, best.load().wall);
    let mut all = Imports {
        case,
        best,
        wall,
        load_wall,
    };
    for _ in 1..times {
        let (case, next) = imported(name, folder, records)?;
        all.case = case;
        all.wall = all.wall.min(next.all.wall);
        all.load_wall = all.load_wall.min(next.load().wall);
        if next.all.cpu < all.best.all.cpu {
            all.best = next;
        }
    }
    Ok(all)
}
