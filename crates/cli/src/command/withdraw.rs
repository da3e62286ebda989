//! `vestige withdraw`: evidence that must no longer be worked with.

use std::path::PathBuf;

use clap::Args;
use vestige_workbench::{Host, withdraw};

use super::AlwaysJson;
use crate::print::{self, Done};

/// Hide the rows of an item; its bytes and entries are kept.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige withdraw CASE EV-0001 --reason 'privileged'")]
pub struct Withdraw {
    /// The case folder.
    case: PathBuf,
    /// The item, such as EV-0001.
    #[arg(value_name = "EVIDENCE_ID")]
    evidence: String,
    /// Why.
    #[arg(long, value_name = "R")]
    reason: String,
    #[command(flatten)]
    json: AlwaysJson,
}

impl Withdraw {
    pub fn run(self, host: &dyn Host) -> Done {
        let done = withdraw::withdraw(host, &self.case, &self.evidence, &self.reason)?;
        print::json(&done)
    }
}
