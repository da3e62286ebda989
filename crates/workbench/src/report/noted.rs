//! The events that a report tells one by one.

use vestige_model::time;
use vestige_report::facts::{Noted, Noteds};
use vestige_store::page::{Order, ReadError, StoredRow};

use crate::error::WorkError;
use crate::explore::{Asked, Explorer};
use crate::item;

/// Most events that are told one by one.
pub(super) const MOST: usize = 500;

/// Most characters of one text of an event.
const TEXT: usize = 4_096;

/// The events to be told: those the query selects, earliest first, where one is given.
pub(super) fn noted(
    explorer: &Explorer<'_>,
    asked: &Asked,
    in_scope: u64,
) -> Result<Noteds, WorkError> {
    if asked.query.trim().is_empty() {
        return Ok(Noteds::default());
    }
    let mut events = Vec::new();
    explorer.stream_rows(
        "reading the events to be listed",
        Order::Ascending,
        &mut |row| {
            events.push(of(&row));
            Ok::<bool, ReadError>(events.len() < MOST)
        },
    )?;
    Ok(Noteds {
        events,
        why: "The events that the query of this report selects, earliest first.".to_owned(),
        of: in_scope,
    })
}

/// One event with its locator, digest and custody entry.
pub(super) fn of(row: &StoredRow) -> Noted {
    let event = &row.event;
    let text = |value: &vestige_model::Text<'_>| value.as_deref().map(cut);
    let actor = event.actor_name.as_ref().or(event.actor_id.as_ref());
    let first = event.resources.first();
    let resource = first.and_then(|one| one.id.as_deref().or(one.name.as_deref()));
    Noted {
        id: row.id().to_string(),
        time: event.time.ns.map(time::format),
        cloud: event.cloud.word().to_owned(),
        actor: actor.map(|name| cut(name)),
        action: text(&event.action),
        resource: resource.map(cut).or_else(|| text(&event.dst_ip)),
        outcome: event.outcome.map(|word| word.word().to_owned()),
        source: text(&event.src_ip),
        evidence: item::name(row.origin.evidence),
        evidence_name: cut(&row.origin.evidence_name),
        member: row.origin.path.clone(),
        offset: row.locator.offset,
        length: row.locator.length,
        sha256: vestige_custody::hex(&row.origin.sha256),
        custody_seq: row.origin.custody_seq,
        ..Noted::default()
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
