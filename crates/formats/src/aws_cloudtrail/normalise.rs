//! From a CloudTrail record to a row.

use std::borrow::Cow;

use vestige_model::{Event, Outcome, TimeFlags};

use super::activity::activity;
use super::insight;
use super::record::Record;
use super::resources::Resources;
use crate::json::text::Checked;

/// CloudTrail began on 2013-11-13.
const LAUNCH: i64 = 1_384_300_800_000_000_000;

/// Fills the row of a record.
pub fn normalise<'a>(record: &Record<'a>, texts: &Checked<'a>, event: &mut Event<'a>) {
    match &record.insight {
        Some(details) => insight::fill(record, details, texts, event),
        None => call(record, texts, event),
    }
    if let Some(time) = texts.text(record.time) {
        event.set_time(time);
    } else if let Some(stamp) = texts.text(record.stamp) {
        event.set_time(stamp);
        event.time.flags = event.time.flags.with(TimeFlags::FROM_ENVELOPE);
    }
    if event.time.ns.is_some_and(|ns| ns < LAUNCH) {
        event.time.flags = event.time.flags.with(TimeFlags::BEFORE_SERVICE_LAUNCH);
    }
    event.region = texts.text(record.region);
    let caller = record
        .identity
        .as_ref()
        .and_then(|identity| identity.account);
    event.account = texts.text(record.recipient).or_else(|| texts.text(caller));
    event.request_id = texts.text(record.request_id);
    event.event_id = texts.text(record.event_id);
}

/// A call, sign-in or service event.
fn call<'a>(record: &Record<'a>, texts: &Checked<'a>, event: &mut Event<'a>) {
    event.service = texts.text(record.source).map(service);
    event.action = texts.text(record.name);
    let read_only = record.read_only.map(|word| word.raw == b"true");
    event.activity = event
        .action
        .as_deref()
        .map(|name| activity(name, read_only));
    event.error_code = texts.text(record.error_code);
    event.error_message = texts.text(record.error_message);
    event.outcome = Some(outcome(record));
    if let Some(identity) = &record.identity {
        identity.fill(texts, event);
    }
    event.src_ip = texts.text(record.address);
    event.agent = texts.text(record.agent).map(unwrapped);
    event.bytes = record.bytes;
    event.resources = Resources::of(record, texts);
}

/// `s3.amazonaws.com` is `s3`.
pub fn service(source: Cow<'_, str>) -> Cow<'_, str> {
    let ends = [".amazonaws.com", ".amazonaws.com.cn"];
    match ends.into_iter().find_map(|end| source.strip_suffix(end)) {
        Some(name) if !name.is_empty() => {
            let length = name.len();
            cut(source, 0, length)
        }
        _ => source,
    }
}

/// `[aws-cli/2.15]` is `aws-cli/2.15`.
fn unwrapped(agent: Cow<'_, str>) -> Cow<'_, str> {
    match agent
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(inner) if !inner.is_empty() => {
            let length = inner.len();
            cut(agent, 1, length)
        }
        _ => agent,
    }
}

/// A part of a text, borrowed where the text is. The bounds are known to lie between characters.
fn cut(text: Cow<'_, str>, start: usize, length: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(start..start + length).unwrap_or(text)),
        Cow::Owned(text) => match text.get(start..start + length) {
            Some(part) => Cow::Owned(part.to_owned()),
            None => Cow::Owned(text),
        },
    }
}

/// How a call ended. A call that went well has no error code; a sign-in says so in its response.
fn outcome(record: &Record<'_>) -> Outcome {
    match record.error_code.filter(|code| !code.is_empty()) {
        Some(code) if is_refusal(code.raw) => Outcome::Denied,
        Some(_) => Outcome::Failure,
        None if record.response.failed => Outcome::Failure,
        None => Outcome::Success,
    }
}

/// Whether an error code says that permission was missing. Services spell it differently:
/// `AccessDenied`, `AccessDeniedException`, `Client.UnauthorizedOperation`, `NotAuthorized`.
fn is_refusal(code: &[u8]) -> bool {
    let last = code.rsplit(|byte| *byte == b'.').next().unwrap_or(code);
    let refusals: [&[u8]; 3] = [b"AccessDenied", b"Unauthorized", b"NotAuthorized"];
    refusals.iter().any(|refusal| last.starts_with(refusal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_from_failures() {
        for code in [
            "AccessDenied",
            "AccessDeniedException",
            "Client.UnauthorizedOperation",
            "UnauthorizedOperation",
            "Server.Unauthorized",
            "NotAuthorizedException",
        ] {
            assert!(is_refusal(code.as_bytes()), "{code}");
        }
        for code in [
            "NoSuchBucket",
            "Client.InvalidParameterValue",
            "ThrottlingException",
            "",
        ] {
            assert!(!is_refusal(code.as_bytes()), "{code}");
        }
    }

    #[test]
    fn names_are_shortened_only_where_they_are_whole() {
        assert_eq!(service("s3.amazonaws.com".into()), "s3");
        assert_eq!(service(".amazonaws.com".into()), ".amazonaws.com");
        assert_eq!(service("signin".into()), "signin");
        assert_eq!(unwrapped("[S3Console/0.4]".into()), "S3Console/0.4");
        assert_eq!(unwrapped("[]".into()), "[]");
        assert_eq!(unwrapped("[half".into()), "[half");
    }
}
