//! `vestige flows`: flow records grouped by fields.

use clap::Args;
use vestige_workbench::Host;

use super::Json;
use crate::print::{self, Done};
use crate::question::Question;

/// Flow records grouped by fields, most bytes first.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  vestige flows CASE --by src.ip,dst.ip
  vestige flows CASE src.ip:10.20.3.45 --by dst.ip,dst.port --limit 3")]
pub struct Flows {
    #[command(flatten)]
    question: Question,
    /// Fields, comma separated.
    #[arg(long, value_name = "FIELD", value_delimiter = ',', required = true)]
    by: Vec<String>,
    /// Most groups.
    #[arg(long, value_name = "N", default_value = "20", value_parser = super::at_least_one)]
    limit: usize,
    #[command(flatten)]
    json: Json,
}

impl Flows {
    pub fn run(self, host: &dyn Host) -> Done {
        let by: Vec<&str> = self.by.iter().map(|field| field.trim()).collect();
        let found = self.question.open(host)?.flows(&by, self.limit)?;
        print::rows(&found, self.json.json)
    }
}
