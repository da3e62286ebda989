//! Rows by their position, while the result is there.

use std::fs;

use serde_json::{Value, json};
use vestige_workbench::desk::Start;
use vestige_workbench::explore::Order;

use crate::scene::{ROWS, Window, case_of, expected, fixtures, text};
use crate::support::{import, new_case, request};

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
        format!(r#"{{"Records":[{}]}}"#, crate::support::record(9_999_999)),
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
