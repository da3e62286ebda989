//! From a stored file to its innermost members, through compression and archives.
//!
//! Containers are recognised by their first bytes, never by name: gzip (also multi-member), zstd,
//! bzip2, zip, tar; 7z, rar and xz are recognised and rejected. Compression and archives may be
//! nested. Each innermost file reaches the [`Visitor`] once, in the order of the archive.
//!
//! A file that begins like a container but yields nothing (text that starts with `BZh`) is
//! delivered as it is, with a warning: nothing vanishes. One that breaks later delivers what is
//! good and ends [`State::Partial`]. A zip without its directory is read by its local headers, a tar
//! with a damaged header from the next good one on. Memory is bounded by the buffers of
//! [`Unpacker`], whatever the sizes that the evidence declares.

mod archive;
mod bz2;
mod codec;
mod decoding;
mod gzip;
mod input;
mod kind;
mod layer;
mod stop;
mod tar;
mod walk;
mod zip;
mod zst;

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use vestige_model::{MemberPath, Warning};

/// What guards memory and time against hostile evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Decompressed bytes allowed for each stored byte.
    pub ratio: u64,
    /// Decompressed bytes above [`Limits::ratio`] that one evidence item may yield unasked, all
    /// its members together.
    pub ratio_floor: u64,
    /// Whether any ratio is allowed.
    pub allow_ratio: bool,
    /// Archives within archives that are opened.
    pub nesting: usize,
    /// Greatest decompressed size in bytes of a member that is delivered whole.
    pub whole: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            ratio: 200,
            ratio_floor: 10 << 20,
            allow_ratio: false,
            nesting: 3,
            whole: 32 << 20,
        }
    }
}

/// The stored bytes to unpack.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// All of them.
    Bytes(&'a [u8]),
    /// An open file, read by position; its cursor is neither used nor moved.
    File(&'a File),
}

/// Where a member or container stands inside its evidence item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The ordinal of an entry in each archive on the way, counted over all its entries, folders,
    /// links and rejected ones included. Compression adds none.
    pub path: MemberPath,
    /// The names of those entries joined with `!`, as they may be shown; empty for a file that is
    /// no archive.
    pub name: String,
    /// How the bytes are wrapped, outermost archive first: `gz`, `zip`, `tar.gz`, `zip!gz`.
    /// Empty for a plain file.
    pub layers: String,
    /// Compressions on the way.
    codecs: usize,
}

/// One innermost file.
#[derive(Debug)]
pub struct Member<'a> {
    /// Where it stands.
    pub at: &'a Place,
    /// Its decompressed bytes.
    pub content: Content<'a>,
}

/// The decompressed bytes of a member.
pub enum Content<'a> {
    /// All of them: at most [`Limits::whole`].
    Whole(&'a [u8]),
    /// More than that, read once from the first to the last. A read error means that the member
    /// will end rejected; what was read of it is not to be kept.
    Stream(&'a mut dyn Read),
}

impl std::fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Content::Whole(bytes) => write!(f, "Whole({} bytes)", bytes.len()),
            Content::Stream(_) => f.write_str("Stream"),
        }
    }
}

/// How a member ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Decompressed bytes delivered.
    pub bytes: u64,
    /// Whether they are all.
    pub state: State,
}

/// Whether the bytes of a member are all there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// They are all there, as far as the container can tell.
    Complete,
    /// What was delivered is good; the rest is missing or damaged. The text says why; a warning
    /// with offset, expected and found came before.
    Partial(String),
    /// Nothing of it is to be kept: a limit was hit while it was read. The text says what to do.
    Rejected(String),
}

/// Receives what [`Unpacker::walk`] finds. [`ControlFlow::Break`] ends the walk.
pub trait Visitor {
    /// An innermost file. [`Visitor::ended`] for the same place follows, unless the walk ends.
    fn member(&mut self, member: Member<'_>) -> ControlFlow<()>;

    /// The member that was delivered last is over.
    fn ended(&mut self, at: &Place, end: End) -> ControlFlow<()>;

    /// A file, or the rest of an archive, that was not read; `reason` says what to do.
    fn rejected(&mut self, at: &Place, reason: String) -> ControlFlow<()>;

    /// Something worth saying about a member or container. The offset counts in the bytes of the
    /// container that the warning is about, as they are stored in what holds it.
    fn warning(&mut self, at: &Place, warning: Warning);

    /// Whether what lies at and below `at` is wanted. What is not is passed over without being
    /// decompressed where the container allows.
    fn wants(&mut self, at: &Place) -> bool {
        let _ = at;
        true
    }
}

/// The evidence, or a temporary file that a large nested zip needs, could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// The stored bytes could not be read.
    #[error("the stored bytes cannot be read: {0}; check the disk")]
    Read(io::Error),
    /// A nested zip could not be laid down to be read by position.
    #[error("{}: a temporary file for a nested zip cannot be written: {source}; free some space there", .folder.display())]
    Scratch {
        /// The folder for temporary files.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Unpacks one evidence item after another, with buffers that are used again: one a worker.
///
/// Each level of nesting that holds a member whole takes one buffer of [`Limits::whole`] bytes;
/// pages that were never written cost nothing.
pub struct Unpacker {
    limits: Limits,
    /// Where a large zip inside a stream is laid down; the unnamed file is gone when closed.
    scratch: PathBuf,
    inflate: libdeflater::Decompressor,
    buffers: Vec<Vec<u8>>,
    stop: stop::Stop,
}

impl std::fmt::Debug for Unpacker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unpacker")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Unpacker {
    /// An unpacker with these limits; `scratch` is a folder for temporary files.
    pub fn new(limits: Limits, scratch: impl Into<PathBuf>) -> Unpacker {
        let inflate = libdeflater::Decompressor::new();
        Unpacker {
            limits,
            scratch: scratch.into(),
            inflate,
            buffers: Vec::new(),
            stop: stop::Stop::default(),
        }
    }

    /// The same, ending a walk soon after `stop` is set: between two members, and within one at the
    /// next MiB that is decompressed. A member that was begun has no end then.
    #[must_use]
    pub fn stopping(mut self, stop: Arc<AtomicBool>) -> Unpacker {
        self.stop = stop::Stop(stop);
        self
    }

    /// Walks through `source` and shows `visitor` every innermost file, rejection and warning.
    ///
    /// # Errors
    /// [`UnpackError`] where the stored bytes cannot be read. A member that was begun and has not
    /// ended by then is to be discarded. Damaged evidence is no error.
    pub fn walk(
        &mut self,
        source: Source<'_>,
        visitor: &mut dyn Visitor,
    ) -> Result<(), UnpackError> {
        walk::walk(self, source, visitor)
    }
}

impl Place {
    /// The place of an entry of the archive here.
    fn child(&self, ordinal: u32, name: &[u8]) -> Place {
        let shown = crate::name::shown(name);
        let name = if self.name.is_empty() {
            shown
        } else {
            format!("{}!{shown}", self.name)
        };
        Place {
            path: self.path.child(ordinal),
            name,
            layers: format!("{}!", self.layers),
            codecs: self.codecs,
        }
    }

    /// The place within one more layer, which stands before those of the same level: `tar.gz`.
    fn within(&self, word: &str, codec: bool) -> Place {
        let split = self.layers.rfind('!').map_or(0, |at| at + 1);
        let (outer, level) = self.layers.split_at(split);
        let dot = if level.is_empty() { "" } else { "." };
        let layers = format!("{outer}{word}{dot}{level}");
        Place {
            layers,
            codecs: self.codecs + usize::from(codec),
            ..self.clone()
        }
    }

    /// The same with nothing after the last archive's mark.
    fn settled(mut self) -> Place {
        while self.layers.ends_with('!') {
            self.layers.pop();
        }
        self
    }
}
