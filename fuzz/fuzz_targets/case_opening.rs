//! Any bytes as a stranger's case: it is refused or sound, the original is not touched, and
//! nothing is written but in quarantine.
//!
//! The first byte says what the rest is: a whole `case.db`, changes to a sound one, or the log
//! beside a sound one.

#![no_main]

#[allow(dead_code)]
#[path = "../../crates/store/tests/case_file/common.rs"]
mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{Desk, message};
use libfuzzer_sys::fuzz_target;
use vestige_store::case_file::CaseError;
use vestige_store::foreign::{Status, examine};

/// A desk with a sound case, and the bytes of its database.
struct Sound {
    desk: Desk,
    database: Vec<u8>,
}

impl Sound {
    fn new() -> Sound {
        let desk = Desk::new();
        desk.closed_case("sound", 4);
        let database = fs::read(desk.path("sound/case.db")).expect("the case that was made");
        Sound { desk, database }
    }

    /// Lays down the case that the bytes describe.
    fn lay(&self, bytes: &[u8]) -> PathBuf {
        let folder = self.desk.path("case");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder of our own");
        let (kind, rest) = bytes.split_first().unwrap_or((&0, &[]));
        let (database, log) = match kind % 3 {
            0 => (rest.to_vec(), None),
            1 => (changed(&self.database, rest), None),
            _ => (self.database.clone(), Some(rest)),
        };
        fs::write(folder.join("case.db"), database).expect("a folder of our own");
        if let Some(log) = log {
            fs::write(folder.join("case.db-wal"), log).expect("a folder of our own");
        }
        folder
    }
}

/// Each change: where, in four bytes; how long, in one; the bytes.
fn changed(database: &[u8], mut changes: &[u8]) -> Vec<u8> {
    let mut out = database.to_vec();
    while let Some(([a, b, c, d, length], rest)) = changes.split_first_chunk::<5>() {
        let at = u32::from_le_bytes([*a, *b, *c, *d]) as usize % out.len();
        let (new, later) = rest.split_at(usize::from(*length).min(rest.len()));
        let end = (at + new.len()).min(out.len());
        out[at..end].copy_from_slice(&new[..end - at]);
        changes = later;
    }
    out
}

/// Every file below a folder with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder of our own") {
        let path = entry.expect("a folder of our own").path();
        if path.is_dir() {
            all.extend(contents(&path));
        } else {
            all.insert(path.clone(), fs::read(&path).expect("a file of our own"));
        }
    }
    all
}

thread_local! {
    static SOUND: Sound = Sound::new();
}

fuzz_target!(|bytes: &[u8]| SOUND.with(|sound| {
    let folder = sound.lay(bytes);
    let before = contents(&sound.desk.path(""));
    let quarantine = sound.desk.quarantine();
    let go_on: fn() -> bool = || true;
    let settings = sound.desk.settings();
    let examination = examine(
        &folder,
        quarantine.path(),
        &settings,
        &(Arc::new(go_on) as _),
    );
    drop(quarantine);
    assert_eq!(
        contents(&sound.desk.path("")),
        before,
        "something was written"
    );
    let failed = examination
        .checks
        .iter()
        .any(|check| check.status == Status::Failed);
    assert_eq!(
        failed,
        examination.outcome.is_err(),
        "{:?}",
        examination.checks
    );
    match examination.outcome {
        Err(error) => assert!(!message::<()>(Err::<(), CaseError>(error)).is_empty()),
        Ok(found) => {
            let opened = found.open(&folder, &settings);
            assert!(opened.is_ok() || bytes.first().is_some_and(|kind| kind % 3 == 2));
        }
    }
}));
