//! Signature algorithms: RSA PKCS#1 v1.5, and ECDSA over P-256 and P-384.

use der::Decode;
use der::asn1::ObjectIdentifier;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::traits::PublicKeyParts;
use rsa::{PublicKey as RsaPublicKey, pkcs1v15};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");
const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = oid("1.3.132.0.34");
/// The least RSA modulus that is accepted, in bits.
const RSA_BITS: u32 = 2048;

/// A digest that is accepted in signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

/// The digest of a digest algorithm.
const DIGESTS: [(ObjectIdentifier, Digest); 3] = [
    (super::ID_SHA256, Digest::Sha256),
    (oid("2.16.840.1.101.3.4.2.2"), Digest::Sha384),
    (oid("2.16.840.1.101.3.4.2.3"), Digest::Sha512),
];

/// The digest of a signature algorithm that names one.
const SIGNATURES: [(ObjectIdentifier, Digest); 6] = [
    (oid("1.2.840.113549.1.1.11"), Digest::Sha256),
    (oid("1.2.840.113549.1.1.12"), Digest::Sha384),
    (oid("1.2.840.113549.1.1.13"), Digest::Sha512),
    (oid("1.2.840.10045.4.3.2"), Digest::Sha256),
    (oid("1.2.840.10045.4.3.3"), Digest::Sha384),
    (oid("1.2.840.10045.4.3.4"), Digest::Sha512),
];

impl Digest {
    /// The digest of a digest algorithm's identifier, none where it is not accepted.
    pub(super) fn of(algorithm: &AlgorithmIdentifierRef<'_>) -> Option<Digest> {
        let plain = algorithm.parameters.is_none_or(|any| any.is_null());
        DIGESTS
            .iter()
            .find(|(oid, _)| plain && *oid == algorithm.oid)
            .map(|(_, digest)| *digest)
    }

    /// For people.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Digest::Sha256 => "SHA-256",
            Digest::Sha384 => "SHA-384",
            Digest::Sha512 => "SHA-512",
        }
    }

    pub(super) fn hash(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Digest::Sha256 => Sha256::digest(bytes).to_vec(),
            Digest::Sha384 => Sha384::digest(bytes).to_vec(),
            Digest::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// Checks a signature by the key of a certificate. `stated` is the digest named beside the
/// signature, for signature algorithms that name none.
pub(super) fn verify(
    spki: &[u8],
    algorithm: &AlgorithmIdentifierRef<'_>,
    stated: Option<Digest>,
    message: &[u8],
    signature: &[u8],
) -> Result<(), String> {
    if !algorithm.parameters.is_none_or(|any| any.is_null()) {
        return Err(format!(
            "expected algorithm {} without parameters",
            algorithm.oid
        ));
    }
    let named = SIGNATURES
        .iter()
        .find(|(oid, _)| *oid == algorithm.oid)
        .map(|(_, digest)| *digest);
    let plain_rsa = (algorithm.oid == RSA).then_some(stated).flatten();
    let digest = named.or(plain_rsa).ok_or_else(|| {
        format!(
            "expected RSA PKCS#1 v1.5 or ECDSA with SHA-2, found algorithm {}",
            algorithm.oid
        )
    })?;
    let key = SubjectPublicKeyInfoRef::from_der(spki).map_err(|error| error.to_string())?;
    let curve = || {
        key.algorithm
            .parameters
            .and_then(|any| any.decode_as::<ObjectIdentifier>().ok())
    };
    let bytes = key.subject_public_key.raw_bytes();
    let hash = digest.hash(message);
    match key.algorithm.oid {
        RSA => rsa(bytes, digest, &hash, signature),
        EC if curve() == Some(P256) => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes).map_err(no_key)?;
            let signature = p256::ecdsa::Signature::from_der(signature).map_err(wrong)?;
            key.verify_prehash(&hash, &signature).map_err(wrong)
        }
        EC if curve() == Some(P384) => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(bytes).map_err(no_key)?;
            let signature = p384::ecdsa::Signature::from_der(signature).map_err(wrong)?;
            key.verify_prehash(&hash, &signature).map_err(wrong)
        }
        other => Err(format!(
            "expected an RSA, P-256 or P-384 key, found algorithm {other}"
        )),
    }
}

fn rsa(key: &[u8], digest: Digest, hash: &[u8], signature: &[u8]) -> Result<(), String> {
    let key = RsaPublicKey::from_pkcs1_der(key).map_err(|error| error.to_string())?;
    let bits = key.n().bit_width();
    if bits < RSA_BITS {
        return Err(format!(
            "expected an RSA key of at least {RSA_BITS} bits, found {bits}"
        ));
    }
    let signature = pkcs1v15::Signature::try_from(signature).map_err(wrong)?;
    match digest {
        Digest::Sha256 => {
            pkcs1v15::VerifyingKey::<Sha256>::new(key).verify_prehash(hash, &signature)
        }
        Digest::Sha384 => {
            pkcs1v15::VerifyingKey::<Sha384>::new(key).verify_prehash(hash, &signature)
        }
        Digest::Sha512 => {
            pkcs1v15::VerifyingKey::<Sha512>::new(key).verify_prehash(hash, &signature)
        }
    }
    .map_err(wrong)
}

fn wrong<E>(_: E) -> String {
    "expected a signature by this key, found another".to_owned()
}

fn no_key<E>(_: E) -> String {
    "expected a point of the curve as key, found other bytes".to_owned()
}
