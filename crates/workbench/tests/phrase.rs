//! Words and phrases are found wherever they stand in the bytes, and combine with everything else
//! that can be asked.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use support::{TestHost, import, original, request};
use vestige_workbench::explore::{Asked, Bucket, Explorer, Order, Output};
use vestige_workbench::{WorkError, show, withdraw};

fn asked(query: &str) -> Asked {
    Asked {
        query: query.to_owned(),
        ..Asked::default()
    }
}

fn rows(host: &TestHost, case: &Path, query: &str, order: Order, limit: Option<u64>) -> Vec<Value> {
    let mut out = Vec::new();
    Explorer::open(host, case, &asked(query))
        .unwrap()
        .write(order, limit, Output::Jsonl, &mut out)
        .unwrap();
    let lines = out
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

fn ids(rows: &[Value]) -> Vec<String> {
    let ids = rows
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned());
    ids.collect()
}

fn count(host: &TestHost, case: &Path, query: &str) -> Result<u64, WorkError> {
    Explorer::open(host, case, &asked(query))?.count()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// A case of the formats' fixtures.
fn of_fixtures(host: &TestHost) -> PathBuf {
    let case = host.case("case");
    for format in ["aws_cloudtrail", "aws_vpc_flow"] {
        import(host, &case, &request(fixtures().join(format))).unwrap();
    }
    case
}

#[test]
fn a_phrase_is_found_in_the_rows_whose_bytes_hold_it() {
    let host = TestHost::with_cheap_key("ann");
    let case = of_fixtures(&host);
    let all = rows(&host, &case, "", Order::Ascending, None);
    // Records in plain UTF-8, whose bytes can be compared here without knowing other forms.
    let plain: Vec<(String, Vec<u8>)> = ids(&all)
        .into_iter()
        .map(|id| {
            let mut bytes = show::raw(&host, &case, &id).unwrap();
            bytes.make_ascii_lowercase();
            (id, bytes)
        })
        .filter(|(_, bytes)| !bytes.contains(&0))
        .collect();
    assert!(plain.len() > 50, "{}", plain.len());
    let holding = |word: &str| -> BTreeSet<String> {
        let held = plain
            .iter()
            .filter(|(_, bytes)| memchr::memmem::find(bytes, word.as_bytes()).is_some());
        held.map(|(id, _)| id.clone()).collect()
    };
    let (everything, mut met): (BTreeSet<String>, usize) = (holding(""), 0);
    for word in [
        "getobject",
        "amazonaws",
        "accept",
        "203.0.113",
        "root",
        "no such word",
    ] {
        let (with, found) = (
            holding(word),
            rows(&host, &case, &format!("\"{word}\""), Order::Ascending, None),
        );
        let found: BTreeSet<String> = ids(&found).into_iter().collect();
        assert_eq!(&found & &everything, with, "{word}");
        let without = rows(
            &host,
            &case,
            &format!("NOT \"{word}\""),
            Order::Descending,
            None,
        );
        let without: BTreeSet<String> = ids(&without).into_iter().collect();
        assert_eq!(&without & &everything, &everything - &with, "NOT {word}");
        met += with.len();
    }
    assert!(met > 20, "the words are in the fixtures: {met}");
}

#[test]
fn phrases_combine_with_fields_and_with_each_other() {
    let host = TestHost::with_cheap_key("ann");
    let case = of_fixtures(&host);
    let set = |query: &str| -> BTreeSet<String> {
        ids(&rows(&host, &case, query, Order::Ascending, None))
            .into_iter()
            .collect()
    };
    let (get, event, web) = (set("GetObject"), set("kind:event"), set("amazonaws"));
    assert!(!get.is_empty());
    assert_eq!(set("GetObject kind:event"), &get & &event);
    assert_eq!(set("GetObject OR kind:flow"), &get | &set("kind:flow"));
    assert_eq!(set("GetObject amazonaws"), &get & &web);
    assert_eq!(set("amazonaws NOT GetObject"), &web - &get);
    assert_eq!(
        set("(GetObject OR time:none) kind:event"),
        &(&get | &set("time:none")) & &event
    );
    assert_eq!(count(&host, &case, "GetObject").unwrap(), get.len() as u64);
    let explorer = Explorer::open(&host, &case, &asked("amazonaws")).unwrap();
    let histogram = explorer.histogram(Bucket::Day).unwrap();
    let buckets = histogram["buckets"].as_array().unwrap().iter();
    let dated: u64 = buckets.map(|one| one["count"].as_u64().unwrap()).sum();
    let undated = histogram["undated"].as_u64().unwrap();
    assert_eq!(dated + undated, web.len() as u64);
}

#[test]
fn newest_first_gives_the_same_rows_in_order() {
    let host = TestHost::with_cheap_key("ann");
    let case = of_fixtures(&host);
    for query in ["e", "NOT GetObject", "amazonaws OR kind:flow"] {
        let mut ascending = ids(&rows(&host, &case, query, Order::Ascending, None));
        let descending = rows(&host, &case, query, Order::Descending, None);
        let times: Vec<_> = descending
            .iter()
            .map(|row| row["time"].as_str().map(|time| time.trim_end_matches('Z')))
            .collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{query}: undated last");
        let mut descending = ids(&descending);
        let first = rows(&host, &case, query, Order::Descending, Some(3));
        assert_eq!(ids(&first), descending[..3]);
        ascending.sort();
        descending.sort();
        assert_eq!(ascending, descending, "{query}");
    }
}

fn record(id: u32, name: &str) -> String {
    format!(
        "{{\"eventVersion\":\"1.09\",\"eventTime\":\"2026-03-0{}T10:00:00Z\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"{name}\",\"eventID\":\"{id}\"}}",
        id % 9 + 1
    )
}

/// A case of files in which `needle` stands in odd places.
fn odd(host: &TestHost) -> PathBuf {
    let folder = host.path("logs");
    fs::create_dir(&folder).unwrap();
    let lines = |ids: std::ops::Range<u32>| -> String {
        ids.map(|id| record(id, if id == 7 { "needle" } else { "Other" }) + "\n")
            .collect()
    };
    fs::write(folder.join("1.jsonl.gz"), gz(lines(1..9).as_bytes())).unwrap();
    let utf16 = lines(20..22).replace("\"Other\"", "\"NeedLe\"");
    let utf16: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(utf16.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(folder.join("2.jsonl"), utf16).unwrap();
    fs::write(
        folder.join("3.bin"),
        b"\x01\x02 the needle in no known format \xff",
    )
    .unwrap();
    let mut zip = zip::ZipWriter::new(fs::File::create(folder.join("4.zip")).unwrap());
    for (name, text) in [
        ("deep/a.txt", "nothing here".to_owned()),
        ("deep/b.jsonl", record(30, "needle") + "\n"),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    // More than is held in memory at once, so that it is streamed.
    let mut long = String::with_capacity(34 << 20);
    let mut id = 100;
    while long.len() < 33 << 20 {
        long += &record(id, &"x".repeat(4000));
        long.push('\n');
        id += 1;
    }
    long += &record(id, "needle");
    fs::write(folder.join("5.jsonl"), long).unwrap();
    let case = host.case("case");
    import(host, &case, &request(folder)).unwrap();
    case
}

#[test]
fn it_is_found_in_archives_encodings_long_files_and_outside_records() {
    let host = TestHost::with_cheap_key("ann");
    let case = odd(&host);
    let explorer = Explorer::open(&host, &case, &asked("needle")).unwrap();
    assert_eq!(explorer.count().unwrap(), 5);
    let outside = explorer.outside();
    assert_eq!(outside.len(), 1, "{outside:?}");
    assert_eq!(
        (outside[0].evidence.as_str(), outside[0].offset),
        ("EV-0003", 7)
    );
    assert!(host.heard().contains("EV-0003 member 0 at offset 7"));
    // A narrower question needs less evidence, and so less is told.
    let explorer = Explorer::open(&host, &case, &asked("needle evidence:EV-0004")).unwrap();
    assert_eq!(
        (explorer.count().unwrap(), explorer.outside().len()),
        (1, 0)
    );
    assert_eq!(count(&host, &case, "action:needle").unwrap(), 5);
}

#[test]
fn withdrawn_evidence_is_not_searched() {
    let host = TestHost::with_cheap_key("ann");
    let case = odd(&host);
    withdraw::withdraw(&host, &case, "EV-0003", "privileged").unwrap();
    withdraw::withdraw(&host, &case, "EV-0001", "privileged").unwrap();
    let explorer = Explorer::open(&host, &case, &asked("needle")).unwrap();
    assert_eq!(
        (explorer.count().unwrap(), explorer.outside().len()),
        (4, 0)
    );
}

#[test]
fn evidence_that_cannot_be_searched_is_no_empty_result() {
    let host = TestHost::with_cheap_key("ann");
    let case = odd(&host);
    let bytes = fs::read(host.path("logs/1.jsonl.gz")).unwrap();
    fs::remove_file(original(&case, &bytes)).unwrap();
    let error = count(&host, &case, "needle").unwrap_err().to_string();
    assert!(
        error.contains("EV-0001") && error.contains("missing"),
        "{error}"
    );
    assert_eq!(
        count(&host, &case, "needle NOT evidence:EV-0001").unwrap(),
        4
    );
}

#[test]
fn a_search_can_be_stopped() {
    let host = TestHost::with_cheap_key("ann");
    let case = odd(&host);
    host.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let error = count(&host, &case, "needle").unwrap_err();
    assert!(matches!(error, WorkError::Stopped { .. }), "{error}");
}

#[test]
fn rows_of_evidence_that_cannot_be_searched_are_not_decided() {
    let host = TestHost::with_cheap_key("ann");
    let folder = host.path("logs");
    fs::create_dir(&folder).unwrap();
    // The last is the newest, so that newest first meets it at once.
    for day in 1..=6_u32 {
        let lines: String = (0..3)
            .map(|n| record(n * 9 + day - 1, "Other") + "\n")
            .collect();
        fs::write(folder.join(format!("{day}.jsonl")), lines).unwrap();
    }
    let case = host.case("case");
    import(&host, &case, &request(folder.clone())).unwrap();
    let newest = fs::read(folder.join("6.jsonl")).unwrap();
    fs::remove_file(original(&case, &newest)).unwrap();
    for query in ["NOT amazonaws", "NOT needle", "amazonaws"] {
        let mut out = Vec::new();
        let explorer = Explorer::open(&host, &case, &asked(query)).unwrap();
        let error = explorer
            .write(Order::Descending, Some(3), Output::Jsonl, &mut out)
            .unwrap_err()
            .to_string();
        assert!(error.contains("EV-0006: "), "{error}");
        assert!(error.contains("NOT evidence:EV-0006"), "{error}");
        let written = String::from_utf8(out).unwrap();
        assert!(written.is_empty(), "{query}: {written}");
    }
}
