//! Rows go in wholly or not at all, and everything counted on the way equals what a scan finds.

mod support;

use std::collections::{BTreeMap, HashMap, HashSet};

use proptest::prelude::*;
use rusqlite::{Connection, TransactionBehavior};
use support::{item, tables};
use vestige_model::canonical::Place;
use vestige_model::event::Kind;
use vestige_model::{Cloud, Event, Locator, MemberRef, RecordBytes, RecordBytesError, Resource};
use vestige_store::batch::Encoder;
use vestige_store::duplicates::{Compare, settle};
use vestige_store::fault::Faults;
use vestige_store::term::HashKey;
use vestige_store::writer::{COUNTS, Writer, is_pending};
use vestige_store::{index, rollup};

const KEY: HashKey = HashKey([7; 16]);

fn case() -> Connection {
    let connection = tables();
    item(&connection, 1);
    connection
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = vestige_model::Text<'static>> {
    proptest::option::of(proptest::sample::select(words)).prop_map(|word| word.map(Into::into))
}

/// One small world of values, so that rows share and repeat them.
fn any_event() -> impl Strategy<Value = Event<'static>> {
    let resource = (
        word(&["bucket", "object"]),
        word(&["r1", "r2"]),
        word(&["n1", "n2"]),
    )
        .prop_map(|(kind, id, name)| Resource { kind, id, name });
    (
        any::<bool>(),
        proptest::option::of(-10_000_000_000_000i64..10_000_000_000_000),
        word(&["GetObject", "PutObject"]),
        word(&["192.0.2.1", "192.0.2.2"]),
        word(&["192.0.2.2", "192.0.2.3"]),
        word(&["e1", "e2", "e3"]),
        proptest::collection::vec(resource, 0..4),
        proptest::option::of(0u64..1000),
        word(&["a1"]),
    )
        .prop_map(
            |(flow, time, action, src, dst, id, resources, bytes, account)| {
                let kind = if flow { Kind::Flow } else { Kind::Event };
                let mut event = Event::new(kind, "test:log:record", Cloud::Aws);
                event.time.ns = time;
                event.action = action;
                event.src_ip = src;
                event.dst_ip = dst;
                event.bytes = bytes;
                event.account = account;
                event.resources = resources;
                // A flow with an id goes with the events.
                event.event_id = id;
                if flow {
                    event.resources.truncate(1);
                }
                event
            },
        )
}

/// A stand-in for the record's bytes: events that say the same came from the same bytes.
fn content(event: &Event<'_>) -> [u8; 16] {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    format!("{event:?}").hash(&mut hasher);
    u128::from(hasher.finish()).to_le_bytes()
}

/// Events of which some come more than once, and some share an id and differ.
fn any_batch() -> impl Strategy<Value = Vec<Event<'static>>> {
    proptest::collection::vec(any_event(), 1..8)
        .prop_flat_map(|pool| proptest::collection::vec(proptest::sample::select(pool), 1..20))
}

fn write(
    connection: &mut Connection,
    writer: &mut Writer,
    records: &mut Written,
    batch: &[Event<'static>],
    commit: bool,
) {
    let mut encoder = Encoder::new(KEY);
    let place = Place {
        evidence: "0000000000000000",
        member: "0",
    };
    for (event, offset) in batch.iter().zip((0..).step_by(100)) {
        let at = Locator {
            offset,
            length: 100,
            ..Locator::default()
        };
        encoder.push(place, 0, &at, event);
    }
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .unwrap();
    let mut open = writer.begin(transaction).unwrap();
    open.chunk(&encoder.take_chunk()).unwrap();
    let member = open.member_id(0);
    for (event, offset) in batch.iter().zip((0..).step_by(100)) {
        let record = content(event).to_vec();
        records.0.insert((member, offset), record);
    }
    open.transaction()
        .execute(
            "INSERT INTO member VALUES(?1,1,'0','a','',1,NULL,NULL,'test',NULL,NULL,0,'imported',NULL,
             ?2,?2,0,0,0,?2,0,NULL,NULL,NULL,NULL,NULL,NULL,0)",
            [member, batch.len() as i64],
        )
        .unwrap();
    if commit {
        open.commit(&Faults::none()).unwrap();
    }
}

fn table(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let cells: Vec<String> = (0..columns)
            .map(|at| format!("{:?}", row.get_ref(at).unwrap()))
            .collect();
        Ok(cells.join(" "))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// Everything that is counted; terms without rows are left out, as a scan does not see them.
fn counted(connection: &Connection) -> BTreeMap<&'static str, Vec<String>> {
    let terms = "SELECT kind,namespace,value,count,count_dst,first,last FROM term
        WHERE count<>0 OR count_dst<>0 ORDER BY 1,2,3";
    let tables = [
        ("minute", "SELECT * FROM minute WHERE count<>0 ORDER BY 1,2"),
        ("hour", "SELECT * FROM flow_hour ORDER BY 1,2,3"),
        ("pair", "SELECT * FROM flow_pair ORDER BY 1,2"),
        ("source", "SELECT * FROM flow_source ORDER BY 1"),
        ("destination", "SELECT * FROM flow_destination ORDER BY 1"),
        ("term", terms),
    ];
    tables
        .into_iter()
        .map(|(name, sql)| (name, table(connection, sql)))
        .collect()
}

/// The records of the events written, by member and offset.
#[derive(Default)]
struct Written(HashMap<(i64, u64), Vec<u8>>);

impl RecordBytes for Written {
    fn record(&self, member: MemberRef, at: &Locator) -> Result<Vec<u8>, RecordBytesError> {
        Ok(self.0[&(member.0, at.offset)].clone())
    }
}

fn settle_all(connection: &mut Connection, writer: &mut Writer, records: &Written) -> u64 {
    index::build(connection, &mut |_| {}).unwrap();
    let transaction = connection.transaction().unwrap();
    let compare = Compare {
        records,
        content: &|record| record.try_into().unwrap(),
    };
    let settled = settle(&transaction, writer, 0, 9, &compare, &|_| true).unwrap();
    writer.flush(&transaction).unwrap();
    transaction.commit().unwrap();
    settled.duplicates
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counts_equal_a_scan(
        batches in proptest::collection::vec(any_batch(), 1..4),
    ) {
        let (mut connection, mut records) = (case(), Written::default());
        let mut writer = Writer::new(&connection).unwrap();
        for batch in &batches {
            write(&mut connection, &mut writer, &mut records, batch, true);
        }
        prop_assert!(is_pending(&connection, COUNTS).unwrap());
        settle_all(&mut connection, &mut writer, &records);
        prop_assert!(!is_pending(&connection, COUNTS).unwrap());
        let on_the_way = counted(&connection);
        rollup::rebuild(&connection, &mut |_| {}).unwrap();
        prop_assert_eq!(on_the_way, counted(&connection));
    }

    #[test]
    fn duplicates_are_the_later_equal_ones(
        events in any_batch(),
    ) {
        let (mut connection, mut records) = (case(), Written::default());
        let mut writer = Writer::new(&connection).unwrap();
        write(&mut connection, &mut writer, &mut records, &events, true);
        let found = settle_all(&mut connection, &mut writer, &records);
        let mut seen = HashSet::new();
        let with_id = events.iter().filter(|event| event.event_id.is_some());
        let expected = with_id
            .filter(|event| !seen.insert((event.event_id.clone(), event.account.clone(), content(event))))
            .count();
        prop_assert_eq!(found, expected as u64);
        let hidden = table(&connection, "SELECT id FROM event WHERE hidden=1");
        prop_assert_eq!(hidden.len(), expected);
    }
}

#[test]
fn a_batch_that_is_dropped_leaves_nothing_and_miscounts_nothing() {
    let (mut connection, mut records) = (case(), Written::default());
    let mut writer = Writer::new(&connection).unwrap();
    let mut event = Event::new(Kind::Event, "test:log:record", Cloud::Aws);
    event.action = Some("GetObject".into());
    write(
        &mut connection,
        &mut writer,
        &mut records,
        std::slice::from_ref(&event),
        true,
    );
    let mut other = event.clone();
    other.action = Some("PutObject".into());
    write(&mut connection, &mut writer, &mut records, &[other], false);
    write(&mut connection, &mut writer, &mut records, &[event], true);
    settle_all(&mut connection, &mut writer, &records);
    let sql = "SELECT value||' '||count FROM term WHERE kind=13";
    let terms: Vec<String> = connection
        .prepare(sql)
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(terms, ["GetObject 2"]);
}

/// Long texts fill a chunk before many rows do, wherever they stand.
#[test]
fn a_chunk_is_full_of_text_too() {
    let place = Place {
        evidence: "0000000000000000",
        member: "0",
    };
    type Set = fn(&mut Event<'static>, String);
    let sets: [Set; 4] = [
        |event, text| event.error_message = Some(text.into()),
        |event, text| event.event_id = Some(text.into()),
        |event, text| event.request_id = Some(text.into()),
        |event, text| event.time_raw = Some(text.into()),
    ];
    for set in sets {
        let mut encoder = Encoder::new(KEY);
        let mut rows = 0;
        while !encoder.full() {
            let mut event = Event::new(Kind::Event, "test:log:record", Cloud::Aws);
            set(&mut event, format!("{rows}{}", "x".repeat(100_000)));
            encoder.push(place, 0, &Locator::default(), &event);
            rows += 1;
            assert!(rows < 200, "20 MB in one chunk");
        }
        assert!(rows > 50, "chunks of a few rows are slow: {rows}");
    }
}
