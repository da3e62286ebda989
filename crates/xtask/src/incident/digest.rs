//! CloudTrail's own proof: hourly digests, each naming the log files and signed over the last.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::Md5;
use rsa::PrivateKey;
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::pkcs1v15::{Signature, SigningKey};
use rsa::signature::{SignatureEncoding as _, Signer as _};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::company::{DAYS, FIRST_DAY, LOG_BUCKET};
use super::delivery::LogFile;
use crate::cloudtrail::Place;
use crate::moment::{self, at};

/// A key made for this story alone. It protects nothing.
const TEST_KEY: &[u8] = include_bytes!("digest_test_key.der");
const ALGORITHM: &str = "SHA256withRSA";

/// A digest as it was delivered.
pub struct Digest {
    /// The object's key.
    pub key: String,
    /// The content before compression.
    pub raw: Vec<u8>,
    /// The signature, in hexadecimal, which S3 keeps as metadata.
    pub signature: String,
    /// The end of the hour that it covers.
    pub end: i64,
    /// Where the log files come from.
    pub place: Place,
    /// How many log files it names.
    pub files: usize,
}

impl Digest {
    /// Path below the evidence folder.
    pub fn path(&self) -> String {
        format!("aws/{LOG_BUCKET}/{}", self.key)
    }

    /// What a collector saves of the object's metadata.
    pub fn metadata(&self) -> Value {
        json!({
            "Bucket": LOG_BUCKET, "Key": self.key,
            "Metadata": {"signature": self.signature, "signature-algorithm": ALGORITHM}
        })
    }
}

/// Signs digests.
pub struct Signing {
    key: SigningKey<Sha256>,
    public: Vec<u8>,
    fingerprint: String,
}

impl Signing {
    /// With the test key.
    ///
    /// # Errors
    /// Where the key that the program carries is damaged.
    pub fn new() -> Result<Signing> {
        let key = PrivateKey::from_pkcs1_der(TEST_KEY).context("the test key of the digests")?;
        let public = key
            .to_public_key()
            .to_pkcs1_der()
            .context("its public half")?
            .into_vec();
        let fingerprint = hex(&Md5::digest(&public));
        Ok(Signing {
            key: SigningKey::new(key),
            public,
            fingerprint,
        })
    }

    /// What `aws cloudtrail list-public-keys` says.
    pub fn public_keys(&self) -> Value {
        let (from, to) = (at("2026-08-20T00:00:00Z"), at("2026-09-24T00:00:00Z"));
        json!({"PublicKeyList": [{
            "Value": BASE64_STANDARD.encode(&self.public), "ValidityStartTime": from as f64,
            "ValidityEndTime": to as f64, "Fingerprint": self.fingerprint
        }]})
    }

    /// The chain of one place over the seven days.
    pub fn chain(&self, place: &Place, logs: &[LogFile]) -> Vec<Digest> {
        let first = at(FIRST_DAY) + 451;
        let mut chain: Vec<Digest> = Vec::new();
        for hour in 0..DAYS * 24 {
            let start = first + hour * 3600;
            let covered: Vec<&LogFile> = logs
                .iter()
                .filter(|log| log.bucket == LOG_BUCKET && log.place == *place)
                .filter(|log| {
                    (start..start + 3600).contains(&log.delivered) || late(log, hour, start)
                })
                .collect();
            chain.push(self.digest(place, start, &covered, chain.last()));
        }
        chain
    }

    fn digest(
        &self,
        place: &Place,
        start: i64,
        logs: &[&LogFile],
        last: Option<&Digest>,
    ) -> Digest {
        let (key, end) = (name(place, start + 3600), moment::rfc3339(start + 3600));
        let spans = || logs.iter().map(|log| log.span());
        let body = Body {
            aws_account_id: &place.account,
            digest_start_time: moment::rfc3339(start),
            digest_end_time: &end,
            digest_s3_bucket: LOG_BUCKET,
            digest_s3_object: &key,
            digest_public_key_fingerprint: &self.fingerprint,
            digest_signature_algorithm: ALGORITHM,
            newest_event_time: spans().map(|span| span.1).max().map(moment::rfc3339),
            oldest_event_time: spans().map(|span| span.0).min().map(moment::rfc3339),
            previous_digest_s3_bucket: last.map(|_| LOG_BUCKET),
            previous_digest_s3_object: last.map(|last| last.key.as_str()),
            previous_digest_hash_value: last.map(|last| hex(&Sha256::digest(&last.raw))),
            previous_digest_hash_algorithm: last.map(|_| "SHA-256"),
            previous_digest_signature: last.map(|last| last.signature.as_str()),
            log_files: logs.iter().map(|log| named(log)).collect(),
        };
        let raw = serde_json::to_vec(&body).unwrap_or_default();
        let hash = hex(&Sha256::digest(&raw));
        let before = last.map_or("null", |last| last.signature.as_str());
        let signed = format!("{end}\n{LOG_BUCKET}/{key}\n{hash}\n{before}");
        let signature: Signature = self.key.sign(signed.as_bytes());
        let signature = hex(&signature.to_vec());
        Digest {
            key,
            raw,
            signature,
            end: start + 3600,
            place: place.clone(),
            files: logs.len(),
        }
    }
}

/// The week's last digest names what is delivered after its end too, so that every file is named.
fn late(log: &LogFile, hour: i64, start: i64) -> bool {
    (hour == DAYS * 24 - 1 && log.delivered >= start + 3600) || (hour == 0 && log.delivered < start)
}

fn name(place: &Place, end: i64) -> String {
    let Place { account, region } = place;
    format!(
        "AWSLogs/{account}/CloudTrail-Digest/{region}/{}/{account}_CloudTrail-Digest_{region}_\
         aurelia-{region}_{region}_{}.json.gz",
        moment::folder(end),
        moment::to_second(end)
    )
}

fn named(log: &LogFile) -> Value {
    let (oldest, newest) = log.span();
    json!({
        "s3Bucket": log.bucket, "s3Object": log.key, "hashValue": hex(&Sha256::digest(&log.raw)),
        "hashAlgorithm": "SHA-256", "newestEventTime": moment::rfc3339(newest),
        "oldestEventTime": moment::rfc3339(oldest)
    })
}

/// Lower-case hexadecimal digits of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    aws_account_id: &'a str,
    digest_start_time: String,
    digest_end_time: &'a str,
    #[serde(rename = "digestS3Bucket")]
    digest_s3_bucket: &'a str,
    #[serde(rename = "digestS3Object")]
    digest_s3_object: &'a str,
    digest_public_key_fingerprint: &'a str,
    digest_signature_algorithm: &'a str,
    newest_event_time: Option<String>,
    oldest_event_time: Option<String>,
    #[serde(rename = "previousDigestS3Bucket")]
    previous_digest_s3_bucket: Option<&'a str>,
    #[serde(rename = "previousDigestS3Object")]
    previous_digest_s3_object: Option<&'a str>,
    previous_digest_hash_value: Option<String>,
    previous_digest_hash_algorithm: Option<&'a str>,
    previous_digest_signature: Option<&'a str>,
    log_files: Vec<Value>,
}
