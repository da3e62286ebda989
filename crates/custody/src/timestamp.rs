//! RFC 3161 time stamps over the exact bytes of a note, or over a file known by its digest: the
//! query to carry to an authority, and the check of what it answered.
//!
//! Accepted: RSA PKCS#1 v1.5 of at least 2048 bits and ECDSA over P-256 and P-384, with SHA-256,
//! SHA-384 or SHA-512. The chain is checked at the time the token states; that a certificate has
//! expired since is told beside the result.

mod asn1;
mod attributes;
mod carried;
mod certificate;
mod path;
mod signature;
mod token;

use crate::hash::{Hash, sha256};
use asn1::{ID_SHA256, MessageImprint, TimeStampReq};
pub use carried::{certificates, to_pem};
use der::asn1::{OctetStringRef, UintRef};
use der::{AnyRef, Decode, Encode};
pub use path::{Anchors, NoAnchors};
use token::Over;
use x509_cert::spki::AlgorithmIdentifier;

/// What an authority stated, after every check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// When, in UTC nanoseconds.
    pub gen_time: i64,
    /// The token's serial number in hexadecimal.
    pub serial: String,
    /// The authority's policy as an object identifier.
    pub policy: String,
    /// The subject of the authority's certificate.
    pub authority: String,
    /// SHA-256 of the authority's certificate.
    pub certificate_sha256: Hash,
    /// SHA-256 of the whole response.
    pub token_sha256: Hash,
    /// When the first certificate of the chain expires, in UTC nanoseconds.
    pub expires: i64,
}

/// Why a response proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not the DER of what was expected.
    #[error("{what}: expected DER as RFC 3161 says, found {reason}")]
    Form {
        /// Which part.
        what: &'static str,
        /// What the reader says.
        reason: String,
    },
    /// The authority refused.
    #[error("status: expected granted, found {status}")]
    NotGranted {
        /// Its number and text.
        status: String,
    },
    /// A member has another value than it must have.
    #[error("{what}: expected {expected}, found {found}")]
    Differs {
        /// Which member.
        what: &'static str,
        /// What it must be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// The digest of another algorithm than the one that is known.
    #[error("message imprint: expected SHA-256, found {algorithm} {imprint}")]
    OtherDigest {
        /// Which.
        algorithm: &'static str,
        /// What it has to be, in hexadecimal.
        imprint: String,
    },
    /// A signature, or an algorithm that is not accepted.
    #[error("{what}: {reason}")]
    Signature {
        /// What is signed.
        what: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A certificate that may not do what it does here.
    #[error("certificate of {subject}: expected {expected}")]
    Certificate {
        /// Its subject.
        subject: String,
        /// What it would have to be.
        expected: String,
    },
    /// No chain leads to a given certificate.
    #[error("certificate of {subject}: expected a chain to a given CA, found none")]
    NoPath {
        /// The subject of the signer's certificate.
        subject: String,
    },
}

impl TokenError {
    pub(crate) fn form(what: &'static str) -> impl Fn(der::Error) -> TokenError {
        move |error| TokenError::Form {
            what,
            reason: error.to_string(),
        }
    }
}

/// The largest response that is read.
const LARGEST: usize = 1 << 20;

/// The query for a time stamp over the bytes of a note (`TimeStampReq`). The nonce has to come
/// from a random source.
pub fn query(note: &[u8], nonce: [u8; 8]) -> Vec<u8> {
    let digest = sha256(note);
    // An integer is positive and minimal; its first byte must not be zero.
    let nonce = u64::from_be_bytes(nonce) | 1 << 63;
    build_query(&digest, &nonce.to_be_bytes()).unwrap_or_default()
}

fn build_query(digest: &Hash, nonce: &[u8]) -> Result<Vec<u8>, der::Error> {
    let hash_algorithm = AlgorithmIdentifier {
        oid: ID_SHA256,
        parameters: Some(AnyRef::NULL),
    };
    let hashed_message = OctetStringRef::new(digest)?;
    TimeStampReq {
        version: 1,
        message_imprint: MessageImprint {
            hash_algorithm,
            hashed_message,
        },
        req_policy: None,
        nonce: Some(UintRef::new(nonce)?),
        cert_req: true,
    }
    .to_der()
}

/// What a query asks for: the digest and the nonce, none where it is no query of ours.
fn asked(query: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let query = TimeStampReq::from_der(query).ok()?;
    let digest = query.message_imprint.hashed_message.as_bytes().to_vec();
    Some((digest, query.nonce?.as_bytes().to_vec()))
}

/// Checks a response (`.tsr`) over the bytes of a note: granted, of these bytes, of this query
/// where there is one, signed by a certificate for time stamps only, whose chain ends in one of
/// the anchors and was valid at the time stated.
///
/// # Errors
/// The first check that fails.
pub fn check(
    response: &[u8],
    note: &[u8],
    query: Option<&[u8]>,
    anchors: &Anchors,
) -> Result<Stamp, TokenError> {
    require_short(response)?;
    token::check(response, Over::Bytes(note), query.map(asked), Some(anchors))
}

/// As [`check`], where no CA was given: all but that the signer's certificate leads to one. What
/// comes of it is what the response says of itself.
///
/// # Errors
/// The first check that fails.
pub fn check_itself(
    response: &[u8],
    note: &[u8],
    query: Option<&[u8]>,
) -> Result<Stamp, TokenError> {
    require_short(response)?;
    token::check(response, Over::Bytes(note), query.map(asked), None)
}

/// As [`check`], over a file of which the SHA-256 is at hand and not the bytes; without anchors as
/// [`check_itself`].
///
/// # Errors
/// [`TokenError::OtherDigest`] where the response holds another digest than SHA-256, and so was not
/// compared; else the first check that fails.
pub fn check_file(
    response: &[u8],
    sha256: &Hash,
    anchors: Option<&Anchors>,
) -> Result<Stamp, TokenError> {
    require_short(response)?;
    token::check(response, Over::File(sha256), None, anchors)
}

fn require_short(response: &[u8]) -> Result<(), TokenError> {
    if response.len() <= LARGEST {
        return Ok(());
    }
    let reason = format!("{} bytes, more than 1 MiB", response.len());
    Err(TokenError::Form {
        what: "response",
        reason,
    })
}
