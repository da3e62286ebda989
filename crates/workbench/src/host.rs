//! What a use case needs from whatever runs it: a terminal, a window, a test.

use std::path::PathBuf;
pub use vestige_custody::entry::{Clock, ClockSource};
pub use vestige_custody::hex;

use zeroize::Zeroizing;

use crate::progress::Progress;

/// The surroundings of a use case. Use cases have no clock, randomness, environment or terminal
/// of their own.
pub trait Host: Sync {
    /// Now, in UTC nanoseconds since 1970.
    fn now(&self) -> i64;

    /// The state of the clock, as custody entries record it.
    fn clock(&self) -> vestige_custody::entry::Clock;

    /// Fills `bytes` from the operating system's random source.
    fn random(&self, bytes: &mut [u8]);

    /// The folder of this installation: the examiner's key, the cases it knows.
    fn home(&self) -> PathBuf;

    /// The passphrase of the examiner's key, or none where nobody can give one. `new` asks for
    /// one that is about to be set.
    fn passphrase(&self, new: bool) -> Option<Zeroizing<String>>;

    /// The program that acts, as custody entries name it.
    fn tool(&self) -> ToolFacts;

    /// The person as the operating system knows them, where no examiner is known.
    fn os_user(&self) -> String;

    /// Something for the user to know that is no error (unsigned, a key made anew).
    fn notice(&self, text: &str);

    /// As [`Host::notice`], about the state of a key or a case. `code` stays the same and says
    /// nothing of what a case holds: a host may keep it where the text must not go.
    fn noted(&self, code: &'static str, text: &str) {
        let _ = code;
        self.notice(text);
    }

    /// How far a use case has come. Called often; the host decides what to show.
    fn progress(&self, progress: &Progress);

    /// Whether the user wants to stop.
    fn cancelled(&self) -> bool;
}

/// The program that acts.
#[derive(Clone, Debug)]
pub struct ToolFacts {
    /// Its version.
    pub version: String,
    /// SHA-256 of its executable, lower-case hex.
    pub build_sha256: String,
    /// Operating system and architecture.
    pub os: String,
}
