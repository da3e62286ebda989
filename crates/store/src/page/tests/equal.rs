//! Every answer equals what a plain walk over the rows gives.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use vestige_model::{Field, Kind};

use super::asked::{self, Ask, NUMBERS, TERMS, WORD_FIELDS};
use super::case::{Case, Expected, Seed};
use crate::page::{
    Bucket, Cursor, FlowGroup, Order, Progress, ReadError, RowIndex, RowRef, StoredRow, TopValue,
};
use crate::query::{Compiled, parse};

fn compiled(case: &Case, text: &str) -> Compiled {
    let query = parse(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    let hits = case.hits(query.phrases());
    case.reader
        .compile(&query, &hits, &Progress::none())
        .unwrap()
}

/// The rows meant, in the order of (undated, time, table, number).
fn meant<'a>(case: &'a Case, ask: &Ask, order: Order) -> Vec<&'a Expected> {
    let mut rows: Vec<&Expected> = case
        .rows
        .iter()
        .filter(|row| !row.hidden && ask.means(&case.rows, row))
        .collect();
    rows.sort_by_key(|row| (row.event.time.ns, row.row));
    if order == Order::Descending {
        rows.reverse();
    }
    let (dated, undated): (Vec<&Expected>, Vec<_>) = rows
        .into_iter()
        .partition(|row| row.event.time.ns.is_some());
    [dated, undated].concat()
}

fn refs(rows: &[&Expected]) -> Vec<RowRef> {
    rows.iter().map(|row| row.row).collect()
}

fn seeds(most: usize) -> impl Strategy<Value = Vec<Seed>> {
    prop::collection::vec(any::<Seed>(), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn pages_streams_and_counts_have_the_rows_that_are_meant(
        seeds in seeds(40), ask in asked::ask(), descending: bool, limit in 1..9_usize,
    ) {
        let case = Case::new(&seeds);
        let text = ask.write(&case.rows, 0);
        let query = compiled(&case, &text);
        let order = if descending { Order::Descending } else { Order::Ascending };
        let expected = meant(&case, &ask, order);

        let mut paged: Vec<StoredRow> = Vec::new();
        let mut after = None;
        loop {
            let page = case.reader.events(&query, order, after, limit, &Progress::none()).unwrap();
            let Some(last) = page.last() else { break };
            after = Some(Cursor { time: last.event.time.ns, row: last.row });
            paged.extend(page);
        }
        let found: Vec<RowRef> = paged.iter().map(|row| row.row).collect();
        prop_assert_eq!(&found, &refs(&expected), "{}", text);
        for (row, expected) in paged.iter().zip(&expected) {
            same(row, expected)?;
        }

        let mut streamed = Vec::new();
        case.reader.stream(&query, order, &Progress::none(), &mut |row| {
            streamed.push(row);
            Ok::<bool, ReadError>(true)
        }).unwrap();
        prop_assert_eq!(streamed, paged);
        prop_assert_eq!(case.reader.count(&query, &Progress::none()).unwrap().rows, expected.len() as u64, "{}", text);
    }

    #[test]
    fn histograms_and_positions_have_the_rows_that_are_meant(
        seeds in seeds(40), ask in asked::ask(), bucket in prop::sample::select(vec![
            Bucket::Auto, Bucket::Second, Bucket::Minute, Bucket::Hour, Bucket::Day]),
    ) {
        let case = Case::new(&seeds);
        let text = ask.write(&case.rows, 0);
        let query = compiled(&case, &text);
        let expected = meant(&case, &ask, Order::Ascending);
        let histogram = case.reader.histogram(&query, bucket, &Progress::none()).unwrap();
        prop_assert!(histogram.bucket != Bucket::Auto && (bucket == Bucket::Auto || bucket == histogram.bucket));
        let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
        let length = histogram.bucket.length();
        for time in expected.iter().filter_map(|row| row.event.time.ns) {
            *counts.entry(time.div_euclid(length) * length).or_default() += 1;
        }
        prop_assert_eq!(&histogram.buckets, &counts.into_iter().collect::<Vec<_>>(), "{}", text);
        prop_assert_eq!(histogram.undated, expected.iter().filter(|row| row.event.time.ns.is_none()).count() as u64);

        let folder = tempfile::tempdir().unwrap();
        let index = RowIndex::build(&case.reader, &query, Order::Ascending, &folder.path().join("rows"), &Progress::none()).unwrap();
        prop_assert_eq!(index.len(), expected.len() as u64);
        let middle = expected.len() / 2;
        prop_assert_eq!(index.get(middle as u64, 1_000).unwrap(), refs(&expected[middle..]));
    }

    #[test]
    fn any_position_and_time_is_found_without_a_list(
        seeds in seeds(60), ask in prop_oneof![Just(Ask::All), asked::ask()],
        order in prop::sample::select(vec![Order::Ascending, Order::Descending]),
        from in 0..70_u64, length in 0..70_u64, pick in 0..8_usize, beside in -1..=1_i64,
        held in any::<bool>(),
    ) {
        let case = Case::new(&seeds);
        let text = ask.write(&case.rows, 0);
        let query = compiled(&case, &text);
        if !held {
            case.reader.connection().execute("INSERT OR IGNORE INTO pending VALUES('counts')", []).unwrap();
        }
        let expected = meant(&case, &ask, order);
        let spread = case.reader.spread(&query, &Progress::none()).unwrap();
        prop_assert_eq!(spread.rows(), expected.len() as u64, "{}", text);
        prop_assert_eq!(spread.undated, expected.iter().filter(|row| row.event.time.ns.is_none()).count() as u64);
        let found = case.reader.rows_at(&query, &spread, order, from..from + length, &Progress::none()).unwrap();
        let begin = (from as usize).min(expected.len());
        let end = ((from + length) as usize).min(expected.len());
        prop_assert_eq!(found, Some(refs(&expected[begin..end])), "{} {}..{}", text, from, from + length);

        let time = case.rows.get(pick).and_then(|row| row.event.time.ns).unwrap_or(0) + beside;
        if let Some(before) = case.reader.rows_before(&spread, time, &Progress::none()).unwrap() {
            let earlier = expected.iter().filter(|row| row.event.time.ns.is_some_and(|own| own < time)).count();
            prop_assert_eq!(before, earlier as u64, "{} before {}", text, time);
        }
    }

    #[test]
    fn the_types_of_a_histogram_add_up(
        seeds in seeds(40), ask in asked::ask(), bucket in prop::sample::select(vec![
            Bucket::Auto, Bucket::Second, Bucket::Minute, Bucket::Hour, Bucket::Day]),
    ) {
        let case = Case::new(&seeds);
        let query = compiled(&case, &ask.write(&case.rows, 0));
        let all = case.reader.histogram(&query, bucket, &Progress::none()).unwrap();
        let typed = case.reader.histogram_by_type(&query, bucket, &Progress::none()).unwrap();
        let sums: Vec<(i64, u64)> = typed.buckets.iter().map(|(start, counts)| (*start, counts.iter().sum())).collect();
        prop_assert_eq!((&sums, typed.undated, typed.bucket), (&all.buckets, all.undated, all.bucket));
        for (at, name) in typed.types.iter().enumerate() {
            let rows = meant(&case, &ask, Order::Ascending).into_iter()
                .filter(|row| row.event.data_type == *name && row.event.time.ns.is_some()).count();
            let counted: u64 = typed.buckets.iter().map(|(_, counts)| counts[at]).sum();
            prop_assert_eq!(counted, rows as u64, "{}", name);
        }
    }

    #[test]
    fn values_that_begin_so_are_those_of_the_rows(
        seeds in seeds(60), field in prop::sample::select(TERMS.to_vec()), pick in any::<u8>(), length in 0..4_usize,
    ) {
        let case = Case::new(&seeds);
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for row in meant(&case, &Ask::All, Order::Ascending) {
            for value in all_texts(field, row) {
                *counts.entry(value).or_default() += 1;
            }
        }
        let some = counts.keys().nth(usize::from(pick) % counts.len().max(1)).cloned().unwrap_or_default();
        let prefix: String = some.chars().take(length).flat_map(char::to_uppercase).collect();
        let folded = |text: &str| text.chars().map(crate::term::fold).collect::<String>();
        counts.retain(|value, _| folded(value).starts_with(&folded(&prefix)));
        let mut expected: Vec<(String, u64)> = counts.into_iter().collect();
        expected.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let found = case.reader.beginning(field, &prefix, usize::MAX, &Progress::none()).unwrap().unwrap();
        let found: Vec<(String, u64)> = found.into_iter().map(|one| (one.value, one.count)).collect();
        prop_assert_eq!(found, expected, "{} {}", field.name(), prefix);
    }

    #[test]
    fn rankings_count_the_rows_that_are_meant(
        seeds in seeds(60), ask in prop_oneof![Just(Ask::All), asked::ask()],
        field in prop::sample::select([TERMS, NUMBERS, WORD_FIELDS, &[Field::Evidence, Field::Member]].concat()),
        limit in 1..6_usize,
    ) {
        let case = Case::new(&seeds);
        let text = ask.write(&case.rows, 0);
        let found = case.reader.top(field, &compiled(&case, &text), limit, &Progress::none()).unwrap();
        let mut values: BTreeMap<String, TopValue> = BTreeMap::new();
        for row in meant(&case, &ask, Order::Ascending) {
            for value in all_texts(field, row) {
                let time = row.event.time.ns;
                let entry = values.entry(value.clone()).or_insert(TopValue { value, count: 0, first: None, last: None });
                entry.count += 1;
                entry.first = [entry.first, time].into_iter().flatten().min();
                entry.last = [entry.last, time].into_iter().flatten().max();
            }
        }
        let mut expected: Vec<TopValue> = values.into_values().collect();
        expected.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        expected.truncate(limit);
        prop_assert_eq!(found, expected, "{} {}", field.name(), text);
    }

    #[test]
    fn flows_are_summed_over_the_flows_that_are_meant(
        seeds in seeds(60),
        ask in prop_oneof![Just(Ask::All), asked::ask()],
        by in prop::sample::select(vec![
            vec![Field::SrcIp], vec![Field::DstIp], vec![Field::DstIp, Field::SrcIp],
            vec![Field::SrcIp, Field::DstPort, Field::Action], vec![Field::Protocol], vec![Field::Account, Field::Outcome],
        ]),
        limit in 1..6_usize,
    ) {
        let case = Case::new(&seeds);
        let text = ask.write(&case.rows, 0);
        let found = case.reader.flows(&by, &compiled(&case, &text), limit, &Progress::none()).unwrap();
        let mut groups: BTreeMap<Vec<Option<String>>, FlowGroup> = BTreeMap::new();
        for row in meant(&case, &ask, Order::Ascending).into_iter().filter(|row| row.event.kind == Kind::Flow) {
            let values: Vec<_> = by.iter().map(|field| all_texts(*field, row).into_iter().next()).collect();
            let group = groups.entry(values.clone()).or_insert(FlowGroup { values, flows: 0, bytes: 0, packets: 0, first: None, last: None });
            group.flows += 1;
            group.bytes += u128::from(row.event.bytes.unwrap_or(0));
            group.packets += u128::from(row.event.packets.unwrap_or(0));
            let time = row.event.time.ns;
            group.first = [group.first, time].into_iter().flatten().min();
            group.last = [group.last, time].into_iter().flatten().max();
        }
        let mut expected: Vec<FlowGroup> = groups.into_values().collect();
        expected.sort_by(|a, b| (b.bytes, b.flows).cmp(&(a.bytes, a.flows)).then_with(|| a.values.cmp(&b.values)));
        expected.truncate(limit);
        prop_assert_eq!(found, expected, "{:?} {}", by, text);
    }

    #[test]
    fn rows_are_found_by_their_ids_and_members(seeds in seeds(40)) {
        let case = Case::new(&seeds);
        for expected in &case.rows {
            let rows = case.reader.rows_by_id(&expected.id().parse().unwrap()).unwrap();
            prop_assert_eq!(rows.len(), 1);
            same(&rows[0], expected)?;
        }
        let mut found = Vec::new();
        for member in 1..=3 {
            let mut locators = Vec::new();
            case.reader.rows_of_member(vestige_model::MemberRef(member), &mut |row| {
                locators.push(row.locator);
                found.push(row.row);
                Ok::<bool, ReadError>(true)
            }).unwrap();
            prop_assert!(locators.is_sorted());
        }
        found.sort_unstable();
        let mut all: Vec<RowRef> = case.rows.iter().map(|row| row.row).collect();
        all.sort_unstable();
        prop_assert_eq!(found, all);
    }

    #[test]
    fn a_scope_has_every_row_whatever_the_phrases_hit(seeds in seeds(30), ask in asked::ask()) {
        let case = Case::new(&seeds);
        let query = parse(&ask.write(&case.rows, 0)).unwrap();
        let scope = case.reader.compile(&query.scope(), &Vec::new(), &Progress::none()).unwrap();
        let places = case.reader.places(&scope, Order::Ascending, None, usize::MAX, &Progress::none()).unwrap();
        let scope: BTreeSet<RowRef> = places.into_iter().map(|place| place.row).collect();
        for row in meant(&case, &ask, Order::Ascending) {
            prop_assert!(scope.contains(&row.row));
        }
    }
}

/// The different values a row has for a field, as text.
fn all_texts(field: Field, row: &Expected) -> BTreeSet<String> {
    match field {
        Field::Evidence => [format!("EV-000{}", row.evidence)].into(),
        Field::Member => [row.path.clone()].into(),
        _ => asked::number(field, row)
            .map(|number| number.to_string())
            .into_iter()
            .chain(asked::texts(field, row))
            .collect(),
    }
}

fn same(row: &StoredRow, expected: &Expected) -> Result<(), TestCaseError> {
    let mut event = expected.event.clone();
    event.time.offset_minutes = None;
    prop_assert_eq!(&row.event, &event);
    prop_assert_eq!(row.locator, expected.at);
    prop_assert_eq!(row.id().to_string(), expected.id());
    prop_assert_eq!(row.origin.evidence, expected.evidence);
    prop_assert_eq!(row.origin.ingested, expected.ingested);
    prop_assert_eq!(row.duplicate, expected.hidden);
    Ok(())
}
