//! What somebody does to a case behind this program's back, and what shows it.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::*;
use vestige_custody::Verdict;
use vestige_workbench::backup;
use vestige_workbench::custody;
use vestige_workbench::verify::{Status, Terms, verify};
use vestige_workbench::{OpenCase, case};

const LOG: &[u8] = b"{\"Records\":[]}\n";

/// Changes the database with a program of somebody else.
fn sql(case: &Path, text: &str) {
    let script = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\nc.executescript(sys.argv[2])\nc.commit()\nc.execute('PRAGMA wal_checkpoint(TRUNCATE)')\nc.close()";
    let database = case.join("case.db");
    let done = Command::new("python3")
        .args(["-c", script])
        .arg(database)
        .arg(text)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// Does so although triggers forbid it, and leaves them as they were.
fn sql_without_triggers(case: &Path, text: &str) {
    let script = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\nt=[r for r in c.execute(\"select name,sql from sqlite_master where type='trigger'\")]\nfor n,_ in t: c.execute('drop trigger '+n)\nc.executescript(sys.argv[2])\nfor _,s in t: c.execute(s)\nc.commit()\nc.execute('PRAGMA wal_checkpoint(TRUNCATE)')\nc.close()";
    let database = case.join("case.db");
    let done = Command::new("python3")
        .args(["-c", script])
        .arg(database)
        .arg(text)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

fn with_log(host: &TestHost) -> PathBuf {
    let path = host.case("case");
    receive(host, &path, 1, "log.json", LOG);
    path
}

#[test]
fn a_table_that_says_what_no_entry_says_is_noticed() {
    let table = [
        (
            "UPDATE case_fact SET value='Another title' WHERE name='title'",
            "state",
        ),
        ("INSERT INTO case_fact VALUES('note','x')", "state"),
        ("UPDATE examiner SET name='Somebody else'", "state"),
        (
            "INSERT INTO examiner VALUES('x+00000000+y','Z','','',0,NULL)",
            "state",
        ),
        ("UPDATE evidence SET withdrawn_seq=1", "state"),
        ("INSERT INTO duplicate VALUES(1,2,1)", "state"),
        ("UPDATE evidence SET sha256=randomblob(32)", "originals"),
        ("DELETE FROM evidence", "originals"),
        ("UPDATE checkpoint SET note=x'00' WHERE size=2", "note"),
        ("DELETE FROM checkpoint", "note"),
    ];
    for (text, check) in table {
        let host = TestHost::new("aex");
        let path = with_log(&host);
        let before = verify(&host, &path, &Terms::default()).unwrap();
        assert_eq!(failed(&before.checks), [""; 0], "{:#?}", before.checks);
        sql(&path, text);
        let after = verify(&host, &path, &Terms::default()).unwrap();
        let noticed = after
            .checks
            .iter()
            .any(|one| one.check == check && one.status >= Status::Warning);
        assert!(noticed, "{text}: {:#?}", after.checks);
        if !text.contains("DELETE FROM checkpoint") {
            assert_eq!(
                after.verdict,
                Verdict::Failed,
                "{text}: {:#?}",
                after.checks
            );
        }
    }
}

#[test]
fn an_altered_entry_schema_or_original_is_noticed() {
    let host = TestHost::new("aex");
    let path = with_log(&host);
    let kept = host.path("kept");
    copy_folder(&path, &kept);
    let restore = || {
        fs::remove_dir_all(&path).unwrap();
        copy_folder(&kept, &path);
    };
    let verdict = || verify(&host, &path, &Terms::default());

    sql_without_triggers(
        &path,
        "UPDATE custody_entry SET body=CAST(replace(CAST(body AS TEXT),'Disclosure','Discl0sure') AS BLOB)",
    );
    let entries = verdict().unwrap();
    assert!(
        failed(&entries.checks).contains(&"entries"),
        "{:#?}",
        entries.checks
    );
    restore();

    sql(
        &path,
        "CREATE TRIGGER harmless AFTER INSERT ON warning BEGIN SELECT 1; END",
    );
    let schema = verdict().unwrap();
    assert_eq!(
        (schema.verdict, failed(&schema.checks)),
        (Verdict::Failed, vec!["schema"])
    );
    assert_eq!(
        case::show(&host, &path).unwrap_err().code(),
        "case-tampered"
    );
    restore();

    let original = original(&path, LOG);
    let mut bytes = LOG.to_vec();
    bytes[3] ^= 1;
    fs::remove_file(&original).unwrap();
    fs::write(&original, &bytes).unwrap();
    let evidence = verdict().unwrap();
    assert_eq!(
        failed(&evidence.checks),
        ["evidence"],
        "{:#?}",
        evidence.checks
    );
    fs::write(&original, b"short").unwrap();
    assert!(failed(&verdict().unwrap().checks).contains(&"originals"));
    fs::remove_file(&original).unwrap();
    let missing = verdict().unwrap();
    assert!(
        failed(&missing.checks).contains(&"originals"),
        "{:#?}",
        missing.checks
    );
    restore();
    assert_eq!(failed(&verdict().unwrap().checks), [""; 0]);
}

#[test]
fn rows_that_somebody_hid_are_noticed() {
    let host = TestHost::new("aex");
    let path = host.case("case");
    let log = host.path("log.json");
    fs::write(&log, record(1)).unwrap();
    import(&host, &path, &request(log)).unwrap();
    assert_eq!(
        failed(&verify(&host, &path, &Terms::default()).unwrap().checks),
        [""; 0]
    );
    for hidden in [1, 2, 3] {
        sql(&path, &format!("UPDATE event SET hidden={hidden}"));
        let found = verify(&host, &path, &Terms::default()).unwrap();
        assert_eq!(failed(&found.checks), ["hidden"], "{:#?}", found.checks);
    }
    sql(&path, "UPDATE event SET hidden=0, id=8");
    let found = verify(&host, &path, &Terms::default()).unwrap();
    assert_eq!(failed(&found.checks), ["hidden", "rows"]);
}

#[test]
fn a_rolled_back_or_forked_case_is_refused_and_a_moved_one_is_not() {
    let host = TestHost::new("aex");
    let path = host.case("case");
    let kept = host.path("kept");
    copy_folder(&path, &kept);
    receive(&host, &path, 1, "log.json", LOG);
    let newer = host.path("newer");
    copy_folder(&path, &newer);

    // The older state in the place of the newer one, and under another path.
    fs::remove_dir_all(&path).unwrap();
    copy_folder(&kept, &path);
    for place in [&path, &kept] {
        assert_eq!(
            case::show(&host, place).unwrap_err().code(),
            "case-rolled-back"
        );
        let verification = verify(&host, place, &Terms::default()).unwrap();
        assert_eq!(failed(&verification.checks), ["head"]);
    }
    // A copy that went on by itself.
    let other = TestHost::new("aex");
    copy_folder(&host.home_folder(), &other.home_folder());
    fs::remove_file(other.home_folder().join("cases.json")).unwrap();
    receive(&other, &kept, 1, "other.json", b"{}");
    receive(&other, &kept, 2, "more.json", b"[]");
    let error = case::show(&host, &kept).unwrap_err();
    assert_eq!(error.code(), "case-forked", "{error}");
    assert!(error.to_string().contains("vestige restore"), "{error}");

    // The state last seen, at another path: moved.
    fs::remove_dir_all(&path).unwrap();
    host.heard();
    assert_eq!(case::show(&host, &newer).unwrap().custody.since_signed, 0);
    assert!(host.heard().contains("was moved here"));
    case::show(&host, &newer).unwrap();
    assert_eq!(host.heard(), "");
}

#[test]
fn another_case_in_the_place_of_a_known_one_is_a_strangers() {
    let (host, other) = (TestHost::new("aex"), TestHost::new("bex"));
    let path = with_log(&host);
    let strange = other.case("case");
    fs::remove_dir_all(&path).unwrap();
    copy_folder(&strange, &path);
    fs::write(path.join("index/planted"), b"x").unwrap();
    host.heard();
    let facts = case::show(&host, &path).unwrap();
    assert!(host.heard().contains("was not known here"));
    assert_eq!(facts.custody.size, 2);
    assert!(!path.join("index/planted").exists());
    let verification = verify(&host, &path, &Terms::default()).unwrap();
    assert_eq!(verification.verdict, Verdict::VerifiedWithWarnings);
}

#[test]
fn a_strangers_case_is_verified_at_best_with_warnings_and_not_remembered() {
    let (host, stranger) = (TestHost::new("aex"), TestHost::without_passphrase("sex"));
    let path = with_log(&host);
    let pin = custody::pin(&host, &path).unwrap().line();
    let key = vestige_workbench::key::show(&host).unwrap().vkey;
    let bare = verify(&stranger, &path, &Terms::default()).unwrap();
    assert_eq!(
        bare.verdict,
        Verdict::VerifiedWithWarnings,
        "{:#?}",
        bare.checks
    );
    assert!(!stranger.home_folder().join("cases.json").exists());
    let terms = Terms {
        keys: vec![key],
        pins: vec![pin],
        ..Terms::default()
    };
    let outside = verify(&stranger, &path, &terms).unwrap();
    let warned: Vec<_> = outside
        .checks
        .iter()
        .filter(|one| one.status == Status::Warning)
        .collect();
    assert!(warned.iter().all(|one| one.check == "head"), "{warned:#?}");
    let wrong = Terms {
        pins: vec![format!("2:{}", "0".repeat(64))],
        ..Terms::default()
    };
    assert_eq!(
        verify(&stranger, &path, &wrong).unwrap().verdict,
        Verdict::Failed
    );
}

#[test]
fn a_backup_restores_and_an_older_one_is_said_aloud() {
    let host = TestHost::new("aex");
    let path = with_log(&host);
    let zip = host.path("backup.zip");
    let made = backup::backup(&host, &path, &zip).unwrap();
    assert_eq!((made.originals, made.missing.len()), (1, 0));
    receive(&host, &path, 2, "later.json", b"{}");
    let size = custody::pin(&host, &path).unwrap().size;
    host.heard();

    let again = host.path("again");
    let restored = backup::restore(&host, &zip, &again).unwrap();
    let lost = size - made.head.split(':').next().unwrap().parse::<u64>().unwrap();
    assert_eq!(
        (restored.standing.as_str(), restored.entries_lost),
        ("older", lost)
    );
    assert!(host.heard().contains("THE BACKUP IS OLDER"));
    assert_eq!(fs::read(original(&again, LOG)).unwrap(), LOG);
    let pin = custody::pin(&host, &again).unwrap().line();
    let terms = Terms {
        pins: vec![pin],
        ..Terms::default()
    };
    let verification = verify(&host, &again, &terms).unwrap();
    assert_eq!(
        verification.verdict,
        Verdict::Verified,
        "{:#?}",
        verification.checks
    );
    // From here on the restored one is the case, and the other a fork of it.
    receive(&host, &again, 2, "instead.json", b"[]");
    assert_eq!(case::show(&host, &path).unwrap_err().code(), "case-forked");

    // Somebody else, who never saw the case, restores it too.
    let other = TestHost::new("bex");
    let elsewhere = other.path("case");
    let restored = backup::restore(&other, &zip, &elsewhere).unwrap();
    assert_eq!(restored.standing, "first-seen");
    assert!(other.heard().contains("has no signing key; make one"));
    assert!(backup::restore(&other, &zip, &elsewhere).is_err());
}

#[test]
fn what_is_no_case_says_what_it_is() {
    let host = TestHost::new("aex");
    let folder = host.path("folder");
    fs::create_dir(&folder).unwrap();
    assert_eq!(case::show(&host, &folder).unwrap_err().code(), "not-a-case");
    assert_eq!(
        case::show(&host, &host.path("absent")).unwrap_err().code(),
        "not-a-case"
    );
    let error = verify(&host, &folder, &Terms::default()).unwrap_err();
    assert!(
        error.to_string().contains("a folder without case.db"),
        "{error}"
    );
    let path = host.case("case");
    let _writing = OpenCase::open(&host, &path).unwrap();
    let error = custody::sign(&host, &path).unwrap_err();
    assert_eq!(error.code(), "case-locked", "{error}");
    // Reading goes on beside the writer.
    case::show(&host, &path).unwrap();
    verify(&host, &path, &Terms::default()).unwrap();
    fs::write(host.home_folder().join("cases.json"), b"{").unwrap();
    let error = case::show(&host, &path).unwrap_err();
    assert_eq!(error.code(), "home-damaged", "{error}");
    assert!(error.to_string().contains("move the file away"), "{error}");
}
