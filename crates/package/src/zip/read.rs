//! Reading a zip that may come from anybody. Its directory and the headers before the entries must
//! say the same, entries must not share bytes, nothing may stand before, between or behind them, and
//! no entry may be more than it says.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use flate2::bufread::DeflateDecoder;

use super::{
    ATTRIBUTES, CENTRAL, DEFLATED, END, END64, LOCAL, LOCATOR64, LONG, STORED, UTF8, is_bomb,
    needed,
};
use crate::PIECE;
use crate::name::visible;

/// Entries of a zip, at most: what is kept of each is what memory grows with.
const ENTRIES: u64 = 5_000_000;
/// Bytes of all their names.
const NAMES: u64 = 256 << 20;
/// Bytes of the end that are looked at: the record and the longest comment.
const TAIL: u64 = 22 + 0xffff;
/// Flag: the entry is encrypted.
const ENCRYPTED: u16 = 1;
/// Flag: check sum and sizes follow the bytes.
const FOLLOWS: u16 = 1 << 3;

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Bytes of its contents.
    pub size: u64,
    /// Bytes in the zip.
    pub packed: u64,
    /// Time and date as a zip holds them.
    pub moment: (u16, u16),
    /// What it is by its mode, where a Unix made the zip: `0o100000` a file, `0o120000` a link;
    /// else 0.
    pub kind: u32,
    flags: u16,
    method: u16,
    crc: u32,
    header: u64,
    data: u64,
}

impl Entry {
    /// Whether it is a folder.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.name.ends_with('/')
    }
}

/// What was found instead of a zip that can be trusted to be one.
#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    /// The bytes.
    #[error("{0}")]
    Wrong(String),
    /// Reading them.
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn wrong<T>(what: impl Into<String>) -> Result<T, ZipError> {
    Err(ZipError::Wrong(what.into()))
}

/// Why an entry's contents were not read to their end.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// They are not what the zip says of them.
    #[error("{0}")]
    Damaged(String),
    /// Reading the zip.
    #[error(transparent)]
    Io(io::Error),
    /// Whoever takes them wants no more.
    #[error("stopped")]
    Stopped,
}

/// A zip whose structure holds.
#[derive(Debug)]
pub struct Archive<R> {
    file: R,
    /// Its entries, in the order of their bytes.
    pub entries: Vec<Entry>,
    /// In what it differs from the form that this crate writes, the first few.
    pub differs: Vec<String>,
    /// Its comment.
    pub comment: Vec<u8>,
    /// Its bytes.
    pub bytes: u64,
}

/// Where the directory is.
struct Directory {
    start: u64,
    end: u64,
    count: u64,
    comment: Vec<u8>,
    /// Whether the end has the form that is written here.
    plain: bool,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads directory and headers.
    ///
    /// # Errors
    /// [`ZipError::Wrong`] with what was expected and found.
    pub fn open(mut file: R) -> Result<Archive<R>, ZipError> {
        let bytes = file.seek(SeekFrom::End(0))?;
        let directory = directory(&mut file, bytes)?;
        let mut archive = Archive {
            file,
            entries: Vec::new(),
            differs: Vec::new(),
            comment: Vec::new(),
            bytes,
        };
        if !directory.plain {
            archive.differ("its end".to_owned());
        }
        archive.list(&directory)?;
        archive.headers(directory.start)?;
        archive.comment = directory.comment;
        Ok(archive)
    }

    fn differ(&mut self, what: String) {
        if self.differs.len() < 5 {
            self.differs.push(what);
        }
    }

    /// The entries of the directory.
    fn list(&mut self, directory: &Directory) -> Result<(), ZipError> {
        self.file.seek(SeekFrom::Start(directory.start))?;
        if directory.count > ENTRIES {
            return wrong(format!(
                "expected at most {ENTRIES} entries, found {}: more than is kept in memory",
                directory.count
            ));
        }
        let length = directory.end - directory.start;
        let mut from = BufReader::new((&mut self.file).take(length));
        let (mut entries, mut odd, mut names) = (Vec::new(), Vec::new(), 0_u64);
        for number in 0..directory.count {
            let (entry, plain) = central(&mut from)
                .map_err(|error| cut(error, &format!("entry {number} of the directory")))?;
            names += entry.name.len() as u64;
            if names > NAMES {
                return wrong("its names are longer than is kept in memory");
            }
            if !plain && odd.len() < 5 {
                odd.push(visible(&entry.name));
            }
            entries.push(entry);
        }
        if from.read(&mut [0])? != 0 {
            return wrong(format!(
                "expected {} entries in the directory, found more bytes behind them",
                directory.count
            ));
        }
        for name in odd {
            self.differ(format!("what the directory says of {name}"));
        }
        if !entries.is_sorted_by_key(|entry| entry.header) {
            self.differ("the order of its entries".to_owned());
            entries.sort_by_key(|entry| entry.header);
        }
        self.entries = entries;
        Ok(())
    }

    /// Compares the header before each entry's bytes with the directory; the entries must fill the
    /// file up to the directory.
    fn headers(&mut self, directory: u64) -> Result<(), ZipError> {
        let (mut at, mut may_follow) = (0, false);
        for number in 0..self.entries.len() {
            let Some(entry) = self.entries.get(number).cloned() else {
                continue;
            };
            let name = visible(&entry.name);
            if entry.header < at {
                return wrong(format!(
                    "{name}: its bytes begin at {}, where the entry before it has not ended ({at}): two entries share bytes",
                    entry.header
                ));
            }
            check_gap(at, entry.header, may_follow)?;
            let data = self.header(&entry, &name)?;
            let end = data
                .checked_add(entry.packed)
                .filter(|end| *end <= directory);
            let Some(end) = end else {
                return wrong(format!(
                    "{name}: expected {} bytes, found the directory before they end",
                    entry.packed
                ));
            };
            if let Some(entry) = self.entries.get_mut(number) {
                entry.data = data;
            }
            (at, may_follow) = (end, entry.flags & FOLLOWS != 0);
        }
        check_gap(at, directory, may_follow)
    }

    /// The header before an entry's bytes; gives where they begin.
    fn header(&mut self, entry: &Entry, name: &str) -> Result<u64, ZipError> {
        self.file.seek(SeekFrom::Start(entry.header))?;
        let what = format!("the header of {name}");
        let mut fixed = [0; 30];
        let mut read = |bytes: &mut [u8]| {
            let done = self.file.read_exact(bytes);
            done.map_err(|error| cut(error.into(), &what))
        };
        read(&mut fixed)?;
        if long(&fixed, 0) != LOCAL {
            return wrong(format!(
                "{what}: expected one at {}, found none",
                entry.header
            ));
        }
        let mut own = vec![0; usize::from(short(&fixed, 26))];
        read(&mut own)?;
        let mut extra = vec![0; usize::from(short(&fixed, 28))];
        read(&mut extra)?;
        let (mut packed, mut size) = (u64::from(long(&fixed, 18)), u64::from(long(&fixed, 22)));
        let is_long = wide(&extra, &mut [&mut size, &mut packed])?;
        let sums = (long(&fixed, 14), packed, size);
        let same = own == entry.name.as_bytes()
            && (short(&fixed, 6), short(&fixed, 8)) == (entry.flags, entry.method)
            && (short(&fixed, 10), short(&fixed, 12)) == entry.moment
            && (sums == (entry.crc, entry.packed, entry.size) || entry.flags & FOLLOWS != 0);
        if !same {
            return wrong(format!(
                "{name}: the directory and the header before its bytes do not say the same"
            ));
        }
        let plain = short(&fixed, 4) == needed(entry.method, is_long)
            && extra.len() == if is_long { 20 } else { 0 };
        if !plain {
            self.differ(what);
        }
        Ok(entry.header + 30 + own.len() as u64 + extra.len() as u64)
    }

    /// Gives the contents of an entry to `each`, in pieces.
    ///
    /// # Errors
    /// [`UnpackError::Damaged`] where size or check sum are not as said, where bytes are left over,
    /// or at more than 200 bytes out of one.
    pub fn unpack(
        &mut self,
        entry: &Entry,
        each: &mut dyn FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<(), UnpackError> {
        let begin = SeekFrom::Start(entry.data);
        self.file.seek(begin).map_err(UnpackError::Io)?;
        let raw = Raw {
            from: (&mut self.file).take(entry.packed),
            failed: None,
        };
        let mut raw = BufReader::with_capacity(PIECE, raw);
        let done = match entry.method {
            STORED => pour(&mut raw, entry, each),
            _ => pour(&mut DeflateDecoder::new(&mut raw), entry, each),
        };
        if let Some(error) = raw.get_mut().failed.take() {
            return Err(UnpackError::Io(error));
        }
        done?;
        if !raw.buffer().is_empty() || raw.get_ref().from.limit() > 0 {
            return damaged("bytes are left over behind its contents");
        }
        Ok(())
    }

    /// Gives every byte of the zip to `each`, in order.
    ///
    /// # Errors
    /// As [`Archive::unpack`], but for damage.
    pub fn raw(
        &mut self,
        each: &mut dyn FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<(), UnpackError> {
        let begin = SeekFrom::Start(0);
        self.file.seek(begin).map_err(UnpackError::Io)?;
        let mut piece = vec![0; PIECE];
        loop {
            let read = self.file.read(&mut piece).map_err(UnpackError::Io)?;
            if read == 0 {
                return Ok(());
            }
            if each(piece.get(..read).unwrap_or_default()).is_break() {
                return Err(UnpackError::Stopped);
            }
        }
    }
}

/// Bytes between two entries: none, or check sum and sizes where the entry before says so.
fn check_gap(from: u64, to: u64, may_follow: bool) -> Result<(), ZipError> {
    let gap = to.saturating_sub(from);
    if gap == 0 || (may_follow && (12..=24).contains(&gap)) {
        return Ok(());
    }
    let what = if from == 0 {
        "stand before the zip"
    } else {
        "belong to no entry: something is hidden there"
    };
    wrong(format!("{gap} bytes at {from} {what}"))
}

/// The bytes of an entry as they lie there. What the disk says is told apart from what the
/// decompressor does.
struct Raw<R> {
    from: io::Take<R>,
    failed: Option<io::Error>,
}

impl<R: Read> Read for Raw<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.from.read(into).map_err(|error| {
            let told = io::Error::from(error.kind());
            self.failed = Some(error);
            told
        })
    }
}

fn damaged<T>(what: impl Into<String>) -> Result<T, UnpackError> {
    Err(UnpackError::Damaged(what.into()))
}

fn pour(
    from: &mut dyn Read,
    entry: &Entry,
    each: &mut dyn FnMut(&[u8]) -> ControlFlow<()>,
) -> Result<(), UnpackError> {
    let mut crc = flate2::Crc::new();
    let (mut piece, mut size) = (vec![0; PIECE], 0_u64);
    loop {
        let read = match from.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) => return damaged(format!("it cannot be decompressed: {error}")),
        };
        size += read as u64;
        if size > entry.size {
            return damaged(format!("expected {} bytes, found more", entry.size));
        }
        if entry.method == DEFLATED && is_bomb(entry.packed, size) {
            return damaged(format!(
                "{} bytes hold more than two hundred times as many: refused as a decompression bomb",
                entry.packed
            ));
        }
        let bytes = piece.get(..read).unwrap_or_default();
        crc.update(bytes);
        if each(bytes).is_break() {
            return Err(UnpackError::Stopped);
        }
    }
    if size != entry.size {
        return damaged(format!("expected {} bytes, found {size}", entry.size));
    }
    if crc.sum() != entry.crc {
        return damaged(format!(
            "expected the check sum {:08x}, found {:08x}",
            entry.crc,
            crc.sum()
        ));
    }
    Ok(())
}

/// The end of the file says where the directory is.
fn directory<R: Read + Seek>(file: &mut R, bytes: u64) -> Result<Directory, ZipError> {
    let tail_at = bytes.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(tail_at))?;
    let mut tail = Vec::new();
    file.by_ref().take(TAIL).read_to_end(&mut tail)?;
    let at = end(&tail)?;
    let (record, comment) = tail.split_at(at + 22);
    let record = record.get(at..).unwrap_or_default();
    let end_at = tail_at + at as u64;
    let mut found = Directory {
        start: u64::from(long(record, 16)),
        end: end_at,
        count: u64::from(short(record, 10)),
        comment: comment.to_vec(),
        plain: true,
    };
    let mut length = u64::from(long(record, 12));
    let mut parts = [short(record, 4), short(record, 6)].map(u32::from);
    let mut here = u64::from(short(record, 8));
    let longest = (0xffff, u64::from(LONG), u64::from(LONG));
    if let Some(record64) = end64(file, end_at)? {
        found.plain = (found.count, length, found.start) == longest
            && quad(&record64, 4) == 44
            && (short(&record64, 12), short(&record64, 14)) == (0x0300 | 45, 45);
        found.end = end_at - 20 - 56;
        parts = [long(&record64, 16), long(&record64, 20)];
        (here, found.count) = (quad(&record64, 24), quad(&record64, 32));
        (length, found.start) = (quad(&record64, 40), quad(&record64, 48));
    } else if found.count == 0xffff || found.start == u64::from(LONG) {
        return wrong("its end speaks of a longer form that is not there");
    }
    if parts != [0, 0] || here != found.count {
        return wrong("it is one part of a zip in several files");
    }
    match found.start.checked_add(length) {
        Some(end) if end == found.end => Ok(found),
        Some(end) if end < found.end => wrong(format!(
            "{} bytes stand before the zip or behind its directory and belong to no entry",
            found.end - end
        )),
        _ => wrong("its directory would begin before the file does"),
    }
}

/// Where the record of the end is in the last bytes of the file.
fn end(tail: &[u8]) -> Result<usize, ZipError> {
    let (mut ends, mut any) = (Vec::new(), false);
    for (at, window) in tail.windows(22).enumerate() {
        if long(window, 0) != END {
            continue;
        }
        any = true;
        if at + 22 + usize::from(short(window, 20)) == tail.len() {
            ends.push(at);
        }
    }
    match (ends.as_slice(), any) {
        ([at], _) => Ok(*at),
        ([], true) => wrong(
            "something stands behind its end or is missing there: its last bytes belong to no entry",
        ),
        ([], false) => wrong("expected a zip, found none: the end of a directory is missing"),
        _ => wrong("it has two ends: readers would not agree on what is in it"),
    }
}

/// The long form of the end, directly before its locator.
fn end64<R: Read + Seek>(file: &mut R, end_at: u64) -> Result<Option<[u8; 56]>, ZipError> {
    let Some(locator_at) = end_at.checked_sub(20) else {
        return Ok(None);
    };
    let mut locator = [0; 20];
    file.seek(SeekFrom::Start(locator_at))?;
    file.read_exact(&mut locator)?;
    if long(&locator, 0) != LOCATOR64 {
        return Ok(None);
    }
    let at = quad(&locator, 8);
    let one_file = (long(&locator, 4), long(&locator, 16)) == (0, 1);
    if !one_file || Some(at) != locator_at.checked_sub(56) {
        return wrong("the long form of its end is not directly before the short one");
    }
    let mut record = [0; 56];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut record)?;
    if long(&record, 0) != END64 {
        return wrong("expected the long form of its end, found something else");
    }
    Ok(Some(record))
}

/// An entry of the directory, and whether it has the form that is written here.
fn central(from: &mut impl Read) -> Result<(Entry, bool), ZipError> {
    let mut fixed = [0; 46];
    from.read_exact(&mut fixed)?;
    if long(&fixed, 0) != CENTRAL {
        return wrong("expected an entry of the directory, found something else");
    }
    let mut rest = |at: usize| -> Result<Vec<u8>, ZipError> {
        let mut bytes = vec![0; usize::from(short(&fixed, at))];
        from.read_exact(&mut bytes)?;
        Ok(bytes)
    };
    let (name, extra, comment) = (rest(28)?, rest(30)?, rest(32)?);
    let name = String::from_utf8(name).or_else(|error| {
        let shown = visible(&String::from_utf8_lossy(error.as_bytes()));
        wrong(format!(
            "the name {shown} is not UTF-8: readers would not agree on it"
        ))
    })?;
    let [mut packed, mut size, mut header] = [20, 24, 42].map(|at| u64::from(long(&fixed, at)));
    let is_long = wide(&extra, &mut [&mut size, &mut packed, &mut header])?;
    let made = short(&fixed, 4);
    let entry = Entry {
        name,
        size,
        packed,
        moment: (short(&fixed, 12), short(&fixed, 14)),
        kind: if made >> 8 == 3 {
            (long(&fixed, 38) >> 16) & 0o170_000
        } else {
            0
        },
        flags: short(&fixed, 8),
        method: short(&fixed, 10),
        crc: long(&fixed, 16),
        header,
        data: 0,
    };
    check_method(&entry)?;
    let version = needed(entry.method, is_long);
    let plain = (made, short(&fixed, 6)) == (0x0300 | version, version)
        && entry.flags == UTF8
        && comment.is_empty()
        && fixed.get(34..38) == Some([0; 4].as_slice())
        && long(&fixed, 38) == ATTRIBUTES
        && (is_long || extra.is_empty());
    Ok((entry, plain))
}

fn check_method(entry: &Entry) -> Result<(), ZipError> {
    let shown = visible(&entry.name);
    if entry.flags & ENCRYPTED != 0 {
        return wrong(format!("{shown} is encrypted: it cannot be verified"));
    }
    if entry.method != STORED && entry.method != DEFLATED {
        return wrong(format!(
            "{shown}: expected it stored or deflated, found method {}, which is not read",
            entry.method
        ));
    }
    if entry.method == STORED && entry.packed != entry.size {
        return wrong(format!("{shown} is stored, and its two sizes differ"));
    }
    Ok(())
}

/// Replaces the numbers that say they are in the Zip64 field; whether there were any.
fn wide(extra: &[u8], numbers: &mut [&mut u64]) -> Result<bool, ZipError> {
    let mut field: &[u8] = &[];
    let mut rest = extra;
    while rest.len() >= 4 {
        let length = usize::from(short(rest, 2));
        if short(rest, 0) == 1 {
            field = rest.get(4..4 + length).unwrap_or_default();
        }
        rest = rest.get(4 + length..).unwrap_or_default();
    }
    let mut any = false;
    for number in numbers.iter_mut() {
        if **number != u64::from(LONG) {
            continue;
        }
        let Some((value, more)) = field.split_at_checked(8) else {
            return wrong("a size in the long form is missing");
        };
        **number = quad(value, 0);
        (field, any) = (more, true);
    }
    Ok(any)
}

/// The end of the file in the middle of something is a fault of the zip, not of the disk.
fn cut(error: ZipError, what: &str) -> ZipError {
    match error {
        ZipError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            ZipError::Wrong(format!("{what} is cut off"))
        }
        other => other,
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes
        .get(at..at + N)
        .and_then(|part| part.try_into().ok())
        .unwrap_or([0; N])
}

fn short(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(bytes, at))
}

fn long(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(bytes, at))
}

fn quad(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array(bytes, at))
}
