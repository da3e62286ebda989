//! A host for tests: a home of its own, a clock and randomness that are the same every time, a
//! person who knows a passphrase or does not. And evidence, received as an import receives it.
#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use vestige_acquire::original::{Originals, Received};
use vestige_custody::entry::{Clock, ClockSource, Object, Outcome, Transfer};
use vestige_custody::key_file::Cost;
use vestige_custody::{Event, ExaminerKey, KeyFile, hash::sha256, hex};
use vestige_store::Connection;
use vestige_store::case_file::CaseWriter;
use vestige_store::fault::{Faults, Moment};
use vestige_store::writer::{EvidenceRow, insert_evidence};
use vestige_workbench::case::{CaseFacts, NewCase};
use vestige_workbench::host::{Host, ToolFacts};
use vestige_workbench::import::{self, ImportReport, Request};
use vestige_workbench::progress::Progress;
use vestige_workbench::verify::{Check, Status, Terms, Verification, verify};
use vestige_workbench::{OpenCase, WorkError, case};
use zeroize::Zeroizing;

pub const MILLI: i64 = 1_000_000;
pub const SECOND: i64 = 1_000 * MILLI;
pub const DAY: i64 = 86_400 * SECOND;

pub struct TestHost {
    pub folder: TempDir,
    user: String,
    clock: AtomicI64,
    drawn: AtomicU64,
    pub passphrase: Mutex<Option<String>>,
    pub notices: Mutex<Vec<String>>,
    /// Whether the user wants to stop.
    pub stop: AtomicBool,
}

impl TestHost {
    /// Somebody with a passphrase.
    pub fn new(user: &str) -> TestHost {
        let host = TestHost::without_passphrase(user);
        host.say(Some("correct horse"));
        host
    }

    /// Somebody whom nobody can ask.
    pub fn without_passphrase(user: &str) -> TestHost {
        TestHost {
            folder: TempDir::new().unwrap(),
            user: user.to_owned(),
            // The present, so that time stamps made by openssl fit; it goes on by a step a look.
            clock: AtomicI64::new(present()),
            drawn: AtomicU64::new(0),
            passphrase: Mutex::new(None),
            notices: Mutex::default(),
            stop: AtomicBool::new(false),
        }
    }

    /// Somebody whose key costs little to unlock.
    pub fn with_cheap_key(user: &str) -> TestHost {
        let host = TestHost::new(user);
        let mut seed = [0; 32];
        host.random(&mut seed);
        let key = ExaminerKey::from_seed(&seed);
        let cost = Cost {
            memory: 8 << 10,
            passes: 1,
            lanes: 1,
        };
        let file = KeyFile::lock(&key, b"correct horse", cost, [1; 16], [2; 24]).unwrap();
        let (keys, name) = (host.path("home/keys"), hex(key.public().as_bytes()));
        fs::create_dir_all(&keys).unwrap();
        fs::write(keys.join(format!("{name}.key")), file.to_bytes()).unwrap();
        fs::write(keys.join("current"), name).unwrap();
        host
    }

    pub fn say(&self, passphrase: Option<&str>) {
        *self.passphrase.lock().unwrap() = passphrase.map(str::to_owned);
    }

    pub fn turn_clock(&self, by: i64) {
        self.clock.fetch_add(by, Ordering::Relaxed);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn home_folder(&self) -> PathBuf {
        self.path("home")
    }

    /// What was said aloud since this was last asked.
    pub fn heard(&self) -> String {
        std::mem::take(&mut *self.notices.lock().unwrap()).join("\n")
    }

    /// A case named `name`.
    pub fn case(&self, name: &str) -> PathBuf {
        self.make(name, &new_case());
        self.path(name)
    }

    pub fn make(&self, name: &str, new: &NewCase) -> CaseFacts {
        case::create(self, &self.path(name), new).unwrap()
    }
}

pub fn present() -> i64 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    since.as_nanos() as i64
}

pub fn new_case() -> NewCase {
    NewCase {
        title: "Missing invoices".into(),
        examiner: "A. Examiner".into(),
        organisation: Some("Example Forensics".into()),
        zone: Some("europe/berlin".into()),
        ..NewCase::default()
    }
}

impl Host for TestHost {
    fn now(&self) -> i64 {
        self.clock.fetch_add(MILLI, Ordering::Relaxed)
    }

    fn clock(&self) -> Clock {
        Clock {
            source: ClockSource::None,
            offset_ms: None,
            tz: "UTC".into(),
            tzdata: None,
            boot_id: None,
            mono_ns: None,
        }
    }

    fn random(&self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(32) {
            let turn = self.drawn.fetch_add(1, Ordering::Relaxed);
            let seed = sha256(format!("{} {turn}", self.user).as_bytes());
            piece.copy_from_slice(&seed[..piece.len()]);
        }
    }

    fn home(&self) -> PathBuf {
        self.path("home")
    }

    fn passphrase(&self, _: bool) -> Option<Zeroizing<String>> {
        self.passphrase.lock().unwrap().clone().map(Zeroizing::new)
    }

    fn tool(&self) -> ToolFacts {
        ToolFacts {
            version: "0.1.0".into(),
            build_sha256: "11".repeat(32),
            os: "test".into(),
        }
    }

    fn os_user(&self) -> String {
        self.user.clone()
    }

    fn notice(&self, text: &str) {
        self.notices.lock().unwrap().push(text.to_owned());
    }

    fn progress(&self, _: &Progress) {}

    fn cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// An import of this file or folder.
pub fn request(path: PathBuf) -> Request {
    Request {
        paths: vec![path],
        data_type: None,
        in_place: false,
        allow_ratio: false,
        reason: "test".to_owned(),
        jobs: 2,
    }
}

/// Imports into a case as the command does.
pub fn import(host: &TestHost, case: &Path, request: &Request) -> Result<ImportReport, WorkError> {
    let mut open = OpenCase::open(host, case)?;
    import::import(host, &mut open, request)
}

/// A CloudTrail record with this event id.
pub fn record(id: u64) -> String {
    format!(
        r#"{{"eventVersion":"1.08","eventTime":"2026-09-15T02:52:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.77","recipientAccountId":"111122223333","eventID":"{id:08}"}}"#
    )
}

/// Receives a file into a case as an import does, with its original and its entry.
pub fn receive(host: &TestHost, path: &Path, id: i64, name: &str, bytes: &[u8]) {
    let mut case = OpenCase::open(host, path).unwrap();
    let file = host.path(name);
    fs::write(&file, bytes).unwrap();
    let faults = vestige_acquire::Faults::none();
    let originals = Originals::open(case.case().root(), faults).unwrap();
    let listed = &vestige_acquire::intake::list(std::slice::from_ref(&file), None)[0];
    let mut received: Vec<Received> = vec![
        originals
            .receive(listed, &mut Vec::new(), &|_| false)
            .unwrap(),
    ];
    originals.commit(&mut received).unwrap();
    let (transaction, ledger) = case.writer_mut().begin().unwrap();
    let actor = ledger.by().actor.clone();
    let transfer = Transfer {
        from: actor.clone(),
        to: actor,
        method: "file".into(),
        location_from: file.display().to_string(),
        location_to: "evidence/".into(),
        seal: None,
        receipt_sha256: None,
    };
    let digest = sha256(bytes);
    let object = Object::evidence(format!("EV-{id:04}"), name, bytes.len() as u64, digest);
    let entry = ledger
        .entry(Event::EvidenceReceived)
        .reason("Disclosure request 1")
        .outcome(&Outcome::Success)
        .object(&object)
        .transfer(&transfer)
        .clock(&host.clock());
    let sealed = ledger.append(&transaction, &entry, host.now()).unwrap();
    transaction
        .execute(
            "INSERT OR IGNORE INTO acquisition(id,started,reason) VALUES(1,0,'test')",
            [],
        )
        .unwrap();
    let row = EvidenceRow {
        id,
        acquisition: 1,
        name,
        path: &file.display().to_string(),
        sha256: Some(digest),
        bytes: bytes.len() as u64,
        in_place: false,
        received_seq: sealed.seq,
    };
    insert_evidence(&transaction, &row, None).unwrap();
    CaseWriter::commit(transaction, &vestige_store::fault::Faults::none()).unwrap();
    case.finish(host).unwrap();
}

/// Where the original of these bytes lies in a case.
pub fn original(case: &Path, bytes: &[u8]) -> PathBuf {
    let name = hex(&sha256(bytes));
    case.join("evidence").join(&name[..2]).join(&name)
}

/// Runs the verifier that lies in an export; its exit status and what it printed.
pub fn python(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let done = Command::new("python3")
        .arg(folder.join("verify_custody.py"))
        .arg(folder)
        .args(arguments)
        .output()
        .unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    (done.status.code().unwrap_or(-1), text)
}

/// A throw-away time-stamp authority on openssl.
pub struct Authority {
    folder: TempDir,
}

impl Authority {
    pub fn new() -> Authority {
        let folder = TempDir::new().unwrap();
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/oracles/make_test_tsa.sh"
        );
        let made = Command::new("sh")
            .arg(script)
            .arg(folder.path())
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        Authority { folder }
    }

    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.crt")
    }

    /// Answers a query file.
    pub fn answer(&self, query: &Path) -> PathBuf {
        let response = query.with_extension("tsr");
        let done = Command::new("openssl")
            .args([
                "ts",
                "-reply",
                "-config",
                "tsa.cnf",
                "-section",
                "tsa_config1",
                "-queryfile",
            ])
            .arg(query)
            .arg("-out")
            .arg(&response)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        response
    }
}

/// Copies a folder with all in it.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// Faults that fail the `at`-th step of those that follow, counted from 0.
pub fn failing(at: usize, moment: Moment) -> (Faults, Arc<AtomicUsize>) {
    let steps = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&steps);
    let faults = Faults::hook(move |_, now| {
        let step = match now {
            Moment::Before => counted.fetch_add(1, Ordering::Relaxed),
            Moment::After => counted.load(Ordering::Relaxed) - 1,
        };
        if step == at && now == moment {
            return Err(io::Error::other("the disk went away"));
        }
        Ok(())
    });
    (faults, steps)
}

/// The rows of a query, as text.
pub fn lines_of(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let cells: Vec<String> = (0..columns)
            .map(|at| format!("{:?}", row.get_ref(at).unwrap()))
            .collect();
        Ok(cells.join("|"))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// Everything that is counted beside the rows.
pub fn counted(connection: &Connection) -> Vec<Vec<String>> {
    [
        "SELECT * FROM minute WHERE count<>0 ORDER BY 1,2",
        "SELECT * FROM flow_hour ORDER BY 1,2,3",
        "SELECT * FROM flow_pair ORDER BY 1,2",
        "SELECT * FROM flow_source ORDER BY 1",
        "SELECT * FROM flow_destination ORDER BY 1",
        "SELECT id,count,count_dst,first,last FROM term WHERE count<>0 OR count_dst<>0 ORDER BY 1",
    ]
    .map(|sql| lines_of(connection, sql))
    .to_vec()
}

pub fn verified(host: &TestHost, case: &Path, deep: bool) -> Verification {
    let terms = Terms {
        deep,
        ..Terms::default()
    };
    verify(host, case, &terms).unwrap()
}

/// The checks that failed.
pub fn failed(checks: &[Check]) -> Vec<&str> {
    let failed = checks.iter().filter(|check| check.status == Status::Fail);
    failed.map(|check| check.check.as_str()).collect()
}

/// Fails where a check of a case that nobody altered does.
pub fn nothing_failed(host: &TestHost, case: &Path, deep: bool) {
    let found = verified(host, case, deep);
    let none: Vec<&str> = Vec::new();
    assert_eq!(failed(&found.checks), none, "{:#?}", found.checks);
}

/// Changes the file past everything that protects it from mistakes.
pub fn tamper(case: &Path, sql: &str) -> usize {
    let connection = Connection::open(case.join("case.db")).unwrap();
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    connection.execute(sql, []).unwrap()
}
