//! A terminal as the host of use cases.

mod build;
mod clock;
mod passphrase;
mod progress;
mod stop;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use vestige_workbench::WorkError;
use vestige_workbench::host::{Clock, Host, ToolFacts};
use vestige_workbench::progress::Progress;
use zeroize::Zeroizing;

pub use build::build_sha256;

use crate::arguments::Arguments;
use crate::log::Log;
use crate::print::tell;
use passphrase::Passphrases;
use progress::Shown;
use stop::Stop;

/// The terminal.
#[derive(Debug)]
pub struct Terminal {
    passphrases: Passphrases,
    shown: Shown,
    stop: Stop,
    log: Arc<Log>,
}

/// Now, in UTC nanoseconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_nanos()).unwrap_or(i64::MAX)
}

/// The folder of this installation.
pub fn home() -> PathBuf {
    let variable = |name| {
        let value = std::env::var_os(name).filter(|value| !value.is_empty());
        value.map(PathBuf::from)
    };
    variable("VESTIGE_HOME")
        .or_else(|| variable("XDG_DATA_HOME").map(|home| home.join("vestige")))
        .or_else(|| variable("HOME").map(|home| home.join(".local/share/vestige")))
        .unwrap_or_else(|| PathBuf::from(".vestige-home"))
}

impl Terminal {
    /// The terminal, with what the arguments say of it. From here on Ctrl-C is heard.
    ///
    /// # Errors
    /// A passphrase that was given and is none: which, what was expected, what to do.
    pub fn new(arguments: &Arguments, log: Arc<Log>) -> Result<Terminal, String> {
        let shown = Shown::new(arguments.quiet);
        Ok(Terminal {
            passphrases: Passphrases::given(arguments.passphrase_file.as_deref(), arguments.quiet)?,
            stop: Stop::heard(arguments.quiet)
                .map_err(|error| format!("Ctrl-C cannot be heard: {error}"))?,
            shown,
            log,
        })
    }

    /// Takes what moves off the terminal.
    pub fn close(&self) {
        self.shown.clear();
    }

    /// What only the terminal knows of an error.
    pub fn explain(&self, error: &WorkError) {
        if let (WorkError::Passphrase { .. }, Some(source)) = (error, self.passphrases.source()) {
            tell(&format!("note: the passphrase came from {source}"));
        }
    }
}

impl Host for Terminal {
    fn now(&self) -> i64 {
        now()
    }

    fn clock(&self) -> Clock {
        clock::state()
    }

    fn random(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Keys and salts without randomness would be worse than no program.
            tell(&format!(
                "vestige: the system gives no random numbers: {error}"
            ));
            std::process::exit(1);
        }
    }

    fn home(&self) -> PathBuf {
        home()
    }

    fn passphrase(&self, new: bool) -> Option<Zeroizing<String>> {
        self.shown.clear();
        self.passphrases.get(new, &self.stop)
    }

    fn tool(&self) -> ToolFacts {
        ToolFacts {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            build_sha256: build_sha256().to_owned(),
            os: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        }
    }

    fn os_user(&self) -> String {
        let named = std::env::var("USER").ok().filter(|name| !name.is_empty());
        named
            .or_else(|| {
                Some(
                    uzers::get_current_username()?
                        .to_string_lossy()
                        .into_owned(),
                )
            })
            .unwrap_or_else(|| format!("uid {}", uzers::get_current_uid()))
    }

    fn notice(&self, text: &str) {
        self.shown.aside(&format!("note: {text}"));
    }

    fn noted(&self, code: &'static str, text: &str) {
        self.log.note(code);
        self.notice(text);
    }

    fn progress(&self, progress: &Progress) {
        self.shown.show(progress);
    }

    fn cancelled(&self) -> bool {
        self.stop.asked()
    }
}
