//! Where the central directory lies.

use std::io;

use super::super::codec::Flaw;
use super::super::decoding::Fault;
use super::super::input::Space;
use super::{read_all, u16_at, u32_at, u64_at};

/// End record without its comment.
const END: usize = 22;
/// Greatest comment.
const COMMENT: usize = 0xFFFF;
const ZIP64_LOCATOR: usize = 20;
const ZIP64_END: usize = 56;

/// The central directory of a zip.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) offset: u64,
    pub(super) size: u64,
    /// Entries it states to have.
    pub(super) entries: u64,
    /// What is doubtful about it.
    pub(super) faults: Vec<Fault>,
}

impl Directory {
    /// Finds the directory by the record that ends a zip. The inner error says why there is none.
    pub(super) fn find(space: Space<'_>) -> io::Result<Result<Directory, Fault>> {
        let start = space.len().saturating_sub((END + COMMENT) as u64);
        let mut tail = vec![0; (space.len() - start) as usize];
        let count = space.read_at(&mut tail, start)?;
        tail.truncate(count);
        let Some(at) = end_record(&tail) else {
            let flaw = Flaw::new(
                "begins like a zip but has no end record; it is cut short or damaged",
                "the record that ends a zip",
                "the end of the data",
            );
            return Ok(Err(Fault::partial(space.len(), flaw)));
        };
        let record = tail.get(at..).unwrap_or_default();
        let end_offset = start + at as u64;
        let mut found = Directory {
            offset: u64::from(u32_at(record, 16)),
            size: u64::from(u32_at(record, 12)),
            entries: u64::from(u16_at(record, 10)),
            faults: Vec::new(),
        };
        let rest = record
            .get(END + usize::from(u16_at(record, 20))..)
            .unwrap_or_default();
        if !rest.is_empty() {
            found
                .faults
                .push(Fault::tail(space.len() - rest.len() as u64, "zip", rest));
        }
        let limit = found.widen(space, end_offset)?.unwrap_or(end_offset);
        let disks =
            u16_at(record, 4) != u16_at(record, 6) || !matches!(u16_at(record, 4), 0 | 0xFFFF);
        Ok(found.check(end_offset, limit, disks))
    }

    fn check(self, at: u64, limit: u64, disks: bool) -> Result<Directory, Fault> {
        let fault = |reason, found: String| {
            Err(Fault::partial(
                at,
                Flaw::new(reason, format!("at most {limit} bytes"), found),
            ))
        };
        if disks {
            return fault(
                "one part of a split zip; join the parts and import the whole",
                "a part".to_owned(),
            );
        }
        if self
            .offset
            .checked_add(self.size)
            .is_none_or(|end| end > limit)
        {
            let found = format!("a directory of {} bytes at {}", self.size, self.offset);
            return fault("the zip's directory lies outside of the file", found);
        }
        if self.size == 0 && self.entries > 0 {
            return fault(
                "the zip's directory is empty",
                format!("{} entries", self.entries),
            );
        }
        Ok(self)
    }

    /// Takes what does not fit from the zip64 record; returns that record's offset.
    fn widen(&mut self, space: Space<'_>, end_offset: u64) -> io::Result<Option<u64>> {
        let saturated =
            self.offset == 0xFFFF_FFFF || self.size == 0xFFFF_FFFF || self.entries == 0xFFFF;
        let mut locator = [0; ZIP64_LOCATOR];
        let Some(at) = end_offset
            .checked_sub(ZIP64_LOCATOR as u64)
            .filter(|_| saturated)
        else {
            return Ok(None);
        };
        if !read_all(space, &mut locator, at)? || !locator.starts_with(b"PK\x06\x07") {
            return Ok(None);
        }
        let mut record = [0; ZIP64_END];
        let offset = u64_at(&locator, 8);
        if !read_all(space, &mut record, offset)? || !record.starts_with(b"PK\x06\x06") {
            return Ok(None);
        }
        if self.entries == 0xFFFF {
            self.entries = u64_at(&record, 32);
        }
        if self.size == 0xFFFF_FFFF {
            self.size = u64_at(&record, 40);
        }
        if self.offset == 0xFFFF_FFFF {
            self.offset = u64_at(&record, 48);
        }
        Ok(Some(offset.min(end_offset)))
    }
}

/// Where the end record begins: the last whose comment reaches the end of the data exactly, or
/// else the last that fits.
fn end_record(tail: &[u8]) -> Option<usize> {
    let ends = |at: usize| {
        let record = tail.get(at..).filter(|record| record.len() >= END)?;
        record
            .len()
            .checked_sub(END + usize::from(u16_at(record, 20)))
    };
    let mut fits = None;
    for at in memchr::memmem::rfind_iter(tail, b"PK\x05\x06") {
        match ends(at) {
            Some(0) => return Some(at),
            Some(_) if fits.is_none() => fits = Some(at),
            _ => {}
        }
    }
    fits
}
