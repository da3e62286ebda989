//! Which bytes of a zip belong to an entry already.

use std::collections::BTreeMap;

/// Separate stretches kept at most; entries that touch each other share one.
const STRETCHES: usize = 1 << 20;

/// Stretches of bytes that are taken: start to end, none touching another.
#[derive(Debug, Default)]
pub(super) struct Ranges(BTreeMap<u64, u64>);

impl Ranges {
    /// Takes `start..end`; false where a part of it is taken already, or where the zip is so
    /// scattered that it cannot be told any more.
    pub(super) fn claim(&mut self, mut start: u64, mut end: u64) -> bool {
        if end <= start {
            return true;
        }
        let before = self
            .0
            .range(..end)
            .next_back()
            .map(|(from, to)| (*from, *to));
        if before.is_some_and(|(_, to)| to > start) || self.0.len() >= STRETCHES {
            return false;
        }
        if let Some((from, to)) = before.filter(|(_, to)| *to == start) {
            self.0.remove(&from);
            (start, end) = (from, end.max(to));
        }
        if let Some(to) = self.0.remove(&end) {
            end = to;
        }
        self.0.insert(start, end);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn claims_agree_with_a_bitmap(claims in proptest::collection::vec((0u64..64, 0u64..16), 0..40)) {
            let (mut ranges, mut taken) = (Ranges::default(), [false; 80]);
            for (start, length) in claims {
                let bytes = start as usize..(start + length) as usize;
                let free = !taken[bytes.clone()].contains(&true);
                prop_assert_eq!(ranges.claim(start, start + length), free);
                if free {
                    taken[bytes].fill(true);
                }
            }
        }
    }
}
