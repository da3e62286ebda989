//! The entries of a backup: how each is stored, and that each is what it should be.

use super::manifest::{Part, name};
use super::{Meter, Originals, Unwatched, copy_hashed};
use crate::case_file::CaseError;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use vestige_custody::hex;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Files from here on get the long form of sizes, which deflating could make necessary.
const LARGE: u64 = 0xf000_0000;

/// The file under a zip. Having failed once it takes everything and keeps nothing: the failure was
/// told, and a zip that is given up would write its end into the file, complain on stderr, and
/// panic where its position is not beyond what it wrote.
pub(super) struct Sink<W> {
    file: W,
    at: u64,
    end: u64,
    failed: bool,
}

impl<W> Sink<W> {
    /// Over an empty file.
    pub fn new(file: W) -> Self {
        Self {
            file,
            at: 0,
            end: 0,
            failed: false,
        }
    }

    /// What `act` comes to, none once anything has failed.
    fn once<T>(&mut self, act: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<Option<T>> {
        if self.failed {
            return Ok(None);
        }
        act(&mut self.file).map(Some).inspect_err(|error| {
            self.failed = error.kind() != io::ErrorKind::Interrupted;
        })
    }
}

impl<W: Write> Write for Sink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.once(|file| file.write(bytes))?.unwrap_or(bytes.len());
        self.at += taken as u64;
        self.end = self.end.max(self.at);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.once(Write::flush).map(drop)
    }
}

impl<W: Seek> Seek for Sink<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.once(|file| file.seek(to))?.unwrap_or(self.end);
        Ok(self.at)
    }
}

/// How an entry of so many bytes is stored.
pub(super) fn entry_options(now: i64, deflate: bool, bytes: u64) -> SimpleFileOptions {
    let method = if deflate {
        CompressionMethod::Deflated
    } else {
        CompressionMethod::Stored
    };
    SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(zip_time(now))
        .unix_permissions(0o600)
        .large_file(bytes >= LARGE)
}

/// Seconds are even in a zip; before 1980 there is no time in it.
fn zip_time(now: i64) -> DateTime {
    let time = || {
        let at = jiff::Timestamp::from_nanosecond(i128::from(now)).ok()?;
        let at = jiff::tz::Offset::UTC.to_datetime(at);
        let field = |value: i8| u8::try_from(value).ok();
        DateTime::from_date_and_time(
            u16::try_from(at.year()).ok()?,
            field(at.month())?,
            field(at.day())?,
            field(at.hour())?,
            field(at.minute())?,
            field(at.second())?,
        )
        .ok()
    };
    time().unwrap_or_default()
}

/// Adds one file and returns its size and hash.
pub(super) fn add(
    zip: &mut ZipWriter<impl Write + Seek>,
    name: &str,
    options: SimpleFileOptions,
    from: &mut dyn Read,
    limit: u64,
    meter: &mut Meter<'_>,
) -> Result<Part, CaseError> {
    let failed = |path: &Path, error| CaseError::io(path, "writing the backup", error);
    zip.start_file(name, options)
        .map_err(|error| failed(meter.path, io::Error::from(error)))?;
    let copied = copy_hashed(from, zip, limit, meter)?;
    let (bytes, sha256) = copied.map_err(|error| failed(meter.path, error))?;
    Ok(Part { sha256, bytes })
}

/// Adds an original that is as it was received. One that is missing or altered is left out, with
/// the reason: it is read once before it is read into the backup.
pub(super) fn add_original(
    zip: &mut ZipWriter<impl Write + Seek>,
    originals: &dyn Originals,
    part: &Part,
    now: i64,
    meter: &mut Meter<'_>,
) -> Result<Result<(), String>, CaseError> {
    let compressed = match look(originals, part) {
        Ok(compressed) => compressed,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let options = entry_options(now, !compressed, part.bytes);
    let mut from = originals
        .open(&part.sha256)
        .map_err(|error| CaseError::io(meter.path, "reading an original", error))?;
    let added = add(
        zip,
        &name(&part.sha256),
        options,
        &mut from,
        part.bytes,
        meter,
    )?;
    if added != *part {
        let what = format!("original {} changed while it was read", hex(&part.sha256));
        return Err(CaseError::Damaged {
            path: meter.path.to_path_buf(),
            what,
        });
    }
    Ok(Ok(()))
}

/// Whether an original is compressed, once its size and hash are found right.
fn look(originals: &dyn Originals, part: &Part) -> io::Result<bool> {
    let mut from = originals.open(&part.sha256)?;
    let mut start = Vec::new();
    from.by_ref().take(8).read_to_end(&mut start)?;
    let compressed = is_compressed(&start);
    let mut rest = start.chain(from);
    let mut nobody = Unwatched;
    let mut meter = Meter {
        watch: &mut nobody,
        stage: "",
        done: 0,
        total: 0,
        path: Path::new(""),
    };
    let hashed = copy_hashed(&mut rest, &mut io::sink(), part.bytes, &mut meter);
    let (bytes, sha256) = hashed.map_err(io::Error::other)??;
    if (bytes, sha256) == (part.bytes, part.sha256) {
        return Ok(compressed);
    }
    Err(io::Error::other(format!(
        "it was altered: {bytes} bytes with SHA-256 {}",
        hex(&sha256)
    )))
}

/// By the first bytes of gzip, zip, bzip2, xz and zstandard.
fn is_compressed(start: &[u8]) -> bool {
    let marks: [&[u8]; 5] = [
        b"\x1f\x8b",
        b"PK\x03\x04",
        b"BZh",
        b"\xfd7zXZ\0",
        b"\x28\xb5\x2f\xfd",
    ];
    marks.iter().any(|mark| start.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufWriter;

    /// A disk with room for so many bytes.
    struct Small(io::Cursor<Vec<u8>>, usize);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0.position() as usize + bytes.len() > self.1 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for Small {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }

    #[test]
    fn a_disk_that_fills_up_is_told_once_wherever_it_happens() {
        let written = |room: usize, buffer: usize, deflate: bool| {
            let disk = Small(io::Cursor::default(), room);
            let mut zip = ZipWriter::new(Sink::new(BufWriter::with_capacity(buffer, disk)));
            for name in ["a", "b"] {
                zip.start_file(name, entry_options(0, deflate, 0))?;
                zip.write_all(&[7; 300])?;
            }
            let mut sink = zip.finish().map_err(io::Error::from)?;
            sink.flush().map(|()| sink.end)
        };
        for deflate in [false, true] {
            let whole = written(10_000, 0, deflate).unwrap() as usize;
            for buffer in [0, 50, 400, 10_000] {
                for room in 0..whole {
                    let error = written(room, buffer, deflate).unwrap_err();
                    assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{room} {buffer}");
                }
                assert!(written(whole, buffer, deflate).is_ok());
            }
        }
    }

    #[test]
    fn the_time_in_a_zip_is_utc_to_two_seconds_and_never_fails() {
        let at = zip_time(1_795_514_401_999_999_999);
        assert_eq!((at.year(), at.month(), at.day()), (2026, 11, 24));
        assert_eq!((at.hour(), at.minute(), at.second()), (10, 0, 0));
        assert_eq!(zip_time(i64::MIN), DateTime::default());
        assert_eq!(zip_time(0), DateTime::default());
    }
}
