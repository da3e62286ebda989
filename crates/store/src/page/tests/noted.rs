//! Questions for what examiners noted, compared with rows looked at one by one.

use vestige_model::{Field, Kind};

use super::answers::{compiled, count, seeds};
use super::case::Case;
use crate::annotation::{Mark, What, record};
use crate::page::{Bucket, Order, Progress, RowRef, StoredRow};
use crate::query::Table;

/// A case in which some rows of both tables are noted, hidden ones too.
fn noted_case() -> Case {
    let mut seeds = seeds(90);
    // Two that are hidden, two that are rows of `flow`.
    seeds[4][20] = 7;
    seeds[8][20] = 7;
    seeds[5][20] = 5;
    seeds[6][20] = 5;
    let case = Case::new(&seeds);
    let tag = |name: &str, on| What::Tag {
        name: name.to_owned(),
        on,
    };
    let comment = |text: &str| What::Comment {
        text: text.to_owned(),
    };
    let each = |step: usize| -> Vec<RowRef> {
        case.rows.iter().step_by(step).map(|row| row.row).collect()
    };
    let changes = [
        (What::Star(true), each(4)),
        (What::Mark(Some(Mark::Bad)), each(3)),
        (What::Mark(Some(Mark::Good)), each(9)),
        (tag("c2", true), each(2)),
        (tag("exfil", true), each(5)),
        (tag("c2", false), each(6)),
        (comment("Why at night?"), each(7)),
        (comment("same as *before*"), each(14)),
    ];
    for (seq, (what, rows)) in (1..).zip(changes) {
        record(case.reader.connection(), seq, &what, &rows, &mut |_| true).unwrap();
    }
    case
}

fn rows(case: &Case, query: &str) -> Vec<RowRef> {
    let query = compiled(case, query);
    let found = case
        .reader
        .events(&query, Order::Ascending, None, 1_000, &Progress::none());
    found.unwrap().iter().map(|row| row.row).collect()
}

type Means = fn(&StoredRow) -> bool;

fn has_tag(row: &StoredRow, tag: &str) -> bool {
    row.noted
        .as_ref()
        .is_some_and(|noted| noted.tags.contains(tag))
}

fn mark(row: &StoredRow) -> Option<Mark> {
    row.noted.as_ref()?.mark
}

fn starred(row: &StoredRow) -> bool {
    row.noted.as_ref().is_some_and(|noted| noted.starred)
}

fn says(row: &StoredRow, part: &str) -> bool {
    let comments = row.noted.iter().flat_map(|noted| &noted.comments);
    comments.into_iter().any(|one| one.text.contains(part))
}

const QUESTIONS: &[(&str, Means)] = &[
    ("tag:c2", |row| has_tag(row, "c2")),
    ("tag:C2", |row| has_tag(row, "c2")),
    ("tag:ex*", |row| has_tag(row, "exfil")),
    ("tag: IN [c2 exfil]", |row| {
        has_tag(row, "c2") || has_tag(row, "exfil")
    }),
    ("tag:*", |row| {
        row.noted
            .as_ref()
            .is_some_and(|noted| !noted.tags.is_empty())
    }),
    ("tag:none-such", |_| false),
    ("NOT tag:c2", |row| !has_tag(row, "c2")),
    ("tag:c2 NOT tag:exfil", |row| {
        has_tag(row, "c2") && !has_tag(row, "exfil")
    }),
    ("tag:c2 OR mark:bad", |row| {
        has_tag(row, "c2") || mark(row) == Some(Mark::Bad)
    }),
    ("tag:c2 kind:flow", |row| {
        has_tag(row, "c2") && row.event.kind == Kind::Flow
    }),
    ("NOT (tag:c2 OR starred:true)", |row| {
        !has_tag(row, "c2") && !starred(row)
    }),
    ("starred:true", starred),
    ("starred:false", |row| !starred(row)),
    ("starred:*", starred),
    ("starred: IN [true false]", |_| true),
    ("NOT starred:true", |row| !starred(row)),
    ("mark:bad", |row| mark(row) == Some(Mark::Bad)),
    ("mark: IN [bad good]", |row| mark(row).is_some()),
    ("mark:*", |row| mark(row).is_some()),
    ("NOT mark:*", |row| mark(row).is_none()),
    ("comment:*night*", |row| says(row, "night")),
    ("comment:\"why AT night?\"", |row| {
        says(row, "Why at night?")
    }),
    ("comment:night", |_| false),
    ("comment:*\\*before\\**", |row| says(row, "*before*")),
    ("comment:*", |row| says(row, "")),
    ("NOT comment:* tag:c2", |row| {
        !says(row, "") && has_tag(row, "c2")
    }),
];

#[test]
fn questions_for_what_is_noted_find_the_rows_that_have_it() {
    let case = noted_case();
    let all = case.reader.rows(rows(&case, "*")).unwrap();
    let flows = all
        .iter()
        .filter(|row| row.row.table == Table::Flow)
        .count();
    assert!(
        all.len() > 80 && flows > 0,
        "{} rows, {flows} flows",
        all.len()
    );
    for (query, means) in QUESTIONS {
        let expected: Vec<RowRef> = all
            .iter()
            .filter(|row| means(row))
            .map(|row| row.row)
            .collect();
        assert_eq!(rows(&case, query), expected, "{query}");
        assert_eq!(count(&case, query), expected.len() as u64, "{query}");
        let asked = compiled(&case, query);
        let found = case
            .reader
            .histogram(&asked, Bucket::Auto, &Progress::none())
            .unwrap();
        let counted: u64 = found.buckets.iter().map(|(_, count)| count).sum();
        assert_eq!(counted + found.undated, expected.len() as u64, "{query}");
        let mut streamed = Vec::new();
        case.reader
            .stream::<crate::page::ReadError>(
                &asked,
                Order::Ascending,
                &Progress::none(),
                &mut |row| {
                    streamed.push(row.row);
                    Ok(true)
                },
            )
            .unwrap();
        assert_eq!(streamed, expected, "{query}");
    }
}

#[test]
fn what_is_noted_is_ranked_over_the_rows_that_are_asked_for() {
    let case = noted_case();
    let top = |field, query: &str| -> Vec<(String, u64)> {
        let found = case
            .reader
            .top(field, &compiled(&case, query), 10, &Progress::none());
        found
            .unwrap()
            .into_iter()
            .map(|one| (one.value, one.count))
            .collect()
    };
    for query in ["*", "kind:flow", "starred:true"] {
        for (field, values) in [
            (Field::Tag, &["c2", "exfil"][..]),
            (Field::Mark, &["bad", "good"]),
            (Field::Starred, &["true"]),
        ] {
            let mut expected: Vec<(String, u64)> = values
                .iter()
                .map(|value| {
                    let both = format!("({query}) {}:{value}", field.name());
                    ((*value).to_owned(), count(&case, &both))
                })
                .filter(|(_, count)| *count > 0)
                .collect();
            expected.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            assert_eq!(top(field, query), expected, "{query} {field:?}");
        }
    }
    let refused = case
        .reader
        .top(Field::Comment, &compiled(&case, "*"), 10, &Progress::none());
    assert!(refused.unwrap_err().to_string().starts_with("comment: "));
}
