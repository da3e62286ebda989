//! `vestige completions`: for shells.

use std::io::Write as _;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::print::{self, Done};

/// Write completions for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige completions bash")]
pub struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub fn run(self) -> Done {
        // Made in memory: the generator does not expect that nobody reads on.
        let mut made = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "vestige", &mut made);
        let mut out = print::out();
        out.write_all(&made)
            .and_then(|()| out.flush())
            .map_err(print::unwritable)?;
        Ok(0)
    }
}
