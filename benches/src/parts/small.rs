//! Many small files.

use anyhow::Result;
use xtask::evidence::Kind;

use super::cloudtrail::each;
use crate::cases;
use crate::evidence::{self, scaled};
use crate::report::{Wanted, head, line};

/// The whole part.
pub fn run() -> Result<()> {
    let files = scaled(5_000)?;
    let folder = evidence::of(Kind::Small, files)?;
    let imports = cases::imports("small", &folder, files, 3)?;
    let imported = imports.best;
    head();
    line(
        "import, wall",
        files as f64 / imports.wall,
        "files/s",
        Wanted::AtLeast(2_000.0),
    );
    line(
        "import, processor time",
        each(imported.all.cpu, files),
        "us a file",
        Wanted::Nothing,
    );
    for (name, took) in &imported.stages {
        line(name, took.wall * 1e3, "ms", Wanted::Nothing);
    }
    Ok(())
}
