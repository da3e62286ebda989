//! From the fields of a flow to a row.

use std::borrow::Cow;

use vestige_model::{
    Activity, Cloud, Event, Kind, Outcome, Quality, Reading, Resource, Text, TimeFlags,
};

use super::field::Field;
use crate::json::records::UNDATED;
use crate::json::{Doubt, Verdict};

/// A value that its field cannot have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// What the field has.
    pub expected: &'static str,
}

/// A row in the making.
pub struct Flow<'a> {
    event: Event<'a>,
    interface: Text<'a>,
    gateway: Text<'a>,
    attachment: Text<'a>,
    skipped: Option<&'static str>,
    told: bool,
    doubts: Vec<Doubt>,
}

/// VPC flow logs began on 2015-06-10.
const LAUNCH: i64 = 1_433_894_400_000_000_000;

const MANY_BYTES: &str = "the number of bytes is too large to be kept; the flow is stored without";
const MANY_PACKETS: &str =
    "the number of packets is too large to be kept; the flow is stored without";
const ENDLESS: &str = "the end cannot be read; the flow is stored without one";
const EPOCH: &str = "seconds since 1970, up to 9223372036";

const NO_DATA: &str = "NODATA: no traffic in the interval";
const SKIP_DATA: &str = "SKIPDATA: records of the interval were skipped";

impl<'a> Flow<'a> {
    /// A flow without any field.
    pub fn new() -> Flow<'a> {
        let event = Event::new(Kind::Flow, "aws:vpcflow:record", Cloud::Aws);
        Flow {
            event,
            interface: None,
            gateway: None,
            attachment: None,
            skipped: None,
            told: false,
            doubts: Vec::new(),
        }
    }

    /// Sets a field. `-` and nothing at all mean that it is absent.
    ///
    /// # Errors
    /// Where the field cannot have this value.
    #[inline]
    pub fn set(&mut self, field: Field, value: Cow<'a, str>) -> Result<(), Malformed> {
        if matches!(field, Field::Raw | Field::Unknown) || value.is_empty() || value == "-" {
            return Ok(());
        }
        let event = &mut self.event;
        match field {
            Field::Account => event.account = Some(value),
            Field::Interface => self.interface = Some(value),
            Field::Source => event.src_ip = Some(value),
            Field::Destination => event.dst_ip = Some(value),
            Field::SourcePort => event.src_port = Some(port(&value)?),
            Field::DestinationPort => event.dst_port = Some(port(&value)?),
            Field::Protocol => event.protocol = Some(protocol(&value)?),
            Field::Packets => self.event.packets = self.counter(MANY_PACKETS, &value)?,
            Field::Bytes => self.event.bytes = self.counter(MANY_BYTES, &value)?,
            Field::Start => self.start(value)?,
            Field::End => self.end(&value)?,
            Field::Action => action(event, value),
            Field::Status => {
                self.skipped = match &*value {
                    "NODATA" => Some(NO_DATA),
                    "SKIPDATA" => Some(SKIP_DATA),
                    _ => None,
                };
                return Ok(());
            }
            Field::Region => event.region = Some(value),
            Field::Direction => event.direction = Some(value),
            Field::Gateway => self.gateway = Some(value),
            Field::Attachment => self.attachment = Some(value),
            Field::Raw | Field::Unknown => return Ok(()),
        }
        self.told = true;
        Ok(())
    }

    /// Takes a time from around the flow where it has none of its own.
    pub fn stamp(&mut self, time: Cow<'a, str>) {
        if self.event.time == Reading::default() {
            self.event.set_time(time);
            self.event.time.flags = self.event.time.flags.with(TimeFlags::FROM_ENVELOPE);
        }
    }

    /// The row, unless this is a note about an interval. A note that has addresses is a flow all
    /// the same: such lines exist, and nothing of them may be lost.
    pub fn finish(self, rows: &mut Vec<Event<'a>>) -> Verdict {
        let mut event = self.event;
        let addressed = event.src_ip.is_some() || event.dst_ip.is_some();
        match self.skipped {
            Some(NO_DATA) if !addressed => return Verdict::Ignored(NO_DATA),
            Some(reason) if !addressed => return Verdict::Gap(reason),
            _ => {}
        }
        if !self.told {
            return Verdict::Unfit {
                reason: "a flow without any field",
                expected: "addresses, ports, counters or times of a flow",
                found: "none of them".to_owned(),
            };
        }
        if event.time.ns.is_some_and(|ns| ns < LAUNCH) {
            event.time.flags = event.time.flags.with(TimeFlags::BEFORE_SERVICE_LAUNCH);
        }
        event.service = Some("vpc".into());
        let mut resource = |kind: &'static str, id: Text<'a>| {
            event.resources.extend(id.map(|id| Resource {
                kind: Some(kind.into()),
                name: Some(id.clone()),
                id: Some(id),
            }));
        };
        resource("network-interface", self.interface);
        if self.gateway.is_some() || self.attachment.is_some() {
            resource("transit-gateway-attachment", self.attachment);
            resource("transit-gateway", self.gateway);
            event.data_type = "aws:tgwflow:record".into();
            event.service = Some("transitgateway".into());
        }
        rows.push(event);
        if self.doubts.is_empty() {
            Verdict::Stored
        } else {
            Verdict::Doubtful(self.doubts)
        }
    }

    /// A counter; none, and told, where it is more than a case can hold.
    fn counter(&mut self, reason: &'static str, value: &str) -> Result<Option<u64>, Malformed> {
        let number = count(value)?.filter(|number| i64::try_from(*number).is_ok());
        if number.is_none() {
            self.event.quality = self.event.quality.with(Quality::BIG_NUMBER);
            let doubt = Doubt::about(reason, "a number up to 9223372036854775807", value);
            self.doubts.push(doubt);
        }
        Ok(number)
    }

    /// The start. Seconds since 1970 are the native form and are not kept as text.
    fn start(&mut self, value: Cow<'a, str>) -> Result<(), Malformed> {
        let reading = moment(&value)?;
        if value.len() > 11 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            self.event.set_time(value);
        } else if reading.ns.is_none() {
            self.doubts.push(Doubt::about(UNDATED, EPOCH, &value));
        }
        self.event.time = reading;
        Ok(())
    }

    fn end(&mut self, value: &str) -> Result<(), Malformed> {
        self.event.end_time = moment(value)?.ns;
        if self.event.end_time.is_none() {
            self.doubts.push(Doubt::about(ENDLESS, EPOCH, value));
        }
        Ok(())
    }
}

fn action<'a>(event: &mut Event<'a>, value: Cow<'a, str>) {
    (event.activity, event.outcome) = match &*value {
        "ACCEPT" => (Some(Activity::Allow), Some(Outcome::Success)),
        "REJECT" => (Some(Activity::Deny), Some(Outcome::Denied)),
        _ => (Some(Activity::Other), Some(Outcome::Unknown)),
    };
    event.action = Some(value);
}

/// An instant: seconds since 1970, perhaps with a fraction of zeros, or a date and time.
fn moment(value: &str) -> Result<Reading, Malformed> {
    if let Ok(seconds) = count(value) {
        let seconds = seconds.and_then(|seconds| i64::try_from(seconds).ok());
        return Ok(Reading::from_epoch_seconds(seconds.unwrap_or(i64::MAX)));
    }
    let reading = vestige_model::time::parse(value);
    if reading.ns.is_none() && reading.flags.has(TimeFlags::UNREADABLE) {
        return Err(Malformed {
            expected: "seconds since 1970",
        });
    }
    Ok(reading)
}

/// A whole number, perhaps with a fraction of zeros (`25238.0`), as JSON exporters write; none
/// where it is one of more than 64 bits.
#[inline]
fn count(value: &str) -> Result<Option<u64>, Malformed> {
    let wrong = Malformed {
        expected: "a whole number",
    };
    let mut number = Some(0_u64);
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => {
                let digit = u64::from(byte - b'0');
                number = number
                    .and_then(|number| number.checked_mul(10))
                    .and_then(|tens| tens.checked_add(digit));
            }
            b'.' if at > 0 => {
                let zeros = value.bytes().skip(at + 1).all(|digit| digit == b'0');
                return if zeros { Ok(number) } else { Err(wrong) };
            }
            _ => return Err(wrong),
        }
    }
    if value.is_empty() {
        Err(wrong)
    } else {
        Ok(number)
    }
}

fn port(value: &str) -> Result<u16, Malformed> {
    let wrong = Malformed {
        expected: "a port from 0 to 65535",
    };
    let number = count(value).ok().flatten();
    number
        .and_then(|number| u16::try_from(number).ok())
        .ok_or(wrong)
}

/// A protocol by its IANA number, or by name as some exporters write it.
fn protocol(value: &str) -> Result<u8, Malformed> {
    let number = count(value).ok().flatten();
    if let Some(number) = number.and_then(|number| u8::try_from(number).ok()) {
        return Ok(number);
    }
    let named = vestige_model::event::PROTOCOLS
        .iter()
        .find(|(_, name)| name.eq_ignore_ascii_case(value));
    named.map(|(number, _)| *number).ok_or(Malformed {
        expected: "a protocol number from 0 to 255",
    })
}
