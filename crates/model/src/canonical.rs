//! The canonical form of a row: the bytes whose SHA-256 an import's custody entry records.
//!
//! One JSON object a row in the profile of the custody chain (keys sorted, no blanks, shortest
//! escapes, integers below 2^53, greater ones as strings), then a line feed. Times are RFC 3339
//! in UTC. Absent fields are left out. Fields that are not read from the record (`ingested`,
//! `evidence`, tags) are not part of it; `id` carries the evidence digest, member and offset.
//! One resource stands in `resource.*`; several stand as a list under `resource`.

use crate::event::{Event, Resource};
use crate::locator::{Decode, Locator};
use crate::time;

/// Greatest integer that JSON readers keep exact (2^53 - 1).
const EXACT: u64 = (1 << 53) - 1;

/// The name of a member with what stands around it, as a constant.
macro_rules! name {
    ($name:literal) => {
        concat!(",\"", $name, "\":").as_bytes()
    };
}

/// Writes rows into a reusable buffer.
#[derive(Debug, Default)]
pub struct Canonical {
    text: String,
    out: Vec<u8>,
}

/// The part of a row's identity that all rows of a member share.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// First 16 hexadecimal digits of the evidence item's SHA-256.
    pub evidence: &'a str,
    /// The member's ordinals as written in event ids.
    pub member: &'a str,
}

impl Canonical {
    /// The canonical bytes of one row, line feed included.
    pub fn row(&mut self, place: Place<'_>, at: &Locator, event: &Event<'_>) -> &[u8] {
        self.out.clear();
        self.out.push(b'{');
        // Keys in byte order; a test compares the order with a sort.
        self.text_field(name!("account"), event.account.as_deref());
        self.text_field(name!("action"), event.action.as_deref());
        self.text_field(name!("activity"), event.activity.map(|word| word.word()));
        self.text_field(name!("actor.id"), event.actor_id.as_deref());
        self.text_field(name!("actor.name"), event.actor_name.as_deref());
        self.text_field(name!("actor.type"), event.actor_type.as_deref());
        self.text_field(name!("agent"), event.agent.as_deref());
        self.number_field(name!("bytes"), event.bytes);
        self.text_field(name!("cloud"), Some(event.cloud.word()));
        self.text_field(name!("credential"), event.credential.as_deref());
        if at.decode != Decode::None {
            self.number_field(name!("decode"), Some(at.decode as u64));
        }
        self.text_field(name!("direction"), event.direction.as_deref());
        self.text_field(name!("dst.ip"), event.dst_ip.as_deref());
        self.number_field(name!("dst.port"), event.dst_port.map(u64::from));
        self.time_field(name!("end_time"), event.end_time);
        self.text_field(name!("error.code"), event.error_code.as_deref());
        self.text_field(name!("error.message"), event.error_message.as_deref());
        self.text_field(name!("event_id"), event.event_id.as_deref());
        self.id_field(place, at);
        self.text_field(name!("kind"), Some(event.kind.word()));
        self.number_field(name!("length"), Some(at.length));
        self.text_field(name!("organization"), event.organization.as_deref());
        self.text_field(name!("outcome"), event.outcome.map(|word| word.word()));
        self.number_field(name!("packets"), event.packets);
        self.number_field(name!("protocol"), event.protocol.map(u64::from));
        self.flag_field(name!("quality"), event.quality.0);
        self.text_field(name!("region"), event.region.as_deref());
        self.text_field(name!("request_id"), event.request_id.as_deref());
        self.resources(&event.resources);
        self.text_field(name!("service"), event.service.as_deref());
        self.text_field(name!("session"), event.session.as_deref());
        self.text_field(name!("src.ip"), event.src_ip.as_deref());
        self.number_field(name!("src.port"), event.src_port.map(u64::from));
        self.time_field(name!("time"), event.time.ns);
        self.flag_field(name!("time_flags"), event.time.flags.0);
        self.text_field(name!("time_raw"), event.time_raw.as_deref());
        self.text_field(name!("type"), Some(&event.data_type));
        self.out.extend_from_slice(b"}\n");
        &self.out
    }

    /// Begins a member; `name` comes from [`name!`].
    fn key(&mut self, name: &'static [u8]) {
        let name = match self.out.last() {
            Some(b'{') => name.get(1..).unwrap_or_default(),
            _ => name,
        };
        self.out.extend_from_slice(name);
    }

    fn text_field(&mut self, name: &'static [u8], value: Option<&str>) {
        if let Some(value) = value {
            self.key(name);
            push_string(&mut self.out, value);
        }
    }

    fn number_field(&mut self, name: &'static [u8], value: Option<u64>) {
        if let Some(value) = value {
            self.key(name);
            let mut digits = itoa::Buffer::new();
            let digits = digits.format(value).as_bytes();
            if value > EXACT {
                self.out.push(b'"');
                self.out.extend_from_slice(digits);
                self.out.push(b'"');
            } else {
                self.out.extend_from_slice(digits);
            }
        }
    }

    fn flag_field(&mut self, name: &'static [u8], flags: u16) {
        if flags != 0 {
            self.number_field(name, Some(u64::from(flags)));
        }
    }

    fn time_field(&mut self, name: &'static [u8], value: Option<i64>) {
        if let Some(ns) = value {
            self.key(name);
            self.text.clear();
            time::write(&mut self.text, ns);
            self.out.push(b'"');
            self.out.extend_from_slice(self.text.as_bytes());
            self.out.push(b'"');
        }
    }

    fn id_field(&mut self, place: Place<'_>, at: &Locator) {
        self.key(name!("id"));
        let mut digits = itoa::Buffer::new();
        self.out.push(b'"');
        self.out.extend_from_slice(place.evidence.as_bytes());
        self.out.push(b'.');
        self.out.extend_from_slice(place.member.as_bytes());
        self.out.push(b'.');
        self.out
            .extend_from_slice(digits.format(at.offset).as_bytes());
        if let Some(sub) = at.sub {
            self.out.push(b'.');
            self.out.extend_from_slice(digits.format(sub).as_bytes());
        }
        self.out.push(b'"');
    }

    fn resources(&mut self, resources: &[Resource<'_>]) {
        match resources {
            [] => {}
            [one] => {
                self.text_field(name!("resource.id"), one.id.as_deref());
                self.text_field(name!("resource.name"), one.name.as_deref());
                self.text_field(name!("resource.type"), one.kind.as_deref());
            }
            many => {
                self.key(name!("resource"));
                self.out.push(b'[');
                for (index, one) in many.iter().enumerate() {
                    if index > 0 {
                        self.out.push(b',');
                    }
                    self.out.push(b'{');
                    self.text_field(name!("id"), one.id.as_deref());
                    self.text_field(name!("name"), one.name.as_deref());
                    self.text_field(name!("type"), one.kind.as_deref());
                    self.out.push(b'}');
                }
                self.out.push(b']');
            }
        }
    }
}

/// Appends a JSON string in the form of RFC 8785 section 3.2.2.2.
pub fn push_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    loop {
        let (plain, after) = rest.split_at(plain(rest));
        out.extend_from_slice(plain);
        let Some((byte, after)) = after.split_first() else {
            break;
        };
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            8 => out.extend_from_slice(b"\\b"),
            12 => out.extend_from_slice(b"\\f"),
            _ => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        }
        rest = after;
    }
    out.push(b'"');
}

/// How many bytes from the first on need no escape; eight are looked at together.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let special = |word: u64| {
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let quote = zero(word ^ (ONES * u64::from(b'"')));
        let backslash = zero(word ^ (ONES * u64::from(b'\\')));
        (control | quote | backslash) & (ONES * 0x80) != 0
    };
    let (words, _) = bytes.as_chunks::<8>();
    let whole = words
        .iter()
        .take_while(|word| !special(u64::from_le_bytes(**word)));
    let whole = whole.count() * 8;
    let rest = bytes.get(whole..).unwrap_or_default();
    let end = rest
        .iter()
        .position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\');
    whole + end.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Activity, Cloud, Kind, Outcome, Quality};
    use crate::{Reading, TimeFlags};
    use proptest::prelude::*;

    fn full() -> Event<'static> {
        let text = |value: &'static str| Some(value.into());
        let mut event = Event::new(Kind::Event, "aws:cloudtrail:record", Cloud::Aws);
        event.time = Reading {
            ns: Some(1),
            offset_minutes: None,
            flags: TimeFlags::NO_ZONE,
        };
        event.time_raw = text("raw");
        event.end_time = Some(2);
        event.account = text("1");
        event.organization = text("o");
        event.region = text("r");
        event.service = text("s3");
        event.action = text("GetObject");
        event.activity = Some(Activity::Read);
        event.outcome = Some(Outcome::Success);
        event.error_code = text("c");
        event.error_message = text("m");
        event.actor_name = text("n");
        event.actor_id = text("i");
        event.actor_type = text("t");
        event.session = text("s");
        event.credential = text("k");
        event.src_ip = text("192.0.2.1");
        event.src_port = Some(1);
        event.dst_ip = text("192.0.2.2");
        event.dst_port = Some(2);
        event.agent = text("a");
        event.resources = vec![Resource {
            kind: text("t"),
            id: text("i"),
            name: text("n"),
        }];
        event.bytes = Some(u64::MAX);
        event.packets = Some(3);
        event.protocol = Some(6);
        event.direction = text("ingress");
        event.request_id = text("q");
        event.event_id = text("e");
        event.quality = Quality::RECOVERED;
        event
    }

    fn row(event: &Event<'_>) -> String {
        let at = Locator {
            offset: 7,
            length: 9,
            sub: Some(1),
            decode: Decode::JsonString,
        };
        let place = Place {
            evidence: "3f2a90c4d5e6f708",
            member: "0",
        };
        String::from_utf8(Canonical::default().row(place, &at, event).to_vec()).unwrap()
    }

    #[test]
    fn keys_are_sorted_and_every_field_is_there() {
        let line = row(&full());
        let value: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&line).unwrap();
        let sorted =
            serde_json::to_string(&value.iter().collect::<std::collections::BTreeMap<_, _>>());
        assert_eq!(sorted.unwrap() + "\n", line);
        let elsewhere = ["ingested", "evidence", "member", "offset"];
        let of_records = crate::Field::ALL.iter().filter(|field| !field.is_noted());
        let mut expected: Vec<&str> = of_records.map(|field| field.name()).collect();
        expected.retain(|name| !elsewhere.contains(name));
        expected.extend(["decode", "quality", "time_flags"]);
        expected.sort_unstable();
        assert_eq!(
            value.keys().map(String::as_str).collect::<Vec<_>>(),
            expected
        );
        assert_eq!(value["bytes"], serde_json::json!("18446744073709551615"));
    }

    proptest! {
        #[test]
        fn any_text_survives(text: String) {
            let mut event = full();
            event.agent = Some(text.clone().into());
            let value: serde_json::Value = serde_json::from_str(&row(&event)).unwrap();
            prop_assert_eq!(value["agent"].as_str(), Some(text.as_str()));
        }
    }
}
