//! `cargo xtask`: see `--help`.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use clap::{Parser, Subcommand};
use xtask::{evidence, incident, tidy};

/// What the repository does for itself.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Check what the repository asks of itself: dependency edges, licences, sizes, names.
    Tidy,
    /// Write the page's types and commands, or check that they are those of the wire types.
    Codegen {
        /// Write nothing; fail where the file differs.
        #[arg(long)]
        check: bool,
    },
    /// Make the demonstration incident again, or check that it is what would be made.
    Fixtures {
        /// Write nothing; fail where a file differs.
        #[arg(long)]
        check: bool,
        /// The folder.
        #[arg(long, default_value = "fixtures/incident")]
        out: PathBuf,
    },
    /// Make evidence of any size for measurements.
    Evidence {
        /// What to make.
        #[arg(long)]
        kind: evidence::Kind,
        /// How many records.
        #[arg(long)]
        records: u64,
        /// The folder to write to.
        #[arg(long)]
        out: PathBuf,
    },
}

const BINDINGS: &str = "ui/src/platform/bindings.ts";

fn main() -> Result<()> {
    match Arguments::parse().task {
        Task::Tidy => {
            let wrong = tidy::check(Path::new("."))?;
            ensure!(wrong.is_empty(), "not tidy:\n{}", wrong.join("\n"));
            println!("tidy");
            Ok(())
        }
        Task::Codegen { check } => {
            let (path, text) = (Path::new(BINDINGS), vestige_workbench::desk::bindings());
            if check {
                let found = std::fs::read_to_string(path)?;
                ensure!(
                    found == text,
                    "{}: stale; run `cargo xtask codegen`",
                    BINDINGS
                );
            } else {
                std::fs::write(path, text)?;
            }
            println!("{}", BINDINGS);
            Ok(())
        }
        Task::Fixtures { check, out } => {
            let files = if check {
                incident::check(&out)?
            } else {
                incident::write(&out)?
            };
            println!("{files} files in {}", out.display());
            Ok(())
        }
        Task::Evidence { kind, records, out } => {
            let made = evidence::make(kind, records, &out)?;
            println!(
                "{} records in {} files, {} bytes, {} before compression: {}",
                made.records,
                made.files,
                made.written,
                made.raw,
                out.display()
            );
            Ok(())
        }
    }
}
