//! The timeline's commands as the page calls them: every row is reachable by its position, in both
//! orders, whatever the question; what is forged is refused; what changed is no longer shown.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use serde_json::{Value, json};
use support::{TestHost, import, new_case, request};
use vestige_custody::{hash::sha256, hex};
use vestige_workbench::case::NewCase;
use vestige_workbench::desk::{Desk, Start, Surface};
use vestige_workbench::explore::{Asked, Explorer, Order, Output};
use vestige_workbench::show;
use vestige_workbench::wire::Purpose;

/// Rows of the large case; more than are walked over from both ends of a result.
const ROWS: u64 = 12_500;

/// What the desk told, and the dialogs' answers.
#[derive(Default)]
struct Page {
    told: Mutex<Vec<(String, Value)>>,
    chosen: Mutex<Vec<PathBuf>>,
    /// Where a command is cancelled as soon as it tells how far it is.
    cancels: OnceLock<Weak<Desk>>,
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

struct Window {
    page: Arc<Page>,
    desk: Arc<Desk>,
}

impl Window {
    /// A window on the only case that this home knows.
    fn on(host: &TestHost, start: Start) -> Window {
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

    fn open(&self) {
        let cases = self.ask("cases", json!({}));
        let opened = self.ask("open_case", json!({"case": cases[0]["ticket"]}));
        assert!(opened["case"].is_object(), "{opened}");
    }

    fn try_ask(&self, command: &str, input: Value) -> Result<Value, Value> {
        let call = Some(format!("call of {command}"));
        let done = self.desk.dispatch(command, input, call);
        done.map_err(|problem| serde_json::to_value(problem).unwrap())
    }

    fn ask(&self, command: &str, input: Value) -> Value {
        self.try_ask(command, input)
            .unwrap_or_else(|problem| panic!("{command}: {problem}"))
    }

    fn refused(&self, command: &str, input: Value) -> Value {
        match self.try_ask(command, input) {
            Err(problem) => problem,
            Ok(done) => panic!("{command} was expected to be refused: {done}"),
        }
    }

    fn result(&self, query: &str, newest_first: bool) -> Value {
        self.ask(
            "open_result",
            json!({"question": question(query), "newest_first": newest_first}),
        )
    }

    fn ids(&self, result: &Value, offset: u64, limit: u64) -> Vec<String> {
        let asked =
            json!({"result": result["result"], "offset": offset, "limit": limit, "fields": []});
        let page = self.ask("rows", asked);
        assert_eq!(page["offset"], offset);
        let rows = page["rows"].as_array().unwrap();
        rows.iter().map(|row| text(&row["id"])).collect()
    }

    /// A choice that may be written to.
    fn save_to(&self, path: &Path) -> Value {
        *self.page.chosen.lock().unwrap() = vec![path.to_path_buf()];
        let chosen = self.ask("choose", json!({"purpose": "save", "name": "x"}));
        chosen["ticket"].clone()
    }

    fn export(&self, query: &str, to: &Value) -> Value {
        json!({"question": question(query), "newest_first": true, "format": "jsonl", "to": to})
    }
}

fn question(query: &str) -> Value {
    json!({"query": query, "from": null, "to": null})
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Records of which many lie in few minutes, some far apart, and some have no time.
fn records(count: u64) -> String {
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

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// A host with a case that holds so many records, and the flows of the fixtures.
fn case_of(count: u64, new: &NewCase) -> (TestHost, PathBuf) {
    let host = TestHost::with_cheap_key("ann");
    host.make("case", new);
    let case = host.path("case");
    let file = host.path("records.json");
    fs::write(&file, records(count)).unwrap();
    import(&host, &case, &request(file)).unwrap();
    import(&host, &case, &request(fixtures().join("aws_vpc_flow"))).unwrap();
    (host, case)
}

fn asked(query: &str) -> Asked {
    Asked {
        query: query.to_owned(),
        ..Asked::default()
    }
}

/// What the command line writes.
fn written(host: &TestHost, case: &Path, query: &str, order: Order) -> Vec<u8> {
    let mut out = Vec::new();
    Explorer::open(host, case, &asked(query))
        .unwrap()
        .write(order, None, Output::Jsonl, &mut out)
        .unwrap();
    out
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    let lines = bytes.split(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

fn expected(host: &TestHost, case: &Path, query: &str, order: Order) -> Vec<Value> {
    lines(&written(host, case, query, order))
}

/// Offsets at which pages begin or end in another way.
fn offsets(count: u64, undated: u64) -> Vec<u64> {
    let mut offsets = vec![0, 1, 199, 4_999, 5_000, 5_001];
    for end in [count, count - undated] {
        offsets.extend([end / 2, end / 3].map(|at| at + 7));
        offsets.extend([5_200, 5_000, 201, 100, 1, 0].map(|back| end.saturating_sub(back)));
    }
    // And some that nobody chose.
    let mut drawn = 0x9e37_79b9_7f4a_7c15_u64 ^ count;
    for _ in 0..40 {
        drawn = drawn
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        offsets.push((drawn >> 33) % (count + 3));
    }
    offsets
}

#[test]
fn every_row_is_at_its_position_in_both_orders_before_and_after_the_list_is_there() {
    let (host, case) = case_of(ROWS, &new_case());
    let window = Window::on(&host, Start::default());
    for query in [
        "",
        "type:aws:cloudtrail:record",
        "time:[2026-09-01T00:00:10Z TO 2026-09-04T12:00:00.5Z]",
        "NOT action:PutObject",
        "action:GetObject",
        "\"DeleteObject\"",
        "time:none",
        "action:NoSuchThing",
    ] {
        for (newest_first, order) in [(false, Order::Ascending), (true, Order::Descending)] {
            let rows = expected(&host, &case, query, order);
            let ids: Vec<String> = rows.iter().map(|row| text(&row["id"])).collect();
            let result = window.result(query, newest_first);
            let undated = rows.iter().filter(|row| row.get("time").is_none()).count();
            assert_eq!(result["count"], ids.len(), "{query}");
            assert_eq!(result["undated"], undated, "{query}");
            for offset in offsets(ids.len() as u64, undated as u64) {
                let from = usize::try_from(offset).unwrap().min(ids.len());
                let to = (from + 200).min(ids.len());
                let found = window.ids(&result, offset, 200);
                assert!(found == ids[from..to], "{query} {order:?} at {offset}");
            }
            let mut all = Vec::new();
            while all.len() < ids.len() {
                let page = window.ids(&result, all.len() as u64, 1_000);
                assert!(!page.is_empty(), "{query} {order:?} after {}", all.len());
                all.extend(page);
            }
            assert!(all == ids, "{query} {order:?}");
            times_are_found(&window, &result, &rows, order);
        }
    }
}

fn times_are_found(window: &Window, result: &Value, rows: &[Value], order: Order) {
    for time in [
        "1970-01-01T00:00:00Z",
        "2026-09-01T00:00:00Z",
        "2026-09-01T00:00:31Z",
        "2026-09-01T02:17:00.000000001Z",
        "2026-09-04",
        "2200-01-01T00:00:00Z",
    ] {
        let whole = if time.len() == 10 {
            format!("{time}T00:00:00Z")
        } else {
            time.to_owned()
        };
        let nanos = |text: &str| vestige_model::time::parse(text).ns.unwrap();
        let before = |row: &&Value| {
            let own = row["time"].as_str().map(nanos);
            own.is_some_and(|own| match order {
                Order::Ascending => own < nanos(&whole),
                Order::Descending => own > nanos(&whole),
            })
        };
        let position = window.ask(
            "find_time",
            json!({"result": result["result"], "time": time}),
        );
        assert_eq!(
            position["offset"],
            rows.iter().filter(before).count(),
            "{time} {order:?}"
        );
    }
}

#[test]
fn cells_are_what_an_export_holds() {
    let (host, case) = case_of(300, &new_case());
    import(&host, &case, &request(fixtures().join("aws_cloudtrail"))).unwrap();
    let window = Window::on(&host, Start::default());
    let names = window.ask("fields", json!({}));
    let names: Vec<String> = names
        .as_array()
        .unwrap()
        .iter()
        .map(|one| text(&one["name"]))
        .collect();
    let result = window.result("", false);
    let asked = json!({"result": result["result"], "offset": 0, "limit": 1000, "fields": names});
    let page = window.ask("rows", asked);
    let rows = expected(&host, &case, "", Order::Ascending);
    let shown = page["rows"].as_array().unwrap();
    let mut several = 0;
    for (row, shown) in rows.iter().zip(shown) {
        assert_eq!(shown["id"], row["id"]);
        assert_eq!(shown["kind"], row["kind"]);
        assert_eq!(shown["time"], row.get("time").cloned().unwrap_or_default());
        for (name, cell) in names.iter().zip(shown["cells"].as_array().unwrap()) {
            let expected = match (
                row.get(name),
                row.get("resource"),
                name.strip_prefix("resource."),
            ) {
                (_, Some(list), Some(part)) => {
                    several += 1;
                    let list = list.as_array().unwrap().iter();
                    let parts: Vec<String> = list
                        .map(|one| text(&one[part]))
                        .filter(|part| !part.is_empty())
                        .collect();
                    if parts.is_empty() {
                        Value::Null
                    } else {
                        parts.join(", ").into()
                    }
                }
                (Some(Value::String(text)), ..) => text.clone().into(),
                (Some(other), ..) => other.to_string().into(),
                (None, ..) => Value::Null,
            };
            assert_eq!(cell, &expected, "{name} of {row}");
        }
    }
    assert!(several > 0);
}

#[test]
fn what_is_wrong_with_a_query_is_said_where_it_stands() {
    let (host, _) = case_of(10, &new_case());
    let window = Window::on(&host, Start::default());
    let wrong = "region:\"ä𝄞\" actoin:x";
    let problems = window.ask("check_query", json!({"text": wrong}));
    let units: Vec<u16> = wrong.encode_utf16().collect();
    let place = |problem: &Value| {
        let end = |name: &str| problem[name].as_u64().unwrap() as usize;
        String::from_utf16(&units[end("from")..end("to")]).unwrap()
    };
    assert_eq!(place(&problems[0]), "actoin");
    assert!(text(&problems[0]["hint"]).contains("action"), "{problems}");
    let refused = window.refused(
        "open_result",
        json!({"question": question(wrong), "newest_first": true}),
    );
    assert_eq!(refused["in_query"], problems);
    assert_eq!(
        window.ask("check_query", json!({"text": "action:x"})),
        json!([])
    );
}

#[test]
fn forged_messages_are_refused_and_nothing_breaks() {
    let (host, _) = case_of(50, &new_case());
    let window = Window::on(&host, Start::default());
    let result = window.result("", true);
    let rows = |offset: Value, limit: Value, fields: Value| json!({"result": result["result"], "offset": offset, "limit": limit, "fields": fields});
    for (message, code) in [
        (rows(json!(-1), json!(10), json!([])), "usage"),
        (rows(json!(1.5), json!(10), json!([])), "usage"),
        (rows(json!("0"), json!(10), json!([])), "usage"),
        (rows(json!(0), json!(1_001), json!([])), "usage"),
        (rows(json!(0), json!(10), json!(["actoin"])), "usage"),
        (rows(json!(0), json!(10), json!(vec!["id"; 101])), "usage"),
        (
            json!({"result": 0, "offset": 0, "limit": 1, "fields": []}),
            "result-gone",
        ),
        (
            json!({"result": u64::MAX, "offset": 0, "limit": 1, "fields": []}),
            "result-gone",
        ),
    ] {
        let refused = window.refused("rows", message.clone());
        assert_eq!(refused["code"], code, "{message}: {refused}");
    }
    let refused = window.refused("rows", rows(json!(0), json!(1), json!(["actoin"])));
    assert!(
        text(&refused["message"]).contains("did you mean action?"),
        "{refused}"
    );
    let beyond = window.ask("rows", rows(json!(u64::MAX), json!(1_000), json!(["id"])));
    assert_eq!(beyond["rows"], json!([]));
    assert_eq!(
        window.ask("rows", rows(json!(0), json!(0), json!([])))["rows"],
        json!([])
    );
    let whole = json!({"query": "", "from": null, "to": null});
    for (command, message) in [
        (
            "find_time",
            json!({"result": result["result"], "time": "soon"}),
        ),
        (
            "histogram",
            json!({"question": whole, "bucket": "year", "by_cloud": false}),
        ),
        (
            "top",
            json!({"question": whole, "field": "actoin", "limit": 5}),
        ),
        (
            "top",
            json!({"question": whole, "field": "action", "limit": 1_001}),
        ),
        ("top", json!({"question": whole, "field": "id", "limit": 5})),
        ("complete", json!({"field": "", "prefix": ""})),
        (
            "complete",
            json!({"field": "action", "prefix": "x".repeat(5_000)}),
        ),
        ("event", json!({"id": "../../etc/passwd"})),
        ("prove", json!({"id": "'; DROP TABLE event"})),
        (
            "open_result",
            json!({"question": {"query": "", "from": "2026-09-02", "to": "2026-09-01"}, "newest_first": true}),
        ),
        ("open_result", json!({"question": whole})),
    ] {
        let refused = window.refused(command, message.clone());
        assert_eq!(refused["code"], "usage", "{command} {message}: {refused}");
    }
    let absent = window.refused("event", json!({"id": "0000000000000000.0.1"}));
    assert_eq!(absent["code"], "absent");
}

#[test]
fn results_end_when_rows_change_when_others_follow_and_with_the_case() {
    let (host, case) = case_of(200, &new_case());
    let window = Window::on(&host, Start::default());
    let gone = |result: &Value| {
        let message = json!({"result": result["result"], "offset": 0, "limit": 1, "fields": []});
        let refused = window.refused("rows", message);
        assert_eq!(refused["code"], "result-gone", "{refused}");
    };
    let first = window.result("", true);
    for _ in 0..7 {
        window.result("", false);
    }
    assert_eq!(window.ids(&first, 0, 5).len(), 5);
    let ninth = window.result("", true);
    gone(&first);

    // Somebody else imports meanwhile.
    let file = host.path("more.json");
    fs::write(
        &file,
        format!(r#"{{"Records":[{}]}}"#, support::record(9_999_999)),
    )
    .unwrap();
    import(&host, &case, &request(file)).unwrap();
    gone(&ninth);
    let message = json!({"result": ninth["result"], "time": "2026-09-01"});
    assert_eq!(window.refused("find_time", message)["code"], "result-gone");
    let after = window.result("", true);
    assert_eq!(
        after["count"].as_u64().unwrap(),
        ninth["count"].as_u64().unwrap() + 1
    );

    // A withdrawal hides rows.
    vestige_workbench::withdraw::withdraw(&host, &case, "EV-0001", "wrong person").unwrap();
    gone(&after);
    let left = window.result("", true);
    assert!(left["count"].as_u64() < after["count"].as_u64());
    let rows = expected(&host, &case, "", Order::Descending);
    assert_eq!(window.ids(&left, 0, 1_000).len(), rows.len());

    window.ask("close_case", json!({}));
    let message = json!({"result": left["result"], "offset": 0, "limit": 1, "fields": []});
    assert_eq!(window.refused("rows", message)["code"], "usage");
    window.open();
    gone(&left);
}

#[test]
fn no_list_of_rows_is_left_behind() {
    let (host, _) = case_of(500, &new_case());
    let window = Window::on(&host, Start::default());
    let result = window.result("NOT action:x", true);
    assert_eq!(window.ids(&result, 0, 3).len(), 3);
    assert_eq!(
        fs::read_dir(host.home_folder().join("temp"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn counts_over_time_add_up_and_are_split_by_cloud() {
    let (host, case) = case_of(2_000, &new_case());
    let window = Window::on(&host, Start::default());
    for query in ["", "type:aws:vpcflow:record", "NOT action:GetObject"] {
        let rows = expected(&host, &case, query, Order::Ascending);
        let undated = rows.iter().filter(|row| row.get("time").is_none()).count();
        for bucket in ["auto", "minute", "hour", "day"] {
            for by_cloud in [false, true] {
                let message =
                    json!({"question": question(query), "bucket": bucket, "by_cloud": by_cloud});
                let found = window.ask("histogram", message);
                let series = if by_cloud { "aws" } else { "rows" };
                assert_eq!(found["series"], json!([series]));
                let buckets = found["buckets"].as_array().unwrap();
                assert!(buckets.len() <= 2_000);
                let starts: Vec<String> = buckets.iter().map(|one| text(&one["start"])).collect();
                assert!(starts.is_sorted());
                let sum: u64 = buckets
                    .iter()
                    .map(|one| one["counts"][0].as_u64().unwrap())
                    .sum();
                assert_eq!(sum + undated as u64, rows.len() as u64, "{query} {bucket}");
                assert_eq!(found["undated"], undated);
                if bucket != "auto" {
                    assert_eq!(found["bucket"], bucket);
                }
            }
        }
    }
    let mut actions = std::collections::BTreeMap::new();
    for row in expected(&host, &case, "", Order::Ascending) {
        if let Some(action) = row["action"].as_str() {
            *actions.entry(action.to_owned()).or_insert(0) += 1;
        }
    }
    let top = json!({"question": question(""), "field": "action", "limit": 1000});
    let top = window.ask("top", top);
    let top = top.as_array().unwrap().iter();
    let found = top.map(|one| (text(&one["value"]), one["count"].as_i64().unwrap()));
    assert_eq!(found.collect::<std::collections::BTreeMap<_, _>>(), actions);
}

#[test]
fn values_are_proposed_with_the_rows_that_have_them() {
    let (host, _) = case_of(300, &new_case());
    let window = Window::on(&host, Start::default());
    let complete = |field: &str, prefix: &str| {
        window.ask("complete", json!({"field": field, "prefix": prefix}))
    };
    let found = complete("action", "get");
    assert_eq!(found[0]["value"], "GetObject", "{found}");
    assert_eq!(found[0]["count"], 100);
    assert_eq!(complete("action", "GETOBJECTS"), json!([]));
    assert_eq!(complete("action", "%"), json!([]));
    assert_eq!(complete("action", "_"), json!([]));
    let addresses = complete("src.ip", "203.0.113.19");
    let addresses = addresses.as_array().unwrap();
    assert!(addresses.len() >= 11, "{addresses:?}");
    assert!(
        addresses
            .iter()
            .all(|one| text(&one["value"]).starts_with("203.0.113.19"))
    );
    assert_eq!(complete("outcome", "Den")[0]["value"], "denied");
    let kinds = complete("kind", "");
    assert!(
        kinds
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["value"] == "event" && one["count"] == 300),
        "{kinds}"
    );
    assert_eq!(complete("event_id", "0"), json!([]));
    assert_eq!(complete("time", "2026"), json!([]));
    assert_eq!(complete("evidence", "ev-0001")[0]["count"], 300);
}

/// Bytes as text, those that are none as `\xNN`.
fn as_text(bytes: &[u8]) -> String {
    let chunk = |chunk: std::str::Utf8Chunk<'_>| {
        let odd = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}"));
        format!("{}{}", chunk.valid(), odd.collect::<String>())
    };
    bytes.utf8_chunks().map(chunk).collect()
}

#[test]
fn an_event_is_shown_with_its_record_and_proven() {
    let (host, case) = case_of(20, &new_case());
    import(&host, &case, &request(fixtures().join("aws_cloudtrail"))).unwrap();
    let window = Window::on(&host, Start::default());
    for row in expected(&host, &case, "", Order::Ascending) {
        let seen = window.ask("event", json!({"id": row["id"]}));
        let shown = show::show(&host, &case, row["id"].as_str().unwrap()).unwrap();
        let shown = serde_json::to_value(shown).unwrap();
        assert_eq!(seen["provenance"], shown["provenance"]);
        assert_eq!(seen["cut"], false);
        match &shown["raw"] {
            // One record has a byte that is no text; it is shown as what it is.
            Value::String(_) => {
                let bytes = show::raw(&host, &case, row["id"].as_str().unwrap()).unwrap();
                assert_eq!(seen["text"], as_text(&bytes));
            }
            raw => {
                let json: Value = serde_json::from_str(seen["json"].as_str().unwrap()).unwrap();
                assert_eq!(&json, raw);
                assert_eq!(
                    seen["json"].as_str().map(str::trim),
                    seen["text"].as_str().map(str::trim)
                );
            }
        }
        let field = |name: &str| -> Vec<String> {
            let fields = seen["fields"].as_array().unwrap().iter();
            fields
                .filter(|one| one["name"] == name)
                .map(|one| text(&one["value"]))
                .collect()
        };
        assert_eq!(field("id"), [text(&row["id"])]);
        if let Some(list) = row.get("resource").and_then(Value::as_array) {
            let ids = list
                .iter()
                .map(|one| text(&one["id"]))
                .filter(|id| !id.is_empty());
            assert_eq!(field("resource.id"), ids.collect::<Vec<_>>());
        }
        let proof = window.ask("prove", json!({"id": row["id"]}));
        assert_ne!(proof["verdict"], "failed", "{proof}");
    }
}

#[test]
fn an_export_is_what_the_command_line_writes_and_only_goes_where_it_may() {
    let (host, case) = case_of(400, &new_case());
    let window = Window::on(&host, Start::default());
    let out = host.path("out");
    fs::create_dir(&out).unwrap();
    let file = out.join("rows.jsonl");
    let ticket = window.save_to(&file);
    for query in ["", "action:PutObject", "\"deleteobject\""] {
        let saved = window.ask("export", window.export(query, &ticket));
        let bytes = fs::read(&file).unwrap();
        assert!(
            bytes == written(&host, &case, query, Order::Descending),
            "{query}"
        );
        assert_eq!(saved["sha256"], hex(&sha256(&bytes)));
        assert_eq!(saved["bytes"], bytes.len());
        assert_eq!(saved["parts"], lines(&bytes).len());
        assert_eq!(saved["custody_seq"], Value::Null);
    }
    let mut csv = window.export("", &ticket);
    csv["format"] = "csv".into();
    window.ask("export", csv.clone());
    csv["format"] = "exe".into();
    assert_eq!(window.refused("export", csv)["code"], "usage");

    // Evidence that was chosen is nothing to write to.
    let original = host.path("records.json");
    let before = fs::read(&original).unwrap();
    *window.page.chosen.lock().unwrap() = vec![original.clone()];
    let evidence = window.ask("choose", json!({"purpose": "evidence-files", "name": null}));
    let refused = window.refused("export", window.export("", &evidence["ticket"]));
    assert_eq!(refused["code"], "usage");
    assert_eq!(fs::read(&original).unwrap(), before);
    // Nor is the case.
    let database = fs::read(case.join("case.db")).unwrap();
    for inside in ["case.db", "evidence/x"] {
        let ticket = window.save_to(&case.join(inside));
        let refused = window.refused("export", window.export("", &ticket));
        assert_eq!(refused["code"], "usage", "{refused}");
    }
    assert!(fs::read(case.join("case.db")).unwrap() == database);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
}

#[test]
fn without_a_dialog_nothing_is_overwritten() {
    let (host, _) = case_of(10, &new_case());
    let out = host.path("out");
    fs::create_dir(&out).unwrap();
    let window = Window::on(
        &host,
        Start {
            save_to: Some(out.clone()),
            ..Start::default()
        },
    );
    let chosen = window.ask("choose", json!({"purpose": "save", "name": "rows.jsonl"}));
    window.ask("export", window.export("", &chosen["ticket"]));
    let first = fs::read(out.join("rows.jsonl")).unwrap();
    let refused = window.refused(
        "export",
        window.export("action:PutObject", &chosen["ticket"]),
    );
    assert_eq!(refused["code"], "io");
    assert_eq!(fs::read(out.join("rows.jsonl")).unwrap(), first);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
}

#[test]
fn a_cancelled_export_leaves_nothing() {
    let (host, _) = case_of(ROWS, &new_case());
    let window = Window::on(&host, Start::default());
    let out = host.path("out");
    fs::create_dir(&out).unwrap();
    let ticket = window.save_to(&out.join("rows.jsonl"));
    let cancels = window.page.cancels.set(Arc::downgrade(&window.desk));
    cancels.unwrap();
    let refused = window.refused("export", window.export("", &ticket));
    assert_eq!(refused["stopped"], true, "{refused}");
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
    let told = window.page.told.lock().unwrap();
    assert!(told.iter().any(|(event, _)| event == "progress"));
}

#[test]
fn at_litigation_level_an_export_is_on_record_and_looking_is_not_written_again() {
    let (host, case) = case_of(
        40,
        &NewCase {
            custody_level: Some("litigation".to_owned()),
            authority: Some("warrant:7".to_owned()),
            ..new_case()
        },
    );
    let window = Window::on(&host, Start::default());
    let size = || window.ask("case", json!({}))["facts"]["custody"]["size"].clone();
    let before = size();
    let result = window.result("", true);
    let id = window.ids(&result, 0, 1).remove(0);
    window.ask("event", json!({"id": id}));
    window.ask("prove", json!({"id": id}));
    assert_eq!(size(), before);
    let out = host.path("rows.jsonl");
    let ticket = window.save_to(&out);
    let saved = window.ask("export", window.export("", &ticket));
    assert!(saved["custody_seq"].is_u64(), "{saved}");
    let custody = host.path("custody");
    vestige_workbench::custody::export(&host, &case, &custody).unwrap();
    let entries = fs::read_to_string(custody.join("custody.jsonl")).unwrap();
    let entry = entries
        .lines()
        .nth(saved["custody_seq"].as_u64().unwrap() as usize)
        .unwrap();
    let entry: Value = serde_json::from_str(entry).unwrap();
    assert_eq!(entry["event"], "evidence.accessed");
    assert_eq!(entry["objects"][0]["hashes"]["sha256"], saved["sha256"]);
    // The result stays: no row changed.
    assert_eq!(window.ids(&result, 0, 1), [id]);
    window.open();
}
