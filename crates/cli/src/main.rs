//! `vestige`: the command line.

mod arguments;
mod command;
mod host;
mod log;
mod print;
mod question;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;

use arguments::Arguments;
use host::Terminal;
use log::Log;
use print::{Done, tell};
use vestige_workbench::{Class, WorkError};

fn main() -> ExitCode {
    match arguments::parse() {
        Ok((arguments, name)) => ExitCode::from(run(arguments, &name)),
        Err(code) => ExitCode::from(code),
    }
}

/// Does what was asked for and keeps a line of it in the log; the number is the exit code.
fn run(arguments: Arguments, name: &str) -> u8 {
    let log = match arguments.command.has_no_case() {
        true => Arc::new(Log::none()),
        false => Arc::new(Log::begin(&host::home(), name)),
    };
    Log::of_panics(&log);
    let (code, kind) = done(arguments, &log);
    log.end(name, code, kind);
    code
}

/// The exit code, and what kind of error it was.
fn done(arguments: Arguments, log: &Arc<Log>) -> (u8, Option<&'static str>) {
    let host = match Terminal::new(&arguments, Arc::clone(log)) {
        Ok(host) => host,
        Err(message) => {
            tell(&format!("vestige: {message}"));
            return (1, Some("terminal"));
        }
    };
    let result = catch_unwind(AssertUnwindSafe(|| arguments.command.run(&host)));
    host.close();
    let result: Done = result.unwrap_or(Err(WorkError::Defect {
        doing: "the command",
    }));
    match result {
        Ok(code) => (code, None),
        // Whoever reads has what they wanted.
        Err(error) if print::is_closed(&error) => (0, Some("closed")),
        Err(error) => {
            tell(&format!("vestige: {error}"));
            host.explain(&error);
            (exit_code(&error), Some(error.code()))
        }
    }
}

fn exit_code(error: &WorkError) -> u8 {
    match error.class() {
        Class::Usage => 2,
        Class::Failed => 1,
    }
}
