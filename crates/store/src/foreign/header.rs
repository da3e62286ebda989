//! The first hundred bytes of an SQLite file, read before SQLite is let near it.
//! Source of the offsets: sqlite.org/fileformat2.html section 1.3.

use crate::case_file::NotACase;
use crate::migration::APPLICATION_ID;
use std::cmp::Ordering;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What the header of a case states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bytes a page.
    pub page_size: u32,
    /// Pages in the file when the header was written.
    pub pages: u32,
    /// The schema's version (`user_version`).
    pub version: u32,
    /// Bytes in the file.
    pub bytes: u64,
}

const LENGTH: usize = 100;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

impl Header {
    /// Reads and checks magic and application id. Anything but a regular file is refused.
    ///
    /// # Errors
    /// The outer error is the file system's, the inner one says why this is no case.
    pub fn read(path: &Path) -> io::Result<Result<Self, NotACase>> {
        let name = || {
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        let about = match std::fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Err(NotACase::NoDatabase));
            }
            about => about?,
        };
        if !about.is_file() {
            return Ok(Err(NotACase::NotRegular(name())));
        }
        let mut bytes = Vec::with_capacity(LENGTH);
        File::open(path)?
            .take(LENGTH as u64)
            .read_to_end(&mut bytes)?;
        Ok(Self::parse(&bytes, about.len()))
    }

    fn parse(bytes: &[u8], length: u64) -> Result<Self, NotACase> {
        let magic = &bytes[..bytes.len().min(MAGIC.len())];
        if !MAGIC.starts_with(magic) {
            return Err(NotACase::NotSqlite);
        }
        let Ok(bytes) = <&[u8; LENGTH]>::try_from(bytes) else {
            return Err(NotACase::Truncated {
                expected: LENGTH as u64,
                found: length,
            });
        };
        let application = number(bytes, 68);
        if application != APPLICATION_ID {
            return Err(NotACase::OtherApplication(application));
        }
        let page_size = match u16::from_be_bytes([bytes[16], bytes[17]]) {
            1 => 65_536,
            size => u32::from(size),
        };
        if page_size < 512 || !page_size.is_power_of_two() {
            return Err(NotACase::NotSqlite);
        }
        Ok(Self {
            page_size,
            pages: number(bytes, 28),
            version: number(bytes, 60),
            bytes: length,
        })
    }

    /// Whether the file is as long as its pages. Not to be asked while a write-ahead log holds
    /// pages that are not yet in the file.
    ///
    /// # Errors
    /// [`NotACase::Truncated`] or [`NotACase::Overlong`] with both lengths.
    pub fn whole(&self) -> Result<(), NotACase> {
        let expected = u64::from(self.page_size) * u64::from(self.pages);
        match self.bytes.cmp(&expected) {
            Ordering::Equal => Ok(()),
            Ordering::Less => Err(NotACase::Truncated {
                expected,
                found: self.bytes,
            }),
            Ordering::Greater => Err(NotACase::Overlong {
                expected,
                found: self.bytes,
            }),
        }
    }
}

fn number(bytes: &[u8; LENGTH], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .and_then(|four| four.try_into().ok())
        .map_or(0, u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_file_that_begins_well_is_truncated_and_another_is_no_database() {
        assert_eq!(
            Header::parse(b"SQLite form", 11),
            Err(NotACase::Truncated {
                expected: 100,
                found: 11
            })
        );
        assert_eq!(Header::parse(b"SQLite fork", 11), Err(NotACase::NotSqlite));
        assert_eq!(
            Header::parse(b"", 0),
            Err(NotACase::Truncated {
                expected: 100,
                found: 0
            })
        );
    }
}
