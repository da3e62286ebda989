//! The rest of an archive may come after files that hold the same: what stands for others by then
//! goes on doing so, and nothing is counted twice when one of them is withdrawn.

mod support;

use rusqlite::Connection;
use support::{item, tables};
use vestige_model::{Locator, MemberRef, RecordBytes, RecordBytesError};
use vestige_store::duplicates::{Compare, Settled, digest, settle};
use vestige_store::withdraw::{self, Unexplained};
use vestige_store::writer::Writer;
use vestige_store::{index, rollup};

struct NoBytes;

impl RecordBytes for NoBytes {
    fn record(&self, _: MemberRef, _: &Locator) -> Result<Vec<u8>, RecordBytesError> {
        Ok(Vec::new())
    }
}

fn case() -> Connection {
    let connection = tables();
    connection
        .execute_batch("INSERT INTO term VALUES(1,11,1,255,'test:log:record',0,0,NULL,NULL)")
        .unwrap();
    (1..=3).for_each(|id| item(&connection, id));
    index::build(&connection, &mut |_| {}).unwrap();
    connection
}

/// A member with one row, which says what all others say.
fn member(connection: &Connection, id: i64, evidence: i64, table: &str) {
    let (content, event, flow) = match table {
        "event" => (None, Some(id), None),
        _ => (Some([5; 32]), None, Some(id)),
    };
    connection
        .execute(
            "INSERT INTO member VALUES(?1,?2,'0','m','',1,'f','','',NULL,?3,0,'imported',NULL,
               1,1,0,0,0,1,0,60,60,?4,?4,?5,?5,0)",
            (id, evidence, content, event, flow),
        )
        .unwrap();
    let row = match table {
        "event" => {
            "INSERT INTO event(id,hidden,kind,time,type,cloud,time_flags,quality,event_key,event_id,
               content,member,offset,length,decode) VALUES(?1,0,0,60,1,0,0,0,7,'e',zeroblob(16),?1,0,1,0)"
        }
        _ => {
            "INSERT INTO flow(id,hidden,time,type,cloud,time_flags,quality,member,offset,length,decode)
               VALUES(?1,0,60,1,0,0,0,?1,0,1,0)"
        }
    };
    connection.execute(row, [id]).unwrap();
}

fn settle_all(connection: &Connection, seq: u64) -> Settled {
    let mut writer = Writer::new(connection).unwrap();
    writer.distrust();
    let transaction = connection.unchecked_transaction().unwrap();
    let compare = Compare {
        records: &NoBytes,
        content: &|_| [0; 16],
    };
    let settled = settle(connection, &mut writer, 0, seq, &compare, &|_| true).unwrap();
    writer.flush(&transaction).unwrap();
    transaction.commit().unwrap();
    assert_eq!(settled.sha256, digest(connection, seq).unwrap());
    assert_eq!(
        withdraw::unexplained(connection).unwrap(),
        Unexplained::default()
    );
    settled
}

fn withdraw(connection: &Connection, evidence: i64) {
    withdraw::hide(connection, evidence, &mut |_| {}).unwrap();
    withdraw::mark(connection, evidence, 20).unwrap();
    assert_eq!(
        withdraw::unexplained(connection).unwrap(),
        Unexplained::default()
    );
}

fn visible(connection: &Connection, table: &str) -> Vec<i64> {
    let sql = format!("SELECT id FROM {table} WHERE hidden=0 ORDER BY id");
    let mut statement = connection.prepare(&sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn what_stands_for_others_stays_though_an_earlier_one_comes_later() {
    for table in ["event", "flow"] {
        let connection = case();
        member(&connection, 1, 2, table);
        member(&connection, 2, 3, table);
        settle_all(&connection, 9);
        assert_eq!(visible(&connection, table), [1], "{table}");
        let before = digest(&connection, 9).unwrap();
        // The rest of item 1.
        member(&connection, 3, 1, table);
        let settled = settle_all(&connection, 10);
        assert_eq!(settled.duplicates + settled.members, 1, "{table}");
        assert_eq!(visible(&connection, table), [1], "{table}");
        assert_eq!(digest(&connection, 9).unwrap(), before, "{table}");
        assert_ne!(digest(&connection, 10).unwrap(), before, "{table}");
        // Now the first in order is item 1, and the other stays out of view.
        withdraw(&connection, 2);
        assert_eq!(visible(&connection, table), [3], "{table}");
        withdraw(&connection, 1);
        assert_eq!(visible(&connection, table), [2], "{table}");
    }
}

#[test]
fn the_first_in_path_order_stays_and_settling_again_changes_nothing() {
    for table in ["event", "flow"] {
        let connection = case();
        member(&connection, 1, 2, table);
        member(&connection, 2, 1, table);
        settle_all(&connection, 9);
        assert_eq!(visible(&connection, table), [2], "{table}");
        let again = settle_all(&connection, 10);
        assert_eq!((again.duplicates, again.members), (0, 0), "{table}");
        let counted = "SELECT count FROM term WHERE id=1";
        let count = |connection: &Connection| -> i64 {
            connection.query_row(counted, [], |row| row.get(0)).unwrap()
        };
        assert_eq!(count(&connection), 1, "{table}");
        rollup::rebuild(&connection, &mut |_| {}).unwrap();
        assert_eq!(count(&connection), 1, "{table}");
    }
}
