//! Evidence made once and kept below the target folder.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use vestige_acquire::intake::{self, Listed};
use xtask::evidence::{Kind, make};

/// The target folder of the build, where evidence and cases of measurements lie.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"),
        PathBuf::from,
    )
}

/// How much of the full sizes is measured: `VESTIGE_BENCH_SCALE`, 1 where it is not set.
///
/// # Errors
/// What is no positive number.
pub fn scale() -> Result<f64> {
    let Ok(text) = env::var("VESTIGE_BENCH_SCALE") else {
        return Ok(1.0);
    };
    let scale: f64 = text
        .parse()
        .with_context(|| format!("VESTIGE_BENCH_SCALE: expected a number, found {text:?}"))?;
    anyhow::ensure!(
        scale > 0.0 && scale.is_finite(),
        "VESTIGE_BENCH_SCALE: expected more than 0, found {text}"
    );
    Ok(scale)
}

/// This many records at full size.
///
/// # Errors
/// As [`scale`].
pub fn scaled(records: u64) -> Result<u64> {
    Ok(((records as f64 * scale()?) as u64).max(1))
}

/// The folder with `records` records of `kind`, made where it is not there yet.
///
/// # Errors
/// Where it cannot be written.
pub fn of(kind: Kind, records: u64) -> Result<PathBuf> {
    let name = format!("{kind:?}-{records}").to_lowercase();
    let folder = target().join("bench-evidence").join(&name);
    let done = target().join("bench-evidence").join(format!("{name}.made"));
    if !done.exists() {
        eprintln!("making evidence: {name}");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let made = make(kind, records, &folder)?;
        fs::write(&done, format!("{made:?}\n")).with_context(|| done.display().to_string())?;
    }
    Ok(folder)
}

/// The files of a folder, in sorted path order.
pub fn files(folder: &Path) -> Vec<Listed> {
    intake::list(&[folder.to_path_buf()], None)
}
