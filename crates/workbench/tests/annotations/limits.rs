//! What is not noted: what alters nothing, cannot be, is too much, or was stopped.

use std::sync::atomic::Ordering;

use vestige_store::page::RowRef;
use vestige_store::query::Table;
use vestige_workbench::annotations::{Change, Changed, MOST, Selection, What, annotate};
use vestige_workbench::{OpenCase, custody};

use crate::scene::{change, comment, count, entries, flows, ids, imported, query, tag};
use crate::support::{TestHost, nothing_failed};

#[test]
fn what_alters_nothing_writes_nothing() {
    let host = TestHost::with_cheap_key("ann");
    let path = imported(&host);
    let nothing = Changed {
        events: 0,
        custody_seq: None,
    };
    change(&host, &path, tag("c2"), query("*")).unwrap();
    let before = custody::pin(&host, &path).unwrap().line();
    for (what, on) in [
        (tag("c2"), "event_id:00000001"),
        (What::Star(false), "*"),
        (What::Mark(None), "*"),
        (comment("x"), "action:none"),
    ] {
        assert_eq!(
            change(&host, &path, what, query(on)).unwrap(),
            nothing,
            "{on}"
        );
    }
    assert_eq!(custody::pin(&host, &path).unwrap().line(), before);
}

#[test]
fn what_cannot_be_noted_says_why_and_writes_nothing() {
    let host = TestHost::with_cheap_key("ann");
    let path = imported(&host);
    let before = custody::pin(&host, &path).unwrap().line();
    let known = ids(&host, &path, "event_id:00000001")[0].clone();
    let unknown: vestige_model::EventId = "0123456789abcdef.0.7".parse().unwrap();
    let stray = RowRef {
        table: Table::Flow,
        id: 7,
    };
    for (what, on, code, why) in [
        (tag("two words"), query("*"), "usage", "without spaces"),
        (comment(" "), query("*"), "usage", "0 characters"),
        (tag("x"), query("actoin:x"), "usage", "did you mean action"),
        (
            tag("x"),
            Selection::Ids(vec![known.clone(), unknown]),
            "absent",
            "no event 0123456789abcdef.0.7",
        ),
        (
            tag("x"),
            Selection::Rows(vec![stray]),
            "absent",
            "row 7 of flow",
        ),
        (
            tag("x"),
            Selection::Ids(vec![known; MOST + 1]),
            "usage",
            "100001 events",
        ),
    ] {
        let error = change(&host, &path, what, on).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
    assert_eq!(custody::pin(&host, &path).unwrap().line(), before);
}

#[test]
fn a_change_of_too_many_events_says_how_many_were_selected() {
    let host = TestHost::with_cheap_key("ann");
    let path = host.case("case");
    flows(&host, &path, MOST + 3);
    let error = change(&host, &path, tag("x"), query("dst.port:443")).unwrap_err();
    assert!(
        error.to_string().contains("at most 100000 events"),
        "{error}"
    );
    assert!(error.to_string().contains("found 100003 events"), "{error}");
    let part = "src.port:<1000";
    let done = change(&host, &path, tag("x"), query(part)).unwrap();
    assert_eq!(done.events, count(&host, &path, "tag:x"));
    assert_eq!(done.events, count(&host, &path, part));
    // More than the entry names.
    let entry = entries(&host, &path).pop().unwrap();
    assert_eq!(entry["details"]["named"].as_array().unwrap().len(), 100);
    nothing_failed(&host, &path, false);
}

#[test]
fn a_change_that_is_stopped_writes_nothing() {
    let host = TestHost::with_cheap_key("ann");
    let path = host.case("case");
    flows(&host, &path, 1_200);
    let before = custody::pin(&host, &path).unwrap().line();
    let mut case = OpenCase::open(&host, &path).unwrap();
    let rows: Vec<RowRef> = (1..=1_200)
        .map(|id| RowRef {
            table: Table::Flow,
            id,
        })
        .collect();
    host.stop.store(true, Ordering::Relaxed);
    let on = Selection::Rows(rows);
    let error = annotate(&host, &mut case, &Change { what: tag("x"), on }).unwrap_err();
    assert_eq!(error.code(), "stopped");
    host.stop.store(false, Ordering::Relaxed);
    drop(case);
    assert_eq!(custody::pin(&host, &path).unwrap().line(), before);
    assert_eq!(count(&host, &path, "tag:x"), 0);
    nothing_failed(&host, &path, false);
}
