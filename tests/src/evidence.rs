//! Evidence for the journeys: packed, mixed, generated.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use xtask::evidence::{Kind, make};

/// Two flow records below a header.
pub const FLOWS: &str = "\
version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
2 123456789010 eni-1235b8ca 10.0.1.5 203.0.113.9 44321 443 6 10 5000 1789430400 1789430460 ACCEPT OK
2 123456789010 eni-1235b8ca 10.0.1.6 203.0.113.9 44322 22 6 1 60 1789430500 1789430560 REJECT OK
";

/// One CloudTrail record; its id is made of the two numbers.
#[must_use]
pub fn record(file: usize, number: usize, action: &str) -> Value {
    let (minute, second) = ((number / 60) % 60, number % 60);
    json!({
        "eventVersion": "1.08",
        "userIdentity": {"type": "IAMUser", "principalId": "AIDA1", "arn": "arn:aws:iam::123456789012:user/amy",
                         "accountId": "123456789012", "accessKeyId": "AKIAEXAMPLE", "userName": "amy"},
        "eventTime": format!("2026-09-15T{:02}:{minute:02}:{second:02}Z", file % 24),
        "eventSource": "s3.amazonaws.com", "eventName": action, "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.15",
        "requestParameters": {"bucketName": "b", "key": format!("k/{file}/{number}")},
        "responseElements": null, "requestID": format!("R{file:05}{number:05}"),
        "eventID": format!("00000000-0000-4000-8000-{file:06}{number:06}"),
        "eventType": "AwsApiCall", "recipientAccountId": "123456789012"
    })
}

/// Bytes as gzip, made quickly.
#[must_use]
pub fn gz(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    compressed(bytes.as_ref(), Compression::fast())
}

/// Bytes as gzip, as small as it gets.
#[must_use]
pub fn packed(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    compressed(bytes.as_ref(), Compression::best())
}

fn compressed(bytes: &[u8], level: Compression) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), level);
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// Files as a tar archive.
#[must_use]
pub fn tar(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ::tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        archive
            .append_data(&mut header, name, bytes.as_slice())
            .unwrap();
    }
    archive.into_inner().unwrap()
}

/// Files as a zip archive.
#[must_use]
pub fn zip(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = ::zip::write::SimpleFileOptions::default();
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Writes generated evidence of one kind below `out`.
pub fn generated(kind: Kind, records: u64, out: &Path) {
    make(kind, records, out).unwrap();
}

/// Lines of records, each with some bytes that hardly shrink.
fn lines(file: usize, records: usize, padding: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut mixed = file as u64;
    for number in 0..records {
        let mut one = record(file, number, "PutObject");
        let padding: String = (0..padding / 16)
            .map(|_| {
                mixed = mixed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                format!("{mixed:016x}")
            })
            .collect();
        one["requestParameters"]["padding"] = padding.into();
        writeln!(out, "{one}").unwrap();
    }
    out
}

/// Some of everything below `out`: generated trails and flows, small files, archives in archives,
/// a member so large that it streams and gets a side copy, records delivered twice, a flow log
/// delivered twice, a damaged record, a file of no format.
pub fn mixed(out: &Path) {
    generated(Kind::Cloudtrail, 16_000, &out.join("a-trail"));
    generated(Kind::Small, 200, &out.join("b-small"));
    generated(Kind::Vpcflow, 16_000, &out.join("c-flows"));
    let mut damaged = lines(1, 300, 0);
    damaged.extend_from_slice(b"{\"eventVersion\": \"1.08\", \"eventName\": \n");
    damaged.extend_from_slice(&lines(2, 300, 0));
    let inner = zip(&[("flows.log", FLOWS.into()), ("x.json", lines(3, 900, 40))]);
    let members = [
        ("logs/damaged.jsonl", damaged),
        ("logs/inner.zip", inner),
        ("logs/large.jsonl", lines(4, 700, 48 << 10)),
        ("logs/more.jsonl.gz", gz(lines(5, 1_500, 100))),
        ("logs/notes.txt", b"neither a trail nor a flow log\n".into()),
    ];
    fs::write(out.join("d.tar.gz"), gz(tar(&members))).unwrap();
    // The records of logs/more.jsonl.gz once more, in another envelope and order.
    let again = String::from_utf8(lines(5, 1_500, 100)).unwrap();
    let again: Vec<_> = again.lines().rev().collect();
    let again = format!("{{\"Records\":[{}]}}", again.join(","));
    fs::write(out.join("e-again.json"), again).unwrap();
    fs::write(out.join("f-flows.log"), FLOWS).unwrap();
    fs::write(out.join("g-flows.log.gz"), gz(FLOWS)).unwrap();
    fs::write(out.join("h-last.jsonl"), lines(6, 2_000, 0)).unwrap();
}
