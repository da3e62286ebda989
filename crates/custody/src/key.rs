//! An examiner's signing key: Ed25519, one per examiner, outside every case.

use crate::case_id::CaseId;
use crate::vkey::{PublicKey, Vkey};
use ed25519_dalek::{Signer as _, SigningKey};

/// A signing key. Its memory is cleared when it is dropped.
pub struct ExaminerKey(SigningKey);

impl std::fmt::Debug for ExaminerKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "ExaminerKey(of {:?})", self.public())
    }
}

impl ExaminerKey {
    /// The key of a 32-byte seed, which has to come from a random source.
    pub fn from_seed(seed: &[u8; 32]) -> ExaminerKey {
        ExaminerKey(SigningKey::from_bytes(seed))
    }

    /// The public key.
    pub fn public(&self) -> PublicKey {
        // A key that signs is a point of the curve.
        let bytes = self.0.verifying_key().to_bytes();
        PublicKey::of_signer(bytes)
    }

    /// The verifier key under which this key signs checkpoints of a case.
    pub fn vkey(&self, case: &CaseId) -> Vkey {
        Vkey::for_case(self.public(), case)
    }

    /// The signature over a message.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }

    pub(crate) fn seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}
