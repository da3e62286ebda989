//! Facts for tests: a small case, and one in which every text is hostile.
#![allow(dead_code, reason = "each test file uses its part")]

use vestige_report::facts::*;

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const ROOT: &str = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

/// An ordinary case.
pub fn facts() -> Facts {
    with_texts(&|text| text.to_owned())
}

/// The same case, `text` in every place that takes a text of somebody's.
pub fn hostile(text: &str) -> Facts {
    with_texts(&|_| text.to_owned())
}

/// Texts that reach for markup, for typst, for what stands beside them.
pub const HOSTILE: &str = "<script>alert(1)</script> #eval(\"1\") $x$ *b* @a <a> \\u{1} \"'&amp; \u{202e}gpj.exe\u{0}\u{7}\u{200b} 東京 \u{1f600} ]] -->";

fn with_texts(say: &dyn Fn(&str) -> String) -> Facts {
    Facts {
        version: VERSION,
        as_of: "2026-09-17T08:30:00.125Z".to_owned(),
        case: case(say),
        scope: Scope {
            query: Some(say("actor.name:amy")),
            from: None,
            to: None,
            events: 1_234,
            events_of_case: 98_765,
        },
        evidence: evidence(say),
        reconciliation: reconciliation(),
        sources: sources(say),
        sources_left_out: 0,
        histogram: histogram(),
        tops: vec![
            top("action", &["GetObject", "ListBuckets", "ConsoleLogin"], say),
            top(
                "actor.name",
                &[
                    "amy",
                    "arn:aws:sts::123456789012:assumed-role/OrganizationAccountAccessRole/i-0123456789abcdef0",
                ],
                say,
            ),
        ],
        noted: noted(say),
        custody: custody(say),
        preflight: vec![
            Note {
                code: "unanchored".to_owned(),
                weight: Weight::Warning,
                text: "No independent authority has time-stamped this chain.".to_owned(),
            },
            Note {
                code: "undated".to_owned(),
                weight: Weight::Note,
                text: say("Events without a time: 7."),
            },
        ],
        tool: Tool {
            name: "Vestige".to_owned(),
            version: "0.1.0".to_owned(),
            build_sha256: DIGEST.to_owned(),
            os: "linux x86_64".to_owned(),
        },
        settings: vec![Setting {
            name: say("Values per ranking"),
            value: say("10"),
        }],
    }
}

fn case(say: &dyn Fn(&str) -> String) -> Case {
    Case {
        id: "7d0a2f8e-6c44-4b0e-9f0e-1f2a3b4c5d6e".to_owned(),
        title: say("Paper Lantern"),
        reference: Some(say("PL-2026-09")),
        authority: Some(say("engagement-letter:EL-2026-17")),
        zone: Some(say("Europe/Berlin")),
        custody_level: "regulatory".to_owned(),
        created: "2026-09-16T07:00:00.000Z".to_owned(),
        examiner: say("A. Examiner"),
        role: say("examiner"),
        organisation: say("Lantern Forensics"),
        examiners: vec![Examiner {
            name: say("A. Examiner"),
            role: say("examiner"),
            organisation: say("Lantern Forensics"),
            vkey: "vestige/examiner+2b1d7c3e+AZ0kPq+Kf3i0b6cddfaf10ace3c6ef0PqKf3i0b6cdd="
                .to_owned(),
            added_seq: 1,
            retired_seq: None,
        }],
    }
}

fn evidence(say: &dyn Fn(&str) -> String) -> Vec<Evidence> {
    let item = |id: &str, name: &str, inside| Evidence {
        id: id.to_owned(),
        name: say(name),
        inside,
        data_type: Some(say("aws:cloudtrail:record")),
        bytes: 48_213,
        sha256: (!inside).then(|| DIGEST.to_owned()),
        state: "imported".to_owned(),
        found: 600,
        stored: 600,
        first: Some("2026-09-15T00:00:00Z".to_owned()),
        last: Some("2026-09-16T23:59:59.5Z".to_owned()),
        ..Evidence::default()
    };
    let long = "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/09/15/123456789012_CloudTrail_eu-west-1_20260915T0005Z_Lw3ZpYqk1rXU2hA9.json.gz";
    vec![
        item("EV-0001", long, false),
        Evidence {
            state: "partial".to_owned(),
            reason: Some(say("the gzip stream ends in the middle of a record")),
            stored: 590,
            rejected: 10,
            warnings: 3,
            ..item("EV-0002", "flows.zip", false)
        },
        item("EV-0002", "2026/09/flow.log", true),
        Evidence {
            sha256: None,
            state: "rejected".to_owned(),
            reason: Some(say("expected a file that can be read, found none")),
            ..Evidence {
                id: "EV-0003".to_owned(),
                name: say("secret.bin"),
                ..Evidence::default()
            }
        },
    ]
}

fn reconciliation() -> Reconciliation {
    Reconciliation {
        files: 3,
        imported: 1,
        partial: 1,
        files_rejected: 1,
        bytes: 96_426,
        bytes_decompressed: 1_048_576,
        found: 1_200,
        stored: 1_190,
        rejected: 10,
        events: 1_234,
        undated: 7,
        warnings: 3,
        ..Reconciliation::default()
    }
}

fn sources(say: &dyn Fn(&str) -> String) -> Vec<Source> {
    let source = |data_type: &str, region: &str| Source {
        data_type: say(data_type),
        account: Some(say("123456789012")),
        region: Some(say(region)),
        first: Some("2026-09-15T00:00:00Z".to_owned()),
        last: Some("2026-09-16T23:59:59.5Z".to_owned()),
        hours: 31,
        span_hours: 48,
        events: 600,
        undated: 7,
    };
    vec![
        source("aws:cloudtrail:record", "eu-west-1"),
        source("aws:vpc-flow:record", "us-east-1"),
    ]
}

fn histogram() -> Histogram {
    const HOUR: i64 = 3_600_000_000_000;
    let start = 1_789_430_400_000_000_000;
    let bucket = |hour: i64| {
        (
            start + hour * HOUR,
            (37 * hour.unsigned_abs() + 11) % 97 + 1,
        )
    };
    Histogram {
        bucket: "hour".to_owned(),
        length: HOUR,
        buckets: (0..48).filter(|hour| hour % 7 != 3).map(bucket).collect(),
        undated: 7,
    }
}

fn top(field: &str, values: &[&str], say: &dyn Fn(&str) -> String) -> Top {
    let row = |(place, value): (usize, &&str)| TopRow {
        value: say(value),
        count: 900 / (place as u64 + 1),
        first: Some("2026-09-15T00:00:00Z".to_owned()),
        last: Some("2026-09-16T23:59:59.5Z".to_owned()),
    };
    Top {
        field: field.to_owned(),
        rows: values.iter().enumerate().map(row).collect(),
    }
}

fn noted(say: &dyn Fn(&str) -> String) -> Noteds {
    let event = |number: u64| Noted {
        id: format!("9f86d081884c7d65.0.{}", number * 817),
        time: Some(format!("2026-09-15T02:{:02}:11Z", number % 60)),
        starred: number.is_multiple_of(2),
        mark: Some("suspicious".to_owned()),
        tags: vec![say("exfiltration")],
        comments: vec![Comment {
            by: say("A. Examiner"),
            at: "2026-09-17T08:00:00.000Z".to_owned(),
            text: say("First use of this key from this address."),
        }],
        cloud: "aws".to_owned(),
        actor: Some(say("amy")),
        action: Some(say("CreateAccessKey")),
        resource: Some(say(
            "arn:aws:iam::123456789012:user/backup-operator-of-the-production-account",
        )),
        outcome: Some("success".to_owned()),
        source: Some(say("203.0.113.7")),
        evidence: "EV-0001".to_owned(),
        evidence_name: say("trail.json.gz"),
        member: "0".to_owned(),
        offset: number * 817,
        length: 816,
        sha256: DIGEST.to_owned(),
        custody_seq: 3,
    };
    Noteds {
        events: (0..7).map(event).collect(),
        why: "The events that were starred.".to_owned(),
        of: 7,
    }
}

fn custody(say: &dyn Fn(&str) -> String) -> Custody {
    Custody {
        size: 12,
        root: ROOT.to_owned(),
        head: DIGEST.to_owned(),
        key: Some("vestige/examiner+2b1d7c3e+AZ0kPq".to_owned()),
        checkpoints: 3,
        since_signed: 0,
        since_anchor: 12,
        last_anchor: None,
        verdict: "verified-with-warnings".to_owned(),
        checks: vec![Check {
            check: "chain".to_owned(),
            status: "pass".to_owned(),
            detail: say("12 entries, each naming the one before"),
        }],
        statement: vec![
            "The first 12 entries are as a holder of a trusted key signed them.".to_owned(),
        ],
    }
}
