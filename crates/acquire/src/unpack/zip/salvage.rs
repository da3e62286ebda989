//! A zip whose directory is missing (it was cut short) is read by its local headers.

use std::io;

use super::super::Place;
use super::super::input::Space;
use super::super::walk::{Halt, Walk};
use super::entry::{Entry, Local};
use super::{Reading, UNKNOWN, u32_at, u64_at};

/// What is searched at once for the end of an entry.
const CHUNK: usize = 256 << 10;
/// The longest record after an entry's data: signature, checksum, two sizes of eight bytes.
const DESCRIPTOR: usize = 24;

/// How an entry ends whose header leaves its sizes to what follows the data.
struct Ending {
    crc: u32,
    compressed: u64,
    size: u64,
    next: u64,
}

impl Walk<'_> {
    /// Reads the entries in the order they lie. False where there is not even one.
    pub(super) fn salvage(
        &mut self,
        at: &Place,
        space: Space<'_>,
        weight: f64,
    ) -> Result<bool, Halt> {
        let mut reading = Reading::new(space, weight);
        let (mut offset, mut ordinal) = (0, 0);
        while let Ok(local) = Local::read(space, offset)? {
            let ending = match local.is_described_later() {
                true => ending(space, local.data)?,
                false => None,
            };
            let known = match (&ending, local.is_described_later()) {
                (Some(ending), _) => Some((ending.crc, ending.compressed, ending.size)),
                // Cut off before its end: what there is is taken, and found to be short.
                (None, true) => Some((0, space.len().saturating_sub(local.data), UNKNOWN)),
                (None, false) => None,
            };
            let entry = Entry::of_local(&local, known);
            let place = at.child(ordinal, &entry.name);
            if self.wants(&place) {
                self.entry(&place, &entry, &mut reading)?;
            }
            offset = ending.map_or(entry.next, |ending| ending.next);
            ordinal += 1;
        }
        let mut next = [0; 4];
        let count = space.read_at(&mut next, offset)?;
        // At the directory every entry was passed; anywhere else some may be missing.
        if ordinal > 0 && !(count == 4 && next.starts_with(b"PK\x01\x02")) {
            self.reject(at, format!("the zip is cut short or damaged after {ordinal} entries, which were read by their own headers; what followed is missing: get it again from where it came"))?;
        }
        Ok(ordinal > 0)
    }
}

/// Looks for the record after the data at `data` that states its length.
fn ending(space: Space<'_>, data: u64) -> io::Result<Option<Ending>> {
    let mut chunk = vec![0; CHUNK + DESCRIPTOR];
    let mut start = data;
    loop {
        let count = space.read_at(&mut chunk, start)?;
        let bytes = chunk.get(..count).unwrap_or_default();
        for at in memchr::memmem::find_iter(bytes, b"PK\x07\x08") {
            if let Some(found) = bytes
                .get(at..)
                .and_then(|record| described(record, start + at as u64, data))
            {
                return Ok(Some(found));
            }
        }
        if count < chunk.len() {
            return Ok(None);
        }
        start += CHUNK as u64;
    }
}

/// Reads the record at `at`, if it is one: it states how far it is from the data.
fn described(record: &[u8], at: u64, data: u64) -> Option<Ending> {
    let distance = at - data;
    let crc = u32_at(record, 4);
    let narrow = (
        16,
        u64::from(u32_at(record, 8)),
        u64::from(u32_at(record, 12)),
    );
    let wide = (DESCRIPTOR, u64_at(record, 8), u64_at(record, 16));
    let (length, compressed, size) = [narrow, wide]
        .into_iter()
        .find(|(length, compressed, _)| *compressed == distance && record.len() >= *length)?;
    Some(Ending {
        crc,
        compressed,
        size,
        next: at + length as u64,
    })
}
