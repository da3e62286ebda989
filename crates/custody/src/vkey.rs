//! Verifier keys in the text form of C2SP `signed-note`: `name+hex(key id)+base64(0x01||key)`.

use crate::case_id::CaseId;
use crate::hash::sha256;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};

/// The signature type of Ed25519 in signed notes.
pub(crate) const ED25519: u8 = 1;

/// An Ed25519 public key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "PublicKey({})", crate::hash::hex(&self.0))
    }
}

impl PublicKey {
    /// A key from its 32 bytes; none where they are no point of the curve.
    pub fn from_bytes(bytes: [u8; 32]) -> Option<PublicKey> {
        VerifyingKey::from_bytes(&bytes)
            .ok()
            .map(|_| PublicKey(bytes))
    }

    pub(crate) fn of_signer(bytes: [u8; 32]) -> PublicKey {
        PublicKey(bytes)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether `signature` is this key's over `message`, by the strict rules of RFC 8032.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = Signature::from_bytes(signature);
        VerifyingKey::from_bytes(&self.0)
            .is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
    }
}

/// A key under the name it signs with; for a case that is the case's origin.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Vkey {
    name: String,
    key: PublicKey,
}

/// Why a text is no verifier key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no verifier key: expected {expected}")]
pub struct NotAVkey {
    /// The text, cut to 120 characters.
    pub found: String,
    /// What it would have to be.
    pub expected: &'static str,
}

impl Vkey {
    /// A key under a name; none where the name is empty or holds a blank, a control character or
    /// a plus sign.
    pub fn new(name: &str, key: PublicKey) -> Option<Vkey> {
        is_name(name).then(|| Vkey {
            name: name.to_owned(),
            key,
        })
    }

    /// The name a key has in a case: the case's origin.
    pub fn for_case(key: PublicKey, case: &CaseId) -> Vkey {
        Vkey {
            name: case.origin(),
            key,
        }
    }

    /// Reads `name+hex+base64`.
    ///
    /// # Errors
    /// Where the form is another, the key id does not fit, or the key is no Ed25519 key.
    pub fn parse(text: &str) -> Result<Vkey, NotAVkey> {
        let fail = |expected| NotAVkey {
            found: text.chars().take(120).collect(),
            expected,
        };
        let form = "NAME+8 hexadecimal digits+base64";
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(fail(form));
        };
        let key = STANDARD.decode(key).map_err(|_| fail(form))?;
        let [ED25519, key @ ..] = key.as_slice() else {
            return Err(fail("an Ed25519 key (type 1)"));
        };
        let key = <[u8; 32]>::try_from(key)
            .ok()
            .and_then(PublicKey::from_bytes);
        let key = key.ok_or_else(|| fail("32 bytes that are an Ed25519 key"))?;
        let vkey = Vkey::new(name, key).ok_or_else(|| fail(form))?;
        if crate::hash::from_hex(id) != Some(vkey.id()) {
            return Err(fail("the key id that belongs to name and key"));
        }
        Ok(vkey)
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The first four bytes of SHA-256 over name, line feed, type and key.
    pub fn id(&self) -> [u8; 4] {
        let text = [self.name.as_bytes(), &[b'\n', ED25519], self.key.as_bytes()].concat();
        let [a, b, c, d, ..] = sha256(&text);
        [a, b, c, d]
    }
}

impl std::fmt::Display for Vkey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let typed = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        write!(
            out,
            "{}+{}+{}",
            self.name,
            crate::hash::hex(&self.id()),
            STANDARD.encode(typed)
        )
    }
}

/// Whether a text can be a key's name: not empty, no blanks, no control characters, no plus sign.
pub(crate) fn is_name(name: &str) -> bool {
    let forbidden = |char: char| char.is_whitespace() || char.is_control() || char == '+';
    !name.is_empty() && !name.contains(forbidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VECTOR: &str = include_str!("../../../fixtures/custody-vectors/trusted.vkey");

    #[test]
    fn the_key_of_the_vectors_reads_and_prints() {
        let vkey = Vkey::parse(VECTOR.trim_end()).unwrap();
        assert_eq!(vkey.to_string(), VECTOR.trim_end());
        assert!(
            vkey.name()
                .ends_with("/case/0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01")
        );
        assert_eq!(crate::hash::hex(&vkey.id()), "57691967");
    }

    #[test]
    fn a_text_that_is_no_key_says_why() {
        let good = VECTOR.trim_end();
        for (from, to) in [
            ("57691967", "57691968"),
            ("+AQOh", "+AgOh"),
            ("example.", "exam ple."),
            ("G4", ""),
        ] {
            assert!(
                Vkey::parse(&good.replace(from, to)).is_err(),
                "{from} to {to}"
            );
        }
        assert!(Vkey::parse("").unwrap_err().to_string().contains("NAME+8"));
    }
}
