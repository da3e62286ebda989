//! What the user chose outside the page. The page has names for it and never says a path.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use vestige_package::zip::read::{Archive, Entry};

use crate::error::WorkError;
use crate::verify::is_package;
use crate::wire::{Chosen, Ticket};

/// The choices of this session, in their order.
#[derive(Debug, Default)]
pub(super) struct Choices {
    given: Vec<Vec<PathBuf>>,
    /// Those that may be written to, and whether over what is there.
    writable: BTreeMap<usize, bool>,
}

impl Choices {
    /// A name for these paths; the same paths keep theirs.
    pub fn give(&mut self, paths: Vec<PathBuf>) -> Ticket {
        let at = self.given.iter().position(|given| *given == paths);
        let at = at.unwrap_or_else(|| {
            self.given.push(paths);
            self.given.len() - 1
        });
        Ticket(format!("choice-{at}"))
    }

    /// Lets a choice be written to: over a file that is there where the user chose it in a dialog,
    /// which asks.
    pub fn let_write(&mut self, ticket: &Ticket, over: bool) {
        if let Some(at) = self.place(ticket) {
            self.writable.insert(at, over);
        }
    }

    /// Whether a choice may be written over what is there.
    ///
    /// # Errors
    /// [`WorkError::Usage`] for one that was not made to be written to, such as evidence.
    pub fn may_write(&self, ticket: &Ticket) -> Result<bool, WorkError> {
        let over = self.place(ticket).and_then(|at| self.writable.get(&at));
        over.copied().ok_or_else(|| {
            WorkError::usage("choice", "a file chosen to be saved", ticket.0.clone())
        })
    }

    fn place(&self, ticket: &Ticket) -> Option<usize> {
        let at = ticket.0.strip_prefix("choice-")?.parse().ok()?;
        (at < self.given.len()).then_some(at)
    }

    /// The paths of a choice.
    ///
    /// # Errors
    /// [`WorkError::Usage`] for a name that was not given in this session.
    pub fn paths(&self, ticket: &Ticket) -> Result<&[PathBuf], WorkError> {
        let paths = self.place(ticket).and_then(|at| self.given.get(at));
        paths.map(Vec::as_slice).ok_or_else(|| {
            WorkError::usage(
                "choice",
                "something chosen in this session",
                ticket.0.clone(),
            )
        })
    }
}

/// A choice as the page sees it.
pub(super) fn chosen(ticket: Ticket, paths: &[PathBuf]) -> Chosen {
    let name = |path: &PathBuf| {
        path.file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned()
    };
    Chosen {
        ticket,
        names: paths.iter().map(name).collect(),
        shown: paths
            .first()
            .map(|path| path.display().to_string())
            .unwrap_or_default(),
    }
}

/// Whether a path looks like a case, a package or evidence.
pub(super) fn looks_like(path: &Path) -> &'static str {
    if path.join("case.db").is_file() {
        "case"
    } else if path.join("custody.jsonl").is_file()
        || path.join("bagit.txt").is_file()
        || named_as_ours(path)
        || is_bag(path)
    {
        "package"
    } else {
        "evidence"
    }
}

/// Whether it is a zip with a bag in it; evidence comes in zips, too.
fn is_bag(path: &Path) -> bool {
    let bag = |entry: &Entry| matches!(entry.name.split_once('/'), Some((_, "bagit.txt")));
    let holds = |file| Archive::open(file).is_ok_and(|zip| zip.entries.iter().any(bag));
    is_package(path) && File::open(path).is_ok_and(holds)
}

/// The name that a package of ours has, `CASE_PROFILE_TIME.zip`: one that is damaged is still taken
/// for one.
fn named_as_ours(path: &Path) -> bool {
    let name = path.file_stem().map(|name| name.to_string_lossy());
    path.extension().is_some_and(|ending| ending == "zip")
        && name.is_some_and(|name| {
            let time = name.rsplit('_').next().unwrap_or_default();
            time.len() == 16 && time.ends_with('Z') && time.as_bytes().get(8) == Some(&b'T')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_that_was_not_given_is_refused() {
        let mut choices = Choices::default();
        let ticket = choices.give(vec!["/a".into()]);
        assert_eq!(choices.paths(&ticket).unwrap(), [PathBuf::from("/a")]);
        assert_eq!(choices.give(vec!["/a".into()]), ticket);
        for forged in ["choice-1", "/a", "", "choice-18446744073709551616"] {
            assert!(choices.paths(&Ticket(forged.to_owned())).is_err());
        }
    }

    #[test]
    fn a_package_is_told_from_other_archives_by_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, member: &str| {
            let path = folder.path().join(name);
            let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
            zip.start_file(member, zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.finish().unwrap();
            path
        };
        assert_eq!(looks_like(&write("theirs.zip", "bag/bagit.txt")), "package");
        for (name, member) in [
            ("deep.zip", "logs/bag/bagit.txt"),
            ("flat.zip", "bagit.txt"),
            ("logs.zip", "AWSLogs/a.json"),
        ] {
            assert_eq!(looks_like(&write(name, member)), "evidence", "{name}");
        }
    }

    #[test]
    fn a_package_of_ours_is_known_by_its_name() {
        assert_eq!(
            looks_like(Path::new("/x/A_expert_20261124T184500Z.zip")),
            "package"
        );
        assert_eq!(looks_like(Path::new("/x/logs.zip")), "evidence");
        assert_eq!(
            looks_like(Path::new("/x/A_expert_20261124T184500Z.gz")),
            "evidence"
        );
    }
}
