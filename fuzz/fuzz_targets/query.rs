//! Any text as a query: its problems have places in the text, and what can be read gives the same
//! answer however it is asked of a small case.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rusqlite::{Connection, TransactionBehavior};
use vestige_formats::{Input, Sink, Span, by_name};
use vestige_model::canonical::Place;
use vestige_model::{Event, Locator, Warning};
use vestige_store::batch::Encoder;
use vestige_store::fault::Faults;
use vestige_store::page::{Order, Progress, Reader};
use vestige_store::query::{PhraseHits, Query, QueryProblem, parse};
use vestige_store::term::HashKey;
use vestige_store::writer::{COUNTS, Writer, clear_pending};
use vestige_store::{index, migration, rollup};

/// When the rows were imported, in UTC nanoseconds.
const NOW: i64 = 1_795_514_400_000_000_000;
const KEY: HashKey = HashKey([7; 16]);
const EVIDENCE: &str = "INSERT INTO acquisition VALUES(1,0,'test');
    INSERT INTO evidence VALUES(1,1,'a','a',zeroblob(32),1,1,0,'imported',NULL,NULL,0,NULL);";
const MEMBER: &str =
    "INSERT INTO member VALUES(?1,1,'0','a','',1,NULL,NULL,'test',NULL,NULL,0,'imported',NULL,
    ?2,?2,0,0,0,?2,0,NULL,NULL,NULL,NULL,NULL,NULL,0)";
const TRAIL: &[u8] = include_bytes!("../../fixtures/aws_cloudtrail/array.in.json");
const FLOWS: &[u8] = include_bytes!("../../fixtures/aws_vpc_flow/v5_bare.in.log");
/// More rows than the case has.
const ALL: usize = 10_000;

/// Puts rows into an encoder.
struct Rows(Encoder, u64);

impl Sink for Rows {
    fn stored(&mut self, span: Span, _: &[u8], events: &mut [Event<'_>]) {
        let place = Place {
            evidence: "0000000000000000",
            member: "0",
        };
        let at = Locator {
            offset: self.1 << 32 | span.offset,
            length: span.length,
            ..Locator::default()
        };
        for event in events {
            event.normalise(NOW);
            self.0.push(place, 0, &at, None, event);
            self.1 += 1;
        }
    }

    fn rejected(&mut self, _: Warning) {}

    fn ignored(&mut self, _: Span, _: &str) {}

    fn warned(&mut self, _: Warning) {}

    fn context(&mut self, _: Vec<u8>) {}

    fn stopped(&self) -> bool {
        false
    }
}

fn case() -> Reader {
    let mut rows = Rows(Encoder::new(KEY), 0);
    for (name, envelope, bytes) in [
        ("aws:cloudtrail", "array", TRAIL),
        ("aws:vpcflow", "lines", FLOWS),
    ] {
        let format = by_name(name).expect("a format that there is");
        format.read(envelope, &mut Input::whole(bytes), &mut rows);
    }
    assert!(rows.1 > 4, "the case has rows");
    let connection = stored(&mut rows).expect("a case in memory");
    Reader::new(connection, KEY).expect("a case in memory")
}

fn stored(rows: &mut Rows) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    migration::apply(&connection, migration::KNOWN, 0)?;
    connection.execute_batch(EVIDENCE)?;
    let mut writer = Writer::new(&connection).expect("an empty case");
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut open = writer.begin(transaction).expect("an empty case");
    open.chunk(&rows.0.take_chunk()).expect("rows that fit");
    let member = open.member_id(0);
    open.transaction()
        .execute(MEMBER, [member, rows.1.cast_signed()])?;
    open.commit(&Faults::none()).expect("a case in memory");
    index::build(&connection, &mut |_| {}).expect("a case in memory");
    rollup::rebuild(&connection, &mut |_| {}).expect("a case in memory");
    clear_pending(&connection, COUNTS)?;
    Ok(connection)
}

thread_local! {
    static CASE: Reader = case();
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match parse(text) {
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            problems.iter().for_each(|problem| in_place(problem, text));
        }
        Ok(query) => CASE.with(|case| asked(case, &query)),
    }
});

fn in_place(problem: &QueryProblem, text: &str) {
    let end = problem.position + problem.length;
    assert!(text.get(problem.position..end).is_some(), "{problem:?}");
    assert!(!problem.message.is_empty() && !problem.hint.is_empty());
    assert!(problem.pointing(text).lines().count() >= 3);
}

/// Counting, and the rows in both orders, say the same; the scope leaves no row out.
fn asked(case: &Reader, query: &Query) {
    let none = Progress::none();
    let count = |query: &Query| {
        let hits = PhraseHits::default();
        let compiled = case
            .compile(query, &hits, &none)
            .expect("a query that was read");
        let total = case.count(&compiled, &none).expect("a query that was read");
        (compiled, total.rows)
    };
    let (compiled, rows) = count(query);
    let mut shown: Vec<_> = [Order::Ascending, Order::Descending]
        .into_iter()
        .map(|order| {
            case.events(&compiled, order, None, ALL, &none)
                .expect("a query that was read")
        })
        .map(|rows| {
            rows.iter()
                .map(|row| row.id().to_string())
                .collect::<Vec<_>>()
        })
        .collect();
    shown.iter_mut().for_each(|ids| ids.sort());
    assert_eq!(shown[0].len() as u64, rows, "counted and shown");
    assert_eq!(shown[0], shown[1], "the two orders");
    assert!(count(&query.scope()).1 >= rows, "the scope");
}
