//! What a case holds, so that it can be compared with another: the same whenever it was imported
//! and in how many pieces.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::desk::Desk;

/// Rows, accounts and warnings of a case, without what is its own: moments, numbers of items.
#[derive(Debug, PartialEq)]
pub struct Holding {
    /// By event id.
    pub rows: BTreeMap<String, Value>,
    /// What became of each path when it was first received.
    pub accounts: BTreeMap<String, Value>,
    /// One a line, sorted.
    pub warnings: Vec<String>,
}

impl Holding {
    /// What a case holds.
    #[must_use]
    pub fn of(desk: &Desk, case: &str) -> Holding {
        let report = desk.json(&["evidence", case, "--json"]);
        let items = report["evidence"].as_array().unwrap();
        let paths: BTreeMap<&str, &str> = items
            .iter()
            .map(|one| (string(one, "id"), string(one, "path")))
            .collect();
        let mut accounts = BTreeMap::new();
        for item in items {
            let account = accounts.entry(string(item, "path").to_owned());
            account.or_insert_with(|| without(item, &["id"]));
        }
        let place = |mut one: Value| {
            let item = string(&one, "evidence").to_owned();
            one["evidence"] = paths.get(item.as_str()).copied().unwrap_or("").into();
            one
        };
        let warnings = desk.lines(&["warnings", case]);
        let mut warnings: Vec<_> = warnings
            .into_iter()
            .map(|one| place(one).to_string())
            .collect();
        warnings.sort();
        let rows = desk.lines(&["events", case, "--all", "--output", "jsonl"]);
        let count = rows.len();
        let rows: BTreeMap<_, _> = rows
            .into_iter()
            .map(|row| {
                (
                    string(&row, "id").to_owned(),
                    without(&place(row), &["ingested"]),
                )
            })
            .collect();
        assert_eq!(rows.len(), count, "an id that two rows have");
        Holding {
            rows,
            accounts,
            warnings,
        }
    }

    /// Fails where another holding differs, naming a difference rather than printing both.
    pub fn equals(&self, other: &Holding, what: &str) {
        same(&self.rows, &other.rows, what);
        same(&self.accounts, &other.accounts, what);
        for (one, other) in self.warnings.iter().zip(&other.warnings) {
            assert_eq!(one, other, "{what}");
        }
        assert_eq!(self.warnings.len(), other.warnings.len(), "{what}");
    }

    /// Fails where what the program counts from its roll-ups differs from a recount of the rows.
    pub fn recount(&self, desk: &Desk, case: &str, what: &str) {
        for kind in ["event", "flow"] {
            let rows = self.rows.values().filter(|row| row["kind"] == kind).count();
            let counted = desk.json(&["count", case, &format!("kind:{kind}"), "--json"]);
            assert_eq!(counted["count"], rows, "{what}: {kind}");
        }
        let histogram = desk.json(&["histogram", case, "--bucket", "hour", "--json"]);
        let mut hours = tally(self.rows.values(), |row| row["time"].as_str()?.get(..13));
        for bucket in histogram["buckets"].as_array().unwrap() {
            let hour = string(bucket, "start")[..13].to_owned();
            let counted = hours.remove(&hour).unwrap_or(0);
            assert_eq!(bucket["count"], counted, "{what}: {hour}");
        }
        assert!(
            hours.is_empty(),
            "{what}: missing in the histogram: {hours:?}"
        );
        for field in ["action", "actor.id", "src.ip", "region", "type"] {
            let mut values = tally(self.rows.values(), |row| row.get(field)?.as_str());
            let top = desk.json(&["top", case, field, "--limit", "1000000", "--json"]);
            for one in top.as_array().unwrap() {
                let counted = values.remove(string(one, "value")).unwrap_or(0);
                assert_eq!(one["count"], counted, "{what}: {field} {one}");
            }
            assert!(
                values.is_empty(),
                "{what}: missing among {field}: {values:?}"
            );
        }
        self.recount_flows(desk, case, what);
    }

    fn recount_flows(&self, desk: &Desk, case: &str, what: &str) {
        let mut bytes: BTreeMap<String, u64> = BTreeMap::new();
        for row in self.rows.values().filter(|row| row["kind"] == "flow") {
            let from = row["src.ip"].as_str().unwrap_or("-").to_owned();
            *bytes.entry(from).or_default() += row["bytes"].as_u64().unwrap_or(0);
        }
        let flows = desk.json(&[
            "flows", case, "--by", "src.ip", "--limit", "1000000", "--json",
        ]);
        for one in flows.as_array().unwrap() {
            let from = one["src.ip"].as_str().unwrap_or("-");
            let counted = bytes.remove(from).unwrap_or(0);
            assert_eq!(one["bytes"], counted, "{what}: bytes of {from}");
        }
        assert!(
            bytes.is_empty(),
            "{what}: missing among the flows: {bytes:?}"
        );
    }
}

/// Files in a case folder that do not belong there: leftovers, originals that no item has.
#[must_use]
pub fn strangers(desk: &Desk, case: &str) -> Vec<String> {
    let report = desk.json(&["evidence", case, "--json"]);
    let items = report["evidence"].as_array().unwrap();
    let known: Vec<&str> = items
        .iter()
        .filter_map(|one| one["sha256"].as_str())
        .collect();
    let root = desk.path(case);
    let mut found = Vec::new();
    files(&root, &root, &mut found);
    found.retain(|path| {
        let parts: Vec<&str> = path.split('/').collect();
        match parts[..] {
            ["case.db" | "case.db-wal" | "case.db-shm" | ".lock"] | ["exports", ..] => false,
            ["evidence", first, name] => !name.starts_with(first) || !known.contains(&name),
            ["index", name, copy] => !known.contains(&name) || !copy.ends_with(".seek"),
            _ => true,
        }
    });
    found
}

fn files(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            files(root, &entry.path(), found);
        } else {
            let path = entry.path();
            found.push(path.strip_prefix(root).unwrap().display().to_string());
        }
    }
}

fn string<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {value}"))
}

fn without(value: &Value, names: &[&str]) -> Value {
    let mut value = value.clone();
    for name in names {
        value.as_object_mut().unwrap().remove(*name);
    }
    value
}

fn tally<'a>(
    rows: impl Iterator<Item = &'a Value>,
    of: impl Fn(&'a Value) -> Option<&'a str>,
) -> BTreeMap<String, u64> {
    let mut tally = BTreeMap::new();
    for value in rows.filter_map(of) {
        *tally.entry(value.to_owned()).or_default() += 1;
    }
    tally
}

fn same(one: &BTreeMap<String, Value>, other: &BTreeMap<String, Value>, what: &str) {
    for (key, value) in one {
        let found = other.get(key);
        assert_eq!(Some(value), found, "{what}: {key}");
    }
    if let Some(more) = other.keys().find(|key| !one.contains_key(*key)) {
        panic!("{what}: {more} is only in the other");
    }
}
