//! `VESTIGE_HOME`: the folder of this installation. `cases.json` says which cases it knows, where
//! they lie and which head it last saw of each, so that a case that was cut, rewritten or forked
//! is noticed; `keys/` holds the examiner's keys.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use vestige_custody::CaseId;
use vestige_custody::hash::{from_hex, hex};
use vestige_store::connection::Settings;
use vestige_store::ledger::Head;

use crate::error::WorkError;
use crate::host::Host;

const CASES: &str = "cases.json";
const LOCK: &str = "cases.lock";
const VERSION: u32 = 1;

/// The folder of this installation.
#[derive(Clone, Debug)]
pub struct Home {
    root: PathBuf,
}

/// What is remembered of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The case.
    pub id: CaseId,
    /// Where it was last.
    pub path: PathBuf,
    /// The head of its chain when it was last seen.
    pub head: Head,
    /// Whether it was made by this installation.
    pub made_here: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Cases {
    version: u32,
    cases: BTreeMap<String, Remembered>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Remembered {
    path: String,
    /// The path's bytes in hexadecimal, where they are not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    size: u64,
    head: String,
    made_here: bool,
}

impl Home {
    /// The home of a host, made with rights for its owner only where it is missing.
    ///
    /// # Errors
    /// [`WorkError::HomeFolder`] where it cannot be made.
    pub fn of(host: &dyn Host) -> Result<Home, WorkError> {
        let root = host.home();
        private_folder(&root)?;
        Ok(Home { root })
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// How case databases are opened: what SQLite spills lands in a folder of the owner's.
    ///
    /// # Errors
    /// [`WorkError::HomeFolder`] where that folder cannot be made.
    pub fn settings(&self) -> Result<Settings, WorkError> {
        Ok(Settings::new(self.temp()?))
    }

    /// A folder for files that live as long as the program.
    ///
    /// # Errors
    /// [`WorkError::HomeFolder`] where it cannot be made.
    pub fn temp(&self) -> Result<PathBuf, WorkError> {
        let temp = self.root.join("temp");
        private_folder(&temp)?;
        Ok(temp)
    }

    /// A folder for the copy of a case that nobody vouches for; dropping it removes it.
    ///
    /// # Errors
    /// [`WorkError::HomeFolder`] where it cannot be made.
    pub fn quarantine(&self) -> Result<TempDir, WorkError> {
        let folder = self.root.join("quarantine");
        private_folder(&folder)?;
        TempDir::new_in(&folder).map_err(WorkError::io(&folder, "making a quarantine folder"))
    }

    /// What is remembered of a case, none where it is not known.
    ///
    /// # Errors
    /// [`WorkError::Home`] where `cases.json` is damaged.
    pub fn known(&self, id: &CaseId) -> Result<Option<Known>, WorkError> {
        let cases = self.read()?;
        cases
            .cases
            .get(id.as_str())
            .map(|case| self.decode(id.as_str(), case))
            .transpose()
    }

    /// The case that was last seen at a full path, none where none was.
    ///
    /// # Errors
    /// As [`Home::known`].
    pub fn at(&self, path: &Path) -> Result<Option<Known>, WorkError> {
        Ok(self.all()?.into_iter().find(|known| known.path == path))
    }

    /// Every case that is known.
    ///
    /// # Errors
    /// As [`Home::known`].
    pub fn all(&self) -> Result<Vec<Known>, WorkError> {
        self.read()?
            .cases
            .iter()
            .map(|(id, case)| self.decode(id, case))
            .collect()
    }

    /// Remembers a case where it now lies, with the head just seen. A head that is older than the
    /// remembered one is no news: somebody wrote meanwhile.
    ///
    /// # Errors
    /// [`WorkError::Io`], [`WorkError::Home`].
    pub fn remember(&self, id: &CaseId, path: &Path, head: Head) -> Result<(), WorkError> {
        self.change(|home, cases| {
            let old = cases
                .cases
                .get(id.as_str())
                .map(|case| home.decode(id.as_str(), case));
            let old = old.transpose()?;
            if old
                .as_ref()
                .is_some_and(|old| old.path == path && old.head.size >= head.size)
            {
                return Ok(false);
            }
            let head = old.as_ref().map_or(head, |old| later(old.head, head));
            let made_here = old.is_some_and(|old| old.made_here);
            cases.put(id, path, head, made_here);
            Ok(true)
        })
    }

    /// Remembers a case that was just made.
    ///
    /// # Errors
    /// As [`Home::remember`].
    pub fn made(&self, id: &CaseId, path: &Path, head: Head) -> Result<(), WorkError> {
        self.change(|_, cases| {
            cases.put(id, path, head, true);
            Ok(true)
        })
    }

    /// Remembers a case that was restored: its head is the one to be continued from here, whatever
    /// was known before.
    ///
    /// # Errors
    /// As [`Home::remember`].
    pub fn restored(&self, id: &CaseId, path: &Path, head: Head) -> Result<(), WorkError> {
        self.change(|_, cases| {
            let made_here = cases
                .cases
                .get(id.as_str())
                .is_some_and(|old| old.made_here);
            cases.put(id, path, head, made_here);
            Ok(true)
        })
    }

    fn decode(&self, id: &str, case: &Remembered) -> Result<Known, WorkError> {
        let wrong = |found: String| self.damaged("case ids, paths and heads", found);
        let leaf = from_hex(&case.head).ok_or_else(|| wrong(format!("head {:?}", case.head)))?;
        let path = match &case.path_bytes {
            Some(bytes) => path_of_hex(bytes).ok_or_else(|| wrong(format!("path {bytes:?}")))?,
            None => PathBuf::from(&case.path),
        };
        Ok(Known {
            id: CaseId::parse(id).map_err(|error| wrong(error.to_string()))?,
            path,
            head: Head {
                size: case.size,
                leaf,
            },
            made_here: case.made_here,
        })
    }

    fn damaged(&self, expected: &'static str, found: String) -> WorkError {
        let remedy = "move the file away; every case is then examined as a stranger's when it is next opened";
        WorkError::Home {
            path: self.root.join(CASES),
            expected,
            found,
            remedy,
        }
    }

    fn read(&self) -> Result<Cases, WorkError> {
        let path = self.root.join(CASES);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Cases::default()),
            bytes => bytes.map_err(WorkError::io(&path, "reading the known cases"))?,
        };
        let cases: Cases = serde_json::from_slice(&bytes)
            .map_err(|error| self.damaged("the JSON of the known cases", error.to_string()))?;
        if cases.version != VERSION {
            return Err(self.damaged("version 1", cases.version.to_string()));
        }
        Ok(cases)
    }

    /// Changes `cases.json` with nobody else in between; it is replaced whole.
    fn change(
        &self,
        change: impl FnOnce(&Home, &mut Cases) -> Result<bool, WorkError>,
    ) -> Result<(), WorkError> {
        let lock = self.root.join(LOCK);
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).open(&lock);
        let file = file.map_err(WorkError::io(&lock, "opening the lock of the known cases"))?;
        file.lock()
            .map_err(WorkError::io(&lock, "locking the known cases"))?;
        let mut cases = self.read()?;
        cases.version = VERSION;
        if !change(self, &mut cases)? {
            return Ok(());
        }
        let path = self.root.join(CASES);
        let mut bytes = serde_json::to_vec_pretty(&cases)
            .map_err(|error| self.damaged("values that JSON can hold", error.to_string()))?;
        bytes.push(b'\n');
        replace(&path, &bytes).map_err(WorkError::io(&path, "remembering the case"))
    }
}

impl Cases {
    /// Remembers a case at a path. Whichever lay there before is remembered without a place: its
    /// head still counts where it turns up again.
    fn put(&mut self, id: &CaseId, path: &Path, head: Head, made_here: bool) {
        let case = encode(path, head, made_here);
        for other in self.cases.values_mut() {
            if (&other.path, &other.path_bytes) == (&case.path, &case.path_bytes) {
                other.path.clear();
                other.path_bytes = None;
            }
        }
        self.cases.insert(id.as_str().to_owned(), case);
    }
}

fn later(one: Head, other: Head) -> Head {
    if other.size >= one.size { other } else { one }
}

fn encode(path: &Path, head: Head, made_here: bool) -> Remembered {
    let exact = path.to_str().is_none();
    Remembered {
        path: path.to_string_lossy().into_owned(),
        path_bytes: exact.then(|| hex(path.as_os_str().as_encoded_bytes())),
        size: head.size,
        head: hex(&head.leaf),
        made_here,
    }
}

fn path_of_hex(text: &str) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for at in (0..text.len()).step_by(2) {
        bytes.push(u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?);
    }
    Some(PathBuf::from(OsStr::from_bytes(&bytes)))
}

/// Makes a folder that only its owner may look into, where it is missing.
pub(crate) fn private_folder(path: &Path) -> Result<(), WorkError> {
    use std::os::unix::fs::DirBuilderExt as _;
    if path.is_dir() {
        return Ok(());
    }
    let made = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path);
    made.map_err(|source| WorkError::HomeFolder {
        path: path.to_path_buf(),
        source,
    })
}

/// Writes a file that appears whole or not at all, readable by its owner only, and is durable when
/// this returns.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
