//! The events that a report tells one by one.

use vestige_model::time;
use vestige_report::facts::{Comment, Noted, Noteds};
use vestige_store::page::{Order, Reader, StoredRow};

use crate::annotations::{self, Notes};
use crate::error::WorkError;
use crate::explore::{Asked, Explorer};
use crate::item;

/// Most events that are told one by one.
pub(super) const MOST: usize = 500;

/// Most characters of one text of an event.
const TEXT: usize = 4_096;

/// The events to be told: those the query selects, where one is given, and otherwise those of which
/// something is noted; earliest first.
pub(super) fn noted(
    explorer: &Explorer<'_>,
    asked: &Asked,
    in_scope: u64,
) -> Result<Noteds, WorkError> {
    if asked.query.trim().is_empty() {
        return of_the_case(explorer.reader());
    }
    let (reader, mut events) = (explorer.reader(), Vec::new());
    explorer.stream_rows(
        "reading the events to be listed",
        Order::Ascending,
        &mut |row| {
            events.push(with_notes(reader, &row)?);
            Ok(events.len() < MOST)
        },
    )?;
    Ok(Noteds {
        events,
        why: "The events that the query of this report selects, earliest first.".to_owned(),
        of: in_scope,
    })
}

fn of_the_case(reader: &Reader) -> Result<Noteds, WorkError> {
    let (mut events, mut all) = (Vec::new(), 0);
    for one in annotations::noted(reader)? {
        let one = one?;
        all += 1;
        if events.len() < MOST {
            events.push(put(of(&one.row), one.notes));
        }
    }
    Ok(Noteds {
        events,
        why: "The events that an examiner starred, marked, tagged or commented on, earliest first."
            .to_owned(),
        of: all,
    })
}

fn with_notes(reader: &Reader, row: &StoredRow) -> Result<Noted, WorkError> {
    Ok(put(of(row), annotations::notes_of(reader, row)?))
}

/// What people noted of an event.
fn put(event: Noted, notes: Notes) -> Noted {
    Noted {
        starred: notes.starred,
        mark: notes.mark.map(|mark| mark.word().to_owned()),
        tags: notes.tags,
        comments: notes
            .comments
            .into_iter()
            .map(|one| Comment {
                by: one.by,
                at: one.time,
                text: cut(&one.text),
            })
            .collect(),
        ..event
    }
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
