use super::*;
use crate::case_file::Genesis;
use crate::fault::Moment;
use std::io;
use vestige_custody::Level;
use vestige_custody::entry::{Actor, Auth, Tool};

const NOW: i64 = 1_795_514_400_000_000_000;

/// What a later program may bring.
const NEXT: Migration = Migration {
    version: KNOWN.len() as u32 + 1,
    name: "more",
    sql: "CREATE TABLE more(x INTEGER) STRICT;",
};

fn by() -> By {
    let text = str::to_owned;
    let actor = Actor {
        id: text("user:a"),
        name: text("A"),
        role: text("examiner"),
        org: text("Lab"),
        auth: Auth::Declared,
        qualifications_ref: None,
    };
    let tool = Tool {
        name: text("vestige"),
        version: text("0"),
        build_sha256: [0; 32],
        os: None,
        host_id: None,
    };
    By { actor, tool }
}

fn case(folder: &Path) -> Case {
    let genesis = Genesis {
        case: CaseId::parse("0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01").unwrap(),
        salt: [0; 16],
        title: "T".to_owned(),
        reference: None,
        authority: None,
        zone: None,
        custody_level: Level::Internal,
        vkey: None,
    };
    let settings = Settings::new(folder);
    let path = folder.join("case");
    let writer = Case::create(&path, &genesis, &by(), NOW, &settings, &Faults::none()).unwrap();
    writer.case().clone()
}

fn last_body(case: &Case) -> String {
    let connection = connect(&case.root, &case.settings).unwrap();
    let sql = "SELECT CAST(body AS TEXT) FROM custody_entry ORDER BY seq DESC LIMIT 1";
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_migration_is_on_record_in_the_transaction_that_does_it() {
    let folder = tempfile::tempdir().unwrap();
    let case = case(folder.path());
    let list = [KNOWN, &[NEXT]].concat();
    migrate(&case, &list, &by(), NOW, &Faults::none()).unwrap();
    let body = last_body(&case);
    assert!(body.contains("\"event\":\"db.migrated\""), "{body}");
    let (old, new) = (migration::latest(), NEXT.version);
    let versions = format!("\"new\":{new},\"old\":{old}");
    assert!(body.contains(&versions), "{body}");
    assert!(body.contains(&hex(&migration::digest(&NEXT))), "{body}");
    let connection = connect(&case.root, &case.settings).unwrap();
    check_schema(&case.root, &connection, new, &list).unwrap();
    assert_eq!(stored_version(&connection).unwrap(), new);
    // This program, which knows less, says so instead of writing to it.
    match case.open_writer(&by(), NOW, &Faults::none()) {
        Err(CaseError::Newer { found, known, .. }) => assert_eq!((found, known), (new, old)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_migration_that_fails_leaves_the_older_case() {
    for (step, moment, done) in [
        ("migrate", Moment::Before, false),
        ("migrate", Moment::After, false),
        ("append entry", Moment::After, false),
        ("commit", Moment::Before, false),
        ("commit", Moment::After, true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let case = case(folder.path());
        let list = [KNOWN, &[NEXT]].concat();
        let faults = Faults::hook(move |name, at| {
            let fails = (name, at) == (step, moment);
            if fails {
                Err(io::Error::other("injected"))
            } else {
                Ok(())
            }
        });
        migrate(&case, &list, &by(), NOW, &faults).unwrap_err();
        let connection = connect(&case.root, &case.settings).unwrap();
        let version = migration::latest() + u32::from(done);
        assert_eq!(
            stored_version(&connection).unwrap(),
            version,
            "{step} {moment:?}"
        );
        check_schema(&case.root, &connection, version, &list).unwrap();
        let chain = crate::ledger::follow(case.id.clone(), &connection).unwrap();
        assert_eq!(chain.size(), 1 + u64::from(done), "{step} {moment:?}");
    }
}

#[test]
fn an_older_case_is_migrated_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut old = case(folder.path());
    old.version = migration::READABLE - 1;
    match old.open_reader() {
        Err(CaseError::Older { found, known, .. }) => {
            assert_eq!((found, known), (0, migration::latest()))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_full_disk_is_called_that() {
    let folder = tempfile::tempdir().unwrap();
    let case = case(folder.path());
    let connection = connection::maintenance(&case.database(), &case.settings).unwrap();
    let pages: i64 = connection
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    connection
        .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
        .unwrap();
    let filled = connection.execute("INSERT INTO pending VALUES(hex(randomblob(90000)))", []);
    let error = CaseError::sqlite(&case.root, "storing rows", filled.unwrap_err());
    assert!(matches!(error, CaseError::DiskFull { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains("the disk is full while storing rows"),
        "{error}"
    );
    for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
        let error = CaseError::io(&case.root, "copying", kind.into());
        assert!(matches!(error, CaseError::DiskFull { .. }), "{error}");
    }
}
