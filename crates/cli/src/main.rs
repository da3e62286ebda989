//! `vestige`: the command line.

mod arguments;
mod command;
mod host;

use std::process::ExitCode;

use clap::Parser;
use vestige_workbench::Class;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let passphrase = match host::passphrase(arguments.passphrase_file.as_deref()) {
        Ok(passphrase) => passphrase,
        Err(message) => {
            eprintln!("vestige: {message}");
            return ExitCode::FAILURE;
        }
    };
    let host = host::Terminal {
        passphrase,
        quiet: arguments.quiet,
        told: std::sync::Mutex::new(None),
    };
    match command::run(&host, arguments.command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("vestige: {error}");
            ExitCode::from(match error.class() {
                Class::Usage => 2,
                Class::Failed => 1,
            })
        }
    }
}
