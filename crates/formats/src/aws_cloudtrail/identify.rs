//! Recognises CloudTrail by the keys of the first record.

use crate::json::outline::{DAMAGED, Member, Object, Outline};
use crate::json::text::printable;
use crate::{Head, Recognised};

use super::table;

/// Keys of a record, of which some must be there.
const KEYS: &[&str] = &[
    "eventVersion",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "userIdentity",
    "sourceIPAddress",
    "userAgent",
    "requestParameters",
    "responseElements",
    "eventID",
    "eventType",
    "recipientAccountId",
    "requestID",
    "readOnly",
    "eventCategory",
];

/// What the head is recognised as.
pub fn identify(head: &Head<'_>) -> Option<Recognised> {
    let outline = head.outline();
    outline
        .objects
        .iter()
        .enumerate()
        .find_map(|(index, object)| {
            in_string(object).or_else(|| record(outline, object, index == 0))
        })
        .or_else(|| empty(outline))
        .or_else(|| table::identify(head))
}

fn record(outline: &Outline, object: &Object, first: bool) -> Option<Recognised> {
    let what = what(object)?;
    let envelope = envelope(outline, object);
    let place = match (envelope, object.path.as_str()) {
        ("records", _) => "JSON object with Records, whose first record has".to_owned(),
        ("array", _) => "JSON array whose first object has".to_owned(),
        ("object", _) => "JSON object with".to_owned(),
        ("lines", _) => "JSON objects, one a line; the first has".to_owned(),
        ("objects", _) => "JSON objects one after another; the first has".to_owned(),
        ("damaged", _) => "damaged JSON in which an object has".to_owned(),
        ("eventbridge", _) => "EventBridge event whose detail has".to_owned(),
        (_, path) => format!("JSON with objects at {} that have", printable(path)),
    };
    let confidence = match envelope {
        "records" | "eventbridge" => 95,
        "damaged" => 70,
        _ if first => 95,
        _ => 85,
    };
    Some(Recognised {
        confidence,
        envelope,
        reason: format!("{place} {what}"),
    })
}

/// The keys by which an object is a record.
fn what(object: &Object) -> Option<String> {
    if object.has("digestS3Object") && object.has("digestStartTime") {
        return Some("digestS3Object and digestStartTime, as digest files have".to_owned());
    }
    // Messages that S3, SNS and SQS send to functions look alike but for this.
    if object
        .text("eventSource")
        .is_some_and(|source| source.starts_with("aws:"))
    {
        return None;
    }
    let count = object.count(KEYS);
    if object.has("insightDetails") && count >= 2 {
        return Some("insightDetails and eventType, as Insight events have".to_owned());
    }
    let certain = object.has("eventName") && object.has("eventSource") && count >= 3;
    if !certain && count < 4 {
        return None;
    }
    let has: Vec<&str> = KEYS
        .iter()
        .copied()
        .filter(|key| object.has(key))
        .take(5)
        .collect();
    Some(has.join(", "))
}

fn envelope(outline: &Outline, object: &Object) -> &'static str {
    match object.path.as_str() {
        "" if outline.documents > 1 && outline.line => "lines",
        "" if outline.documents > 1 => "objects",
        "" => "object",
        "[]" => "array",
        "Records[]" => "records",
        path if path.starts_with(DAMAGED) => "damaged",
        "detail" | "[].detail" => "eventbridge",
        _ => "nested",
    }
}

/// Records that stand in strings: lookup results and CloudWatch Logs.
fn in_string(object: &Object) -> Option<Recognised> {
    for (key, envelope, what) in [
        (
            "CloudTrailEvent",
            "lookup",
            "lookup-events result whose CloudTrailEvent",
        ),
        (
            "message",
            "cloudwatch",
            "CloudWatch Logs event whose message",
        ),
        (
            "@message",
            "cloudwatch",
            "CloudWatch Logs Insights row whose @message",
        ),
    ] {
        let Some(text) = object.text(key) else {
            continue;
        };
        let inner = Outline::of(text.as_bytes());
        if let Some(keys) = inner.objects.first().and_then(what_of) {
            return Some(Recognised {
                confidence: 95,
                envelope,
                reason: format!("{what} has {keys}"),
            });
        }
    }
    None
}

fn what_of(object: &Object) -> Option<String> {
    what(object)
}

/// A delivery without records.
fn empty(outline: &Outline) -> Option<Recognised> {
    let object = outline.objects.first()?;
    let empty = object.path.is_empty()
        && matches!(object.members.as_slice(), [(key, Member::Array(false))] if key == "Records");
    empty.then(|| Recognised {
        confidence: 20,
        envelope: "records",
        reason: "JSON object with an empty Records list and nothing else".to_owned(),
    })
}
