//! Flow logs in JSON: records as objects, or lines in the messages of CloudWatch Logs.

use vestige_model::Event;

use super::VpcFlow;
use super::field::{Field, field};
use super::flow::{Flow, Malformed};
use super::text::message;
use crate::json::keys::Seen;
use crate::json::{Fault, Key, Records, Scanner, Verdict};

impl Records for VpcFlow {
    fn key(&self, key: &[u8]) -> Key {
        match key {
            b"logEvents" | b"events" | b"Records" => return Key::List,
            b"message" | b"@message" => return Key::Text,
            b"@timestamp" | b"timestamp" | b"time" => return Key::Stamp,
            _ => {}
        }
        match field(key) {
            Field::Source
            | Field::Destination
            | Field::SourcePort
            | Field::DestinationPort
            | Field::Interface
            | Field::Status => Key::Record,
            _ => Key::Other,
        }
    }

    fn mark(&self) -> &'static [u8] {
        b"\"srcaddr\""
    }

    fn text_keys(&self) -> &'static [&'static [u8]] {
        &[b"\"message\"", b"\"@message\""]
    }

    fn record<'a>(
        &self,
        scanner: &mut Scanner<'a>,
        rows: &mut Vec<Event<'a>>,
    ) -> Result<Verdict, Fault> {
        let (mut flow, mut seen) = (Flow::new(), Seen::default());
        let (mut wrong, mut stamp) = (None, None);
        let start = scanner.at();
        scanner.object(|scanner, key| {
            seen.note(key);
            let value = scanner.scalar()?.map(|value| value.text());
            match value {
                Some(time) if self.key(key) == Key::Stamp || key == b"p_event_time" => {
                    stamp = Some(time)
                }
                Some(value) => {
                    let shown = value.clone();
                    if let Err(malformed) = flow.set(field(key), value) {
                        wrong = Some((malformed, key.to_vec(), shown));
                    }
                }
                None => {}
            }
            Ok(())
        })?;
        seen.settle(scanner, start);
        if let Some((malformed, name, value)) = wrong {
            return Ok(unfit(malformed, &name, &value));
        }
        if let Some(time) = stamp {
            flow.stamp(time);
        }
        Ok(flow.finish(rows))
    }

    fn text<'a>(&self, decoded: &'a [u8], rows: &mut Vec<Event<'a>>) -> Verdict {
        if decoded.starts_with(b"CWL CONTROL MESSAGE") {
            return Verdict::Ignored("CloudWatch Logs control message");
        }
        let not_text = Verdict::Unfit {
            reason: "the message is not text",
            expected: "UTF-8",
            found: "other bytes".to_owned(),
        };
        std::str::from_utf8(decoded).map_or(not_text, |line| message(line, rows))
    }
}

fn unfit(malformed: Malformed, name: &[u8], value: &str) -> Verdict {
    let shown: String = value
        .chars()
        .take(40)
        .flat_map(char::escape_default)
        .collect();
    let name = String::from_utf8_lossy(name).into_owned();
    Verdict::Unfit {
        reason: "a field has a value it cannot have",
        expected: malformed.expected,
        found: format!("\"{shown}\" under {}", name.escape_default()),
    }
}
