//! `vestige count`: the number of rows.

use std::time::Instant;

use clap::Args;
use serde_json::json;
use vestige_workbench::Host;

use super::Json;
use crate::print::{self, Done};
use crate::question::Question;

/// Number of rows.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige count CASE 'action:GetObject src.ip:203.0.113.201'")]
pub struct Count {
    #[command(flatten)]
    question: Question,
    #[command(flatten)]
    json: Json,
}

impl Count {
    pub fn run(self, host: &dyn Host) -> Done {
        let asked = Instant::now();
        let count = self.question.open(host)?.count()?;
        if !self.json.json {
            return print::line(&count.to_string());
        }
        let seconds = asked.elapsed().as_secs_f64();
        print::json(&json!({"count": count, "seconds": seconds}))
    }
}
