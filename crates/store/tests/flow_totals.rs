//! Totals of flows equal what a walk over the flows gives, whatever became of the imports: done,
//! done after another, broken off, taken back, withdrawn.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use rusqlite::{Connection, TransactionBehavior};
use vestige_model::canonical::Place;
use vestige_model::event::Kind;
use vestige_model::{Cloud, Event, Field, Locator};
use vestige_store::batch::Encoder;
use vestige_store::fault::Faults;
use vestige_store::page::{FlowGroup, Progress, Reader};
use vestige_store::query::parse;
use vestige_store::term::HashKey;
use vestige_store::writer::Writer;
use vestige_store::{index, migration, withdraw};

const KEY: HashKey = HashKey([7; 16]);

type Flow = (Option<usize>, Option<usize>, Option<i64>, Option<u64>);

/// What becomes of the evidence item of an import.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// It is imported.
    Imported,
    /// The program dies before the counts are added; opening the case makes them.
    BrokenOff,
    /// Its batch is taken back in an import that goes on.
    TakenBack,
    /// It is imported, and withdrawn later.
    Withdrawn,
}

fn flow() -> impl Strategy<Value = Flow> {
    let address = || prop::option::of(0..4_usize);
    let bytes = prop::sample::select(vec![
        0,
        40,
        1 << 20,
        5 << 20,
        (1 << 53) + 1,
        i64::MAX as u64,
    ]);
    (
        address(),
        address(),
        prop::option::of(-8_000..8_000_000_000_000_i64),
        prop::option::weighted(0.8, bytes),
    )
}

fn fates() -> impl Strategy<Value = Vec<(Fate, Vec<Flow>)>> {
    let fate = prop::sample::select(vec![
        Fate::Imported,
        Fate::Imported,
        Fate::BrokenOff,
        Fate::TakenBack,
        Fate::Withdrawn,
    ]);
    prop::collection::vec((fate, prop::collection::vec(flow(), 1..12)), 1..6)
}

fn address(number: usize) -> String {
    format!("192.0.2.{number}")
}

fn event(flow: &Flow) -> Event<'static> {
    let (src, dst, time, bytes) = *flow;
    let mut event = Event::new(Kind::Flow, "test:log:record", Cloud::Aws);
    event.src_ip = src.map(|number| address(number).into());
    event.dst_ip = dst.map(|number| address(number).into());
    event.time.ns = time;
    event.bytes = bytes;
    event.packets = bytes.map(|_| 3);
    event
}

/// Stores one evidence item of one member; the batch is committed or taken back.
fn store(
    connection: &mut Connection,
    writer: &mut Writer,
    evidence: i64,
    flows: &[Flow],
    commit: bool,
) {
    let mut encoder = Encoder::new(KEY);
    let place = Place {
        evidence: "0000000000000000",
        member: "0",
    };
    for (flow, offset) in flows.iter().zip(0..) {
        let at = Locator {
            offset,
            ..Locator::default()
        };
        encoder.push(place, 0, &at, &event(flow));
    }
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .unwrap();
    let mut batch = writer.begin(transaction).unwrap();
    batch.chunk(&encoder.take_chunk()).unwrap();
    let (from, to) = batch.range(0).flows.unwrap();
    let member = batch.member_id(0);
    let sql =
        "INSERT INTO evidence VALUES(?1,1,'e','e',zeroblob(32),1,1,0,'imported',NULL,NULL,0,NULL)";
    batch.transaction().execute(sql, [evidence]).unwrap();
    let sql =
        "INSERT INTO member VALUES(?1,?2,'0','a','',1,NULL,NULL,'test',NULL,NULL,0,'imported',NULL,
         1,1,0,0,0,1,0,NULL,NULL,NULL,NULL,?3,?4,0)";
    batch
        .transaction()
        .execute(sql, [member, evidence, from, to])
        .unwrap();
    if commit {
        batch.commit(&Faults::none()).unwrap();
    }
}

fn finish(connection: &mut Connection, writer: &mut Writer) {
    let transaction = connection.transaction().unwrap();
    writer.flush(&transaction).unwrap();
    transaction.commit().unwrap();
    index::build(connection, &mut |_| {}).unwrap();
}

fn import(connection: &mut Connection, evidence: i64, fate: Fate, flows: &[Flow]) {
    let mut writer = Writer::new(connection).unwrap();
    store(
        connection,
        &mut writer,
        evidence,
        flows,
        fate != Fate::TakenBack,
    );
    if fate == Fate::BrokenOff {
        writer = Writer::new(connection).unwrap();
        writer.distrust();
    }
    finish(connection, &mut writer);
}

/// The totals of flows by these fields, walking over them.
fn naive(flows: &[Flow], by: &[Field]) -> Vec<FlowGroup> {
    let mut groups: BTreeMap<Vec<Option<String>>, FlowGroup> = BTreeMap::new();
    for flow in flows {
        let (src, dst, at, bytes) = *flow;
        let value = |field: &Field| if *field == Field::SrcIp { src } else { dst };
        let values: Vec<_> = by.iter().map(|field| value(field).map(address)).collect();
        let group = groups.entry(values.clone()).or_insert(FlowGroup {
            values,
            flows: 0,
            bytes: 0,
            packets: 0,
            first: None,
            last: None,
        });
        group.flows += 1;
        group.bytes += u128::from(bytes.unwrap_or(0));
        group.packets += bytes.map_or(0, |_| 3);
        group.first = [group.first, at].into_iter().flatten().min();
        group.last = [group.last, at].into_iter().flatten().max();
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by(|a, b| {
        (b.bytes, b.flows)
            .cmp(&(a.bytes, a.flows))
            .then_with(|| a.values.cmp(&b.values))
    });
    groups
}

fn told(database: &Path, by: &[Field], limit: usize) -> Vec<FlowGroup> {
    let reader = Reader::new(Connection::open(database).unwrap(), KEY).unwrap();
    let query = parse("").unwrap();
    let query = reader
        .compile(&query, &Vec::new(), &Progress::none())
        .unwrap();
    reader.flows(by, &query, limit, &Progress::none()).unwrap()
}

/// Totals as they are told equal those of the flows that are in view.
fn compare(database: &Path, flows: &[Flow], limit: usize) -> Result<(), TestCaseError> {
    let (src, dst) = (Field::SrcIp, Field::DstIp);
    for by in [vec![src], vec![dst], vec![src, dst], vec![dst, src]] {
        let mut expected = naive(flows, &by);
        expected.truncate(limit);
        prop_assert_eq!(told(database, &by, limit), expected, "{:?}", by);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn totals_equal_the_flows_in_view(fates in fates(), limit in 1..20_usize) {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("case.db");
        let mut connection = Connection::open(&database).unwrap();
        connection.execute_batch("PRAGMA synchronous=OFF").unwrap();
        migration::apply(&connection, migration::KNOWN, 0).unwrap();
        connection.execute("INSERT INTO acquisition VALUES(1,0,'test')", []).unwrap();
        let mut seen: Vec<Flow> = Vec::new();
        for ((fate, flows), evidence) in fates.iter().zip(1..) {
            import(&mut connection, evidence, *fate, flows);
            if *fate != Fate::TakenBack {
                seen.extend(flows);
            }
            compare(&database, &seen, limit)?;
        }
        for ((_, flows), evidence) in fates.iter().zip(1..).filter(|((fate, _), _)| *fate == Fate::Withdrawn) {
            let transaction = connection.transaction().unwrap();
            withdraw::hide(&transaction, evidence, &mut |_| {}).unwrap();
            transaction.commit().unwrap();
            for flow in flows {
                seen.remove(seen.iter().position(|one| one == flow).unwrap());
            }
            compare(&database, &seen, limit)?;
        }
    }
}
