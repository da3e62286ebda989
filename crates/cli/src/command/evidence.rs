//! `vestige evidence`: what became of each file.

use std::path::PathBuf;

use clap::Args;
use vestige_workbench::{Host, import, session};

use super::Json;
use super::import::accounted;
use crate::print::Done;

/// What became of each file and each file in an archive.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige evidence CASE\n  vestige evidence CASE --json")]
pub struct Evidence {
    /// The case folder.
    case: PathBuf,
    #[command(flatten)]
    json: Json,
}

impl Evidence {
    pub fn run(self, host: &dyn Host) -> Done {
        let reader = session::read(host, &self.case, "evidence")?;
        accounted(&import::evidence(reader.connection())?, self.json)
    }
}
