//! `vestige import`: evidence comes into a case.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use vestige_workbench::import::{self, EvidenceReport, ImportReport, Request, Totals};
use vestige_workbench::{Host, OpenCase, WorkError};

use super::Json;
use crate::print::{self, Done};

/// Import evidence: files, folders, archives.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  vestige import CASE logs/
  vestige import CASE flow.log --type aws:vpcflow --reason 'second delivery'

A format is recognised by content. What is not recognised is listed as rejected, with the reason;
the import is done when every file is accounted for. Of more than 20 files those are listed that
are rejected, partial or have warnings; `vestige evidence` lists all. Stopped with Ctrl-C it keeps what was read;
importing the same paths again reads the rest.")]
pub struct Import {
    /// The case folder.
    case: PathBuf,
    /// Files and folders.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Read as this format, such as aws:cloudtrail, whatever is not clearly another.
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
        let report = import::import(host, &mut open, &request)?;
        if self.json.json {
            return print::json(&report);
        }
        let few = report.evidence.len() <= FEW;
        let shown = report.evidence.iter();
        let shown: Vec<_> = shown.filter(|one| few || needs_attention(one)).collect();
        let (told, more) = shown.split_at(shown.len().min(MOST));
        let mut out = print::out();
        lines(&mut out, told)?;
        if !more.is_empty() {
            let more = more.len();
            writeln!(
                out,
                "and {more} more that are rejected, partial or have warnings"
            )
            .map_err(print::unwritable)?;
        }
        if !few {
            let others = report.evidence.len() - shown.len();
            writeln!(
                out,
                "{others} others were read without remark; `vestige evidence CASE` lists every file"
            )
            .map_err(print::unwritable)?;
        }
        sums(out, &report.totals)
    }
}

/// Up to this many files and members are all told after an import.
const FEW: usize = 20;
/// The most that are told of more.
const MOST: usize = 100;

/// Whether somebody should look at what became of it.
fn needs_attention(one: &EvidenceReport) -> bool {
    matches!(one.state.as_str(), "rejected" | "partial") || one.warnings > 0 || one.withdrawn
}

/// What became of each file, and the sum.
pub fn accounted(report: &ImportReport, json: Json) -> Done {
    if json.json {
        return print::json(report);
    }
    let mut out = print::out();
    lines(&mut out, &report.evidence.iter().collect::<Vec<_>>())?;
    sums(out, &report.totals)
}

fn lines(out: &mut impl Write, all: &[&EvidenceReport]) -> Result<(), WorkError> {
    for one in all {
        writeln!(out, "{}", line(one)).map_err(print::unwritable)?;
    }
    Ok(())
}

fn sums(mut out: impl Write, totals: &Totals) -> Done {
    let tally = &totals.tally;
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
    .map_err(print::unwritable)?;
    if totals.undated > 0 {
        let undated = totals.undated;
        writeln!(
            out,
            "{undated} of the records stored have no time; the query time:none finds them"
        )
        .map_err(print::unwritable)?;
    }
    out.flush().map_err(print::unwritable)?;
    Ok(0)
}

fn line(one: &EvidenceReport) -> String {
    let tally = &one.tally;
    let reason = one.reason.as_ref();
    let reason = reason.map_or_else(String::new, |reason| {
        format!(" ({})", reason.escape_debug())
    });
    let withdrawn = if one.withdrawn { " withdrawn" } else { "" };
    let counted = [(one.warnings, "warnings"), (one.undated, "undated")];
    let counted = counted.into_iter().filter(|(count, _)| *count > 0);
    let counted = counted.map(|(count, of)| match count {
        1 => (count, of.trim_end_matches('s')),
        _ => (count, of),
    });
    let counted: String = counted
        .map(|(count, of)| format!(" {count} {of}"))
        .collect();
    format!(
        "{} {:<9} {:>9} found {:>9} stored {:>7} duplicate {:>5} rejected {:>5} ignored  {}{withdrawn}{counted}{reason}",
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
