//! What was named, listed: files and folders in sorted path order.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::name;

/// One thing found in what was named: a file to read, or something that is not read and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Where it lies, as given and completed by the walk.
    pub path: PathBuf,
    /// Path below the folder that was named, `/` between parts; the file name of a file that was
    /// named itself. Bytes that are not UTF-8 are shown as `\xNN`.
    pub name: String,
    /// Size in bytes when it was listed.
    pub size: u64,
    /// Whether it was named itself; only then a symbolic link is followed.
    pub named: bool,
    /// Why it is not read; none for a file to read.
    pub problem: Option<Problem>,
}

/// Why something that was found is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A symbolic link inside a folder: recorded, not followed.
    #[error(
        "a symbolic link to {target}; links inside a folder are recorded, not followed: name its target to import it"
    )]
    Link {
        /// What it points to.
        target: String,
    },
    /// A device, pipe or socket.
    #[error("a {what}, not a file; expected a file or a folder")]
    NotAFile {
        /// What it is.
        what: &'static str,
    },
    /// A file or folder that cannot be read.
    #[error("cannot be read: {reason}; check that it exists and that you may read it")]
    Unreadable {
        /// What the system said.
        reason: String,
    },
    /// The case folder itself.
    #[error("the case folder itself; a case is not evidence for itself")]
    CaseFolder,
}

impl Problem {
    fn unreadable(error: &io::Error) -> Problem {
        Problem::Unreadable {
            reason: error.to_string(),
        }
    }
}

/// Lists the files in `paths`, bytewise sorted by path whatever the order they were named in.
/// `case` is the case folder, which is left out (with a problem) where it lies within.
///
/// Nothing is opened but folders. What cannot be read or is no file is listed with its problem.
pub fn list(paths: &[PathBuf], case: Option<&Path>) -> Vec<Listed> {
    let case = case
        .and_then(|path| path.metadata().ok())
        .map(|meta| identity(&meta));
    let mut walk = Walk {
        case,
        out: Vec::new(),
        folders: Vec::new(),
    };
    for path in paths {
        walk.named(path);
    }
    walk.out.sort_by(|a, b| bytes(&a.path).cmp(bytes(&b.path)));
    walk.out.dedup_by(|a, b| a.path == b.path);
    walk.out
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

fn identity(meta: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (meta.dev(), meta.ino())
}

struct Walk {
    case: Option<(u64, u64)>,
    out: Vec<Listed>,
    /// Folders still to read, each with the folder that was named.
    folders: Vec<(PathBuf, PathBuf)>,
}

impl Walk {
    fn named(&mut self, path: &Path) {
        let file_name = path.file_name().unwrap_or(path.as_os_str());
        let name = name::shown(file_name.as_bytes());
        match path.metadata() {
            Ok(meta) => self.entry(path.to_owned(), name, &meta, true, path),
            Err(error) => self.push(
                path.to_owned(),
                name,
                0,
                true,
                Some(Problem::unreadable(&error)),
            ),
        }
        while let Some((folder, root)) = self.folders.pop() {
            self.folder(&folder, &root);
        }
    }

    fn push(
        &mut self,
        path: PathBuf,
        name: String,
        size: u64,
        named: bool,
        problem: Option<Problem>,
    ) {
        self.out.push(Listed {
            path,
            name,
            size,
            named,
            problem,
        });
    }

    fn entry(&mut self, path: PathBuf, name: String, meta: &Metadata, named: bool, root: &Path) {
        if meta.is_dir() {
            if self.case == Some(identity(meta)) {
                self.push(path, name, 0, named, Some(Problem::CaseFolder));
            } else {
                self.folders.push((path, root.to_owned()));
            }
            return;
        }
        let problem = problem(&path, meta);
        self.push(path, name, meta.len(), named, problem);
    }

    fn folder(&mut self, folder: &Path, root: &Path) {
        let entries = match folder.read_dir() {
            Ok(entries) => entries,
            Err(error) => {
                let problem = Some(Problem::unreadable(&error));
                return self.push(folder.to_owned(), below(folder, root), 0, false, problem);
            }
        };
        for entry in entries {
            let (path, meta) = match entry {
                Ok(entry) => (entry.path(), entry.path().symlink_metadata()),
                Err(error) => (folder.to_owned(), Err(error)),
            };
            let name = below(&path, root);
            match meta {
                Ok(meta) => self.entry(path, name, &meta, false, root),
                Err(error) => self.push(path, name, 0, false, Some(Problem::unreadable(&error))),
            }
        }
    }
}

fn below(path: &Path, root: &Path) -> String {
    let part = path.strip_prefix(root).unwrap_or(path);
    name::shown(part.as_os_str().as_bytes())
}

fn problem(path: &Path, meta: &Metadata) -> Option<Problem> {
    let kind = meta.file_type();
    if kind.is_file() {
        return None;
    }
    if kind.is_symlink() {
        let target = path.read_link().unwrap_or_default();
        return Some(Problem::Link {
            target: name::shown(target.as_os_str().as_bytes()),
        });
    }
    let what = if kind.is_fifo() {
        "pipe"
    } else if kind.is_socket() {
        "socket"
    } else {
        "device"
    };
    Some(Problem::NotAFile { what })
}

/// Opens a listed file for reading. What has become a link, pipe or device since it was listed is
/// refused, and opening never waits.
///
/// # Errors
/// What the system says; `InvalidInput` where it is no file.
pub fn open(listed: &Listed) -> io::Result<File> {
    open_file(&listed.path, listed.named)
}

/// Opens a regular file for reading; a symbolic link only with `follow`.
pub(crate) fn open_file(path: &Path, follow: bool) -> io::Result<File> {
    let mut flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    if !follow {
        flags |= OFlags::NOFOLLOW;
    }
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is no longer a regular file",
        ));
    }
    Ok(file)
}

/// The last part of a path as it may be shown.
pub(crate) fn shown_path(path: impl AsRef<OsStr>) -> String {
    name::shown(path.as_ref().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    fn names(listed: &[Listed]) -> Vec<(&str, bool)> {
        listed
            .iter()
            .map(|one| (one.name.as_str(), one.problem.is_some()))
            .collect()
    }

    #[test]
    fn lists_in_path_order_and_follows_no_link_inside() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("a/b")).unwrap();
        fs::create_dir(at("case")).unwrap();
        for (name, size) in [("a/b/2", 2), ("a-1", 1), ("z", 0), ("case/x", 5)] {
            fs::write(at(name), vec![b'x'; size]).unwrap();
        }
        symlink("/etc/passwd", at("link")).unwrap();
        symlink("..", at("a/loop")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), Mode::RUSR).unwrap();
        let listed = list(&[folder.path().to_owned()], Some(&at("case")));
        let expected = [
            ("a-1", false),
            ("a/b/2", false),
            ("a/loop", true),
            ("case", true),
            ("link", true),
            ("pipe", true),
            ("z", false),
        ];
        assert_eq!(names(&listed), expected);
        assert_eq!(listed[1].size, 2);
        assert_eq!(listed[3].problem, Some(Problem::CaseFolder));
        assert_eq!(listed[5].problem, Some(Problem::NotAFile { what: "pipe" }));
    }

    #[test]
    fn the_order_of_naming_does_not_matter_and_a_named_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("b"), b"bb").unwrap();
        fs::write(at("c"), b"c").unwrap();
        symlink(at("b"), at("a")).unwrap();
        let one = list(&[at("c"), at("a"), at("gone"), at("a")], None);
        let two = list(&[at("gone"), at("a"), at("c")], None);
        assert_eq!(one, two);
        assert_eq!(names(&one), [("a", false), ("c", false), ("gone", true)]);
        assert_eq!(one[0].size, 2);
        assert!(open(&one[0]).is_ok());
        assert!(open_file(&at("a"), false).is_err());
    }

    #[test]
    fn names_that_are_not_utf8_are_shown() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(OsStr::from_bytes(b"a\xff.json")), b"x").unwrap();
        let listed = list(&[folder.path().to_owned()], None);
        assert_eq!(names(&listed), [("a\\xff.json", false)]);
    }
}
