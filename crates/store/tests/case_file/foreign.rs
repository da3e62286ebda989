//! Cases that somebody else made, and what they are refused for.

use crate::common::*;
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use vestige_store::case_file::{CaseError, NotACase};
use vestige_store::foreign::{Examination, Status, examine};
use vestige_store::migration::latest;

fn examined(desk: &Desk, name: &str) -> Examination {
    let quarantine = desk.quarantine();
    let all: fn() -> bool = || true;
    let before = contents(&desk.path(name));
    let examination = examine(
        &desk.path(name),
        quarantine.path(),
        &desk.settings(),
        &(Arc::new(all) as _),
    );
    assert_eq!(
        contents(&desk.path(name)),
        before,
        "the original was changed"
    );
    examination
}

/// Every file below a folder with its bytes.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return all;
    };
    for entry in entries {
        let entry = entry.unwrap();
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            all.extend(contents(&path));
        } else if entry.file_type().unwrap().is_file() {
            all.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    all.sort();
    all
}

/// The check that failed and what it says; the last check is the one that failed.
fn refusal(desk: &Desk, name: &str) -> (&'static str, String) {
    let examination = examined(desk, name);
    if examination.outcome.is_ok() {
        return ("none", "it was not refused".to_owned());
    }
    let (last, before) = examination.checks.split_last().unwrap();
    assert_eq!(last.status, Status::Failed);
    assert!(before.iter().all(|check| check.status != Status::Failed));
    (last.check, last.detail.clone())
}

#[test]
fn a_sound_case_passes_every_check_and_then_opens_in_place() {
    let desk = Desk::new();
    let head = desk.closed_case("case", 3);
    let examination = examined(&desk, "case");
    let names: Vec<_> = examination.checks.iter().map(|check| check.check).collect();
    let order = [
        "folder",
        "quarantine",
        "header",
        "schema",
        "integrity",
        "references",
        "types",
        "custody",
        "notes",
        "facts",
    ];
    assert_eq!(names, order);
    let sound = examination.outcome.unwrap();
    assert_eq!((sound.head, sound.version), (head, latest()));
    let case = sound.open(&desk.path("case"), &desk.settings()).unwrap();
    assert_eq!(case.id(), &genesis().case);
    // Should the file change between examination and opening, it is noticed.
    let mut gone = sound.clone();
    gone.head.leaf = [0; 32];
    assert!(gone.open(&desk.path("case"), &desk.settings()).is_err());
}

#[test]
fn a_log_beside_the_case_is_recovered_in_quarantine_only() {
    let desk = Desk::new();
    let mut writer = desk.create("case");
    annotate(&mut writer, 1, NOW);
    let copy = desk.path("copy");
    fs::create_dir(&copy).unwrap();
    for name in ["case.db", "case.db-wal", "case.db-shm"] {
        fs::copy(desk.path("case").join(name), copy.join(name)).unwrap();
    }
    let head = examined(&desk, "copy").outcome.unwrap().head;
    assert_eq!(head, writer.head().unwrap());
    // The same without the log is an older case, a sound one.
    fs::remove_file(copy.join("case.db-wal")).unwrap();
    fs::remove_file(copy.join("case.db-shm")).unwrap();
    assert_eq!(examined(&desk, "copy").outcome.unwrap().head.size, 1);
}

#[test]
fn a_strangers_schema_is_refused_before_anything_of_it_runs() {
    for (sql, what) in [
        (
            "CREATE TRIGGER t AFTER INSERT ON event BEGIN SELECT 1; END",
            "trigger \"t\"",
        ),
        (
            "CREATE VIEW v AS WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM r) SELECT * FROM r",
            "view \"v\"",
        ),
        (
            "ALTER TABLE event ADD COLUMN more INTEGER",
            "table \"event\" differs",
        ),
        (
            "ALTER TABLE event ADD COLUMN g INTEGER GENERATED ALWAYS AS (length(time_raw)) VIRTUAL",
            "table \"event\" differs",
        ),
        (
            "CREATE VIRTUAL TABLE f USING fts5(x)",
            "\"f\" is none of this program's",
        ),
        ("CREATE TABLE c(x CHECK(abs(x)>0))", "table \"c\""),
        ("CREATE INDEX i ON event(abs(time))", "index \"i\""),
        (
            "DROP INDEX warning_evidence",
            "index \"warning_evidence\" is missing",
        ),
    ] {
        let desk = Desk::new();
        desk.closed_case("case", 2);
        desk.sqlite("case").execute_batch(sql).unwrap();
        let (check, detail) = refusal(&desk, "case");
        assert_eq!(check, "schema", "{sql}: {detail}");
        assert!(detail.contains(what), "{sql}: {detail}");
    }
}

#[test]
fn a_schema_rewritten_with_writable_schema_is_refused() {
    for (from, to) in [
        ("CHECK(seq>=0)", "CHECK(seq>=9-9)"),
        ("sha256             BLOB", "sha256             TEXT"),
        ("RAISE(ABORT,'custody: append-only')", "1"),
    ] {
        let desk = Desk::new();
        desk.closed_case("case", 1);
        let connection = desk.sqlite("case");
        connection
            .execute_batch("PRAGMA writable_schema=ON")
            .unwrap();
        let changed = connection
            .execute(
                "UPDATE sqlite_schema SET sql=replace(sql,?1,?2) WHERE instr(sql,?1)",
                [from, to],
            )
            .unwrap();
        assert!(changed > 0, "{from}");
        drop(connection);
        // Whether SQLite still reads such a schema or not: it is refused where it stands.
        let (check, detail) = refusal(&desk, "case");
        assert!(
            ["schema", "header"].contains(&check),
            "{from}: {check}: {detail}"
        );
    }
}

#[test]
fn two_tables_on_the_same_pages_are_found_by_the_integrity_check() {
    let desk = Desk::new();
    desk.closed_case("case", 2);
    let connection = desk.sqlite("case");
    connection
        .execute_batch(
            "PRAGMA writable_schema=ON;
             UPDATE sqlite_schema SET rootpage=(SELECT rootpage FROM sqlite_schema WHERE name='term') WHERE name='warning';",
        )
        .unwrap();
    drop(connection);
    let (check, detail) = refusal(&desk, "case");
    assert_eq!(check, "integrity", "{detail}");
}

#[test]
fn what_is_wrong_with_the_header_is_told_before_sqlite_opens_it() {
    let desk = Desk::new();
    desk.closed_case("case", 2);
    let database = desk.path("case").join("case.db");
    let whole = fs::read(&database).unwrap();
    let mut tries: Vec<(Vec<u8>, &str)> = Vec::new();
    let mut other = whole.clone();
    other[68..72].copy_from_slice(&7_u32.to_be_bytes());
    tries.push((other, "another application"));
    tries.push((whole[..whole.len() - 4096].to_vec(), "truncated"));
    tries.push((whole[..50].to_vec(), "truncated"));
    tries.push((
        [whole.clone(), vec![0; 8192]].concat(),
        "beyond its last page",
    ));
    let mut newer = whole.clone();
    newer[60..64].copy_from_slice(&(latest() + 1).to_be_bytes());
    tries.push((newer, "use a newer vestige"));
    tries.push((b"PK\x03\x04 something".to_vec(), "not an SQLite database"));
    for (bytes, expected) in tries {
        fs::write(&database, bytes).unwrap();
        let (check, detail) = refusal(&desk, "case");
        assert_eq!(check, "header", "{detail}");
        assert!(detail.contains(expected), "{detail}");
    }
    fs::remove_file(&database).unwrap();
    assert_eq!(refusal(&desk, "case").0, "quarantine");
    assert_eq!(refusal(&desk, "nowhere").0, "folder");
}

#[test]
fn a_flipped_byte_anywhere_is_refused_or_in_no_page_that_means_anything() {
    let desk = Desk::new();
    desk.closed_case("case", 40);
    let whole = fs::read(desk.path("case").join("case.db")).unwrap();
    let rows = dump(&desk.path("case"));
    let mut refused = 0;
    for n in 0..150_usize {
        fs::create_dir_all(desk.path("flipped")).unwrap();
        let at = n * whole.len() / 150 + n % 97;
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        fs::write(desk.path("flipped").join("case.db"), bytes).unwrap();
        match examined(&desk, "flipped").outcome {
            Err(_) => refused += 1,
            // Free bytes of a page, or a header field that says nothing.
            Ok(_) => assert_eq!(dump(&desk.path("flipped")), rows, "byte {at}"),
        }
    }
    assert!(refused > 5, "{refused}");
}

/// The chain and the facts as text.
fn dump(case: &Path) -> Vec<String> {
    let connection = Connection::open(case.join("case.db")).unwrap();
    let mut rows = Vec::new();
    for sql in [
        "SELECT seq||hex(leaf)||coalesce(hex(prev),'')||hex(body) FROM custody_entry",
        "SELECT name||value FROM case_fact",
        "SELECT vkey||name FROM examiner",
    ] {
        let mut statement = connection.prepare(sql).unwrap();
        rows.extend(
            statement
                .query_map([], |row| row.get(0))
                .unwrap()
                .map(Result::unwrap),
        );
    }
    rows
}

#[test]
fn rows_that_break_a_rule_are_refused() {
    for (sql, check, what) in [
        (
            "PRAGMA foreign_keys=OFF; INSERT INTO warning VALUES(1,77,NULL,0,0,'','','','')",
            "references",
            "a row of warning refers to a row of evidence",
        ),
        (
            "PRAGMA ignore_check_constraints=ON; INSERT INTO acquisition VALUES(1,0,'');
             INSERT INTO evidence VALUES(1,1,'n','p',x'00',0,0,7,'received',NULL,NULL,0,NULL)",
            "integrity",
            "CHECK constraint failed in evidence",
        ),
        (
            "INSERT INTO event(id,kind,hidden,type,cloud,time_flags,quality,event_id,member,offset,length,decode)
             VALUES(1,0,0,1,1,0,0,1.5,1,0,0,0)",
            "types",
            "a value of event_id in event is neither text nor a UUID",
        ),
        ("INSERT INTO checkpoint VALUES(9,x'00',NULL,NULL)", "custody", "covers 9 entries, the chain has 2"),
        ("UPDATE case_fact SET value='other' WHERE name='title'", "facts", "\"title\" is \"other\""),
        ("UPDATE case_fact SET value='0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a02' WHERE name='case'", "custody", "case"),
        (
            "DROP TRIGGER ce_upd; UPDATE custody_entry SET leaf=zeroblob(32) WHERE seq=1;
             CREATE TRIGGER ce_upd BEFORE UPDATE ON custody_entry BEGIN SELECT RAISE(ABORT,'custody: append-only'); END",
            "custody",
            "do not have the hash",
        ),
        (
            "DROP TRIGGER ce_del; DELETE FROM custody_entry;
             CREATE TRIGGER ce_del BEFORE DELETE ON custody_entry BEGIN SELECT RAISE(ABORT,'custody: append-only'); END",
            "custody",
            "no entry",
        ),
    ] {
        let desk = Desk::new();
        desk.closed_case("case", 2);
        desk.sqlite("case").execute_batch(sql).unwrap();
        let (found, detail) = refusal(&desk, "case");
        assert_eq!(found, check, "{sql}: {detail}");
        assert!(detail.contains(what), "{sql}: {detail}");
    }
}

#[test]
fn a_case_at_work_is_not_copied() {
    let desk = Desk::new();
    let writer = desk.create("case");
    let (check, detail) = refusal(&desk, "case");
    assert_eq!(check, "quarantine");
    assert!(detail.contains("is writing to this case"), "{detail}");
    drop(writer);
    assert!(examined(&desk, "case").outcome.is_ok());
}

#[test]
fn a_journal_that_would_delete_another_file_is_refused() {
    let desk = Desk::new();
    desk.closed_case("case", 1);
    let mut journal = vec![0; 504];
    journal.extend([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]);
    fs::write(desk.path("case").join("case.db-journal"), journal).unwrap();
    let (check, detail) = refusal(&desk, "case");
    assert_eq!(check, "quarantine");
    assert!(detail.contains("names another file"), "{detail}");
    // A journal that says nothing is recovered, in the copy.
    fs::write(desk.path("case").join("case.db-journal"), vec![0; 512]).unwrap();
    assert!(examined(&desk, "case").outcome.is_ok());
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_refused() {
    let desk = Desk::new();
    desk.closed_case("case", 1);
    fs::remove_dir(desk.path("case").join("evidence")).unwrap();
    std::os::unix::fs::symlink("/", desk.path("case").join("evidence")).unwrap();
    let examination = examined(&desk, "case");
    assert!(matches!(
        examination.outcome,
        Err(CaseError::NotACase {
            why: NotACase::NotRegular(_),
            ..
        })
    ));
}

#[test]
fn an_examination_can_be_stopped() {
    let desk = Desk::new();
    desk.closed_case("case", 2);
    // Enough rows that the checks take a while.
    desk.sqlite("case")
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<20000)
             INSERT INTO term SELECT i,i,1,1,'value '||i,1,0,NULL,NULL FROM n",
        )
        .unwrap();
    let quarantine = desk.quarantine();
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let go_on = move || count.fetch_add(1, Ordering::Relaxed) < 1;
    let examination = examine(
        &desk.path("case"),
        quarantine.path(),
        &desk.settings(),
        &(Arc::new(go_on) as _),
    );
    assert!(matches!(
        examination.outcome,
        Err(CaseError::Stopped { .. })
    ));
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}
