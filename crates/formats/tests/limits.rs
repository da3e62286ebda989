//! Records longer than a record may be, readers that fail, users who stop, and evidence made to
//! be slow.

mod common;

use std::io::{self, Read};

use common::{Call, Recorder, read_stream, read_whole};
use vestige_formats::{Format, Input, Sink, Span, by_name};
use vestige_model::{Event, Warning};

const RECORD: &str = r#"{"eventVersion":"1.09","eventTime":"2026-03-02T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","eventID":"1"}"#;

fn trail() -> &'static dyn Format {
    by_name("aws:cloudtrail").expect("CloudTrail is registered")
}

fn flow() -> &'static dyn Format {
    by_name("aws:vpcflow").expect("flow logs are registered")
}

/// Counts of stored and rejected records, the same in a stream.
fn counts(format: &dyn Format, envelope: &str, bytes: &[u8]) -> (Recorder, usize, usize) {
    let whole = read_whole(format, envelope, bytes);
    assert_eq!(read_stream(format, envelope, bytes, 100_000), whole);
    let (stored, rejected) = (whole.stored(), whole.rejected());
    (whole, stored, rejected)
}

#[test]
fn a_record_longer_than_a_record_may_be_is_passed_over() {
    let long = RECORD.replace("ListBuckets", &"x".repeat(9 << 20));
    let text = format!("{{\"Records\":[{RECORD},{long},{RECORD}]}}");
    let (whole, stored, rejected) = counts(trail(), "records", text.as_bytes());
    assert_eq!((stored, rejected), (2, 1));
    assert!(
        whole.context.is_empty(),
        "its end is known, so that nothing need be recovered"
    );
    let Some(Call::Rejected(warning)) = whole.calls.get(1) else {
        panic!("{:?}", whole.calls)
    };
    assert_eq!(warning.offset, 12 + RECORD.len() as u64 + 1);
    assert_eq!(warning.length, long.len() as u64);
}

#[test]
fn a_long_value_beside_the_records_is_passed_over() {
    let text = format!(
        "{{\"Records\":[{RECORD}],\"more\":\"{}\",\"last\":1}}",
        "x".repeat(9 << 20)
    );
    let (_, stored, rejected) = counts(trail(), "records", text.as_bytes());
    assert_eq!((stored, rejected), (1, 1));
}

#[test]
fn a_long_line_is_passed_over() {
    let line =
        "2 111122223333 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 40 1772445600 1772445660 ACCEPT OK";
    let text = format!("{line}\n{}\n{line}\n", "x".repeat(9 << 20));
    let (_, stored, rejected) = counts(flow(), "lines", text.as_bytes());
    assert_eq!((stored, rejected), (2, 1));
}

#[test]
fn a_long_row_is_passed_over() {
    let text = format!(
        "Event name,Event time,Event source\nA,2026-03-02T10:00:00Z,s3\n\"{}\nB,2026-03-02T10:00:00Z,s3\n",
        "x".repeat(9 << 20)
    );
    let (_, stored, rejected) = counts(trail(), "csv", text.as_bytes());
    assert_eq!((stored, rejected), (2, 1));
}

/// Gives some bytes, then fails.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::Error::other("the disk is gone"));
        }
        let count = out.len().min(self.0.len());
        let (now, later) = self.0.split_at(count);
        out[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

#[test]
fn a_reader_that_fails_keeps_what_was_read() {
    let text = format!("{{\"Records\":[{RECORD},{RECORD},{{\"eventVersion\":");
    let mut input = Input::stream(Failing(text.as_bytes()));
    let mut recorder = Recorder::default();
    trail().read("records", &mut input, &mut recorder);
    assert_eq!((recorder.stored(), recorder.rejected()), (2, 1));
    assert_eq!(
        input.failure().map(ToString::to_string).as_deref(),
        Some("the disk is gone")
    );
}

/// Stops after some records.
struct Impatient(u32);

impl Sink for Impatient {
    fn stored(&mut self, _: Span, _: &[u8], _: &mut [Event<'_>]) {
        self.0 -= 1;
    }

    fn rejected(&mut self, _: Warning) {}

    fn ignored(&mut self, _: Span, _: &str) {}

    fn warned(&mut self, _: Warning) {}

    fn context(&mut self, _: Vec<u8>) {}

    fn stopped(&self) -> bool {
        self.0 == 0
    }
}

#[test]
fn reading_stops_when_it_is_asked_to() {
    let array = format!("[{}]", [RECORD; 10].join(","));
    let lines = [RECORD; 10].join("\n");
    for (text, envelope) in [(&array, "array"), (&lines, "lines")] {
        let mut sink = Impatient(3);
        trail().read(envelope, &mut Input::whole(text.as_bytes()), &mut sink);
        assert_eq!(sink.0, 0);
    }
}

/// Stored and rejected records of hostile text, as `envelope`; a stream gives the same.
fn hostile(format: &dyn Format, envelope: &str, text: &str) -> (usize, usize) {
    let (_, stored, rejected) = counts(format, envelope, text.as_bytes());
    (stored, rejected)
}

/// Where a step looked at everything that follows each brace, each of these would take so many
/// minutes that the test runner ends the test; no clock is read here. What a search costs is counted
/// in the unit tests of `json::salvage`.
#[test]
fn damage_made_to_be_slow_is_not() {
    let much = 200_000;
    for again in [
        "{\"eventName\":",
        "{\"eventName\":[",
        "{\"eventName\":\"",
        "{\"eventName\":1} ",
        "{\"message\":\"",
        "\n{\"a\":",
        "{},",
        "[",
    ] {
        let text = format!("[{RECORD},x{}", again.repeat(much));
        let (stored, rejected) = hostile(trail(), "records", &text);
        assert!(stored >= 1 && stored + rejected <= much + 2, "{again}");
    }
}

#[test]
fn documents_made_to_be_slow_are_not() {
    let much = 200_000;
    let after = format!("{RECORD}\n{}", "{\n".repeat(much));
    assert_eq!(hostile(trail(), "lines", &after).0, 1);
    let before = format!("{}\n{RECORD}", "{\"a\":[".repeat(much));
    assert_eq!(hostile(trail(), "records", &before).0, 1);
}

#[test]
fn rows_and_lines_made_to_be_slow_are_not() {
    let quotes = format!(
        "Event name,Event time,Event source\n{}",
        "\"\n".repeat(200_000)
    );
    assert_eq!(hostile(trail(), "csv", &quotes).0, 0);
    let headers = "srcaddr dstaddr start\n1 2 3\nsrcaddr dstaddr end\n".repeat(50_000);
    assert_eq!(hostile(flow(), "lines", &headers).0, 50_000);
}

/// A record that is lost is told as a record, however its bytes came.
#[test]
fn a_lost_record_is_known_by_its_mark_across_parts() {
    for padding in 200..300 {
        let gap = "x".repeat(padding);
        let lost = format!("{gap} 'eventVersion': 1, \"eventName\":\"Lost\" {gap}");
        for (envelope, text) in [
            ("records", format!("[{RECORD}{lost},{RECORD}]")),
            ("lines", format!("{RECORD}\n{RECORD} {lost}\n{RECORD}\n")),
        ] {
            let whole = read_whole(trail(), envelope, text.as_bytes());
            assert_eq!(whole.rejected(), 1, "{envelope}: {padding}");
            for chunk in [1, 5, 250, 256, 260, 300, 1000] {
                let stream = read_stream(trail(), envelope, text.as_bytes(), chunk);
                assert_eq!(stream, whole, "{envelope}: {padding} by {chunk}");
            }
        }
    }
}

/// However far its string is, a key means the same in a stream.
#[test]
fn a_string_far_behind_its_key_is_the_same_in_a_stream() {
    let inside = RECORD.replace('"', "\\\"");
    for blanks in [0, 1, 200, 240, 250, 256, 300, 1000] {
        let blanks = " ".repeat(blanks);
        let text = format!("[{RECORD},x \"message\"{blanks}:{blanks}\"{inside}\" x,{RECORD}]");
        let whole = read_whole(trail(), "records", text.as_bytes());
        for chunk in [1, 5, 250, 300, 520, 1000] {
            let stream = read_stream(trail(), "records", text.as_bytes(), chunk);
            assert_eq!(stream, whole, "{} blanks by {chunk}", blanks.len());
        }
    }
}

/// What the user calls a flow log is read in lines, though its first lines are none.
#[test]
fn a_flow_log_by_the_users_word_is_read_in_lines() {
    let line =
        "2 111122223333 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 40 1772445600 1772445660 ACCEPT OK";
    let text = format!("{}{line}\n", "no flow\n".repeat(9));
    let (_, stored, rejected) = counts(flow(), "", text.as_bytes());
    assert_eq!((stored, rejected), (1, 9));
    let object = r#"{"srcaddr":"192.0.2.1","dstaddr":"192.0.2.2","bytes":40}"#;
    let (_, stored, rejected) = counts(flow(), "", object.as_bytes());
    assert_eq!((stored, rejected), (1, 0));
}
