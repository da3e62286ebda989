//! Flows that say more than the table of flows has columns for, and have an id: one that was
//! delivered twice is counted once, between its addresses too.

mod support;

use rusqlite::{Connection, TransactionBehavior};
use support::{item, tables};
use vestige_model::canonical::Place;
use vestige_model::event::Kind;
use vestige_model::{Cloud, Event, Locator, MemberRef, RecordBytes, RecordBytesError};
use vestige_store::batch::Encoder;
use vestige_store::duplicates::{Compare, settle};
use vestige_store::fault::Faults;
use vestige_store::term::HashKey;
use vestige_store::writer::Writer;
use vestige_store::{index, rollup};

/// The flows, in a member each.
struct Flows<'a>(&'a [Event<'static>]);

impl RecordBytes for Flows<'_> {
    fn record(&self, member: MemberRef, _: &Locator) -> Result<Vec<u8>, RecordBytesError> {
        let bytes = self.0[member.0 as usize - 1].bytes.unwrap_or_default();
        Ok(u128::from(bytes).to_le_bytes().to_vec())
    }
}

fn case() -> Connection {
    let connection = tables();
    item(&connection, 1);
    connection
}

fn flow(id: &'static str, bytes: u64) -> Event<'static> {
    let mut event = Event::new(Kind::Flow, "test:log:record", Cloud::Aws);
    event.event_id = Some(id.into());
    event.src_ip = Some("192.0.2.1".into());
    event.dst_ip = Some("192.0.2.2".into());
    event.time.ns = Some(3_600_000_000_000);
    event.bytes = Some(bytes);
    event.packets = Some(2);
    event
}

/// Stores the flows, in a member each, and settles them.
fn store(connection: &mut Connection, flows: &[Event<'static>]) {
    let mut writer = Writer::new(connection).unwrap();
    let mut encoder = Encoder::new(HashKey([7; 16]));
    for (event, member) in flows.iter().zip(0..) {
        let place = Place {
            evidence: "0000000000000000",
            member: "0",
        };
        encoder.push(place, member, &Locator::default(), event);
    }
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .unwrap();
    let mut batch = writer.begin(transaction).unwrap();
    batch.chunk(&encoder.take_chunk()).unwrap();
    for member in 0..flows.len() as u32 {
        let sql = "INSERT INTO member VALUES(?1,1,'0','a','',1,NULL,NULL,'test',NULL,NULL,0,'imported',NULL,
             1,1,0,0,0,1,0,NULL,NULL,?1,?1,NULL,NULL,0)";
        let id = batch.member_id(member);
        batch.transaction().execute(sql, [id]).unwrap();
    }
    batch.commit(&Faults::none()).unwrap();
    index::build(connection, &mut |_| {}).unwrap();
    let transaction = connection.transaction().unwrap();
    let compare = Compare {
        records: &Flows(flows),
        content: &|record| record.try_into().unwrap(),
    };
    settle(&transaction, &mut writer, 0, 9, &compare, &|_| true).unwrap();
    writer.flush(&transaction).unwrap();
    transaction.commit().unwrap();
}

/// Flows, bytes and packets, by the hour and in all.
fn sums(connection: &Connection) -> Vec<(i64, i64, i64)> {
    let sql = "SELECT flows,bytes,packets FROM flow_hour UNION ALL SELECT flows,bytes,packets FROM flow_pair";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_flow_that_was_delivered_twice_is_counted_once() {
    let mut connection = case();
    store(
        &mut connection,
        &[flow("e1", 10), flow("e1", 10), flow("e2", 5)],
    );
    assert_eq!(sums(&connection), [(2, 15, 4), (2, 15, 4)]);
    rollup::rebuild(&connection, &mut |_| {}).unwrap();
    assert_eq!(sums(&connection), [(2, 15, 4), (2, 15, 4)]);
}

#[test]
fn sums_that_stopped_growing_are_counted_anew() {
    let mut connection = case();
    let most = 9_000_000_000_000_000_000;
    let flows = [flow("e1", 7), flow("e2", most), flow("e2", most)];
    store(&mut connection, &flows);
    let found = sums(&connection);
    rollup::rebuild(&connection, &mut |_| {}).unwrap();
    assert_eq!(found, sums(&connection));
    assert_eq!(found[0].0, 2);
}
