//! The Merkle tree over the leaves of a chain: root, inclusion and consistency proofs and their
//! verification as RFC 6962 section 2.1 defines them.

use crate::hash::{Hash, node, sha256};

/// The tree of a growing chain, kept as the roots of its perfect subtrees: adding an entry and
/// asking for the root take time in the logarithm of its size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Roots of perfect subtrees, largest first: one for each bit set in `size`.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut right = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                right = node(&left, &right);
            }
        }
        self.peaks.push(right);
        self.size += 1;
    }

    /// The root; of an empty tree the SHA-256 of nothing.
    pub fn root(&self) -> Hash {
        let join = |right: Hash, left: &Hash| node(left, &right);
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            Some(last) => peaks.fold(*last, join),
            None => sha256(b""),
        }
    }
}

impl Extend<Hash> for Frontier {
    fn extend<T: IntoIterator<Item = Hash>>(&mut self, leaves: T) {
        leaves.into_iter().for_each(|leaf| self.push(leaf));
    }
}

/// The root over leaf hashes.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut tree = Frontier::default();
    tree.extend(leaves.iter().copied());
    tree.root()
}

/// The largest power of two below `size`, for a size of at least two.
fn split(size: usize) -> usize {
    size.next_power_of_two() / 2
}

/// The tree over all leaves of a chain with the roots of its perfect subtrees kept: many proofs
/// cost one pass over the leaves, and then the logarithm of their number each. Holds 64 bytes a
/// leaf.
#[derive(Clone, Debug)]
pub struct Tree {
    /// At `k` the roots over 2^k leaves each, from the left; the leaves themselves at 0.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// Over leaf hashes.
    pub fn new(leaves: Vec<Hash>) -> Tree {
        let mut levels = vec![leaves];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            let (pairs, _) = below.as_chunks::<2>();
            let above = pairs
                .iter()
                .map(|[left, right]| node(left, right))
                .collect();
            levels.push(above);
        }
        Tree { levels }
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// The root over the first `size` leaves; none where there are fewer.
    pub fn root(&self, size: u64) -> Option<Hash> {
        if size == 0 {
            return Some(sha256(b""));
        }
        let size = usize::try_from(size).ok().filter(|_| size <= self.size())?;
        self.subroot(0, size)
    }

    /// The root over `length` leaves from `from` on, a subtree of RFC 6962: `from` is a multiple of
    /// the least power of two that is not below `length`.
    fn subroot(&self, from: usize, length: usize) -> Option<Hash> {
        if length.is_power_of_two() {
            let level = length.trailing_zeros();
            return self.levels.get(level as usize)?.get(from >> level).copied();
        }
        let left = split(length);
        let right = self.subroot(from + left, length - left)?;
        Some(node(&self.subroot(from, left)?, &right))
    }

    /// What [`consistency_proof`] gives for the first `old` of the first `new` leaves; none where
    /// `old` is above `new`, or `new` above what is there.
    pub fn consistency(&self, old: u64, new: u64) -> Option<Vec<Hash>> {
        if old > new || new > self.size() {
            return None;
        }
        let mut old = usize::try_from(old).ok()?;
        let (mut from, mut length) = (0, usize::try_from(new).ok()?);
        let (mut proof, mut known) = (Vec::new(), true);
        while (1..length).contains(&old) {
            let left = split(length);
            if old <= left {
                proof.push(self.subroot(from + left, length - left)?);
                length = left;
            } else {
                proof.push(self.subroot(from, left)?);
                (from, length, old, known) = (from + left, length - left, old - left, false);
            }
        }
        if !known {
            proof.push(self.subroot(from, length)?);
        }
        proof.reverse();
        Some(proof)
    }
}

/// The audit path of the leaf at `index`, from the leaf upwards; none where there is no such leaf.
pub fn inclusion_proof(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, other) = if index < left.len() {
        (inclusion_proof(left, index)?, right)
    } else {
        (inclusion_proof(right, index - left.len())?, left)
    };
    path.push(root(other));
    Some(path)
}

/// Whether `proof` leads from `leaf` at `index` to the root of a tree of `size` leaves
/// (RFC 9162 section 2.1.3.2).
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(sibling, &hash);
            climb_left(&mut at, &mut last);
        } else {
            hash = node(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Skips the levels at which the rightmost node has no sibling.
fn climb_left(at: &mut u64, last: &mut u64) {
    while *at & 1 == 0 && *at != 0 {
        *at >>= 1;
        *last >>= 1;
    }
}

/// The proof that the tree of the first `old` leaves is a prefix of the whole; none where `old`
/// is more than there are. Empty for the empty tree and for the whole.
pub fn consistency_proof(leaves: &[Hash], old: usize) -> Option<Vec<Hash>> {
    match old {
        _ if old > leaves.len() => None,
        0 => Some(Vec::new()),
        _ => Some(subproof(leaves, old, true)),
    }
}

/// SUBPROOF of RFC 6962 section 2.1.2: `known` says that the verifier has the root of `leaves`.
fn subproof(leaves: &[Hash], old: usize, known: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if known {
            Vec::new()
        } else {
            vec![root(leaves)]
        };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, other) = if old <= left.len() {
        (subproof(left, old, known), right)
    } else {
        (subproof(right, old - left.len(), false), left)
    };
    proof.push(root(other));
    proof
}

/// Whether `proof` shows that the tree of `old` leaves with `old_root` is a prefix of the tree of
/// `new` leaves with `new_root` (RFC 9162 section 2.1.4.2).
pub fn verify_consistency(
    (old, old_root): (u64, &Hash),
    (new, new_root): (u64, &Hash),
    proof: &[Hash],
) -> bool {
    if old > new {
        return false;
    }
    if old == new || old == 0 {
        let same = old == 0 && *old_root == sha256(b"") || old == new && old_root == new_root;
        return proof.is_empty() && same;
    }
    let first = old.is_power_of_two().then_some(*old_root);
    let mut path = first.into_iter().chain(proof.iter().copied());
    let Some(start) = path.next() else {
        return false;
    };
    let (mut at, mut last) = (old - 1, new - 1);
    let odd = at.trailing_ones();
    at = at.checked_shr(odd).unwrap_or(0);
    last = last.checked_shr(odd).unwrap_or(0);
    let (mut old_hash, mut new_hash) = (start, start);
    for hash in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old_hash = node(&hash, &old_hash);
            new_hash = node(&hash, &new_hash);
            climb_left(&mut at, &mut last);
        } else {
            new_hash = node(&new_hash, &hash);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && new_hash == *new_root
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::{hex, leaf};

    fn leaves(count: usize) -> Vec<Hash> {
        (0..count).map(|n| leaf(&n.to_be_bytes())).collect()
    }

    /// MTH of RFC 6962 as it is written there.
    fn defined_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => sha256(b""),
            [one] => *one,
            _ => {
                let (left, right) = leaves.split_at(split(leaves.len()));
                node(&defined_root(left), &defined_root(right))
            }
        }
    }

    #[test]
    fn the_leaves_of_certificate_transparency_give_the_published_root() {
        let inputs: [&[u8]; 8] = [
            b"",
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[
                0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d,
                0x6e, 0x6f,
            ],
        ];
        let leaves: Vec<Hash> = inputs.iter().map(|input| leaf(input)).collect();
        assert_eq!(
            hex(&root(&leaves)),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
        );
    }

    #[test]
    fn the_frontier_has_the_defined_root_at_every_size() {
        let leaves = leaves(130);
        let mut tree = Frontier::default();
        for size in 0..=leaves.len() {
            assert_eq!(tree.root(), defined_root(&leaves[..size]), "size {size}");
            if let Some(leaf) = leaves.get(size) {
                tree.push(*leaf);
            }
        }
    }

    #[test]
    fn inclusion_of_every_leaf_up_to_64_holds_and_no_other_does() {
        let all = leaves(64);
        for size in 1..=64 {
            let (leaves, root) = (&all[..size], root(&all[..size]));
            for index in 0..size {
                let proof = inclusion_proof(leaves, index).unwrap();
                let holds =
                    |leaf: &Hash, index: usize, size: usize, proof: &[Hash], root: &Hash| {
                        verify_inclusion(leaf, index as u64, size as u64, proof, root)
                    };
                assert!(
                    holds(&leaves[index], index, size, &proof, &root),
                    "{index} of {size}"
                );
                assert!(!holds(&leaf(b"other"), index, size, &proof, &root));
                assert!(!holds(&leaves[index], index + 1, size, &proof, &root));
                assert!(!holds(&leaves[index], index, size, &proof, &leaf(b"other")));
                let longer = [proof.clone(), vec![root]].concat();
                assert!(!holds(&leaves[index], index, size, &longer, &root));
                if let Some((_, shorter)) = proof.split_last() {
                    assert!(!holds(&leaves[index], index, size, shorter, &root));
                }
            }
            assert_eq!(inclusion_proof(leaves, size), None);
        }
    }

    #[test]
    fn the_tree_that_is_kept_gives_the_same_roots_and_proofs_at_all_sizes() {
        for count in [0, 1, 2, 3, 64, 77] {
            let all = leaves(count);
            let tree = Tree::new(all.clone());
            assert_eq!(tree.size(), count as u64);
            for new in 0..=count {
                assert_eq!(tree.root(new as u64), Some(root(&all[..new])), "{new}");
                for old in 0..=new {
                    let expected = consistency_proof(&all[..new], old);
                    let found = tree.consistency(old as u64, new as u64);
                    assert_eq!(found, expected, "{old} to {new} of {count}");
                }
                assert_eq!(tree.consistency(new as u64 + 1, new as u64), None);
            }
            assert_eq!(tree.root(count as u64 + 1), None);
            assert_eq!(tree.consistency(0, count as u64 + 1), None);
            assert_eq!(tree.root(u64::MAX), None);
        }
    }

    #[test]
    fn consistency_of_all_sizes_up_to_64_holds_and_no_other_does() {
        let all = leaves(64);
        let roots: Vec<Hash> = (0..=64).map(|size| root(&all[..size])).collect();
        for new in 0..=64 {
            for old in 0..=new {
                let proof = consistency_proof(&all[..new], old).unwrap();
                let holds = |old_root: &Hash, new_root: &Hash, proof: &[Hash]| {
                    verify_consistency((old as u64, old_root), (new as u64, new_root), proof)
                };
                assert!(holds(&roots[old], &roots[new], &proof), "{old} to {new}");
                assert!(
                    !holds(&leaf(b"other"), &roots[new], &proof),
                    "{old} to {new}"
                );
                if old > 0 {
                    assert!(
                        !holds(&roots[old], &leaf(b"other"), &proof),
                        "{old} to {new}"
                    );
                }
                let longer = [proof.clone(), vec![roots[new]]].concat();
                assert!(!holds(&roots[old], &roots[new], &longer));
            }
            assert_eq!(consistency_proof(&all[..new], new + 1), None);
        }
        assert!(!verify_consistency((2, &roots[2]), (1, &roots[1]), &[]));
        assert!(!verify_consistency(
            (u64::MAX, &roots[2]),
            (u64::MAX, &roots[1]),
            &[]
        ));
    }
}
