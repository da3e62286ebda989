//! Decompressed members that were used last.

use std::sync::{Arc, Mutex, PoisonError};

use hashlink::LruCache;
use vestige_model::MemberPath;

use crate::original::Sha256Digest;

type Key = (Sha256Digest, MemberPath);

/// Members by evidence and ordinals, bounded by their bytes.
#[derive(Debug)]
pub(super) struct Cache {
    limit: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    members: LruCache<Key, Arc<Vec<u8>>>,
    bytes: usize,
}

impl Cache {
    pub(super) fn new(limit: usize) -> Cache {
        let kept = Kept {
            members: LruCache::new_unbounded(),
            bytes: 0,
        };
        Cache {
            limit,
            kept: Mutex::new(kept),
        }
    }

    pub(super) fn get(&self, evidence: &Sha256Digest, member: &MemberPath) -> Option<Arc<Vec<u8>>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.members.get(&(*evidence, member.clone())).cloned()
    }

    pub(super) fn put(&self, evidence: Sha256Digest, member: &MemberPath, bytes: &Arc<Vec<u8>>) {
        if bytes.len() > self.limit {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes += bytes.len();
        if let Some(old) = kept
            .members
            .insert((evidence, member.clone()), Arc::clone(bytes))
        {
            kept.bytes -= old.len();
        }
        while kept.bytes > self.limit
            && let Some((_, oldest)) = kept.members.remove_lru()
        {
            kept.bytes -= oldest.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_was_used_last_within_its_bytes() {
        let cache = Cache::new(10);
        let path = |ordinal| MemberPath(vec![ordinal]);
        let put = |ordinal, bytes| cache.put([0; 32], &path(ordinal), &Arc::new(vec![0; bytes]));
        let has = |ordinal| cache.get(&[0; 32], &path(ordinal)).is_some();
        put(0, 4);
        put(1, 4);
        assert!(has(0));
        put(2, 4);
        assert_eq!([has(0), has(1), has(2)], [true, false, true]);
        put(3, 11);
        assert_eq!([has(0), has(2), has(3)], [true, true, false]);
        put(0, 10);
        assert_eq!([has(0), has(2)], [true, false]);
    }
}
