//! The ledger as it is looked at: a window of it, one entry's exact bytes, the entries about one
//! evidence item.

use vestige_custody::line::Line;
use vestige_custody::{EntryLine, Value, hash, hex};
use vestige_store::Connection;
use vestige_store::ledger::{Head, Ledger, Stored, checkpoints};

use crate::error::WorkError;
use crate::wire::{EntryBytes, EntryView, LedgerView};

/// How many entries are covered from outside the chain.
#[derive(Clone, Copy, Debug)]
struct Covered {
    signed: u64,
    anchored: u64,
}

impl Covered {
    fn of(connection: &Connection) -> Result<Covered, WorkError> {
        let notes = checkpoints(connection)?;
        let anchored = notes.iter().filter(|note| note.token.is_some());
        Ok(Covered {
            signed: notes.iter().map(|note| note.size).max().unwrap_or(0),
            anchored: anchored.map(|note| note.size).max().unwrap_or(0),
        })
    }

    fn view(self, stored: &Stored<'_>) -> EntryView {
        let entry = parsed(stored.body);
        let text = |name: &str| {
            let value = entry.as_ref()?.value.get(name)?;
            value.as_text().map(str::to_owned)
        };
        EntryView {
            seq: stored.seq,
            time: text("recorded_at").unwrap_or_default(),
            event: text("event").unwrap_or_else(|| "cannot be read".to_owned()),
            actor: entry.as_ref().map(actor).unwrap_or_default(),
            object: entry.as_ref().and_then(object),
            outcome: text("outcome"),
            reason: text("reason"),
            leaf: hex(&stored.leaf),
            signed: stored.seq < self.signed,
            anchored: stored.seq < self.anchored,
        }
    }
}

fn parsed(body: &[u8]) -> Option<EntryLine> {
    match Line::parse(body) {
        Ok(Line::Entry(entry)) => Some(entry),
        _ => None,
    }
}

fn actor(entry: &EntryLine) -> String {
    let actor = entry.value.get("actor");
    let text = |name| actor.and_then(|actor| actor.get(name)?.as_text());
    let name = text("name").filter(|name| !name.is_empty());
    name.or_else(|| text("id")).unwrap_or_default().to_owned()
}

fn objects(entry: &EntryLine) -> &[Value] {
    let objects = entry.value.get("objects").and_then(Value::as_list);
    objects.unwrap_or_default()
}

fn named(object: &Value) -> String {
    let text = |name| {
        object
            .get(name)
            .and_then(Value::as_text)
            .unwrap_or_default()
    };
    format!("{} {}", text("id"), text("label"))
        .trim()
        .to_owned()
}

fn object(entry: &EntryLine) -> Option<String> {
    let all = objects(entry);
    let first = named(all.first()?);
    Some(match all.len() {
        1 => first,
        many => format!("{first} and {} more", many - 1),
    })
}

/// Entries of the chain from position `from` on; with a filter, of those that pass it.
///
/// # Errors
/// What SQLite says.
pub(crate) fn window(
    connection: &Connection,
    from: u64,
    limit: u32,
    filter: Option<&str>,
) -> Result<LedgerView, WorkError> {
    let covered = Covered::of(connection)?;
    let size = Head::read(connection).map_err(WorkError::database)?;
    let size = size.map_or(0, |head| head.size);
    let mut view = LedgerView {
        size,
        found: 0,
        entries: Vec::new(),
    };
    let wanted = |view: &LedgerView| (view.entries.len() as u64) < u64::from(limit);
    let filter = filter.map(str::trim).filter(|text| !text.is_empty());
    let Some(filter) = filter.map(Filter::of) else {
        view.found = size;
        Ledger::entries(connection, from, &mut |stored| {
            if wanted(&view) {
                view.entries.push(covered.view(&stored));
            }
            Ok(wanted(&view))
        })?;
        return Ok(view);
    };
    Ledger::entries(connection, 0, &mut |stored| {
        if filter.passes(stored.body) {
            if view.found >= from && wanted(&view) {
                view.entries.push(covered.view(&stored));
            }
            view.found += 1;
        }
        Ok(true)
    })?;
    Ok(view)
}

/// What the page typed, folded.
struct Filter {
    text: String,
    /// As it stands in an entry's bytes.
    escaped: String,
}

impl Filter {
    fn of(text: &str) -> Filter {
        let text = text.to_lowercase();
        let quoted = serde_json::Value::from(text.as_str()).to_string();
        let inner = quoted.get(1..quoted.len() - 1).unwrap_or_default();
        Filter {
            escaped: inner.to_lowercase(),
            text,
        }
    }

    fn passes(&self, body: &[u8]) -> bool {
        // Most entries hold the text nowhere and need not be parsed.
        let folded = String::from_utf8_lossy(body).to_lowercase();
        if !folded.contains(&self.escaped) {
            return false;
        }
        let Some(entry) = parsed(body) else {
            return false;
        };
        let holds = |text: &str| text.to_lowercase().contains(&self.text);
        let reason = entry.value.get("reason").and_then(Value::as_text);
        holds(&entry.event)
            || holds(&actor(&entry))
            || reason.is_some_and(holds)
            || objects(&entry).iter().any(|one| holds(&named(one)))
    }
}

/// The exact bytes of an entry, its leaf hash computed anew.
///
/// # Errors
/// [`WorkError::Usage`] where there is no such entry; what SQLite says.
pub(crate) fn exact(connection: &Connection, seq: u64) -> Result<EntryBytes, WorkError> {
    let mut found = None;
    Ledger::entries(connection, seq, &mut |stored| {
        if stored.seq == seq {
            let leaf = hash::leaf(stored.body);
            found = Some(EntryBytes {
                text: shown(stored.body),
                length: stored.body.len() as u64,
                prev: stored.prev.map(|prev| hex(&prev)),
                leaf: hex(&leaf),
                matches: leaf == stored.leaf,
            });
        }
        Ok(false)
    })?;
    found.ok_or_else(|| {
        WorkError::usage(
            "entry",
            "the number of an entry of the chain",
            seq.to_string(),
        )
    })
}

/// Bytes as text; those that are not UTF-8 as `\xNN`.
fn shown(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// The entries that name an evidence item, as an object or in their details, newest first.
///
/// # Errors
/// What SQLite says.
pub(crate) fn naming(connection: &Connection, item: &str) -> Result<Vec<EntryView>, WorkError> {
    let covered = Covered::of(connection)?;
    let mut trail = Vec::new();
    Ledger::entries(connection, 0, &mut |stored| {
        let text = String::from_utf8_lossy(stored.body);
        if is_word(&text, item) && parsed(stored.body).is_some_and(|entry| names(&entry, item)) {
            trail.push(covered.view(&stored));
        }
        Ok(true)
    })?;
    trail.reverse();
    Ok(trail)
}

/// The name of a file may hold anything: it names no item.
fn names(entry: &EntryLine, item: &str) -> bool {
    let id = |object: &Value| object.get("id").and_then(Value::as_text) == Some(item);
    objects(entry).iter().any(id)
        || entry
            .value
            .get("details")
            .is_some_and(|all| says(all, item))
}

fn says(value: &Value, item: &str) -> bool {
    if let Some(text) = value.as_text() {
        return is_word(text, item);
    }
    let list = value.as_list().unwrap_or_default().iter();
    let map = value.as_map().into_iter().flat_map(|map| map.values());
    list.chain(map).any(|part| says(part, item))
}

/// Whether `word` stands in the text with no letter or digit beside it.
fn is_word(text: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text
            .get(at + word.len()..)
            .and_then(|text| text.chars().next());
        !part(before) && !part(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_stay_as_they_are_and_others_are_shown() {
        assert_eq!(shown("a\u{202e}\u{1}ü".as_bytes()), "a\u{202e}\u{1}ü");
        assert_eq!(shown(b"a\xffb\xc3"), "a\\xffb\\xc3");
    }

    #[test]
    fn an_item_is_named_only_by_its_whole_name() {
        assert!(is_word("EV-0001 a.json: not read", "EV-0001"));
        assert!(is_word("[\"EV-0001\"]", "EV-0001"));
        assert!(!is_word("EV-00012", "EV-0001"));
        assert!(!is_word("LEV-0001", "EV-0001"));
    }
}
