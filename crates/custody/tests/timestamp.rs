//! Time stamps: what `openssl ts -verify` accepts and refuses, this crate accepts and refuses.

#![allow(clippy::disallowed_methods, reason = "a test may open files")]

mod support;

use proptest::prelude::*;
use std::fs;
use std::path::Path;
use support::*;
use vestige_custody::Verdict;
use vestige_custody::hash::{hex, sha256};
use vestige_custody::timestamp::{
    Anchors, Stamp, TokenError, certificates, check, check_file, check_itself, query, to_pem,
};
use vestige_custody::verify::Status;

const NOTE: &[u8] = b"vestige/case/0c0b9d1e\n1\nAAAA\n";
const NONCE: [u8; 8] = *b"8 random";
const RSA: &[&str] = &["-newkey", "rsa:2048"];
const P256: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
const P384: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"];

/// A line of the configuration and what stands in its place.
type Edit = (&'static str, &'static str);

fn anchors(ca: &Path) -> Anchors {
    Anchors::from_pem(&fs::read(ca).unwrap()).unwrap()
}

/// The verdict of this crate, after openssl was found to agree on whether there is one.
fn agreed(tsa: &Authority, token: &[u8], note: &[u8], ca: &Path) -> Result<Stamp, TokenError> {
    let ours = check(token, note, None, &anchors(ca));
    let theirs = tsa.openssl_verifies(token, note, ca, &[]);
    assert_eq!(ours.is_ok(), theirs, "ours: {ours:?}");
    ours
}

#[test]
fn a_good_token_says_when_and_by_whom() {
    let token = tsa().answer(&query(NOTE, NONCE));
    let stamp = agreed(tsa(), &token, NOTE, &tsa().path("ca.crt")).unwrap();
    assert!((stamp.gen_time - now()).abs() < 60 * SECOND, "{stamp:?}");
    assert_eq!(
        (stamp.authority.as_str(), stamp.policy.as_str()),
        ("CN=Test TSA", "1.2.3.4.1")
    );
    assert!(stamp.expires > now());
    let bound = check(&token, NOTE, Some(&query(NOTE, NONCE)), &tsa().anchors());
    assert_eq!(bound, Ok(stamp));
}

#[test]
fn without_a_ca_all_but_the_chain_is_checked() {
    let (asked, other) = (query(NOTE, NONCE), query(NOTE, [9; 8]));
    let token = tsa().answer(&asked);
    let stamp = check_itself(&token, NOTE, Some(&asked)).unwrap();
    let checked = check(&token, NOTE, None, &tsa().anchors()).unwrap();
    assert_eq!(
        (stamp.gen_time, stamp.certificate_sha256),
        (checked.gen_time, checked.certificate_sha256)
    );
    assert!(check_itself(&token, b"other bytes", None).is_err());
    assert!(check_itself(&token, NOTE, Some(&other)).is_err());
    let more = (
        "extendedKeyUsage = critical,timeStamping",
        "extendedKeyUsage = critical,timeStamping,codeSigning",
    );
    let lax = Authority::custom(P256, &[more]);
    let good = Authority::custom(P256, &[]).stamp(NOTE);
    assert!(check_itself(&signed_without_asking(&lax, &good), NOTE, None).is_err());
}

#[test]
fn a_file_is_compared_by_its_digest_alone() {
    let (token, anchors) = (tsa().stamp(NOTE), tsa().anchors());
    let digest = sha256(NOTE);
    let whole = check(&token, NOTE, None, &anchors).unwrap();
    assert_eq!(check_file(&token, &digest, Some(&anchors)), Ok(whole));
    assert!(check_file(&token, &digest, None).is_ok());
    let other = check_file(&token, &sha256(b"other"), Some(&anchors)).unwrap_err();
    assert!(
        other.to_string().starts_with("message imprint: expected "),
        "{other}"
    );
    let strange = Authority::custom(P256, &[]).anchors();
    let unknown = check_file(&token, &digest, Some(&strange)).unwrap_err();
    assert!(matches!(unknown, TokenError::NoPath { .. }), "{unknown}");
    assert!(check_file(b"no response", &digest, None).is_err());
}

#[test]
fn another_digest_than_the_one_at_hand_is_named() {
    fs::write(tsa().path("file"), NOTE).unwrap();
    for (option, name, digits) in [("-sha384", "SHA-384", 96), ("-sha512", "SHA-512", 128)] {
        let ask = [
            "ts", "-query", "-data", "file", option, "-cert", "-out", "file.tsq",
        ];
        tsa().run(&ask);
        let token = tsa().answer(&fs::read(tsa().path("file.tsq")).unwrap());
        assert!(check(&token, NOTE, None, &tsa().anchors()).is_ok());
        match check_file(&token, &sha256(NOTE), Some(&tsa().anchors())) {
            Err(TokenError::OtherDigest { algorithm, imprint }) => {
                assert_eq!((algorithm, imprint.len()), (name, digits));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_certificates_in_a_response_are_read_and_written_as_openssl_writes_them() {
    let found = certificates(&tsa().stamp(NOTE)).unwrap();
    let written: Vec<String> = found.iter().map(|der| to_pem(der)).collect();
    let own = fs::read_to_string(tsa().path("tsa.crt")).unwrap();
    let begin = own.find("-----BEGIN").unwrap();
    assert!(written.contains(&own[begin..].to_owned()), "{written:#?}");
    let stamp = check(&tsa().stamp(NOTE), NOTE, None, &tsa().anchors()).unwrap();
    let digests: Vec<String> = found.iter().map(|der| hex(&sha256(der))).collect();
    assert!(digests.contains(&hex(&stamp.certificate_sha256)));
    assert!(Anchors::from_pem(written.concat().as_bytes()).is_ok());
    assert!(certificates(b"no response").is_err());
}

#[test]
fn openssl_reads_the_query_that_was_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("q"), query(NOTE, [0; 8])).unwrap();
    let shown = std::process::Command::new("openssl")
        .args(["ts", "-query", "-in", "q", "-text"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    for expected in [
        "Version: 1",
        "sha256",
        "Nonce: 0x8000000000000000",
        "Certificate required: yes",
    ] {
        assert!(shown.contains(expected), "{expected} in {shown}");
    }
}

#[test]
fn a_token_over_other_bytes_is_refused() {
    let token = tsa().stamp(NOTE);
    let error = agreed(tsa(), &token, b"other bytes", &tsa().path("ca.crt")).unwrap_err();
    assert!(
        error.to_string().starts_with("message imprint: expected "),
        "{error}"
    );
}

#[test]
fn a_token_of_another_ca_is_refused() {
    let other = Authority::custom(RSA, &[]);
    let token = tsa().stamp(NOTE);
    let error = agreed(tsa(), &token, NOTE, &other.path("ca.crt")).unwrap_err();
    assert!(matches!(error, TokenError::NoPath { .. }), "{error}");
    // A CA of the same name with another key is another CA.
    let namesake = Authority::new();
    let error = agreed(tsa(), &token, NOTE, &namesake.path("ca.crt")).unwrap_err();
    assert!(
        matches!(
            error,
            TokenError::Signature {
                what: "certificate",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_token_that_answers_another_query_is_refused() {
    let token = tsa().answer(&query(NOTE, NONCE));
    let anchors = tsa().anchors();
    let refused = |query: &[u8]| {
        check(&token, NOTE, Some(query), &anchors)
            .unwrap_err()
            .to_string()
    };
    assert!(refused(&query(NOTE, [9; 8])).starts_with("nonce: expected "));
    assert!(refused(&query(b"x", NONCE)).starts_with("query: expected a query over this note"));
    assert!(refused(b"no query").starts_with("query: expected a time-stamp query"));
}

#[test]
fn a_refusal_is_told_with_its_text() {
    // The authority does not take this digest.
    let strict = Authority::custom(
        RSA,
        &[("digests = sha256, sha384, sha512", "digests = sha512")],
    );
    let token = strict.answer(&query(NOTE, NONCE));
    let error = agreed(&strict, &token, NOTE, &strict.path("ca.crt")).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("status: expected granted, found 2 "),
        "{error}"
    );
}

#[test]
fn the_keys_and_digests_of_real_authorities_are_understood() {
    let sha384 = ("signer_digest = sha256", "signer_digest = sha384");
    let sha512 = ("signer_digest = sha256", "signer_digest = sha512");
    let old_id = ("ess_cert_id_alg = sha256", "ess_cert_id_alg = sha1");
    let id512 = ("ess_cert_id_alg = sha256", "ess_cert_id_alg = sha512");
    let alone = ("ess_cert_id_chain = yes", "ess_cert_id_chain = no");
    let table: [(&[&str], &[Edit]); 6] = [
        (RSA, &[sha384, old_id]),
        (RSA, &[sha512, id512, alone]),
        (P256, &[]),
        (P256, &[sha512, old_id, alone]),
        (P384, &[sha384]),
        (&["-newkey", "rsa:3072", "-sha384"], &[]),
    ];
    for (new_key, edits) in table {
        let tsa = Authority::custom(new_key, edits);
        let token = tsa.stamp(NOTE);
        let found = agreed(&tsa, &token, NOTE, &tsa.path("ca.crt"));
        assert!(found.is_ok(), "{new_key:?} {edits:?}: {found:?}");
    }
}

/// A response whose token is signed by the CMS command, which asks nothing of the certificate.
fn signed_without_asking(tsa: &Authority, good: &[u8]) -> Vec<u8> {
    fs::write(tsa.path("good.tsr"), good).unwrap();
    tsa.run(&[
        "ts",
        "-reply",
        "-in",
        "good.tsr",
        "-token_out",
        "-out",
        "good.der",
    ]);
    tsa.run(&[
        "cms",
        "-verify",
        "-noverify",
        "-inform",
        "DER",
        "-in",
        "good.der",
        "-out",
        "tst",
    ]);
    tsa.run(&[
        "cms",
        "-sign",
        "-binary",
        "-nodetach",
        "-econtent_type",
        "1.2.840.113549.1.9.16.1.4",
        "-cades",
        "-md",
        "sha256",
        "-signer",
        "tsa.crt",
        "-inkey",
        "tsa.key",
        "-outform",
        "DER",
        "-in",
        "tst",
        "-out",
        "forged.der",
    ]);
    let token = fs::read(tsa.path("forged.der")).unwrap();
    // TimeStampResp: a status of 0, and the token; all lengths fit two bytes.
    let body = [&[0x30, 3, 2, 1, 0], token.as_slice()].concat();
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    [&[0x30, 0x82], length.as_slice(), &body].concat()
}

#[test]
fn a_certificate_that_is_not_for_time_stamps_alone_is_refused() {
    let usage = "extendedKeyUsage = critical,timeStamping";
    let unknown = "extendedKeyUsage = critical,timeStamping\n1.2.3.4.5 = critical,DER:0500";
    let table = [
        (usage, usage, None),
        (
            usage,
            "extendedKeyUsage = timeStamping",
            Some("critical, timeStamping only"),
        ),
        (
            usage,
            "extendedKeyUsage = critical,timeStamping,codeSigning",
            Some("timeStamping only"),
        ),
        (
            usage,
            "extendedKeyUsage = critical,codeSigning",
            Some("timeStamping only"),
        ),
        (usage, "subjectAltName = DNS:x", Some("timeStamping only")),
        (
            "critical,digitalSignature",
            "critical,digitalSignature,keyEncipherment",
            Some("signatures only"),
        ),
        (
            usage,
            unknown,
            Some("no critical extension that is not understood (1.2.3.4.5)"),
        ),
    ];
    // The stamp comes after the certificates: one whose second begins later is not valid at it.
    let authorities = table.map(|(from, to, _)| Authority::custom(P256, &[(from, to)]));
    let good = Authority::custom(P256, &[]).stamp(NOTE);
    for ((_, to, expected), tsa) in table.into_iter().zip(authorities) {
        let token = signed_without_asking(&tsa, &good);
        match (agreed(&tsa, &token, NOTE, &tsa.path("ca.crt")), expected) {
            (Ok(_), None) => {}
            (Err(error), Some(part)) => assert!(error.to_string().contains(part), "{to}: {error}"),
            (found, _) => panic!("{to}: {found:?}"),
        }
    }
}

#[test]
fn a_token_in_the_name_of_another_authority_is_refused() {
    // The statement names CN=Test TSA, the certificate is of CN=TSA.
    let tsa = Authority::custom(P256, &[]);
    let token = signed_without_asking(&tsa, &support::tsa().stamp(NOTE));
    let error = agreed(&tsa, &token, NOTE, &tsa.path("ca.crt")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "tsa: expected a name of the signing certificate (CN=TSA), found another"
    );
}

#[test]
fn a_token_that_names_another_certificate_is_refused() {
    let tsa = Authority::custom(P256, &[]);
    let mut token = tsa.stamp(NOTE);
    let certificate = fs::read(tsa.path("tsa.crt")).unwrap();
    fs::write(tsa.path("c.pem"), certificate).unwrap();
    tsa.run(&["x509", "-in", "c.pem", "-outform", "DER", "-out", "c.der"]);
    let digest = vestige_custody::hash::sha256(&fs::read(tsa.path("c.der")).unwrap());
    let at = token
        .windows(32)
        .position(|window| window == digest)
        .unwrap();
    token[at] ^= 1;
    let error = agreed(&tsa, &token, NOTE, &tsa.path("ca.crt")).unwrap_err();
    assert!(
        error.to_string().starts_with("signing certificate: "),
        "{error}"
    );
}

#[test]
fn an_issuer_that_is_no_ca_is_refused() {
    let ca = "basicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign,cRLSign";
    for (other, part) in [
        (
            "basicConstraints = critical,CA:FALSE\nkeyUsage = critical,keyCertSign",
            "CA:TRUE",
        ),
        (
            "basicConstraints = critical,CA:TRUE\nkeyUsage = critical,cRLSign",
            "keyCertSign",
        ),
    ] {
        let tsa = Authority::custom(RSA, &[(ca, other)]);
        let token = tsa.stamp(NOTE);
        let error = agreed(&tsa, &token, NOTE, &tsa.path("ca.crt")).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn a_chain_over_an_intermediate_ca_holds() {
    let tsa = Authority::custom(RSA, &[]);
    tsa.run(&[
        "req",
        "-x509",
        "-nodes",
        "-newkey",
        "rsa:2048",
        "-keyout",
        "root.key",
        "-out",
        "root.crt",
        "-days",
        "3650",
        "-subj",
        "/CN=Top",
        "-config",
        "tsa.cnf",
        "-extensions",
        "ca_ext",
    ]);
    tsa.run(&[
        "req", "-new", "-key", "ca.key", "-out", "ca.csr", "-subj", "/CN=Root", "-config",
        "tsa.cnf",
    ]);
    tsa.run(&[
        "x509",
        "-req",
        "-in",
        "ca.csr",
        "-CA",
        "root.crt",
        "-CAkey",
        "root.key",
        "-CAcreateserial",
        "-out",
        "ca.crt",
        "-days",
        "3650",
        "-extfile",
        "tsa.cnf",
        "-extensions",
        "ca_ext",
    ]);
    let token = tsa.stamp(NOTE);
    assert!(agreed(&tsa, &token, NOTE, &tsa.path("root.crt")).is_ok());
    // The intermediate alone is no root.
    assert!(agreed(&tsa, &token, NOTE, &tsa.path("ca.crt")).is_err());
    let both = [
        fs::read(tsa.path("ca.crt")).unwrap(),
        fs::read(tsa.path("root.crt")).unwrap(),
    ]
    .concat();
    fs::write(tsa.path("both.crt"), both).unwrap();
    assert!(agreed(&tsa, &token, NOTE, &tsa.path("both.crt")).is_ok());
}

fn stamp_text(ns: i64) -> String {
    let text = vestige_model::time::format(ns.div_euclid(SECOND) * SECOND);
    text.replace(['-', ':', 'T'], "")
}

#[test]
fn a_certificate_that_had_expired_when_it_stamped_is_refused() {
    let tsa = Authority::custom(RSA, &[]);
    tsa.valid_between("20190101000000Z", "20200101000000Z");
    let token = tsa.stamp(NOTE);
    let error = agreed(&tsa, &token, NOTE, &tsa.path("ca.crt")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("(it is valid from 2019-01-01T00:00:00Z to 2020-01-01T00:00:00Z)"),
        "{error}"
    );
}

#[test]
fn a_certificate_that_has_expired_since_is_a_warning() {
    let tsa = Authority::custom(P256, &[]);
    let end = now() + 6 * SECOND;
    tsa.valid_between("20190101000000Z", &stamp_text(end));
    let mut package = signed_case();
    package.keys = vec![vkey(1)];
    let note = package.notes[&note_name(8)].clone();
    let token = tsa.stamp(&note);
    let ca = tsa.path("ca.crt");
    let stamp = check(&token, &note, None, &anchors(&ca)).unwrap();
    assert!(
        stamp.gen_time < end,
        "the machine is too slow for this test"
    );
    while now() < end + SECOND {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let at = (stamp.gen_time / SECOND).to_string();
    assert!(
        !tsa.openssl_verifies(&token, &note, &ca, &[]),
        "openssl looks at the present"
    );
    assert!(tsa.openssl_verifies(&token, &note, &ca, &["-attime", &at]));
    assert_eq!(check(&token, &note, None, &anchors(&ca)), Ok(stamp));

    package.tokens.insert(note_name(8), token);
    let report = package.report_with(Some(anchors(&ca)));
    assert_eq!(
        report.verdict,
        Verdict::VerifiedWithWarnings,
        "{:#?}",
        report.checks
    );
    let token = report
        .checks
        .iter()
        .find(|check| check.check == "token")
        .unwrap();
    assert_eq!(token.status, Status::Warning);
    assert!(
        token.detail.contains("has since expired"),
        "{}",
        token.detail
    );
    let (verdict, printed) = package.python_with(Some(&ca));
    assert_eq!(verdict, Verdict::VerifiedWithWarnings, "{printed}");
    assert!(printed.contains("has since expired"), "{printed}");
}

#[test]
fn a_ca_file_without_certificates_says_so() {
    for bad in [
        &b""[..],
        b"\xff",
        b"-----BEGIN CERTIFICATE-----\nAAAA",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let error = Anchors::from_pem(bad).unwrap_err().to_string();
        assert!(
            error.starts_with("CA file: expected PEM certificates, found "),
            "{error}"
        );
    }
}

proptest! {
    #[test]
    fn no_altered_token_is_taken_for_another_statement(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut: Option<prop::sample::Index>,
    ) {
        static TOKEN: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let original = TOKEN.get_or_init(|| tsa().stamp(NOTE));
        let anchors = tsa().anchors();
        let truth = check(original, NOTE, None, &anchors).unwrap();
        let mut token = original.clone();
        for (at, byte) in changes {
            let at = at.index(token.len());
            token[at] = byte;
        }
        if let Some(cut) = cut {
            token.truncate(cut.index(token.len()));
        }
        // Parts that nobody signed may change; what is stated may not.
        if let Ok(found) = check(&token, NOTE, None, &anchors) {
            prop_assert_eq!(
                (found.gen_time, &found.serial, found.certificate_sha256),
                (truth.gen_time, &truth.serial, truth.certificate_sha256)
            );
        }
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        prop_assert!(check(&bytes, NOTE, Some(&bytes), &Anchors::default()).is_err());
        let _ = Anchors::from_pem(&bytes);
    }
}
