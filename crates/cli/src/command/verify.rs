//! `vestige verify`: whether a case, an exported custody folder or a package is what it was.

use std::path::{Path, PathBuf};

use clap::Args;
use vestige_workbench::Host;
use vestige_workbench::verify::{self, Check, Terms, Verdict};

use super::Json;
use crate::print::{self, Done};

/// Verify a case, an exported custody folder or a package.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  vestige verify CASE
  vestige verify CASE --deep
  vestige verify FOLDER --key vestige/examiner+2b1d7c3e+AZ0k
  vestige verify FILE.zip --pin 12:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef

Exit codes: 0 verified, 3 verified with warnings, 1 failed. An exported folder or a package
without --key or --pin ends at best in 3: the signer's key came from what it signs.")]
pub struct Verify {
    /// A case, an exported custody folder or a package (a zip).
    path: PathBuf,
    /// Make every row anew from the originals and compare.
    #[arg(long)]
    deep: bool,
    /// A verifier key got from outside; may be repeated.
    #[arg(long, value_name = "VKEY")]
    key: Vec<String>,
    /// A pin got from outside; may be repeated.
    #[arg(long, value_name = "SIZE:ROOT")]
    pin: Vec<String>,
    /// CA certificates of the time-stamp authority, a PEM file.
    #[arg(long, value_name = "FILE")]
    tsa_ca: Option<PathBuf>,
    #[command(flatten)]
    json: Json,
}

impl Verify {
    pub fn run(self, host: &dyn Host) -> Done {
        let terms = Terms {
            deep: self.deep,
            keys: self.key,
            pins: self.pin,
            tsa_ca: self.tsa_ca,
        };
        verified(host, &self.path, &terms, self.json)
    }
}

/// Checks what lies at `path` and says so; the verdict is the exit code, also where nobody reads
/// on.
pub fn verified(host: &dyn Host, path: &Path, terms: &Terms, json: Json) -> Done {
    let found = verify::verify(host, path, terms)?;
    let printed = match json.json {
        true => print::json(&found),
        false => print::line(&text(&found.checks, &[&found.pin(), &found.statement])),
    };
    match printed {
        Err(error) if !print::is_closed(&error) => return Err(error),
        _ => {}
    }
    Ok(match found.verdict {
        Verdict::Verified => 0,
        Verdict::VerifiedWithWarnings => 3,
        Verdict::Failed => 1,
    })
}

/// The checks, then what they mean.
pub fn text(checks: &[Check], meaning: &[&str]) -> String {
    let checks = checks.iter().map(|check| {
        let status = format!("{:?}:", check.status);
        format!("{:<22} {status:<8} {}\n", check.check, check.detail)
    });
    let checks: String = checks.collect();
    format!("{checks}\n{}", meaning.join("\n"))
}
