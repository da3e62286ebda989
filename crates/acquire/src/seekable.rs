//! Side copies of large members, so that one record of them opens fast.
//!
//! A member that streams (more than 32 MiB decompressed) is copied while it is imported to
//! `index/<sha256 of the evidence>/<member ordinals>.seek`. It is derived data: it can be deleted
//! and is made again from the original. What must be proved is read from the original.
//!
//! The format, all numbers little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `VSEEK-01` |
//! | ... | zstd frames, each of 1 MiB of the member, the last of what is left |
//! | 4 each | stored length of each frame |
//! | 8 | length of the member |
//! | 8 | number of frames |
//! | 4 | CRC-32 of the lengths and the two numbers |
//! | 8 | `VSEEKEND` |

mod sweep;

use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::NamedTempFile;
use vestige_model::MemberPath;

use crate::Faults;
use crate::original::{Sha256Digest, hex};

pub use sweep::sweep;

/// The folder of derived data, below the case folder.
pub const FOLDER: &str = "index";

/// How the name of a side copy begins that is not finished.
const UNFINISHED: &str = ".side-copy-";
/// How the name of a finished one ends.
const ENDING: &str = ".seek";

const MAGIC: &[u8; 8] = b"VSEEK-01";
const END_MAGIC: &[u8; 8] = b"VSEEKEND";
/// Bytes of the member in a frame.
const FRAME: usize = 1 << 20;
/// Nothing that zstd makes of a frame is longer.
const STORED: u32 = 2 << 20;
/// Length, number of frames, checksum, magic.
const FOOTER: u64 = 28;

/// Where the side copy of a member lies, whether it is there or not.
pub fn path_of(case: &Path, evidence: &Sha256Digest, member: &MemberPath) -> PathBuf {
    case.join(FOLDER)
        .join(hex(evidence))
        .join(format!("{member}{ENDING}"))
}

/// A side copy being written. Dropped unfinished, nothing of it stays.
pub struct SideCopy {
    file: NamedTempFile,
    path: PathBuf,
    faults: Faults,
    compressor: zstd::bulk::Compressor<'static>,
    pending: Vec<u8>,
    lengths: Vec<u32>,
    bytes: u64,
}

impl std::fmt::Debug for SideCopy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SideCopy")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl SideCopy {
    /// Begins the side copy of a member.
    ///
    /// # Errors
    /// Where the folder cannot be made or written.
    pub fn begin(
        case: &Path,
        evidence: &Sha256Digest,
        member: &MemberPath,
        faults: Faults,
    ) -> io::Result<SideCopy> {
        let path = path_of(case, evidence, member);
        let folder = path.parent().unwrap_or(case);
        fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(folder)?;
        faults.step("write side copy", || file.write_all(MAGIC))?;
        let compressor = zstd::bulk::Compressor::new(1)?;
        let pending = Vec::with_capacity(FRAME);
        Ok(SideCopy {
            file,
            path,
            faults,
            compressor,
            pending,
            lengths: Vec::new(),
            bytes: 0,
        })
    }

    /// Adds the next bytes of the member.
    ///
    /// # Errors
    /// Where they cannot be written; the copy is then of no more use.
    pub fn add(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = (FRAME - self.pending.len()).min(bytes.len());
            let (now, later) = bytes.split_at(room);
            self.pending.extend_from_slice(now);
            bytes = later;
            if self.pending.len() == FRAME {
                self.frame()?;
            }
        }
        Ok(())
    }

    fn frame(&mut self) -> io::Result<()> {
        let stored = self.compressor.compress(&self.pending)?;
        self.faults
            .step("write side copy", || self.file.write_all(&stored))?;
        self.lengths
            .push(u32::try_from(stored.len()).map_err(io::Error::other)?);
        self.bytes += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }

    /// Writes the index and gives the copy its name.
    ///
    /// # Errors
    /// Where it cannot be written; nothing of it stays.
    pub fn finish(mut self) -> io::Result<()> {
        if !self.pending.is_empty() {
            self.frame()?;
        }
        let mut index: Vec<u8> = self
            .lengths
            .iter()
            .flat_map(|length| length.to_le_bytes())
            .collect();
        index.extend_from_slice(&self.bytes.to_le_bytes());
        index.extend_from_slice(&(self.lengths.len() as u64).to_le_bytes());
        index.extend_from_slice(&libdeflater::crc32(&index).to_le_bytes());
        index.extend_from_slice(END_MAGIC);
        self.faults
            .step("write side copy", || self.file.write_all(&index))?;
        let SideCopy {
            file, path, faults, ..
        } = self;
        faults.step("rename side copy", || {
            file.persist(path).map(drop).map_err(|error| error.error)
        })
    }
}

/// Reads a member and copies what passes. A copy that fails is given up; the reading goes on.
pub struct Tee<'a> {
    reader: &'a mut dyn Read,
    copy: io::Result<SideCopy>,
}

impl std::fmt::Debug for Tee<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tee")
            .field("copy", &self.copy)
            .finish_non_exhaustive()
    }
}

impl<'a> Tee<'a> {
    /// Reads from `reader` into `copy`, which may have failed to begin.
    pub fn new(reader: &'a mut dyn Read, copy: io::Result<SideCopy>) -> Tee<'a> {
        Tee { reader, copy }
    }

    /// Reads what is left and finishes the copy.
    ///
    /// # Errors
    /// What reading the member gave, outside; what writing the copy gave, inside. Without a
    /// finished copy the member is read from its original.
    pub fn finish(mut self) -> io::Result<io::Result<()>> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(self.copy.and_then(SideCopy::finish))
    }
}

impl Read for Tee<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        if let Ok(copy) = &mut self.copy
            && let Err(error) = copy.add(buffer.get(..count).unwrap_or_default())
        {
            self.copy = Err(error);
        }
        Ok(count)
    }
}

/// A finished side copy.
#[derive(Debug)]
pub struct Seekable {
    file: File,
    /// Where each frame begins, and the last ends.
    offsets: Vec<u64>,
    bytes: u64,
    /// The frame that was read last: records are often read one after the other.
    last: Mutex<Option<(u64, Arc<Vec<u8>>)>>,
}

impl Seekable {
    /// Opens the side copy at `path`.
    ///
    /// # Errors
    /// `NotFound` where there is none, `InvalidData` where it is no sound side copy.
    pub fn open(path: &Path) -> io::Result<Seekable> {
        let file = crate::intake::open_file(path, false)?;
        let size = file.metadata()?.len();
        let mut footer = [0; FOOTER as usize];
        let footer_at = size.checked_sub(FOOTER).ok_or_else(unsound)?;
        file.read_exact_at(&mut footer, footer_at)?;
        let bytes = number(&footer, 0);
        let frames = number(&footer, 8);
        // Both numbers are believed only as far as the file is that long.
        let index_size = frames
            .checked_mul(4)
            .filter(|size| *size <= footer_at)
            .ok_or_else(unsound)?;
        if footer.get(20..) != Some(END_MAGIC) || bytes.div_ceil(FRAME as u64) != frames {
            return Err(unsound());
        }
        let index_at = footer_at - index_size;
        let mut index = vec![0; index_size as usize];
        file.read_exact_at(&mut index, index_at)?;
        let mut checked = libdeflater::Crc::new();
        checked.update(&index);
        checked.update(footer.get(..16).unwrap_or_default());
        if footer.get(16..20) != Some(&checked.sum().to_le_bytes()) {
            return Err(unsound());
        }
        let offsets = offsets(&index)
            .filter(|all| all.last() == Some(&index_at))
            .ok_or_else(unsound)?;
        Ok(Seekable {
            file,
            offsets,
            bytes,
            last: Mutex::default(),
        })
    }

    /// Length of the member in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The bytes from `offset`, at most `length` of them, fewer at the end.
    ///
    /// # Errors
    /// `InvalidData` where a frame is damaged.
    pub fn read_at(&self, offset: u64, length: u64) -> io::Result<Vec<u8>> {
        let end = offset.saturating_add(length).min(self.bytes);
        let mut out = Vec::new();
        let mut at = offset;
        while at < end {
            let frame = self.frame(at / FRAME as u64)?;
            let start = (at % FRAME as u64) as usize;
            let want = usize::try_from(end - at).unwrap_or(usize::MAX);
            let part = frame.get(start..).ok_or_else(unsound)?;
            let part = part.get(..want).unwrap_or(part);
            if part.is_empty() {
                return Err(unsound());
            }
            out.extend_from_slice(part);
            at += part.len() as u64;
        }
        Ok(out)
    }

    fn frame(&self, number: u64) -> io::Result<Arc<Vec<u8>>> {
        let held = || self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((last, frame)) = &*held()
            && *last == number
        {
            return Ok(Arc::clone(frame));
        }
        let frame = Arc::new(self.unpack(number)?);
        *held() = Some((number, Arc::clone(&frame)));
        Ok(frame)
    }

    fn unpack(&self, number: u64) -> io::Result<Vec<u8>> {
        let number = usize::try_from(number).map_err(io::Error::other)?;
        let (Some(start), Some(end)) = (self.offsets.get(number), self.offsets.get(number + 1))
        else {
            return Err(unsound());
        };
        let mut stored = vec![0; (end - start) as usize];
        self.file.read_exact_at(&mut stored, *start)?;
        zstd::bulk::decompress(&stored, FRAME)
    }

    /// Reads the whole member.
    pub fn into_reader(self) -> SeekableReader {
        SeekableReader {
            copy: self,
            at: 0,
            frame: Vec::new(),
            used: 0,
        }
    }
}

/// Reads a side copy from its first byte to its last.
#[derive(Debug)]
pub struct SeekableReader {
    copy: Seekable,
    at: u64,
    frame: Vec<u8>,
    used: usize,
}

impl Read for SeekableReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.used == self.frame.len() && self.at < self.copy.bytes {
            self.frame = self.copy.read_at(self.at, FRAME as u64)?;
            self.used = 0;
            self.at += self.frame.len() as u64;
        }
        let count = self
            .frame
            .get(self.used..)
            .unwrap_or_default()
            .read(buffer)?;
        self.used += count;
        Ok(count)
    }
}

fn number(footer: &[u8], at: usize) -> u64 {
    footer
        .get(at..)
        .and_then(<[u8]>::first_chunk)
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Where the frames begin, none where a length is impossible.
fn offsets(index: &[u8]) -> Option<Vec<u64>> {
    let mut all = Vec::with_capacity(index.len() / 4 + 1);
    let mut at = MAGIC.len() as u64;
    all.push(at);
    for length in index.as_chunks::<4>().0 {
        let length = Some(u32::from_le_bytes(*length)).filter(|length| *length <= STORED)?;
        at += u64::from(length);
        all.push(at);
    }
    Some(all)
}

fn unsound() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "not a sound side copy; delete it, it is made again",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(bytes: usize) -> Vec<u8> {
        (0..bytes as u64).map(|at| ((at * at) >> 7) as u8).collect()
    }

    fn made(case: &Path, content: &[u8]) -> PathBuf {
        let member = MemberPath(vec![3, 0]);
        let mut reader = content;
        let copy = SideCopy::begin(case, &[7; 32], &member, Faults::none());
        Tee::new(&mut reader, copy).finish().unwrap().unwrap();
        path_of(case, &[7; 32], &member)
    }

    #[test]
    fn gives_back_every_range() {
        let case = tempfile::tempdir().unwrap();
        for size in [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME + 17] {
            let content = content(size);
            let copy = Seekable::open(&made(case.path(), &content)).unwrap();
            assert_eq!(copy.bytes(), size as u64);
            for (offset, length) in [
                (0, size),
                (size / 2, 10),
                (size.saturating_sub(5), 100),
                (FRAME - 3, 7),
            ] {
                let end = (offset + length).min(size);
                let expected = content.get(offset..end).unwrap_or_default();
                assert_eq!(
                    copy.read_at(offset as u64, length as u64).unwrap(),
                    expected
                );
            }
            let mut all = Vec::new();
            copy.into_reader().read_to_end(&mut all).unwrap();
            assert!(all == content);
        }
    }

    #[test]
    fn a_damaged_copy_is_refused_or_fails_to_read() {
        let case = tempfile::tempdir().unwrap();
        let content = content(2 * FRAME + 5);
        let path = made(case.path(), &content);
        let good = fs::read(&path).unwrap();
        for cut in [0, 7, 27, good.len() / 2, good.len() - 1] {
            fs::write(&path, &good[..cut]).unwrap();
            assert!(Seekable::open(&path).is_err(), "cut at {cut}");
        }
        for at in [
            good.len() - 1,
            good.len() - 10,
            good.len() - 20,
            good.len() - 28,
            good.len() - 30,
        ] {
            let mut bad = good.clone();
            bad[at] ^= 0x41;
            fs::write(&path, &bad).unwrap();
            assert!(Seekable::open(&path).is_err(), "flip at {at}");
        }
    }

    #[test]
    fn a_copy_that_cannot_be_written_does_not_stop_the_reading() {
        let case = tempfile::tempdir().unwrap();
        let content = content(FRAME + 9);
        for step in ["write side copy", "rename side copy"] {
            let faults = Faults::hook(move |name, _| match name == step {
                true => Err(io::ErrorKind::StorageFull.into()),
                false => Ok(()),
            });
            let member = MemberPath(vec![1]);
            let mut reader = content.as_slice();
            let copy = SideCopy::begin(case.path(), &[1; 32], &member, faults);
            let mut tee = Tee::new(&mut reader, copy);
            let mut all = Vec::new();
            tee.read_to_end(&mut all).unwrap();
            assert!(all == content);
            assert!(tee.finish().unwrap().is_err());
            let left =
                fs::read_dir(path_of(case.path(), &[1; 32], &member).parent().unwrap()).unwrap();
            assert_eq!(left.count(), 0);
        }
    }
}
