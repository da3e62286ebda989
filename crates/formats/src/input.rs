//! The bytes of a member as a window that moves over them.
//!
//! Only one record need be in the window at a time; what lies before the window is forgotten, so
//! that memory does not grow with the evidence. Positions in the window lead back to offsets in
//! the member's own bytes, also where those are UTF-16.

use std::cell::Cell;
use std::io::Read;

use crate::encoding::Encoding;

/// The greatest length of one record. A longer one is rejected with its offset and passed over.
pub const RECORD: usize = 8 << 20;

/// How much is asked of a reader at a time.
const CHUNK: usize = 256 << 10;

/// A member's bytes, read from front to back.
pub struct Input<'a> {
    source: Source<'a>,
    encoding: Encoding,
    /// Where the window begins in the bytes at hand.
    at: usize,
    /// The source offset of the byte at `at`.
    offset: u64,
    /// A position at or after `at` whose source offset is known.
    known: Cell<(usize, u64)>,
    failure: Option<std::io::Error>,
}

enum Source<'a> {
    Whole(&'a [u8]),
    Stream(Stream<'a>),
}

struct Stream<'a> {
    reader: Box<dyn Read + 'a>,
    chunk: usize,
    buffer: Vec<u8>,
    /// UTF-16 bytes that wait for the rest of their unit or pair.
    held: Vec<u8>,
    ended: bool,
}

impl<'a> Input<'a> {
    /// Bytes that are all at hand.
    pub fn whole(bytes: &'a [u8]) -> Input<'a> {
        let (encoding, mark) = Encoding::of(bytes);
        if encoding != Encoding::Utf8 {
            return Input::stream(bytes);
        }
        Input::from(Source::Whole(bytes), encoding, mark)
    }

    /// Bytes that come from a reader.
    pub fn stream(reader: impl Read + 'a) -> Input<'a> {
        Input::stream_by(CHUNK, reader)
    }

    /// Bytes that come from a reader, asked for `chunk` bytes at a time.
    pub fn stream_by(chunk: usize, reader: impl Read + 'a) -> Input<'a> {
        let stream = Stream {
            reader: Box::new(reader),
            chunk: chunk.max(1),
            buffer: Vec::new(),
            held: Vec::new(),
            ended: false,
        };
        let mut input = Input::from(Source::Stream(stream), Encoding::Utf8, 0);
        while input.window().len() < 3 && input.more() {}
        let (encoding, mark) = Encoding::of(input.window());
        if encoding == Encoding::Utf8 {
            input.consume(mark);
        } else {
            input.transcode_from(encoding, mark);
        }
        input
    }

    fn from(source: Source<'a>, encoding: Encoding, at: usize) -> Input<'a> {
        let offset = at as u64;
        Input {
            source,
            encoding,
            at,
            offset,
            known: Cell::new((at, offset)),
            failure: None,
        }
    }

    /// Takes what was read so far as UTF-16 after a byte order mark.
    fn transcode_from(&mut self, encoding: Encoding, mark: usize) {
        let Source::Stream(stream) = &mut self.source else {
            return;
        };
        self.encoding = encoding;
        stream.held = stream.buffer.split_off(mark.min(stream.buffer.len()));
        stream.buffer.clear();
        let taken = encoding.transcode(&stream.held, stream.ended, &mut stream.buffer);
        stream.held.drain(..taken);
        (self.at, self.offset) = (0, mark as u64);
        self.known.set((self.at, self.offset));
    }

    /// The encoding of the member.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The bytes at hand, as UTF-8 text.
    #[inline]
    pub fn window(&self) -> &[u8] {
        let bytes = match &self.source {
            Source::Whole(bytes) => bytes,
            Source::Stream(stream) => stream.buffer.as_slice(),
        };
        bytes.get(self.at..).unwrap_or(&[])
    }

    /// The source offset of the window's first byte.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The source offset of a position in the window.
    #[inline]
    pub fn offset_of(&self, position: usize) -> u64 {
        let Source::Stream(stream) = &self.source else {
            return self.offset + position as u64;
        };
        if self.encoding == Encoding::Utf8 {
            return self.offset + position as u64;
        }
        let target = self.at + position;
        let (mut at, mut offset) = self.known.get();
        if at > target {
            (at, offset) = (self.at, self.offset);
        }
        let passed = stream.buffer.get(at..target).unwrap_or(&[]);
        offset += self.encoding.source_length(passed);
        self.known.set((target, offset));
        offset
    }

    /// Whether no bytes follow the window.
    pub fn ended(&self) -> bool {
        match &self.source {
            Source::Whole(_) => true,
            Source::Stream(stream) => stream.ended,
        }
    }

    /// Why reading stopped before the end, if it did.
    pub fn failure(&self) -> Option<&std::io::Error> {
        self.failure.as_ref()
    }

    /// How many bytes at the very end are no whole UTF-16 unit and were not read.
    pub fn unread(&self) -> u64 {
        match &self.source {
            Source::Stream(stream) if stream.ended => stream.held.len() as u64,
            _ => 0,
        }
    }

    /// Moves the window's beginning forward.
    #[inline]
    pub fn consume(&mut self, count: usize) {
        let count = count.min(self.window().len());
        self.offset = self.offset_of(count);
        self.at += count;
        self.known.set((self.at, self.offset));
    }

    /// Makes the window hold at least `count` bytes; false where there are not so many.
    pub fn ensure(&mut self, count: usize) -> bool {
        while self.window().len() < count {
            if !self.more() {
                return false;
            }
        }
        true
    }

    /// Lengthens the window; false where nothing follows.
    pub fn more(&mut self) -> bool {
        let at = self.at;
        let Source::Stream(stream) = &mut self.source else {
            return false;
        };
        if stream.ended {
            return false;
        }
        stream.buffer.drain(..at);
        self.at = 0;
        self.known.set((0, self.offset));
        if let Err(error) = stream.fill(self.encoding) {
            self.failure = Some(error);
        }
        true
    }
}

impl Stream<'_> {
    /// Reads as much again as is at hand, at least a chunk, so that growing costs no more than
    /// reading.
    fn fill(&mut self, encoding: Encoding) -> std::io::Result<()> {
        let wanted = self.buffer.len().max(self.chunk) as u64;
        let target = if encoding == Encoding::Utf8 {
            &mut self.buffer
        } else {
            &mut self.held
        };
        let result = self.reader.by_ref().take(wanted).read_to_end(target);
        self.ended = !matches!(result, Ok(count) if count as u64 == wanted);
        if encoding != Encoding::Utf8 {
            let taken = encoding.transcode(&self.held, self.ended, &mut self.buffer);
            self.held.drain(..taken);
        }
        result.map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A reader that gives `step` bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.min(out.len()).min(self.0.len());
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    proptest! {
        #[test]
        fn a_stream_gives_what_the_whole_gives(text: String, mark in 0..3_usize, step in 1..5_usize) {
            let bytes: Vec<u8> = match mark {
                0 => text.clone().into_bytes(),
                1 => [b"\xff\xfe".to_vec(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat(),
                _ => [b"\xfe\xff".to_vec(), text.encode_utf16().flat_map(u16::to_be_bytes).collect()].concat(),
            };
            let mut input = Input::stream_by(step, Slow(&bytes, step));
            let mut read = Vec::new();
            while input.ensure(1) {
                read.push(input.window()[0]);
                input.consume(1);
            }
            let kept = if mark == 0 { text.strip_prefix('\u{feff}').unwrap_or(&text) } else { &text };
            prop_assert_eq!(&read, kept.as_bytes());
            prop_assert_eq!(input.offset(), bytes.len() as u64);
        }
    }
}
