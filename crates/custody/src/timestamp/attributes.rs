//! The signed attributes: what the signature is about, and which certificate made it.

use super::TokenError;
use super::asn1::*;
use super::certificate::Certificate;
use super::signature::Digest;
use super::token::differs;
use crate::hash::{hex, sha256};
use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{Decode, Encode, Tag, Tagged};
use sha1::Sha1;
use sha2::Digest as _;

/// The signed attributes that count.
pub(super) struct Attributes<'a> {
    content_type: &'a [u8],
    message_digest: &'a [u8],
    /// What the authority says of the certificates it used, its own first.
    certificates: Vec<CertificateHash<'a>>,
    sha1: bool,
}

impl<'a> Attributes<'a> {
    pub(super) fn read(signer: &SignerInfo<'a>) -> Result<Attributes<'a>, TokenError> {
        let form = TokenError::form("signed attributes");
        let raw = signer.signed.map(|set| set.0).unwrap_or_default();
        let mut all = Vec::new();
        for der in elements(raw).map_err(&form)? {
            all.push(Attribute::from_der(der).map_err(&form)?);
        }
        let first = one_value(&all, ID_SIGNING_CERTIFICATE)?;
        let second = one_value(&all, ID_SIGNING_CERTIFICATE_V2)?;
        let missing = |what| differs(what, "one value", "none");
        // The newer attribute binds more strongly and counts where there are both.
        let named = second
            .or(first)
            .ok_or_else(|| missing("signing certificate"))?;
        let named = SigningCertificate::from_der(named).map_err(&form)?;
        let hashes = elements(named.certificates.0).map_err(&form)?;
        Ok(Attributes {
            content_type: one_value(&all, ID_CONTENT_TYPE)?
                .ok_or_else(|| missing("content type"))?,
            message_digest: one_value(&all, ID_MESSAGE_DIGEST)?
                .ok_or_else(|| missing("message digest"))?,
            certificates: hashes
                .into_iter()
                .map(|der| CertificateHash::from_der(der).map_err(&form))
                .collect::<Result<_, _>>()?,
            sha1: second.is_none(),
        })
    }

    /// The certificate that the first hash and the signer's identifier both name.
    pub(super) fn signer<'c>(
        &self,
        offered: &'c [Certificate],
        signer: &SignerInfo<'_>,
    ) -> Result<&'c Certificate, TokenError> {
        let named = self.certificates.first().and_then(|hash| {
            offered
                .iter()
                .find(|certificate| self.is_of(hash, certificate))
        });
        let Some(certificate) = named else {
            return Err(differs(
                "signing certificate",
                "one that the token carries",
                "another hash",
            ));
        };
        if !is_identified(certificate, signer) {
            return Err(differs(
                "signer",
                "the signing certificate",
                "another issuer and serial",
            ));
        }
        Ok(certificate)
    }

    fn is_of(&self, hash: &CertificateHash<'_>, certificate: &Certificate) -> bool {
        let found = hash.hash.as_bytes();
        match &hash.algorithm {
            None if self.sha1 => found == Sha1::digest(&certificate.der).as_slice(),
            None => found == sha256(&certificate.der),
            Some(algorithm) => Digest::of(algorithm)
                .is_some_and(|digest| !self.sha1 && found == digest.hash(&certificate.der)),
        }
    }

    /// The signed attributes must be about this content.
    pub(super) fn check_content(
        &self,
        signer: &SignerInfo<'_>,
        content: &[u8],
    ) -> Result<(), TokenError> {
        let kind = ObjectIdentifier::from_der(self.content_type);
        if kind.map_err(TokenError::form("content type"))? != ID_TST_INFO {
            return Err(differs("content type attribute", "TSTInfo", "another"));
        }
        let Some(digest) = Digest::of(&signer.digest_algorithm) else {
            let found = signer.digest_algorithm.oid.to_string();
            return Err(differs("signer's digest", "a SHA-2 digest", found));
        };
        let found = <&OctetStringRef>::from_der(self.message_digest);
        let found = found
            .map_err(TokenError::form("message digest"))?
            .as_bytes();
        let expected = digest.hash(content);
        if expected != found {
            return Err(differs("message digest", &hex(&expected), hex(found)));
        }
        Ok(())
    }

    /// Every further certificate the authority names must be one of the chain.
    pub(super) fn check_others(&self, path: &[&Certificate]) -> Result<(), TokenError> {
        let in_path = |hash: &CertificateHash<'_>| path.iter().any(|one| self.is_of(hash, one));
        if self.certificates.iter().all(in_path) {
            return Ok(());
        }
        Err(differs(
            "signing certificate",
            "certificates of the chain",
            "the hash of another",
        ))
    }
}

/// The only value of the only attribute of a kind; none where there is no such attribute.
fn one_value<'a>(
    all: &[Attribute<'a>],
    kind: ObjectIdentifier,
) -> Result<Option<&'a [u8]>, TokenError> {
    let mut of_kind = all.iter().filter(|attribute| attribute.kind == kind);
    let Some(attribute) = of_kind.next() else {
        return Ok(None);
    };
    let values = elements(attribute.values.0).map_err(TokenError::form("attribute"))?;
    match (values.as_slice(), of_kind.next()) {
        ([one], None) => Ok(Some(one)),
        _ => Err(differs(
            "signed attribute",
            "one of a kind with one value",
            "more",
        )),
    }
}

/// Whether the signer info's identifier is this certificate's.
fn is_identified(certificate: &Certificate, signer: &SignerInfo<'_>) -> bool {
    if signer.sid.tag() != Tag::Sequence {
        return certificate
            .key_id()
            .is_some_and(|id| id == signer.sid.value());
    }
    let Ok(sid) = signer.sid.decode_as::<IssuerAndSerial<'_>>() else {
        return false;
    };
    match (sid.issuer.to_der(), sid.serial.to_der()) {
        (Ok(issuer), Ok(serial)) => certificate.is_issued_as(&issuer, &serial),
        _ => false,
    }
}
