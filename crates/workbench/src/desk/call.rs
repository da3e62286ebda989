//! A running command as the host of use cases.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use zeroize::Zeroizing;

use super::{Desk, locked};
use crate::host::{Clock, Host, ToolFacts};
use crate::machine;
use crate::progress::Progress;
use crate::wire::{CallProgress, Notice};

/// Between two tellings of progress.
const EVERY: Duration = Duration::from_millis(100);

/// A command while it runs. It is forgotten when this is dropped.
pub struct CallHost<'d> {
    desk: &'d Desk,
    command: String,
    call: Option<String>,
    stop: Arc<AtomicBool>,
    told: Mutex<Option<Instant>>,
}

impl std::fmt::Debug for CallHost<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("CallHost")
            .field("command", &self.command)
            .finish_non_exhaustive()
    }
}

impl<'d> CallHost<'d> {
    pub(super) fn begin(desk: &'d Desk, command: &str, call: Option<String>) -> CallHost<'d> {
        let stop = Arc::new(AtomicBool::new(false));
        if let Some(call) = &call {
            locked(&desk.running).insert(call.clone(), Arc::clone(&stop));
        }
        CallHost {
            desk,
            command: command.to_owned(),
            call,
            stop,
            told: Mutex::default(),
        }
    }

    /// Whether it is time to tell again; a new stage is always told.
    #[allow(clippy::disallowed_methods)] // a duration for display, never stored
    fn due(&self) -> bool {
        let mut told = locked(&self.told);
        let due = told.is_none_or(|at| at.elapsed() >= EVERY);
        if due {
            *told = Some(Instant::now());
        }
        due
    }
}

impl Drop for CallHost<'_> {
    fn drop(&mut self) {
        if let Some(call) = &self.call {
            locked(&self.desk.running).remove(call);
        }
    }
}

impl Host for CallHost<'_> {
    fn now(&self) -> i64 {
        machine::now()
    }

    fn clock(&self) -> Clock {
        machine::clock()
    }

    fn random(&self, bytes: &mut [u8]) {
        if let Err(error) = machine::random(bytes) {
            // Keys and salts without randomness would be worse than no program.
            self.notice(&error);
            std::process::abort();
        }
    }

    fn home(&self) -> PathBuf {
        self.desk.start.home.clone().unwrap_or_else(machine::home)
    }

    fn passphrase(&self, _new: bool) -> Option<Zeroizing<String>> {
        locked(&self.desk.passphrase).clone()
    }

    fn tool(&self) -> ToolFacts {
        machine::tool().unwrap_or_else(|error| {
            // Asked for when the window started, when it was an error that ends the program.
            self.notice(&error);
            std::process::abort()
        })
    }

    fn os_user(&self) -> String {
        machine::os_user()
    }

    fn notice(&self, text: &str) {
        let notice = Notice {
            call: self.call.clone(),
            text: text.to_owned(),
        };
        self.desk.surface.tell("notice", json!(notice));
    }

    fn progress(&self, progress: &Progress) {
        let Some(call) = &self.call else { return };
        if !self.due() {
            return;
        }
        let told = CallProgress {
            call: call.clone(),
            command: self.command.clone(),
            stage: progress.stage.clone(),
            bytes: progress.bytes,
            bytes_total: progress.bytes_total,
            records: progress.records,
            read: progress.parts.read,
            decompressed: progress.parts.decompressed,
            stored: progress.parts.stored,
            rate: progress.rate,
            eta: progress.eta.map(|left| left.as_secs_f64()),
            stopping: self.cancelled(),
        };
        self.desk.surface.tell("progress", json!(told));
    }

    fn cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
