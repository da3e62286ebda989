//! The dictionary of repeated texts: kinds, and the keyed hash by which a text is found.

use sha2::{Digest, Sha256};
use siphasher::sip128::{Hasher128, SipHasher13};
use std::hash::Hasher;
use std::ops::RangeInclusive;
use vestige_custody::CaseId;
use vestige_model::{Cloud, EntityKind};

/// What a dictionary text is. Entities keep the numbers of [`EntityKind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum TermKind {
    /// `actor.id`.
    Actor = EntityKind::Actor as u8,
    /// `session`.
    Session = EntityKind::Session as u8,
    /// `credential`.
    Credential = EntityKind::Credential as u8,
    /// `src.ip` and `dst.ip`.
    Address = EntityKind::Address as u8,
    /// `resource.id`.
    Resource = EntityKind::Resource as u8,
    /// `account`.
    Account = EntityKind::Account as u8,
    /// `organization`.
    Organization = 10,
    /// `region`.
    Region = 11,
    /// `service`.
    Service = 12,
    /// `action`.
    Action = 13,
    /// `error.code`.
    ErrorCode = 14,
    /// `error.message`.
    ErrorMessage = 15,
    /// `actor.name`.
    ActorName = 16,
    /// `actor.type`.
    ActorType = 17,
    /// `agent`.
    Agent = 18,
    /// `resource.type`.
    ResourceType = 19,
    /// `resource.name`.
    ResourceName = 20,
    /// `direction`.
    Direction = 21,
    /// `type`.
    Type = 22,
}

/// Namespace of terms that mean the same wherever they come from.
pub const SHARED: u8 = 255;

impl TermKind {
    /// Every kind.
    pub const ALL: [TermKind; 19] = [
        TermKind::Actor,
        TermKind::Session,
        TermKind::Credential,
        TermKind::Address,
        TermKind::Resource,
        TermKind::Account,
        TermKind::Organization,
        TermKind::Region,
        TermKind::Service,
        TermKind::Action,
        TermKind::ErrorCode,
        TermKind::ErrorMessage,
        TermKind::ActorName,
        TermKind::ActorType,
        TermKind::Agent,
        TermKind::ResourceType,
        TermKind::ResourceName,
        TermKind::Direction,
        TermKind::Type,
    ];

    /// The kind with this number.
    pub fn from_u8(number: u8) -> Option<TermKind> {
        TermKind::ALL.into_iter().find(|kind| *kind as u8 == number)
    }

    /// The namespace of a text of this kind from `cloud`: addresses and plain words are shared,
    /// identities belong to their cloud.
    pub fn namespace(self, cloud: Cloud) -> u8 {
        match self {
            TermKind::Actor
            | TermKind::Session
            | TermKind::Credential
            | TermKind::Resource
            | TermKind::Account => cloud as u8,
            _ => SHARED,
        }
    }
}

/// The secret of a case under which its texts are hashed, so that nobody who writes evidence can
/// aim for collisions.
#[derive(Clone, Copy, Debug)]
pub struct HashKey(pub [u8; 16]);

impl HashKey {
    /// The key of a case. Its id is random, and nobody who wrote evidence before the case was made
    /// can know it.
    pub fn of(case: &CaseId) -> HashKey {
        let digest = Sha256::digest(format!("vestige dictionary {}", case.as_str()));
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        HashKey(key)
    }

    fn hasher(self) -> SipHasher13 {
        SipHasher13::new_with_key(&self.0)
    }

    /// The 128-bit hash of a term. 128 bits under a secret key: equal hash is equal text, and so it is with 96 of them among the terms of a case.
    pub fn term(self, kind: TermKind, namespace: u8, value: &str) -> u128 {
        let mut hasher = self.hasher();
        hasher.write_u16(u16::from_le_bytes([kind as u8, namespace]));
        hasher.write(value.as_bytes());
        hasher.finish128().as_u128()
    }

    /// The key under which a term is indexed: 6 bits of its kind, so that the terms of a kind lie
    /// together; 37 bits of its text without case, so that all spellings and namespaces of a text
    /// do; 20 bits of its own hash, so that evidence with very many spellings of one text gives
    /// each a key of its own.
    pub fn key(self, kind: TermKind, value: &str, hash: u128) -> i64 {
        self.spellings(kind, value).start() | (hash as i64) & OWN
    }

    /// The keys of all terms of a kind.
    pub fn keys_of(kind: TermKind) -> RangeInclusive<i64> {
        let first = i64::from(kind as u8) << KIND;
        first..=first | ((1 << KIND) - 1)
    }

    /// The keys of all terms of this kind that are this text, whatever their case.
    pub fn spellings(self, kind: TermKind, value: &str) -> RangeInclusive<i64> {
        let mut hasher = self.hasher();
        if value.is_ascii() {
            for part in value.as_bytes().chunks(64) {
                let mut folded = [0; 64];
                let folded = &mut folded[..part.len()];
                folded.copy_from_slice(part);
                folded.make_ascii_lowercase();
                hasher.write(folded);
            }
        } else {
            let folded: String = value.chars().map(fold).collect();
            hasher.write(folded.as_bytes());
        }
        let text = hasher.finish128().as_u128() as i64 & ((1 << KIND) - 1) & !OWN;
        let first = i64::from(kind as u8) << KIND | text;
        first..=first | OWN
    }

    /// The key under which an event's own id is indexed: platform and format, account and id.
    pub fn event(self, data_type: &str, account: Option<&str>, event_id: &str) -> i64 {
        let family = data_type
            .rsplit_once(':')
            .map_or(data_type, |(family, _)| family);
        let mut hasher = self.hasher();
        for part in [family, account.unwrap_or(""), event_id] {
            hasher.write_u64(part.len() as u64);
            hasher.write(part.as_bytes());
        }
        stored(hasher.finish128().as_u128())
    }
}

/// The bits of a term's key that are of its own hash.
const OWN: i64 = (1 << 20) - 1;

/// Bits of a term's key below its kind.
const KIND: u32 = 57;

/// The lower case of a character, one for one. A character outside ASCII never becomes one inside
/// it, so that SQLite's NOCASE decides the same way where a text is all ASCII.
pub(crate) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) if !one.is_ascii() => one,
        _ => c,
    }
}

/// The part of a hash that is stored and indexed: 63 bits, so that it is a positive integer.
pub fn stored(hash: u128) -> i64 {
    (hash as i64) & i64::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_text_lie_together_and_apart_from_others() {
        let key = HashKey([9; 16]);
        let of = |kind, value| key.key(kind, value, key.term(kind, SHARED, value));
        let range = key.spellings(TermKind::Action, "getobject ä");
        for value in ["GetObject Ä", "getobject ä", "GETOBJECT Ä"] {
            assert!(range.contains(&of(TermKind::Action, value)), "{value}");
        }
        assert!(!range.contains(&of(TermKind::Action, "getobjects ä")));
        assert!(!range.contains(&of(TermKind::Service, "getobject ä")));
        assert!(*range.start() >= 0);
        let of_kind = HashKey::keys_of(TermKind::Action);
        assert!(of_kind.contains(range.start()) && of_kind.contains(range.end()));
        assert!(!of_kind.contains(&of(TermKind::ErrorCode, "GetObject")));
        assert_ne!(of(TermKind::Action, "A"), of(TermKind::Action, "a"));
    }
}
