//! One X.509 certificate: its exact bytes and what it permits.

use super::TokenError;
use super::asn1::SignedCertificate;
use super::signature;
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::name::Name;
use x509_cert::time::Time;

const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");

/// Critical extensions that are understood, or that only policies would need: basic constraints,
/// key usage, extended key usage, subject alternative name, and the policy extensions.
const UNDERSTOOD: [&str; 8] = [
    "2.5.29.19",
    "2.5.29.15",
    "2.5.29.37",
    "2.5.29.17",
    "2.5.29.32",
    "2.5.29.33",
    "2.5.29.36",
    "2.5.29.54",
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Certificate {
    pub der: Vec<u8>,
    tbs: Vec<u8>,
    parsed: CertificateInner<Raw>,
}

impl Certificate {
    pub(super) fn parse(der: &[u8]) -> Result<Certificate, der::Error> {
        let tbs = SignedCertificate::from_der(der)?.tbs.to_der()?;
        Ok(Certificate {
            der: der.to_vec(),
            tbs,
            parsed: CertificateInner::from_der(der)?,
        })
    }

    pub(super) fn subject(&self) -> &Name {
        self.parsed.tbs_certificate().subject()
    }

    pub(super) fn issuer(&self) -> &Name {
        self.parsed.tbs_certificate().issuer()
    }

    /// The subject for people; what is not printable is replaced.
    pub(super) fn subject_text(&self) -> String {
        let clean = |char: char| if char.is_control() { '\u{fffd}' } else { char };
        self.subject()
            .to_string()
            .chars()
            .take(200)
            .map(clean)
            .collect()
    }

    pub(super) fn is_self_issued(&self) -> bool {
        self.subject() == self.issuer()
    }

    /// Whether a `GeneralName` is the subject or one of the alternative names.
    pub(super) fn is_named(&self, name: &[u8]) -> der::Result<bool> {
        let name = GeneralName::from_der(name)?;
        if matches!(&name, GeneralName::DirectoryName(name) if name == self.subject()) {
            return Ok(true);
        }
        let others = self
            .parsed
            .tbs_certificate()
            .get_extension::<SubjectAltName>()?;
        Ok(others.is_some_and(|(_, others)| others.0.contains(&name)))
    }

    /// Whether issuer and serial number are those of the given DER.
    pub(super) fn is_issued_as(&self, issuer: &[u8], serial: &[u8]) -> bool {
        let own = self.parsed.tbs_certificate();
        own.issuer().to_der().is_ok_and(|own| own == issuer)
            && own.serial_number().to_der().is_ok_and(|own| own == serial)
    }

    /// The subject key identifier.
    pub(super) fn key_id(&self) -> Option<Vec<u8>> {
        let found = self
            .parsed
            .tbs_certificate()
            .get_extension::<SubjectKeyIdentifier>();
        found.ok().flatten().map(|(_, id)| id.0.as_bytes().to_vec())
    }

    /// The public key as `SubjectPublicKeyInfo`.
    pub(super) fn key(&self) -> Vec<u8> {
        self.parsed
            .tbs_certificate()
            .subject_public_key_info()
            .to_der()
            .unwrap_or_default()
    }

    pub(super) fn not_before(&self) -> i64 {
        ns(self.parsed.tbs_certificate().validity().not_before)
    }

    pub(super) fn not_after(&self) -> i64 {
        ns(self.parsed.tbs_certificate().validity().not_after)
    }

    /// Whether `issuer` signed this certificate.
    pub(super) fn is_signed_by(&self, issuer: &Certificate) -> Result<(), String> {
        let outer = SignedCertificate::from_der(&self.der).map_err(|error| error.to_string())?;
        let signature = outer.signature.raw_bytes();
        signature::verify(&issuer.key(), &outer.algorithm, None, &self.tbs, signature)
    }

    fn refuse(&self, expected: impl Into<String>) -> TokenError {
        TokenError::Certificate {
            subject: self.subject_text(),
            expected: expected.into(),
        }
    }

    fn extension<'a, T>(&'a self, what: &'static str) -> Result<Option<(bool, T)>, TokenError>
    where
        T: Decode<'a, Error = der::Error> + x509_cert::der::oid::AssociatedOid,
    {
        let found = self.parsed.tbs_certificate().get_extension::<T>();
        found.map_err(|_| self.refuse(format!("one readable extension {what}")))
    }

    fn check_extensions(&self) -> Result<(), TokenError> {
        let mut all = self
            .parsed
            .tbs_certificate()
            .extensions()
            .into_iter()
            .flatten();
        let unknown =
            all.find(|one| one.critical && !UNDERSTOOD.contains(&one.extn_id.to_string().as_str()));
        match unknown {
            Some(one) => Err(self.refuse(format!(
                "no critical extension that is not understood ({})",
                one.extn_id
            ))),
            None => Ok(()),
        }
    }

    /// Whether it may sign time stamps, and nothing else (RFC 3161 section 2.3).
    pub(super) fn check_signer(&self) -> Result<(), TokenError> {
        self.check_extensions()?;
        let usage = self.extension::<ExtendedKeyUsage>("extendedKeyUsage")?;
        if !usage.is_some_and(|(critical, usage)| critical && usage.0 == [TIME_STAMPING]) {
            return Err(self.refuse("extendedKeyUsage critical, timeStamping only"));
        }
        if let Some((_, usage)) = self.extension::<KeyUsage>("keyUsage")? {
            let signs = usage.digital_signature() || usage.non_repudiation();
            let bits = usage.0.bits();
            // Bits 0 and 1: digitalSignature, nonRepudiation.
            if !signs || bits & !3 != 0 {
                return Err(self.refuse("keyUsage for signatures only"));
            }
        }
        Ok(())
    }

    /// Whether it may issue certificates with `below` intermediate ones under it.
    pub(super) fn check_issuer(&self, below: usize) -> Result<(), TokenError> {
        self.check_extensions()?;
        let Some((_, constraints)) = self.extension::<BasicConstraints>("basicConstraints")? else {
            return Err(self.refuse("basicConstraints with CA:TRUE"));
        };
        if !constraints.ca {
            return Err(self.refuse("basicConstraints with CA:TRUE"));
        }
        if constraints
            .path_len_constraint
            .is_some_and(|most| below > usize::from(most))
        {
            return Err(self.refuse("no more certificates under it than its pathlen"));
        }
        let usage = self.extension::<KeyUsage>("keyUsage")?;
        if usage.is_some_and(|(_, usage)| !usage.key_cert_sign()) {
            return Err(self.refuse("keyUsage with keyCertSign"));
        }
        Ok(())
    }

    /// Whether it was valid at an instant.
    pub(super) fn check_validity(&self, at: i64) -> Result<(), TokenError> {
        if (self.not_before()..=self.not_after()).contains(&at) {
            return Ok(());
        }
        let format = vestige_model::time::format;
        Err(self.refuse(format!(
            "validity at {} (it is valid from {} to {})",
            format(at),
            format(self.not_before()),
            format(self.not_after())
        )))
    }
}

/// UTC nanoseconds, the greatest there are where the time lies beyond.
fn ns(time: Time) -> i64 {
    i64::try_from(time.to_unix_duration().as_nanos()).unwrap_or(i64::MAX)
}
