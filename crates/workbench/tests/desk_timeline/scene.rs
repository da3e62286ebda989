//! A window on a case whose records lie in all the ways that matter.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use serde_json::{Value, json};
use vestige_workbench::case::NewCase;
use vestige_workbench::desk::{Desk, Start, Surface};
use vestige_workbench::explore::{Asked, Explorer, Order, Output};
use vestige_workbench::wire::Purpose;

use crate::support::{TestHost, import, request};

/// Rows of the large case; more than are walked over from both ends of a result.
pub const ROWS: u64 = 12_500;

/// What the desk told, and the dialogs' answers.
#[derive(Default)]
pub struct Page {
    pub told: Mutex<Vec<(String, Value)>>,
    pub chosen: Mutex<Vec<PathBuf>>,
    /// Where a command is cancelled as soon as it tells how far it is.
    pub cancels: OnceLock<Weak<Desk>>,
}

impl Surface for Page {
    fn tell(&self, event: &str, payload: Value) {
        if event == "progress"
            && let Some(desk) = self.cancels.get().and_then(Weak::upgrade)
        {
            let call = json!({ "call": payload["call"] });
            desk.dispatch("cancel", call, None).unwrap();
        }
        let mut told = self.told.lock().unwrap();
        told.push((event.to_owned(), payload));
    }

    fn choose(&self, _: Purpose, _: Option<&str>) -> Vec<PathBuf> {
        self.chosen.lock().unwrap().clone()
    }
}

pub struct Window {
    pub page: Arc<Page>,
    pub desk: Arc<Desk>,
}

impl Window {
    /// A window on the only case that this home knows.
    pub fn on(host: &TestHost, start: Start) -> Window {
        let page = Arc::new(Page::default());
        let start = Start {
            home: Some(host.home_folder()),
            ..start
        };
        let desk = Arc::new(Desk::new(page.clone(), start));
        let window = Window { page, desk };
        window.open();
        window
    }

    pub fn open(&self) {
        let cases = self.ask("cases", json!({}));
        let opened = self.ask("open_case", json!({"case": cases[0]["ticket"]}));
        assert!(opened["case"].is_object(), "{opened}");
    }

    pub fn try_ask(&self, command: &str, input: Value) -> Result<Value, Value> {
        let call = Some(format!("call of {command}"));
        let done = self.desk.dispatch(command, input, call);
        done.map_err(|problem| serde_json::to_value(problem).unwrap())
    }

    pub fn ask(&self, command: &str, input: Value) -> Value {
        self.try_ask(command, input)
            .unwrap_or_else(|problem| panic!("{command}: {problem}"))
    }

    pub fn refused(&self, command: &str, input: Value) -> Value {
        match self.try_ask(command, input) {
            Err(problem) => problem,
            Ok(done) => panic!("{command} was expected to be refused: {done}"),
        }
    }

    pub fn result(&self, query: &str, newest_first: bool) -> Value {
        self.ask(
            "open_result",
            json!({"question": question(query), "newest_first": newest_first}),
        )
    }

    pub fn ids(&self, result: &Value, offset: u64, limit: u64) -> Vec<String> {
        let asked =
            json!({"result": result["result"], "offset": offset, "limit": limit, "fields": []});
        let page = self.ask("rows", asked);
        assert_eq!(page["offset"], offset);
        let rows = page["rows"].as_array().unwrap();
        rows.iter().map(|row| text(&row["id"])).collect()
    }

    /// A choice that may be written to.
    pub fn save_to(&self, path: &Path) -> Value {
        *self.page.chosen.lock().unwrap() = vec![path.to_path_buf()];
        let chosen = self.ask("choose", json!({"purpose": "save", "name": "x"}));
        chosen["ticket"].clone()
    }

    pub fn export(&self, query: &str, to: &Value) -> Value {
        json!({"question": question(query), "newest_first": true, "format": "jsonl", "to": to})
    }
}

pub fn question(query: &str) -> Value {
    json!({"query": query, "from": null, "to": null})
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Records of which many lie in few minutes, some far apart, and some have no time.
pub fn records(count: u64) -> String {
    let one = |id: u64| {
        let second = match id % 7 {
            // A busy minute, a quiet hour, a week.
            0..=3 => id % 60,
            4 | 5 => 7_200 + id % 3_600,
            _ => 86_400 * (id % 7) + id,
        };
        let day = 1 + second / 86_400;
        let (hour, minute) = (second / 3_600 % 24, second / 60 % 60);
        let time = format!("2026-09-{day:02}T{hour:02}:{minute:02}:{:02}Z", second % 60);
        let time = match id % 97 {
            5 => String::new(),
            _ => format!(r#""eventTime":"{time}","#),
        };
        let action = ["GetObject", "PutObject", "DeleteObject"][(id % 3) as usize];
        format!(
            r#"{{"eventVersion":"1.08",{time}"eventSource":"s3.amazonaws.com","eventName":"{action}","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.{}","recipientAccountId":"111122223333","eventID":"{id:08}"}}"#,
            id % 200
        )
    };
    let records: Vec<String> = (0..count).map(one).collect();
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// A host with a case that holds so many records, and the flows of the fixtures.
pub fn case_of(count: u64, new: &NewCase) -> (TestHost, PathBuf) {
    let host = TestHost::with_cheap_key("ann");
    host.make("case", new);
    let case = host.path("case");
    let file = host.path("records.json");
    fs::write(&file, records(count)).unwrap();
    import(&host, &case, &request(file)).unwrap();
    import(&host, &case, &request(fixtures().join("aws_vpc_flow"))).unwrap();
    (host, case)
}

pub fn asked(query: &str) -> Asked {
    Asked {
        query: query.to_owned(),
        ..Asked::default()
    }
}

/// What the command line writes.
pub fn written(host: &TestHost, case: &Path, query: &str, order: Order) -> Vec<u8> {
    let mut out = Vec::new();
    Explorer::open(host, case, &asked(query))
        .unwrap()
        .write(order, None, Output::Jsonl, &mut out)
        .unwrap();
    out
}

pub fn lines(bytes: &[u8]) -> Vec<Value> {
    let lines = bytes.split(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

pub fn expected(host: &TestHost, case: &Path, query: &str, order: Order) -> Vec<Value> {
    lines(&written(host, case, query, order))
}
