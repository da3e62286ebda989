//! Which keys are trusted at which note.
//!
//! A key is trusted because it was given, or because an entry names it and a note that covers the
//! entry is signed by a key trusted already. Notes are taken in the order of their sizes.

use super::walk::KeyEvent;
use crate::note::Note;
use crate::vkey::Vkey;

/// The keys that are trusted, going from note to note.
#[derive(Debug)]
pub(super) struct Keyring<'a> {
    trusted: Vec<Vkey>,
    /// What entries say of keys and no note has confirmed so far, in the order of the entries.
    pending: Vec<(u64, &'a KeyEvent)>,
    /// Keys that end with the notes of this size.
    ending: Vec<(u64, Vkey)>,
}

/// Why a note counts for nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rejected {
    /// No trusted key signed it.
    Untrusted,
    /// A trusted key's signature is wrong.
    WrongSignature(String),
}

impl<'a> Keyring<'a> {
    pub(super) fn new(given: &[Vkey], events: &'a [(u64, KeyEvent)]) -> Keyring<'a> {
        let pending = events.iter().map(|(seq, event)| (*seq, event)).collect();
        Keyring {
            trusted: given.to_vec(),
            pending,
            ending: Vec::new(),
        }
    }

    pub(super) fn trusted(self) -> Vec<Vkey> {
        let ended = |key: &Vkey| self.ending.iter().any(|(_, ending)| ending == key);
        self.trusted.into_iter().filter(|key| !ended(key)).collect()
    }

    /// Entries whose word on a key no note has confirmed.
    pub(super) fn unconfirmed(&self) -> impl Iterator<Item = u64> {
        self.pending.iter().map(|(seq, _)| *seq)
    }

    /// Judges the signatures of a note that covers `size` entries.
    pub(super) fn judge(&mut self, note: &Note, size: u64) -> Result<(), Rejected> {
        self.end_before(size);
        let mut signed = false;
        for key in &self.trusted {
            match note.signed_by(key) {
                Some(false) => return Err(Rejected::WrongSignature(key.to_string())),
                Some(true) => signed = true,
                None => {}
            }
        }
        if signed {
            Ok(())
        } else {
            Err(Rejected::Untrusted)
        }
    }

    /// Takes over what the entries covered by a note say of keys, once the note has been found to
    /// be signed and to have the right root.
    pub(super) fn confirm(&mut self, note: &Note, size: u64) -> Result<(), Rejected> {
        let (covered, later) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(|(seq, _)| *seq < size);
        self.pending = later;
        let covered: Vec<(u64, &KeyEvent)> = covered;
        for (seq, event) in covered {
            match event {
                KeyEvent::Added(key) => self.admit(key, note)?,
                KeyEvent::Revoked(key) => self.ending.push((size, key.clone())),
                KeyEvent::Rotated { old, new } if self.hands_over(old, new, note) => {
                    self.admit(new, note)?;
                    self.ending.push((size, old.clone()));
                }
                KeyEvent::Rotated { .. } | KeyEvent::Unreadable => self.pending.push((seq, event)),
            }
        }
        self.pending.sort_by_key(|(seq, _)| *seq);
        Ok(())
    }

    /// A new key takes over where the old one is trusted and both signed.
    fn hands_over(&self, old: &Vkey, new: &Vkey, note: &Note) -> bool {
        let both = [old, new]
            .into_iter()
            .all(|key| note.signed_by(key) == Some(true));
        both && self.trusted.contains(old)
    }

    fn admit(&mut self, key: &Vkey, note: &Note) -> Result<(), Rejected> {
        if note.signed_by(key) == Some(false) {
            return Err(Rejected::WrongSignature(key.to_string()));
        }
        if !self.trusted.contains(key) {
            self.trusted.push(key.clone());
        }
        Ok(())
    }

    fn end_before(&mut self, size: u64) {
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.ending)
            .into_iter()
            .partition(|(at, _)| *at < size);
        self.ending = later;
        self.trusted
            .retain(|key| due.iter().all(|(_, ended)| ended != key));
    }
}
