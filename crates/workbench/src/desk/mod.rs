//! The window's side of the use cases: one method a command of [`commands!`](crate::commands), the
//! case that is open, what the user chose, and what is running.

mod call;
mod cases;
mod choice;
mod commands;
mod custody;
mod evidence;
mod holdings;
mod item;
mod key;
mod memory;
mod notes;
mod open;
mod package;
mod program;
mod report;
mod timeline;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::WorkError;
use crate::wire::{Cancel, Nothing, Problem, Purpose};

pub use call::CallHost;
use choice::Choices;
pub use commands::{NAMES, bindings};
use open::Open;

/// What the window does for the desk.
pub trait Surface: Send + Sync {
    /// Tells the page: `progress`, `notice` or `dropped`.
    fn tell(&self, event: &str, payload: Value);

    /// Lets the user choose paths in a dialog; none where they chose none.
    fn choose(&self, purpose: Purpose, name: Option<&str>) -> Vec<PathBuf>;
}

/// What the program was started with.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// A case to be opened.
    pub case: Option<PathBuf>,
    /// Evidence to be imported.
    pub evidence: Vec<PathBuf>,
    /// A package to be verified.
    pub package: Option<PathBuf>,
    /// The folder in which files are saved and new cases made, without a dialog.
    pub save_to: Option<PathBuf>,
    /// The folder of this installation, where it is not the usual one.
    pub home: Option<PathBuf>,
}

/// Everything behind the page.
pub struct Desk {
    surface: Arc<dyn Surface>,
    start: Start,
    choices: Mutex<Choices>,
    passphrase: Mutex<Option<Zeroizing<String>>>,
    running: Mutex<HashMap<String, Arc<AtomicBool>>>,
    open: Mutex<Option<Arc<Open>>>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A passphrase must not reach a log.
        to.debug_struct("Desk").finish_non_exhaustive()
    }
}

/// A lock whose data outlives a panic: each of them is replaced as a whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// A desk that nothing is open on.
    #[must_use]
    pub fn new(surface: Arc<dyn Surface>, start: Start) -> Desk {
        Desk {
            surface,
            start,
            choices: Mutex::default(),
            passphrase: Mutex::default(),
            running: Mutex::default(),
            open: Mutex::default(),
        }
    }

    /// Runs a command by its name. `call` is the number by which the page hears of its progress and
    /// may cancel it.
    ///
    /// # Errors
    /// What the page is told instead of a result.
    pub fn dispatch(
        &self,
        command: &str,
        input: Value,
        call: Option<String>,
    ) -> Result<Value, Problem> {
        let host = CallHost::begin(self, command, call);
        commands::run(self, &host, command, input)
    }

    /// Stops a running command at its next look.
    fn cancel(&self, _host: &CallHost<'_>, input: Cancel) -> Result<Nothing, WorkError> {
        if let Some(stop) = locked(&self.running).get(&input.call) {
            stop.store(true, Ordering::Relaxed);
        }
        Ok(Nothing {})
    }

    /// Stops everything that runs: the window closes.
    pub fn stop_all(&self) {
        for stop in locked(&self.running).values() {
            stop.store(true, Ordering::Relaxed);
        }
    }
}
