//! What was handed out of a case before, and proofs that the chain only grew since.

use std::collections::BTreeSet;

use memchr::memmem;
use vestige_custody::line::Line;
use vestige_custody::merkle::Tree;
use vestige_custody::{CaseId, Consistency, Event, Hash};
use vestige_store::ledger::Stored;

/// From how many sizes proofs are made: the greatest ones.
const MOST: usize = 100;

/// The entries that are being handed out, and the sizes at which others have seen the chain.
#[derive(Debug, Default)]
pub(super) struct Handed {
    leaves: Vec<Hash>,
    sizes: BTreeSet<u64>,
}

impl Handed {
    /// Takes the next entry; one that records a package names the size that went out with it.
    pub fn entry(&mut self, stored: &Stored<'_>) {
        self.leaves.push(stored.leaf);
        let event = Event::PackageExported.name();
        // Few entries hold the name, and only those are parsed.
        if memmem::find(stored.body, event.as_bytes()).is_none() {
            return;
        }
        let Ok(Line::Entry(entry)) = Line::parse(stored.body) else {
            return;
        };
        if entry.event == event {
            let size = entry.detail("size").and_then(|size| size.as_int());
            self.sizes
                .extend(size.and_then(|size| u64::try_from(size).ok()));
        }
    }

    /// Takes the size of a note that a time-stamp authority has seen.
    pub fn stamped(&mut self, size: u64) {
        self.sizes.insert(size);
    }

    /// A proof from each of the newest sizes to that of all entries taken.
    pub fn proofs(self, case: &CaseId) -> Vec<Consistency> {
        let tree = Tree::new(self.leaves);
        let size = tree.size();
        let before = self.sizes.into_iter().rev();
        let before = before.filter(|from| (1..size).contains(from)).take(MOST);
        let proofs = before.filter_map(|from| Consistency::between(case, &tree, from, size));
        proofs.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestige_custody::merkle::root;

    const CASE: &str = "0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01";

    #[test]
    fn the_newest_hundred_sizes_below_the_present_one_get_a_proof() {
        let case = CaseId::parse(CASE).unwrap();
        let leaves: Vec<Hash> = (0..1000_u32)
            .map(|number| vestige_custody::hash::leaf(&number.to_be_bytes()))
            .collect();
        let handed = Handed {
            leaves: leaves.clone(),
            sizes: (0..1200).collect(),
        };
        let proofs = handed.proofs(&case);
        assert_eq!(proofs.len(), MOST);
        for (proof, size) in proofs.iter().zip((900..1000).rev()) {
            assert_eq!((proof.from.size, proof.to.size), (size, 1000));
            assert_eq!(proof.from.root, root(&leaves[..size as usize]));
            assert_eq!(proof.to.root, root(&leaves));
            assert!(proof.holds());
        }
        assert_eq!(Handed::default().proofs(&case), Vec::new());
    }
}
