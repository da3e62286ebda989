//! Whole-output goldens: `fixtures/<format>/<case>.in.<ext>` beside `<case>.out.json`.
//!
//! `UPDATE_GOLDENS=1` writes them anew; read the difference before it is committed.

#![allow(clippy::disallowed_methods, reason = "a test may open files")]

mod common;

use std::collections::BTreeSet;
use std::path::PathBuf;

use common::{Call, Recorder, canonical, fixtures, read_stream, read_whole, recognise, shown};
use vestige_formats::decode::decode;
use vestige_formats::{Format, Identity, Span};

struct Case {
    input: PathBuf,
    golden: PathBuf,
    bytes: Vec<u8>,
}

fn cases() -> Vec<Case> {
    let case = |(input, bytes): (PathBuf, Vec<u8>)| {
        let name = input
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let case = name.split(".in.").next().unwrap_or_default();
        let golden = input.with_file_name(format!("{case}.out.json"));
        Case {
            input,
            golden,
            bytes,
        }
    };
    fixtures().into_iter().map(case).collect()
}

fn read(case: &Case) -> (Identity, &'static dyn Format, Recorder) {
    let identity = recognise(&case.bytes);
    let format = identity
        .format
        .unwrap_or_else(|| panic!("{:?}: {}", case.input, identity.reason));
    let recorder = read_whole(format, identity.envelope, &case.bytes);
    (identity, format, recorder)
}

#[test]
fn every_case_gives_its_golden() {
    let update = std::env::var_os("UPDATE_GOLDENS").is_some();
    let mut wrong = Vec::new();
    for case in cases() {
        let (identity, _, recorder) = read(&case);
        let mut now =
            serde_json::to_string_pretty(&shown(&identity, &recorder)).expect("values are JSON");
        now.push('\n');
        if update {
            std::fs::write(&case.golden, now).expect("a writable folder");
        } else if std::fs::read_to_string(&case.golden).unwrap_or_default() != now {
            wrong.push(case.input.display().to_string());
        }
    }
    assert!(
        wrong.is_empty(),
        "differ from their goldens:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn a_stream_gives_what_the_whole_gives() {
    for case in cases() {
        let (identity, format, whole) = read(&case);
        for chunk in [1, 7, 64, 1 << 20] {
            let stream = read_stream(format, identity.envelope, &case.bytes, chunk);
            assert_eq!(stream, whole, "{:?} by {chunk} bytes", case.input);
        }
    }
}

/// What `show --prove` relies on: from the span alone the record comes back, with the same rows.
#[test]
fn every_record_can_be_read_again() {
    for case in cases() {
        let (_, format, recorder) = read(&case);
        for call in &recorder.calls {
            let Call::Stored {
                span,
                decoded,
                rows,
                ..
            } = call
            else {
                continue;
            };
            let range = span.offset as usize..(span.offset + span.length) as usize;
            let again = decode(span.decode, &case.bytes[range]).expect("a decodable span");
            assert_eq!(&*again, decoded, "{:?} {span:?}", case.input);
            let mut second = Recorder::default();
            format.read_record(&recorder.context, *span, &again, &mut second);
            let [
                Call::Stored {
                    span: at,
                    rows: same,
                    ..
                },
                warned @ ..,
            ] = second.calls.as_slice()
            else {
                panic!("{:?} {span:?}: {:?}", case.input, second.calls);
            };
            assert_eq!((at, same), (span, rows), "{:?}", case.input);
            assert_eq!(warned, warnings(&recorder, *span), "{:?}", case.input);
        }
    }
}

/// What was said of a record that was stored.
fn warnings(recorder: &Recorder, of: Span) -> Vec<Call> {
    let about = |call: &&Call| matches!(call, Call::Warned(warning) if (warning.offset, warning.length) == (of.offset, of.length));
    recorder.calls.iter().filter(about).cloned().collect()
}

#[test]
fn calls_come_in_the_order_of_their_offsets() {
    for case in cases() {
        let (_, _, recorder) = read(&case);
        let offsets: Vec<u64> = recorder
            .calls
            .iter()
            .filter_map(|call| match call {
                Call::Stored { span, .. } | Call::Ignored(span, _) => Some(span.offset),
                Call::Rejected(warning) => Some(warning.offset),
                Call::Warned(_) => None,
            })
            .collect();
        assert!(offsets.is_sorted(), "{:?}: {offsets:?}", case.input);
    }
}

/// A field that no fixture fills is a mapping that may never fire.
#[test]
fn every_field_a_format_maps_is_filled_by_a_fixture() {
    let mut filled = BTreeSet::new();
    for case in cases() {
        let (_, format, recorder) = read(&case);
        for call in &recorder.calls {
            let Call::Stored { rows, .. } = call else {
                continue;
            };
            for row in rows {
                let row: serde_json::Map<String, serde_json::Value> =
                    serde_json::from_str(row).expect("a canonical row is JSON");
                filled.extend(row.keys().map(|key| format!("{} {key}", format.name())));
            }
        }
    }
    let trail = "account action activity actor.id actor.name actor.type agent bytes cloud credential decode \
        error.code error.message event_id id kind length outcome quality region request_id resource resource.id \
        resource.name resource.type service session src.ip time time_flags time_raw type";
    let flow = "account action activity bytes cloud decode direction dst.ip dst.port end_time id kind length outcome \
        packets protocol quality region resource resource.id resource.name resource.type service src.ip src.port \
        time time_flags time_raw type";
    let expected: BTreeSet<String> = [("aws:cloudtrail", trail), ("aws:vpcflow", flow)]
        .into_iter()
        .flat_map(|(format, names)| {
            names
                .split_whitespace()
                .map(move |name| format!("{format} {name}"))
        })
        .collect();
    assert_eq!(filled, expected);
    // The canonical form is the one rows are hashed in.
    assert!(canonical(vestige_formats::Span::default(), &[]).is_empty());
}
