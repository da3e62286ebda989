//! Notices an object that names a key twice, at the cost of a few instructions a key.

use std::collections::HashSet;

use vestige_model::Quality;

use super::Scanner;

/// How many keys of an object are told apart by their hashes.
const KEYS: usize = 64;

/// The keys of one object: a bit for each of 1,024 hashes, and the hashes. Only keys with the same
/// hash of 32 bits, and objects with very many keys, are looked at again once they are read.
#[derive(Debug)]
pub struct Seen {
    bits: [u64; 16],
    hashes: [u32; KEYS],
    count: usize,
    suspect: bool,
}

impl Default for Seen {
    fn default() -> Seen {
        Seen {
            bits: [0; 16],
            hashes: [0; KEYS],
            count: 0,
            suspect: false,
        }
    }
}

impl Seen {
    /// Notes a key.
    #[inline]
    pub fn note(&mut self, name: &[u8]) {
        let hash = hash(name);
        let bit = 1 << (hash & 63);
        let Some(word) = self.bits.get_mut((hash >> 6 & 15) as usize) else {
            return;
        };
        if *word & bit != 0 {
            let known = self.hashes.get(..self.count).unwrap_or(&self.hashes);
            self.suspect |= known.contains(&hash);
        }
        *word |= bit;
        match self.hashes.get_mut(self.count) {
            Some(slot) => *slot = hash,
            None => self.suspect = true,
        }
        self.count += 1;
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
fn hash(key: &[u8]) -> u32 {
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
    (mixed >> 32) as u32
}

#[cold]
fn twice(object: &[u8]) -> bool {
    let (mut names, mut twice) = (HashSet::new(), false);
    let _ = Scanner::new(object, 0).object(|scanner, key| {
        twice |= !names.insert(key.to_vec());
        scanner.skip()
    });
    twice
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_keys_are_told_apart_by_their_hashes() {
        let keys = "eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress userAgent \
            errorCode errorMessage requestParameters responseElements additionalEventData requestID eventID readOnly \
            resources eventType managementEvent recipientAccountId eventCategory tlsDetails sharedEventID type \
            principalId arn accountId accessKeyId userName sessionContext invokedBy vpcEndpointId apiVersion";
        let mut hashes: Vec<(u32, &str)> = keys
            .split(' ')
            .map(|key| (hash(key.as_bytes()), key))
            .collect();
        hashes.sort_unstable();
        for pair in hashes.windows(2) {
            assert_ne!(pair[0].0, pair[1].0, "{pair:?}");
        }
    }
}
