//! A terminal as the host of use cases.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};
use vestige_workbench::host::{Clock, ClockSource, Host, ToolFacts, hex};
use vestige_workbench::progress::Progress;
use zeroize::Zeroizing;

/// The passphrase that a file (its first line) or else the environment gives.
///
/// # Errors
/// A file that cannot be read, or an empty passphrase: which, what was expected, what to do.
pub fn passphrase(file: Option<&Path>) -> Result<Option<Zeroizing<String>>, String> {
    let (from, text) = match file {
        Some(path) => {
            let read = std::fs::read_to_string(path).map(Zeroizing::new);
            let text = read.map_err(|error| {
                format!(
                    "{}: the passphrase file cannot be read: {error}",
                    path.display()
                )
            })?;
            let line = text.lines().next().unwrap_or("").to_owned();
            (path.display().to_string(), Zeroizing::new(line))
        }
        None => match std::env::var("VESTIGE_PASSPHRASE") {
            Ok(text) => ("VESTIGE_PASSPHRASE".to_owned(), Zeroizing::new(text)),
            Err(_) => return Ok(None),
        },
    };
    if text.is_empty() {
        return Err(format!(
            "{from}: expected a passphrase, found an empty line; leave it out to work unsigned"
        ));
    }
    Ok(Some(text))
}

/// The terminal.
#[derive(Debug)]
pub struct Terminal {
    /// The passphrase, where a file or the environment gave one.
    pub passphrase: Option<Zeroizing<String>>,
    /// Whether progress is kept silent.
    pub quiet: bool,
    /// When progress was told last.
    pub told: Mutex<Option<Instant>>,
}

impl Host for Terminal {
    fn now(&self) -> i64 {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
    }

    fn clock(&self) -> Clock {
        let read = |path| {
            std::fs::read_to_string(path)
                .ok()
                .map(|text: String| text.trim().to_owned())
        };
        Clock {
            source: ClockSource::None,
            offset_ms: None,
            tz: std::env::var("TZ")
                .ok()
                .or_else(|| read("/etc/timezone"))
                .unwrap_or_else(|| "UTC".to_owned()),
            tzdata: None,
            boot_id: read("/proc/sys/kernel/random/boot_id"),
            mono_ns: None,
        }
    }

    fn random(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Keys and salts without randomness would be worse than no program.
            eprintln!("vestige: the system gives no random numbers: {error}");
            std::process::exit(1);
        }
    }

    fn home(&self) -> PathBuf {
        let variable = |name| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        variable("VESTIGE_HOME")
            .or_else(|| variable("XDG_DATA_HOME").map(|home| home.join("vestige")))
            .or_else(|| variable("HOME").map(|home| home.join(".local/share/vestige")))
            .unwrap_or_else(|| PathBuf::from(".vestige-home"))
    }

    fn passphrase(&self, new: bool) -> Option<Zeroizing<String>> {
        if self.passphrase.is_some() {
            return self.passphrase.clone();
        }
        if !std::io::stdin().is_terminal() {
            return None;
        }
        let asked = if new {
            "New passphrase for the signing key: "
        } else {
            "Passphrase of the signing key: "
        };
        rpassword::prompt_password(asked)
            .ok()
            .filter(|text| !text.is_empty())
            .map(Zeroizing::new)
    }

    fn tool(&self) -> ToolFacts {
        let read = std::env::current_exe().and_then(std::fs::read);
        let program = read.unwrap_or_else(|error| {
            // A custody entry must not name a program by the digest of nothing.
            eprintln!("vestige: the program cannot read its own file: {error}");
            std::process::exit(1);
        });
        ToolFacts {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            build_sha256: hex(&Sha256::digest(&program)),
            os: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        }
    }

    fn os_user(&self) -> String {
        std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned())
    }

    fn notice(&self, text: &str) {
        eprintln!("note: {text}");
    }

    fn progress(&self, progress: &Progress) {
        if self.quiet {
            return;
        }
        let Ok(mut told) = self.told.lock() else {
            return;
        };
        if told.is_some_and(|last| last.elapsed() < Duration::from_secs(2)) {
            return;
        }
        *told = Some(Instant::now());
        eprintln!(
            "{}: {} of {} bytes, {} records, {:.1} MB/s{}",
            progress.stage,
            progress.bytes,
            progress.bytes_total,
            progress.records,
            progress.rate / 1e6,
            progress
                .eta
                .map_or_else(String::new, |eta| format!(", {} s left", eta.as_secs()))
        );
    }

    fn cancelled(&self) -> bool {
        false
    }
}
