//! Writing a zip whose bytes depend on names, contents and one time only.

use std::io::{self, Read, Seek, SeekFrom, Write};

use miniz_oxide::deflate::CompressionLevel;
use miniz_oxide::deflate::core::CompressorOxide;
use miniz_oxide::deflate::stream::deflate;
use miniz_oxide::{DataFormat, MZFlush, MZStatus};

use super::{
    ATTRIBUTES, CENTRAL, DEFLATED, END, END64, LARGE, LOCAL, LOCATOR64, LONG, SEAL, STORED, UTF8,
    is_bomb, needed,
};
use crate::PIECE;
use crate::digest::{Algorithm, Digests};

/// A zip being written.
#[derive(Debug)]
pub struct ZipWriter<W> {
    out: W,
    /// Where the next byte goes.
    at: u64,
    /// Time and date of every entry.
    moment: (u16, u16),
    central: Vec<u8>,
    count: u64,
}

/// What is said of an entry in both of its headers.
struct Header<'a> {
    name: &'a str,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    /// Whether its sizes are in the long form.
    long: bool,
}

impl<W: Write + Seek> ZipWriter<W> {
    /// Over an empty output; `ns` is the time of every entry.
    pub fn new(out: W, ns: i64) -> ZipWriter<W> {
        ZipWriter {
            out,
            at: 0,
            moment: crate::stamp::dos(ns),
            central: Vec::new(),
            count: 0,
        }
    }

    /// Adds a file of `size` bytes. `open` gives its bytes from the start and may be asked twice;
    /// `each` sees them once.
    ///
    /// # Errors
    /// What reading or writing meets; [`io::ErrorKind::InvalidData`] where it is not `size` bytes
    /// long.
    pub fn add(
        &mut self,
        name: &str,
        size: u64,
        open: &mut dyn FnMut() -> io::Result<Box<dyn Read>>,
        each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut from = open()?;
        let mut start = Vec::new();
        from.by_ref().take(8).read_to_end(&mut start)?;
        let method = if size == 0 || is_compressed(&start) {
            STORED
        } else {
            DEFLATED
        };
        let mut from = io::Cursor::new(start).chain(from);
        let (header_at, listed) = (self.at, self.central.len());
        let packed = self.entry(name, method, size, &mut from, each)?;
        if method == DEFLATED && is_bomb(packed, size) {
            // A reader would refuse it; stored it is longer, so that nothing of this remains.
            self.at = header_at;
            self.out.seek(SeekFrom::Start(header_at))?;
            self.central.truncate(listed);
            self.count -= 1;
            self.entry(name, STORED, size, &mut open()?, &mut |_| Ok(()))?;
        }
        Ok(())
    }

    /// Writes header and bytes; returns how many bytes it takes packed.
    fn entry(
        &mut self,
        name: &str,
        method: u16,
        size: u64,
        from: &mut dyn Read,
        each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<u64> {
        let mut header = Header {
            name,
            method,
            crc: 0,
            packed: 0,
            size,
            long: size >= LARGE,
        };
        let header_at = self.at;
        self.put(&header.local(self.moment))?;
        let before = self.at;
        header.crc = self.contents(&header, from, each)?;
        header.packed = self.at - before;
        self.out.seek(SeekFrom::Start(header_at))?;
        self.out.write_all(&header.local(self.moment))?;
        self.out.seek(SeekFrom::Start(self.at))?;
        self.central.extend(header.central(self.moment, header_at));
        self.count += 1;
        Ok(header.packed)
    }

    /// Writes the bytes of an entry; returns their check sum.
    fn contents(
        &mut self,
        header: &Header<'_>,
        from: &mut dyn Read,
        each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<u32> {
        let changed = || {
            let text = format!(
                "expected {} bytes, found another number: it changed",
                header.size
            );
            io::Error::new(io::ErrorKind::InvalidData, text)
        };
        let mut crc = flate2::Crc::new();
        let mut deflater = (header.method == DEFLATED).then(Deflater::new);
        let (mut piece, mut left) = (vec![0; PIECE], header.size);
        loop {
            let read = from.read(&mut piece)?;
            if read == 0 {
                break;
            }
            left = left.checked_sub(read as u64).ok_or_else(changed)?;
            let bytes = piece.get(..read).unwrap_or_default();
            crc.update(bytes);
            each(bytes)?;
            match &mut deflater {
                None => self.put(bytes)?,
                Some(deflater) => deflater.push(bytes, false, &mut |out| self.put(out))?,
            }
        }
        if left != 0 {
            return Err(changed());
        }
        if let Some(deflater) = &mut deflater {
            deflater.push(&[], true, &mut |out| self.put(out))?;
        }
        Ok(crc.sum())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }
}

impl<W: Read + Write + Seek> ZipWriter<W> {
    /// Writes the directory, then reads everything back for the digits of the comment. Gives the
    /// output, its size and its SHA-256.
    ///
    /// # Errors
    /// What reading or writing meets; `each` is told how many bytes were read.
    pub fn finish(
        mut self,
        each: &mut dyn FnMut(u64) -> io::Result<()>,
    ) -> io::Result<(W, u64, [u8; 32])> {
        let directory = std::mem::take(&mut self.central);
        let (start, length) = (self.at, directory.len() as u64);
        self.put(&directory)?;
        let end = self.end(start, length);
        self.put(&end)?;
        self.out.flush()?;
        self.out.seek(SeekFrom::Start(0))?;
        let mut digest = Digests::of([Algorithm::Sha256]);
        let (mut piece, mut done) = (vec![0; PIECE], 0);
        loop {
            let read = self.out.read(&mut piece)?;
            if read == 0 {
                break;
            }
            digest.update(piece.get(..read).unwrap_or_default());
            done += read as u64;
            each(done)?;
        }
        let seal = vestige_custody::hex(&digest.sha256());
        self.out.seek(SeekFrom::Start(self.at))?;
        self.put(seal.as_bytes())?;
        digest.update(seal.as_bytes());
        self.out.flush()?;
        Ok((self.out, self.at, digest.sha256()))
    }

    /// The end of the directory, up to the digits of its comment.
    fn end(&self, start: u64, length: u64) -> Vec<u8> {
        let longest = u64::from(LONG);
        let long = self.count >= 0xffff || start >= longest || length >= longest;
        let mut end = Vec::new();
        if long {
            end = self.end64(start, length);
        }
        let short = |number: u64| match long {
            true => LONG,
            false => u32::try_from(number).unwrap_or(LONG),
        };
        let count = match long {
            true => u16::MAX,
            false => u16::try_from(self.count).unwrap_or(u16::MAX),
        };
        end.extend(END.to_le_bytes());
        end.extend([0; 4]);
        end.extend(count.to_le_bytes());
        end.extend(count.to_le_bytes());
        end.extend(short(length).to_le_bytes());
        end.extend(short(start).to_le_bytes());
        end.extend(((SEAL.len() + 64) as u16).to_le_bytes());
        end.extend(SEAL.as_bytes());
        end
    }

    /// The long form of the end, with its locator.
    fn end64(&self, start: u64, length: u64) -> Vec<u8> {
        let mut end = END64.to_le_bytes().to_vec();
        end.extend(44_u64.to_le_bytes());
        end.extend((0x0300_u16 | 45).to_le_bytes());
        end.extend(45_u16.to_le_bytes());
        end.extend([0; 8]);
        for number in [self.count, self.count, length, start] {
            end.extend(number.to_le_bytes());
        }
        end.extend(LOCATOR64.to_le_bytes());
        end.extend([0; 4]);
        end.extend(self.at.to_le_bytes());
        end.extend(1_u32.to_le_bytes());
        end
    }
}

impl Header<'_> {
    /// Version, flags, method, time, check sum, sizes, lengths: alike in both headers.
    fn shared(&self, moment: (u16, u16), version: u16, extra: usize) -> Vec<u8> {
        let short = |number: u64| match self.long {
            true => LONG,
            false => u32::try_from(number).unwrap_or(LONG),
        };
        let mut out = Vec::new();
        for number in [version, UTF8, self.method, moment.0, moment.1] {
            out.extend(number.to_le_bytes());
        }
        for number in [self.crc, short(self.packed), short(self.size)] {
            out.extend(number.to_le_bytes());
        }
        out.extend((self.name.len() as u16).to_le_bytes());
        out.extend((extra as u16).to_le_bytes());
        out
    }

    fn local(&self, moment: (u16, u16)) -> Vec<u8> {
        let extra = if self.long { 20 } else { 0 };
        let mut out = LOCAL.to_le_bytes().to_vec();
        out.extend(self.shared(moment, needed(self.method, self.long), extra));
        out.extend(self.name.as_bytes());
        if self.long {
            out.extend(long_field(&[self.size, self.packed]));
        }
        out
    }

    fn central(&self, moment: (u16, u16), at: u64) -> Vec<u8> {
        let mut longs = Vec::new();
        if self.long {
            longs.extend([self.size, self.packed]);
        }
        if at >= u64::from(LONG) {
            longs.push(at);
        }
        let extra = match longs.is_empty() {
            true => Vec::new(),
            false => long_field(&longs),
        };
        let version = needed(self.method, !longs.is_empty());
        let mut out = CENTRAL.to_le_bytes().to_vec();
        out.extend((0x0300 | version).to_le_bytes());
        out.extend(self.shared(moment, version, extra.len()));
        // No comment, disk 0, no internal attributes.
        out.extend([0; 6]);
        out.extend(ATTRIBUTES.to_le_bytes());
        out.extend(u32::try_from(at).unwrap_or(LONG).to_le_bytes());
        out.extend(self.name.as_bytes());
        out.extend(extra);
        out
    }
}

fn long_field(numbers: &[u64]) -> Vec<u8> {
    let mut out = 1_u16.to_le_bytes().to_vec();
    out.extend((numbers.len() as u16 * 8).to_le_bytes());
    for number in numbers {
        out.extend(number.to_le_bytes());
    }
    out
}

/// By the first bytes of gzip, zip, bzip2, xz, zstandard, PDF and PNG.
fn is_compressed(start: &[u8]) -> bool {
    let marks: [&[u8]; 7] = [
        b"\x1f\x8b",
        b"PK\x03\x04",
        b"BZh",
        b"\xfd7zXZ\0",
        b"\x28\xb5\x2f\xfd",
        b"%PDF",
        b"\x89PNG",
    ];
    marks.iter().any(|mark| start.starts_with(mark))
}

/// Deflate of which the same comes out on every processor.
struct Deflater {
    state: Box<CompressorOxide>,
    out: Vec<u8>,
}

impl Deflater {
    fn new() -> Deflater {
        let mut state = Box::<CompressorOxide>::default();
        state.set_format_and_level(DataFormat::Raw, CompressionLevel::DefaultLevel as u8);
        Deflater {
            state,
            out: vec![0; PIECE],
        }
    }

    fn push(
        &mut self,
        mut bytes: &[u8],
        last: bool,
        put: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let flush = if last { MZFlush::Finish } else { MZFlush::None };
        while last || !bytes.is_empty() {
            let done = deflate(&mut self.state, bytes, &mut self.out, flush);
            put(self.out.get(..done.bytes_written).unwrap_or_default())?;
            bytes = bytes.get(done.bytes_consumed..).unwrap_or_default();
            match done.status {
                Ok(MZStatus::StreamEnd) => return Ok(()),
                Ok(_) if done.bytes_written > 0 || done.bytes_consumed > 0 => {}
                other => return Err(io::Error::other(format!("deflate: {other:?}"))),
            }
        }
        Ok(())
    }
}
