//! What a record costs: recognising, reading and normalising, into a sink that counts.

use std::fmt::Write as _;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use vestige_formats::{Input, Sink, Span, by_name};
use vestige_model::{Event, Warning};

fn main() {
    divan::main();
}

#[derive(Default)]
struct Count {
    stored: u64,
    fields: u64,
}

impl Sink for Count {
    fn stored(&mut self, _: Span, _: &[u8], events: &mut [Event<'_>]) {
        self.stored += 1;
        for event in events {
            self.fields += u64::from(event.action.is_some()) + event.resources.len() as u64;
        }
    }

    fn rejected(&mut self, warning: Warning) {
        panic!("rejected: {warning:?}");
    }

    fn ignored(&mut self, _: Span, _: &str) {}

    fn warned(&mut self, warning: Warning) {
        panic!("warned: {warning:?}");
    }

    fn context(&mut self, _: Vec<u8>) {}

    fn stopped(&self) -> bool {
        false
    }
}

const RECORDS: usize = 10_000;
const LINES: usize = 100_000;

/// A delivery of records of about 1,670 bytes, a session of a role reading objects.
fn trail() -> String {
    let mut text = String::from("{\"Records\":[");
    for index in 0..RECORDS {
        if index > 0 {
            text.push(',');
        }
        let _ = write!(
            text,
            r#"{{"eventVersion":"1.09","userIdentity":{{"type":"AssumedRole","principalId":"AROAEXAMPLEEXAMPLE1:session-{index:06}","arn":"arn:aws:sts::111122223333:assumed-role/reader/session-{index:06}","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE{index:09}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROAEXAMPLEEXAMPLE1","arn":"arn:aws:iam::111122223333:role/reader","accountId":"111122223333","userName":"reader"}},"attributes":{{"creationDate":"2026-03-02T09:00:00Z","mfaAuthenticated":"false"}}}}}},"eventTime":"2026-03-02T10:{:02}:{:02}Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-central-1","sourceIPAddress":"198.51.100.{}","userAgent":"[Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#6.1.0 md/arch#x86_64 lang/python#3.11.6 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.34.51]","requestParameters":{{"bucketName":"records-archive","Host":"records-archive.s3.eu-central-1.amazonaws.com","key":"exports/2026/03/02/part-{index:06}.parquet"}},"responseElements":null,"additionalEventData":{{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"c2FtcGxlIHNhbXBsZSBzYW1wbGUgc2FtcGxlIHNhbXBsZSBzYW1wbGUgc2FtcGxl","bytesTransferredOut":{}}},"requestID":"{index:016X}","eventID":"3f2a90c4-d5e6-4708-9a1b-{index:012x}","readOnly":true,"resources":[{{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::records-archive/exports/2026/03/02/part-{index:06}.parquet"}},{{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::records-archive"}}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"records-archive.s3.eu-central-1.amazonaws.com"}}}}"#,
            index / 60 % 60,
            index % 60,
            index % 254 + 1,
            1000 + index,
        );
    }
    text.push_str("]}");
    text
}

/// Lines of version 2.
fn flows() -> String {
    let mut text = String::from(
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n",
    );
    for index in 0..LINES {
        let _ = writeln!(
            text,
            "2 111122223333 eni-0a1b2c3d4e5f{:05x} 10.0.{}.{} 203.0.113.{} {} 443 6 {} {} {} {} {} OK",
            index % 4096,
            index / 250 % 250,
            index % 250,
            index % 254,
            1024 + index % 60_000,
            1 + index % 90,
            40 + index % 9000,
            1_772_445_600 + index / 100,
            1_772_445_660 + index / 100,
            if index % 9 == 0 { "REJECT" } else { "ACCEPT" },
        );
    }
    text
}

fn run(
    bencher: Bencher<'_, '_>,
    name: &str,
    envelope: &str,
    text: &str,
    items: usize,
    stream: bool,
) {
    let format = by_name(name).expect("a format of this name");
    let bencher = bencher
        .counter(ItemsCount::new(items))
        .counter(BytesCount::new(text.len()));
    bencher.bench(|| {
        let mut count = Count::default();
        let mut input = if stream {
            Input::stream(text.as_bytes())
        } else {
            Input::whole(text.as_bytes())
        };
        format.read(envelope, &mut input, &mut count);
        assert_eq!(count.stored, items as u64);
        count.fields
    });
}

#[divan::bench]
fn cloudtrail_whole(bencher: Bencher<'_, '_>) {
    run(
        bencher,
        "aws:cloudtrail",
        "records",
        &trail(),
        RECORDS,
        false,
    );
}

#[divan::bench]
fn cloudtrail_stream(bencher: Bencher<'_, '_>) {
    run(
        bencher,
        "aws:cloudtrail",
        "records",
        &trail(),
        RECORDS,
        true,
    );
}

#[divan::bench]
fn flow_whole(bencher: Bencher<'_, '_>) {
    run(bencher, "aws:vpcflow", "lines", &flows(), LINES, false);
}

#[divan::bench]
fn flow_stream(bencher: Bencher<'_, '_>) {
    run(bencher, "aws:vpcflow", "lines", &flows(), LINES, true);
}

/// Another library's cost of only validating the same bytes: by it, figures of different
/// machines can be compared.
#[divan::bench]
fn cloudtrail_serde_skip(bencher: Bencher<'_, '_>) {
    let text = trail();
    let bencher = bencher
        .counter(ItemsCount::new(RECORDS))
        .counter(BytesCount::new(text.len()));
    bencher.bench(|| serde_json::from_slice::<serde::de::IgnoredAny>(text.as_bytes()).is_ok());
}

/// Our own cost of only validating.
#[divan::bench]
fn cloudtrail_skip(bencher: Bencher<'_, '_>) {
    let text = trail();
    let bencher = bencher
        .counter(ItemsCount::new(RECORDS))
        .counter(BytesCount::new(text.len()));
    bencher.bench(|| {
        vestige_formats::json::Scanner::new(text.as_bytes(), 0)
            .skip()
            .is_ok()
    });
}
