//! What the machine says to whatever hosts the use cases on it, a terminal or a window: time, clock,
//! randomness, user, home, build. Use cases themselves never ask it: they ask their
//! [`crate::Host`].

mod build;
mod clock;

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

pub use build::build_sha256;
pub use clock::state as clock;

use crate::host::ToolFacts;

/// Now, in UTC nanoseconds since 1970.
#[must_use]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_nanos()).unwrap_or(i64::MAX)
}

/// The folder of this installation.
#[must_use]
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

/// Fills `bytes` from the operating system's random source.
///
/// # Errors
/// There is none: keys and salts without randomness would be worse than no program.
pub fn random(bytes: &mut [u8]) -> Result<(), String> {
    getrandom::fill(bytes).map_err(|error| format!("the system gives no random numbers: {error}"))
}

/// The person as the operating system knows them.
#[must_use]
pub fn os_user() -> String {
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

/// The program that acts, as custody entries name it.
///
/// # Errors
/// As [`build_sha256`].
pub fn tool() -> Result<ToolFacts, String> {
    Ok(ToolFacts {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        build_sha256: build_sha256()?.to_owned(),
        os: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
    })
}
