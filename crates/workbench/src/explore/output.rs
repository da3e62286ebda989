//! Rows as they are written: flat fields, JSON, CSV, a table.

use serde_json::{Map, Value, json};
use vestige_model::{Event, Field, Resource, time};
use vestige_store::page::StoredRow;

use crate::item;

/// The flat fields of a row; absent ones left out.
#[must_use]
pub fn flat(row: &StoredRow) -> Map<String, Value> {
    let mut map = Map::new();
    for field in Field::ALL {
        if let Some(value) = value(row, *field) {
            map.insert(field.name().to_owned(), value);
        }
    }
    if row.event.resources.len() > 1 {
        for name in ["resource.type", "resource.id", "resource.name"] {
            map.remove(name);
        }
        let list: Vec<_> = row
            .event
            .resources
            .iter()
            .map(|one| json!({"type": one.kind, "id": one.id, "name": one.name}))
            .collect();
        map.insert("resource".to_owned(), Value::Array(list));
    }
    let quality: Vec<_> = row.event.quality.names().collect();
    let flags: Vec<_> = row.event.time.flags.names().collect();
    for (name, words) in [("quality", quality), ("time_flags", flags)] {
        if !words.is_empty() {
            map.insert(name.to_owned(), json!(words));
        }
    }
    if row.conflict {
        map.insert("conflict".to_owned(), json!(true));
    }
    map
}

fn value(row: &StoredRow, field: Field) -> Option<Value> {
    let event: &Event<'_> = &row.event;
    let text = |value: &vestige_model::Text<'_>| value.as_deref().map(Value::from);
    let resource = event.resources.first();
    match field {
        Field::Id => Some(row.id().to_string().into()),
        Field::Kind => Some(event.kind.word().into()),
        Field::Time => event.time.ns.map(|ns| time::format(ns).into()),
        Field::TimeRaw => text(&event.time_raw),
        Field::EndTime => event.end_time.map(|ns| time::format(ns).into()),
        Field::Ingested => Some(time::format(row.origin.ingested).into()),
        Field::Type => Some(event.data_type.as_ref().into()),
        Field::Cloud => Some(event.cloud.word().into()),
        Field::Account => text(&event.account),
        Field::Organization => text(&event.organization),
        Field::Region => text(&event.region),
        Field::Service => text(&event.service),
        Field::Action => text(&event.action),
        Field::Activity => event.activity.map(|word| word.word().into()),
        Field::Outcome => event.outcome.map(|word| word.word().into()),
        Field::ErrorCode => text(&event.error_code),
        Field::ErrorMessage => text(&event.error_message),
        Field::ActorName => text(&event.actor_name),
        Field::ActorId => text(&event.actor_id),
        Field::ActorType => text(&event.actor_type),
        Field::Session => text(&event.session),
        Field::Credential => text(&event.credential),
        Field::SrcIp => text(&event.src_ip),
        Field::SrcPort => event.src_port.map(Value::from),
        Field::DstIp => text(&event.dst_ip),
        Field::DstPort => event.dst_port.map(Value::from),
        Field::Agent => text(&event.agent),
        Field::ResourceType => resource.and_then(|one| text(&one.kind)),
        Field::ResourceId => resource.and_then(|one| text(&one.id)),
        Field::ResourceName => resource.and_then(|one| text(&one.name)),
        Field::Bytes => event.bytes.map(Value::from),
        Field::Packets => event.packets.map(Value::from),
        Field::Protocol => event.protocol.map(Value::from),
        Field::Direction => text(&event.direction),
        Field::RequestId => text(&event.request_id),
        Field::EventId => text(&event.event_id),
        Field::Evidence => Some(item::name(row.origin.evidence).into()),
        Field::Member => Some(row.origin.path.clone().into()),
        Field::Offset => Some(row.locator.offset.into()),
        Field::Length => Some(row.locator.length.into()),
        Field::Tag | Field::Starred | Field::Comment | Field::Mark => noted(row, field),
    }
}

/// What examiners noted: tags as a list, comments one below the other.
fn noted(row: &StoredRow, field: Field) -> Option<Value> {
    let noted = row.noted.as_ref()?;
    let comments: Vec<_> = noted.comments.iter().map(|one| one.text.as_str()).collect();
    match field {
        Field::Tag => Some(json!(noted.tags)).filter(|_| !noted.tags.is_empty()),
        Field::Starred => noted.starred.then_some(Value::Bool(true)),
        Field::Comment => Some(Value::from(comments.join("\n"))).filter(|_| !comments.is_empty()),
        _ => noted.mark.map(|mark| mark.word().into()),
    }
}

/// A field of a row as one text; several resources joined.
pub(crate) fn cell(row: &StoredRow, field: Field) -> Option<String> {
    match (part_of_resource(field), row.event.resources.as_slice()) {
        (Some(part), resources) if resources.len() > 1 => {
            let parts: Vec<&str> = resources.iter().filter_map(|one| part(one)).collect();
            (!parts.is_empty()).then(|| parts.join(", "))
        }
        _ => value(row, field).map(text_of),
    }
}

/// Every field of a row as text, in the order of the documentation; those of several resources
/// stand once for each.
pub(crate) fn texts(row: &StoredRow) -> Vec<(&'static str, String)> {
    let mut texts = Vec::new();
    for field in Field::ALL {
        match part_of_resource(*field) {
            Some(_) if *field == Field::ResourceType => texts.extend(resources(row)),
            Some(_) => {}
            None => texts.extend(value(row, *field).map(|value| (field.name(), text_of(value)))),
        }
    }
    let words = [
        ("quality", row.event.quality.names().collect::<Vec<_>>()),
        ("time_flags", row.event.time.flags.names().collect()),
    ];
    for (name, words) in words {
        if !words.is_empty() {
            texts.push((name, words.join(", ")));
        }
    }
    if row.conflict {
        texts.push(("conflict", "true".to_owned()));
    }
    texts
}

fn resources(row: &StoredRow) -> impl Iterator<Item = (&'static str, String)> + '_ {
    row.event.resources.iter().flat_map(|one| {
        [Field::ResourceType, Field::ResourceId, Field::ResourceName]
            .into_iter()
            .filter_map(|field| {
                let text = part_of_resource(field)?(one)?;
                Some((field.name(), text.to_owned()))
            })
    })
}

/// Which part of a resource a field is.
fn part_of_resource(field: Field) -> Option<for<'r> fn(&'r Resource<'static>) -> Option<&'r str>> {
    match field {
        Field::ResourceType => Some(|one| one.kind.as_deref()),
        Field::ResourceId => Some(|one| one.id.as_deref()),
        Field::ResourceName => Some(|one| one.name.as_deref()),
        _ => None,
    }
}

fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// The cells of a row's CSV line; several resources as a JSON array.
pub(super) fn cells(row: &StoredRow) -> impl Iterator<Item = String> + '_ {
    let several = row.event.resources.len() > 1;
    Field::ALL.iter().map(move |field| {
        let all = |part: fn(&vestige_model::Resource<'_>) -> Option<String>| {
            json!(row.event.resources.iter().map(part).collect::<Vec<_>>()).to_string()
        };
        match field {
            Field::ResourceType if several => all(|one| one.kind.as_deref().map(str::to_owned)),
            Field::ResourceId if several => all(|one| one.id.as_deref().map(str::to_owned)),
            Field::ResourceName if several => all(|one| one.name.as_deref().map(str::to_owned)),
            _ => value(row, *field).map(text_of).unwrap_or_default(),
        }
    })
}

/// One CSV line, every cell quoted; a cell that a spreadsheet would take for a formula gets a `'`.
pub(super) fn csv_line(cells: impl Iterator<Item = String>) -> String {
    let quoted: Vec<_> = cells
        .map(|cell| {
            let start = cell.trim_start_matches([' ', '"', '\'']);
            let formula =
                start.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
            format!(
                "\"{}{}\"",
                if formula { "'" } else { "" },
                cell.replace('"', "\"\"")
            )
        })
        .collect();
    quoted.join(",") + "\r"
}

/// One line for a terminal.
pub(super) fn table_line(row: &StoredRow) -> String {
    let event = &row.event;
    let part =
        |text: &vestige_model::Text<'_>| text.as_deref().unwrap_or("-").escape_debug().to_string();
    let when = event
        .time
        .ns
        .map_or_else(|| "undated".to_owned(), time::format);
    format!(
        "{when:<24} {:<10} {:<28} {:<32} {:<18} {:<8} {}",
        part(&event.service),
        part(&event.action),
        part(if event.actor_name.is_some() {
            &event.actor_name
        } else {
            &event.dst_ip
        }),
        part(&event.src_ip),
        event.outcome.map_or("-", |word| word.word()),
        row.id()
    )
}

#[cfg(test)]
mod tests {
    use super::csv_line;

    #[test]
    fn formulas_are_made_harmless() {
        let line = |cell: &str| csv_line(std::iter::once(cell.to_owned()));
        for bad in ["=1+1", "+1", "-1", "@x", "\tx", " =1", "＝1"] {
            assert!(line(bad).starts_with("\"'"), "{bad}");
        }
        assert_eq!(line("a\"b"), "\"a\"\"b\"\r");
    }
}
