//! The commands, one file each: arguments, a use case, and its result on standard output.

mod backup;
mod case;
mod completions;
mod count;
mod custody;
mod events;
mod evidence;
mod flows;
mod histogram;
mod import;
mod key;
mod man;
mod package;
mod report;
mod restore;
mod show;
mod top;
mod verify;
mod warnings;
mod withdraw;

use clap::{Args, Subcommand};
use vestige_workbench::Host;

use crate::print::Done;

/// The commands, in the order of the work.
#[derive(Debug, Subcommand)]
pub enum Command {
    #[command(subcommand)]
    Case(case::Case),
    #[command(subcommand)]
    Key(key::Key),
    Import(import::Import),
    Evidence(evidence::Evidence),
    Warnings(warnings::Warnings),
    Events(events::Events),
    Count(count::Count),
    Histogram(histogram::Histogram),
    Top(top::Top),
    Flows(flows::Flows),
    Show(show::Show),
    Custody(custody::Custody),
    Report(report::Report),
    Package(package::Package),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Withdraw(withdraw::Withdraw),
    Verify(verify::Verify),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    /// Does what the arguments say; the number is the exit code.
    pub fn run(self, host: &dyn Host) -> Done {
        match self {
            Command::Case(command) => command.run(host),
            Command::Key(command) => command.run(host),
            Command::Import(command) => command.run(host),
            Command::Evidence(command) => command.run(host),
            Command::Warnings(command) => command.run(host),
            Command::Events(command) => command.run(host),
            Command::Count(command) => command.run(host),
            Command::Histogram(command) => command.run(host),
            Command::Top(command) => command.run(host),
            Command::Flows(command) => command.run(host),
            Command::Show(command) => command.run(host),
            Command::Custody(command) => command.run(host),
            Command::Report(command) => command.run(host),
            Command::Package(command) => command.run(host),
            Command::Backup(command) => command.run(host),
            Command::Restore(command) => command.run(host),
            Command::Withdraw(command) => command.run(host),
            Command::Verify(command) => command.run(host),
            Command::Completions(command) => command.run(),
            Command::Man(command) => command.run(),
        }
    }

    /// Whether it is about the program only: nothing then needs a home.
    pub fn has_no_case(&self) -> bool {
        matches!(self, Command::Completions(_) | Command::Man(_))
    }
}

// No doc comments on what is flattened: they would be taken for the command's own.
#[derive(Clone, Copy, Debug, Args)]
pub struct Json {
    /// One JSON document.
    #[arg(long)]
    pub json: bool,
}

// For commands whose result is short and a JSON document in any case.
#[derive(Clone, Copy, Debug, Args)]
pub struct AlwaysJson {
    /// One JSON document; the result is one without this, too.
    #[arg(long)]
    pub json: bool,
}

/// A number of things to be listed.
fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("expected a whole number from 1 on".to_owned()),
    }
}
