//! A case with notes: how it is made, changed and asked.

use std::path::{Path, PathBuf};

use serde_json::Value;
use vestige_store::page::Reader;
use vestige_store::term::HashKey;
use vestige_workbench::annotations::{Change, Changed, Selection, What, annotate, undo};
use vestige_workbench::explore::{Asked, Explorer, Order, Output};
use vestige_workbench::{OpenCase, WorkError, custody, session};

use crate::support::{TestHost, import, record, request};

/// Two files with two records each, of which they share one.
pub fn imported(host: &TestHost) -> PathBuf {
    let path = host.case("case");
    let folder = host.path("logs");
    std::fs::create_dir(&folder).unwrap();
    let lines = |one, other| format!("{}\n{}\n", record(one), record(other));
    std::fs::write(folder.join("a.json"), lines(1, 2)).unwrap();
    std::fs::write(folder.join("b.json"), lines(2, 3)).unwrap();
    import(host, &path, &request(folder)).unwrap();
    path
}

/// As many flows.
pub fn flows(host: &TestHost, path: &Path, count: usize) {
    let mut text = String::from(
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n",
    );
    for number in 0..count {
        let port = number % 60_000;
        text.push_str(&format!(
            "2 111122223333 eni-0a1b2c3d4e5f60718 198.51.100.7 10.0.1.7 {port} 443 6 3 180 1772445600 1772445660 ACCEPT OK\n"
        ));
    }
    let file = host.path("flows.log");
    std::fs::write(&file, text).unwrap();
    import(host, path, &request(file)).unwrap();
}

pub fn tag(name: &str) -> What {
    What::Tag {
        name: name.to_owned(),
        on: true,
    }
}

pub fn comment(text: &str) -> What {
    What::Comment {
        text: text.to_owned(),
    }
}

pub fn query(text: &str) -> Selection {
    Selection::Query(asked(text))
}

pub fn asked(text: &str) -> Asked {
    Asked {
        query: text.to_owned(),
        ..Asked::default()
    }
}

pub fn change(
    host: &TestHost,
    path: &Path,
    what: What,
    on: Selection,
) -> Result<Changed, WorkError> {
    let mut case = OpenCase::open(host, path)?;
    annotate(host, &mut case, &Change { what, on })
}

pub fn take_back(host: &TestHost, path: &Path, seq: u64) -> Result<Changed, WorkError> {
    undo(host, &mut OpenCase::open(host, path)?, seq)
}

pub fn reader(host: &TestHost, path: &Path) -> Reader {
    let case = session::read(host, path, "test").unwrap();
    let key = HashKey::of(case.case().id());
    Reader::new(case.into_connection(), key).unwrap()
}

pub fn count(host: &TestHost, path: &Path, text: &str) -> u64 {
    Explorer::open(host, path, &asked(text))
        .unwrap()
        .count()
        .unwrap()
}

pub fn written(host: &TestHost, path: &Path, text: &str, output: Output) -> String {
    let mut out = Vec::new();
    let explorer = Explorer::open(host, path, &asked(text)).unwrap();
    explorer
        .write(Order::Ascending, None, output, &mut out)
        .unwrap();
    String::from_utf8(out).unwrap()
}

pub fn found(host: &TestHost, path: &Path, text: &str) -> Vec<Value> {
    let lines = written(host, path, text, Output::Jsonl);
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub fn ids(host: &TestHost, path: &Path, text: &str) -> Vec<vestige_model::EventId> {
    let rows = found(host, path, text);
    rows.iter()
        .map(|row| row["id"].as_str().unwrap().parse().unwrap())
        .collect()
}

pub fn entries(host: &TestHost, path: &Path) -> Vec<Value> {
    let mut out = Vec::new();
    custody::list(host, path, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
