//! The case folder: names in it, and the steps that make a folder appear whole or not at all.

use super::{CaseError, NotACase};
use crate::fault::Faults;
use crate::lock::{self, Lock};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use vestige_custody::hash::hex;

/// Name of the database in a case folder.
pub const DATABASE: &str = "case.db";
/// Folders of a case: originals, derived data that can be rebuilt, what was given out.
pub const FOLDERS: [&str; 3] = ["evidence", "index", "exports"];

/// Where the original of an evidence item lies below the case folder: `evidence/<ab>/<sha256>`.
#[must_use]
pub fn original(sha256: &[u8; 32]) -> PathBuf {
    let name = hex(sha256);
    Path::new(FOLDERS[0])
        .join(name.get(..2).unwrap_or_default())
        .join(&name)
}

/// The full path of an existing case folder.
pub(crate) fn existing(path: &Path) -> Result<PathBuf, CaseError> {
    let refuse = |why| CaseError::NotACase {
        path: path.to_path_buf(),
        why,
    };
    let root = match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(refuse(NotACase::Missing));
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(refuse(NotACase::NotAFolder));
        }
        root => root.map_err(|error| CaseError::io(path, "looking for the case", error))?,
    };
    if !root.is_dir() {
        return Err(refuse(NotACase::NotAFolder));
    }
    Ok(root)
}

/// Bytes in the file at `path`, none where nothing is there.
///
/// # Errors
/// [`CaseError::NotACase`] where it is no regular file.
pub(crate) fn regular_bytes(case: &Path, path: &Path) -> Result<Option<u64>, CaseError> {
    match fs::symlink_metadata(path) {
        Ok(about) if about.is_file() => Ok(Some(about.len())),
        Ok(_) => {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let why = NotACase::NotRegular(name);
            Err(CaseError::NotACase {
                path: case.to_path_buf(),
                why,
            })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CaseError::io(path, "reading its size", error)),
    }
}

/// Opens a file for reading without following a link and without waiting for a pipe's other end:
/// the folder may come from someone else.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    open_with(path, fs::OpenOptions::new().read(true))
}

/// As [`open_regular`], in the way that `options` say.
pub(crate) fn open_with(path: &Path, options: &mut fs::OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a regular file",
        ));
    }
    Ok(file)
}

/// A file of SQLite's beside the database: `-wal`, `-shm` or `-journal`.
pub(crate) fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Makes what was written to a folder's list of names durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Windows keeps the list by itself and opens no folder as a file.
    if cfg!(windows) {
        Ok(())
    } else {
        File::open(folder)?.sync_all()
    }
}

/// A case folder in the making, beside its place under a name that no case has. Dropped before
/// [`Staging::publish`] it takes everything with it; after a crash the next attempt clears it.
#[derive(Debug)]
pub(crate) struct Staging {
    target: PathBuf,
    folder: PathBuf,
    lock: Option<Lock>,
    faults: Faults,
}

impl Staging {
    /// Starts a case that is to appear at `target`.
    ///
    /// # Errors
    /// [`CaseError::Exists`] where `target` is anything but an empty folder.
    pub fn begin(target: &Path, faults: &Faults) -> Result<Self, CaseError> {
        let (parent, name) = split(target)?;
        let target = parent.join(&name);
        vacant(&target)?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(&name);
        hidden.push(".incomplete");
        let folder = parent.join(hidden);
        faults
            .step("staging folder", &folder, || make_folder(&folder))
            .inspect_err(|_| {
                // Removes it only where it is still empty.
                let _ = fs::remove_dir(&folder);
            })?;
        let lock = Lock::take(&folder)?;
        let staging = Self {
            target,
            folder,
            lock: Some(lock),
            faults: faults.clone(),
        };
        staging.clear()?;
        for name in FOLDERS {
            let folder = staging.folder.join(name);
            fs::create_dir(&folder)
                .map_err(|error| CaseError::io(&folder, "making the folder", error))?;
        }
        Ok(staging)
    }

    /// The folder to fill.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes what an attempt that was interrupted left.
    fn clear(&self) -> Result<(), CaseError> {
        let failed = |error| CaseError::io(&self.folder, "clearing an unfinished attempt", error);
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name() == lock::FILE {
                continue;
            }
            let kind = entry.file_type().map_err(failed)?;
            let path = entry.path();
            if kind.is_dir() {
                fs::remove_dir_all(path)
            } else {
                fs::remove_file(path)
            }
            .map_err(failed)?;
        }
        Ok(())
    }

    /// Makes the case appear at its place. Everything in it is durable before it has its name;
    /// the name is durable before this returns. The lock goes with the folder.
    ///
    /// # Errors
    /// [`CaseError::Exists`] where something came into the way meanwhile.
    pub fn publish(mut self) -> Result<(PathBuf, Lock), CaseError> {
        let io = |path: &Path, doing: &'static str| {
            let path = path.to_path_buf();
            move |error| CaseError::io(&path, doing, error)
        };
        self.faults.step("staging sync", &self.folder, || {
            sync_tree(&self.folder).map_err(io(&self.folder, "making the new case durable"))
        })?;
        self.faults.step("staging rename", &self.target, || {
            rename(&self.folder, &self.target)
        })?;
        let parent = self.target.parent().unwrap_or(Path::new("/"));
        self.faults.step("staging parent sync", parent, || {
            sync_folder(parent).map_err(io(parent, "making the new case's name durable"))
        })?;
        match self.lock.take() {
            Some(lock) => Ok((self.target.clone(), lock)),
            None => Err(CaseError::Entry(
                "the lock was given away before".to_owned(),
            )),
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Renamed: there is nothing under this name. Failed: nothing half-written stays.
        if self.lock.is_some() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn split(target: &Path) -> Result<(PathBuf, std::ffi::OsString), CaseError> {
    let Some(name) = target.file_name() else {
        return Err(CaseError::Exists {
            path: target.to_path_buf(),
            found: "it names no new folder",
        });
    };
    let parent = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let parent = fs::canonicalize(parent).map_err(|error| {
        CaseError::io(parent, "looking for the folder to make the case in", error)
    })?;
    Ok((parent, name.to_owned()))
}

fn vacant(target: &Path) -> Result<(), CaseError> {
    let found = match fs::symlink_metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(CaseError::io(
                target,
                "looking at the place of the case",
                error,
            ));
        }
        Ok(about) if !about.is_dir() => "a file is there already",
        Ok(_) => {
            let mut entries = fs::read_dir(target)
                .map_err(|error| CaseError::io(target, "looking into the folder", error))?;
            if entries.next().is_none() {
                return Ok(());
            }
            if target.join(DATABASE).exists() {
                "a case is there already"
            } else {
                "the folder is not empty"
            }
        }
    };
    Err(CaseError::Exists {
        path: target.to_path_buf(),
        found,
    })
}

fn make_folder(folder: &Path) -> Result<(), CaseError> {
    match fs::create_dir(folder) {
        Ok(()) => Ok(()),
        // Left by an attempt that was interrupted; a link is none of ours.
        Err(_) if fs::symlink_metadata(folder).is_ok_and(|about| about.is_dir()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let parent = folder.parent().unwrap_or(folder);
            Err(CaseError::ReadOnlyFolder {
                path: parent.to_path_buf(),
            })
        }
        Err(error) => Err(CaseError::io(folder, "making the folder", error)),
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), CaseError> {
    if cfg!(windows) {
        // Elsewhere an empty folder is replaced in one step.
        let _ = fs::remove_dir(to);
    }
    fs::rename(from, to).map_err(|error| match error.kind() {
        io::ErrorKind::DirectoryNotEmpty
        | io::ErrorKind::AlreadyExists
        | io::ErrorKind::NotADirectory => CaseError::Exists {
            path: to.to_path_buf(),
            found: "something was put there meanwhile",
        },
        _ => CaseError::io(to, "giving the new case its name", error),
    })
}

/// Makes every file and folder below `folder`, and `folder`, durable.
#[cfg(target_os = "linux")]
fn sync_tree(folder: &Path) -> io::Result<()> {
    // One call for the whole file system: a case may hold many thousands of originals.
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

/// Makes every file and folder below `folder`, and `folder`, durable.
#[cfg(not(target_os = "linux"))]
fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            sync_tree(&entry.path())?;
        } else if kind.is_file() {
            File::open(entry.path())?.sync_all()?;
        }
    }
    sync_folder(folder)
}
