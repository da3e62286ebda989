//! Questions with two faces: how they are written in the query language, and what they mean for
//! a row, said without the code that is tested.

use std::net::IpAddr;

use proptest::prelude::*;
use vestige_model::time::parse;
use vestige_model::{Event, Field, Resource};

use super::case::{ACCOUNTS, ACTIONS, ACTORS, ADDRESSES, Expected, IDENTS, WORDS};

#[derive(Clone, Debug)]
pub enum Ask {
    All,
    Not(Box<Ask>),
    And(Vec<Ask>),
    Or(Vec<Ask>),
    Present(Field),
    Text(Field, Vec<Vec<Glyph>>),
    Word(Field, &'static str),
    Number(Field, u64, u64, String),
    Time(Field, i64, i64, String),
    Undated(Field),
    Network(Field, &'static str, u32),
    Place(&'static str, Field, i64, &'static str),
    Id(Vec<u8>),
    Phrase(usize),
}

#[derive(Clone, Debug)]
pub enum Glyph {
    Char(char),
    One,
    Many,
}

impl Ask {
    /// In the query language, with parentheses where `level` binds tighter.
    pub fn write(&self, rows: &[Expected], level: u8) -> String {
        let all = |parts: &[Ask], with: &str, level| {
            parts
                .iter()
                .map(|part| part.write(rows, level))
                .collect::<Vec<_>>()
                .join(with)
        };
        let (text, own) = match self {
            Ask::Not(inner) => (format!("NOT {}", inner.write(rows, 2)), 2),
            Ask::And(parts) => (all(parts, " ", 2), 1),
            Ask::Or(parts) => (all(parts, " OR ", 1), 0),
            Ask::All => ("*".to_owned(), 3),
            Ask::Present(field) => (format!("{}:*", field.name()), 3),
            Ask::Text(field, patterns) => match patterns.as_slice() {
                [one] => (format!("{}:{}", field.name(), spell(one)), 3),
                many => {
                    let list: Vec<String> = many.iter().map(|pattern| spell(pattern)).collect();
                    (format!("{}: IN [{}]", field.name(), list.join(" ")), 3)
                }
            },
            Ask::Word(field, word) => (format!("{}:{word}", field.name()), 3),
            Ask::Number(field, _, _, text) | Ask::Time(field, _, _, text) => {
                (format!("{}:{text}", field.name()), 3)
            }
            Ask::Undated(field) => (format!("{}:none", field.name()), 3),
            Ask::Network(field, base, prefix) => (format!("{}:{base}/{prefix}", field.name()), 3),
            Ask::Place(text, ..) => ((*text).to_owned(), 3),
            Ask::Id(picks) => {
                let ids: Vec<String> = picks.iter().map(|pick| id_of(rows, *pick)).collect();
                (format!("id: IN [{}]", ids.join(" ")), 3)
            }
            Ask::Phrase(number) => (["first", "\"second one\""][*number].to_owned(), 3),
        };
        if own < level {
            format!("({text})")
        } else {
            text
        }
    }

    /// Whether a row is meant.
    pub fn means(&self, rows: &[Expected], row: &Expected) -> bool {
        match self {
            Ask::All => true,
            Ask::Not(inner) => !inner.means(rows, row),
            Ask::And(parts) => parts.iter().all(|part| part.means(rows, row)),
            Ask::Or(parts) => parts.iter().any(|part| part.means(rows, row)),
            Ask::Present(field) => match field {
                Field::Time => row.event.time.ns.is_some(),
                Field::EndTime => row.event.end_time.is_some(),
                _ => number(*field, row).is_some() || !texts(*field, row).is_empty(),
            },
            Ask::Text(field, patterns) => texts(*field, row).iter().any(|text| {
                patterns.iter().any(|pattern| {
                    same_address(*field, pattern, text)
                        || fits(pattern, &text.chars().collect::<Vec<_>>())
                })
            }),
            Ask::Word(field, word) => texts(*field, row)
                .iter()
                .any(|text| text.eq_ignore_ascii_case(word)),
            Ask::Number(field, low, high, _) => {
                number(*field, row).is_some_and(|number| *low <= number && number <= *high)
            }
            Ask::Time(field, first, last, _) => {
                time(*field, row).is_some_and(|time| *first <= time && time <= *last)
            }
            Ask::Undated(field) => time(*field, row).is_none(),
            Ask::Network(field, base, prefix) => texts(*field, row)
                .iter()
                .any(|text| in_network(text, base, *prefix)),
            Ask::Place(_, Field::Evidence, evidence, _) => row.evidence == *evidence,
            Ask::Place(_, _, _, path) => row.path == *path,
            Ask::Id(picks) => picks.iter().any(|pick| id_of(rows, *pick) == row.id()),
            Ask::Phrase(phrase) => row.phrases[*phrase],
        }
    }
}

fn id_of(rows: &[Expected], pick: u8) -> String {
    if rows.is_empty() || pick.is_multiple_of(7) {
        return "3f2a90c4d5e6f708.0.1832".to_owned();
    }
    rows[usize::from(pick) % rows.len()].id()
}

fn spell(pattern: &[Glyph]) -> String {
    let wild = pattern.iter().any(|glyph| !matches!(glyph, Glyph::Char(_)));
    let mut out = String::new();
    for glyph in pattern {
        match glyph {
            Glyph::One => out.push('?'),
            Glyph::Many => out.push('*'),
            Glyph::Char(c) if wild && !c.is_alphanumeric() => out.extend(['\\', *c]),
            Glyph::Char(c @ ('"' | '\\')) if !wild => out.extend(['\\', *c]),
            Glyph::Char(c) => out.push(*c),
        }
    }
    if wild {
        out.replace("\\%", "%")
            .replace("\\_", "_")
            .replace("\\@", "@")
            .replace("\\.", ".")
    } else {
        format!("\"{out}\"")
    }
}

fn fits(pattern: &[Glyph], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([Glyph::Many, rest @ ..], _) => {
            fits(rest, text) || matches!(text, [_, more @ ..] if fits(pattern, more))
        }
        ([Glyph::One, rest @ ..], [_, more @ ..]) => fits(rest, more),
        ([Glyph::Char(a), rest @ ..], [b, more @ ..]) => {
            a.to_lowercase().eq(b.to_lowercase()) && fits(rest, more)
        }
        _ => false,
    }
}

/// Whether a pattern without wild cards and a text are the same address, however it is written.
fn same_address(field: Field, pattern: &[Glyph], text: &str) -> bool {
    let plain = |glyph: &Glyph| match glyph {
        Glyph::Char(c) => Some(*c),
        _ => None,
    };
    let address = |text: &str| text.parse::<IpAddr>().map(|ip| ip.to_canonical()).ok();
    let asked: Option<String> = pattern.iter().map(plain).collect();
    matches!(field, Field::SrcIp | Field::DstIp)
        && asked
            .and_then(|asked| address(&asked))
            .is_some_and(|asked| address(text) == Some(asked))
}

/// Whether the leading bits of an IPv4 address are those of the base.
fn in_network(text: &str, base: &str, prefix: u32) -> bool {
    match (text.parse(), base.parse()) {
        (Ok(IpAddr::V4(a)), Ok(IpAddr::V4(b))) => {
            bits(&a.octets(), prefix) == bits(&b.octets(), prefix)
        }
        (Ok(IpAddr::V6(a)), Ok(IpAddr::V6(b))) => {
            bits(&a.octets(), prefix) == bits(&b.octets(), prefix)
        }
        _ => false,
    }
}

fn bits(octets: &[u8], prefix: u32) -> String {
    octets
        .iter()
        .map(|octet| format!("{octet:08b}"))
        .collect::<String>()[..prefix as usize]
        .to_owned()
}

pub fn time(field: Field, row: &Expected) -> Option<i64> {
    match field {
        Field::Time => row.event.time.ns,
        Field::EndTime => row.event.end_time,
        _ => Some(row.ingested),
    }
}

pub fn number(field: Field, row: &Expected) -> Option<u64> {
    let event = &row.event;
    match field {
        Field::SrcPort => event.src_port.map(u64::from),
        Field::DstPort => event.dst_port.map(u64::from),
        Field::Bytes => event.bytes,
        Field::Packets => event.packets,
        Field::Protocol => event.protocol.map(u64::from),
        Field::Offset => Some(row.at.offset),
        Field::Length => Some(row.at.length),
        _ => None,
    }
}

/// The texts a row has for a field.
pub fn texts(field: Field, row: &Expected) -> Vec<String> {
    let event: &Event<'_> = &row.event;
    let resources = |part: fn(&Resource<'static>) -> Option<String>| {
        row.event
            .resources
            .iter()
            .filter_map(part)
            .collect::<Vec<_>>()
    };
    let one = match field {
        Field::Type => Some(event.data_type.to_string()),
        Field::Kind => Some(event.kind.word().to_owned()),
        Field::Cloud => Some(event.cloud.word().to_owned()),
        Field::Activity => event.activity.map(|word| word.word().to_owned()),
        Field::Outcome => event.outcome.map(|word| word.word().to_owned()),
        Field::ResourceType => return resources(|one| one.kind.as_deref().map(str::to_owned)),
        Field::ResourceId => return resources(|one| one.id.as_deref().map(str::to_owned)),
        Field::ResourceName => return resources(|one| one.name.as_deref().map(str::to_owned)),
        _ => plain(field, event).map(str::to_owned),
    };
    one.into_iter().collect()
}

fn plain<'a>(field: Field, event: &'a Event<'_>) -> Option<&'a str> {
    let text = match field {
        Field::Account => &event.account,
        Field::Organization => &event.organization,
        Field::Region => &event.region,
        Field::Service => &event.service,
        Field::Action => &event.action,
        Field::ErrorCode => &event.error_code,
        Field::ErrorMessage => &event.error_message,
        Field::ActorName => &event.actor_name,
        Field::ActorId => &event.actor_id,
        Field::ActorType => &event.actor_type,
        Field::Session => &event.session,
        Field::Credential => &event.credential,
        Field::SrcIp => &event.src_ip,
        Field::DstIp => &event.dst_ip,
        Field::Agent => &event.agent,
        Field::Direction => &event.direction,
        Field::RequestId => &event.request_id,
        Field::EventId => &event.event_id,
        Field::TimeRaw => &event.time_raw,
        _ => return None,
    };
    text.as_deref()
}

pub const TERMS: &[Field] = &[
    Field::Action,
    Field::Service,
    Field::Region,
    Field::Account,
    Field::ActorId,
    Field::ActorName,
    Field::Session,
    Field::SrcIp,
    Field::DstIp,
    Field::ResourceId,
    Field::ResourceName,
    Field::ResourceType,
    Field::ErrorCode,
    Field::Agent,
    Field::Type,
    Field::Direction,
    Field::Organization,
    Field::Credential,
];
pub const WORD_FIELDS: &[Field] = &[Field::Kind, Field::Cloud, Field::Activity, Field::Outcome];
pub const NUMBERS: &[Field] = &[
    Field::SrcPort,
    Field::DstPort,
    Field::Bytes,
    Field::Packets,
    Field::Protocol,
    Field::Offset,
    Field::Length,
];

fn pattern() -> impl Strategy<Value = Vec<Glyph>> {
    let pool: Vec<&str> = [
        ACTIONS,
        ACTORS,
        ADDRESSES,
        IDENTS,
        WORDS,
        ACCOUNTS,
        &["aws:vpcflow:record", "nowhere", "%", "_"],
    ]
    .concat();
    (
        prop::sample::select(pool),
        0..6_u8,
        any::<prop::sample::Index>(),
    )
        .prop_map(|(text, how, at)| {
            let mut glyphs: Vec<Glyph> = text.chars().map(Glyph::Char).collect();
            let at = at.index(glyphs.len());
            match how {
                0 => glyphs = text.to_uppercase().chars().map(Glyph::Char).collect(),
                1 => glyphs[at] = Glyph::One,
                2 => glyphs[at] = Glyph::Many,
                3 => {
                    glyphs.truncate(at);
                    glyphs.push(Glyph::Many);
                }
                _ => {}
            }
            glyphs
        })
}

fn times() -> impl Strategy<Value = Ask> {
    let pool = vec![
        (
            "2026-11-01",
            "2026-11-01T00:00:00Z",
            "2026-11-01T23:59:59.999999999Z",
        ),
        (
            "2026-11",
            "2026-11-01T00:00:00Z",
            "2026-11-30T23:59:59.999999999Z",
        ),
        (
            "2026-11-01T10",
            "2026-11-01T10:00:00Z",
            "2026-11-01T10:59:59.999999999Z",
        ),
        (
            "2026-11-01T10:22:59Z",
            "2026-11-01T10:22:59Z",
            "2026-11-01T10:22:59.999999999Z",
        ),
        (
            "[2026-11-01T10:22:05.5Z TO 2026-11-02]",
            "2026-11-01T10:22:05.5Z",
            "2026-11-02T23:59:59.999999999Z",
        ),
        (
            "{2026-11-01 TO *]",
            "2026-11-02T00:00:00Z",
            "2262-01-01T00:00:00Z",
        ),
        (
            "<2026-11-01",
            "1700-01-01T00:00:00Z",
            "2026-10-31T23:59:59.999999999Z",
        ),
        (
            "[1969-12-31T23:30:30 TO 2026-11-01T10:22]",
            "1969-12-31T23:30:30Z",
            "2026-11-01T10:22:59.999999999Z",
        ),
        (
            "[1969-12-31T22 TO 2026-11-03T12:00:00Z}",
            "1969-12-31T22:00:00Z",
            "2026-11-03T11:59:59.999999999Z",
        ),
        (
            "2026-12-01T08",
            "2026-12-01T08:00:00Z",
            "2026-12-01T08:59:59.999999999Z",
        ),
    ];
    let field = prop::sample::select(vec![
        Field::Time,
        Field::Time,
        Field::Time,
        Field::EndTime,
        Field::Ingested,
    ]);
    (field, prop::sample::select(pool)).prop_map(|(field, (text, first, last))| {
        Ask::Time(
            field,
            parse(first).ns.unwrap(),
            parse(last).ns.unwrap(),
            text.to_owned(),
        )
    })
}

fn numbers() -> impl Strategy<Value = Ask> {
    let value = prop::sample::select(vec![
        0,
        1,
        6,
        17,
        22,
        90,
        100,
        443,
        1_000,
        65_535,
        i64::MAX as u64,
    ]);
    (prop::sample::select(NUMBERS), value.clone(), value, 0..5_u8).prop_map(|(field, a, b, how)| {
        // Protocol numbers end at 255.
        let fit = |n: u64| {
            if field == Field::Protocol {
                n.min(255)
            } else {
                n
            }
        };
        let (a, b) = (fit(a.min(b)), fit(a.max(b)));
        let (low, high, text) = match how {
            4 if b > 0 => (a, b - 1, format!("[{a} TO {b}}}")),
            1 => (a, b, format!("[{a} TO {b}]")),
            2 => (a + 1, u64::MAX, format!(">{a}")),
            3 => (0, b, format!("<={b}")),
            _ => (a, a, a.to_string()),
        };
        Ask::Number(field, low, high, text)
    })
}

fn leaf() -> impl Strategy<Value = Ask> {
    let terms = prop::sample::select(TERMS);
    let texts =
        prop::sample::select([TERMS, &[Field::EventId, Field::RequestId, Field::TimeRaw]].concat());
    let addresses = prop::sample::select(vec![Field::SrcIp, Field::DstIp]);
    let networks = vec![
        ("10.0.0.0", 8),
        ("10.0.0.1", 32),
        ("0.0.0.0", 0),
        ("2001:db8::", 32),
        ("10.0.0.0", 15),
    ];
    let places = vec![
        ("evidence:EV-0001", Field::Evidence, 1, ""),
        ("evidence:ev-2", Field::Evidence, 2, ""),
        ("member:0", Field::Member, 0, "0"),
        ("member:3-1", Field::Member, 0, "3-1"),
    ];
    prop_oneof![
        1 => Just(Ask::All),
        2 => prop::sample::select([TERMS, NUMBERS, WORD_FIELDS, &[Field::Time, Field::EndTime, Field::EventId]].concat()).prop_map(Ask::Present),
        6 => (texts, pattern()).prop_map(|(field, pattern)| address_safe(field, vec![pattern])),
        2 => (terms, prop::collection::vec(pattern(), 2..4)).prop_map(|(field, patterns)| address_safe(field, patterns)),
        3 => prop::sample::select(vec![
            (Field::Kind, "flow"), (Field::Kind, "event"), (Field::Kind, "RESOURCE"), (Field::Cloud, "azure"),
            (Field::Activity, "Read"), (Field::Outcome, "denied"), (Field::Outcome, "success"),
        ]).prop_map(|(field, word)| Ask::Word(field, word)),
        3 => numbers(),
        4 => times(),
        1 => prop::sample::select(vec![Field::Time, Field::EndTime]).prop_map(Ask::Undated),
        2 => (addresses, prop::sample::select(networks)).prop_map(|(field, (base, prefix))| Ask::Network(field, base, prefix)),
        1 => prop::sample::select(places).prop_map(|(text, field, evidence, path)| Ask::Place(text, field, evidence, path)),
        1 => prop::collection::vec(any::<u8>(), 1..3).prop_map(Ask::Id),
        2 => (0..2_usize).prop_map(Ask::Phrase),
    ]
}

/// Address fields refuse what looks like an address and is none.
fn address_safe(field: Field, patterns: Vec<Vec<Glyph>>) -> Ask {
    let written = |glyphs: &Vec<Glyph>| {
        glyphs
            .iter()
            .map(|glyph| match glyph {
                Glyph::Char(c) => *c,
                _ => '*',
            })
            .collect::<String>()
    };
    let address = matches!(field, Field::SrcIp | Field::DstIp);
    let odd = |glyphs: &Vec<Glyph>| {
        let text = written(glyphs);
        text.contains('/') || !text.contains('*') && text.chars().all(|c| c.is_ascii_digit())
    };
    if address && patterns.iter().any(odd) {
        Ask::Present(field)
    } else {
        Ask::Text(field, patterns)
    }
}

/// Questions of every form, joined in every way.
pub fn ask() -> impl Strategy<Value = Ask> {
    leaf().prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|ask| Ask::Not(Box::new(ask))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Ask::And),
            prop::collection::vec(inner, 2..4).prop_map(Ask::Or),
        ]
    })
}
