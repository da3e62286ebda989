//! `vestige histogram`: rows by time.

use std::io::Write as _;

use clap::{Args, ValueEnum};
use vestige_workbench::Host;
use vestige_workbench::explore;

use super::Json;
use crate::print::{self, Done};
use crate::question::Question;

/// Rows by time.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige histogram CASE outcome:denied --bucket hour")]
pub struct Histogram {
    #[command(flatten)]
    question: Question,
    /// Length of a bucket; auto chooses by the time that the rows span.
    #[arg(long, value_enum, default_value = "auto")]
    bucket: Bucket,
    #[command(flatten)]
    json: Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Bucket {
    Auto,
    Second,
    Minute,
    Hour,
    Day,
}

impl Histogram {
    pub fn run(self, host: &dyn Host) -> Done {
        let bucket = match self.bucket {
            Bucket::Auto => explore::Bucket::Auto,
            Bucket::Second => explore::Bucket::Second,
            Bucket::Minute => explore::Bucket::Minute,
            Bucket::Hour => explore::Bucket::Hour,
            Bucket::Day => explore::Bucket::Day,
        };
        let found = self.question.open(host)?.histogram(bucket)?;
        match self.json.json {
            true => print::json(&found),
            false => told(&found),
        }
    }
}

fn told(found: &serde_json::Value) -> Done {
    let mut out = print::out();
    for one in found["buckets"].as_array().into_iter().flatten() {
        let start = one["start"].as_str().unwrap_or_default();
        let count = one["count"].as_u64().unwrap_or_default();
        writeln!(out, "{start:<20} {count:>10}").map_err(print::unwritable)?;
    }
    let undated = found["undated"].as_u64().unwrap_or_default();
    if undated > 0 {
        writeln!(out, "{:<20} {undated:>10}", "undated").map_err(print::unwritable)?;
    }
    out.flush().map_err(print::unwritable)?;
    Ok(0)
}
