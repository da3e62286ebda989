//! Sources are what a walk over the rows in view adds up to.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Case, Seed};
use crate::page::{Order, Progress, ReadError, SourceSpan};
use crate::query::{PhraseHits, Query};

const HOUR: i64 = 3_600_000_000_000;

type Key = (String, Option<String>, Option<String>);

/// Rows, undated rows, times.
type Seen = (u64, u64, Vec<i64>);

fn walked(case: &Case) -> BTreeMap<Key, Seen> {
    let none = Progress::none();
    let all = case
        .reader
        .compile(&Query::all(), &PhraseHits::default(), &none)
        .unwrap();
    let mut seen: BTreeMap<Key, Seen> = BTreeMap::new();
    let each = &mut |row: crate::page::StoredRow| {
        let text = |text: &vestige_model::Text<'_>| text.as_deref().map(str::to_owned);
        let event = &row.event;
        let key = (
            event.data_type.as_ref().to_owned(),
            text(&event.account),
            text(&event.region),
        );
        let (rows, undated, times) = seen.entry(key).or_default();
        *rows += 1;
        match event.time.ns {
            Some(time) => times.push(time),
            None => *undated += 1,
        }
        Ok::<bool, ReadError>(true)
    };
    case.reader
        .stream(&all, Order::Ascending, &none, each)
        .unwrap();
    seen
}

fn expected((key, (rows, undated, times)): (Key, Seen)) -> SourceSpan {
    let hours: BTreeSet<i64> = times.iter().map(|time| time.div_euclid(HOUR)).collect();
    SourceSpan {
        data_type: key.0,
        account: key.1,
        region: key.2,
        first: times.iter().min().copied(),
        last: times.iter().max().copied(),
        hours: hours.len() as u64,
        rows,
        undated,
    }
}

#[test]
fn sources_are_what_the_rows_add_up_to() {
    let seeds: Vec<Seed> = (0..200u8)
        .map(|row| {
            std::array::from_fn(|place| {
                row.wrapping_mul(29)
                    .wrapping_add((place as u8).wrapping_mul(7))
            })
        })
        .collect();
    let case = Case::new(&seeds);
    let mut wanted: Vec<_> = walked(&case).into_iter().map(expected).collect();
    assert!(wanted.len() > 3, "{wanted:?}");
    let (mut found, of) = case.reader.sources(1000, &Progress::none()).unwrap();
    assert!(found.is_sorted_by(|a, b| a.rows >= b.rows));
    let key = |one: &SourceSpan| {
        (
            one.data_type.clone(),
            one.account.clone(),
            one.region.clone(),
        )
    };
    found.sort_by_key(key);
    wanted.sort_by_key(key);
    assert_eq!(found, wanted);
    assert_eq!(of, wanted.len() as u64);
    let (few, of_all) = case.reader.sources(2, &Progress::none()).unwrap();
    assert_eq!((few.len(), of_all), (2, of));
}

#[test]
fn a_case_without_rows_has_no_source() {
    let (found, of) = Case::new(&[])
        .reader
        .sources(10, &Progress::none())
        .unwrap();
    assert_eq!((found.len(), of), (0, 0));
}
