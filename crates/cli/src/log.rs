//! `VESTIGE_HOME/log/vestige.log`: which commands ran, how they ended, and what happened to keys
//! and cases. Only words that stand in the program and numbers: nothing of what was given to a
//! command, nothing that a case holds. A log that cannot be written is no reason not to work.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use vestige_model::time;

use crate::host;

/// Bytes after which the file becomes `vestige.log.1` and a new one begins.
const BOUND: u64 = 1 << 20;

/// The log, or none where it cannot be written.
#[derive(Debug)]
pub struct Log {
    file: Option<File>,
    begun: Instant,
}

impl Log {
    /// A log that keeps nothing.
    pub fn none() -> Log {
        Log {
            file: None,
            begun: Instant::now(),
        }
    }

    /// Opens the log of a home and says that a command begins.
    pub fn begin(home: &Path, command: &str) -> Log {
        let log = Log {
            file: open(home).ok(),
            begun: Instant::now(),
        };
        let version = env!("CARGO_PKG_VERSION");
        log.write(&format!("begin {command}, version {version}"));
        log
    }

    /// Where the program panics is kept, and not what it says: that may be a value.
    pub fn of_panics(log: &Arc<Log>) {
        let (log, before) = (Arc::clone(log), std::panic::take_hook());
        std::panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map(ToString::to_string);
            log.write(&format!("panic at {}", place.unwrap_or_default()));
            before(panic);
        }));
    }

    /// Something happened to a key or a case.
    pub fn note(&self, code: &'static str) {
        self.write(&format!("note {code}"));
    }

    /// A command ended.
    pub fn end(&self, command: &str, code: u8, kind: Option<&'static str>) {
        let seconds = self.begun.elapsed().as_secs_f64();
        let kind = kind.map_or_else(String::new, |kind| format!(", {kind}"));
        self.write(&format!("end {command}, exit {code}{kind}, {seconds:.3} s"));
    }

    fn write(&self, text: &str) {
        let Some(mut file) = self.file.as_ref() else {
            return;
        };
        let (now, process) = (time::format(host::now()), std::process::id());
        // One write a line: commands that run beside each other do not mix theirs.
        let _ = file.write_all(format!("{now} {process} {text}\n").as_bytes());
    }
}

fn open(home: &Path) -> io::Result<File> {
    let folder = home.join("log");
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)?;
    let path = folder.join("vestige.log");
    if fs::metadata(&path).is_ok_and(|about| about.len() >= BOUND) {
        fs::rename(&path, folder.join("vestige.log.1"))?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600).open(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_panic_the_place_is_kept_and_not_the_words() {
        let home = tempfile::tempdir().unwrap();
        Log::of_panics(&Arc::new(Log::begin(home.path(), "count")));
        let words = "marmalade";
        let caught = std::panic::catch_unwind(|| panic!("{words}"));
        assert!(caught.is_err());
        let log = fs::read_to_string(home.path().join("log/vestige.log")).unwrap();
        assert!(log.contains(&format!("panic at {}:", file!())), "{log}");
        assert!(!log.contains(words), "{log}");
    }
}
