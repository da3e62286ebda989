//! Ctrl-C: the first asks the command to end in good order, the second ends it.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::print::tell;

/// A terminal as it was before a passphrase was asked for.
type Before = Option<(File, Termios)>;

/// Whether the user wants to stop.
#[derive(Debug)]
pub struct Stop {
    asked: Arc<AtomicBool>,
    before: Arc<Mutex<Before>>,
}

impl Stop {
    /// From here on SIGINT and SIGTERM are heard. SIGHUP is not: `nohup` stays as it is.
    ///
    /// `quiet`: only what has to be said is said.
    pub fn heard(quiet: bool) -> io::Result<Stop> {
        let stop = Stop {
            asked: Arc::default(),
            before: Arc::default(),
        };
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let (asked, before) = (Arc::clone(&stop.asked), Arc::clone(&stop.before));
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                for signal in signals.forever() {
                    hear(signal, &asked, &before);
                    if !quiet {
                        tell("\nstopping; once more ends at once");
                    }
                }
            })?;
        Ok(stop)
    }

    /// Whether to stop.
    pub fn asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Asks for something that is typed without being shown. Whoever asks cannot be told to stop:
    /// Ctrl-C then ends at once and leaves the terminal as it was.
    pub fn while_asking<T>(&self, ask: impl FnOnce() -> T) -> T {
        *self.before.lock().unwrap_or_else(PoisonError::into_inner) = terminal();
        let answer = ask();
        *self.before.lock().unwrap_or_else(PoisonError::into_inner) = None;
        answer
    }
}

fn terminal() -> Before {
    let terminal = File::open("/dev/tty").ok()?;
    let state = tcgetattr(&terminal).ok()?;
    Some((terminal, state))
}

fn hear(signal: i32, asked: &AtomicBool, before: &Mutex<Before>) {
    let asking = before.lock().unwrap_or_else(PoisonError::into_inner).take();
    let is_asking = asking.is_some();
    if let Some((terminal, state)) = asking {
        let _ = tcsetattr(&terminal, OptionalActions::Now, &state);
        tell("");
    }
    if asked.swap(true, Ordering::Relaxed) || is_asking {
        std::process::exit(128 + signal);
    }
}
