//! Members that an attacker or a broken tool could have left: `fixtures/hostile/<case>.in.<ext>`,
//! each with all that comes of it in `<case>.out.json`. `make.py` beside them writes the inputs.
//!
//! `UPDATE_GOLDENS=1` writes the goldens anew; read the difference before it is committed.

#![allow(clippy::disallowed_methods, reason = "a test may open files")]

mod common;

use std::path::{Path, PathBuf};

use common::invariants::{ENVELOPES, check};
use common::{Call, Recorder, read_whole, recognise, shown};
use vestige_formats::{by_name, registry};
use vestige_model::Quality;

const RECORD: &str = r#"{"eventVersion":"1.09","eventTime":"2026-03-02T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","eventID":"1"#;

/// Every input with its bytes.
fn inputs() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hostile");
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of hostile members")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.to_string_lossy().contains(".in."))
        .map(|path| {
            let bytes = std::fs::read(&path).expect("a readable file");
            (path, bytes)
        })
        .collect();
    all.sort();
    assert!(all.len() > 25, "only {} inputs", all.len());
    all
}

fn golden(input: &Path) -> PathBuf {
    let name = input
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let case = name.split(".in.").next().unwrap_or_default();
    input.with_file_name(format!("{case}.out.json"))
}

#[test]
fn every_member_gives_its_golden() {
    let update = std::env::var_os("UPDATE_GOLDENS").is_some();
    let mut wrong = Vec::new();
    for (input, bytes) in inputs() {
        let identity = recognise(&bytes);
        let recorder = match identity.format {
            Some(format) => read_whole(format, identity.envelope, &bytes),
            None => Recorder::default(),
        };
        let mut now =
            serde_json::to_string_pretty(&shown(&identity, &recorder)).expect("values are JSON");
        now.push('\n');
        if update {
            std::fs::write(golden(&input), now).expect("a writable folder");
        } else if std::fs::read_to_string(golden(&input)).unwrap_or_default() != now {
            wrong.push(input.display().to_string());
        }
    }
    assert!(
        wrong.is_empty(),
        "differ from their goldens:\n{}",
        wrong.join("\n")
    );
}

/// Whatever reads them, under whatever name.
#[test]
fn no_format_is_harmed() {
    for (_, bytes) in inputs() {
        for format in registry::ALL {
            for envelope in ENVELOPES {
                for part in [1, 100, 1 << 20] {
                    check(*format, envelope, &bytes, part);
                }
            }
        }
    }
}

/// The one record of a text that is a record.
fn only(text: &str) -> (Recorder, Quality) {
    let trail = by_name("aws:cloudtrail").expect("CloudTrail is registered");
    let recorder = read_whole(trail, "object", text.as_bytes());
    let [Call::Stored { rows, .. }] = recorder.calls.as_slice() else {
        panic!("{:.300?}", recorder.calls)
    };
    let row: serde_json::Value = serde_json::from_str(&rows[0]).expect("a canonical row is JSON");
    let bits = row["quality"].as_u64().unwrap_or_default();
    let quality = u16::try_from(bits).map(Quality);
    (recorder, quality.expect("few bits"))
}

/// Keys need no memory of their own, so that the length of a record is the only limit to them.
#[test]
fn very_many_keys_are_read_and_equal_ones_noticed() {
    let equal = format!("{RECORD}\"{}}}", ",\"x\":1".repeat(150_000));
    assert!(only(&equal).1.has(Quality::DUPLICATE_KEYS));
    let keys: String = (0..150_000).map(|key| format!(",\"k{key}\":1")).collect();
    assert!(
        !only(&format!("{RECORD}\"{keys}}}"))
            .1
            .has(Quality::DUPLICATE_KEYS)
    );
    let last = format!("{RECORD}\"{keys},\"k77\":2}}");
    assert!(only(&last).1.has(Quality::DUPLICATE_KEYS));
}

/// A value as long as a record may be is kept whole.
#[test]
fn a_huge_string_is_kept() {
    let agent = "é\\u0000x".repeat(900_000);
    let (recorder, quality) = only(&format!("{RECORD}\",\"userAgent\":\"{agent}\"}}"));
    assert!(!quality.has(Quality::RECOVERED));
    let Some(Call::Stored { rows, .. }) = recorder.calls.first() else {
        panic!("it was stored")
    };
    let row: serde_json::Value = serde_json::from_str(&rows[0]).expect("a canonical row is JSON");
    assert_eq!(row["agent"].as_str().map(str::len), Some(900_000 * 4));
}

#[test]
fn a_million_brackets_are_told_and_nothing_is_made_of_them() {
    let many = [
        ("[", 1_000_000),
        ("{\"a\":", 1_000_000),
        ("[{\"eventName\":", 100_000),
        ("{\"Records\":[", 100_000),
    ];
    for (open, times) in many {
        let text = open.repeat(times);
        for format in registry::ALL {
            let recorder = read_whole(*format, "records", text.as_bytes());
            assert_eq!(recorder.stored(), 0, "{open}");
            let lost: u64 = recorder
                .calls
                .iter()
                .map(|call| match call {
                    Call::Rejected(about) | Call::Warned(about) => about.length,
                    _ => 0,
                })
                .sum();
            assert!(lost > 0 && lost <= text.len() as u64, "{open}: {lost}");
        }
    }
}
