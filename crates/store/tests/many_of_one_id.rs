//! One id may be that of very many rows: what is held while they are settled does not grow with them.
//!
//! Everything runs in this one process, whose greatest resident size is read before and after.

use std::fs;

use rusqlite::Connection;
use vestige_model::{Locator, MemberRef, RecordBytes, RecordBytesError};
use vestige_store::duplicates::{Compare, Unfounded, settle, unfounded};
use vestige_store::writer::Writer;
use vestige_store::{index, migration};

const ROWS: i64 = 300_000;
/// Before rows were put in order outside memory they took 0.4 KB each: 120 MB.
const GROWTH: u64 = 32 << 20;

/// What a record says is known already.
struct NoBytes;

impl RecordBytes for NoBytes {
    fn record(&self, _: MemberRef, _: &Locator) -> Result<Vec<u8>, RecordBytesError> {
        Ok(Vec::new())
    }
}

/// Two members whose rows all have one id. Each says something of its own, but for `same` rows of
/// the second, which repeat what the first says.
fn case(folder: &tempfile::TempDir, same: i64) -> Connection {
    let connection = Connection::open(folder.path().join("case.db")).unwrap();
    connection
        .pragma_update(None, "temp_store", "FILE")
        .unwrap();
    connection.pragma_update(None, "cache_size", -4096).unwrap();
    migration::apply(&connection, migration::KNOWN, 0).unwrap();
    connection
        .execute_batch(
            "INSERT INTO acquisition VALUES(1,0,'test');
             INSERT INTO term VALUES(1,11,1,255,'test:log:record',0,0,NULL,NULL)",
        )
        .unwrap();
    for id in 1..=2 {
        connection
            .execute(
                "INSERT INTO evidence
                   VALUES(?1,1,'e','e',zeroblob(32),1,1,0,'imported',NULL,NULL,0,NULL)",
                [id],
            )
            .unwrap();
        connection
            .execute(
                "INSERT INTO member VALUES(?1,?1,'0','m','',1,'f','','',NULL,NULL,0,'imported',NULL,
                   ?2,?2,0,0,0,?2,0,60,60,(?1-1)*?2+1,?1*?2,NULL,NULL,0)",
                (id, ROWS / 2),
            )
            .unwrap();
    }
    connection
        .execute(
            "INSERT INTO event(id,hidden,kind,time,type,cloud,time_flags,quality,event_key,event_id,
               content,member,offset,length,decode)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<?1)
             SELECT i,0,0,60,1,0,0,0,7,'e',
                    CAST(printf('%016d',CASE WHEN i>?1-?2 THEN i-?1/2 ELSE i END) AS BLOB),
                    1+(i>?1/2),i,1,0 FROM n",
            (ROWS, same),
        )
        .unwrap();
    index::build(&connection, &mut |_| {}).unwrap();
    connection
}

/// The resident size now, which is the greatest from here on.
fn resident() -> u64 {
    fs::write("/proc/self/clear_refs", "5").unwrap();
    peak()
}

fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kib = line.unwrap().split_whitespace().nth(1).unwrap();
    kib.parse::<u64>().unwrap() << 10
}

#[test]
fn rows_of_one_id_are_settled_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let same = 50_000;
    let connection = case(&folder, same);
    let mut writer = Writer::new(&connection).unwrap();
    writer.distrust();
    let before = resident();
    let transaction = connection.unchecked_transaction().unwrap();
    let compare = Compare {
        records: &NoBytes,
        content: &|_| [0; 16],
    };
    let settled = settle(&connection, &mut writer, 0, 9, &compare, &|_| true).unwrap();
    let grown = peak() - before;
    transaction.commit().unwrap();
    assert_eq!(
        (settled.duplicates, settled.conflicts),
        (same as u64, (ROWS - same) as u64)
    );
    let first = "SELECT count(*) FROM duplicate WHERE survivor<>event-?1";
    let odd: i64 = connection
        .query_row(first, [ROWS / 2], |row| row.get(0))
        .unwrap();
    assert_eq!(odd, 0);
    assert_eq!(unfounded(&connection).unwrap(), Unfounded::default());
    assert!(grown < GROWTH, "{} MiB", grown >> 20);
}

#[test]
fn settling_one_id_of_many_rows_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let connection = case(&folder, 0);
    let mut writer = Writer::new(&connection).unwrap();
    writer.distrust();
    let compare = Compare {
        records: &NoBytes,
        content: &|_| [0; 16],
    };
    let last = std::cell::Cell::new(0);
    let go_on = |rows| {
        last.set(rows);
        rows < 10_000
    };
    let settled = settle(&connection, &mut writer, 0, 9, &compare, &go_on);
    assert!(settled.is_err());
    assert!(last.get() < 20_000, "stopped after {} rows", last.get());
}
