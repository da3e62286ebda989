//! `vestige report`: the report of a case.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use vestige_workbench::explore::Asked;
use vestige_workbench::report::{self, Options, Standard};
use vestige_workbench::{Host, WorkError};

use super::AlwaysJson;
use crate::print::{self, Done};
use crate::question::Interval;

const HELP: &str = "\
Example:
  vestige report CASE --output report.pdf
  vestige report CASE --output report.html --query 'src.ip:203.0.113.7'
  vestige report CASE --output report.pdf --standard a-2u --overwrite

The report prints the head of the custody chain it was made from; an entry with the file's digest
follows it. With --query, charts are narrowed to what it finds and the events are listed one by one.";

/// Write the report of a case: PDF/A or HTML.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Report {
    /// The case folder.
    case: PathBuf,
    /// A new file; PDF/A or HTML by its ending, .pdf or .html.
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// Which PDF/A.
    #[arg(long, value_enum, default_value = "a-3b")]
    standard: Profile,
    /// Narrow charts to this, and list its events, the first 500; in the query language.
    #[arg(long, value_name = "Q")]
    query: Option<String>,
    #[command(flatten)]
    interval: Interval,
    /// Replace a file that is there.
    #[arg(long)]
    overwrite: bool,
    #[command(flatten)]
    json: AlwaysJson,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Profile {
    /// PDF/A-3b with report.json attached.
    #[value(name = "a-3b")]
    A3b,
    /// PDF/A-2u without attachments.
    #[value(name = "a-2u")]
    A2u,
}

impl Report {
    pub fn run(self, host: &dyn Host) -> Done {
        let options = Options {
            standard: match self.standard {
                Profile::A3b => Standard::A3b,
                Profile::A2u => Standard::A2u,
            },
            overwrite: self.overwrite,
        };
        let asked = self.asked()?;
        print::json(&report::make(
            host,
            &self.case,
            &asked,
            options,
            &self.output,
        )?)
    }

    fn asked(&self) -> Result<Asked, WorkError> {
        self.interval.asked(self.query.as_deref())
    }
}
