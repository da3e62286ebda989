//! `vestige man`: manual pages.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory as _};
use vestige_workbench::WorkError;

use crate::arguments::Arguments;
use crate::print::Done;

/// Write manual pages, one a command, into a folder.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  vestige man share/man/man1

Read one with `man -l share/man/man1/vestige-import.1`.")]
pub struct Man {
    /// The folder; made where it is missing.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Man {
    pub fn run(self) -> Done {
        let command = Arguments::command().disable_help_subcommand(true);
        let written = fs::create_dir_all(&self.folder)
            .and_then(|()| clap_mangen::generate_to(command, &self.folder));
        written.map_err(|source| failed(&self.folder, source))?;
        Ok(0)
    }
}

fn failed(folder: &Path, source: std::io::Error) -> WorkError {
    WorkError::Io {
        path: folder.to_path_buf(),
        doing: "writing the manual pages",
        source,
    }
}
