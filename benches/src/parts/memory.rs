//! How much memory an import takes at most, in a process of its own.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use xtask::evidence::Kind;

use super::cloudtrail::each;
use crate::cases;
use crate::evidence::{self, scaled};
use crate::measure::peak_resident;
use crate::report::{Wanted, head, line};

/// The word by which the process of its own is called.
pub const CHILD: &str = "memory-of";

/// The whole part.
pub fn run() -> Result<()> {
    let records = scaled(10_000_000)?;
    let folder = evidence::of(Kind::Sessions, records)?;
    let done = Command::new(env::current_exe()?)
        .args([CHILD.as_ref(), folder.as_os_str()])
        .arg(records.to_string())
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(
        done.status.success(),
        "the import in a process of its own failed"
    );
    let told = String::from_utf8_lossy(&done.stdout);
    let numbers: Vec<f64> = told
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    let [peak, cpu, wall] = numbers[..] else {
        anyhow::bail!("expected three numbers, found {told:?}");
    };
    head();
    line(
        "peak resident memory",
        peak / 1e6,
        "MB",
        Wanted::AtMost(600.0),
    );
    line(
        "import, processor time",
        each(cpu, records),
        "us an event",
        Wanted::Nothing,
    );
    line("import, wall", wall, "s", Wanted::Nothing);
    Ok(())
}

/// Imports and prints peak memory, processor and wall seconds.
///
/// # Errors
/// What the import says.
pub fn child(folder: &str, records: &str) -> Result<()> {
    let records = records.parse().context("number of records")?;
    let (_case, imported) = cases::imported("memory", Path::new(folder), records)?;
    println!(
        "{} {} {}",
        peak_resident(),
        imported.all.cpu,
        imported.all.wall
    );
    Ok(())
}
