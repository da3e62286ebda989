//! Cases that are not opened, and places where nothing can be written: the message names the thing,
//! says what was expected and what to do, and nothing half-written stays.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use rusqlite::Connection;
use rustix::process::{Pid, Signal, kill_process};
use vestige_tests::{Desk, FLOWS, code, copy_folder, record, said, strangers, text};

/// A desk with a case that holds something.
fn desk() -> Desk {
    let desk = Desk::with_case("case");
    desk.write("logs/flow.log", FLOWS);
    desk.write("logs/trail.json", record(1, 1, "GetObject").to_string());
    desk.done(&["--quiet", "import", "case", "logs"]);
    desk
}

/// Runs statements on a case's database past the program.
fn past_the_program(desk: &Desk, case: &str, sql: &str) {
    let database = Connection::open(desk.path(case).join("case.db")).unwrap();
    database.execute_batch(sql).unwrap();
    database
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
}

type Prepare = dyn Fn(&Desk, &str);

/// How a path comes to be no case to work in, and what has to be said.
fn refusals() -> Vec<(&'static str, Box<Prepare>, Vec<&'static str>)> {
    let altered = |sql: &'static str| -> Box<Prepare> {
        Box::new(move |desk, path| {
            copy_folder(&desk.path("case"), &desk.path(path));
            past_the_program(desk, path, sql);
        })
    };
    let tampered = "altered by something else than this program";
    vec![
        (
            "missing",
            Box::new(|_, _| ()),
            vec![
                "not a Vestige case",
                "does not exist",
                "vestige case create",
            ],
        ),
        (
            "file",
            Box::new(|desk, path| desk.write(path, "x")),
            vec!["not a Vestige case", "a folder that holds case.db"],
        ),
        (
            "folder",
            Box::new(|desk, path| desk.write(&format!("{path}/x"), "x")),
            vec![
                "not a Vestige case",
                "holds no case.db",
                "vestige case create",
            ],
        ),
        (
            "other",
            Box::new(|desk, path| desk.write(&format!("{path}/case.db"), "x".repeat(4096))),
            vec!["not an SQLite database", "expected it to begin with"],
        ),
        (
            "short",
            Box::new(|desk, path| {
                copy_folder(&desk.path("case"), &desk.path(path));
                let database = desk.path(path).join("case.db");
                let bytes = fs::read(&database).unwrap();
                fs::write(database, &bytes[..bytes.len() / 2]).unwrap();
            }),
            vec!["case.db is truncated", "expected"],
        ),
        (
            "application",
            altered("PRAGMA application_id=7"),
            vec!["another application", "0x56535447"],
        ),
        (
            "newer",
            altered("PRAGMA user_version=99"),
            vec!["format version 99", "use a newer vestige"],
        ),
        (
            "older",
            altered("PRAGMA user_version=0"),
            vec!["format version 0", tampered],
        ),
        (
            "migration",
            altered("UPDATE migration SET sha256=zeroblob(32)"),
            vec![tampered, "restore a backup"],
        ),
        (
            "trigger",
            altered("DROP TRIGGER ce_upd"),
            vec![tampered, "ce_upd", "is missing"],
        ),
        (
            "view",
            altered("CREATE VIEW more AS SELECT 1"),
            vec![tampered, "more"],
        ),
    ]
}

#[test]
fn what_is_no_case_to_work_in_is_refused() {
    let desk = desk();
    for (path, prepare, words) in refusals() {
        prepare(&desk, path);
        for command in [&["count", path][..], &["import", path, "logs"]] {
            let output = desk.run(command);
            let told = said(&output);
            assert_eq!(code(&output), 1, "{command:?}: {told}");
            for word in words.iter().chain([&path]) {
                assert!(
                    told.contains(word),
                    "{command:?}: expected {word:?} in {told}"
                );
            }
        }
        let verdict = desk.run(&["verify", path]);
        let told = said(&verdict) + &text(&verdict);
        assert_eq!(code(&verdict), 1, "{told}");
        assert!(told.contains(path), "{told}");
    }
    assert_eq!(
        code(&desk.run(&["verify", "case"])),
        3,
        "the case itself is as it was"
    );
}

#[test]
fn a_chain_that_was_altered_fails_and_says_where() {
    let desk = desk();
    let body = "UPDATE custody_entry SET body=CAST(replace(CAST(body AS TEXT),'A. Examiner','B. Examiner') AS BLOB) WHERE seq=1";
    let sql = format!("DROP TRIGGER ce_upd; {body};
        CREATE TRIGGER ce_upd BEFORE UPDATE ON custody_entry BEGIN SELECT RAISE(ABORT,'custody: append-only'); END;");
    past_the_program(&desk, "case", &sql);
    let verdict = desk.run(&["verify", "case"]);
    assert_eq!(code(&verdict), 1, "{}", text(&verdict));
    let mut desk = desk;
    desk.sit_down("a home that never saw it");
    let opened = desk.run(&["count", "case"]);
    assert_eq!(code(&opened), 1, "{}", said(&opened));
    assert!(said(&opened).contains("case"), "{}", said(&opened));
}

#[test]
fn a_forked_copy_and_one_that_was_rolled_back_are_refused() {
    let desk = desk();
    copy_folder(&desk.path("case"), &desk.path("copy"));
    desk.done(&["withdraw", "case", "EV-0001", "--reason", "one way"]);
    for command in [
        &["count", "copy"][..],
        &["import", "copy", "logs"],
        &["custody", "copy", "sign"],
    ] {
        let refused = desk.run(command);
        let told = said(&refused);
        assert_eq!(code(&refused), 1, "{told}");
        for word in ["copy", "rolled back", "last seen", "vestige restore"] {
            assert!(told.contains(word), "expected {word:?} in {told}");
        }
    }
    // Another home, which knows nothing, takes the copy the other way.
    let mut desk = desk;
    desk.sit_down("other home");
    for reason in ["another way", "and on"] {
        desk.write(
            "logs/more.json",
            record(2, reason.len(), "PutObject").to_string(),
        );
        desk.done(&[
            "--quiet",
            "import",
            "copy",
            "logs/more.json",
            "--reason",
            reason,
        ]);
    }
    desk.sit_down("home");
    let refused = desk.run(&["count", "copy"]);
    let told = said(&refused);
    assert_eq!(code(&refused), 1, "{told}");
    assert!(
        told.contains("forked copy") && told.contains("vestige restore"),
        "{told}"
    );
    assert_eq!(code(&desk.run(&["verify", "case"])), 3);
}

#[test]
fn a_case_that_another_process_writes_is_read_and_not_written() {
    let desk = desk();
    for file in 0..60 {
        let lines: Vec<_> = (0..300)
            .map(|at| record(file + 10, at, "GetObject").to_string())
            .collect();
        desk.write(&format!("many/{file}.json"), lines.join("\n"));
    }
    let mut writing = desk
        .command(&["import", "case", "many"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(writing.stderr.take().unwrap()).lines();
    assert!(told.any(|line| line.unwrap().starts_with("reading")));
    let id = Pid::from_child(&writing);
    kill_process(id, Signal::STOP).unwrap();
    let outputs = [
        &["import", "case", "logs"][..],
        &["withdraw", "case", "EV-0001", "--reason", "r"],
        &["custody", "case", "sign"],
    ]
    .map(|words| desk.run(words));
    let read = desk.run(&["count", "case", "kind:flow"]);
    kill_process(id, Signal::CONT).unwrap();
    told.for_each(drop);
    assert!(writing.wait().unwrap().success());
    for output in outputs {
        let told = said(&output);
        assert_eq!(code(&output), 1, "{told}");
        for word in [
            "case",
            "is writing to this case",
            &writing.id().to_string(),
            "when it has ended",
        ] {
            assert!(told.contains(word), "expected {word:?} in {told}");
        }
    }
    assert_eq!(
        (code(&read), text(&read)),
        (0, "2\n".to_owned()),
        "{}",
        said(&read)
    );
    desk.done(&["custody", "case", "sign"]);
}

#[test]
fn a_wrong_passphrase_writes_nothing() {
    let desk = desk();
    let before = desk.done(&["custody", "case", "pin"]);
    desk.write("logs/more.json", record(3, 1, "PutObject").to_string());
    for words in [
        &["import", "case", "logs"][..],
        &["withdraw", "case", "EV-0001", "--reason", "r"],
        &["custody", "case", "sign"],
        &["key", "rotate", "case"],
    ] {
        let refused = desk
            .command(words)
            .env("VESTIGE_PASSPHRASE", "wrong")
            .output()
            .unwrap();
        let told = said(&refused);
        assert_eq!(code(&refused), 1, "{told}");
        for word in [
            ".key",
            "wrong passphrase",
            "expected the one it was made with",
            "VESTIGE_PASSPHRASE",
        ] {
            assert!(
                told.contains(word),
                "{words:?}: expected {word:?} in {told}"
            );
        }
    }
    assert_eq!(desk.done(&["custody", "case", "pin"]), before);
    assert_eq!(strangers(&desk, "case"), Vec::<String>::new());
}

#[test]
fn a_folder_that_cannot_be_written_is_read_and_says_so() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = desk().as_nobody();
    desk.write("logs/more.json", record(3, 1, "PutObject").to_string());
    let rights = |name: &str, mode| {
        fs::set_permissions(desk.path(name), fs::Permissions::from_mode(mode)).unwrap()
    };
    let all = [
        "case",
        "case/case.db",
        "case/evidence",
        "case/index",
        "case/exports",
        "case/.lock",
    ];
    for name in all {
        rights(name, 0o555);
    }
    for words in [
        &["import", "case", "logs"][..],
        &["withdraw", "case", "EV-0001", "--reason", "r"],
        &["custody", "case", "sign"],
    ] {
        let refused = desk.run(words);
        let told = said(&refused);
        assert_eq!(code(&refused), 1, "{told}");
        for word in ["case", "cannot be written", "rights"] {
            assert!(
                told.contains(word),
                "{words:?}: expected {word:?} in {told}"
            );
        }
    }
    assert_eq!(desk.done(&["count", "case"]), "3\n");
    assert_eq!(code(&desk.run(&["verify", "case"])), 3);
    for name in all {
        rights(name, 0o755);
    }
    desk.done(&["--quiet", "import", "case", "logs"]);
    assert_eq!(desk.done(&["count", "case"]), "4\n");
    rights("logs", 0o555);
    for words in [
        &[
            "case",
            "create",
            "logs/new",
            "--title",
            "T",
            "--examiner",
            "A",
        ][..],
        &["custody", "case", "export", "logs/out"],
        &["backup", "case", "--output", "logs/case.zip"],
        &["events", "case", "--file", "logs/rows"],
    ] {
        let refused = desk.run(words);
        assert_eq!(code(&refused), 1, "{words:?}: {}", said(&refused));
        assert!(
            said(&refused).contains("logs"),
            "{words:?}: {}",
            said(&refused)
        );
    }
    let left: Vec<_> = fs::read_dir(desk.path("logs"))
        .unwrap()
        .map(|one| one.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 3, "{left:?}");
    rights("logs", 0o755);
}

/// A small disk of its own where this user may mount one; elsewhere no file may grow beyond a
/// limit, which is the nearest to it.
const FULL: &str = r#"
said() { name=$1; shift; "$@" >"$name.out" 2>"$name.err"; echo $? >"$name.code"; }
mkdir small
if mount -t tmpfs -o size=64m none small 2>/dev/null; then
  head -c 63963136 /dev/zero >small/ballast
  full() { "$@"; }
  more() { rm small/ballast; }
  echo disk >how
else
  full() { (trap '' XFSZ; ulimit -f 4000; exec "$@"); }
  more() { :; }
  echo limit >how
fi
said create "$VESTIGE" case create small/case --title T --examiner A
said import full "$VESTIGE" --quiet import small/case logs
said count "$VESTIGE" count small/case
said verify "$VESTIGE" verify small/case
said backup full "$VESTIGE" backup small/case --output small/case.zip
find small -type f >left
more
said again "$VESTIGE" --quiet import small/case logs
said counted "$VESTIGE" count small/case
said deep "$VESTIGE" verify small/case --deep
"#;

#[test]
fn a_full_disk_is_told_and_the_rest_comes_when_there_is_room() {
    let desk = Desk::new();
    for file in 0..12 {
        let lines: Vec<_> = (0..600)
            .map(|at| record(file, at, "GetObject").to_string())
            .collect();
        desk.write(&format!("logs/{file:02}.json"), lines.join("\n"));
    }
    let program = desk.command(&[]).get_program().to_owned();
    let own = |words: &[&str]| {
        Command::new("unshare")
            .args(words)
            .args(["true"])
            .output()
            .is_ok_and(|done| done.status.success())
    };
    let unshare: &[&str] = [&["--mount"][..], &["--map-root-user", "--mount"]]
        .into_iter()
        .find(|words| own(words))
        .unwrap_or_default();
    let mut shell = match unshare {
        [] => Command::new("sh"),
        words => {
            let mut shell = Command::new("unshare");
            shell.args(words).arg("sh");
            shell
        }
    };
    let like = desk.command(&[]);
    shell.envs(
        like.get_envs()
            .filter_map(|(name, value)| Some((name, value?)))
            .filter(|(name, _)| *name != "PATH"),
    );
    let done = shell
        .args(["-c", FULL])
        .env("VESTIGE", program)
        .current_dir(desk.path(""))
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", said(&done));
    let read = |name: &str| fs::read_to_string(desk.path(name)).unwrap();
    let told = |name: &str| {
        format!(
            "{}{}",
            read(&format!("{name}.out")),
            read(&format!("{name}.err"))
        )
    };
    let exit = |name: &str| read(&format!("{name}.code")).trim().to_owned();
    assert_eq!(exit("create"), "0", "{}", told("create"));
    assert_eq!(exit("import"), "1", "{}", told("import"));
    for word in if read("how") == "disk\n" {
        &["small/case", "free"][..]
    } else {
        &["disk"]
    } {
        assert!(
            told("import").contains(word),
            "expected {word:?} in {}",
            told("import")
        );
    }
    assert_eq!(exit("count"), "0", "{}", told("count"));
    assert_eq!(exit("verify"), "3", "{}", told("verify"));
    if exit("backup") != "0" {
        assert!(!read("left").contains("case.zip"), "{}", read("left"));
    }
    assert_eq!(exit("again"), "0", "{}", told("again"));
    assert_eq!(read("counted.out"), "7200\n");
    assert_eq!(exit("deep"), "3", "{}", told("deep"));
}
