//! The Insight file: CloudTrail itself noticed the refused calls.

use serde_json::json;

use super::attack;
use super::company::{EDGE, LOG_BUCKET, PRODUCTION};
use crate::cloudtrail::file as log_file;
use crate::draw::Draw;
use crate::moment::{self, at};

/// The file, as it was delivered.
pub struct InsightFile {
    /// Path below the evidence folder.
    pub path: String,
    /// The content before compression.
    pub raw: Vec<u8>,
    /// Times of its two records.
    pub times: [i64; 2],
}

/// The only one of the week: the start and the end of one insight.
pub fn file() -> InsightFile {
    let mut draw = Draw::new("insight");
    let shared = draw.uuid();
    let times = [at("2026-09-15T02:53:00Z"), at("2026-09-15T03:02:00Z")];
    let records: Vec<String> = times.iter().zip(["Start", "End"]).map(|(time, state)| {
        json!({
            "eventVersion": "1.11", "eventTime": moment::rfc3339(*time), "awsRegion": EDGE,
            "eventID": draw.uuid(), "eventType": "AwsCloudTrailInsight",
            "recipientAccountId": PRODUCTION, "sharedEventID": shared,
            "insightDetails": {
                "state": state, "eventSource": "iam.amazonaws.com", "eventName": "ListRoles",
                "insightType": "ApiErrorRateInsight", "errorCode": "AccessDenied",
                "insightContext": {"statistics": {
                    "baseline": {"average": 0.0004}, "insight": {"average": attack::REFUSED as f64 / 9.0},
                    "insightDuration": 9, "baselineDuration": 10_080
                }}
            },
            "eventCategory": "Insight"
        }).to_string()
    }).collect();
    let path = format!(
        "aws/{LOG_BUCKET}/AWSLogs/{PRODUCTION}/CloudTrail-Insight/{EDGE}/2026/09/15/{PRODUCTION}_\
         CloudTrail-Insight_{EDGE}_20260915T0310Z_{}.json.gz",
        draw.text(
            b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789",
            16
        )
    );
    InsightFile {
        path,
        raw: log_file(records.iter().map(String::as_str)),
        times,
    }
}
