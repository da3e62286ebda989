//! Sums by group, with bounded memory, and the greatest of them.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

use super::ReadError;

/// Groups held at once; more are counted in several readings of the rows.
const HELD: usize = 2_000_000;

/// Groups of equal rank at the end of a ranking that are told apart by their text.
pub(super) const TIES: usize = 100_000;

/// What is summed of the rows of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sum {
    pub rows: u64,
    pub bytes: u128,
    pub packets: u128,
    pub first: Option<i64>,
    pub last: Option<i64>,
}

impl Sum {
    pub const ZERO: Sum = Sum {
        rows: 0,
        bytes: 0,
        packets: 0,
        first: None,
        last: None,
    };

    /// One row with this time.
    pub fn row(time: Option<i64>) -> Sum {
        Sum {
            rows: 1,
            first: time,
            last: time,
            ..Sum::ZERO
        }
    }

    pub fn add(&mut self, other: &Sum) {
        self.rows += other.rows;
        self.bytes += other.bytes;
        self.packets += other.packets;
        self.first = match (self.first, other.first) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.last = self.last.max(other.last);
    }
}

/// The groups of one reading.
pub(super) struct Groups<K> {
    sums: HashMap<K, Sum>,
    hash: RandomState,
    part: u64,
    parts: u64,
    full: bool,
    held: usize,
}

impl<K: Hash + Eq + Copy> Groups<K> {
    /// Adds to a group, if it is of this reading.
    pub fn add(&mut self, key: K, sum: &Sum) {
        if self.full || self.parts > 1 && self.hash.hash_one(key) % self.parts != self.part {
            return;
        }
        self.sums.entry(key).or_insert(Sum::ZERO).add(sum);
        self.full = self.sums.len() > self.held;
    }
}

/// How groups are ranked, greatest first.
pub(super) type Rank = fn(&Sum) -> (u128, u64);

/// The `limit` greatest groups, and all that equal the last of them, up to a bound. `read` is
/// called until the groups of each reading fit into memory.
pub(super) fn greatest<K: Hash + Eq + Copy + Ord>(
    limit: usize,
    rank: Rank,
    read: &mut dyn FnMut(&mut Groups<K>) -> Result<(), ReadError>,
) -> Result<Vec<(K, Sum)>, ReadError> {
    greatest_of(limit, rank, HELD, read)
}

fn greatest_of<K: Hash + Eq + Copy + Ord>(
    limit: usize,
    rank: Rank,
    held: usize,
    read: &mut dyn FnMut(&mut Groups<K>) -> Result<(), ReadError>,
) -> Result<Vec<(K, Sum)>, ReadError> {
    let hash = RandomState::new();
    let mut parts = 1;
    // A round that holds too much is given up and begun again in more parts.
    'again: loop {
        let round = parts;
        let mut best: Vec<(K, Sum)> = Vec::new();
        for part in 0..round {
            let mut groups = Groups {
                sums: HashMap::new(),
                hash: hash.clone(),
                part,
                parts,
                full: false,
                held,
            };
            read(&mut groups)?;
            if groups.full {
                parts *= 4;
                continue 'again;
            }
            best.extend(groups.sums);
            best = cut(best, limit, rank);
        }
        return Ok(best);
    }
}

/// Takes groups that come greatest first, as many as [`greatest`] finds.
pub(super) struct Best<K> {
    pub groups: Vec<(K, Sum)>,
    limit: usize,
    rank: Rank,
}

impl<K> Best<K> {
    pub fn new(limit: usize, rank: Rank) -> Best<K> {
        Best {
            groups: Vec::new(),
            limit,
            rank,
        }
    }

    /// Takes the next group, or says that it is not among them, nor any after it.
    pub fn take(&mut self, key: K, sum: Sum) -> bool {
        let last = self.limit.checked_sub(1);
        let last = last.and_then(|last| self.groups.get(last));
        let tied = self.groups.len().saturating_sub(self.limit);
        let taken = match last {
            None => self.limit > 0,
            Some((_, last)) => tied < TIES && (self.rank)(last) == (self.rank)(&sum),
        };
        if taken {
            self.groups.push((key, sum));
        }
        taken
    }
}

/// The greatest, greatest first, with those that equal the last.
pub(super) fn cut<K: Copy + Ord>(
    mut groups: Vec<(K, Sum)>,
    limit: usize,
    rank: Rank,
) -> Vec<(K, Sum)> {
    groups.sort_unstable_by(|(a, left), (b, right)| rank(right).cmp(&rank(left)).then(a.cmp(b)));
    let Some((_, last)) = groups.get(limit.saturating_sub(1)) else {
        return groups;
    };
    let least = rank(last);
    let tied = groups
        .iter()
        .skip(limit)
        .take(TIES)
        .take_while(|(_, sum)| rank(sum) == least)
        .count();
    groups.truncate(limit.saturating_add(tied));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn several_readings_find_the_same(keys in prop::collection::vec(0..60_i64, 0..300), limit in 1..20_usize) {
            let run = |held| {
                greatest_of(limit, |sum| (sum.rows.into(), 0), held, &mut |groups: &mut Groups<i64>| {
                    keys.iter().for_each(|key| groups.add(*key, &Sum::row(Some(*key))));
                    Ok(())
                })
                .unwrap()
            };
            prop_assert_eq!(run(1_000), run(5));
        }
    }
}
