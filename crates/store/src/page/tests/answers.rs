//! What a walk over small cases cannot show: hostile texts, stopping, damage, views, the way to
//! the rows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rusqlite::params_from_iter;
use vestige_model::Field;

use super::case::{Case, Seed};
use crate::page::{Bucket, Order, Progress, ReadError, RowIndex, RowRef, view};
use crate::query::{Compiled, Table, parse};

pub(super) fn seeds(count: u8) -> Vec<Seed> {
    // Bytes that differ in every place, and never hide a row.
    let byte = |row: u8, place: usize| {
        row.wrapping_mul(37)
            .wrapping_add((place as u8).wrapping_mul(11))
    };
    (0..count)
        .map(|row| {
            let mut seed: Seed = std::array::from_fn(|place| byte(row, place));
            seed[20] &= 0xf0;
            seed
        })
        .collect()
}

pub(super) fn compiled(case: &Case, query: &str) -> Compiled {
    let query = parse(query).unwrap_or_else(|problems| panic!("{problems:?}"));
    case.reader
        .compile(&query, &Vec::new(), &Progress::none())
        .unwrap()
}

pub(super) fn count(case: &Case, query: &str) -> u64 {
    case.reader
        .count(&compiled(case, query), &Progress::none())
        .unwrap()
        .rows
}

#[test]
fn no_text_becomes_sql() {
    let case = Case::new(&seeds(60));
    let total = count(&case, "");
    assert_eq!(total, 60);
    for text in [
        "'; DROP TABLE event; --",
        "' OR '1'='1",
        "1) OR (1=1",
        "\" OR \"\"=\"",
        "%",
        "_",
        "%%%",
        "\0",
        "a\0b",
        "x'00'",
        "?1",
        ":a",
        "$b",
        "]]>",
        "*/ OR 1 /*",
        "--",
        "\u{202e}",
    ] {
        let quoted = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        for field in Field::ALL {
            let query = parse(&format!("{}:{quoted}", field.name()));
            let Ok(query) = query else { continue };
            let query = case
                .reader
                .compile(&query, &Vec::new(), &Progress::none())
                .unwrap();
            assert_eq!(
                case.reader.count(&query, &Progress::none()).unwrap().rows,
                0,
                "{field:?} {text}"
            );
        }
        let list = format!("action: IN [{quoted} {quoted}] OR NOT event_id:(a* OR {quoted})");
        assert!(count(&case, &list) <= total);
    }
    assert_eq!(count(&case, "*"), total);
}

#[test]
fn every_answer_can_be_stopped_and_tells_its_progress() {
    let case = Case::new(&seeds(60));
    let stop = Progress::new(|_| false);
    let stopped =
        |result: Result<(), ReadError>| assert!(matches!(result, Err(ReadError::Stopped)));
    let query = compiled(&case, "bytes:>0 OR NOT packets:7");
    stopped(case.reader.count(&query, &stop).map(drop));
    stopped(case.reader.histogram(&query, Bucket::Auto, &stop).map(drop));
    stopped(case.reader.top(Field::Action, &query, 5, &stop).map(drop));
    stopped(
        case.reader
            .flows(&[Field::SrcIp], &query, 5, &stop)
            .map(drop),
    );
    let told = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&told);
    let watch = Progress::new(move |rows| seen.fetch_max(rows, Relaxed) < u64::MAX);
    case.reader.count(&query, &watch).unwrap();
    assert_eq!(
        told.load(Relaxed),
        62,
        "both tables, and the row number that no row has"
    );
    assert_eq!(
        case.reader.count(&query, &Progress::none()).unwrap().rows,
        count(&case, "bytes:>0 OR NOT packets:7")
    );
}

#[test]
fn a_list_of_rows_that_is_not_finished_leaves_no_file() {
    let case = Case::new(&seeds(60));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows");
    let query = compiled(&case, "");
    let index = RowIndex::build(
        &case.reader,
        &query,
        Order::Descending,
        &path,
        &Progress::none(),
    )
    .unwrap();
    assert_eq!((index.len(), index.get(59, 5).unwrap().len()), (60, 1));
    assert_eq!(index.get(60, 5).unwrap(), []);
    assert_eq!(index.get(u64::MAX, 5).unwrap(), []);
    let stop = Progress::new(|_| false);
    let stopped = RowIndex::build(&case.reader, &query, Order::Descending, &path, &stop);
    assert!(matches!(stopped, Err(ReadError::Stopped)) && !path.exists());
    let missing = folder.path().join("none").join("rows");
    let failed = RowIndex::build(
        &case.reader,
        &query,
        Order::Descending,
        &missing,
        &Progress::none(),
    );
    assert!(matches!(failed, Err(ReadError::File { .. })));
}

#[test]
fn a_damaged_row_is_named() {
    let case = Case::new(&seeds(60));
    let event = |id| RowRef {
        table: Table::Event,
        id,
    };
    for (column, value, expected) in [
        ("cloud", 99, "the number of a word"),
        ("action", 1_000_000, "a term of the dictionary"),
        ("src_port", 70_000, "a number in its range"),
        ("member", 77, "a member of the case"),
        ("time_flags", -1, "a number in its range"),
    ] {
        let sql = format!("UPDATE event SET {column}=?1 WHERE id=1");
        let sound = case
            .reader
            .connection()
            .query_row(
                &format!("SELECT {column} FROM event WHERE id=1"),
                [],
                |row| row.get::<_, Option<i64>>(0),
            )
            .unwrap();
        case.reader
            .connection()
            .execute(&sql, [Some(value)])
            .unwrap();
        match case.reader.row(event(1)) {
            Err(ReadError::Damaged {
                row: 1,
                column: found,
                expected: said,
                ..
            }) => {
                assert_eq!((found, said), (column, expected));
            }
            other => panic!("{column}: {other:?}"),
        }
        case.reader.connection().execute(&sql, [sound]).unwrap();
    }
    assert!(case.reader.row(event(1)).unwrap().is_some());
    assert!(case.reader.row(event(1_000)).unwrap().is_none());
}

#[test]
fn without_roll_ups_the_answers_are_the_same() {
    let case = Case::new(&seeds(60));
    let ask = |case: &Case| {
        let none = Progress::none();
        let all = compiled(case, "");
        let day = compiled(case, "time:[2026-11-01T10:22:30 TO 2026-11-02]");
        let both = [Field::SrcIp, Field::DstIp];
        (
            [&all, &day].map(|query| case.reader.count(query, &none).unwrap().rows),
            [&all, &day].map(|query| case.reader.histogram(query, Bucket::Hour, &none).unwrap()),
            [&all, &day].map(|query| case.reader.top(Field::DstIp, query, 9, &none).unwrap()),
            [&all, &day].map(|query| {
                case.reader
                    .flows(&both, query, 99, &none)
                    .unwrap()
                    .into_iter()
                    .filter(|group| group.bytes < 1 << 62)
                    .collect::<Vec<_>>()
            }),
        )
    };
    let known = ask(&case);
    // A case of version 1 that was not migrated.
    let totals = "DROP TABLE flow_source; DROP TABLE flow_destination";
    case.reader.connection().execute_batch(totals).unwrap();
    assert_eq!(ask(&case), known);
    assert!(
        case.reader
            .count(&compiled(&case, ""), &Progress::none())
            .unwrap()
            .known
    );
    case.reader
        .connection()
        .execute("INSERT INTO pending VALUES('counts')", [])
        .unwrap();
    assert!(
        !case
            .reader
            .count(&compiled(&case, ""), &Progress::none())
            .unwrap()
            .known
    );
    assert_eq!(ask(&case), known);
}

#[test]
fn fields_that_cannot_be_ranked_or_grouped_are_refused_with_a_reason() {
    let case = Case::new(&[]);
    let all = compiled(&case, "");
    let none = Progress::none();
    for field in [Field::Time, Field::Ingested, Field::EventId, Field::Id] {
        let error = case
            .reader
            .top(field, &all, 5, &none)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(field.name()), "{error}");
    }
    for by in [&[][..], &[Field::Agent], &[Field::Time], &[Field::SrcIp; 5]] {
        assert!(matches!(
            case.reader.flows(by, &all, 5, &none),
            Err(ReadError::Field { .. })
        ));
    }
    assert_eq!(case.reader.top(Field::Action, &all, 5, &none).unwrap(), []);
}

#[test]
fn the_views_show_what_rows_show() {
    let case = Case::new(&seeds(60));
    let sql = case.reader.connection();
    let mut resources = 0_usize;
    for expected in &case.rows {
        let name = if expected.row.table == Table::Event {
            "v_event"
        } else {
            "v_flow"
        };
        let columns = "id, kind, type, cloud, action, src_ip, outcome, time_ns, evidence, member";
        sql.query_row(
            &format!("SELECT {columns} FROM {name} WHERE row=?1"),
            [expected.row.id],
            |row| {
                let event = &expected.event;
                assert_eq!(row.get::<_, String>(0)?, expected.id());
                assert_eq!(row.get::<_, String>(1)?, event.kind.word());
                assert_eq!(row.get::<_, String>(2)?, event.data_type);
                assert_eq!(row.get::<_, String>(3)?, event.cloud.word());
                assert_eq!(
                    row.get::<_, Option<String>>(4)?.as_deref(),
                    event.action.as_deref()
                );
                assert_eq!(
                    row.get::<_, Option<String>>(5)?.as_deref(),
                    event.src_ip.as_deref()
                );
                assert_eq!(
                    row.get::<_, Option<String>>(6)?.as_deref(),
                    event.outcome.map(|word| word.word())
                );
                assert_eq!(row.get::<_, Option<i64>>(7)?, event.time.ns);
                assert_eq!(
                    row.get::<_, String>(8)?,
                    format!("EV-000{}", expected.evidence)
                );
                assert_eq!(row.get::<_, String>(9)?, expected.path);
                Ok(())
            },
        )
        .unwrap();
        if expected.row.table == Table::Event {
            resources += expected.event.resources.len();
        }
    }
    let rows = |view: &str| {
        sql.query_row(&format!("SELECT count(*) FROM {view}"), [], |row| {
            row.get::<_, isize>(0)
        })
        .unwrap()
    };
    assert_eq!(rows("v_event") + rows("v_flow"), case.rows.len() as isize);
    assert_eq!(rows("v_resource"), resources as isize);
    let time = |ns: i64| {
        sql.execute("UPDATE event SET time=?1 WHERE id=1", [ns])
            .unwrap();
        sql.query_row("SELECT time FROM v_event WHERE row=1", [], |row| {
            row.get::<_, String>(0)
        })
        .unwrap()
    };
    assert_eq!(time(-1), "1969-12-31T23:59:59.999999999Z");
    assert_eq!(
        time(1_793_528_525_000_000_007),
        "2026-11-01T10:22:05.000000007Z"
    );
    assert!(
        view::definitions()
            .lines()
            .all(|line| !line.contains("ATTACH"))
    );
}

/// The lines of SQLite's plan for the first page of a query in `event`.
fn plan(case: &Case, query: &str) -> String {
    let query = compiled(case, query);
    let plan = case.reader.plan_page(query.node(Table::Event)).unwrap();
    let sql = format!(
        "EXPLAIN QUERY PLAN SELECT time, id FROM {} WHERE {} AND time IS NOT NULL ORDER BY time, id LIMIT 200",
        plan.source(Table::Event),
        plan.condition.text
    );
    let mut statement = case.reader.connection().prepare(&sql).unwrap();
    let lines = statement
        .query_map(params_from_iter(&plan.condition.values), |row| {
            row.get::<_, String>(3)
        })
        .unwrap();
    lines.map(Result::unwrap).collect::<Vec<_>>().join("; ")
}

#[test]
fn pages_go_by_an_index_and_sort_only_what_is_little() {
    let case = Case::new(&seeds(60));
    for (query, index, sorted) in [
        ("", "event_time (time>?)", false),
        ("bytes:>5", "event_time (time>?)", false),
        ("time:2026-11-01", "event_time (time>? AND time<?)", false),
        (
            "action:PutObject",
            "event_action (action=? AND time>?)",
            false,
        ),
        (
            "action:PutObject time:2026-11-01",
            "event_action (action=? AND time>? AND time<?)",
            false,
        ),
        (
            "action:PutObject bytes:>5 src.ip:10.0.0.0/8",
            "event_action (action=? AND time>?)",
            false,
        ),
        (
            "src.ip:10.0.0.1 NOT action:PutObject",
            "event_src (src_ip=? AND time>?)",
            false,
        ),
        ("src.ip:10.0.0.0/8", "event_src (src_ip=? AND time>?)", true),
        ("evidence:EV-0001", "INTEGER PRIMARY KEY", true),
        ("action:PutObject OR bytes:>5", "event_time (time>?)", false),
    ] {
        let lines = plan(&case, query);
        assert!(lines.contains(index), "{query}: {lines}");
        assert_eq!(lines.contains("TEMP B-TREE"), sorted, "{query}: {lines}");
    }
}
