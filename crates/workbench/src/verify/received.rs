//! Whether evidence items are what the custody entries state of their receipt, and came to what
//! their members make of them.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use vestige_custody::{EntryLine, Value};
use vestige_store::Connection;
use vestige_store::received::{self, Item, Part};

use super::{Check, replay};
use crate::error::WorkError;
use crate::item;

/// How many findings are listed one by one.
const LISTED: usize = 20;

/// Where an import says that files were left where they lie.
const IN_PLACE: &str = "where it lies";

/// What the entries taken so far state of evidence items.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    received: HashMap<i64, Stated>,
    /// How many entries imported something of an item.
    imported: HashMap<i64, u32>,
    /// What is stated of files that could not be read: name and reason in one text, by entry.
    unread: HashMap<String, u64>,
}

/// What the entry of an item's receipt states.
#[derive(Debug)]
struct Stated {
    seq: u64,
    label: String,
    size: i64,
    from: Rc<str>,
    in_place: bool,
}

impl Receipts {
    /// Takes the next entry.
    pub(super) fn take(&mut self, entry: &EntryLine) {
        if entry.event == "evidence.received" {
            self.receipt(entry);
        }
        if entry.detail_text("rows_sha256").is_some() {
            for id in replay::items(entry) {
                *self.imported.entry(id).or_default() += 1;
            }
            let unread = entry.detail("unreadable").and_then(Value::as_list);
            let texts = unread.unwrap_or_default().iter().filter_map(Value::as_text);
            self.unread
                .extend(texts.map(|text| (text.to_owned(), entry.seq)));
        }
    }

    fn receipt(&mut self, entry: &EntryLine) {
        let transfer = |key: &str| {
            let value = entry.value.get("transfer").and_then(|all| all.get(key));
            value.and_then(Value::as_text).unwrap_or_default()
        };
        let from: Rc<str> = transfer("location_from").into();
        let in_place = transfer("location_to") == IN_PLACE;
        for (id, object) in replay::objects(entry) {
            let Some(id) = id else { continue };
            let label = object.get("label").and_then(Value::as_text);
            let stated = Stated {
                seq: entry.seq,
                label: label.unwrap_or_default().to_owned(),
                size: object.get("size").and_then(Value::as_int).unwrap_or(-1),
                from: Rc::clone(&from),
                in_place,
            };
            self.received.entry(id).or_insert(stated);
        }
    }

    /// Compares with the tables.
    pub(super) fn compare(&self, connection: &Connection) -> Result<Vec<Check>, WorkError> {
        let (mut checks, mut count, mut more) = (Vec::new(), 0_u64, 0_u64);
        received::items(connection, &mut |found: Item| {
            let mut parts = Parts::of(&found);
            received::parts(connection, found.id, &mut |part| parts.take(part))?;
            count += 1;
            let checked = self.differs(&found).or_else(|| self.state(&found, &parts));
            if let Some((fails, detail)) = checked {
                let named = format!("{} {}: {detail}", item::name(found.id), found.name);
                match (checks.len() < LISTED, fails) {
                    (false, _) => more += 1,
                    (true, true) => checks.push(Check::fail("receipts", named)),
                    (true, false) => checks.push(Check::warning("receipts", named)),
                }
            }
            Ok::<(), WorkError>(())
        })?;
        if more > 0 {
            let detail = format!("{more} more evidence items that are not as recorded");
            checks.push(Check::fail("receipts", detail));
        }
        if checks.is_empty() {
            let detail = format!(
                "{count} evidence items are as the entries of their receipt state, and came to what their members make of them"
            );
            checks.push(Check::pass("receipts", detail));
        }
        Ok(checks)
    }

    /// What the receipt says otherwise.
    fn differs(&self, found: &Item) -> Option<Finding> {
        if found.sha256.is_none() {
            return self.unread(found);
        }
        // That there is no entry for it is said where its original is hashed.
        let stated = self.received.get(&found.id)?;
        let place = |in_place| {
            if in_place {
                "left where it lay"
            } else {
                "kept in the case"
            }
        };
        let wrong = [
            (stated.label != found.name).then(|| {
                format!(
                    "expected the name {:?}, found {:?}",
                    stated.label, found.name
                )
            }),
            (stated.size != found.bytes)
                .then(|| format!("expected {} bytes, found {}", stated.size, found.bytes)),
            (stated.seq != found.received_seq).then(|| {
                format!(
                    "expected it to be received by custody entry {}, found {}",
                    stated.seq, found.received_seq
                )
            }),
            (stated.in_place != found.in_place).then(|| {
                format!(
                    "expected it to be {}, found it {}",
                    place(stated.in_place),
                    place(found.in_place)
                )
            }),
            (!below(&found.path, &stated.from)).then(|| {
                format!(
                    "expected it to come from {:?}, found {:?}",
                    stated.from, found.path
                )
            }),
        ];
        wrong.into_iter().flatten().next().map(|text| (true, text))
    }

    /// A file that could not be read is named with its reason; its size and place are not stated.
    fn unread(&self, found: &Item) -> Option<Finding> {
        let reason = found.reason.as_deref().unwrap_or_default();
        let text = format!("{} {}: {reason}", item::name(found.id), found.name);
        let stated = self.unread.get(&text).copied();
        // Received with others by the entry before, or by that of the import itself.
        let at = stated.filter(|seq| (seq.saturating_sub(1)..=*seq).contains(&found.received_seq));
        let right = at.is_some() && found.state == "rejected";
        (!right).then(|| {
            let text = format!(
                "expected a custody entry to state that it could not be read and why, found state {}, reason {reason:?} and entry {}",
                found.state, found.received_seq
            );
            (true, text)
        })
    }

    /// What the members say otherwise.
    fn state(&self, found: &Item, parts: &Parts<'_>) -> Option<Finding> {
        let fails = |expected: &str| {
            let text = format!(
                "expected {expected}, found state {}, reason {:?}, identical to {:?}",
                found.state,
                found.reason,
                found.duplicate_of.map(item::name)
            );
            Some((true, text))
        };
        if found.bytes_decompressed != parts.bytes {
            let text = format!(
                "expected {} bytes after unpacking, as its members have, found {}",
                parts.bytes, found.bytes_decompressed
            );
            return Some((true, text));
        }
        if (found.state == "duplicate") != found.duplicate_of.is_some() {
            return fails("it to be a duplicate where it says of which item");
        }
        if found.sha256.is_some()
            && (found.state == "received") == self.imported.contains_key(&found.id)
        {
            return fails("it to be imported where a custody entry says so");
        }
        match found.state.as_str() {
            "duplicate" if !found.stood_for || parts.count > 0 || found.reason.is_some() => {
                fails("another item with the same bytes to stand for it")
            }
            "imported" if parts.problem() || found.reason.is_some() => {
                fails("it to be partial or rejected, as members of it are")
            }
            // What came with several entries is what the last import made of what it read.
            "partial" | "rejected"
                if self.imported.get(&found.id) == Some(&1)
                    && parts.read != (found.state == "partial") =>
            {
                fails("it to be partial where members of it were read, else rejected")
            }
            "partial" | "rejected" if found.sha256.is_some() && !parts.explained => {
                unexplained(found)
            }
            _ => None,
        }
    }
}

/// Whether it is a failure, and what differs.
type Finding = (bool, String);

/// Why an item is partial while more of it is to come.
const INTERRUPTED: &str = "the import was interrupted; importing it again reads the rest";

/// What the reason says where the file itself could not be read on: no member says so.
const BROKEN_OFF: [&str; 2] = [
    "the stored bytes cannot be read: ",
    "a temporary file for a nested zip cannot be written: ",
];

fn unexplained(found: &Item) -> Option<Finding> {
    match found.reason.as_deref() {
        Some(INTERRUPTED) if found.state == "partial" => None,
        Some(reason) if BROKEN_OFF.iter().any(|one| reason.contains(one)) => {
            let text = format!("the reason {reason:?} was not compared: no member states it");
            Some((false, text))
        }
        reason => {
            let text = format!(
                "expected the reason that one of its members states, found state {}, reason {reason:?}",
                found.state
            );
            Some((true, text))
        }
    }
}

/// What the members of an item come to.
struct Parts<'a> {
    reason: Option<&'a str>,
    bytes: i64,
    count: u64,
    /// Whether one was read, at least in part.
    read: bool,
    /// Whether one is partial, or the file itself is rejected.
    broken: bool,
    /// Those passed over and not read since.
    passed: HashSet<String>,
    /// Whether one of them states the item's reason.
    explained: bool,
}

impl<'a> Parts<'a> {
    fn of(found: &'a Item) -> Parts<'a> {
        Parts {
            reason: found.reason.as_deref(),
            bytes: 0,
            count: 0,
            read: false,
            broken: false,
            passed: HashSet::new(),
            explained: false,
        }
    }

    fn take(&mut self, part: Part) {
        self.bytes = self.bytes.saturating_add(part.bytes);
        self.count += 1;
        let rejected = part.state == "rejected";
        let broken = part.state == "partial" || rejected && part.name.is_empty();
        self.read |= !rejected;
        self.broken |= broken;
        self.explain(&part, broken);
        if !rejected {
            self.passed.remove(&part.path);
        } else if part.recognised == "not read" {
            self.passed.insert(part.path);
        }
    }

    fn explain(&mut self, part: &Part, broken: bool) {
        let (Some(of_item), Some(own)) = (self.reason, part.reason.as_deref()) else {
            return;
        };
        let name = match part.name.as_str() {
            "" => "the file",
            name => name,
        };
        let passed = part.recognised == "not read";
        self.explained |= broken && of_item == own;
        self.explained |= passed && of_item.strip_prefix(name) == Some(&format!(": {own}"));
    }

    fn problem(&self) -> bool {
        self.broken || !self.passed.is_empty()
    }
}

/// Whether a path is one of those that were named, joined with `; `, or lies below one. A named
/// path may hold a `; ` itself.
fn below(path: &str, named: &str) -> bool {
    const BETWEEN: &str = "; ";
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(BETWEEN);
    let inside = |at: usize| {
        let (head, rest) = path.split_at(at);
        rest.is_empty() || rest.starts_with('/') || head.ends_with('/')
    };
    let from_here = |named: &str| {
        let same = named.bytes().zip(path.bytes());
        let longest = same.take_while(|(one, other)| one == other).count();
        (1..=longest)
            .filter(|at| named.is_char_boundary(*at) && path.is_char_boundary(*at))
            .any(|at| named.get(at..).is_some_and(ends) && inside(at))
    };
    let later = named
        .match_indices(BETWEEN)
        .map(|(at, _)| at + BETWEEN.len());
    std::iter::once(0)
        .chain(later)
        .any(|at| named.get(at..).is_some_and(from_here))
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn a_path_lies_below_what_was_named() {
        for (path, named) in [
            ("/a/b", "/a/b"),
            ("/a/b", "/a"),
            ("/a/b", "/a/"),
            ("/a/b", "/"),
            ("/a/b", "/x; /a"),
            ("/a; b/c", "/a; b; /x"),
            ("logs/é.json", "other; logs"),
        ] {
            assert!(below(path, named), "{path} {named}");
        }
        for (path, named) in [
            ("/ab", "/a"),
            ("/a", "/ab"),
            ("/a", "/a/b"),
            ("/b/a", "/a"),
            ("/a", ""),
            ("", "/a"),
            ("/a", "/x; /b"),
        ] {
            assert!(!below(path, named), "{path} {named}");
        }
    }
}
