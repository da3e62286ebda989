//! Checking one response.

use super::asn1::*;
use super::attributes::Attributes;
use super::certificate::Certificate;
use super::path::{Anchors, find};
use super::signature::{self, Digest};
use super::{Stamp, TokenError};
use crate::hash::{Hash, hex, sha256};
use der::asn1::OctetStringRef;
use der::{Decode, Encode};
use vestige_model::time;
use x509_cert::spki::AlgorithmIdentifierRef;

/// How many certificates a token may carry.
const CERTIFICATES: usize = 32;

/// Digest and nonce of a query; none where the query itself cannot be read.
type Asked = Option<(Vec<u8>, Vec<u8>)>;

/// What a time stamp is over.
#[derive(Clone, Copy)]
pub(super) enum Over<'a> {
    /// These bytes.
    Bytes(&'a [u8]),
    /// A file of this SHA-256.
    File(&'a Hash),
}

impl Over<'_> {
    /// The digest, none where it is not known.
    fn digest(self, digest: Digest) -> Option<Vec<u8>> {
        match self {
            Over::Bytes(bytes) => Some(digest.hash(bytes)),
            Over::File(sha256) => (digest == Digest::Sha256).then(|| sha256.to_vec()),
        }
    }
}

pub(super) fn check(
    response: &[u8],
    over: Over<'_>,
    asked: Option<Asked>,
    anchors: Option<&Anchors>,
) -> Result<Stamp, TokenError> {
    let data = granted(response)?;
    let bytes = stamped(&data)?;
    let info = TstInfo::from_der(bytes).map_err(TokenError::form("TSTInfo"))?;
    check_imprint(&info, over)?;
    if let Some(asked) = asked {
        check_query(&info, over, asked)?;
    }
    let gen_time = gen_time(info.gen_time.0)?;

    let signer = only_signer(&data)?;
    check_digests(&data, &signer)?;
    let offered = certificates(&data)?;
    let attributes = Attributes::read(&signer)?;
    let certificate = attributes.signer(&offered, &signer)?;
    attributes.check_content(&signer, bytes)?;
    check_signature(&signer, certificate)?;
    check_name(&info, certificate)?;
    let path = match anchors {
        Some(anchors) => find(certificate, &offered, anchors, gen_time)?,
        None => {
            certificate.check_signer()?;
            certificate.check_validity(gen_time)?;
            vec![certificate]
        }
    };
    if anchors.is_some() {
        attributes.check_others(&path)?;
    }
    Ok(Stamp {
        gen_time,
        serial: hex(info.serial.as_bytes()),
        policy: info.policy.to_string(),
        authority: certificate.subject_text(),
        certificate_sha256: sha256(&certificate.der),
        token_sha256: sha256(response),
        expires: path
            .iter()
            .map(|one| one.not_after())
            .min()
            .unwrap_or(gen_time),
    })
}

pub(super) fn differs(what: &'static str, expected: &str, found: impl Into<String>) -> TokenError {
    TokenError::Differs {
        what,
        expected: expected.to_owned(),
        found: found.into(),
    }
}

/// The certificates in a response that was granted, as they stand there.
pub(super) fn carried(response: &[u8]) -> Result<Vec<Certificate>, TokenError> {
    certificates(&granted(response)?)
}

/// The signed data of a response that was granted.
fn granted(response: &[u8]) -> Result<SignedData<'_>, TokenError> {
    let response = TimeStampResp::from_der(response).map_err(TokenError::form("response"))?;
    // 0 granted, 1 granted with modifications.
    let Some(token) = response.token.filter(|_| response.status.status <= 1) else {
        let text = response
            .status
            .text
            .map(|text| text.0.escape_ascii().to_string());
        let status = format!("{} {}", response.status.status, text.unwrap_or_default());
        return Err(TokenError::NotGranted { status });
    };
    if token.content_type != ID_SIGNED_DATA {
        return Err(differs(
            "content type",
            "signed data",
            token.content_type.to_string(),
        ));
    }
    token
        .content
        .decode_as::<SignedData<'_>>()
        .map_err(TokenError::form("signed data"))
}

/// The bytes of the TSTInfo.
fn stamped<'a>(data: &SignedData<'a>) -> Result<&'a [u8], TokenError> {
    if data.content.content_type != ID_TST_INFO {
        return Err(differs(
            "signed content",
            "TSTInfo",
            data.content.content_type.to_string(),
        ));
    }
    let octets = data.content.content.decode_as::<&OctetStringRef>();
    octets
        .map(OctetStringRef::as_bytes)
        .map_err(TokenError::form("TSTInfo"))
}

fn check_imprint(info: &TstInfo<'_>, over: Over<'_>) -> Result<(), TokenError> {
    if info.version != 1 {
        return Err(differs("TSTInfo version", "1", info.version.to_string()));
    }
    let algorithm = &info.message_imprint.hash_algorithm;
    let Some(digest) = Digest::of(algorithm) else {
        return Err(differs(
            "message imprint",
            "a SHA-2 digest",
            algorithm.oid.to_string(),
        ));
    };
    let found = info.message_imprint.hashed_message.as_bytes();
    // As long as the longest digest, whatever stands there.
    let imprint = hex(found.get(..64).unwrap_or(found));
    let Some(expected) = over.digest(digest) else {
        let algorithm = digest.name();
        return Err(TokenError::OtherDigest { algorithm, imprint });
    };
    if expected != found {
        return Err(differs("message imprint", &hex(&expected), imprint));
    }
    Ok(())
}

fn check_query(info: &TstInfo<'_>, over: Over<'_>, asked: Asked) -> Result<(), TokenError> {
    let Some((digest, nonce)) = asked else {
        return Err(differs(
            "query",
            "a time-stamp query with a nonce",
            "other bytes",
        ));
    };
    if over.digest(Digest::Sha256) != Some(digest) {
        return Err(differs(
            "query",
            "a query over this note",
            "one over other bytes",
        ));
    }
    // An integer has a zero in front of a first byte from 0x80.
    let found = info
        .nonce
        .map(|nonce| nonce.as_bytes().to_vec())
        .unwrap_or_default();
    let found = found.strip_prefix(&[0]).unwrap_or(&found);
    if found != nonce {
        return Err(differs("nonce", &hex(&nonce), hex(found)));
    }
    Ok(())
}

/// `YYYYMMDDHHMMSS[.f]Z` in UTC nanoseconds.
fn gen_time(text: &[u8]) -> Result<i64, TokenError> {
    let wrong = || {
        differs(
            "genTime",
            "YYYYMMDDHHMMSS[.f]Z",
            text.escape_ascii().to_string(),
        )
    };
    let ascii = std::str::from_utf8(text)
        .ok()
        .filter(|text| text.is_ascii() && text.len() < 40);
    let (digits, rest) = ascii
        .and_then(|text| text.split_at_checked(14))
        .ok_or_else(wrong)?;
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let (date, clock) = (
        [part(0, 4), part(4, 6), part(6, 8)],
        [part(8, 10), part(10, 12), part(12, 14)],
    );
    let reading = time::parse(&format!("{}T{}{rest}", date.join("-"), clock.join(":")));
    reading
        .ns
        .filter(|_| rest.ends_with('Z') && !digits.contains(':'))
        .ok_or_else(wrong)
}

fn only_signer<'a>(data: &SignedData<'a>) -> Result<SignerInfo<'a>, TokenError> {
    let all = elements(data.signers.0).map_err(TokenError::form("signer infos"))?;
    match all.as_slice() {
        [one] => SignerInfo::from_der(one).map_err(TokenError::form("signer info")),
        _ => Err(differs("signer infos", "one", all.len().to_string())),
    }
}

fn certificates(data: &SignedData<'_>) -> Result<Vec<Certificate>, TokenError> {
    let raw = data.certificates.map(|set| set.0).unwrap_or_default();
    let all = elements(raw).map_err(TokenError::form("certificates"))?;
    if all.len() > CERTIFICATES {
        return Err(differs("certificates", "at most 32", all.len().to_string()));
    }
    all.into_iter()
        .map(|der| Certificate::parse(der).map_err(TokenError::form("certificate")))
        .collect()
}

/// The digests that the signed data announces must be readable and include the signer's.
fn check_digests(data: &SignedData<'_>, signer: &SignerInfo<'_>) -> Result<(), TokenError> {
    let form = TokenError::form("digest algorithms");
    let mut announced = false;
    for der in elements(data.digest_algorithms.0).map_err(&form)? {
        let one = AlgorithmIdentifierRef::from_der(der).map_err(&form)?;
        announced |= one.oid == signer.digest_algorithm.oid;
    }
    if announced {
        return Ok(());
    }
    Err(differs(
        "digest algorithms",
        "the signer's among them",
        "others",
    ))
}

fn check_signature(signer: &SignerInfo<'_>, certificate: &Certificate) -> Result<(), TokenError> {
    // The signature is over the attributes as a SET, not under the tag they have in the token.
    let set = signer.signed.as_ref().map(Encode::to_der).transpose();
    let signed = set
        .map_err(TokenError::form("signed attributes"))?
        .unwrap_or_default();
    let (stated, signature) = (
        Digest::of(&signer.digest_algorithm),
        signer.signature.as_bytes(),
    );
    signature::verify(
        &certificate.key(),
        &signer.signature_algorithm,
        stated,
        &signed,
        signature,
    )
    .map_err(|reason| TokenError::Signature {
        what: "token",
        reason,
    })
}

/// Where the statement names its authority, it must be a name of the certificate.
fn check_name(info: &TstInfo<'_>, certificate: &Certificate) -> Result<(), TokenError> {
    let Some(tsa) = &info.tsa else { return Ok(()) };
    let named = tsa.to_der().and_then(|der| certificate.is_named(&der));
    if named.map_err(TokenError::form("tsa"))? {
        return Ok(());
    }
    let expected = format!(
        "a name of the signing certificate ({})",
        certificate.subject_text()
    );
    Err(differs("tsa", &expected, "another"))
}
