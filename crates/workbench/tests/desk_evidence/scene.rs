//! A window for tests: the desk with its page, called as the page calls it.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use vestige_workbench::desk::{Desk, Start, Surface};
use vestige_workbench::wire::{Problem, Purpose};

use crate::support::{TestHost, record};

/// A window of which only what it is told and asked is kept.
#[derive(Default)]
pub struct Page {
    pub told: Mutex<Vec<(String, Value)>>,
    pub chosen: Mutex<Vec<PathBuf>>,
}

impl Surface for Page {
    fn tell(&self, event: &str, payload: Value) {
        self.told.lock().unwrap().push((event.to_owned(), payload));
    }

    fn choose(&self, _: Purpose, _: Option<&str>) -> Vec<PathBuf> {
        std::mem::take(&mut *self.chosen.lock().unwrap())
    }
}

/// A desk with its page, in a folder of its own.
pub struct Window {
    pub host: TestHost,
    pub page: Arc<Page>,
    pub desk: Desk,
}

impl Window {
    /// For somebody who has a key, locked.
    pub fn new() -> Window {
        Window::of(TestHost::with_cheap_key("examiner"))
    }

    pub fn of(host: TestHost) -> Window {
        let page = Arc::new(Page::default());
        let start = Start {
            home: Some(host.home_folder()),
            ..Start::default()
        };
        let desk = Desk::new(Arc::clone(&page) as Arc<dyn Surface>, start);
        Window { host, page, desk }
    }

    /// With a case open and the key unlocked.
    pub fn with_case() -> Window {
        let window = Window::new();
        window.done("unlock_key", json!({"passphrase": "correct horse"}));
        window.create("case");
        window
    }

    pub fn create(&self, name: &str) -> Value {
        let place = self.choose("new-case", self.host.path(name));
        self.done(
            "create_case",
            json!({
                "place": place, "title": "Missing invoices", "reference": "R-7",
                "examiner": "A. Examiner", "role": "lead", "organisation": "Example Forensics",
                "authority": "engagement:2026-114", "zone": "Europe/Berlin",
                "custody_level": "internal",
            }),
        )
    }

    pub fn called(
        &self,
        command: &str,
        input: Value,
        call: Option<&str>,
    ) -> Result<Value, Problem> {
        self.desk.dispatch(command, input, call.map(str::to_owned))
    }

    pub fn done(&self, command: &str, input: Value) -> Value {
        self.called(command, input, None)
            .unwrap_or_else(|problem| panic!("{command}: {problem:?}"))
    }

    pub fn refused(&self, command: &str, input: Value) -> Problem {
        match self.called(command, input, None) {
            Ok(value) => panic!("{command}: {value}"),
            Err(problem) => problem,
        }
    }

    /// What the page gets for a path that the user chose.
    pub fn choose(&self, purpose: &str, path: PathBuf) -> Value {
        *self.page.chosen.lock().unwrap() = vec![path];
        let chosen = self.done("choose", json!({"purpose": purpose, "name": null}));
        chosen["ticket"].clone()
    }

    pub fn evidence(&self, path: PathBuf) -> Value {
        self.choose("evidence-folder", path)
    }

    pub fn import_of(ticket: &Value) -> Value {
        json!({
            "ticket": ticket, "data_type": null, "in_place": false, "allow_ratio": false,
            "reason": "test",
        })
    }

    pub fn import(&self, path: PathBuf) -> Value {
        let ticket = self.evidence(path);
        self.done("import", Window::import_of(&ticket))
    }

    /// Files of CloudTrail records with ids from `first` on.
    pub fn write(&self, name: &str, first: u64, records: u64) -> PathBuf {
        let path = self.host.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let records: Vec<String> = (first..first + records).map(record).collect();
        fs::write(&path, format!("{{\"Records\":[{}]}}", records.join(","))).unwrap();
        path
    }

    /// The evidence that holds these words, by a column and whether the greatest comes first.
    pub fn listed(&self, filter: &str, sort: Option<(&str, bool)>) -> Value {
        self.done("evidence", asked(filter, sort))
    }

    pub fn heard(&self, event: &str) -> Vec<Value> {
        let told = self.page.told.lock().unwrap();
        let told = told.iter().filter(|(name, _)| name == event);
        told.map(|(_, payload)| payload.clone()).collect()
    }
}

pub fn asked(filter: &str, sort: Option<(&str, bool)>) -> Value {
    let down = sort.is_some_and(|(_, down)| down);
    json!({
        "filter": filter, "sort": sort.map(|(column, _)| column), "down": down,
        "offset": 0, "limit": 1000,
    })
}

pub fn paths(listed: &Value) -> Vec<&str> {
    let rows = listed["rows"].as_array().unwrap().iter();
    rows.map(|row| text(&row["name"])).collect()
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value}"))
}

pub fn failed(verification: &Value) -> Vec<&str> {
    let checks = verification["checks"].as_array().unwrap().iter();
    let failed = checks.filter(|check| check["status"] == "fail");
    failed.map(|check| text(&check["check"])).collect()
}
