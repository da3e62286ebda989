//! Every way in which a path is not the case it should be, and what is said of it.

use crate::common::*;
use std::fs;
use vestige_store::case_file::{CaseError, NotACase};
use vestige_store::fault::Faults;
use vestige_store::ledger::Head;
use vestige_store::migration::latest;

fn not_a_case(desk: &Desk, name: &str) -> NotACase {
    match desk.open(name, None) {
        Err(CaseError::NotACase { why, .. }) => why,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn what_is_no_case_says_what_it_is() {
    let desk = Desk::new();
    assert_eq!(not_a_case(&desk, "missing"), NotACase::Missing);
    fs::write(desk.path("file"), "x").unwrap();
    assert_eq!(not_a_case(&desk, "file"), NotACase::NotAFolder);
    fs::create_dir(desk.path("folder")).unwrap();
    assert_eq!(not_a_case(&desk, "folder"), NotACase::NoDatabase);
    let database = desk.path("folder").join("case.db");
    fs::write(&database, "no database at all").unwrap();
    assert_eq!(not_a_case(&desk, "folder"), NotACase::NotSqlite);
    fs::write(&database, "").unwrap();
    assert_eq!(
        not_a_case(&desk, "folder"),
        NotACase::Truncated {
            expected: 100,
            found: 0
        }
    );
    fs::remove_file(&database).unwrap();
    fs::create_dir(&database).unwrap();
    assert_eq!(
        not_a_case(&desk, "folder"),
        NotACase::NotRegular("case.db".into())
    );
    fs::remove_dir(&database).unwrap();
    desk.sqlite("folder")
        .execute_batch("PRAGMA application_id=7; CREATE TABLE t(x)")
        .unwrap();
    assert_eq!(not_a_case(&desk, "folder"), NotACase::OtherApplication(7));
    let text = message(desk.open("folder", None));
    assert!(
        text.contains("expected application id 0x56535447, found 0x00000007"),
        "{text}"
    );
}

#[test]
fn a_cut_file_is_truncated_and_a_longer_one_is_not_refused_in_place() {
    let desk = Desk::new();
    desk.closed_case("case", 2);
    let database = desk.path("case").join("case.db");
    let length = fs::metadata(&database).unwrap().len();
    let file = fs::OpenOptions::new().write(true).open(&database).unwrap();
    file.set_len(length - 8192).unwrap();
    assert_eq!(
        not_a_case(&desk, "case"),
        NotACase::Truncated {
            expected: length,
            found: length - 8192
        }
    );
    // What lies beyond the last page is nobody's; SQLite does not read it.
    desk.closed_case("longer", 2);
    let database = desk.path("longer").join("case.db");
    let whole = fs::read(&database).unwrap();
    fs::write(&database, [whole, vec![7; 8192]].concat()).unwrap();
    assert_eq!(desk.open("longer", None).unwrap().head().size, 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    let desk = Desk::new();
    // No rights help there, not even those of root.
    let path = std::path::Path::new("/sys/case");
    let created = vestige_store::case_file::Case::create(
        path,
        &genesis(),
        &by(),
        NOW,
        &desk.settings(),
        &Faults::none(),
    );
    let error = created.err().unwrap();
    assert!(
        matches!(&error, CaseError::ReadOnlyFolder { path } if path.ends_with("sys")),
        "{error}"
    );
    assert!(
        error.to_string().contains("cannot be written to"),
        "{error}"
    );
}

#[test]
fn another_version_is_named() {
    let desk = Desk::new();
    desk.closed_case("case", 1);
    desk.sqlite("case")
        .execute_batch("PRAGMA user_version=9")
        .unwrap();
    let text = message(desk.open("case", None));
    assert!(
        text.contains(&format!(
            "format version 9, this program knows versions up to {}",
            latest()
        )),
        "{text}"
    );
    desk.sqlite("case")
        .execute_batch("PRAGMA user_version=0")
        .unwrap();
    assert!(matches!(
        desk.open("case", None),
        Err(CaseError::Tampered { .. })
    ));
}

#[test]
fn a_folder_that_is_taken_is_left_alone() {
    let desk = Desk::new();
    fs::write(desk.path("file"), "x").unwrap();
    assert!(message(desk.try_create("file", &Faults::none())).contains("a file is there already"));
    fs::create_dir(desk.path("full")).unwrap();
    fs::write(desk.path("full").join("x"), "x").unwrap();
    assert!(message(desk.try_create("full", &Faults::none())).contains("not empty"));
    desk.closed_case("case", 1);
    assert!(message(desk.try_create("case", &Faults::none())).contains("a case is there already"));
    fs::create_dir(desk.path("empty")).unwrap();
    desk.create("empty");
    assert!(message(desk.try_create("nowhere/case", &Faults::none())).contains("nowhere"));
    let names: Vec<_> = fs::read_dir(desk.path(""))
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert!(
        names
            .iter()
            .all(|name| !name.to_string_lossy().starts_with('.')),
        "{names:?}"
    );
}

#[test]
fn what_an_interrupted_attempt_left_is_cleared_by_the_next() {
    let desk = Desk::new();
    let left = desk.path(".case.incomplete");
    fs::create_dir_all(left.join("evidence/ab")).unwrap();
    fs::write(left.join("case.db"), "half").unwrap();
    fs::write(left.join(".lock"), "process 1\n").unwrap();
    desk.create("case");
    assert!(!left.exists());
    assert_eq!(desk.open("case", None).unwrap().head().size, 1);
}

#[test]
fn one_writer_and_any_number_of_readers() {
    let desk = Desk::new();
    let mut writer = desk.create("case");
    let refused = message(desk.writer("case"));
    let me = format!("process {} is writing", std::process::id());
    assert!(refused.contains(&me), "{refused}");
    let reader = desk.open("case", None).unwrap().open_reader().unwrap();
    annotate(&mut writer, 1, NOW);
    let seen: i64 = reader
        .connection()
        .query_row("SELECT count(*) FROM custody_entry", [], |row| row.get(0))
        .unwrap();
    assert_eq!(seen, 2);
    drop(writer);
    desk.writer("case").unwrap();
}

#[test]
fn a_writer_that_died_leaves_a_case_without_what_it_had_not_committed() {
    let desk = Desk::new();
    let mut writer = desk.create("case");
    annotate(&mut writer, 1, NOW);
    let head = writer.head().unwrap();
    let (transaction, ledger) = writer.begin().unwrap();
    ledger
        .append(
            &transaction,
            &ledger.entry(vestige_custody::Event::QuerySaved),
            NOW,
        )
        .unwrap();
    // What a kill leaves: the files as they are, nothing closed, nothing checkpointed.
    let copy = desk.path("killed");
    fs::create_dir(&copy).unwrap();
    for name in ["case.db", "case.db-wal"] {
        fs::copy(desk.path("case").join(name), copy.join(name)).unwrap();
    }
    assert!(fs::metadata(copy.join("case.db-wal")).unwrap().len() > 0);
    let opened = desk.open("killed", Some(head)).unwrap();
    assert_eq!(opened.head(), head);
    let mut writer = desk.writer("killed").unwrap();
    annotate(&mut writer, 2, NOW);
    assert_eq!(writer.head().unwrap().size, 3);
}

#[test]
fn a_known_case_continues_the_head_last_seen() {
    let desk = Desk::new();
    let head = desk.closed_case("case", 3);
    assert_eq!(desk.open("case", Some(head)).unwrap().head(), head);
    let mut writer = desk.writer("case").unwrap();
    annotate(&mut writer, 9, NOW + 9 * SECOND);
    drop(writer);
    assert_eq!(desk.open("case", Some(head)).unwrap().head().size, 4);

    let longer = Head {
        size: 9,
        leaf: head.leaf,
    };
    let text = message(desk.open("case", Some(longer)));
    assert!(
        text.contains("rolled back") && text.contains("entry 8") && text.contains("entry 3"),
        "{text}"
    );
    assert!(text.contains("vestige restore"), "{text}");
    let other = Head {
        size: 3,
        leaf: [1; 32],
    };
    let text = message(desk.open("case", Some(other)));
    assert!(
        text.contains("forked") && text.contains("vestige restore"),
        "{text}"
    );
    assert!(
        text.contains(&"01".repeat(32)) && text.contains(&vestige_custody::hex(&head.leaf)),
        "{text}"
    );
}

#[test]
fn an_altered_schema_is_named() {
    for (sql, expected) in [
        ("CREATE TABLE extra(x)", "table \"extra\""),
        ("CREATE VIEW v AS SELECT 1", "view \"v\""),
        (
            "CREATE TRIGGER t AFTER INSERT ON event BEGIN SELECT 1; END",
            "trigger \"t\"",
        ),
        ("DROP TRIGGER ce_del", "trigger \"ce_del\" is missing"),
        (
            "ALTER TABLE event ADD COLUMN more INTEGER",
            "table \"event\" differs",
        ),
        (
            "CREATE INDEX event_time ON event(time)",
            "index \"event_time\"",
        ),
        ("ANALYZE", "sqlite_stat1"),
        (
            "UPDATE migration SET sha256=zeroblob(32)",
            "migration 1 differs",
        ),
        ("DELETE FROM migration", "migration 1 is not recorded"),
        (
            "INSERT INTO migration VALUES(99,'x',zeroblob(32))",
            "more migrations",
        ),
        ("DELETE FROM case_fact", "no case id"),
        (
            "UPDATE case_fact SET value='x' WHERE name='case'",
            "is no case id",
        ),
    ] {
        let desk = Desk::new();
        desk.closed_case("case", 1);
        desk.sqlite("case").execute_batch(sql).unwrap();
        let text = message(desk.open("case", None));
        assert!(
            text.contains("was altered") && text.contains(expected),
            "{sql}: {text}"
        );
    }
}

#[test]
fn secondary_indexes_may_come_and_go() {
    let desk = Desk::new();
    let writer = desk.create("case");
    let maintenance = writer.maintenance().unwrap();
    vestige_store::index::build(&maintenance, &mut |_| {}).unwrap();
    desk.open("case", None).unwrap();
    maintenance.execute_batch("DROP INDEX event_src").unwrap();
    desk.open("case", None).unwrap();
}

#[test]
fn an_entry_changed_in_the_file_is_noticed_by_the_next_writer() {
    let desk = Desk::new();
    desk.closed_case("case", 3);
    let connection = desk.sqlite("case");
    connection
        .execute_batch(
            "DROP TRIGGER ce_upd;
             UPDATE custody_entry SET body=CAST(replace(CAST(body AS TEXT),'\"number\":1','\"number\":7') AS BLOB) WHERE seq=1;
             CREATE TRIGGER ce_upd BEFORE UPDATE ON custody_entry BEGIN SELECT RAISE(ABORT,'custody: append-only'); END;",
        )
        .unwrap();
    drop(connection);
    let text = message(desk.writer("case"));
    assert!(
        text.contains("entry 1: its bytes do not have the hash"),
        "{text}"
    );
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_the_folder_are_refused() {
    use std::os::unix::fs::symlink;
    let desk = Desk::new();
    desk.closed_case("case", 1);
    desk.closed_case("other", 1);
    fs::remove_file(desk.path("case").join("case.db")).unwrap();
    symlink(
        desk.path("other").join("case.db"),
        desk.path("case").join("case.db"),
    )
    .unwrap();
    assert_eq!(
        not_a_case(&desk, "case"),
        NotACase::NotRegular("case.db".into())
    );
    symlink("/etc/passwd", desk.path("other").join("case.db-wal")).unwrap();
    assert_eq!(
        not_a_case(&desk, "other"),
        NotACase::NotRegular("case.db-wal".into())
    );
    desk.closed_case("third", 1);
    fs::remove_file(desk.path("third").join(".lock")).unwrap();
    symlink(desk.path("target"), desk.path("third").join(".lock")).unwrap();
    assert!(desk.writer("third").is_err());
    assert!(!desk.path("target").exists());
    // A case reached by a link to its folder is that case.
    desk.closed_case("real", 1);
    symlink(desk.path("real"), desk.path("link")).unwrap();
    desk.writer("link").unwrap();
}
