//! Sets of row and term numbers, as bit strings that SQL tests without a table.

/// A set of positive numbers: bit `n` for the number `n`. 10 million numbers are 1.25 MB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowBits {
    bytes: Vec<u8>,
    count: u64,
}

impl RowBits {
    /// Adds a row number; numbers that no row has (below 0) are passed over.
    pub fn insert(&mut self, number: i64) {
        let Ok(number) = usize::try_from(number) else {
            return;
        };
        let (byte, bit) = (number / 8, 1 << (number % 8));
        if byte >= self.bytes.len() {
            self.bytes.resize(byte + 1, 0);
        }
        if self.bytes[byte] & bit == 0 {
            self.bytes[byte] |= bit;
            self.count += 1;
        }
    }

    /// Whether it has this number.
    pub fn contains(&self, number: i64) -> bool {
        has(&self.bytes, number)
    }

    /// How many numbers it has.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The numbers, least first.
    pub fn iter(&self) -> impl Iterator<Item = i64> {
        self.bytes
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte != 0)
            .flat_map(|(at, byte)| {
                (0..8)
                    .filter(move |bit| byte >> bit & 1 == 1)
                    .map(move |bit| at as i64 * 8 + bit)
            })
    }

    /// The bit string.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl FromIterator<i64> for RowBits {
    fn from_iter<I: IntoIterator<Item = i64>>(numbers: I) -> RowBits {
        let mut bits = RowBits::default();
        numbers.into_iter().for_each(|number| bits.insert(number));
        bits
    }
}

/// Whether a bit string has this number.
pub(crate) fn has(bytes: &[u8], number: i64) -> bool {
    usize::try_from(number)
        .ok()
        .and_then(|number| {
            bytes
                .get(number / 8)
                .map(|byte| byte >> (number % 8) & 1 == 1)
        })
        .unwrap_or(false)
}

/// The rows whose bytes hold a phrase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Rows of the table `event`.
    pub events: RowBits,
    /// Rows of the table `flow`.
    pub flows: RowBits,
}

/// The hits of each phrase, in the order of [`super::Query::phrases`].
pub type PhraseHits = Vec<Hits>;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keeps_what_was_put_in(numbers in prop::collection::btree_set(0..2_000_i64, 0..50)) {
            let bits: RowBits = numbers.iter().copied().chain([-1]).collect();
            prop_assert_eq!(bits.len(), numbers.len() as u64);
            prop_assert!(bits.iter().eq(numbers.iter().copied()));
            prop_assert!((-5..2_100).all(|n| bits.contains(n) == numbers.contains(&n)));
        }
    }
}
