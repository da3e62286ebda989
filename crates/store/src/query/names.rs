//! Field names, and what was probably meant by others.

use vestige_model::Field;

use super::prepass::Atom;
use super::problem::{QueryProblem, Span, nearest};

/// Names that sources and other tools use, for the hint only.
const MEANT: &[(&str, Field)] = &[
    ("awsregion", Field::Region),
    ("bucket", Field::ResourceName),
    ("bucketname", Field::ResourceName),
    ("date", Field::Time),
    ("destinationip", Field::DstIp),
    ("dstaddr", Field::DstIp),
    ("dstport", Field::DstPort),
    ("error", Field::ErrorCode),
    ("errorcode", Field::ErrorCode),
    ("errormessage", Field::ErrorMessage),
    ("eventid", Field::EventId),
    ("eventname", Field::Action),
    ("eventsource", Field::Service),
    ("eventtime", Field::Time),
    ("format", Field::Type),
    ("ip", Field::SrcIp),
    ("label", Field::Tag),
    ("note", Field::Comment),
    ("organisation", Field::Organization),
    ("platform", Field::Cloud),
    ("port", Field::DstPort),
    ("principal", Field::ActorId),
    ("recipientaccountid", Field::Account),
    ("requestid", Field::RequestId),
    ("result", Field::Outcome),
    ("source", Field::Type),
    ("sourceip", Field::SrcIp),
    ("sourceipaddress", Field::SrcIp),
    ("srcaddr", Field::SrcIp),
    ("srcport", Field::SrcPort),
    ("star", Field::Starred),
    ("status", Field::Outcome),
    ("timestamp", Field::Time),
    ("user", Field::ActorName),
    ("useragent", Field::Agent),
    ("useridentity.arn", Field::ActorId),
    ("username", Field::ActorName),
];

/// The field of this name.
pub(super) fn field(name: &str, text: &str, atom: &Atom) -> Result<Field, QueryProblem> {
    if let Some(field) = Field::from_name(name) {
        return Ok(field);
    }
    let at = atom.field.unwrap_or(atom.whole);
    let whole = text.get(atom.whole.start..atom.whole.end).unwrap_or(name);
    let hint = match suggestion(name) {
        Some(field) => format!("did you mean {}?", field.name()),
        None => {
            // Only a sketch of the text: it may be long.
            let mut sketch: String = whole.chars().take(60).collect();
            if sketch.len() < whole.len() {
                sketch.push('…');
            }
            format!(
                "to search the bytes for it write \"{}\"",
                sketch.replace('"', "\\\"")
            )
        }
    };
    Err(unknown(at, name, hint))
}

fn unknown(at: Span, name: &str, hint: String) -> QueryProblem {
    QueryProblem::new(at, format!("there is no field {name}"), hint)
}

/// The field that was probably meant.
pub fn suggestion(name: &str) -> Option<Field> {
    let plain = name.to_ascii_lowercase().replace('_', "");
    if let Some((_, field)) = MEANT.iter().find(|(other, _)| *other == plain) {
        return Some(*field);
    }
    nearest(name, Field::ALL.iter().map(|field| field.name())).and_then(Field::from_name)
}
