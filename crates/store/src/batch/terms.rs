//! The dictionary of one chunk.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::term::{HashKey, TermKind};

/// A 128-bit hash is its own hash.
#[derive(Debug, Default)]
pub struct Passthrough(u64);

impl Hasher for Passthrough {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            self.0 ^= u64::from_le_bytes(word);
        }
    }

    fn write_u128(&mut self, value: u128) {
        self.0 = value as u64;
    }
}

/// A map from 128-bit hashes that does not hash them again.
pub type HashedMap<V> = HashMap<u128, V, BuildHasherDefault<Passthrough>>;

/// One text of a chunk and how often its rows have it.
#[derive(Clone, Copy, Debug)]
pub struct LocalTerm {
    /// The hash under the case's key.
    pub hash: u128,
    /// The key under which the case indexes it.
    pub key: i64,
    /// What it is.
    pub kind: TermKind,
    /// Its namespace.
    pub namespace: u8,
    start: u32,
    end: u32,
    /// Rows that have it, as destination excepted.
    pub count: u32,
    /// Rows that have it as destination address.
    pub count_dst: u32,
    /// Earliest time of those rows, [`i64::MAX`] where none is dated.
    pub first: i64,
    /// Latest time of those rows, [`i64::MIN`] where none is dated.
    pub last: i64,
}

/// The texts of a chunk, each once.
#[derive(Debug, Default)]
pub struct LocalTerms {
    by_hash: HashedMap<u32>,
    terms: Vec<LocalTerm>,
    text: String,
    /// The term of each kind that was mentioned last, index + 1: most rows repeat the one before.
    last: [u32; KINDS],
}

/// More than the greatest number of a kind.
const KINDS: usize = 32;

/// One mention of a text in a row.
#[derive(Clone, Copy, Debug)]
pub struct Mention {
    /// What it is.
    pub kind: TermKind,
    /// Its namespace.
    pub namespace: u8,
    /// Whether it is a destination address.
    pub destination: bool,
    /// Time of the row, none where undated.
    pub time: Option<i64>,
}

impl LocalTerms {
    /// None yet, with room for as many as another chunk has.
    pub fn as_large_as(other: &LocalTerms) -> LocalTerms {
        let terms = other.terms.len();
        LocalTerms {
            by_hash: HashedMap::with_capacity_and_hasher(terms, BuildHasherDefault::default()),
            terms: Vec::with_capacity(terms),
            text: String::with_capacity(other.text.len()),
            ..LocalTerms::default()
        }
    }

    /// The number of a text (index + 1), counting the mention.
    pub fn mention(&mut self, key: HashKey, mention: Mention, value: &str) -> i64 {
        let kind = mention.kind as usize;
        let last = self.last.get(kind).copied().unwrap_or(0);
        let index = if self.is(last, mention, value) {
            last - 1
        } else {
            let index = self.index(key, mention, value);
            if let Some(last) = self.last.get_mut(kind) {
                *last = index + 1;
            }
            index
        };
        let term = &mut self.terms[index as usize];
        if mention.destination {
            term.count_dst += 1;
        } else {
            term.count += 1;
        }
        if let Some(time) = mention.time {
            term.first = term.first.min(time);
            term.last = term.last.max(time);
        }
        i64::from(index) + 1
    }

    /// Whether the term with this number is this text.
    fn is(&self, number: u32, mention: Mention, value: &str) -> bool {
        let Some(term) = self.terms.get((number as usize).wrapping_sub(1)) else {
            return false;
        };
        let text = self.text.as_bytes();
        term.namespace == mention.namespace
            && text.get(term.start as usize..term.end as usize) == Some(value.as_bytes())
    }

    fn index(&mut self, key: HashKey, mention: Mention, value: &str) -> u32 {
        let hash = key.term(mention.kind, mention.namespace, value);
        *self.by_hash.entry(hash).or_insert_with(|| {
            let start = self.text.len() as u32;
            self.text.push_str(value);
            self.terms.push(LocalTerm {
                hash,
                key: key.key(mention.kind, value, hash),
                kind: mention.kind,
                namespace: mention.namespace,
                start,
                end: self.text.len() as u32,
                count: 0,
                count_dst: 0,
                first: i64::MAX,
                last: i64::MIN,
            });
            (self.terms.len() - 1) as u32
        })
    }

    /// Takes back one count of a text that the same row has mentioned before.
    pub fn uncount(&mut self, number: i64) {
        if let Some(term) = self.terms.get_mut((number - 1) as usize) {
            term.count -= 1;
        }
    }

    /// The terms in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (&LocalTerm, &str)> {
        self.terms
            .iter()
            .map(|term| (term, &self.text[term.start as usize..term.end as usize]))
    }

    /// Bytes of their text.
    pub fn text(&self) -> usize {
        self.text.len()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}
