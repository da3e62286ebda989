//! What the entries say of the case, replayed, and compared with what its tables say: a fact, an
//! examiner or a withdrawal that somebody wrote into a table by himself shows here.

use std::collections::BTreeMap;

use vestige_custody::entry::EVIDENCE;
use vestige_custody::hash::sha256;
use vestige_custody::{EntryLine, Value, hex};
use vestige_store::Connection;
use vestige_store::case_file::CaseError;
use vestige_store::examiner::{self, Examiner};
use vestige_store::ledger::checkpoints;
use vestige_store::{duplicates, summary};

use super::Check;
use crate::error::WorkError;
use crate::item;

/// The state that the entries taken so far make.
#[derive(Debug, Default)]
pub(super) struct Replay {
    facts: BTreeMap<String, String>,
    examiners: Vec<Examiner>,
    withdrawals: BTreeMap<i64, u64>,
    /// The digest over the duplicates that an entry found, as stated last.
    duplicates: BTreeMap<u64, String>,
    /// The SHA-256 of the time stamp for a note of this size.
    tokens: BTreeMap<u64, String>,
}

impl Replay {
    /// Takes the next entry.
    pub(super) fn take(&mut self, entry: &EntryLine) {
        if let Some(digest) = entry.detail_text("duplicates_sha256") {
            self.duplicates.insert(entry.seq, digest.to_owned());
        }
        match entry.event.as_str() {
            "case.created" => self.created(entry),
            "case.custody_level_changed" => {
                let level = entry.detail_text("new").unwrap_or_default();
                self.facts
                    .insert("custody_level".to_owned(), level.to_owned());
            }
            "key.created" => self.examiner(entry, "vkey"),
            "actor.added" => self.added(entry),
            "key.rotated" => {
                let old = entry.detail_text("old_vkey");
                for one in self
                    .examiners
                    .iter_mut()
                    .filter(|one| Some(one.vkey.as_str()) == old)
                {
                    one.retired_seq.get_or_insert(entry.seq);
                }
                self.examiner(entry, "new_vkey");
            }
            "checkpoint.anchored" => {
                let size = entry
                    .detail("size")
                    .and_then(Value::as_int)
                    .unwrap_or_default();
                let token = entry.detail_text("token_sha256").unwrap_or_default();
                self.tokens.insert(size.unsigned_abs(), token.to_owned());
            }
            "evidence.withdrawn" => self.withdrawn(entry),
            _ => {}
        }
    }

    fn created(&mut self, entry: &EntryLine) {
        let mut fact = |name: &str, value: &str| {
            self.facts.insert(name.to_owned(), value.to_owned());
        };
        fact("case", &entry.case);
        fact("created", &entry.recorded_at);
        for name in ["salt", "title", "custody_level", "reference", "zone"] {
            if let Some(value) = entry.detail_text(name) {
                fact(name, value);
            }
        }
        for (name, member) in [
            ("examiner", "name"),
            ("organisation", "org"),
            ("role", "role"),
        ] {
            fact(name, actor(entry, member));
        }
        if let Some(authority) = entry.value.get("authority") {
            let part = |key: &str| {
                authority
                    .get(key)
                    .and_then(Value::as_text)
                    .unwrap_or_default()
            };
            fact("authority", &format!("{}:{}", part("type"), part("id")));
        }
        self.examiner(entry, "vkey");
    }

    /// The one who acts enters with a key.
    fn examiner(&mut self, entry: &EntryLine, key: &str) {
        let Some(vkey) = entry.detail_text(key) else {
            return;
        };
        self.examiners.push(Examiner {
            vkey: vkey.to_owned(),
            name: actor(entry, "name").to_owned(),
            role: actor(entry, "role").to_owned(),
            organisation: actor(entry, "org").to_owned(),
            added_seq: entry.seq,
            retired_seq: None,
        });
    }

    /// Somebody else enters.
    fn added(&mut self, entry: &EntryLine) {
        let text = |key: &str| entry.detail_text(key).unwrap_or_default().to_owned();
        if entry.detail_text("vkey").is_none() {
            return;
        }
        self.examiners.push(Examiner {
            vkey: text("vkey"),
            name: text("name"),
            role: text("role"),
            organisation: text("org"),
            added_seq: entry.seq,
            retired_seq: None,
        });
    }

    fn withdrawn(&mut self, entry: &EntryLine) {
        for id in items(entry) {
            self.withdrawals.insert(id, entry.seq);
        }
        let restated = entry
            .detail("duplicates")
            .and_then(Value::as_list)
            .unwrap_or_default();
        for one in restated {
            let seq = one.get("seq").and_then(Value::as_int);
            let digest = one.get("sha256").and_then(Value::as_text);
            if let (Some(seq), Some(digest)) = (seq, digest) {
                self.duplicates
                    .insert(seq.unsigned_abs(), digest.to_owned());
            }
        }
    }

    /// Compares with the tables.
    pub(super) fn compare(mut self, connection: &Connection) -> Result<Vec<Check>, WorkError> {
        let mut differences = Vec::new();
        let facts = summary::facts(connection)?;
        if facts != self.facts {
            let name = differing(&facts, &self.facts);
            differences.push(format!(
                "the fact `{name}` of the case is not as its entries state it"
            ));
        }
        self.examiners
            .sort_by(|a, b| (a.added_seq, &a.vkey).cmp(&(b.added_seq, &b.vkey)));
        if examiner::all(connection)? != self.examiners {
            differences.push("the examiners are not those that entries let in".to_owned());
        }
        if summary::withdrawals(connection)? != self.withdrawals {
            differences.push("what is marked as withdrawn is not what entries withdrew".to_owned());
        }
        differences.extend(self.token_difference(connection)?);
        differences.extend(self.duplicate_difference(connection)?);
        if differences.is_empty() {
            let detail = "facts, examiners, withdrawals, duplicates and time stamps are as the entries state them";
            return Ok(vec![Check::pass("state", detail)]);
        }
        Ok(differences
            .into_iter()
            .map(|detail| Check::fail("state", detail))
            .collect())
    }

    fn token_difference(&self, connection: &Connection) -> Result<Vec<String>, CaseError> {
        let mut differences = Vec::new();
        for note in checkpoints(connection)? {
            let Some(token) = &note.token else { continue };
            let found = hex(&sha256(token));
            let stated = self.tokens.get(&note.size).map_or("none", String::as_str);
            if found != stated {
                differences.push(format!(
                    "the time stamp of size {}: expected SHA-256 {stated} as its entry states, found {found}",
                    note.size
                ));
            }
        }
        Ok(differences)
    }

    fn duplicate_difference(&self, connection: &Connection) -> Result<Vec<String>, CaseError> {
        let mut differences = Vec::new();
        for seq in summary::duplicate_seqs(connection)? {
            if !self.duplicates.contains_key(&seq) {
                differences.push(format!("duplicates name entry {seq}, which states none"));
            }
        }
        for (seq, stated) in &self.duplicates {
            let found = duplicates::digest(connection, *seq).map_err(|error| {
                CaseError::sqlite(std::path::Path::new(""), "hashing the duplicates", error)
            })?;
            if hex(&found) != *stated {
                differences.push(format!(
                    "the duplicates that entry {seq} found are not those it states"
                ));
            }
        }
        Ok(differences)
    }
}

/// The evidence items that an entry is about.
pub(super) fn items(entry: &EntryLine) -> Vec<i64> {
    objects(entry).filter_map(|(id, _)| id).collect()
}

/// The objects of an entry that are evidence items, with their numbers.
pub(super) fn objects(entry: &EntryLine) -> impl Iterator<Item = (Option<i64>, &Value)> {
    let objects = entry
        .value
        .get("objects")
        .and_then(Value::as_list)
        .unwrap_or_default();
    objects.iter().filter_map(|object| {
        let text = |key: &str| object.get(key).and_then(Value::as_text);
        let id = text("id").and_then(|id| item::parse(id).ok());
        (text("type") == Some(EVIDENCE)).then_some((id, object))
    })
}

fn actor<'a>(entry: &'a EntryLine, member: &str) -> &'a str {
    entry
        .value
        .get("actor")
        .and_then(|actor| actor.get(member)?.as_text())
        .unwrap_or_default()
}

fn differing<'a>(
    one: &'a BTreeMap<String, String>,
    other: &'a BTreeMap<String, String>,
) -> &'a str {
    let names = one.keys().chain(other.keys());
    names
        .into_iter()
        .find(|name| one.get(*name) != other.get(*name))
        .map_or("", String::as_str)
}
