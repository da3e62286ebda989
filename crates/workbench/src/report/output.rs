//! The file of a report: whole or not at all, and never over another unless told so.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::error::WorkError;

/// Where a report is to be written.
#[derive(Debug)]
pub(super) struct Output {
    path: PathBuf,
    html: bool,
    overwrite: bool,
}

/// A report that is there.
#[derive(Debug)]
pub(super) struct Written {
    path: PathBuf,
    /// Whether nothing was there before.
    new: bool,
}

impl Output {
    /// Looks whether the file can be written before the work is done.
    pub(super) fn new(path: &Path, overwrite: bool) -> Result<Output, WorkError> {
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        let html = match ending.as_ref().and_then(|ending| ending.to_str()) {
            Some("pdf") => false,
            Some("html" | "htm") => true,
            _ => {
                return Err(WorkError::usage(
                    "--output",
                    "a file that ends in .pdf or .html",
                    path.display().to_string(),
                ));
            }
        };
        let output = Output {
            path: path.to_path_buf(),
            html,
            overwrite,
        };
        if !output.folder().is_dir() {
            return Err(output.failed(io::Error::other(
                "expected a folder to write into, found none; make it first",
            )));
        }
        if !overwrite && path.symlink_metadata().is_ok() {
            return Err(output.failed(taken()));
        }
        Ok(output)
    }

    pub(super) fn is_html(&self) -> bool {
        self.html
    }

    /// Writes the file; it is durable when this returns.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<Written, WorkError> {
        let new = self.path.symlink_metadata().is_err();
        self.written(bytes).map_err(|error| self.failed(error))?;
        Ok(Written {
            path: self.path.clone(),
            new,
        })
    }

    fn written(&self, bytes: &[u8]) -> io::Result<()> {
        let mut builder = tempfile::Builder::new();
        let mode = Permissions::from_mode(0o666);
        let mut file = builder
            .prefix(".vestige-")
            .permissions(mode)
            .tempfile_in(self.folder())?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        match self.overwrite {
            true => file.persist(&self.path).map_err(|error| error.error)?,
            false => {
                file.persist_noclobber(&self.path)
                    .map_err(|error| match error.error.kind() {
                        io::ErrorKind::AlreadyExists => taken(),
                        _ => error.error,
                    })?
            }
        };
        File::open(self.folder())?.sync_all()
    }

    fn folder(&self) -> &Path {
        let parent = self.path.parent();
        parent
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
    }

    fn failed(&self, source: io::Error) -> WorkError {
        WorkError::io(&self.path, "writing the report")(source)
    }
}

fn taken() -> io::Error {
    io::Error::other(
        "expected a name that is free, found something there; name another, or say that it is to be replaced",
    )
}

impl Written {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the file again, where it replaced none.
    pub(super) fn take_back(&self) {
        if self.new {
            // The error that led here says more than one of removing.
            let _ = fs::remove_file(&self.path);
        }
    }
}
