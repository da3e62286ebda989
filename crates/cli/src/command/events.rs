//! `vestige events`: rows.

use std::fs::Permissions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use tempfile::NamedTempFile;
use vestige_workbench::explore::{Explorer, Order, Output};
use vestige_workbench::{Host, WorkError};

use crate::print::{self, Done};
use crate::question::Question;

const HELP: &str = "\
Example:
  vestige events CASE 'action:ConsoleLogin NOT outcome:success'
  vestige events CASE 'src.ip:203.0.113.0/24' --from 2026-09-15 --sort -time
  vestige events CASE 'kind:flow dst.port:22' --all --output csv --file flows.csv

The query language:
  field:value         whole and without case; * and ? are wild; several values side by side are AND
  a OR b, NOT a, ( )  NOT includes rows without the field
  src.ip:10.0.0.0/8   networks
  bytes:[1 TO 9]      ranges, inclusive; bytes:>1000, time:[2026-09-15 TO 2026-09-16]
  time:none           rows without a time
  AKIAIOSFODNN7       a word or \"a phrase\" is searched in the bytes of the evidence
  kind:event          or kind:flow: API events only, or flow records only
/, ^ and ~ are ordinary characters: there are no regular expressions, weights or near matches.
Letters match without case; in a search of the bytes only those of ASCII do.
An unknown field is an error; one that is nearly right is named.";

/// Rows: API events and flow records.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Events {
    #[command(flatten)]
    question: Question,
    /// Most rows.
    #[arg(long, value_name = "N", default_value = "200", value_parser = super::at_least_one)]
    limit: usize,
    /// Every row.
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// time, or -time for the latest first.
    #[arg(
        long,
        value_enum,
        value_name = "ORDER",
        default_value = "time",
        allow_hyphen_values = true
    )]
    sort: Sort,
    /// How rows are written.
    #[arg(long, value_enum, default_value = "table")]
    output: Format,
    /// Write to this new file; it appears when it is complete. `-` is standard output.
    #[arg(long, value_name = "F")]
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Sort {
    #[value(name = "time")]
    Earliest,
    #[value(name = "-time")]
    Latest,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For reading.
    Table,
    /// One JSON object a line.
    Jsonl,
    /// Comma separated, formulas made harmless.
    Csv,
}

impl Events {
    pub fn run(self, host: &dyn Host) -> Done {
        let explorer = self.question.open(host)?;
        match &self.file {
            None => self.write(&explorer, &mut print::out())?,
            Some(path) if path.as_os_str() == "-" => self.write(&explorer, &mut print::out())?,
            Some(path) => self.write_file(&explorer, path)?,
        }
        Ok(0)
    }

    fn write(&self, explorer: &Explorer<'_>, out: &mut dyn Write) -> Result<(), WorkError> {
        let order = match self.sort {
            Sort::Earliest => Order::Ascending,
            Sort::Latest => Order::Descending,
        };
        let output = match self.output {
            Format::Table => Output::Table,
            Format::Jsonl => Output::Jsonl,
            Format::Csv => Output::Csv,
        };
        explorer.write(order, (!self.all).then_some(self.limit as u64), output, out)?;
        out.flush().map_err(print::unwritable)
    }

    /// Whole or not at all, and never over something that is there.
    fn write_file(&self, explorer: &Explorer<'_>, path: &Path) -> Result<(), WorkError> {
        let failed = |source| unwritable(path, source);
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        if path.symlink_metadata().is_ok() {
            return Err(failed(io::ErrorKind::AlreadyExists.into()));
        }
        let mut builder = tempfile::Builder::new();
        let mode = Permissions::from_mode(0o666);
        let made = builder.prefix(".vestige-").permissions(mode);
        let made = made
            .tempfile_in(folder.unwrap_or(Path::new(".")))
            .map_err(failed)?;
        let mut out = BufWriter::new(made);
        self.write(explorer, &mut out)?;
        let made: NamedTempFile = out
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        made.persist_noclobber(path)
            .map_err(|error| failed(error.error))?;
        Ok(())
    }
}

fn unwritable(path: &Path, source: io::Error) -> WorkError {
    use io::ErrorKind::{
        AlreadyExists, NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem,
    };
    let folder = path.parent().is_some_and(Path::is_dir);
    let said = match source.kind() {
        AlreadyExists => {
            "expected a name that is free, found something there; nothing is overwritten, name another"
        }
        NotFound if !folder => "expected a folder to write into, found none; make it first",
        NotADirectory => "expected a folder to write into, found a file; name a folder",
        NotFound | PermissionDenied | ReadOnlyFilesystem => {
            "expected a folder that you may write into, found one that takes no new file; name another"
        }
        _ => "",
    };
    WorkError::Io {
        path: path.to_path_buf(),
        doing: "writing the rows into a new file",
        source: match said {
            "" => source,
            said => io::Error::other(said),
        },
    }
}
