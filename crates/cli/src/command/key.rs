//! `vestige key`: the examiner's signing key.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use vestige_workbench::Host;
use vestige_workbench::key::{self, KeyFacts};

use super::{AlwaysJson, Json};
use crate::print::{self, Done};

const STORE: &str = "secret-tool store --label=Vestige service vestige account signing-key";

/// The examiner's signing key: make, show, replace.
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  vestige key show")]
pub enum Key {
    Create(Create),
    Show(Show),
    Rotate(Rotate),
}

/// Make the signing key; it is also made on first need.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  vestige key create
  vestige --passphrase-file F key create

The passphrase can be left to the system's key store, where there is one:
  $ secret-tool store --label=Vestige service vestige account signing-key")]
pub struct Create {
    #[command(flatten)]
    json: Json,
}

/// Show what is public about the signing key.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige key show --json")]
pub struct Show {
    #[command(flatten)]
    json: Json,
}

/// Replace the signing key in a case by a new one; both sign the change.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige key rotate CASE")]
pub struct Rotate {
    /// The case folder.
    case: PathBuf,
    #[command(flatten)]
    json: AlwaysJson,
}

impl Key {
    pub fn run(self, host: &dyn Host) -> Done {
        match self {
            Key::Create(command) => {
                let facts = key::create(host)?;
                host.notice(&format!(
                    "the system's key store can keep the passphrase: {STORE}"
                ));
                shown(&facts, command.json)
            }
            Key::Show(command) => shown(&key::show(host)?, command.json),
            Key::Rotate(command) => print::json(&key::rotate(host, &command.case)?),
        }
    }
}

fn shown(facts: &KeyFacts, json: Json) -> Done {
    if json.json {
        return print::json(facts);
    }
    let KeyFacts { vkey, public, file } = facts;
    print::line(&format!("vkey    {vkey}\npublic  {public}\nfile    {file}"))
}
