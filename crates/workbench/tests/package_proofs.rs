//! What an export and a package hold for whoever verifies later: proofs that the chain only grew
//! since what was handed out before, the certificates of time stamps, the report's facts, and the
//! time stamp beside the package.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::*;
use vestige_custody::hash::sha256;
use vestige_custody::{Consistency, Trust, Verdict, Verifier, hex};
use vestige_workbench::package::{Made, Options, make, verify, without_report};
use vestige_workbench::verify::{Check, Status, Terms};
use vestige_workbench::{WorkError, custody, report};

/// The files of a package below `data/`.
fn payload(package: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(fs::File::open(package).unwrap()).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let (name, mut bytes) = (file.name().unwrap().into_owned(), Vec::new());
        file.read_to_end(&mut bytes).unwrap();
        if let Some((_, name)) = name.split_once("/data/") {
            files.insert(name.to_owned(), bytes);
        }
    }
    files
}

fn package(host: &TestHost, case: &Path, name: &str) -> Made {
    make(
        host,
        case,
        &Options::expert(host.path(name)),
        &without_report,
    )
    .unwrap()
}

/// Has the newest note time-stamped; gives its size.
fn anchored(host: &TestHost, case: &Path, authority: &Authority) -> u64 {
    let requested = custody::request(host, case).unwrap();
    let response = authority.answer(&requested.file);
    host.turn_clock(2 * SECOND);
    custody::anchor(host, case, &response, None).unwrap();
    requested.size
}

/// The proofs among these files, as the entries there judge them.
fn proofs(files: &BTreeMap<String, Vec<u8>>) -> Vec<Consistency> {
    let mut verifier = Verifier::new(Trust::default(), Vec::new());
    verifier.jsonl(&files["custody/custody.jsonl"]);
    let named = files
        .iter()
        .filter(|(name, _)| name.starts_with("custody/proofs/"));
    let read = named.map(|(name, bytes)| {
        let proof = verifier.proof(bytes).unwrap();
        assert_eq!(*name, format!("custody/proofs/{}", proof.file_name()));
        proof
    });
    read.collect()
}

fn of<'a>(checks: &'a [Check], check: &str, status: Status) -> Vec<&'a str> {
    let found = checks
        .iter()
        .filter(|one| one.check == check && one.status == status);
    found.map(|one| one.detail.as_str()).collect()
}

#[test]
fn every_size_that_was_handed_out_is_proved_to_be_the_beginning_of_the_next() {
    let host = TestHost::with_cheap_key("aex");
    let case = host.case("case");
    let first = package(&host, &case, "first.zip");
    assert_eq!(proofs(&payload(&first.path)), []);
    receive(&host, &case, 1, "one.txt", b"one");
    let stamped = anchored(&host, &case, &Authority::new());
    receive(&host, &case, 2, "two.txt", b"two");
    let second = package(&host, &case, "second.zip");
    receive(&host, &case, 3, "three.txt", b"three");
    let third = package(&host, &case, "third.zip");

    let found = proofs(&payload(&third.path));
    let mut from: Vec<(u64, String)> = found
        .iter()
        .map(|proof| (proof.from.size, hex(&proof.from.root)))
        .collect();
    from.sort();
    let sizes: Vec<u64> = from.iter().map(|(size, _)| *size).collect();
    assert_eq!(sizes, [first.size, stamped, second.size]);
    assert_eq!(from[0].1, first.root);
    assert_eq!(from[2].1, second.root);
    for proof in &found {
        assert_eq!(
            proof.to.to_string(),
            format!("{}:{}", third.size, third.root)
        );
    }
    let pins = vec![proof_pin(&third)];
    let terms = Terms {
        pins,
        ..Terms::default()
    };
    let verified = verify(&host, &third.path, &terms).unwrap();
    assert_eq!(
        verified.verdict,
        Verdict::Verified,
        "{:#?}",
        verified.checks
    );
    let held = of(&verified.checks, "proof", Status::Pass);
    assert!(
        held.len() == 1 && held[0].starts_with("3 consistency proofs hold"),
        "{held:?}"
    );
}

fn proof_pin(made: &Made) -> String {
    format!("{}:{}", made.size, made.root)
}

/// An export with one proof and a time stamp.
fn exported(host: &TestHost, authority: &Authority) -> PathBuf {
    let case = host.case("case");
    package(host, &case, "first.zip");
    receive(host, &case, 1, "one.txt", b"one");
    anchored(host, &case, authority);
    let folder = host.path("export");
    custody::export(host, &case, &folder).unwrap();
    folder
}

#[test]
fn a_proof_of_an_export_that_was_altered_fails() {
    let host = TestHost::with_cheap_key("aex");
    let folder = exported(&host, &Authority::new());
    let names: Vec<PathBuf> = fs::read_dir(folder.join("proofs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(names.len(), 1, "{names:?}");
    let checks = || {
        let terms = Terms::default();
        vestige_workbench::verify::verify(&host, &folder, &terms)
            .unwrap()
            .checks
    };
    assert_eq!(of(&checks(), "proof", Status::Pass).len(), 1);
    // The other verifier leaves what lies there alone.
    let (status, text) = python(&folder, &[]);
    assert_eq!(status, 2, "{text}");

    let whole = fs::read_to_string(&names[0]).unwrap();
    let other_case = whole.replacen("\"case\":\"", "\"case\":\"0", 1);
    for altered in [
        whole.replacen("\"size\":", "\"size\":1", 1),
        other_case,
        String::new(),
    ] {
        fs::write(&names[0], altered).unwrap();
        let checks = checks();
        assert_eq!(of(&checks, "proof", Status::Fail).len(), 1, "{checks:#?}");
    }
    fs::write(&names[0], &whole).unwrap();
    for number in 0..1000 {
        fs::write(folder.join(format!("proofs/x{number:04}.json")), "{}").unwrap();
    }
    let checks = checks();
    assert_eq!(
        of(&checks, "proof", Status::Warning).len(),
        1,
        "{checks:#?}"
    );
    assert_eq!(of(&checks, "proof", Status::Fail).len(), 21, "{checks:#?}");
}

#[test]
fn the_certificates_of_time_stamps_come_along_and_count_for_nothing() {
    let host = TestHost::with_cheap_key("aex");
    let authority = Authority::new();
    let folder = exported(&host, &authority);
    let pem = folder.join("trust/tsa.pem");
    let shown = Command::new("openssl")
        .args(["x509", "-noout", "-subject", "-in"])
        .arg(&pem)
        .output()
        .unwrap();
    let subject = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(subject.contains("Test TSA"), "{subject}");
    let text = fs::read_to_string(&pem).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("-----"));
    assert!(lines.clone().count() > 5 && lines.into_iter().all(|line| line.len() <= 64));

    let verified = |ca| {
        let terms = Terms {
            tsa_ca: ca,
            ..Terms::default()
        };
        vestige_workbench::verify::verify(&host, &folder, &terms).unwrap()
    };
    let alone = verified(None);
    assert_eq!(of(&alone.checks, "token", Status::Pass), [""; 0]);
    assert_eq!(
        of(
            &verified(Some(authority.ca())).checks,
            "token",
            Status::Pass
        )
        .len(),
        1
    );
    let (status, text) = python(&folder, &["--tsa-ca", authority.ca().to_str().unwrap()]);
    assert_eq!(status, 2, "{text}");

    // The same certificates in the package, and none where nothing was stamped.
    let case = host.path("case");
    let files = payload(&package(&host, &case, "second.zip").path);
    assert_eq!(files["custody/trust/tsa.pem"], fs::read(&pem).unwrap());
    let files = payload(&host.path("first.zip"));
    assert!(!files.contains_key("custody/trust/tsa.pem"));
}

/// Has the package time-stamped as the readme says, with this digest.
fn stamp(package: &Path, authority: &Authority, digest: &str) {
    let query = package.with_extension("zip.tsq");
    let asked = Command::new("openssl")
        .args(["ts", "-query", digest, "-cert", "-data"])
        .arg(package)
        .arg("-out")
        .arg(&query)
        .output()
        .unwrap();
    assert!(
        asked.status.success(),
        "{}",
        String::from_utf8_lossy(&asked.stderr)
    );
    authority.answer(&query);
}

#[test]
fn a_time_stamp_beside_a_package_is_checked() {
    let host = TestHost::with_cheap_key("aex");
    let (authority, other) = (Authority::new(), Authority::new());
    let case = host.case("case");
    let made = package(&host, &case, "out.zip");
    let beside = host.path("out.zip.tsr");
    let found = |ca: Option<&Authority>| {
        let terms = Terms {
            pins: vec![proof_pin(&made)],
            tsa_ca: ca.map(Authority::ca),
            ..Terms::default()
        };
        verify(&host, &made.path, &terms).unwrap()
    };
    let sidecar = |ca: Option<&Authority>, status| {
        let checks = found(ca).checks;
        let told = of(&checks, "sidecar", status).into_iter();
        let told: Vec<String> = told
            .filter(|one| one.contains("time stamp"))
            .map(str::to_owned)
            .collect();
        told
    };
    assert!(found(None).verdict == Verdict::Verified && sidecar(None, Status::Pass).is_empty());

    stamp(&made.path, &authority, "-sha256");
    assert_eq!(found(Some(&authority)).verdict, Verdict::Verified);
    let told = sidecar(Some(&authority), Status::Pass);
    assert!(
        told.len() == 1 && told[0].contains("Test TSA states"),
        "{told:?}"
    );
    let told = sidecar(None, Status::Warning);
    assert!(told.len() == 1 && told[0].contains("--tsa-ca"), "{told:?}");
    assert_eq!(sidecar(Some(&other), Status::Fail).len(), 1);

    stamp(&made.path, &authority, "-sha512");
    let told = sidecar(Some(&authority), Status::Warning);
    assert!(told.len() == 1 && told[0].contains("SHA-512"), "{told:?}");

    fs::write(host.path("out"), "another file").unwrap();
    // Its answer gets the name of the package's.
    stamp(&host.path("out"), &authority, "-sha256");
    let told = sidecar(Some(&authority), Status::Fail);
    assert!(
        told.len() == 1 && told[0].contains("message imprint: expected"),
        "{told:?}"
    );
    for strange in [
        Vec::new(),
        b"no response".to_vec(),
        vec![0x30; (1 << 20) + 1],
    ] {
        fs::write(&beside, strange).unwrap();
        // Anybody can lay a file beside a package: it contradicts nothing.
        assert_eq!(sidecar(None, Status::Warning).len(), 1);
        assert_eq!(found(None).verdict, Verdict::VerifiedWithWarnings);
    }
}

#[test]
fn a_time_stamp_over_another_package_is_not_taken_for_its_own() {
    let host = TestHost::with_cheap_key("aex");
    let case = host.case("case");
    fs::write(host.path("out.zip.tsr"), "left behind").unwrap();
    let options = Options::expert(host.path("out.zip"));
    let error = make(&host, &case, &options, &without_report).unwrap_err();
    assert!(matches!(error, WorkError::Case(_)), "{error}");
    assert!(
        error.to_string().contains("a file is there already"),
        "{error}"
    );
    assert!(!host.path("out.zip").exists());
}

/// Whether a stream of a PDF, inflated, is these bytes.
fn carries(pdf: &[u8], bytes: &[u8]) -> bool {
    let starts = memchr::memmem::find_iter(pdf, b"stream\n").map(|at| at + 7);
    let starts = starts.chain(memchr::memmem::find_iter(pdf, b"stream\r\n").map(|at| at + 8));
    starts.into_iter().any(|start| {
        let mut inside = Vec::new();
        let mut stream = flate2::read::ZlibDecoder::new(&pdf[start..]);
        let _ = stream.read_to_end(&mut inside);
        inside == bytes || pdf[start..].starts_with(bytes)
    })
}

#[test]
fn the_facts_of_the_report_lie_beside_it_as_they_are_attached_to_it() {
    let host = TestHost::with_cheap_key("aex");
    let case = host.case("case");
    let options = Options::expert(host.path("out.zip"));
    let made = make(&host, &case, &options, &report::for_package).unwrap();
    let files = payload(&made.path);
    let (facts, pdf) = (&files["report/report.json"], &files["report/report.pdf"]);
    assert!(
        serde_json::from_slice::<serde_json::Value>(facts)
            .unwrap()
            .is_object()
    );
    assert!(carries(pdf, facts));
    let mut entries = Vec::new();
    custody::list(&host, &case, &mut entries).unwrap();
    let entries = String::from_utf8(entries).unwrap();
    let recorded = entries
        .lines()
        .find(|line| line.contains("report.generated"))
        .unwrap();
    for (name, bytes) in [("report_json_sha256", facts), ("report_pdf_sha256", pdf)] {
        let detail = format!("\"{name}\":\"{}\"", hex(&sha256(bytes)));
        assert!(recorded.contains(&detail), "{detail} in {recorded}");
    }
}
