//! `vestige package`: a case in one file for somebody else, with all that is needed to verify it.

use std::path::PathBuf;

use clap::Args;
use vestige_workbench::Host;
use vestige_workbench::package::{self, Options, Profile};
use vestige_workbench::report;

use super::AlwaysJson;
use crate::print::{self, Done};

/// Make a package: evidence, custody and timeline in one file that anybody can verify.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  vestige package CASE --profile expert --output FILE.zip
  vestige package CASE --profile expert --output FILE.zip --recipient 'Expert of the other side'
  vestige verify FILE.zip

The package is a bag (BagIt 1.0, RFC 8493) in a zip. FILE.zip.sha256 is written beside it.
Originals that were withdrawn or left in place are in it by their hash only.
Profile expert: the report, the evidence, the full custody and the timeline.")]
pub struct Package {
    /// The case folder.
    case: PathBuf,
    /// What it is made for: expert.
    #[arg(long, value_name = "PROFILE", value_parser = profile)]
    profile: Profile,
    /// A new file.
    #[arg(long, value_name = "FILE.zip")]
    output: PathBuf,
    /// Who gets it, for the custody record.
    #[arg(long, value_name = "NAME")]
    recipient: Option<String>,
    /// Where questions about it go, for bag-info.txt.
    #[arg(long, value_name = "ADDRESS")]
    contact_email: Option<String>,
    /// Why it is made, for the custody record.
    #[arg(long, value_name = "R")]
    reason: Option<String>,
    #[command(flatten)]
    json: AlwaysJson,
}

fn profile(text: &str) -> Result<Profile, String> {
    Profile::parse(text)
        .map_err(|_| "expected expert, the only profile that is there yet".to_owned())
}

impl Package {
    pub fn run(self, host: &dyn Host) -> Done {
        let options = Options {
            profile: self.profile,
            recipient: self.recipient,
            contact_email: self.contact_email,
            reason: self.reason,
            ..Options::expert(self.output)
        };
        print::json(&package::make(
            host,
            &self.case,
            &options,
            &report::for_package,
        )?)
    }
}
