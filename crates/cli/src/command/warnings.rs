//! `vestige warnings`: what could not be read.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use vestige_workbench::{Host, import, item, session};

use crate::print::{self, Done};

/// What could not be read, and why: one JSON object a line.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige warnings CASE --evidence EV-0001")]
pub struct Warnings {
    /// The case folder.
    case: PathBuf,
    /// One item only, such as EV-0001.
    #[arg(long, value_name = "ID")]
    evidence: Option<String>,
    /// One JSON object a line; so it is without this, too.
    #[arg(long)]
    json: bool,
}

impl Warnings {
    pub fn run(self, host: &dyn Host) -> Done {
        let only = self.evidence.as_deref().map(item::parse).transpose()?;
        let reader = session::read(host, &self.case, "warnings")?;
        let mut out = print::out();
        import::warnings(reader.connection(), only, &mut |row| {
            writeln!(out, "{row}").map_err(print::unwritable)
        })?;
        out.flush().map_err(print::unwritable)?;
        Ok(0)
    }
}
