//! From a CloudTrail record to a row.

use std::borrow::Cow;

use vestige_model::{Cloud, Event, Kind, Outcome, Text, TimeFlags};

use super::activity::activity;
use super::insight;
use super::record::Record;
use super::resources::Resources;
use crate::json::Str;

/// The row of a record.
pub fn normalise<'a>(record: &Record<'a>) -> Event<'a> {
    let mut event = match &record.insight {
        Some(details) => insight::normalise(record, details),
        None => call(record),
    };
    time(record, &mut event);
    event.region = text(record.region);
    event.account = text(record.recipient).or_else(|| {
        text(
            record
                .identity
                .as_ref()
                .and_then(|identity| identity.account),
        )
    });
    event.request_id = text(record.request_id);
    event.event_id = text(record.event_id);
    event
}

/// A row of a call, sign-in or service event.
fn call<'a>(record: &Record<'a>) -> Event<'a> {
    let mut event = Event::new(Kind::Event, "aws:cloudtrail:record", Cloud::Aws);
    event.service = text(record.source).map(service);
    event.action = text(record.name);
    let read_only = record.read_only.map(|word| word.raw == b"true");
    event.activity = event
        .action
        .as_deref()
        .map(|name| activity(name, read_only));
    event.error_code = text(record.error_code);
    event.error_message = text(record.error_message);
    event.outcome = Some(outcome(record));
    if let Some(identity) = &record.identity {
        identity.fill(&mut event);
    }
    event.src_ip = text(record.address);
    event.agent = text(record.agent).map(unwrapped);
    event.bytes = record.bytes;
    event.resources = Resources::of(record);
    event
}

fn time<'a>(record: &Record<'a>, event: &mut Event<'a>) {
    if let Some(time) = text(record.time) {
        event.set_time(time);
    } else if let Some(stamp) = text(record.stamp) {
        event.set_time(stamp);
        event.time.flags = event.time.flags.with(TimeFlags::FROM_ENVELOPE);
    }
}

/// A value's text, unless it is empty.
pub fn text(value: Option<Str<'_>>) -> Text<'_> {
    value.and_then(|value| value.some())
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
