//! `vestige backup`: a case in one file.

use std::path::PathBuf;

use clap::Args;
use vestige_workbench::{Host, backup};

use super::AlwaysJson;
use crate::print::{self, Done};

/// Write a backup: the case in one file.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige backup CASE --output case.zip")]
pub struct Backup {
    /// The case folder.
    case: PathBuf,
    /// A new file.
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    json: AlwaysJson,
}

impl Backup {
    pub fn run(self, host: &dyn Host) -> Done {
        print::json(&backup::backup(host, &self.case, &self.output)?)
    }
}
