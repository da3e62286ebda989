//! The arguments of the window: paths are named here or in a dialog, never by the page.

use std::ffi::OsString;
use std::path::PathBuf;

use vestige_workbench::desk::Start;

const HELP: &str = "\
Usage: vestige-desktop [CASE] [--evidence PATH]... [--verify PACKAGE] [--save-to FOLDER] [--home FOLDER]

  CASE               the case to open
  --evidence PATH    a file or folder to import into it; the plan is shown first
  --verify PACKAGE   a package, custody folder or case to verify
  --save-to FOLDER   where new cases, reports, packages and exports are written, without asking
  --home FOLDER      the folder of this installation (default: VESTIGE_HOME or the user's data folder)";

/// Reads the arguments.
///
/// # Errors
/// What is wrong with them and how they are used, or the help that was asked for.
pub fn read(arguments: impl Iterator<Item = OsString>) -> Result<Start, String> {
    let mut start = Start::default();
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy().into_owned();
        let mut path = || {
            let path = arguments.next().map(PathBuf::from);
            path.ok_or_else(|| format!("{text}: expected a path after it, found nothing\n\n{HELP}"))
        };
        match text.as_str() {
            "--help" | "-h" => return Err(HELP.to_owned()),
            "--evidence" => start.evidence.push(path()?),
            "--verify" => start.package = Some(path()?),
            "--save-to" => start.save_to = Some(path()?),
            "--home" => start.home = Some(path()?),
            option if option.starts_with("--") => {
                return Err(format!("{option}: no such option\n\n{HELP}"));
            }
            _ if start.case.is_none() => start.case = Some(PathBuf::from(argument)),
            _ => return Err(format!("{text}: a second case\n\n{HELP}")),
        }
    }
    Ok(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &[&str]) -> Result<Start, String> {
        read(arguments.iter().map(OsString::from))
    }

    #[test]
    fn paths_are_read_and_nothing_else_is() {
        let start = of(&[
            "case",
            "--evidence",
            "a",
            "--evidence",
            "b",
            "--save-to",
            "out",
        ])
        .unwrap();
        assert_eq!(start.case, Some("case".into()));
        assert_eq!(start.evidence, [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(start.save_to, Some("out".into()));
        assert!(of(&["--evidence"]).unwrap_err().contains("expected a path"));
        assert!(
            of(&["--what"])
                .unwrap_err()
                .starts_with("--what: no such option")
        );
        assert!(of(&["one", "two"]).unwrap_err().contains("second case"));
    }
}
