//! What questions to a case have in common.

use std::path::{Path, PathBuf};

use clap::Args;
use vestige_model::time;
use vestige_workbench::explore::{self, Asked, Explorer, INSTANT};
use vestige_workbench::{Host, WorkError};

#[derive(Debug, Args)]
pub struct Question {
    /// The case folder.
    pub case: PathBuf,
    /// In the query language, such as `service:s3 action:GetObject NOT outcome:success`.
    pub query: Option<String>,
    #[command(flatten)]
    pub interval: Interval,
}

#[derive(Debug, Args)]
pub struct Interval {
    /// Earliest time, such as 2026-09-15T02:44:00Z; a date is the beginning of its UTC day.
    #[arg(long, value_name = "T", value_parser = instant)]
    pub from: Option<i64>,
    /// Time before which rows lie, likewise.
    #[arg(long, value_name = "T", value_parser = instant)]
    pub to: Option<i64>,
}

impl Question {
    pub fn open<'h>(&self, host: &'h dyn Host) -> Result<Explorer<'h>, WorkError> {
        self.interval.open(host, &self.case, self.query.as_deref())
    }
}

impl Interval {
    pub fn open<'h>(
        &self,
        host: &'h dyn Host,
        case: &Path,
        query: Option<&str>,
    ) -> Result<Explorer<'h>, WorkError> {
        Explorer::open(host, case, &self.asked(query)?)
    }

    /// The question, within these times.
    pub fn asked(&self, query: Option<&str>) -> Result<Asked, WorkError> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from > to => Err(WorkError::usage(
                "--to",
                format!("a time after --from, {}", time::format(from)),
                time::format(to),
            )),
            _ => Ok(Asked {
                query: query.unwrap_or_default().to_owned(),
                from: self.from,
                to: self.to,
            }),
        }
    }
}

fn instant(text: &str) -> Result<i64, String> {
    explore::instant(text).ok_or_else(|| format!("expected {INSTANT}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_the_beginning_of_its_day() {
        assert_eq!(instant("2026-09-15"), instant("2026-09-15T00:00:00Z"));
        assert_eq!(instant("2026-09-15T02:00:00+02:00"), instant("2026-09-15"));
        for text in ["2026-13-01", "yesterday", "", "2026-09-1"] {
            assert!(instant(text).is_err(), "{text}");
        }
    }
}
