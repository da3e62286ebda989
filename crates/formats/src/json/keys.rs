//! Notices an object that names a key twice, at the cost of a few instructions a key.

use std::collections::HashSet;

use vestige_model::Quality;

use super::{Scanner, Str};

/// The keys of one object: a bit for each of 4,096 hashes. Two keys with the same bit are looked
/// at again, exactly, once the object is read.
#[derive(Debug)]
pub struct Seen {
    bits: [u64; 64],
    suspect: bool,
}

impl Default for Seen {
    fn default() -> Seen {
        Seen {
            bits: [0; 64],
            suspect: false,
        }
    }
}

impl Seen {
    /// Notes a key.
    #[inline]
    pub fn note(&mut self, key: &Str<'_>) {
        let hash = if key.plain {
            hash(key.raw)
        } else {
            hash(&key.name())
        };
        let bit = 1 << (hash & 63);
        if let Some(word) = self.bits.get_mut((hash >> 6 & 63) as usize) {
            self.suspect |= *word & bit != 0;
            *word |= bit;
        }
    }

    /// Marks the quality of what `scanner` reads, which has just read the object that began at
    /// `start`, if a key stands in it twice.
    #[inline]
    pub fn settle(&self, scanner: &mut Scanner<'_>, start: usize) {
        if self.suspect && twice(scanner.since(start)) {
            scanner.quality = scanner.quality.with(Quality::DUPLICATE_KEYS);
        }
    }
}

/// A hash of the length and both ends of a key.
#[inline]
fn hash(key: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let word = |part: &[u8]| {
        part.iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte))
    };
    let (first, last) = match (key.first_chunk::<8>(), key.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (word(key), 0),
    };
    let mixed = (first ^ last.rotate_left(29) ^ key.len() as u64).wrapping_mul(ODD);
    mixed >> 48
}

#[cold]
fn twice(object: &[u8]) -> bool {
    let (mut names, mut twice) = (HashSet::new(), false);
    let _ = Scanner::new(object, 0).object(|scanner, key| {
        twice |= !names.insert(key.name());
        scanner.skip()
    });
    twice
}
