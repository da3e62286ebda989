//! `vestige import`: evidence comes into a case.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use vestige_workbench::import::{self, EvidenceReport, ImportReport, Request};
use vestige_workbench::{Host, OpenCase};

use super::Json;
use crate::print::{self, Done};

/// Import evidence: files, folders, archives.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  vestige import CASE logs/
  vestige import CASE flow.log --type aws:vpcflow --reason 'second delivery'

A format is recognised by content. What is not recognised is listed as rejected, with the reason;
the import is done when every file is accounted for. Stopped with Ctrl-C it keeps what was read;
importing the same paths again reads the rest.")]
pub struct Import {
    /// The case folder.
    case: PathBuf,
    /// Files and folders.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Read everything as this format, such as aws:cloudtrail.
    #[arg(long = "type", value_name = "DATA_TYPE")]
    data_type: Option<String>,
    /// Leave the files where they lie; the case keeps their path, size and hash.
    #[arg(long)]
    in_place: bool,
    /// Read members that unpack to more than 200 times their size.
    #[arg(long)]
    allow_ratio: bool,
    /// Why, for the custody entries.
    #[arg(long, value_name = "R", default_value = "not stated")]
    reason: String,
    /// Threads that read; 0 for one a core.
    #[arg(long, value_name = "N", default_value_t = 0)]
    jobs: usize,
    #[command(flatten)]
    json: Json,
}

impl Import {
    pub fn run(self, host: &dyn Host) -> Done {
        let request = Request {
            paths: self.paths,
            data_type: self.data_type,
            in_place: self.in_place,
            allow_ratio: self.allow_ratio,
            reason: self.reason,
            jobs: self.jobs,
        };
        let mut open = OpenCase::open(host, &self.case)?;
        accounted(&import::import(host, &mut open, &request)?, self.json)
    }
}

/// What became of each file, and the sum.
pub fn accounted(report: &ImportReport, json: Json) -> Done {
    if json.json {
        return print::json(report);
    }
    let mut out = print::out();
    for one in &report.evidence {
        writeln!(out, "{}", line(one)).map_err(print::unwritable)?;
    }
    let (totals, tally) = (&report.totals, &report.totals.tally);
    writeln!(
        out,
        "{} files, {} bytes: {} found = {} stored + {} duplicate + {} rejected + {} ignored",
        totals.files,
        totals.bytes,
        tally.found,
        tally.stored,
        tally.duplicate,
        tally.rejected,
        tally.ignored
    )
    .and_then(|()| out.flush())
    .map_err(print::unwritable)?;
    Ok(0)
}

fn line(one: &EvidenceReport) -> String {
    let tally = &one.tally;
    let reason = one.reason.as_ref();
    let reason = reason.map_or_else(String::new, |reason| {
        format!(" ({})", reason.escape_debug())
    });
    let withdrawn = if one.withdrawn { " withdrawn" } else { "" };
    format!(
        "{} {:<9} {:>9} found {:>9} stored {:>7} duplicate {:>5} rejected {:>5} ignored  {}{withdrawn}{reason}",
        one.id,
        one.state,
        tally.found,
        tally.stored,
        tally.duplicate,
        tally.rejected,
        tally.ignored,
        one.path.escape_debug(),
    )
}
