//! A position in a tar, in memory, in a file or in a stream.

use std::io::{self, Read};

use super::super::input::{Input, Space, fill};

/// A block of a tar.
pub(super) const BLOCK: usize = 512;

enum Bytes<'a> {
    Space(Space<'a>),
    Stream(Box<dyn Read + 'a>),
}

/// Reads a tar forwards.
pub(super) struct Cursor<'a> {
    bytes: Bytes<'a>,
    /// Bytes passed so far.
    pub(super) at: u64,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(input: &'a mut Input<'_>) -> Cursor<'a> {
        let bytes = match input {
            Input::Slice(bytes) => Bytes::Space(Space::Slice(bytes)),
            Input::File(window) => Bytes::Space(Space::File(*window)),
            stream @ Input::Stream { .. } => Bytes::Stream(stream.reader()),
        };
        Cursor { bytes, at: 0 }
    }

    /// Fills as much of `buffer` as there is.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &mut self.bytes {
            Bytes::Space(space) => space.read_at(buffer, self.at)?,
            Bytes::Stream(stream) => fill(&mut **stream, buffer)?,
        };
        self.at += count as u64;
        Ok(count)
    }

    /// Passes over `count` bytes, or to the end.
    pub(super) fn skip(&mut self, count: u64) -> io::Result<()> {
        match &mut self.bytes {
            Bytes::Space(_) => self.seek(self.at.saturating_add(count)),
            Bytes::Stream(stream) => {
                self.at += io::copy(&mut stream.by_ref().take(count), &mut io::sink())?;
            }
        }
        Ok(())
    }

    /// Goes to `at`, or to the end; only where bytes can be read at any position.
    pub(super) fn seek(&mut self, at: u64) {
        if let Bytes::Space(space) = self.bytes {
            self.at = at.min(space.len());
        }
    }

    /// The next `size` bytes (or as many as there are) without reading them, where that can be.
    pub(super) fn part(&self, size: u64) -> Option<Space<'a>> {
        match &self.bytes {
            Bytes::Space(space) => Some(space.part(self.at, size)),
            Bytes::Stream(_) => None,
        }
    }

    /// Reads the next `size` bytes; `cut_short` is told how many there were if there were fewer.
    pub(super) fn limited<F: FnMut(u64)>(&mut self, size: u64, cut_short: F) -> Limited<'_, 'a, F> {
        Limited {
            cursor: self,
            size,
            left: size,
            cut_short,
        }
    }
}

/// The next bytes of a cursor.
pub(super) struct Limited<'c, 'a, F> {
    cursor: &'c mut Cursor<'a>,
    size: u64,
    left: u64,
    cut_short: F,
}

impl<F: FnMut(u64)> Read for Limited<'_, '_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let want = buffer
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let Some(buffer) = buffer.get_mut(..want).filter(|buffer| !buffer.is_empty()) else {
            return Ok(0);
        };
        let count = self.cursor.read(buffer)?;
        self.left -= count as u64;
        if count < want {
            (self.cut_short)(self.size - self.left);
            self.left = 0;
        }
        Ok(count)
    }
}
