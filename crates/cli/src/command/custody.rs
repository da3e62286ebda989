//! `vestige custody`: the chain of a case.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use vestige_workbench::verify::Terms;
use vestige_workbench::{Host, custody};

use super::verify::verified;
use super::{AlwaysJson, Json};
use crate::print::{self, Done};

/// The custody chain of a case: list, verify, sign, pin, time-stamp, export.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  vestige custody CASE list
  vestige custody CASE pin
  vestige custody CASE export FOLDER")]
pub struct Custody {
    /// The case folder.
    case: PathBuf,
    #[command(subcommand)]
    command: Part,
}

#[derive(Debug, Subcommand)]
enum Part {
    List(List),
    Verify(Verify),
    Sign(Sign),
    Pin(Pin),
    Request(Request),
    Anchor(Anchor),
    Export(Export),
}

/// The entries, one a line, exactly as they are chained.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige custody CASE list | tail -1")]
struct List {
    /// One JSON object a line; so it is without this, too.
    #[arg(long)]
    json: bool,
}

/// Verify the case, as `vestige verify CASE` does.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige custody CASE verify")]
struct Verify {
    #[command(flatten)]
    json: Json,
}

/// Sign the chain as it stands.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige custody CASE sign")]
struct Sign {
    #[command(flatten)]
    json: AlwaysJson,
}

/// One line, SIZE:ROOT, to be kept outside the case: it shows when the chain is later cut.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  vestige custody CASE pin
  vestige verify CASE --pin 12:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef")]
struct Pin {
    #[command(flatten)]
    json: Json,
}

/// Write a query for a time-stamp authority.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige custody CASE request")]
struct Request {
    #[command(flatten)]
    json: AlwaysJson,
}

/// Take the answer of a time-stamp authority.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige custody CASE anchor answer.tsr --tsa-ca authority.pem")]
struct Anchor {
    /// The answer.
    file: PathBuf,
    /// CA certificates of the authority, a PEM file.
    #[arg(long, value_name = "FILE")]
    tsa_ca: Option<PathBuf>,
    #[command(flatten)]
    json: AlwaysJson,
}

/// Export the chain with its verifier into a new folder.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  vestige custody CASE export FOLDER
  vestige verify FOLDER")]
struct Export {
    /// The new folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    json: AlwaysJson,
}

impl Custody {
    pub fn run(self, host: &dyn Host) -> Done {
        let case = &self.case;
        match self.command {
            Part::List(_) => {
                custody::list(host, case, &mut print::out())?;
                Ok(0)
            }
            Part::Verify(verify) => verified(host, case, &Terms::default(), verify.json),
            Part::Sign(_) => print::json(&custody::sign(host, case)?),
            Part::Pin(pin) => pinned(host, case, pin.json),
            Part::Request(_) => print::json(&custody::request(host, case)?),
            Part::Anchor(anchor) => {
                let ca = anchor.tsa_ca.as_deref();
                print::json(&custody::anchor(host, case, &anchor.file, ca)?)
            }
            Part::Export(export) => print::json(&custody::export(host, case, &export.folder)?),
        }
    }
}

fn pinned(host: &dyn Host, case: &Path, json: Json) -> Done {
    let pinned = custody::pin(host, case)?;
    match json.json {
        true => print::json(&pinned),
        false => print::line(&pinned.line()),
    }
}
