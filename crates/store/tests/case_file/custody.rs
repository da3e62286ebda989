//! What keeps the chain from being changed by mistake, and what does not keep anybody out.

use crate::common::*;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use vestige_custody::{Event, Level};
use vestige_store::case_file::{Case, CaseError, CaseWriter};
use vestige_store::fault::Faults;
use vestige_store::ledger::{self, Ledger};
use vestige_store::migration::latest;

/// Statements against the chain, with what the triggers say. The statements without an answer are
/// beyond triggers and are the authorizer's.
const ATTACKS: [(&str, Option<&str>); 14] = [
    (
        "UPDATE custody_entry SET body=x'00' WHERE seq=1",
        Some("custody: append-only"),
    ),
    (
        "DELETE FROM custody_entry WHERE seq=2",
        Some("custody: append-only"),
    ),
    ("DELETE FROM custody_entry", Some("custody: append-only")),
    (
        "INSERT INTO custody_entry SELECT 9,randomblob(32),leaf,body FROM custody_entry WHERE seq=2",
        Some("custody: seq"),
    ),
    (
        "INSERT INTO custody_entry SELECT 3,randomblob(32),randomblob(32),body FROM custody_entry WHERE seq=2",
        Some("custody: prev"),
    ),
    (
        "INSERT OR REPLACE INTO custody_entry SELECT 1,leaf,prev,x'00' FROM custody_entry WHERE seq=1",
        Some("custody: seq"),
    ),
    (
        "REPLACE INTO custody_entry SELECT 2,leaf,prev,x'00' FROM custody_entry WHERE seq=2",
        Some("custody: seq"),
    ),
    (
        "INSERT INTO custody_entry SELECT 2,leaf,prev,x'00' FROM custody_entry WHERE seq=2
         ON CONFLICT(seq) DO UPDATE SET body=x'00'",
        Some("custody: seq"),
    ),
    ("DROP TRIGGER ce_upd", None),
    ("DROP TABLE custody_entry", None),
    ("PRAGMA writable_schema=ON", None),
    ("ATTACH ':memory:' AS other", None),
    ("ALTER TABLE custody_entry RENAME TO gone", None),
    (
        "CREATE TRIGGER mine AFTER INSERT ON custody_entry BEGIN SELECT 1; END",
        None,
    ),
];

fn attack(connection: &Connection, sql: &str) -> Result<(), String> {
    let run = || {
        connection.execute_batch("SAVEPOINT attack")?;
        let result = connection.execute_batch(sql);
        connection.execute_batch("ROLLBACK TO attack; RELEASE attack")?;
        result
    };
    run().map_err(|error: rusqlite::Error| error.to_string())
}

#[test]
fn triggers_stop_what_they_can_on_a_connection_without_authorizer() {
    let desk = Desk::new();
    desk.closed_case("case", 3);
    let connection = desk.sqlite("case");
    for (sql, expected) in ATTACKS {
        let result = attack(&connection, sql);
        match expected {
            Some(expected) => {
                assert!(
                    result.as_ref().is_err_and(|e| e.contains(expected)),
                    "{sql}: {result:?}"
                );
            }
            None if sql.starts_with("ATTACH") => {}
            None => assert_eq!(result, Ok(()), "{sql}"),
        }
    }
}

#[test]
fn the_authorizer_stops_all_of_them_on_the_writer() {
    let desk = Desk::new();
    desk.closed_case("case", 3);
    let writer = desk.writer("case").unwrap();
    for (sql, _) in ATTACKS {
        let refused = attack(writer.connection(), sql).unwrap_err();
        let expected = ["not authorized", "custody: ", "prohibited"];
        assert!(
            expected.iter().any(|text| refused.contains(text)),
            "{sql}: {refused}"
        );
    }
    for sql in [
        "UPDATE sqlite_schema SET sql=''",
        "DELETE FROM sqlite_schema",
        "PRAGMA recursive_triggers=OFF",
        "PRAGMA foreign_keys=OFF",
        "PRAGMA journal_mode=OFF",
        "PRAGMA synchronous=OFF",
        "PRAGMA trusted_schema=ON",
        "PRAGMA application_id=1",
        "DROP INDEX member_evidence",
        "CREATE VIEW v AS SELECT 1",
        "CREATE VIRTUAL TABLE v USING fts5(x)",
        "SELECT load_extension('x')",
        "VACUUM INTO 'copy.db'",
    ] {
        assert!(writer.connection().execute_batch(sql).is_err(), "{sql}");
    }
    let refused = writer
        .connection()
        .execute_batch("DELETE FROM custody_entry WHERE seq=99");
    assert!(refused.unwrap_err().to_string().contains("not authorized"));
}

#[test]
fn a_defensive_connection_does_not_edit_the_schema_even_for_maintenance() {
    let desk = Desk::new();
    let writer = desk.create("case");
    let maintenance = writer.maintenance().unwrap();
    assert!(
        maintenance
            .db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE)
            .unwrap()
    );
    let _ = maintenance.execute_batch("PRAGMA writable_schema=ON");
    assert!(
        maintenance
            .execute_batch("UPDATE sqlite_schema SET sql=''")
            .is_err()
    );
}

#[test]
fn a_reader_reads_and_nothing_else() {
    let desk = Desk::new();
    desk.closed_case("case", 2);
    let reader = desk.open("case", None).unwrap().open_reader().unwrap();
    for sql in [
        "DELETE FROM warning",
        "INSERT INTO pending VALUES('x')",
        "ATTACH ':memory:' AS other",
        "PRAGMA query_only=OFF",
        "PRAGMA journal_mode",
        "SELECT * FROM pragma_table_info('event')",
        "SELECT load_extension('x')",
        "CREATE TEMP TABLE t(x)",
    ] {
        assert!(reader.connection().execute_batch(sql).is_err(), "{sql}");
    }
    let entries: i64 = reader
        .connection()
        .query_row("SELECT count(*) FROM custody_entry", [], |row| row.get(0))
        .unwrap();
    assert_eq!(entries, 2);
    let again = reader.again().unwrap();
    assert_eq!(again.case().head(), reader.case().head());
}

#[test]
fn every_connection_has_the_settings_of_the_standard() {
    let desk = Desk::new();
    let writer = desk.create("case");
    let setting = |name: &str| {
        writer
            .connection()
            .pragma_query_value(None, name, |row| {
                row.get::<_, i64>(0)
                    .map(|n| n.to_string())
                    .or_else(|_| row.get::<_, String>(0))
            })
            .unwrap()
    };
    for (name, expected) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("recursive_triggers", "1"),
        ("foreign_keys", "1"),
        ("cell_size_check", "1"),
        ("trusted_schema", "0"),
        ("page_size", "8192"),
        ("application_id", "1448301639"),
        ("user_version", &latest().to_string()),
    ] {
        assert_eq!(setting(name), expected, "{name}");
    }
    let mapped = writer
        .connection()
        .pragma_query_value(None, "mmap_size", |row| row.get(0));
    assert_eq!(mapped.unwrap_or(0), 0_i64);
    for (switch, expected) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, false),
    ] {
        assert_eq!(
            writer.connection().db_config(switch).unwrap(),
            expected,
            "{switch:?}"
        );
    }
}

#[test]
fn the_first_entry_states_the_case_and_the_chain_continues_it() {
    let desk = Desk::new();
    let mut writer = desk.create("case");
    annotate(&mut writer, 1, NOW + SECOND);
    let mut events = Vec::new();
    Ledger::entries(writer.connection(), 0, &mut |stored| {
        events.push(String::from_utf8(stored.body.to_vec()).unwrap());
        Ok(true)
    })
    .unwrap();
    assert_eq!(events.len(), 2);
    assert!(events[0].contains("\"event\":\"case.created\""));
    assert!(events[0].contains(&format!("\"salt\":\"{}\"", "22".repeat(16))));
    let chain = writer.ledger().chain(writer.connection()).unwrap();
    assert_eq!(
        (chain.size(), chain.head()),
        (2, Some(writer.head().unwrap().leaf))
    );
    assert_eq!(
        Ledger::root_at(writer.connection(), 2).unwrap(),
        Some(chain.root())
    );
    assert_eq!(Ledger::root_at(writer.connection(), 3).unwrap(), None);
}

#[test]
fn an_entry_of_a_transaction_that_was_undone_leaves_no_gap() {
    let desk = Desk::new();
    let mut writer = desk.create("case");
    let before = writer.head().unwrap();
    let (transaction, ledger) = writer.begin().unwrap();
    let entry = ledger.entry(Event::QuerySaved);
    assert_eq!(ledger.append(&transaction, &entry, NOW).unwrap().seq, 1);
    assert_eq!(ledger.append(&transaction, &entry, NOW).unwrap().seq, 2);
    drop(transaction);
    assert_eq!(writer.head().unwrap(), before);
    annotate(&mut writer, 1, NOW);
    assert_eq!(writer.head().unwrap().size, 2);
    assert_eq!(
        writer.ledger().chain(writer.connection()).unwrap().size(),
        2
    );
}

#[test]
fn a_clock_set_back_is_on_record_before_what_was_written_then() {
    let desk = Desk::new();
    let mut writer = desk.create("case");
    let (transaction, ledger) = writer.begin().unwrap();
    let entry = ledger.entry(Event::QuerySaved);
    let sealed = ledger.append(&transaction, &entry, NOW - SECOND).unwrap();
    assert_eq!(sealed.seq, 2);
    // Less than the millisecond that entries state is no step.
    let same = ledger
        .append(&transaction, &entry, NOW - SECOND - 1 + 1_000)
        .unwrap();
    assert_eq!(same.seq, 3);
    CaseWriter::commit(transaction, &Faults::none()).unwrap();
    let mut step = String::new();
    Ledger::entries(writer.connection(), 1, &mut |stored| {
        step = String::from_utf8(stored.body.to_vec()).unwrap();
        Ok(false)
    })
    .unwrap();
    assert!(step.contains("\"event\":\"clock.step\""), "{step}");
    assert!(step.contains("\"clock_step\":true"), "{step}");
    assert!(
        step.contains("\"last_recorded_at\":\"2026-11-24T10:00:00.000Z\""),
        "{step}"
    );
}

#[test]
fn a_long_event_has_a_beginning_and_an_end_that_names_it() {
    let desk = Desk::new();
    let mut writer = desk.create("case");
    let (transaction, ledger) = writer.begin().unwrap();
    let entry = ledger.entry(Event::ChainVerified);
    let started = ledger.started(&transaction, &entry, NOW).unwrap();
    let refused = ledger.finished(&transaction, started.seq, &entry, NOW);
    assert!(message(refused).contains("outcome"));
    let entry = entry.outcome(&vestige_custody::entry::Outcome::Success);
    let finished = ledger
        .finished(&transaction, started.seq, &entry, NOW)
        .unwrap();
    let text = String::from_utf8(finished.bytes).unwrap();
    assert!(
        text.contains("\"event\":\"chain.verified.finished\""),
        "{text}"
    );
    assert!(text.contains("\"details\":{\"started\":1}"), "{text}");
}

#[test]
fn a_strict_case_asks_for_its_authority_before_evidence() {
    let desk = Desk::new();
    let mut strict = genesis();
    strict.custody_level = Level::Litigation;
    let mut writer = Case::create(
        &desk.path("case"),
        &strict,
        &by(),
        NOW,
        &desk.settings(),
        &Faults::none(),
    )
    .unwrap();
    let (transaction, ledger) = writer.begin().unwrap();
    let entry = ledger.entry(Event::EvidenceReceived);
    let refused = message(ledger.append(&transaction, &entry, NOW));
    assert!(refused.contains("authority"), "{refused}");
}

#[test]
fn checkpoints_keep_their_note_and_take_one_time_stamp() {
    let desk = Desk::new();
    let mut writer = desk.create("case");
    let (transaction, _) = writer.begin().unwrap();
    ledger::store_checkpoint(&transaction, 1, b"note").unwrap();
    ledger::store_checkpoint(&transaction, 1, b"note").unwrap();
    assert!(ledger::store_checkpoint(&transaction, 1, b"other").is_err());
    assert!(ledger::store_request(&transaction, 2, b"query").is_err());
    ledger::store_request(&transaction, 1, b"query").unwrap();
    ledger::store_token(&transaction, 1, b"token").unwrap();
    ledger::store_token(&transaction, 1, b"token").unwrap();
    assert!(matches!(
        ledger::store_token(&transaction, 1, b"other"),
        Err(CaseError::Entry(_))
    ));
    let stored = ledger::checkpoints(&transaction).unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].note, b"note");
    assert_eq!(stored[0].request.as_deref(), Some(b"query".as_slice()));
    assert_eq!(stored[0].token.as_deref(), Some(b"token".as_slice()));
}
