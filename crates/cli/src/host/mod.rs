//! A terminal as the host of use cases.

mod passphrase;
mod progress;
mod stop;

use std::path::PathBuf;
use std::sync::Arc;

use vestige_workbench::WorkError;
use vestige_workbench::host::{Clock, Host, ToolFacts};
use vestige_workbench::machine;
use vestige_workbench::progress::Progress;
use zeroize::Zeroizing;

pub use vestige_workbench::machine::{home, now};

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

/// The program's own digest. Without it there is nothing to go on with.
pub fn build_sha256() -> &'static str {
    machine::build_sha256().unwrap_or_else(|error| end(&error))
}

fn end(error: &str) -> ! {
    tell(&format!("vestige: {error}"));
    std::process::exit(1)
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
        machine::now()
    }

    fn clock(&self) -> Clock {
        machine::clock()
    }

    fn random(&self, bytes: &mut [u8]) {
        machine::random(bytes).unwrap_or_else(|error| end(&error));
    }

    fn home(&self) -> PathBuf {
        machine::home()
    }

    fn passphrase(&self, new: bool) -> Option<Zeroizing<String>> {
        self.shown.clear();
        self.passphrases.get(new, &self.stop)
    }

    fn tool(&self) -> ToolFacts {
        machine::tool().unwrap_or_else(|error| end(&error))
    }

    fn os_user(&self) -> String {
        machine::os_user()
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
