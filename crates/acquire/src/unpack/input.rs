//! Bytes to unpack: all in memory, a range of a file, or a stream.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt as _;

/// A range of an open file, read by position.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window<'a> {
    file: &'a File,
    start: u64,
    pub(super) len: u64,
}

impl<'a> Window<'a> {
    pub(super) fn whole(file: &'a File) -> io::Result<Window<'a>> {
        Ok(Window {
            file,
            start: 0,
            len: file.metadata()?.len(),
        })
    }

    /// The part from `offset` of at most `len` bytes.
    fn part(self, offset: u64, len: u64) -> Window<'a> {
        let offset = offset.min(self.len);
        Window {
            file: self.file,
            start: self.start + offset,
            len: len.min(self.len - offset),
        }
    }

    /// Fills as much of `buffer` as there is from `offset`.
    fn read_at(self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = self.len.saturating_sub(offset);
        let want = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..want).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(rest, self.start + offset + done as u64) {
                Ok(0) => return Err(shorter(self.start + offset + done as u64)),
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }
}

/// A file that somebody cut while it was read: its end here is not the end of what was received.
fn shorter(at: u64) -> io::Error {
    let told = format!("the file became shorter while it was read; it ends at offset {at}");
    io::Error::new(io::ErrorKind::UnexpectedEof, told)
}

/// Reads a window from its first byte to its last.
pub(super) struct WindowReader<'a> {
    window: Window<'a>,
    at: u64,
}

impl Read for WindowReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.window.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

/// Bytes that can be read at any position.
#[derive(Clone, Copy)]
pub(super) enum Space<'a> {
    Slice(&'a [u8]),
    File(Window<'a>),
}

impl<'a> Space<'a> {
    pub(super) fn len(self) -> u64 {
        match self {
            Space::Slice(bytes) => bytes.len() as u64,
            Space::File(window) => window.len,
        }
    }

    /// The part from `offset` of at most `len` bytes.
    pub(super) fn part(self, offset: u64, len: u64) -> Space<'a> {
        match self {
            Space::Slice(bytes) => {
                let start = usize::try_from(offset)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                let rest = bytes.get(start..).unwrap_or_default();
                let len = usize::try_from(len).unwrap_or(usize::MAX).min(rest.len());
                Space::Slice(rest.get(..len).unwrap_or_default())
            }
            Space::File(window) => Space::File(window.part(offset, len)),
        }
    }

    /// Fills as much of `buffer` as there is from `offset`.
    pub(super) fn read_at(self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match self.part(offset, buffer.len() as u64) {
            Space::Slice(bytes) => {
                if let Some(head) = buffer.get_mut(..bytes.len()) {
                    head.copy_from_slice(bytes);
                }
                Ok(bytes.len())
            }
            Space::File(window) => window.read_at(buffer, 0),
        }
    }

    pub(super) fn input(self) -> Input<'a> {
        match self {
            Space::Slice(bytes) => Input::Slice(bytes),
            Space::File(window) => Input::File(window),
        }
    }
}

/// Bytes to unpack.
pub(super) enum Input<'a> {
    Slice(&'a [u8]),
    File(Window<'a>),
    /// A stream of which the first bytes were read already.
    Stream {
        head: &'a [u8],
        rest: &'a mut dyn Read,
    },
}

impl Input<'_> {
    /// All bytes from the first.
    pub(super) fn reader(&mut self) -> Box<dyn Read + '_> {
        match self {
            Input::Slice(bytes) => Box::new(*bytes),
            Input::File(window) => Box::new(WindowReader {
                window: *window,
                at: 0,
            }),
            Input::Stream { head, rest } => Box::new(head.chain(rest)),
        }
    }

    /// Whether the bytes can be read again after `taken` of them were read. Those of a stream can
    /// while all that was taken is in its head.
    pub(super) fn rewinds(&self, taken: u64) -> bool {
        match self {
            Input::Stream { head, .. } => taken <= head.len() as u64,
            _ => true,
        }
    }
}

/// Fills as much of `buffer` as `reader` gives; less than all of it means the end.
pub(super) fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}
