//! Signing the chain: `checkpoint.signed` becomes entry n-1, and the note of size n covers it, so
//! that no tail is left that nothing signs.

use super::{Ledger, store_checkpoint};
use crate::case_file::CaseError;
use rusqlite::Transaction;
use vestige_custody::{Event, ExaminerKey, Hash, Note};

/// A chain that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHead {
    /// Entries the note covers.
    pub size: u64,
    /// The Merkle root over them.
    pub root: Hash,
    /// The exact bytes of the note.
    pub note: Vec<u8>,
}

impl Ledger {
    /// Signs the whole chain in the caller's transaction, with every key given: the first is the
    /// one the entry names, the others (after a rotation, the key that is replaced) sign beside it.
    ///
    /// # Errors
    /// As [`Ledger::append`].
    pub fn sign(
        &self,
        transaction: &Transaction<'_>,
        keys: &[&ExaminerKey],
        now: i64,
    ) -> Result<SignedHead, CaseError> {
        let before = self.chain(transaction)?;
        let case = before.case().clone();
        // A clock that was set back gets an entry of its own ahead of this one.
        let size = before.size() + 1 + u64::from(before.clock_back(now).is_some());
        let mut entry = self.entry(Event::CheckpointSigned).detail("size", size);
        for (key, name) in keys.iter().zip(["vkey", "also_vkey"]) {
            entry = entry.detail(name, key.vkey(&case).to_string());
        }
        self.append(transaction, &entry, now)?;
        let checkpoint = self.chain(transaction)?.checkpoint();
        if checkpoint.size != size {
            let found = checkpoint.size;
            return Err(CaseError::Entry(format!(
                "checkpoint.signed: expected to be entry {} of {size}, found {found} entries",
                size - 1
            )));
        }
        let note = Note::sign(&checkpoint, keys)
            .map_err(|error| CaseError::Entry(format!("checkpoint.signed: {error}")))?
            .to_bytes();
        store_checkpoint(transaction, size, &note)?;
        Ok(SignedHead {
            size,
            root: checkpoint.root,
            note,
        })
    }
}
