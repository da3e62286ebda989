//! Rows as arrays of integers, ready to be bound.

use vestige_model::{Cloud, Event, Kind, Locator, Resource};

use super::Chunk;
use super::columns::{EVENT, FLOW};
use super::terms::{LocalTerms, Mention};
use crate::rollup::FlowKey;
use crate::term::{HashKey, TermKind};

/// Positions in [`EVENT`].
const SRC_IP: usize = 5;
const DST_IP: usize = 24;

/// Stands for NULL in rows.
pub const NULL: i64 = i64::MIN;

/// A source's own id: sixteen bytes for a UUID in canonical form, else its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ident {
    /// Absent.
    None,
    /// A UUID written in lower case with hyphens.
    Uuid([u8; 16]),
    /// Any other text.
    Text(Box<str>),
}

impl Ident {
    /// The stored form of an id.
    pub fn new(text: Option<&str>) -> Ident {
        let Some(text) = text else { return Ident::None };
        match parse_uuid(text) {
            Some(bytes) => Ident::Uuid(bytes),
            None => Ident::Text(text.into()),
        }
    }
}

/// The bytes of a UUID in its one canonical spelling; any other spelling stays text, so that the
/// id is given back exactly.
fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let text = text.as_bytes();
    if text.len() != 36 {
        return None;
    }
    // Where the pairs of digits stand.
    const PAIRS: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
    let mut out = [0; 16];
    // Of digits that are none, the upper half is set.
    let mut wrong = 0;
    for (slot, at) in out.iter_mut().zip(PAIRS) {
        let (high, low) = (DIGIT[text[at] as usize], DIGIT[text[at + 1] as usize]);
        wrong |= high | low;
        *slot = high << 4 | low & 15;
    }
    let hyphens = [8, 13, 18, 23].iter().all(|&at| text[at] == b'-');
    (hyphens && wrong < 16).then_some(out)
}

/// The value of each hexadecimal digit in lower case, 255 for other bytes.
const DIGIT: [u8; 256] = {
    let mut table = [255; 256];
    let mut value = 0;
    while value < 16 {
        table[b"0123456789abcdef"[value as usize] as usize] = value;
        value += 1;
    }
    table
};

/// A row of `event`.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// The columns of [`EVENT`]; terms as local numbers, [`NULL`] for absent.
    pub values: [i64; EVENT.len()],
    /// The time's text where the instant does not give it back.
    pub time_raw: Option<Box<str>>,
    /// The source's own id.
    pub event_id: Ident,
    /// The provider's request id.
    pub request_id: Ident,
    /// Member of the batch, from 0.
    pub member: u32,
    /// Where the record lies.
    pub at: Locator,
}

/// A row of `flow`.
#[derive(Clone, Debug)]
pub struct FlowRow {
    /// The columns of [`FLOW`]; terms as local numbers, [`NULL`] for absent.
    pub values: [i64; FLOW.len()],
    /// The time's text where the instant does not give it back.
    pub time_raw: Option<Box<str>>,
    /// Member of the batch, from 0.
    pub member: u32,
    /// Where the record lies.
    pub at: Locator,
}

/// One of several resources of an event.
#[derive(Clone, Copy, Debug)]
pub struct ResourceRow {
    /// Index of its event in the chunk.
    pub event: u32,
    /// Position among the event's resources.
    pub n: u32,
    /// Type, id and name as local terms.
    pub values: [i64; 3],
}

struct Fill<'a> {
    terms: &'a mut LocalTerms,
    key: HashKey,
    cloud: Cloud,
    time: Option<i64>,
}

impl Fill<'_> {
    fn term(&mut self, kind: TermKind, value: Option<&str>) -> i64 {
        self.mention(kind, value, false)
    }

    fn mention(&mut self, kind: TermKind, value: Option<&str>, destination: bool) -> i64 {
        let Some(value) = value else { return NULL };
        let namespace = kind.namespace(self.cloud);
        let mention = Mention {
            kind,
            namespace,
            destination,
            time: self.time,
        };
        self.terms.mention(self.key, mention, value)
    }

    /// Like [`Fill::resource`], but a value that an earlier resource of the same event has is not
    /// counted again: counts are of rows.
    fn further(&mut self, one: &Resource<'_>, earlier: &[Resource<'_>]) -> [i64; 3] {
        let values = self.resource(one);
        let repeated = [
            earlier.iter().any(|other| other.kind == one.kind),
            earlier.iter().any(|other| other.id == one.id),
            earlier.iter().any(|other| other.name == one.name),
        ];
        for (value, repeated) in values.into_iter().zip(repeated) {
            if repeated && value != NULL {
                self.terms.uncount(value);
            }
        }
        values
    }

    fn resource(&mut self, resource: &Resource<'_>) -> [i64; 3] {
        [
            self.term(TermKind::ResourceType, resource.kind.as_deref()),
            self.term(TermKind::Resource, resource.id.as_deref()),
            self.term(TermKind::ResourceName, resource.name.as_deref()),
        ]
    }
}

fn number<T: Into<i64>>(value: Option<T>) -> i64 {
    value.map_or(NULL, Into::into)
}

/// `Event::normalise` has taken away what does not fit.
fn count(value: Option<u64>) -> i64 {
    value
        .and_then(|value| i64::try_from(value).ok())
        .unwrap_or(NULL)
}

pub(super) fn push_event(
    chunk: &mut Chunk,
    key: HashKey,
    member: u32,
    at: &Locator,
    event: &Event<'_>,
) {
    let mut fill = Fill {
        terms: &mut chunk.terms,
        key,
        cloud: event.cloud,
        time: event.time.ns,
    };
    let first = match event.resources.as_slice() {
        [] => [NULL; 3],
        [one] => fill.resource(one),
        many => {
            let index = chunk.events.len() as u32;
            let rows: Vec<_> = many
                .iter()
                .enumerate()
                .map(|(n, one)| fill.further(one, &many[..n]))
                .collect();
            let first = rows[0];
            chunk
                .resources
                .extend(rows.into_iter().zip(0..).map(|(values, n)| ResourceRow {
                    event: index,
                    n,
                    values,
                }));
            first
        }
    };
    let several = (event.resources.len() > 1).then_some(event.resources.len() as i64);
    let event_key = event
        .event_id
        .as_deref()
        .map(|id| key.event(&event.data_type, event.account.as_deref(), id));
    let kind = fill.term(TermKind::Type, Some(&event.data_type));
    chunk.rollup.count_minute(event.time.ns, kind);
    let values = [
        event.kind as i64,
        number(event.time.ns),
        kind,
        fill.term(TermKind::Action, event.action.as_deref()),
        fill.term(TermKind::Actor, event.actor_id.as_deref()),
        fill.term(TermKind::Address, event.src_ip.as_deref()),
        number(event.outcome.map(|word| word as u8)),
        fill.term(TermKind::Service, event.service.as_deref()),
        fill.term(TermKind::Account, event.account.as_deref()),
        fill.term(TermKind::Region, event.region.as_deref()),
        fill.term(TermKind::ActorName, event.actor_name.as_deref()),
        fill.term(TermKind::ActorType, event.actor_type.as_deref()),
        fill.term(TermKind::Session, event.session.as_deref()),
        fill.term(TermKind::Credential, event.credential.as_deref()),
        fill.term(TermKind::Agent, event.agent.as_deref()),
        number(event.activity.map(|word| word as u8)),
        fill.term(TermKind::ErrorCode, event.error_code.as_deref()),
        fill.term(TermKind::ErrorMessage, event.error_message.as_deref()),
        first[0],
        first[1],
        first[2],
        number(several),
        event.cloud as i64,
        fill.term(TermKind::Organization, event.organization.as_deref()),
        fill.mention(TermKind::Address, event.dst_ip.as_deref(), true),
        number(event.src_port),
        number(event.dst_port),
        count(event.bytes),
        count(event.packets),
        number(event.protocol),
        fill.term(TermKind::Direction, event.direction.as_deref()),
        number(event.end_time),
        i64::from(event.time.flags.0),
        i64::from(event.quality.0),
        number(event_key),
    ];
    if event.kind == Kind::Flow {
        count_pair(chunk, event, values[SRC_IP], values[DST_IP]);
    }
    chunk.events.push(EventRow {
        values,
        time_raw: event.time_raw.as_deref().map(Into::into),
        event_id: Ident::new(event.event_id.as_deref()),
        request_id: Ident::new(event.request_id.as_deref()),
        member,
        at: *at,
    });
}

/// Whether the table `flow` has a column for everything this flow says.
pub(super) fn fits_flow(event: &Event<'_>) -> bool {
    let others = [
        &event.organization,
        &event.error_code,
        &event.error_message,
        &event.actor_name,
        &event.actor_id,
        &event.actor_type,
        &event.session,
        &event.credential,
        &event.agent,
        &event.request_id,
        &event.event_id,
    ];
    event.resources.len() < 2 && others.into_iter().all(Option::is_none)
}

/// Counts a flow in the roll-ups of pairs and hours.
fn count_pair(chunk: &mut Chunk, event: &Event<'_>, src: i64, dst: i64) {
    let pair = FlowKey {
        src: src.max(0),
        dst: dst.max(0),
    };
    chunk.rollup.count_flow(
        pair,
        event.time.ns,
        count(event.bytes),
        count(event.packets),
    );
}

pub(super) fn push_flow(
    chunk: &mut Chunk,
    key: HashKey,
    member: u32,
    at: &Locator,
    event: &Event<'_>,
) {
    let mut fill = Fill {
        terms: &mut chunk.terms,
        key,
        cloud: event.cloud,
        time: event.time.ns,
    };
    let kind = fill.term(TermKind::Type, Some(&event.data_type));
    let src = fill.term(TermKind::Address, event.src_ip.as_deref());
    let dst = fill.mention(TermKind::Address, event.dst_ip.as_deref(), true);
    let resource = event
        .resources
        .first()
        .map_or([NULL; 3], |one| fill.resource(one));
    let values = [
        number(event.time.ns),
        number(event.end_time),
        kind,
        src,
        dst,
        number(event.src_port),
        number(event.dst_port),
        number(event.protocol),
        count(event.packets),
        count(event.bytes),
        fill.term(TermKind::Action, event.action.as_deref()),
        number(event.activity.map(|word| word as u8)),
        number(event.outcome.map(|word| word as u8)),
        fill.term(TermKind::Account, event.account.as_deref()),
        fill.term(TermKind::Region, event.region.as_deref()),
        fill.term(TermKind::Service, event.service.as_deref()),
        fill.term(TermKind::Direction, event.direction.as_deref()),
        resource[0],
        resource[1],
        resource[2],
        event.cloud as i64,
        i64::from(event.time.flags.0),
        i64::from(event.quality.0),
    ];
    chunk.rollup.count_minute(event.time.ns, kind);
    count_pair(chunk, event, src, dst);
    chunk.flows.push(FlowRow {
        values,
        time_raw: event.time_raw.as_deref().map(Into::into),
        member,
        at: *at,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_name_their_columns() {
        assert_eq!(
            (EVENT[SRC_IP].name, EVENT[DST_IP].name),
            ("src_ip", "dst_ip")
        );
    }

    #[test]
    fn only_the_canonical_spelling_is_packed() {
        let text = "0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01";
        let Ident::Uuid(bytes) = Ident::new(Some(text)) else {
            panic!("not packed")
        };
        assert_eq!(uuid::Uuid::from_bytes(bytes).hyphenated().to_string(), text);
        for other in [
            "0C0B9D1E-5A5E-4D0F-8A55-6F0D6B7D2A01",
            "0c0b9d1e5a5e4d0f8a556f0d6b7d2a01",
            "x",
            "",
        ] {
            assert_eq!(Ident::new(Some(other)), Ident::Text(other.into()));
        }
    }
}
