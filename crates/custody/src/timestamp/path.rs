//! The chain from a signer's certificate to a given CA.

use super::TokenError;
use super::certificate::Certificate;
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// How many certificates a chain may have.
const LONGEST: usize = 8;
/// How many signatures are tried while a chain is looked for: the certificates may be hostile.
const TRIES: usize = 64;

/// The CA certificates that a verifier trusts, got from outside.
#[derive(Clone, Debug, Default)]
pub struct Anchors(Vec<Certificate>);

/// Why a file gives no CA certificates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("CA file: expected PEM certificates, found {found}")]
pub struct NoAnchors {
    /// What was found.
    pub found: String,
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

impl Anchors {
    /// Reads a PEM file of one or more certificates. Self-issued ones are roots, the others
    /// intermediates. Text between them is ignored.
    ///
    /// # Errors
    /// Where there is none, or one cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Anchors, NoAnchors> {
        let fail = |found: &str| NoAnchors {
            found: found.to_owned(),
        };
        let text = std::str::from_utf8(pem).map_err(|_| fail("bytes that are no text"))?;
        let mut found = Vec::new();
        for part in text.split(BEGIN).skip(1) {
            let (body, _) = part
                .split_once(END)
                .ok_or_else(|| fail("a certificate without end"))?;
            let base64: String = body.split_ascii_whitespace().collect();
            let der = STANDARD
                .decode(base64)
                .map_err(|_| fail("a body that is not base64"))?;
            let certificate = Certificate::parse(&der);
            found.push(certificate.map_err(|error| fail(&format!("no certificate: {error}")))?);
        }
        if found.is_empty() {
            Err(fail("none"))
        } else {
            Ok(Anchors(found))
        }
    }
}

/// A chain, the signer first and the root last.
pub(super) type Path<'a> = Vec<&'a Certificate>;

/// Finds a chain from `signer` over any of the certificates to one of the anchors that issued
/// itself, all valid at `at`.
pub(super) fn find<'a>(
    signer: &'a Certificate,
    offered: &'a [Certificate],
    anchors: &'a Anchors,
    at: i64,
) -> Result<Path<'a>, TokenError> {
    signer.check_signer()?;
    signer.check_validity(at)?;
    let mut search = Search {
        offered,
        anchors: &anchors.0,
        at,
        tries: 0,
        reason: None,
    };
    let mut path = vec![signer];
    if search.extend(&mut path) {
        return Ok(path);
    }
    let subject = signer.subject_text();
    Err(search.reason.unwrap_or(TokenError::NoPath { subject }))
}

struct Search<'a> {
    offered: &'a [Certificate],
    anchors: &'a [Certificate],
    at: i64,
    tries: usize,
    /// Why the most promising chain was not taken.
    reason: Option<TokenError>,
}

impl<'a> Search<'a> {
    fn extend(&mut self, path: &mut Path<'a>) -> bool {
        let Some(last) = path.last().copied() else {
            return false;
        };
        if last.is_self_issued() || path.len() == LONGEST {
            return false;
        }
        let roots = self.anchors.iter().filter(|one| one.is_self_issued());
        let others = self
            .anchors
            .iter()
            .chain(self.offered)
            .filter(|one| !one.is_self_issued());
        for (issuer, is_root) in roots
            .map(|one| (one, true))
            .chain(others.map(|one| (one, false)))
        {
            if issuer.subject() != last.issuer() || path.contains(&issuer) || self.tries == TRIES {
                continue;
            }
            self.tries += 1;
            if let Err(reason) = self.issued(last, issuer, path.len() - 1) {
                self.reason = Some(reason);
                continue;
            }
            path.push(issuer);
            if is_root || self.extend(path) {
                return true;
            }
            path.pop();
        }
        false
    }

    fn issued(
        &self,
        last: &Certificate,
        issuer: &Certificate,
        below: usize,
    ) -> Result<(), TokenError> {
        last.is_signed_by(issuer)
            .map_err(|reason| TokenError::Signature {
                what: "certificate",
                reason,
            })?;
        issuer.check_issuer(below)?;
        issuer.check_validity(self.at)
    }
}
