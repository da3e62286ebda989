//! `vestige top`: the most frequent values of a field.

use std::path::PathBuf;

use clap::Args;
use vestige_workbench::Host;

use super::Json;
use crate::print::{self, Done};
use crate::question::Interval;

/// Most frequent values of a field.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  vestige top CASE src.ip
  vestige top CASE actor.id outcome:denied --limit 5")]
pub struct Top {
    /// The case folder.
    case: PathBuf,
    /// The field, such as actor.name or src.ip.
    field: String,
    /// In the query language; see `vestige events --help`.
    query: Option<String>,
    #[command(flatten)]
    interval: Interval,
    /// Most values.
    #[arg(long, value_name = "N", default_value = "20", value_parser = super::at_least_one)]
    limit: usize,
    #[command(flatten)]
    json: Json,
}

impl Top {
    pub fn run(self, host: &dyn Host) -> Done {
        let query = self.query.as_deref();
        let explorer = self.interval.open(host, &self.case, query)?;
        print::rows(&explorer.top(&self.field, self.limit)?, self.json.json)
    }
}
