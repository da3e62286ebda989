//! A case to try things on.

use rusqlite::Connection;
use std::path::PathBuf;
use tempfile::TempDir;
use vestige_custody::entry::{Actor, Auth, Tool};
use vestige_custody::{CaseId, Event, Level};
use vestige_store::case_file::{Case, CaseError, CaseWriter, Genesis};
use vestige_store::connection::Settings;
use vestige_store::fault::Faults;
use vestige_store::ledger::{By, Head};

/// 2026-11-24T10:00:00Z in nanoseconds.
pub const NOW: i64 = 1_795_514_400_000_000_000;
/// A second in nanoseconds.
pub const SECOND: i64 = 1_000_000_000;

/// A folder to work in and what a case needs.
pub struct Desk {
    folder: TempDir,
}

impl Desk {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("tmp")).unwrap();
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn settings(&self) -> Settings {
        Settings::new(self.path("tmp"))
    }

    /// An empty folder of its own.
    pub fn quarantine(&self) -> TempDir {
        tempfile::tempdir_in(self.path("tmp")).unwrap()
    }

    pub fn create(&self, name: &str) -> CaseWriter {
        self.try_create(name, &Faults::none()).unwrap()
    }

    pub fn try_create(&self, name: &str, faults: &Faults) -> Result<CaseWriter, CaseError> {
        Case::create(
            &self.path(name),
            &genesis(),
            &by(),
            NOW,
            &self.settings(),
            faults,
        )
    }

    pub fn open(&self, name: &str, expected: Option<Head>) -> Result<Case, CaseError> {
        Case::open_known(&self.path(name), expected, &self.settings())
    }

    pub fn writer(&self, name: &str) -> Result<CaseWriter, CaseError> {
        self.open(name, None)?
            .open_writer(&by(), NOW, &Faults::none())
    }

    /// A case of `entries` entries that nobody has open.
    pub fn closed_case(&self, name: &str, entries: u64) -> Head {
        let mut writer = self.create(name);
        for n in 1..entries {
            annotate(&mut writer, n, NOW + n.cast_signed() * SECOND);
        }
        writer.head().unwrap()
    }

    /// SQLite as anybody has it, without any of our settings.
    pub fn sqlite(&self, name: &str) -> Connection {
        let connection = Connection::open(self.path(name).join("case.db")).unwrap();
        connection
            .set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)
            .unwrap();
        connection
    }
}

pub fn by() -> By {
    let actor = Actor {
        id: "user:aex".into(),
        name: "A. Examiner".into(),
        role: "examiner".into(),
        org: "Lab".into(),
        auth: Auth::OsSession,
        qualifications_ref: None,
    };
    let tool = Tool {
        name: "vestige".into(),
        version: "0.1.0".into(),
        build_sha256: [7; 32],
        os: None,
        host_id: None,
    };
    By { actor, tool }
}

pub fn genesis() -> Genesis {
    Genesis {
        case: CaseId::parse("0c0b9d1e-5a5e-4d0f-8a55-6f0d6b7d2a01").unwrap(),
        salt: [0x22; 16],
        title: "Test".into(),
        reference: Some("R-1".into()),
        authority: None,
        zone: Some("Europe/Berlin".into()),
        custody_level: Level::Internal,
        vkey: Some("vestige/case/x+00000000+AAAA".into()),
    }
}

/// Appends an entry in a transaction of its own.
pub fn annotate(writer: &mut CaseWriter, number: u64, now: i64) {
    try_annotate(writer, number, now).unwrap();
}

pub fn try_annotate(writer: &mut CaseWriter, number: u64, now: i64) -> Result<(), CaseError> {
    let faults = writer.faults().clone();
    let (transaction, ledger) = writer.begin()?;
    let entry = ledger
        .entry(Event::TimelineAnnotated)
        .detail("number", number);
    ledger.append(&transaction, &entry, now)?;
    CaseWriter::commit(transaction, &faults)
}

/// The message of a refusal.
pub fn message<T>(result: Result<T, CaseError>) -> String {
    match result {
        Ok(_) => panic!("it was not refused"),
        Err(error) => error.to_string(),
    }
}
