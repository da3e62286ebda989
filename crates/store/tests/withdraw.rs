//! Withdrawing an evidence item: what is hidden, what comes into view, what is counted.

use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;
use vestige_custody::entry::{Actor, Auth, Tool};
use vestige_custody::{CaseId, Level};
use vestige_store::case_file::{Case, CaseWriter, Genesis};
use vestige_store::connection::Settings;
use vestige_store::duplicates;
use vestige_store::fault::Faults;
use vestige_store::ledger::By;
use vestige_store::withdraw::{self, Unexplained, Withdrawn};

const NOW: i64 = 1_795_514_400_000_000_000;
const MINUTE: i64 = 60_000_000_000;

fn writer(folder: &Path) -> CaseWriter {
    let actor = Actor {
        id: "user:aex".into(),
        name: "A. Examiner".into(),
        role: "examiner".into(),
        org: String::new(),
        auth: Auth::OsSession,
        qualifications_ref: None,
    };
    let tool = Tool {
        name: "vestige".into(),
        version: "0.1.0".into(),
        build_sha256: [1; 32],
        os: None,
        host_id: None,
    };
    let genesis = Genesis {
        case: CaseId::parse("0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01").unwrap(),
        salt: [2; 16],
        title: "T".into(),
        reference: None,
        authority: None,
        zone: None,
        custody_level: Level::Internal,
        vkey: None,
    };
    let settings = Settings::new(folder);
    Case::create(
        &folder.join("case"),
        &genesis,
        &By { actor, tool },
        NOW,
        &settings,
        &Faults::none(),
    )
    .unwrap()
}

/// Three items of two, two and one records, and a fourth that is the same file as the first.
/// Records 1, 3 and 5 are one record delivered three times; 2 and 4 have the same id and differ.
fn fill(connection: &Connection) {
    connection
        .execute_batch(
            "INSERT INTO acquisition VALUES(1,0,'');
             INSERT INTO term VALUES(1,11,1,255,'aws:cloudtrail:record',0,0,NULL,NULL),
                                    (2,12,2,255,'GetObject',0,0,NULL,NULL);",
        )
        .unwrap();
    for (id, same) in [(1, None), (2, None), (3, None), (4, Some(1))] {
        let state = if same.is_some() {
            "duplicate"
        } else {
            "imported"
        };
        connection
            .execute(
                "INSERT INTO evidence VALUES(?1,1,'e','e',?2,1,1,0,?3,NULL,?4,0,NULL)",
                (id, [id as u8; 32], state, same),
            )
            .unwrap();
    }
    for (id, evidence, from, to, stored, duplicate) in
        [(1, 1, 1, 2, 2, 0), (2, 2, 3, 4, 1, 1), (3, 3, 5, 5, 0, 1)]
    {
        connection
            .execute(
                "INSERT INTO member VALUES(?1,?2,'0','m','',1,'aws_cloudtrail',NULL,'',NULL,NULL,0,
                   'imported',NULL,?5+?6,?5,?6,0,0,?5+?6,0,NULL,NULL,?3,?4,NULL,NULL,0)",
                (id, evidence, from, to, stored, duplicate),
            )
            .unwrap();
    }
    for (id, hidden, member, key, conflict) in [
        (1, 0, 1, 71, None),
        (2, 0, 1, 72, Some(1)),
        (3, 1, 2, 71, None),
        (4, 0, 2, 72, Some(1)),
        (5, 1, 3, 71, None),
    ] {
        connection
            .execute(
                "INSERT INTO event(id,hidden,kind,time,type,action,cloud,time_flags,quality,
                   conflict,event_key,event_id,member,offset,length,decode)
                 VALUES(?1,?2,0,?6,1,2,0,0,0,?5,?4,?4,?3,?1,1,0)",
                (id, hidden, member, key, conflict, id * MINUTE),
            )
            .unwrap();
    }
    connection
        .execute_batch("INSERT INTO duplicate VALUES(3,1,9),(5,1,9)")
        .unwrap();
}

fn withdraw(writer: &mut CaseWriter, evidence: i64) -> Withdrawn {
    let (transaction, _) = writer.begin().unwrap();
    let done = withdraw::hide(&transaction, evidence, &mut |_| {}).unwrap();
    withdraw::mark(&transaction, evidence, 20 + evidence.unsigned_abs()).unwrap();
    CaseWriter::commit(transaction, &Faults::none()).unwrap();
    done
}

fn numbers(connection: &Connection, sql: &str) -> Vec<i64> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn visible(connection: &Connection) -> Vec<i64> {
    numbers(
        connection,
        "SELECT id FROM event WHERE hidden=0 ORDER BY id",
    )
}

fn filled(folder: &TempDir) -> CaseWriter {
    let writer = writer(folder.path());
    fill(writer.connection());
    vestige_store::index::build(&writer.maintenance().unwrap(), &mut |_| {}).unwrap();
    writer
}

#[test]
fn the_next_in_sorted_path_order_becomes_the_survivor() {
    let folder = TempDir::new().unwrap();
    let mut writer = filled(&folder);
    let done = withdraw(&mut writer, 1);
    assert_eq!((done.hidden, done.revealed, done.moved), (2, 1, 1));
    let connection = writer.connection();
    assert_eq!(visible(connection), [3, 4]);
    assert_eq!(
        numbers(connection, "SELECT survivor FROM duplicate WHERE event=5"),
        [3]
    );
    assert_eq!(numbers(connection, "SELECT count(*) FROM duplicate"), [1]);
    // The digest over what entry 9 found is stated anew.
    let digest = duplicates::digest(connection, 9).unwrap();
    assert_eq!((done.restated[0].seq, done.restated[0].sha256), (9, digest));
    assert_eq!(done.restated.len(), 1);
    // Records are counted where they are stored now; what was withdrawn keeps its account.
    assert_eq!(
        numbers(connection, "SELECT stored FROM member ORDER BY id"),
        [2, 2, 0]
    );
    assert_eq!(
        numbers(connection, "SELECT duplicate FROM member ORDER BY id"),
        [0, 0, 1]
    );
    // Nothing visible differs from row 4 any more.
    assert_eq!(
        numbers(connection, "SELECT id FROM event WHERE conflict=1"),
        [2]
    );
    assert_eq!(
        numbers(connection, "SELECT minute FROM minute ORDER BY 1"),
        [3, 4]
    );
    assert_eq!(
        numbers(connection, "SELECT count FROM term ORDER BY id"),
        [2, 2]
    );
    assert_eq!(
        withdraw::unexplained(connection).unwrap(),
        Unexplained::default()
    );

    let done = withdraw(&mut writer, 2);
    assert_eq!((done.hidden, done.revealed, done.moved), (2, 1, 0));
    assert_eq!(visible(writer.connection()), [5]);
    let done = withdraw(&mut writer, 3);
    assert_eq!((done.hidden, done.revealed), (1, 0));
    assert_eq!(visible(writer.connection()), [0; 0]);
    assert_eq!(
        withdraw::unexplained(writer.connection()).unwrap(),
        Unexplained::default()
    );
}

#[test]
fn a_duplicate_that_is_withdrawn_changes_nothing_else() {
    let folder = TempDir::new().unwrap();
    let mut writer = filled(&folder);
    let done = withdraw(&mut writer, 2);
    assert_eq!((done.hidden, done.revealed, done.moved), (2, 0, 0));
    assert!(done.restated.is_empty());
    assert_eq!(visible(writer.connection()), [1, 2]);
    // When its survivor goes too, what is withdrawn stays out of view.
    let done = withdraw(&mut writer, 1);
    assert_eq!(done.revealed, 1);
    assert_eq!(visible(writer.connection()), [5]);
}

#[test]
fn how_an_item_stands_names_the_same_file() {
    let folder = TempDir::new().unwrap();
    let mut writer = filled(&folder);
    let standing = withdraw::standing(writer.connection(), 1).unwrap().unwrap();
    assert_eq!((standing.withdrawn_seq, standing.same), (None, vec![4]));
    withdraw(&mut writer, 1);
    let standing = withdraw::standing(writer.connection(), 1).unwrap().unwrap();
    assert_eq!(standing.withdrawn_seq, Some(21));
    assert_eq!(withdraw::standing(writer.connection(), 99).unwrap(), None);
}
