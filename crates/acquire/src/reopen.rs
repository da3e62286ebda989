//! Evidence that is in the case, read again: a range of a member, a whole member, the stored bytes.

mod cache;

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};
use vestige_model::{MemberPath, Warning};

use crate::original::{self, Sha256Digest};
use crate::seekable::{Seekable, SideCopy, Tee};
use crate::unpack::{Content, End, Limits, Member, Place, Source, UnpackError, Unpacker, Visitor};
use crate::{Faults, intake, seekable};
use cache::Cache;

/// An evidence item as the case knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// SHA-256 of its stored bytes.
    pub sha256: Sha256Digest,
    /// Its size in bytes.
    pub bytes: u64,
    path: PathBuf,
    /// Whether a link is followed: in place, where one may have been named.
    follow: bool,
}

impl Item {
    /// One whose original is kept in the case folder.
    pub fn kept(case: &Path, sha256: Sha256Digest, bytes: u64) -> Item {
        Item {
            sha256,
            bytes,
            path: original::path_of(case, &sha256),
            follow: false,
        }
    }

    /// One that was left where it lay.
    pub fn in_place(path: impl Into<PathBuf>, sha256: Sha256Digest, bytes: u64) -> Item {
        Item {
            sha256,
            bytes,
            path: path.into(),
            follow: true,
        }
    }

    /// Where its stored bytes lie.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the stored bytes.
    ///
    /// # Errors
    /// [`ReopenError::Missing`], [`ReopenError::Changed`] where the size differs,
    /// [`ReopenError::Read`].
    pub fn open(&self) -> Result<File, ReopenError> {
        let path = || self.path.clone();
        let file =
            intake::open_file(&self.path, self.follow).map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => ReopenError::Missing { path: path() },
                _ => ReopenError::Read {
                    path: path(),
                    source,
                },
            })?;
        let found = file.metadata().map_err(|source| self.failed(source))?.len();
        if found != self.bytes {
            return Err(ReopenError::Changed {
                path: path(),
                expected: self.bytes,
                found,
            });
        }
        Ok(file)
    }

    fn failed(&self, source: io::Error) -> ReopenError {
        ReopenError::Read {
            path: self.path.clone(),
            source,
        }
    }
}

/// Why evidence could not be read again.
#[derive(Debug, thiserror::Error)]
pub enum ReopenError {
    /// The original is not there.
    #[error("{}: the original is missing; put it back from where it was received or from a backup", shown(.path))]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The original is not the one that was received.
    #[error("{}: the original was changed: expected {expected} bytes, found {found}; put it back from where it was received or from a backup", shown(.path))]
    Changed {
        /// Where it lies.
        path: PathBuf,
        /// Bytes when it was received.
        expected: u64,
        /// Bytes now.
        found: u64,
    },
    /// The original holds no such member.
    #[error("{}: expected a member {member}, found none: the original is not the one that was imported", shown(.path))]
    NoMember {
        /// Where the original lies.
        path: PathBuf,
        /// The member's ordinals.
        member: String,
    },
    /// The range is not inside the member.
    #[error("{}: expected {length} bytes at offset {offset} of member {member}, found an end at {size}", shown(.path))]
    PastEnd {
        /// Where the original lies.
        path: PathBuf,
        /// The member's ordinals.
        member: String,
        /// First byte asked for.
        offset: u64,
        /// Bytes asked for.
        length: u64,
        /// Bytes the member has.
        size: u64,
    },
    /// The original cannot be read.
    #[error("{}: cannot be read: {source}; check the disk", shown(.path))]
    Read {
        /// Where it lies.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The original cannot be unpacked any more.
    #[error("{}: {source}", shown(.path))]
    Unpack {
        /// Where it lies.
        path: PathBuf,
        /// What happened.
        source: UnpackError,
    },
}

fn shown(path: &Path) -> String {
    intake::shown_path(path)
}

/// Reads members of a case's evidence again. Shared by threads.
#[derive(Debug)]
pub struct Reopen {
    case: PathBuf,
    cache: Cache,
    idle: Mutex<Vec<Unpacker>>,
}

impl Reopen {
    /// For the case at `case`, keeping at most `cache_bytes` of decompressed members.
    pub fn new(case: impl Into<PathBuf>, cache_bytes: usize) -> Reopen {
        Reopen {
            case: case.into(),
            cache: Cache::new(cache_bytes),
            idle: Mutex::default(),
        }
    }

    /// The bytes of a member from `offset`, exactly `length` of them: from the cache, from the
    /// file itself where nothing is compressed, from the side copy, or else from the original.
    ///
    /// # Errors
    /// [`ReopenError`].
    pub fn read_range(
        &self,
        item: &Item,
        member: &MemberPath,
        offset: u64,
        length: u64,
    ) -> Result<Vec<u8>, ReopenError> {
        let range = Range {
            item,
            member,
            offset,
            length,
        };
        if let Some(bytes) = self.cache.get(&item.sha256, member) {
            return range.of_slice(&bytes);
        }
        if let Some(copy) = self.side_copy(item, member) {
            range.check(copy.bytes())?;
            if let Ok(bytes) = copy.read_at(offset, length) {
                return Ok(bytes);
            }
        }
        match self.load(item, member)? {
            Loaded::Whole(bytes) => range.of_slice(&bytes),
            Loaded::Copied(copy) => {
                range.check(copy.bytes())?;
                copy.read_at(offset, length)
                    .map_err(|source| item.failed(source))
            }
            Loaded::Plain(file) => range.of_file(&file),
        }
    }

    /// The same, from nothing but the original: for proofs, which trust no derived data.
    ///
    /// # Errors
    /// [`ReopenError`].
    pub fn read_original_range(
        &self,
        item: &Item,
        member: &MemberPath,
        offset: u64,
        length: u64,
    ) -> Result<Vec<u8>, ReopenError> {
        let range = Range {
            item,
            member,
            offset,
            length,
        };
        self.find(item, member, |content| match content {
            Content::Whole(bytes) => range.of_slice(bytes),
            Content::Stream(reader) => range.of_stream(reader),
        })?
    }

    /// Reads a whole member.
    ///
    /// # Errors
    /// [`ReopenError`].
    pub fn open(
        &self,
        item: &Item,
        member: &MemberPath,
    ) -> Result<Box<dyn Read + Send>, ReopenError> {
        if let Some(bytes) = self.cache.get(&item.sha256, member) {
            return Ok(Box::new(Cursor::new(Shared(bytes))));
        }
        if let Some(copy) = self.side_copy(item, member) {
            return Ok(Box::new(copy.into_reader()));
        }
        Ok(match self.load(item, member)? {
            Loaded::Whole(bytes) => Box::new(Cursor::new(Shared(bytes))),
            Loaded::Copied(copy) => Box::new(copy.into_reader()),
            Loaded::Plain(file) => Box::new(file),
        })
    }

    /// Walks through all members of an item again, without a limit on the ratio: each of them is
    /// in the case because it was allowed.
    ///
    /// # Errors
    /// [`ReopenError`].
    pub fn visit(&self, item: &Item, visitor: &mut dyn Visitor) -> Result<(), ReopenError> {
        let file = item.open()?;
        let mut unpacker = self.unpacker();
        let result = unpacker.walk(Source::File(&file), visitor);
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(unpacker);
        result.map_err(|source| ReopenError::Unpack {
            path: item.path.clone(),
            source,
        })
    }

    fn unpacker(&self) -> Unpacker {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let limits = Limits {
            allow_ratio: true,
            ..Limits::default()
        };
        idle.unwrap_or_else(|| Unpacker::new(limits, std::env::temp_dir()))
    }

    fn side_copy(&self, item: &Item, member: &MemberPath) -> Option<Seekable> {
        Seekable::open(&seekable::path_of(&self.case, &item.sha256, member)).ok()
    }

    /// Gets a member from its original, into the cache or a side copy where it is none of itself.
    fn load(&self, item: &Item, member: &MemberPath) -> Result<Loaded, ReopenError> {
        let failed = |source| item.failed(source);
        self.find(item, member, |content| match content {
            Content::Whole(bytes) => {
                let bytes = Arc::new(bytes.to_vec());
                self.cache.put(item.sha256, member, &bytes);
                Ok(Loaded::Whole(bytes))
            }
            Content::Stream(reader) => self.copied(item, member, reader).map_err(failed),
        })?
    }

    /// Makes the side copy that is missing; where the case cannot be written, a temporary file.
    fn copied(
        &self,
        item: &Item,
        member: &MemberPath,
        reader: &mut dyn Read,
    ) -> io::Result<Loaded> {
        let mut spare = tempfile::tempfile()?;
        let copy = SideCopy::begin(&self.case, &item.sha256, member, Faults::none());
        if copy.is_ok() {
            let done = Tee::new(reader, copy).finish()?;
            done?;
            let path = seekable::path_of(&self.case, &item.sha256, member);
            return Ok(Loaded::Copied(Seekable::open(&path)?));
        }
        io::copy(reader, &mut spare)?;
        io::Seek::rewind(&mut spare)?;
        Ok(Loaded::Plain(spare))
    }

    fn find<T>(
        &self,
        item: &Item,
        member: &MemberPath,
        take: impl FnOnce(Content<'_>) -> T,
    ) -> Result<T, ReopenError> {
        let mut search = Search {
            wanted: member,
            take: Some(take),
            found: None,
        };
        self.visit(item, &mut search)?;
        search.found.ok_or_else(|| ReopenError::NoMember {
            path: item.path.clone(),
            member: member.to_string(),
        })
    }
}

/// Computes the SHA-256 of the stored bytes as they are now. `progress` is told how many bytes
/// were read and may stop it; then there is none.
///
/// # Errors
/// [`ReopenError`]; a differing size is one.
pub fn hash_original(
    item: &Item,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Option<Sha256Digest>, ReopenError> {
    let mut file = item.open()?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; usize::try_from(item.bytes.clamp(1, 1 << 20)).unwrap_or(1 << 20)];
    let mut done = 0;
    loop {
        let count = match file.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other.map_err(|source| item.failed(source))?,
        };
        if count == 0 {
            return Ok(Some(hash.finalize().into()));
        }
        hash.update(buffer.get(..count).unwrap_or_default());
        done += count as u64;
        if progress(done).is_break() {
            return Ok(None);
        }
    }
}

enum Loaded {
    Whole(Arc<Vec<u8>>),
    Copied(Seekable),
    Plain(File),
}

/// Bytes of the cache that outlive their eviction.
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// A range of a member and where to look for it.
#[derive(Clone, Copy)]
struct Range<'a> {
    item: &'a Item,
    member: &'a MemberPath,
    offset: u64,
    length: u64,
}

impl Range<'_> {
    fn check(&self, size: u64) -> Result<(), ReopenError> {
        if self
            .offset
            .checked_add(self.length)
            .is_some_and(|end| end <= size)
        {
            return Ok(());
        }
        Err(ReopenError::PastEnd {
            path: self.item.path.clone(),
            member: self.member.to_string(),
            offset: self.offset,
            length: self.length,
            size,
        })
    }

    fn of_slice(&self, bytes: &[u8]) -> Result<Vec<u8>, ReopenError> {
        self.check(bytes.len() as u64)?;
        let rest = bytes.get(self.offset as usize..).unwrap_or_default();
        Ok(rest
            .get(..self.length as usize)
            .unwrap_or_default()
            .to_vec())
    }

    fn of_file(&self, file: &File) -> Result<Vec<u8>, ReopenError> {
        use std::os::unix::fs::FileExt as _;
        let failed = |source| self.item.failed(source);
        self.check(file.metadata().map_err(failed)?.len())?;
        let mut out = vec![0; self.length as usize];
        file.read_exact_at(&mut out, self.offset).map_err(failed)?;
        Ok(out)
    }

    fn of_stream(&self, reader: &mut dyn Read) -> Result<Vec<u8>, ReopenError> {
        let failed = |source| self.item.failed(source);
        let skipped = io::copy(&mut reader.take(self.offset), &mut io::sink()).map_err(failed)?;
        let mut out = Vec::new();
        reader
            .take(self.length)
            .read_to_end(&mut out)
            .map_err(failed)?;
        if out.len() as u64 == self.length {
            return Ok(out);
        }
        self.check(skipped + out.len() as u64).map(|()| out)
    }
}

/// Looks for one member.
struct Search<'a, T, F> {
    wanted: &'a MemberPath,
    take: Option<F>,
    found: Option<T>,
}

impl<T, F> Search<'_, T, F> {
    /// A file that is no archive is written `0`, like the first entry of one.
    fn is(&self, path: &MemberPath) -> bool {
        path == self.wanted || path.0.is_empty() && self.wanted.0 == [0]
    }
}

impl<T, F: FnOnce(Content<'_>) -> T> Visitor for Search<'_, T, F> {
    fn member(&mut self, member: Member<'_>) -> ControlFlow<()> {
        if self.is(&member.at.path)
            && let Some(take) = self.take.take()
        {
            self.found = Some(take(member.content));
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn ended(&mut self, _: &Place, _: End) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn rejected(&mut self, _: &Place, _: String) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn warning(&mut self, _: &Place, _: Warning) {}

    fn wants(&mut self, at: &Place) -> bool {
        self.wanted.0.starts_with(&at.path.0)
    }
}
