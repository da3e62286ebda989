//! A silent host that notes when each stage of a use case began.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use vestige_custody::hash::sha256;
use vestige_workbench::host::{Clock, ClockSource, Host, ToolFacts};
use vestige_workbench::progress::Progress;
use zeroize::Zeroizing;

use crate::measure::Took;

/// Nobody watches and nobody can be asked: cases stay unsigned.
#[derive(Debug)]
pub struct Silent {
    home: PathBuf,
    drawn: AtomicU64,
    stages: Mutex<Vec<(String, Took)>>,
}

impl Silent {
    /// A host whose installation lies in `folder`.
    pub fn new(folder: &Path) -> Silent {
        Silent {
            home: folder.join("home"),
            drawn: AtomicU64::new(0),
            stages: Mutex::default(),
        }
    }

    /// What each stage took, up to now, since the first was told; forgotten then.
    pub fn stages(&self) -> Vec<(String, Took)> {
        let Ok(mut told) = self.stages.lock() else {
            return Vec::new();
        };
        let told = std::mem::take(&mut *told);
        let ends = told.iter().skip(1).map(|(_, at)| *at);
        let ends: Vec<Took> = ends.chain([Took::now()]).collect();
        let stages = told.iter().zip(ends);
        stages
            .map(|((name, began), end)| (name.clone(), end - *began))
            .collect()
    }

    /// Begins a stage of this name.
    pub fn stage(&self, name: &str) {
        if let Ok(mut stages) = self.stages.lock()
            && stages.last().is_none_or(|(last, _)| last != name)
        {
            stages.push((name.to_owned(), Took::now()));
        }
    }
}

impl Host for Silent {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map_or(0, |since| since.as_nanos() as i64)
    }

    fn clock(&self) -> Clock {
        Clock {
            source: ClockSource::None,
            offset_ms: None,
            tz: "UTC".into(),
            tzdata: None,
            boot_id: None,
            mono_ns: None,
        }
    }

    fn random(&self, bytes: &mut [u8]) {
        // Cases of a measurement need ids that differ, not ids that nobody can guess.
        for piece in bytes.chunks_mut(32) {
            let turn = self.drawn.fetch_add(1, Ordering::Relaxed);
            let seed = sha256(format!("{} {turn}", self.now()).as_bytes());
            piece.copy_from_slice(&seed[..piece.len()]);
        }
    }

    fn home(&self) -> PathBuf {
        self.home.clone()
    }

    fn passphrase(&self, _: bool) -> Option<Zeroizing<String>> {
        None
    }

    fn tool(&self) -> ToolFacts {
        ToolFacts {
            version: env!("CARGO_PKG_VERSION").into(),
            build_sha256: "00".repeat(32),
            os: std::env::consts::OS.into(),
        }
    }

    fn os_user(&self) -> String {
        "measurement".into()
    }

    fn notice(&self, _: &str) {}

    fn progress(&self, progress: &Progress) {
        self.stage(&progress.stage);
    }

    fn cancelled(&self) -> bool {
        false
    }
}
