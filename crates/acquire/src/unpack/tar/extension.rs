//! Headers that say something about the next entry: pax records, GNU long names.

use tar::{EntryType, PaxExtensions};

/// What is read of an extended header at most.
pub(super) const LONGEST: u64 = 1 << 20;

/// What the next entry's own header does not say.
#[derive(Debug, Default)]
pub(super) struct Extensions {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) sparse: bool,
}

/// Whether a header of this kind is about another entry.
pub(super) fn is(kind: EntryType) -> bool {
    kind.is_gnu_longname()
        || kind.is_gnu_longlink()
        || kind.is_pax_local_extensions()
        || kind.is_pax_global_extensions()
}

impl Extensions {
    /// Takes what an extended header says. Global ones say nothing about one entry.
    pub(super) fn add(&mut self, kind: EntryType, bytes: &[u8]) {
        if kind.is_gnu_longname() {
            self.path = Some(until_nul(bytes));
        } else if kind.is_gnu_longlink() {
            self.link = Some(until_nul(bytes));
        } else if kind.is_pax_local_extensions() {
            self.pax(bytes);
        }
    }

    fn pax(&mut self, bytes: &[u8]) {
        for record in PaxExtensions::new(bytes).flatten() {
            let value = record.value_bytes();
            match record.key_bytes() {
                b"path" | b"GNU.sparse.name" => self.path = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"size" => self.size = record.value().ok().and_then(|text| text.parse().ok()),
                key if key.starts_with(b"GNU.sparse.") => self.sparse = true,
                _ => {}
            }
        }
    }
}

fn until_nul(bytes: &[u8]) -> Vec<u8> {
    bytes
        .split(|byte| *byte == 0)
        .next()
        .unwrap_or_default()
        .to_vec()
}
