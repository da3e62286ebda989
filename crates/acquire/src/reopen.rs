//! Evidence that is in the case, read again: a range of a member, a whole member, the stored bytes.

mod cache;
mod item;

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use vestige_model::{MemberPath, Warning};

use crate::original::Sha256Digest;
use crate::seekable::{Seekable, SideCopy, Tee};
use crate::unpack::{Content, End, Limits, Member, Place, Source, Unpacker, Visitor};
use crate::{Faults, seekable};
use cache::Cache;

pub use item::{Item, ReopenError, hash_original};

/// Reads members of a case's evidence again. Shared by threads.
#[derive(Debug)]
pub struct Reopen {
    case: PathBuf,
    cache: Cache,
    idle: Mutex<Vec<Unpacker>>,
    /// The side copy that a range was read from last.
    copy: Mutex<Option<(Sha256Digest, MemberPath, Arc<Seekable>)>>,
}

impl Reopen {
    /// For the case at `case`, keeping at most `cache_bytes` of decompressed members.
    pub fn new(case: impl Into<PathBuf>, cache_bytes: usize) -> Reopen {
        Reopen {
            case: case.into(),
            cache: Cache::new(cache_bytes),
            idle: Mutex::default(),
            copy: Mutex::default(),
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
        if let Some(copy) = self.kept_copy(item, member) {
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

    /// A side copy that stays open until another is read.
    fn kept_copy(&self, item: &Item, member: &MemberPath) -> Option<Arc<Seekable>> {
        let mut kept = self.copy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((sha256, path, copy)) = &*kept
            && (sha256, path) == (&item.sha256, member)
        {
            return Some(Arc::clone(copy));
        }
        let copy = Arc::new(self.side_copy(item, member)?);
        *kept = Some((item.sha256, member.clone(), Arc::clone(&copy)));
        Some(copy)
    }

    /// Gets a member from its original, into the cache or a side copy where it is none of itself.
    fn load(&self, item: &Item, member: &MemberPath) -> Result<Loaded, ReopenError> {
        match self.load_once(item, member) {
            // Whoever opens the case for writing removes side copies that are not finished.
            Err(ReopenError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                self.load_once(item, member)
            }
            done => done,
        }
    }

    fn load_once(&self, item: &Item, member: &MemberPath) -> Result<Loaded, ReopenError> {
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
