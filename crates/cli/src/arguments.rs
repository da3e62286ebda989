//! The arguments that every command has, and how they are read.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser};

use crate::command::Command;
use crate::{host, print};

const EXAMPLES: &str = "\
Example:
  vestige case create CASE --title 'Paper Lantern' --examiner 'A. Examiner'
  vestige import CASE logs/
  vestige events CASE 'action:ConsoleLogin NOT outcome:success'
  vestige verify CASE

The passphrase of the signing key comes from --passphrase-file, VESTIGE_PASSPHRASE, the system's
key store (secret-tool) or a prompt, in this order; without one a command goes on unsigned.
Key, known cases and a log without evidence content lie in VESTIGE_HOME.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 verified with warnings.";

/// What stands apart in the help of every command.
const GENERAL: &str = "Options of every command";

/// Investigates cloud incidents offline: evidence with custody, a timeline, and proof.
#[derive(Debug, Parser)]
#[command(name = "vestige", version, after_help = EXAMPLES)]
pub struct Arguments {
    /// File whose first line is the passphrase of the signing key.
    #[arg(long, global = true, value_name = "F", help_heading = GENERAL)]
    pub passphrase_file: Option<PathBuf>,
    /// No progress and no notes: results and errors only.
    #[arg(long, global = true, help_heading = GENERAL)]
    pub quiet: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Reads the arguments: what is asked for, and the command's words (`case create`). Help, version
/// and wrong usage are printed here; the error is then the exit code.
pub fn parse() -> Result<(Arguments, String), u8> {
    let read = Arguments::command().try_get_matches().and_then(|matches| {
        let arguments = Arguments::from_arg_matches(&matches)?;
        Ok((arguments, words(&matches)))
    });
    read.map_err(|error| match error.kind() {
        ErrorKind::DisplayVersion => version(),
        _ => {
            // Nobody may be there to read it; the code tells, too.
            let _ = error.print();
            u8::try_from(error.exit_code()).unwrap_or(2)
        }
    })
}

/// Which build this is, as custody entries name it.
fn version() -> u8 {
    let build = host::build_sha256();
    let version = env!("CARGO_PKG_VERSION");
    let _ = print::line(&format!("vestige {version} (sha256 {build})"));
    0
}

fn words(matches: &ArgMatches) -> String {
    match matches.subcommand() {
        None => String::new(),
        Some((name, more)) => format!("{name} {}", words(more)).trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a line as a shell takes them; single quotes are all that examples need.
    fn shell_words(line: &str) -> Vec<String> {
        let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
        for one in line.chars() {
            match one {
                '\'' => quoted = !quoted,
                ' ' if !quoted => words.push(std::mem::take(&mut word)),
                _ => word.push(one),
            }
        }
        words.push(word);
        words.retain(|word| !word.is_empty());
        words
    }

    fn check(command: &clap::Command, path: &str, seen: &mut usize) {
        let help = command.get_after_help().map(ToString::to_string);
        let help = help.unwrap_or_else(|| panic!("{path}: no example"));
        let lines: Vec<_> = help
            .lines()
            .filter_map(|line| line.strip_prefix("  vestige "))
            .collect();
        assert!(!lines.is_empty(), "{path}: no example in {help}");
        for line in lines {
            let line = line.split("  #").next().unwrap_or(line);
            let line = line.split(" | ").next().unwrap_or(line);
            let line = line.split(" > ").next().unwrap_or(line);
            let words = shell_words(line);
            let read = Arguments::try_parse_from(["vestige".to_owned()].iter().chain(&words));
            read.unwrap_or_else(|error| panic!("{path}: {line}: {error}"));
            *seen += 1;
        }
        for below in command.get_subcommands() {
            check(below, &format!("{path} {}", below.get_name()), seen);
        }
    }

    #[test]
    fn every_command_has_an_example_that_can_be_typed() {
        let mut seen = 0;
        check(&Arguments::command(), "vestige", &mut seen);
        assert!(seen > 25, "{seen} examples");
    }

    #[test]
    fn the_words_of_a_command_hold_nothing_that_was_given_to_it() {
        let line = ["vestige", "custody", "a case", "anchor", "a file"];
        let matches = Arguments::command().try_get_matches_from(line).unwrap();
        assert_eq!(words(&matches), "custody anchor");
    }

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
