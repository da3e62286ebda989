//! One CloudTrail record, read in one pass.

use vestige_model::{Cloud, Event, Kind, Quality};

use super::identity::Identity;
use super::insight::Insight;
use super::parameters::{Parameters, Side};
use super::resources::Listed;
use super::{CloudTrail, digest, normalise};
use crate::json::keys::Seen;
use crate::json::text::Checked;
use crate::json::{Doubt, Fault, Key, Records, Scanner, Str, Verdict};

/// What is read of a record. Texts are still as they stand in the bytes.
#[derive(Debug, Default)]
pub struct Record<'a> {
    pub time: Option<Str<'a>>,
    /// The time that a log shipper put in its place.
    pub stamp: Option<Str<'a>>,
    pub source: Option<Str<'a>>,
    pub name: Option<Str<'a>>,
    pub region: Option<Str<'a>>,
    pub address: Option<Str<'a>>,
    pub agent: Option<Str<'a>>,
    pub error_code: Option<Str<'a>>,
    pub error_message: Option<Str<'a>>,
    pub request_id: Option<Str<'a>>,
    pub event_id: Option<Str<'a>>,
    pub recipient: Option<Str<'a>>,
    pub event_type: Option<Str<'a>>,
    pub category: Option<Str<'a>>,
    pub shared_id: Option<Str<'a>>,
    pub version: Option<Str<'a>>,
    pub read_only: Option<Str<'a>>,
    pub identity: Option<Identity<'a>>,
    pub request: Parameters<'a>,
    pub response: Parameters<'a>,
    pub resources: Vec<Listed<'a>>,
    pub bytes: Option<u64>,
    /// What could not be read of the bytes.
    pub doubts: Vec<Doubt>,
    pub insight: Option<Insight<'a>>,
    /// A key that only digest files have.
    pub digest: bool,
}

impl<'a> Record<'a> {
    /// Reads the object at the scanner's position.
    ///
    /// # Errors
    /// Where it is not well formed.
    pub fn read(&mut self, scanner: &mut Scanner<'a>) -> Result<(), Fault> {
        let mut seen = Seen::default();
        let start = scanner.at();
        scanner.object(|scanner, key| {
            seen.note(key);
            self.member(scanner, key)
        })?;
        seen.settle(scanner, start);
        Ok(())
    }

    /// Reads one member. The last of two with the same key counts.
    #[inline]
    fn member(&mut self, scanner: &mut Scanner<'a>, key: &[u8]) -> Result<(), Fault> {
        let target = match key {
            b"eventVersion" => &mut self.version,
            b"eventTime" => &mut self.time,
            b"eventSource" => &mut self.source,
            b"eventName" => &mut self.name,
            b"awsRegion" => &mut self.region,
            b"sourceIPAddress" => &mut self.address,
            b"userAgent" => &mut self.agent,
            b"errorCode" => &mut self.error_code,
            b"errorMessage" => &mut self.error_message,
            b"requestID" => &mut self.request_id,
            b"eventID" => &mut self.event_id,
            b"readOnly" => &mut self.read_only,
            b"eventType" => &mut self.event_type,
            b"eventCategory" => &mut self.category,
            b"recipientAccountId" => &mut self.recipient,
            b"sharedEventID" => &mut self.shared_id,
            b"@timestamp" | b"p_event_time" => &mut self.stamp,
            _ => return self.composite(scanner, key),
        };
        *target = scanner.scalar()?;
        Ok(())
    }

    fn composite(&mut self, scanner: &mut Scanner<'a>, key: &[u8]) -> Result<(), Fault> {
        match key {
            b"userIdentity" => self.identity = Some(Identity::read(scanner)?),
            b"requestParameters" => self.request = Parameters::read(scanner, Side::Request)?,
            b"responseElements" => self.response = Parameters::read(scanner, Side::Response)?,
            b"resources" => self.resources = Listed::read_all(scanner)?,
            b"additionalEventData" => {
                self.doubts.clear();
                self.bytes = carried(scanner, &mut self.doubts)?;
            }
            b"insightDetails" => self.insight = Some(Insight::read(scanner)?),
            b"digestS3Object" | b"logFiles" => {
                self.digest = true;
                scanner.skip()?;
            }
            _ => match usual(key) {
                Some(key) => return self.member(scanner, key),
                None => scanner.skip()?,
            },
        }
        Ok(())
    }

    /// Whether enough is there to be a record, and not some part of one.
    fn is_fit(&self) -> bool {
        let named = self.name.is_some() || self.source.is_some();
        let placed = [
            self.time,
            self.stamp,
            self.event_id,
            self.version,
            self.region,
            self.request_id,
            self.address,
            self.agent,
            self.recipient,
            self.event_type,
            self.category,
        ];
        let placed = placed.iter().flatten().count() + usize::from(self.identity.is_some());
        (named && placed > 0) || placed > 1
    }
}

/// The keys of a record, as CloudTrail writes them.
const KEYS: &[&str] = &[
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "readOnly",
    "eventType",
    "eventCategory",
    "managementEvent",
    "recipientAccountId",
    "sharedEventID",
    "vpcEndpointId",
    "insightDetails",
    "serviceEventDetails",
    "tlsDetails",
    "apiVersion",
];

/// A key as CloudTrail writes it, for one that a database put in lower case.
fn usual(key: &[u8]) -> Option<&'static [u8]> {
    if key.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let usual = KEYS.iter().map(|usual| usual.as_bytes());
    usual
        .into_iter()
        .find(|usual| usual.eq_ignore_ascii_case(key))
}

/// Bytes in and out, of `additionalEventData`; none where one of the two, or their sum, cannot be
/// read: the other alone would say less than the record does.
fn carried(scanner: &mut Scanner<'_>, doubts: &mut Vec<Doubt>) -> Result<Option<u64>, Fault> {
    if scanner.next() != Some(b'{') {
        scanner.skip()?;
        return Ok(None);
    }
    let (mut inward, mut outward) = (None, None);
    scanner.object(|scanner, key| {
        let target = match key {
            b"bytesTransferredIn" => &mut inward,
            b"bytesTransferredOut" => &mut outward,
            _ => return scanner.skip(),
        };
        *target = scanner.scalar()?;
        Ok(())
    })?;
    let mut sum = None;
    for value in [inward, outward].into_iter().flatten() {
        let more = count(value.raw).and_then(|more| sum.unwrap_or(0_u64).checked_add(more));
        sum = more.filter(|sum| is_kept(*sum));
        if sum.is_none() {
            if value.raw.iter().all(u8::is_ascii_digit) {
                scanner.quality = scanner.quality.with(Quality::BIG_NUMBER);
            }
            doubts.push(Doubt::about(UNCOUNTED, COUNT, &value.text()));
            return Ok(None);
        }
    }
    Ok(sum)
}

const UNCOUNTED: &str = "the bytes carried cannot be read; the event is stored without";
const COUNT: &str = "a whole number up to 9223372036854775807";

/// Whether a case can hold the number.
fn is_kept(number: u64) -> bool {
    i64::try_from(number).is_ok()
}

/// A count, which some exporters write as `544.0`.
fn count(raw: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(raw).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.bytes().all(|digit| digit == b'0') {
        whole.parse().ok().filter(|number| is_kept(*number))
    } else {
        None
    }
}

impl Records for CloudTrail {
    #[inline]
    fn key(&self, key: &[u8]) -> Key {
        match key {
            b"eventVersion"
            | b"userIdentity"
            | b"eventTime"
            | b"eventSource"
            | b"eventName"
            | b"awsRegion"
            | b"sourceIPAddress"
            | b"userAgent"
            | b"errorCode"
            | b"errorMessage"
            | b"requestParameters"
            | b"responseElements"
            | b"additionalEventData"
            | b"requestID"
            | b"eventID"
            | b"readOnly"
            | b"eventType"
            | b"eventCategory"
            | b"managementEvent"
            | b"recipientAccountId"
            | b"sharedEventID"
            | b"vpcEndpointId"
            | b"insightDetails"
            | b"serviceEventDetails"
            | b"tlsDetails"
            | b"apiVersion"
            | b"edgeDeviceDetails"
            | b"sessionCredentialFromConsole"
            | b"awsAccountId"
            | b"digestStartTime"
            | b"digestEndTime"
            | b"digestS3Object"
            | b"digestS3Bucket"
            | b"logFiles" => Key::Record,
            b"Records" | b"Events" | b"logEvents" | b"events" => Key::List,
            b"detail" => Key::Inner,
            b"CloudTrailEvent" | b"message" | b"@message" => Key::Text,
            b"@timestamp" | b"timestamp" | b"time" => Key::Stamp,
            _ if usual(key).is_some() => Key::Record,
            _ => Key::Other,
        }
    }

    fn mark(&self) -> &'static [u8] {
        b"\"eventName\""
    }

    fn text_keys(&self) -> &'static [&'static [u8]] {
        &[b"\"CloudTrailEvent\"", b"\"message\"", b"\"@message\""]
    }

    fn record<'a>(
        &self,
        scanner: &mut Scanner<'a>,
        rows: &mut Vec<Event<'a>>,
    ) -> Result<Verdict, Fault> {
        let mut again = scanner.clone();
        let (mut record, start) = (Record::default(), scanner.at());
        record.read(scanner)?;
        if record.digest {
            rows.push(digest::read(&mut again)?);
        } else if record.is_fit() {
            let texts = Checked::new(scanner.since(start));
            rows.push(Event::new(Kind::Event, "aws:cloudtrail:record", Cloud::Aws));
            if let Some(event) = rows.last_mut() {
                normalise::normalise(&record, &texts, event);
            }
            if !record.doubts.is_empty() {
                return Ok(Verdict::Doubtful(record.doubts));
            }
        } else {
            return Ok(Verdict::Unfit {
                reason: "not a CloudTrail record",
                expected: "eventName or eventSource, with a time, an id, a region or a caller",
                found: "an object with few of a record's keys".to_owned(),
            });
        }
        Ok(Verdict::Stored)
    }

    fn text<'a>(&self, decoded: &'a [u8], rows: &mut Vec<Event<'a>>) -> Verdict {
        if decoded.starts_with(b"CWL CONTROL MESSAGE") {
            return Verdict::Ignored("CloudWatch Logs control message");
        }
        let unfit = |found: String| Verdict::Unfit {
            reason: "the string holds no CloudTrail record",
            expected: "a JSON object with the keys of a CloudTrail record",
            found,
        };
        let mut scanner = Scanner::new(decoded, 0);
        if scanner.next() != Some(b'{') {
            return unfit("text".to_owned());
        }
        match self.record(&mut scanner, rows) {
            Ok(verdict) => {
                let quality = scanner.quality;
                rows.iter_mut()
                    .for_each(|row| row.quality = row.quality.with(quality));
                if scanner.next().is_some() {
                    rows.clear();
                    return unfit(format!(
                        "more text after the object, at position {}",
                        scanner.at()
                    ));
                }
                verdict
            }
            Err(fault) => unfit(format!("{} at position {}", fault.found(decoded), fault.at)),
        }
    }
}
