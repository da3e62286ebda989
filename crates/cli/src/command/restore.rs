//! `vestige restore`: a case from a backup.

use std::path::PathBuf;

use clap::Args;
use vestige_workbench::{Host, backup};

use super::AlwaysJson;
use crate::print::{self, Done};

/// Make a case from a backup, which is verified first.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige restore case.zip CASE")]
pub struct Restore {
    /// The backup.
    file: PathBuf,
    /// The new case folder.
    case: PathBuf,
    #[command(flatten)]
    json: AlwaysJson,
}

impl Restore {
    pub fn run(self, host: &dyn Host) -> Done {
        print::json(&backup::restore(host, &self.file, &self.case)?)
    }
}
