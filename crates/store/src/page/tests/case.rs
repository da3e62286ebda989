//! A small case in memory, made by the writer that makes real ones.

use rusqlite::Connection;
use vestige_model::canonical::Place;
use vestige_model::time::parse;
use vestige_model::{
    Activity, Cloud, Event, EventId, Kind, Locator, MemberPath, Outcome, Resource, Tally, Text,
};

use crate::batch::Encoder;
use crate::fault::Faults;
use crate::migration;
use crate::page::{Reader, RowRef};
use crate::query::{Hits, PhraseHits, Table};
use crate::term::HashKey;
use crate::writer::{EvidenceRow, MemberRow, Writer, insert_evidence, insert_member};

/// Bytes that decide what a row is.
pub type Seed = [u8; 32];

/// A row as it should come back.
#[derive(Clone, Debug)]
pub struct Expected {
    pub row: RowRef,
    pub event: Event<'static>,
    pub at: Locator,
    pub evidence: i64,
    pub path: String,
    pub ingested: i64,
    pub hidden: bool,
    /// Which of two phrases its bytes have.
    pub phrases: [bool; 2],
}

impl Expected {
    pub fn id(&self) -> String {
        let sha = sha256(self.evidence);
        let evidence = sha
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let (offset, sub) = (self.at.offset, self.at.sub);
        EventId {
            evidence,
            member: self.path.clone(),
            offset,
            sub,
        }
        .to_string()
    }
}

pub struct Case {
    pub reader: Reader,
    pub rows: Vec<Expected>,
}

pub const TIMES: &[&str] = &[
    "1969-12-31T23:30:00.000000001Z",
    "2026-11-01T00:00:00Z",
    "2026-11-01T10:22:05.5Z",
    "2026-11-01T10:22:59.999999999Z",
    "2026-11-01T23:59:59.999999999Z",
    "2026-11-02T00:00:00Z",
    "2026-11-03T12:00:00Z",
];
pub const ACTIONS: &[&str] = &[
    "GetObject",
    "getobject",
    "PutObject",
    "Ärger",
    "50%_\"x'",
    "a*b",
    "CORP\\x y",
];
pub const ACTORS: &[&str] = &[
    "arn:aws:iam::1:user/mira",
    "arn:aws:iam::1:role/ops",
    "mira@x.example",
];
pub const ADDRESSES: &[&str] = &[
    "10.0.0.1",
    "10.1.2.3",
    "192.0.2.7",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "AWS Internal",
    "ec2.amazonaws.com",
];
pub const IDENTS: &[&str] = &[
    "3f2a90c4-d5e6-4708-9abc-def012345678",
    "3F2A90C4-D5E6-4708-9ABC-DEF012345678",
    "plain-id",
    "Ünique",
];
pub const WORDS: &[&str] = &["alpha", "Beta", "gamma delta"];
pub const ACCOUNTS: &[&str] = &["111111111111", "222222222222"];

/// Evidence item and path of each member; the item's number is its acquisition too.
const MEMBERS: [(i64, &[u32]); 3] = [(1, &[]), (2, &[0]), (2, &[3, 1])];
pub const ACQUIRED: [&str; 2] = ["2026-12-01T08:00:00Z", "2026-12-02T08:00:00Z"];

fn sha256(evidence: i64) -> [u8; 32] {
    [evidence as u8 + 0xa0; 32]
}

fn pick<T: Copy>(pool: &[T], byte: u8) -> Option<T> {
    usize::from(byte)
        .checked_rem(pool.len() + 1)?
        .checked_sub(1)
        .map(|index| pool[index])
}

fn text(pool: &[&'static str], byte: u8) -> Text<'static> {
    pick(pool, byte).map(Into::into)
}

/// The row that these bytes stand for.
pub fn event(seed: &Seed) -> Event<'static> {
    let (kind, data_type) = match seed[0] % 4 {
        0 => (Kind::Resource, "aws:config:item"),
        1 | 2 => (Kind::Flow, "aws:vpcflow:record"),
        _ => (Kind::Event, "aws:cloudtrail:record"),
    };
    let cloud = if seed[1].is_multiple_of(3) {
        Cloud::Azure
    } else {
        Cloud::Aws
    };
    let mut event = Event::new(kind, data_type, cloud);
    if let Some(time) = pick(TIMES, seed[2]) {
        event.set_time(time.into());
        event.end_time = event
            .time
            .ns
            .filter(|_| seed[3] & 1 == 1)
            .map(|ns| ns + 60_000_000_000);
    }
    event.account = text(ACCOUNTS, seed[4]);
    event.region = text(WORDS, seed[5]);
    event.service = text(WORDS, seed[6]);
    event.action = text(ACTIONS, seed[7]);
    event.activity = pick(Activity::ALL, seed[8]);
    event.outcome = pick(Outcome::ALL, seed[9]);
    event.src_ip = text(ADDRESSES, seed[10]);
    event.dst_ip = text(ADDRESSES, seed[11]);
    event.src_port = pick(&[0, 443, 65_535], seed[12]);
    event.dst_port = pick(&[22, 443], seed[13]);
    event.bytes = pick(&[0, 1, 1_000, i64::MAX as u64], seed[14]);
    event.packets = pick(&[1, 7], seed[15]);
    event.protocol = pick(&[6, 17, 99], seed[16]);
    event.direction = text(&["ingress", "egress"], seed[17]);
    let resource = |byte: u8| Resource {
        kind: text(WORDS, byte),
        id: text(ACTORS, byte / 4),
        name: text(ACTIONS, byte / 16),
    };
    event.resources = (0..seed[18] % 4)
        .map(|n| resource(seed[19].wrapping_mul(n + 1)))
        .collect();
    if kind != Kind::Flow || seed[20].is_multiple_of(4) {
        event.organization = text(WORDS, seed[21]);
        event.error_code = text(WORDS, seed[22]);
        event.error_message = text(WORDS, seed[23]);
        event.actor_name = text(ACTIONS, seed[24]);
        event.actor_id = text(ACTORS, seed[25]);
        event.actor_type = text(WORDS, seed[26]);
        event.session = text(ACTORS, seed[27]);
        event.credential = text(WORDS, seed[28]);
        event.agent = text(WORDS, seed[29]);
        event.request_id = text(IDENTS, seed[30]);
        event.event_id = text(IDENTS, seed[31]);
    }
    event.normalise(i64::MAX);
    // A row cannot have one resource that says nothing.
    event.resources.retain(|resource| event_has(resource));
    event
}

fn event_has(resource: &Resource<'_>) -> bool {
    *resource != Resource::default()
}

const KEY: HashKey = HashKey([7; 16]);

impl Case {
    /// A case of these rows.
    pub fn new(seeds: &[Seed]) -> Case {
        let mut connection = Connection::open_in_memory().unwrap();
        migration::apply(&connection, migration::KNOWN, 0).unwrap();
        let mut rows = Vec::new();
        let mut writer = Writer::new(&connection).unwrap();
        let mut encoder = Encoder::new(KEY);
        let mut batch = writer.begin(connection.transaction().unwrap()).unwrap();
        for (index, (evidence, path)) in MEMBERS.iter().enumerate() {
            let path = MemberPath(path.to_vec()).to_string();
            for (n, seed) in seeds
                .iter()
                .enumerate()
                .filter(|(_, seed)| usize::from(seed[1]) % 3 == index)
            {
                let event = event(seed);
                let sub = (seed[3] & 2 == 2).then_some(u32::from(seed[3] >> 4));
                let at = Locator {
                    offset: n as u64 * 100,
                    length: 90,
                    sub,
                    ..Locator::default()
                };
                let place = Place {
                    evidence: "",
                    member: &path,
                };
                encoder.push(place, index as u32, &at, &event);
                rows.push(Expected {
                    row: RowRef {
                        table: Table::Event,
                        id: index as i64,
                    },
                    event,
                    at,
                    evidence: *evidence,
                    path: path.clone(),
                    ingested: parse(ACQUIRED[*evidence as usize - 1]).ns.unwrap(),
                    hidden: seed[20] % 16 == 7,
                    phrases: [seed[20] & 1 == 1, seed[20] & 32 == 32],
                });
            }
        }
        batch.chunk(&encoder.take_chunk()).unwrap();
        for (index, (evidence, path)) in MEMBERS.iter().enumerate() {
            if index < 2 {
                add_evidence(batch.transaction(), *evidence);
            }
            let path = MemberPath(path.to_vec()).to_string();
            let row = member(batch.member_id(index as u32), *evidence, &path);
            insert_member(batch.transaction(), &row, batch.range(index as u32)).unwrap();
        }
        batch.commit(&Faults::none()).unwrap();
        let transaction = connection.transaction().unwrap();
        writer.flush(&transaction).unwrap();
        transaction.commit().unwrap();
        crate::index::build(&connection, &mut |_| {}).unwrap();
        place(&connection, &mut rows);
        crate::page::view::create(&connection).unwrap();
        Case {
            reader: Reader::new(connection, KEY).unwrap(),
            rows,
        }
    }

    /// The hits of the phrases that are asked for, in their order.
    pub fn hits(&self, phrases: &[String]) -> PhraseHits {
        let hits = |phrase: &String| {
            let number = usize::from(phrase != "first");
            let mut hits = Hits::default();
            for row in self.rows.iter().filter(|row| row.phrases[number]) {
                match row.row.table {
                    Table::Event => hits.events.insert(row.row.id),
                    Table::Flow => hits.flows.insert(row.row.id),
                }
            }
            hits
        };
        phrases.iter().map(hits).collect()
    }
}

fn add_evidence(connection: &Connection, id: i64) {
    let started = parse(ACQUIRED[id as usize - 1]).ns.unwrap();
    connection
        .execute("INSERT INTO acquisition VALUES(?1,?2,'')", [id, started])
        .unwrap();
    let row = EvidenceRow {
        id,
        acquisition: id,
        name: "n",
        path: "p",
        sha256: Some(sha256(id)),
        bytes: 1,
        in_place: false,
        received_seq: 1,
    };
    insert_evidence(connection, &row, None).unwrap();
}

fn member(id: i64, evidence: i64, path: &str) -> MemberRow<'_> {
    MemberRow {
        id,
        evidence,
        path,
        name: "",
        layers: "",
        bytes: 1,
        format: None,
        envelope: None,
        recognised: "",
        context: None,
        content: None,
        seekable: false,
        state: "imported",
        reason: None,
        tally: Tally::default(),
        warnings: 0,
        first: None,
        last: None,
        seq: 2,
    }
}

/// Finds the rows' numbers, and hides those that are to be hidden.
fn place(connection: &Connection, rows: &mut [Expected]) {
    for row in rows.iter_mut() {
        for table in Table::ALL {
            let sql = format!(
                "SELECT id FROM {} WHERE member=?1 AND offset=?2",
                table.name()
            );
            let found = connection.query_row(&sql, [row.row.id + 1, row.at.offset as i64], |row| {
                row.get(0)
            });
            if let Ok(id) = found {
                row.row = RowRef { table, id };
                break;
            }
        }
        if row.hidden {
            let sql = format!("UPDATE {} SET hidden=1 WHERE id=?1", row.row.table.name());
            connection.execute(&sql, [row.row.id]).unwrap();
        }
    }
    if rows.iter().any(|row| row.hidden) {
        crate::rollup::rebuild(connection, &mut |_| {}).unwrap();
    }
}
