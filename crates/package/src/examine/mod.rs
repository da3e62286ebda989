//! Verifying a package, ours or anybody's: the zip, the bag in it, every file against every manifest.
//! Memory grows with the number of files, not with their sizes.

mod container;
mod manifests;
mod tags;

use std::collections::HashMap;
use std::io::{self, Read, Seek};
use std::ops::ControlFlow;

use vestige_custody::Hash;

use crate::Watch;
use crate::check::{Check, Findings};
use crate::manifest::Manifest;
use crate::zip::read::{Archive, Entry, UnpackError, ZipError};

/// A file of a bag as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name below the bag's folder.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// Their SHA-256; none where it could not be read to its end.
    pub sha256: Option<Hash>,
}

/// What a package was found to be.
#[derive(Debug)]
pub struct Examined<R> {
    /// What it rests on.
    pub checks: Vec<Check>,
    /// SHA-256 of the zip; none where it is no zip.
    pub sha256: Option<Hash>,
    /// The bag's folder.
    pub top: String,
    /// Labels and values of `bag-info.txt`.
    pub info: Vec<(String, String)>,
    /// Every file of the bag.
    pub files: Vec<Found>,
    /// The zip, to read more from; none where it is no zip or no bag.
    pub archive: Option<Archive<R>>,
    /// Whether it says that this program wrote it: by its seal or by the agent it names.
    pub is_ours: bool,
    /// Places of the files in the zip by their names below the bag's folder.
    by_name: HashMap<String, usize>,
}

impl<R> Examined<R> {
    /// The first value of a label of `bag-info.txt`, the label in any case.
    #[must_use]
    pub fn info(&self, label: &str) -> Option<&str> {
        let named = |(one, _): &&(String, String)| one.eq_ignore_ascii_case(label);
        self.info
            .iter()
            .find(named)
            .map(|(_, value)| value.as_str())
    }

    fn refused(checks: Findings) -> Examined<R> {
        Examined {
            checks: checks.into_checks(),
            sha256: None,
            top: String::new(),
            info: Vec::new(),
            files: Vec::new(),
            archive: None,
            is_ours: false,
            by_name: HashMap::new(),
        }
    }
}

impl<R: Read + Seek> Examined<R> {
    /// Gives the contents of a file below the bag's folder to `each`; whether there is one.
    ///
    /// # Errors
    /// [`UnpackError`].
    pub fn read(
        &mut self,
        name: &str,
        each: &mut dyn FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<bool, UnpackError> {
        let Some(archive) = &mut self.archive else {
            return Ok(false);
        };
        let entry = self
            .by_name
            .get(name)
            .and_then(|at| archive.entries.get(*at));
        let Some(entry) = entry.cloned() else {
            return Ok(false);
        };
        archive.unpack(&entry, each).map(|()| true)
    }
}

/// Why a package could not be examined at all; what is wrong with it is no error.
#[derive(Debug, thiserror::Error)]
pub enum ExamineError {
    /// Reading it.
    #[error(transparent)]
    Io(io::Error),
    /// Whoever watches wants no more.
    #[error("stopped")]
    Stopped,
}

/// Examines a package.
///
/// # Errors
/// [`ExamineError`].
pub fn examine<R: Read + Seek>(
    file: R,
    watch: &mut dyn Watch,
) -> Result<Examined<R>, ExamineError> {
    let mut checks = Findings::default();
    let archive = match Archive::open(file) {
        Ok(archive) => archive,
        Err(ZipError::Io(error)) => return Err(ExamineError::Io(error)),
        Err(ZipError::Wrong(what)) => {
            checks.fail(
                "zip",
                format!("{what}. Different programs may find different things in such a file; nothing of it was read"),
            );
            return Ok(Examined::refused(checks));
        }
    };
    checks.pass(
        "zip",
        format!(
            "{} entries fill the file; the directory and the headers before them say the same",
            archive.entries.len()
        ),
    );
    Examination {
        archive,
        watch,
        checks,
        top: String::new(),
        sealed: false,
        by_name: HashMap::new(),
        manifests: Vec::new(),
        info: Vec::new(),
    }
    .run()
}

struct Examination<'a, R> {
    archive: Archive<R>,
    watch: &'a mut dyn Watch,
    checks: Findings,
    top: String,
    /// Whether the zip's comment seals it.
    sealed: bool,
    /// Files of the bag by their names below its folder.
    by_name: HashMap<String, usize>,
    manifests: Vec<Manifest>,
    info: Vec<(String, String)>,
}

impl<R: Read + Seek> Examination<'_, R> {
    fn run(mut self) -> Result<Examined<R>, ExamineError> {
        let sha256 = self.seal()?;
        if !self.names() {
            return Ok(Examined {
                sha256: Some(sha256),
                ..Examined::refused(self.checks)
            });
        }
        self.declaration()?;
        self.read_info()?;
        self.read_manifests()?;
        self.form();
        self.listed();
        let files = self.contents()?;
        self.oxum(&files);
        Ok(Examined {
            is_ours: self.is_ours(),
            checks: self.checks.into_checks(),
            sha256: Some(sha256),
            top: self.top,
            info: self.info,
            files,
            archive: Some(self.archive),
            by_name: self.by_name,
        })
    }

    /// A file of the bag by its name.
    fn entry(&self, name: &str) -> Option<Entry> {
        let number = self.by_name.get(name)?;
        self.archive.entries.get(*number).cloned()
    }

    fn info_value(&self, label: &str) -> Option<&str> {
        let named = |(one, _): &&(String, String)| one.eq_ignore_ascii_case(label);
        self.info
            .iter()
            .find(named)
            .map(|(_, value)| value.as_str())
    }

    fn is_ours(&self) -> bool {
        let agent = self.info_value("Bag-Software-Agent").unwrap_or_default();
        self.sealed || agent.starts_with("Vestige ")
    }
}

fn go_on(yes: bool) -> ControlFlow<()> {
    match yes {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(()),
    }
}

/// What ends an examination; damage does not.
fn ended(read: Result<(), UnpackError>) -> Result<(), ExamineError> {
    match read {
        Ok(()) | Err(UnpackError::Damaged(_)) => Ok(()),
        Err(UnpackError::Io(error)) => Err(ExamineError::Io(error)),
        Err(UnpackError::Stopped) => Err(ExamineError::Stopped),
    }
}
