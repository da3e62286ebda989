//! Packages that somebody made anew with every manifest and seal right: what only the custody in
//! them can tell.

mod support;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};

use support::*;
use vestige_custody::hash::{hex, leaf, sha256};
use vestige_package::{Bag, Payload, Unwatched};
use vestige_workbench::package::{Made, Options, make, verify};
use vestige_workbench::verify::{Check, Status, Terms, Verification};

/// Files of a payload by their names below `data/`.
type Files = BTreeMap<String, Vec<u8>>;

const REPORT: &str = "report/report.pdf";

fn package(host: &TestHost) -> (Made, Files) {
    let case = host.case("case");
    let trail = host.path("trail.json");
    fs::write(&trail, format!(r#"{{"Records":[{}]}}"#, record(1))).unwrap();
    import(host, &case, &request(trail)).unwrap();
    let report = |_: &dyn vestige_workbench::Host, _: &vestige_workbench::OpenCase| {
        Ok(vec![("report.pdf".to_owned(), b"%PDF as it was".to_vec())])
    };
    let made = make(host, &case, &Options::expert(host.path("out.zip")), &report).unwrap();
    let files = unpacked(&made.path);
    (made, files)
}

fn unpacked(path: &Path) -> Files {
    let mut zip = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut files = Files::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        let (_, below) = name.split_once('/').unwrap();
        if let Some(below) = below.strip_prefix("data/") {
            files.insert(below.to_owned(), bytes);
        }
    }
    files
}

/// A package with these files, right in every manifest.
fn forged(host: &TestHost, name: &str, files: &Files) -> PathBuf {
    forged_with(host, name, files, &[])
}

/// As [`forged`], and `bag-info.txt` says this too.
fn forged_with(
    host: &TestHost,
    name: &str,
    files: &Files,
    more: &[(&'static str, &str)],
) -> PathBuf {
    let path = host.path(name);
    let payload = |(name, bytes): (&String, &Vec<u8>)| Payload {
        name: name.clone(),
        size: bytes.len() as u64,
        sha256: None,
    };
    let bag = Bag {
        top: "forged".to_owned(),
        time: present(),
        info: [("Bag-Software-Agent", "Vestige 0.1.0")]
            .iter()
            .chain(more)
            .map(|(label, value)| (*label, (*value).to_owned()))
            .collect(),
        payload: files.iter().map(payload).collect(),
    };
    let out = File::options()
        .create_new(true)
        .read(true)
        .write(true)
        .open(&path)
        .unwrap();
    let mut open = |payload: &Payload| -> std::io::Result<Box<dyn std::io::Read>> {
        Ok(Box::new(Cursor::new(files[&payload.name].clone())))
    };
    vestige_package::write(&out, &bag, &mut open, &mut Unwatched).unwrap();
    path
}

fn found(host: &TestHost, made: &Made, path: &Path) -> Verification {
    let terms = Terms {
        pins: vec![format!("{}:{}", made.size, made.root)],
        ..Terms::default()
    };
    verify(host, path, &terms).unwrap()
}

fn of<'v>(verification: &'v Verification, check: &str, status: Status) -> Vec<&'v Check> {
    let checks = verification.checks.iter();
    checks
        .filter(|one| one.check == check && one.status == status)
        .collect()
}

#[test]
fn another_report_is_told_from_the_one_on_record() {
    let host = TestHost::with_cheap_key("aex");
    let (made, mut files) = package(&host);
    let same = found(&host, &made, &forged(&host, "same.zip", &files));
    assert_eq!(of(&same, "report", Status::Pass).len(), 1, "{same:#?}");
    assert_eq!(failed(&same.checks), Vec::<&str>::new());

    files.insert(REPORT.to_owned(), b"%PDF as somebody likes it".to_vec());
    files.insert("report/annex.pdf".to_owned(), b"%PDF".to_vec());
    let other = found(&host, &made, &forged(&host, "other.zip", &files));
    let told = of(&other, "report", Status::Fail);
    assert_eq!(told.len(), 2, "{other:#?}");
    assert!(told[0].detail.contains("annex.pdf"), "{told:?}");
    assert!(told[1].detail.contains("report.pdf"), "{told:?}");
}

#[test]
fn what_lies_beside_an_original_is_told() {
    let host = TestHost::with_cheap_key("aex");
    let (made, mut files) = package(&host);
    files.insert("evidence/EV-0001/a.json".to_owned(), b"{}".to_vec());
    files.insert("evidence/EV-0009/b.json".to_owned(), b"{}".to_vec());
    let with = found(&host, &made, &forged(&host, "with.zip", &files));
    // The original is found by its bytes, though another name of its folder comes first.
    assert_eq!(failed(&with.checks), Vec::<&str>::new(), "{with:#?}");
    let told = of(&with, "evidence", Status::Warning);
    let told = told
        .iter()
        .find(|check| check.detail.starts_with("2 files"));
    let told = &told.unwrap_or_else(|| panic!("{with:#?}")).detail;
    assert!(
        told.contains("EV-0001/a.json") && told.contains("EV-0009/b.json"),
        "{told}"
    );

    let original = files
        .keys()
        .find(|name| name.starts_with("evidence/EV-0001/") && name.ends_with("trail.json"))
        .unwrap()
        .clone();
    files.remove("evidence/EV-0001/a.json");
    files.insert(original, b"{\"Records\":[]}".to_vec());
    let altered = found(&host, &made, &forged(&host, "altered.zip", &files));
    assert!(
        failed(&altered.checks).contains(&"evidence"),
        "{altered:#?}"
    );
}

#[test]
fn more_notes_than_are_held_are_told_and_the_newest_read() {
    let host = TestHost::with_cheap_key("aex");
    let (made, mut files) = package(&host);
    for number in 0..70 {
        // Each a mebibyte, more than the sixty-four that are held; older by their names.
        let name = format!("custody/checkpoints/{number:03}.note");
        files.entry(name).or_insert_with(|| vec![b'x'; 1 << 20]);
    }
    let with = found(&host, &made, &forged(&host, "notes.zip", &files));
    let told = of(&with, "note", Status::Warning);
    let left_out = told
        .iter()
        .find(|check| check.detail.contains("were not read"));
    assert!(left_out.is_some(), "{with:#?}");
    assert_eq!(with.signed, made.size, "{with:#?}");
}

/// The same files packed by another program, which names itself.
fn repacked(host: &TestHost, name: &str, files: &Files) -> PathBuf {
    let mut all: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut manifest = String::new();
    for (name, bytes) in files {
        manifest += &format!("{}  data/{name}\n", hex(&sha256(bytes)));
        all.insert(format!("data/{name}"), bytes.clone());
    }
    let declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    all.insert("bagit.txt".to_owned(), declaration.into());
    all.insert("manifest-sha256.txt".to_owned(), manifest.into_bytes());
    let path = host.path(name);
    let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
    for (name, bytes) in &all {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(format!("bag/{name}"), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    path
}

#[test]
fn our_custody_in_the_zip_of_another_program_is_told() {
    let host = TestHost::with_cheap_key("aex");
    let (made, mut files) = package(&host);
    files.insert("timeline/timeline.csv".to_owned(), b"nothing".to_vec());
    files.insert("evidence/opinion.pdf".to_owned(), b"%PDF".to_vec());
    let with = found(&host, &made, &repacked(&host, "theirs.zip", &files));
    assert_eq!(failed(&with.checks), Vec::<&str>::new(), "{with:#?}");
    let told = of(&with, "form", Status::Warning);
    assert_eq!(told.len(), 1, "{with:#?}");
    let strangers = of(&with, "evidence", Status::Warning);
    assert!(
        strangers
            .iter()
            .any(|one| one.detail.contains("opinion.pdf")),
        "{strangers:?}"
    );
    assert!(
        with.statement.contains("package.exported"),
        "{}",
        with.statement
    );
}

#[test]
fn entries_are_not_withheld_in_silence() {
    let host = TestHost::with_cheap_key("aex");
    let (made, mut files) = package(&host);
    let chain = files["custody/custody.jsonl"].clone();
    let mut withheld = Vec::new();
    for (seq, line) in chain.split(|byte| *byte == b'\n').enumerate() {
        if memchr::memmem::find(line, b"\"report.generated\"").is_some() {
            let stub = serde_json::json!({
                "_t": "custody.withheld/1", "leaf": hex(&leaf(line)), "reason": "privileged", "seq": seq,
            });
            withheld.extend_from_slice(stub.to_string().as_bytes());
        } else {
            withheld.extend_from_slice(line);
        }
        withheld.push(b'\n');
    }
    withheld.pop();
    files.insert("custody/custody.jsonl".to_owned(), withheld);
    for (said, failures) in [("no", vec!["info"]), ("yes", vec![])] {
        let path = forged_with(&host, &format!("{said}.zip"), &files, &[("Redacted", said)]);
        let with = found(&host, &made, &path);
        assert_eq!(failed(&with.checks), failures, "{with:#?}");
        assert_eq!(of(&with, "report", Status::Warning).len(), 1, "{with:#?}");
    }
}

#[test]
fn a_report_that_was_taken_out_is_missed() {
    let host = TestHost::with_cheap_key("aex");
    let (made, mut files) = package(&host);
    files.remove(REPORT);
    let without = found(&host, &made, &forged(&host, "without.zip", &files));
    let told = of(&without, "report", Status::Warning);
    assert_eq!(told.len(), 1, "{without:#?}");
    assert!(told[0].detail.contains("not here"), "{told:?}");
}

#[test]
fn an_entry_that_nobody_signed_vouches_for_no_report() {
    let host = TestHost::with_cheap_key("aex");
    let (made, mut files) = package(&host);
    let other = b"%PDF as somebody likes it".to_vec();
    let chain = files.get_mut("custody/custody.jsonl").unwrap();
    let last = chain
        .split(|byte| *byte == b'\n')
        .rfind(|line| !line.is_empty());
    let last = last.unwrap().to_vec();
    let mut entry: serde_json::Value = serde_json::from_slice(&last).unwrap();
    entry["seq"] = made.size.into();
    entry["prev"] = hex(&leaf(&last)).into();
    entry["event"] = "report.generated".into();
    entry["details"] = serde_json::json!({"report_pdf_sha256": hex(&sha256(&other))});
    chain.extend_from_slice(entry.to_string().as_bytes());
    chain.push(b'\n');
    files.insert(REPORT.to_owned(), other);
    let with = found(&host, &made, &forged(&host, "with.zip", &files));
    assert_eq!(of(&with, "report", Status::Pass).len(), 0, "{with:#?}");
    let told = of(&with, "report", Status::Warning);
    assert_eq!(told.len(), 1, "{with:#?}");
    assert!(
        told[0].detail.contains("anybody may have added both"),
        "{told:?}"
    );
}

#[test]
fn what_lies_beside_a_package_and_says_nothing_is_no_contradiction() {
    let host = TestHost::with_cheap_key("aex");
    let (made, files) = package(&host);
    let path = forged(&host, "beside.zip", &files);
    let digest = hex(&sha256(&fs::read(&path).unwrap()));
    let wrong = "0".repeat(64);
    for (text, status) in [
        (format!("{digest}  beside.zip\n"), Status::Pass),
        (format!("\u{feff}{digest} *beside.zip\n"), Status::Pass),
        (format!("SHA256 (beside.zip) = {digest}\n"), Status::Pass),
        (
            format!("{wrong}  a.zip\n{digest}  beside.zip\n"),
            Status::Pass,
        ),
        (format!("{wrong}  beside.zip\n"), Status::Fail),
        (String::new(), Status::Warning),
        ("not a digest".to_owned(), Status::Warning),
    ] {
        fs::write(host.path("beside.zip.sha256"), &text).unwrap();
        let with = found(&host, &made, &path);
        assert_eq!(of(&with, "sidecar", status).len(), 1, "{text:?} {with:#?}");
    }
    fs::remove_file(host.path("beside.zip.sha256")).unwrap();
    fs::write(host.path("beside.zip.tsr"), "no stamp").unwrap();
    let with = found(&host, &made, &path);
    assert_eq!(of(&with, "sidecar", Status::Warning).len(), 1, "{with:#?}");
}
