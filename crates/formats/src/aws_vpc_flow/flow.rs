//! From the fields of a flow to a row.

use std::borrow::Cow;

use vestige_model::{Activity, Cloud, Event, Kind, Outcome, Reading, Resource, Text, TimeFlags};

use super::field::Field;
use crate::json::Verdict;

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
}

/// VPC flow logs began on 2015-06-10.
const LAUNCH: i64 = 1_433_894_400_000_000_000;

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
            Field::Packets => event.packets = Some(count(&value)?),
            Field::Bytes => event.bytes = Some(count(&value)?),
            Field::Start => start(event, value)?,
            Field::End => event.end_time = moment(&value)?.ns,
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
        Verdict::Stored
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

/// The start of a flow. Seconds since 1970 are the native form and are not kept as text.
fn start<'a>(event: &mut Event<'a>, value: Cow<'a, str>) -> Result<(), Malformed> {
    event.time = moment(&value)?;
    if value.len() > 11 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        let reading = event.time;
        event.set_time(value);
        event.time = reading;
    }
    Ok(())
}

/// An instant: seconds since 1970, perhaps with a fraction of zeros, or a date and time.
fn moment(value: &str) -> Result<Reading, Malformed> {
    if let Ok(seconds) = count(value) {
        return Ok(Reading::from_epoch_seconds(
            i64::try_from(seconds).unwrap_or(i64::MAX),
        ));
    }
    let reading = vestige_model::time::parse(value);
    if reading.ns.is_none() && reading.flags.has(TimeFlags::UNREADABLE) {
        return Err(Malformed {
            expected: "seconds since 1970",
        });
    }
    Ok(reading)
}

/// A whole number, perhaps with a fraction of zeros (`25238.0`), as JSON exporters write.
#[inline]
fn count(value: &str) -> Result<u64, Malformed> {
    let wrong = Malformed {
        expected: "a whole number",
    };
    let mut number = 0_u64;
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => {
                let digit = u64::from(byte - b'0');
                number = number
                    .checked_mul(10)
                    .and_then(|tens| tens.checked_add(digit))
                    .ok_or(wrong)?;
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
    count(value)
        .ok()
        .and_then(|number| u16::try_from(number).ok())
        .ok_or(wrong)
}

/// A protocol by its IANA number, or by name as some exporters write it.
fn protocol(value: &str) -> Result<u8, Malformed> {
    if let Some(number) = count(value)
        .ok()
        .and_then(|number| u8::try_from(number).ok())
    {
        return Ok(number);
    }
    let named = vestige_model::event::PROTOCOLS
        .iter()
        .find(|(_, name)| name.eq_ignore_ascii_case(value));
    named.map(|(number, _)| *number).ok_or(Malformed {
        expected: "a protocol number from 0 to 255",
    })
}
