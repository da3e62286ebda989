//! Values by the kind of their field: what is meant, or why it cannot be.

use std::net::{IpAddr, Ipv4Addr};

use vestige_model::event::PROTOCOLS;
use vestige_model::{
    Activity, Cloud, EntityKind, EventId, Field, FieldKind, Kind, Outcome, entity,
};

use super::expr::Value;
use super::network::AddressRange;
use super::pattern::Pattern;
use super::problem::{QueryProblem, Span, nearest};
use super::tree::takes;
use super::when::{self, Stretch};
use crate::annotation::Mark;

/// An end of a range: its text, and whether it belongs to it.
pub(super) type End = Option<(String, bool)>;

/// The values that one spelling means for a field.
pub(super) fn single(field: Field, spelling: &str, at: Span) -> Result<Vec<Value>, QueryProblem> {
    let pattern = Pattern::new(spelling);
    let one = |value| Ok(vec![value]);
    match field.kind() {
        FieldKind::Word => words(field, &pattern, at),
        FieldKind::Number if field == Field::Protocol => {
            one(protocol(&exact(field, &pattern, at)?, at)?)
        }
        FieldKind::Number => {
            let number = number(field, &exact(field, &pattern, at)?, at)?;
            one(Value::Number(number, number))
        }
        FieldKind::Time => one(time(field, &exact(field, &pattern, at)?, at)?),
        FieldKind::Address => address(field, pattern, at),
        FieldKind::Unique if field == Field::Id => one(id(&exact(field, &pattern, at)?, at)?),
        FieldKind::Unique if field == Field::Evidence => one(Value::Text(evidence(pattern))),
        FieldKind::Term | FieldKind::Unique => one(Value::Text(pattern)),
    }
}

/// The values between two ends.
pub(super) fn range(
    field: Field,
    ends: [End; 2],
    at: [Span; 2],
    whole: Span,
) -> Result<Value, QueryProblem> {
    match field.kind() {
        _ if ends == [None, None] => Ok(Value::Present),
        FieldKind::Time => times(field, ends, at),
        FieldKind::Number => numbers(field, ends, at),
        FieldKind::Address => addresses(field, ends, at, whole),
        _ => Err(QueryProblem::new(
            whole,
            format!("{} has no order, so it has no ranges", field.name()),
            format!(
                "it takes {}; ranges are for times, numbers and addresses",
                takes(field)
            ),
        )),
    }
}

/// The text of a value that cannot have wild cards.
fn exact(field: Field, pattern: &Pattern, at: Span) -> Result<String, QueryProblem> {
    pattern.exact().ok_or_else(|| {
        let hint = match field.kind() {
            FieldKind::Time => when::FORMS.to_owned(),
            FieldKind::Number => {
                format!("write a range, as in {}:[1 TO 9] or {0}:>9", field.name())
            }
            _ => format!("it takes {}", takes(field)),
        };
        QueryProblem::new(
            at,
            format!("wild cards do not work on {}", field.name()),
            hint,
        )
    })
}

fn words(field: Field, pattern: &Pattern, at: Span) -> Result<Vec<Value>, QueryProblem> {
    let known = known_words(field);
    let matching: Vec<Value> = known
        .iter()
        .filter(|(_, word)| pattern.matches(word))
        .map(|(number, _)| Value::Word(*number))
        .collect();
    if !matching.is_empty() {
        return Ok(matching);
    }
    let list: Vec<&str> = known.iter().map(|(_, word)| *word).collect();
    let written = pattern
        .exact()
        .unwrap_or_else(|| pattern.spelling().to_owned());
    let hint = match nearest(&written, list.iter().copied()) {
        Some(word) => format!("did you mean {word}? It is one of {}", list.join(", ")),
        None => format!("it is one of {}", list.join(", ")),
    };
    Err(QueryProblem::new(
        at,
        format!("{} is never {written:?}", field.name()),
        hint,
    ))
}

/// The stored numbers and words of a field of words.
pub(crate) fn known_words(field: Field) -> Vec<(u8, &'static str)> {
    match field {
        Field::Kind => Kind::ALL
            .iter()
            .map(|word| (*word as u8, word.word()))
            .collect(),
        Field::Cloud => Cloud::ALL
            .iter()
            .map(|word| (*word as u8, word.word()))
            .collect(),
        Field::Activity => Activity::ALL
            .iter()
            .map(|word| (*word as u8, word.word()))
            .collect(),
        Field::Outcome => Outcome::ALL
            .iter()
            .map(|word| (*word as u8, word.word()))
            .collect(),
        Field::Starred => vec![(1, "true"), (0, "false")],
        Field::Mark => Mark::ALL
            .iter()
            .map(|mark| (*mark as u8, mark.word()))
            .collect(),
        _ => Vec::new(),
    }
}

fn number(field: Field, text: &str, at: Span) -> Result<u64, QueryProblem> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if plain { text.parse().ok() } else { None };
    number.ok_or_else(|| {
        let hint = format!("it takes {}, without unit or sign", takes(field));
        QueryProblem::new(
            at,
            format!("{text:?} is no number for {}", field.name()),
            hint,
        )
    })
}

fn protocol(text: &str, at: Span) -> Result<Value, QueryProblem> {
    let named = PROTOCOLS
        .iter()
        .find(|(_, name)| name.eq_ignore_ascii_case(text));
    let number = match named {
        Some((number, _)) => Some(u64::from(*number)),
        None => text
            .parse::<u8>()
            .ok()
            .filter(|_| !text.starts_with('+'))
            .map(u64::from),
    };
    number
        .map(|number| Value::Number(number, number))
        .ok_or_else(|| {
            let names: Vec<&str> = PROTOCOLS.iter().map(|(_, name)| *name).collect();
            let hint = format!(
                "write its IANA number from 0 to 255, or one of {}",
                names.join(", ")
            );
            QueryProblem::new(at, format!("{text:?} is no protocol"), hint)
        })
}

fn time(field: Field, text: &str, at: Span) -> Result<Value, QueryProblem> {
    if text.eq_ignore_ascii_case("none") && field != Field::Ingested {
        return Ok(Value::Absent);
    }
    let stated = stated(field, text, at)?;
    Ok(Value::Time(Stretch::of(stated.first, stated.last)))
}

fn stated(field: Field, text: &str, at: Span) -> Result<when::Stated, QueryProblem> {
    when::stated(text).ok_or_else(|| {
        let message = format!("{text:?} is no time for {}", field.name());
        QueryProblem::new(at, message, when::FORMS)
    })
}

fn times(
    field: Field,
    [lower, upper]: [End; 2],
    [lower_at, upper_at]: [Span; 2],
) -> Result<Value, QueryProblem> {
    let mut first = i128::from(i64::MIN);
    let mut last = i128::from(i64::MAX);
    if let Some((text, included)) = lower {
        let stated = stated(field, &text, lower_at)?;
        first = if included {
            stated.first
        } else {
            stated.last + 1
        };
    }
    if let Some((text, included)) = upper {
        let stated = stated(field, &text, upper_at)?;
        last = if included {
            stated.last
        } else {
            stated.first - 1
        };
    }
    backwards(first > last, [lower_at, upper_at])?;
    Ok(Value::Time(Stretch::of(first, last)))
}

fn numbers(
    field: Field,
    [lower, upper]: [End; 2],
    [lower_at, upper_at]: [Span; 2],
) -> Result<Value, QueryProblem> {
    let read = |end: End, at, open: u64| match end {
        Some((text, included)) if field == Field::Protocol => match protocol(&text, at)? {
            Value::Number(number, _) => Ok((number, included)),
            _ => Ok((open, true)),
        },
        Some((text, included)) => Ok((number(field, &text, at)?, included)),
        None => Ok((open, true)),
    };
    let (low, low_in) = read(lower, lower_at, 0)?;
    let (high, high_in) = read(upper, upper_at, u64::MAX)?;
    backwards(low > high, [lower_at, upper_at])?;
    // An excluded end at the edge of what numbers can be leaves nothing.
    let low = if low_in {
        Some(low)
    } else {
        low.checked_add(1)
    };
    let high = if high_in {
        Some(high)
    } else {
        high.checked_sub(1)
    };
    Ok(match (low, high) {
        (Some(low), Some(high)) => Value::Number(low, high),
        _ => Value::Number(1, 0),
    })
}

fn addresses(
    field: Field,
    [lower, upper]: [End; 2],
    [lower_at, upper_at]: [Span; 2],
    whole: Span,
) -> Result<Value, QueryProblem> {
    let read = |end: End, at| match end {
        Some((text, true)) => text
            .parse::<IpAddr>()
            .map(|ip| ip.to_canonical())
            .map_err(|_| {
                let hint = format!("{} takes {}", field.name(), takes(field));
                QueryProblem::new(at, format!("{text:?} is no address"), hint)
            }),
        _ => Err(QueryProblem::new(
            whole,
            "a range of addresses needs both ends, both included",
            "write [192.0.2.1 TO 192.0.2.9], or a network as in 192.0.2.0/24",
        )),
    };
    let (first, last) = (read(lower, lower_at)?, read(upper, upper_at)?);
    if first.is_ipv4() != last.is_ipv4() {
        let hint = "write two ranges and join them with OR";
        return Err(QueryProblem::new(whole, "the ends are IPv4 and IPv6", hint));
    }
    backwards(first > last, [lower_at, upper_at])?;
    Ok(Value::Addresses(AddressRange { first, last }))
}

fn backwards(backwards: bool, [lower, upper]: [Span; 2]) -> Result<(), QueryProblem> {
    if !backwards {
        return Ok(());
    }
    let at = Span {
        start: lower.start,
        end: upper.end,
    };
    Err(QueryProblem::new(
        at,
        "the range ends before it begins",
        "write the smaller value first",
    ))
}

fn address(field: Field, pattern: Pattern, at: Span) -> Result<Vec<Value>, QueryProblem> {
    let Some(text) = pattern.exact() else {
        return Ok(vec![Value::Text(pattern)]);
    };
    let bad = |message: String| {
        let hint = format!("{} takes {}", field.name(), takes(field));
        Err(QueryProblem::new(at, message, hint))
    };
    if text.contains('/') {
        return match AddressRange::network(&text) {
            Some(range) => Ok(vec![Value::Addresses(range)]),
            None => bad(format!("{text:?} is no network")),
        };
    }
    if looks_numeric(&text) && text.parse::<IpAddr>().is_err() {
        return bad(format!("{text:?} is no address"));
    }
    Ok(spellings(&entity::normalise(EntityKind::Address, &text)))
}

/// An address as cases keep it; those of older programs keep an IPv4 address in IPv6 form where the
/// record has it so.
fn spellings(text: &str) -> Vec<Value> {
    let literal = |text: &str| Value::Text(Pattern::literal(text));
    match text.parse::<Ipv4Addr>() {
        Ok(ip) => vec![literal(text), literal(&ip.to_ipv6_mapped().to_string())],
        Err(_) => vec![literal(text)],
    }
}

/// Whether a text can only be meant as an IP address.
fn looks_numeric(text: &str) -> bool {
    let v4 = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let v6 = text
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte));
    !text.is_empty() && (v4 || v6 && text.matches(':').count() > 1)
}

fn id(text: &str, at: Span) -> Result<Value, QueryProblem> {
    let id: Result<EventId, _> = text.to_ascii_lowercase().parse();
    id.map(Value::Id).map_err(|_| {
        QueryProblem::new(
            at,
            format!("{text:?} is no event id"),
            "an id has 16 hex digits, member ordinals and an offset, as in 3f2a90c4d5e6f708.0.1832; \
             the source's own ids are in event_id",
        )
    })
}

/// Evidence items are written `EV-0001`; `EV-1` and `1` are the same.
fn evidence(pattern: Pattern) -> Pattern {
    let number = pattern.exact().and_then(|text| {
        let digits = text
            .get(..3)
            .filter(|head| head.eq_ignore_ascii_case("EV-"))
            .map_or(&text[..], |_| &text[3..]);
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if plain {
            digits.parse::<i64>().ok()
        } else {
            None
        }
    });
    number.map_or(pattern, |number| Pattern::literal(&evidence_label(number)))
}

/// How an evidence item is shown.
pub fn evidence_label(number: i64) -> String {
    format!("EV-{number:04}")
}
