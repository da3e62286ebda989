//! Packages written, read back, damaged and forged.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};

use proptest::prelude::*;
use vestige_package::{
    Bag, Check, Payload, Status, Unwatched, Watch, WriteError, examine, stamp, write,
};

const TIME: i64 = 1_795_514_400_000_000_000;

type Files = BTreeMap<String, Vec<u8>>;

fn files(list: &[(&str, &[u8])]) -> Files {
    list.iter()
        .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()))
        .collect()
}

fn bag(files: &Files) -> Bag {
    let payload = |(name, bytes): (&String, &Vec<u8>)| Payload {
        name: name.clone(),
        size: bytes.len() as u64,
        sha256: None,
    };
    Bag {
        top: format!("case_expert_{}", stamp(TIME)),
        time: TIME,
        info: vec![
            ("Bag-Software-Agent", "Vestige 0.1.0".to_owned()),
            ("Contact-Email", String::new()),
            ("External-Description", "line\nbreak".to_owned()),
        ],
        payload: files.iter().map(payload).collect(),
    }
}

fn written(files: &Files, bag: &Bag) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let mut open = |one: &Payload| -> io::Result<Box<dyn Read>> {
        Ok(Box::new(Cursor::new(files[&one.name].clone())))
    };
    let done = write(&mut out, bag, &mut open, &mut Unwatched).unwrap();
    assert_eq!(done.bytes, out.get_ref().len() as u64);
    assert_eq!(done.sha256, vestige_custody::hash::sha256(out.get_ref()));
    out.into_inner()
}

fn sample() -> Vec<u8> {
    let all = files(&[
        ("README.txt", b"read me\n"),
        ("evidence/EV-0001/a.gz", b"\x1f\x8b no gzip in truth"),
        ("empty", b""),
        ("timeline/timeline.csv", "a,b\n1,2\n".repeat(200).as_bytes()),
    ]);
    written(&all, &bag(&all))
}

fn checks(bytes: &[u8]) -> Vec<Check> {
    examine(Cursor::new(bytes), &mut Unwatched).unwrap().checks
}

fn fails(bytes: &[u8]) -> bool {
    checks(bytes)
        .iter()
        .any(|check| check.status == Status::Fail)
}

/// Where a check failed with this in its words.
fn says(bytes: &[u8], words: &str) {
    let checks = checks(bytes);
    let found = |check: &Check| check.status == Status::Fail && check.detail.contains(words);
    assert!(checks.iter().any(found), "{words}: {checks:#?}");
}

#[test]
fn what_is_written_holds_and_reads_back_the_same() {
    let bytes = sample();
    let mut examined = examine(Cursor::new(&bytes), &mut Unwatched).unwrap();
    let bad = examined
        .checks
        .iter()
        .find(|check| check.status != Status::Pass);
    assert_eq!(bad, None, "{:#?}", examined.checks);
    let kinds: Vec<_> = examined.checks.iter().map(|check| check.check).collect();
    for kind in [
        "zip",
        "seal",
        "names",
        "bag",
        "info",
        "manifests",
        "payload",
        "form",
    ] {
        assert!(kinds.contains(&kind), "{kind}");
    }
    let mut text = Vec::new();
    let there = examined.read("data/timeline/timeline.csv", &mut |piece| {
        text.extend_from_slice(piece);
        std::ops::ControlFlow::Continue(())
    });
    assert!(there.unwrap());
    assert_eq!(text, "a,b\n1,2\n".repeat(200).as_bytes());
    assert_eq!(examined.info("contact-email"), Some("not recorded"));
    assert_eq!(
        examined.info("External-Description"),
        Some("line\\u{a}break")
    );
    assert_eq!(examined.info("Payload-Oxum"), Some("1627.4"));
}

#[test]
fn another_reader_finds_names_in_order_one_time_and_the_right_methods() {
    let mut zip = zip::ZipArchive::new(Cursor::new(sample())).unwrap();
    let names: Vec<String> = zip
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    assert!(names.is_sorted() && names.len() == 10, "{names:?}");
    for number in 0..zip.len() {
        let mut file = zip.by_index(number).unwrap();
        let time = file.last_modified().unwrap();
        assert_eq!((time.year(), time.hour(), time.second()), (2026, 10, 0));
        assert_eq!(file.unix_mode(), Some(0o100_644));
        assert!(file.extra_data().is_none_or(|extra| extra.is_empty()));
        let stored = file.compression() == zip::CompressionMethod::Stored;
        assert_eq!(
            stored,
            file.name().unwrap().ends_with("a.gz") || file.size() == 0,
            "{}",
            file.name().unwrap()
        );
        io::copy(&mut file, &mut io::sink()).unwrap();
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes_in_whatever_order() {
    let all = files(&[("b", b"2"), ("a", b"1"), ("c/d", b"3")]);
    let mut turned = bag(&all);
    turned.payload.reverse();
    assert_eq!(written(&all, &bag(&all)), written(&all, &turned));
    let mut later = bag(&all);
    later.time += 2_000_000_000;
    assert_ne!(written(&all, &bag(&all)), written(&all, &later));
}

#[test]
fn every_changed_byte_is_noticed() {
    let bytes = sample();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(fails(&changed), "byte {at} of {}", bytes.len());
    }
}

#[test]
fn every_cut_and_every_addition_is_noticed() {
    let bytes = sample();
    for at in 0..bytes.len() {
        assert!(fails(&bytes[..at]), "cut at {at}");
    }
    says(&[&bytes[..], b"x"].concat(), "behind its end");
    assert!(fails(&[b"x", &bytes[..]].concat()));
    says(&[&bytes[..], &bytes[..]].concat(), "stand before the zip");
}

#[test]
fn unsafe_names_and_changed_files_are_not_written() {
    for name in [
        "../a",
        "/a",
        "a b",
        "con",
        "a//b",
        "é",
        "",
        ".a",
        &"x".repeat(101),
    ] {
        let all = files(&[(name, b"")]);
        let mut open = |_: &Payload| -> io::Result<Box<dyn Read>> { Ok(Box::new(io::empty())) };
        let out = Cursor::new(Vec::new());
        let error = write(out, &bag(&all), &mut open, &mut Unwatched).unwrap_err();
        assert!(matches!(error, WriteError::Name { .. }), "{name}: {error}");
    }
    let twice = files(&[("a", b""), ("A", b"")]);
    let mut open = |_: &Payload| -> io::Result<Box<dyn Read>> { Ok(Box::new(&b"abc"[..])) };
    let mut put = |bag: &Bag| write(Cursor::new(Vec::new()), bag, &mut open, &mut Unwatched);
    assert!(matches!(put(&bag(&twice)), Err(WriteError::Name { .. })));
    let mut altered = bag(&files(&[("a", b"abc")]));
    put(&altered).unwrap();
    altered.payload[0].sha256 = Some([7; 32]);
    assert!(matches!(put(&altered), Err(WriteError::Altered { .. })));
    altered.payload[0].size = 2;
    assert!(matches!(put(&altered), Err(WriteError::Payload { .. })));
    altered.payload[0].size = 4;
    assert!(matches!(put(&altered), Err(WriteError::Payload { .. })));
}

#[test]
fn whoever_watches_can_stop_it_wherever_it_is() {
    struct Few(u32);
    impl Watch for Few {
        fn advanced(&mut self, _: &'static str, _: u64, _: u64) -> bool {
            self.0 = self.0.saturating_sub(1);
            self.0 > 0
        }
    }
    let all = files(&[("a", b"1"), ("b", b"2")]);
    let mut open = |one: &Payload| -> io::Result<Box<dyn Read>> {
        Ok(Box::new(Cursor::new(all[&one.name].clone())))
    };
    for few in 1..3 {
        let out = Cursor::new(Vec::new());
        let done = write(out, &bag(&all), &mut open, &mut Few(few));
        assert!(matches!(done, Err(WriteError::Stopped)), "{few}");
        let bytes = sample();
        let done = examine(Cursor::new(&bytes), &mut Few(few));
        assert!(
            matches!(done, Err(vestige_package::ExamineError::Stopped)),
            "{few}"
        );
    }
}

/// A bag as another program writes it, with what `also` adds or changes.
fn foreign(also: &[(&str, &[u8])]) -> Vec<u8> {
    let digest = vestige_custody::hex(&vestige_custody::hash::sha256(b"hello"));
    let manifest = format!("{digest}  data/a\n");
    let mut all: Vec<(&str, &[u8])> = vec![
        (
            "bag/bagit.txt",
            b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        ),
        ("bag/data/a", b"hello"),
        ("bag/manifest-sha256.txt", manifest.as_bytes()),
    ];
    for (name, bytes) in also {
        all.retain(|(before, _)| before != name);
        all.push((name, bytes));
    }
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in all {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(name, options).unwrap();
        io::Write::write_all(&mut zip, bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_bag_of_another_program_is_verified_without_our_form() {
    assert!(!fails(&foreign(&[])), "{:#?}", checks(&foreign(&[])));
    let skipped = |check: &Check| check.check == "form" && check.status == Status::Skipped;
    assert!(checks(&foreign(&[])).iter().any(skipped));
}

#[test]
fn what_is_wrong_with_a_bag_is_said() {
    let long = "0".repeat(9000);
    for (name, bytes, words) in [
        ("bag/data/a", &b"hullo"[..], "expected sha256"),
        ("bag/data/b", b"more", "not in manifest-sha256.txt"),
        ("bag/manifest-sha256.txt", b"", "not in manifest-sha256.txt"),
        (
            "bag/manifest-sha256.txt",
            b"zz  data/a",
            "expected a digest and a path",
        ),
        (
            "bag/manifest-sha256.txt",
            long.as_bytes(),
            "longer than is read",
        ),
        (
            "bag/bagit.txt",
            b"BagIt-Version: 7.0\n",
            "up to version 1.0",
        ),
        (
            "bag/fetch.txt",
            b"https://example.invalid 5 data/c",
            "Nothing is fetched",
        ),
        ("other/file", b"", "exactly one folder"),
        ("bag/../evil", b"", "climbs out"),
        ("/evil", b"", "absolute"),
        ("bag/data\\evil", b"", "backslash"),
        ("bag/bag-info.txt", b"Payload-Oxum: 6.1\n", "expected 6.1"),
        (
            "bag/bag-info.txt",
            b"Bag-Software-Agent: Vestige 9\n",
            "digits at the end",
        ),
        (
            "bag/manifest-md5.txt",
            b"00000000000000000000000000000000 data/a",
            "expected md5",
        ),
        (
            "bag/tagmanifest-sha256.txt",
            b"00 bagit.txt",
            "expected a digest",
        ),
    ] {
        says(&foreign(&[(name, bytes)]), words);
    }
    let gone = format!("{} data/gone\n", "0".repeat(64));
    says(
        &foreign(&[("bag/manifest-sha256.txt", gone.as_bytes())]),
        "listed and not in the package",
    );
}

#[test]
fn a_decompression_bomb_is_refused_and_ours_are_stored() {
    let zeros = vec![0; 40 << 20];
    says(&foreign(&[("bag/data/a", &zeros)]), "decompression bomb");
    let all = files(&[("zeros", &zeros), ("after", b"1")]);
    let bytes = written(&all, &bag(&all));
    assert!(bytes.len() > zeros.len());
    assert!(!fails(&bytes));
}

#[test]
fn entries_that_share_bytes_are_refused() {
    let bytes = foreign(&[("bag/data/a", b"hello")]);
    let mut forged = bytes.clone();
    // The second entry of the directory points where the first one does.
    let central = b"PK\x01\x02";
    let places: Vec<usize> = (0..bytes.len() - 4)
        .filter(|at| &bytes[*at..at + 4] == central)
        .collect();
    let first: [u8; 4] = bytes[places[0] + 42..places[0] + 46].try_into().unwrap();
    forged[places[1] + 42..places[1] + 46].copy_from_slice(&first);
    assert!(fails(&forged));
}

proptest! {
    #[test]
    fn any_bytes_are_examined_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(fails(&bytes));
    }

    #[test]
    fn damage_of_any_kind_is_noticed_and_does_no_harm(
        at in any::<prop::sample::Index>(),
        put in proptest::collection::vec(any::<u8>(), 1..8),
        remove in 0_usize..8,
    ) {
        let bytes = sample();
        let at = at.index(bytes.len());
        let end = (at + remove).min(bytes.len());
        let changed = [&bytes[..at], &put, &bytes[end..]].concat();
        prop_assume!(changed != bytes);
        prop_assert!(fails(&changed));
    }

    #[test]
    fn damage_to_the_bag_of_another_does_no_harm(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = foreign(&[]);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = checks(&bytes);
    }
}
