//! Questions while they are typed, what they count, and what is refused; single events.

use serde_json::{Value, json};
use vestige_workbench::desk::Start;
use vestige_workbench::explore::Order;
use vestige_workbench::show;

use crate::scene::{Window, case_of, expected, fixtures, question, text};
use crate::support::{import, new_case, request};

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

/// A text as it is shown, without bytes that are none (`\xNN`).
fn without_odd(shown: &Value) -> String {
    let mut parts = shown.as_str().unwrap().split("\\x");
    let first = parts.next().unwrap_or_default().to_owned();
    first + &parts.map(|part| &part[2..]).collect::<String>()
}

#[test]
fn an_event_is_shown_with_its_record_and_proven() {
    let (host, case) = case_of(20, &new_case());
    import(&host, &case, &request(fixtures().join("aws_cloudtrail"))).unwrap();
    let window = Window::on(&host, Start::default());
    for row in expected(&host, &case, "", Order::Ascending) {
        let seen = window.ask("event", json!({"id": row["id"]}));
        let shown = show::show(&host, &case, row["id"].as_str().unwrap()).unwrap();
        let from = serde_json::to_value(&shown.provenance).unwrap();
        assert_eq!(seen["provenance"], from);
        assert_eq!(seen["cut"], false);
        match seen["json"].as_str() {
            // As it stands in the evidence, escapes that are no character among it.
            Some(json) => {
                assert_eq!(json, shown.raw.get());
                assert_eq!(Some(json.trim()), seen["text"].as_str().map(str::trim));
            }
            // One record has a byte that is no text; it is shown as what it is.
            None => {
                let text: String = serde_json::from_str(shown.raw.get()).unwrap();
                assert_eq!(without_odd(&seen["text"]), text.replace('\u{fffd}', ""));
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
fn what_is_noted_counts_at_once() {
    let (host, case) = case_of(20, &new_case());
    let window = Window::on(&host, Start::default());
    let first = expected(&host, &case, "", Order::Ascending);
    let id = &first[0]["id"];
    for (on, count) in [(true, 1), (false, 0)] {
        let before = window.result("tag:exfil", false);
        assert_eq!(before["count"], 1 - count);
        window.ask(
            "annotate",
            json!({"change": {"what": "tag", "tag": "exfil", "on": on}, "about": {"which": "ids", "ids": [id]}}),
        );
        assert_eq!(window.result("tag:exfil", false)["count"], count);
    }
}
