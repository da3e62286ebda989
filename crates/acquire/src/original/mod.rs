//! Originals: each file read once, hashed in the same pass, kept exactly as received.
//!
//! A file lands under a temporary name in `evidence/.incoming/`. [`Originals::commit`] makes a
//! whole batch durable: one sync of the file system, then each temporary is renamed to
//! `evidence/<ab>/<sha256>` (read-only), then the folders touched are synced. Only after that may
//! the custody entry that names them be committed; what no entry knows is removed by [`sweep()`] at
//! the next opening. Folders are held open and no link is followed, so that nothing can be
//! exchanged for a way out of the case.

mod commit;
mod error;
mod in_place;
mod sweep;
mod watched;

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::ops::ControlFlow;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use sha2::{Digest as _, Sha256};

pub use error::OriginalError;
pub use in_place::{receive_in_place, receive_in_place_watched};
pub use sweep::{Swept, sweep};
pub(crate) use sweep::{digest_named, entries, remove};

use vestige_model::Warning;

use crate::Faults;
use crate::intake::{self, Listed};
use crate::unpack::Source;
use watched::Before;

/// A SHA-256 digest of stored bytes.
pub type Sha256Digest = [u8; 32];

/// The folder of originals, below the case folder.
pub const FOLDER: &str = "evidence";
/// The folder of temporaries, below [`FOLDER`].
pub const INCOMING: &str = ".incoming";

/// Files up to this size (64 MiB) are read whole and need no second read to be unpacked.
pub const WHOLE: u64 = 64 << 20;
/// What is read at once of larger files.
const CHUNK: u64 = 1 << 20;

/// Is told how many bytes of one large file were read so far, about every MiB, and may stop it.
pub type Watch<'a> = dyn Fn(u64) -> ControlFlow<()> + 'a;

/// The way to an original below the case folder: `evidence/<ab>/<sha256>`.
pub fn path_of(case: &Path, sha256: &Sha256Digest) -> PathBuf {
    let name = hex(sha256);
    case.join(FOLDER).join(&name[..2]).join(name)
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .collect()
}

/// The originals of one case, open for receiving. Shared by the workers of an import.
#[derive(Debug)]
pub struct Originals {
    folders: Arc<Folders>,
    next: AtomicU64,
}

#[derive(Debug)]
struct Folders {
    evidence: OwnedFd,
    incoming: OwnedFd,
    evidence_path: PathBuf,
    faults: Faults,
}

/// A file that was read and hashed, and lies under a temporary name until its batch is committed.
/// Dropped uncommitted, the temporary is removed.
#[derive(Debug)]
pub struct Received {
    /// SHA-256 of the bytes as stored.
    pub sha256: Sha256Digest,
    /// Size in bytes.
    pub bytes: u64,
    /// What to say of a file that changed while it was read.
    pub changed: Option<Warning>,
    body: Body,
    temporary: Option<Temporary>,
}

#[derive(Debug)]
enum Body {
    /// All of it is in the buffer that was lent.
    Buffer,
    /// Too large for that.
    File(File),
}

#[derive(Debug)]
struct Temporary {
    folders: Arc<Folders>,
    name: String,
    /// Whether the name has been given up: renamed, so that there is nothing to remove.
    settled: bool,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        let remove = || {
            Ok(rustix::fs::unlinkat(
                &self.folders.incoming,
                &*self.name,
                AtFlags::empty(),
            )?)
        };
        // What cannot be removed now is swept at the next opening.
        let _ = self.folders.faults.step("remove temporary", remove);
    }
}

impl Received {
    /// Its bytes, for unpacking. `buffer` is the one that was lent to `receive`, unchanged.
    pub fn source<'a>(&'a self, buffer: &'a [u8]) -> Source<'a> {
        match &self.body {
            Body::Buffer => Source::Bytes(buffer),
            Body::File(file) => Source::File(file),
        }
    }

    /// Splits off what waits to be committed, so that the rest can be read meanwhile.
    #[must_use]
    pub fn detach(&mut self) -> Received {
        Received {
            sha256: self.sha256,
            bytes: self.bytes,
            changed: None,
            body: Body::Buffer,
            temporary: self.temporary.take(),
        }
    }

    /// Whether a new original waits to be committed; false for one that was known already and
    /// for one that stays in place.
    pub fn is_new(&self) -> bool {
        self.temporary.is_some()
    }
}

impl Originals {
    /// Opens the folder of originals of the case at `case`, making it where it is missing.
    ///
    /// # Errors
    /// [`OriginalError`] where it cannot be made or written, or is a link.
    pub fn open(case: &Path, faults: Faults) -> Result<Originals, OriginalError> {
        let evidence_path = case.join(FOLDER);
        let incoming_path = evidence_path.join(INCOMING);
        let open = |path: &Path| {
            faults
                .step("make evidence folder", || {
                    make_folder(rustix::fs::mkdirat(CWD, path, Mode::from_raw_mode(0o755)))?;
                    open_folder(CWD, path)
                })
                .map_err(|source| OriginalError::storage(path, "make evidence folder", 0, source))
        };
        let folders = Folders {
            evidence: open(&evidence_path)?,
            incoming: open(&incoming_path)?,
            evidence_path,
            faults: faults.clone(),
        };
        Ok(Originals {
            folders: Arc::new(folders),
            next: AtomicU64::new(0),
        })
    }

    /// Reads a file once, hashes it and writes it under a temporary name, unless `known` says
    /// that an original with this digest is kept already. Files up to [`WHOLE`] bytes are then
    /// in `buffer` (recycled by the caller, one a worker).
    ///
    /// # Errors
    /// [`OriginalError`]; nothing half-written stays.
    pub fn receive(
        &self,
        listed: &Listed,
        buffer: &mut Vec<u8>,
        known: &dyn Fn(&Sha256Digest) -> bool,
    ) -> Result<Received, OriginalError> {
        self.receive_watched(listed, buffer, known, &|_| ControlFlow::Continue(()))
    }

    /// The same, watched: a file that takes long can be stopped.
    ///
    /// # Errors
    /// [`OriginalError`], [`OriginalError::Stopped`] among them; nothing half-written stays.
    pub fn receive_watched(
        &self,
        listed: &Listed,
        buffer: &mut Vec<u8>,
        known: &dyn Fn(&Sha256Digest) -> bool,
        watch: &Watch<'_>,
    ) -> Result<Received, OriginalError> {
        let (file, size, before) = open_listed(listed)?;
        let mut whole = size <= WHOLE;
        if whole {
            read_chunk(&listed.path, &file, buffer, WHOLE + 1)?;
            whole = buffer.len() as u64 <= WHOLE;
        }
        let mut received = match whole {
            true => self.keep_whole(buffer, known)?,
            false => self.keep_large(listed, &file, buffer, known, watch)?,
        };
        received.changed = changed(listed, &file, before, received.bytes)?;
        Ok(received)
    }

    fn keep_whole(
        &self,
        bytes: &[u8],
        known: &dyn Fn(&Sha256Digest) -> bool,
    ) -> Result<Received, OriginalError> {
        let sha256: Sha256Digest = Sha256::digest(bytes).into();
        let mut received = Received {
            sha256,
            bytes: bytes.len() as u64,
            changed: None,
            body: Body::Buffer,
            temporary: None,
        };
        if !known(&sha256) {
            let (temporary, mut file) = self.temporary()?;
            self.write(&temporary, &mut file, bytes)?;
            received.temporary = Some(temporary);
        }
        Ok(received)
    }

    /// Keeps a file that is not read whole. `buffer` may hold what was read of it already.
    fn keep_large(
        &self,
        listed: &Listed,
        file: &File,
        buffer: &mut Vec<u8>,
        known: &dyn Fn(&Sha256Digest) -> bool,
        watch: &Watch<'_>,
    ) -> Result<Received, OriginalError> {
        use std::os::unix::fs::FileExt as _;
        let (temporary, mut copy) = self.temporary()?;
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        buffer.resize(CHUNK as usize, 0);
        loop {
            let count =
                retry(|| file.read_at(buffer, bytes)).map_err(|e| read_error(&listed.path, e))?;
            let part = buffer.get(..count).unwrap_or_default();
            if part.is_empty() {
                break;
            }
            hash.update(part);
            self.write(&temporary, &mut copy, part)?;
            bytes += count as u64;
            go_on(&listed.path, watch(bytes))?;
        }
        buffer.clear();
        let sha256: Sha256Digest = hash.finalize().into();
        let read = openat_read(&self.folders.incoming, &temporary.name)
            .map_err(|source| self.failed(&temporary.name, "create temporary", 0, source))?;
        let temporary = (!known(&sha256)).then_some(temporary);
        Ok(Received {
            sha256,
            bytes,
            changed: None,
            body: Body::File(read),
            temporary,
        })
    }

    /// A new temporary. One of the same name can only be left from a crash; it is passed over.
    fn temporary(&self) -> Result<(Temporary, File), OriginalError> {
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let name = format!("{}-{number}", std::process::id());
            let create = || create_new(&self.folders.incoming, &name);
            match self.folders.faults.step("create temporary", create) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(source) => {
                    // It may have been made although an error was reported.
                    let _ = rustix::fs::unlinkat(&self.folders.incoming, &*name, AtFlags::empty());
                    return Err(self.failed(&name, "create temporary", 0, source));
                }
                Ok(file) => {
                    let folders = Arc::clone(&self.folders);
                    return Ok((
                        Temporary {
                            folders,
                            name,
                            settled: false,
                        },
                        file,
                    ));
                }
            }
        }
    }

    fn write(&self, at: &Temporary, file: &mut File, bytes: &[u8]) -> Result<(), OriginalError> {
        self.folders
            .faults
            .step("write temporary", || file.write_all(bytes))
            .map_err(|source| self.failed(&at.name, "write temporary", bytes.len() as u64, source))
    }

    fn failed(
        &self,
        name: &str,
        step: &'static str,
        bytes: u64,
        source: io::Error,
    ) -> OriginalError {
        let path = self.folders.evidence_path.join(INCOMING).join(name);
        OriginalError::storage(&path, step, bytes, source)
    }
}

fn open_listed(listed: &Listed) -> Result<(File, u64, Before), OriginalError> {
    let open = || {
        let file = intake::open(listed)?;
        let about = file.metadata()?;
        Ok((file, about.len(), Before::of(&about)))
    };
    open().map_err(|error| read_error(&listed.path, error))
}

fn changed(
    listed: &Listed,
    file: &File,
    before: Before,
    bytes: u64,
) -> Result<Option<Warning>, OriginalError> {
    let changed = before.changed(file, bytes);
    changed.map_err(|error| read_error(&listed.path, error))
}

/// Fills `buffer` with the next at most `limit` bytes.
fn read_chunk(
    path: &Path,
    file: &File,
    buffer: &mut Vec<u8>,
    limit: u64,
) -> Result<(), OriginalError> {
    buffer.clear();
    file.take(limit)
        .read_to_end(buffer)
        .map_err(|error| read_error(path, error))?;
    Ok(())
}

fn go_on(path: &Path, flow: ControlFlow<()>) -> Result<(), OriginalError> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(OriginalError::Stopped {
            path: path.to_owned(),
        }),
    }
}

fn read_error(path: &Path, source: io::Error) -> OriginalError {
    OriginalError::Read {
        path: path.to_owned(),
        source,
    }
}

fn retry<T>(mut read: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match read() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

fn openat_read(folder: &OwnedFd, name: &str) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::openat(
        folder,
        name,
        flags,
        Mode::empty(),
    )?))
}

/// A new file for writing. Read-only from the start: there is no moment at which an original can
/// be opened for writing by another.
fn create_new(folder: &OwnedFd, name: &str) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::openat(
        folder,
        name,
        flags,
        Mode::from_raw_mode(0o444),
    )?))
}

/// A folder opened for its content to be changed and synced; not through a link.
fn open_folder(below: impl std::os::fd::AsFd, path: impl rustix::path::Arg) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(below, path, flags, Mode::empty())?)
}

/// Whether a folder was made; one that is there already is as good.
fn make_folder(made: rustix::io::Result<()>) -> io::Result<bool> {
    match made {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::EXIST) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
