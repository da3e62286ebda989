//! The state of the clock, as custody entries record it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use rustix::time::{ClockId, clock_gettime};

use crate::host::{Clock, ClockSource};

/// What systemd-timesyncd makes when it has set the clock by a time server since the start.
const SYNCHRONIZED: &str = "/run/systemd/timesync/synchronized";

/// How the clock of this machine is kept.
pub fn state() -> Clock {
    let source = match Path::new(SYNCHRONIZED).exists() {
        true => ClockSource::Ntp,
        false => ClockSource::None,
    };
    Clock {
        source,
        offset_ms: None,
        tz: zone(),
        tzdata: tzdata(),
        boot_id: first_line("/proc/sys/kernel/random/boot_id"),
        mono_ns: monotonic(),
    }
}

fn zone() -> String {
    let variable = std::env::var("TZ").ok().filter(|zone| !zone.is_empty());
    variable
        .or_else(|| first_line("/etc/timezone"))
        .or_else(linked_zone)
        .unwrap_or_else(|| "UTC".to_owned())
}

/// `Europe/Berlin`, where `/etc/localtime` leads to the file of that name.
fn linked_zone() -> Option<String> {
    let target = std::fs::read_link("/etc/localtime").ok()?;
    let (_, name) = target.to_str()?.split_once("zoneinfo/")?;
    Some(name.to_owned())
}

/// The version of the system's time-zone data, such as `2026a`.
fn tzdata() -> Option<String> {
    let head = first_line("/usr/share/zoneinfo/tzdata.zi");
    let version = head.and_then(|line| line.strip_prefix("# version ").map(str::to_owned));
    version.or_else(|| first_line("/usr/share/zoneinfo/+VERSION"))
}

/// The first line where it is not empty; no more is read of what may be no text file.
fn first_line(path: &str) -> Option<String> {
    let mut line = String::new();
    let file = BufReader::new(File::open(path).ok()?);
    file.take(256).read_line(&mut line).ok()?;
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

fn monotonic() -> Option<u64> {
    let now = clock_gettime(ClockId::Monotonic);
    let seconds = u64::try_from(now.tv_sec).ok()?;
    let rest = u64::try_from(now.tv_nsec).ok()?;
    seconds.checked_mul(1_000_000_000)?.checked_add(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_monotonic_clock_does_not_go_back() {
        let (before, after) = (monotonic().unwrap(), monotonic().unwrap());
        assert!(0 < before && before <= after);
    }

    #[test]
    fn a_line_that_is_not_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("zone");
        let line = || first_line(path.to_str().unwrap());
        assert_eq!(line(), None);
        std::fs::write(&path, "Europe/Berlin\nmore\n").unwrap();
        assert_eq!(line().as_deref(), Some("Europe/Berlin"));
        std::fs::write(&path, "\n").unwrap();
        assert_eq!(line(), None);
    }
}
