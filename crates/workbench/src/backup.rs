//! A case in one file, and a case made from one again.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Serialize;
use vestige_acquire::reopen::Item;
use vestige_custody::{CaseId, hex};
use vestige_store::backup::{self, Originals, Restoration, Restored, Standing, Watch};
use vestige_store::case_file::CaseReader;
use vestige_store::fault::Faults;
use vestige_store::ledger::{By, Head};
use vestige_store::summary;

use crate::error::WorkError;
use crate::home::Home;
use crate::host::Host;
use crate::progress::{Counters, Progress};
use crate::session::{self, OpenCase};
use crate::who;

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackedUp {
    /// The file.
    pub file: PathBuf,
    /// Its SHA-256.
    pub sha256: String,
    /// Its bytes.
    pub bytes: u64,
    /// The head of the chain in it, `SIZE:LEAF`.
    pub head: String,
    /// Originals in it.
    pub originals: u64,
    /// Originals that are missing or altered and are not in it.
    pub missing: Vec<Missing>,
    /// Items left in place, whose originals are not in it.
    pub in_place: u64,
    /// The custody entry that records it.
    pub seq: u64,
}

/// An original that is not in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Its SHA-256.
    pub sha256: String,
    /// Why.
    pub reason: String,
}

/// A case that was restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RestoredCase {
    /// The case's UUID.
    pub case: String,
    /// Where it lies.
    pub path: PathBuf,
    /// SHA-256 of the backup.
    pub backup_sha256: String,
    /// The head of the chain in it, `SIZE:LEAF`.
    pub backup_head: String,
    /// `first-seen`, `same`, `ahead`, `older` or `forked`: how that stands to the head last seen.
    pub standing: String,
    /// Entries that were recorded after the backup and are not in it.
    pub entries_lost: u64,
    /// Originals that the backup lacks.
    pub missing: Vec<Missing>,
    /// Items left in place, which have to be where they were.
    pub in_place: u64,
}

/// Writes a backup of a case to `output`, which must not exist, reads it back and records it.
///
/// # Errors
/// As [`backup::backup`]; nothing half-written stays.
pub fn backup(host: &dyn Host, path: &Path, output: &Path) -> Result<BackedUp, WorkError> {
    let mut case = OpenCase::open(host, path)?;
    // What is in the backup is signed.
    case.finish(host)?;
    let originals = CaseOriginals {
        reader: case.case().open_reader()?,
    };
    let mut watch = HostWatch::new(host);
    let now = host.now();
    let done = backup::backup(case.writer_mut(), output, &originals, now, &mut watch)?;
    case.finish(host)?;
    if !done.missing.is_empty() {
        host.notice(&format!(
            "{} originals are missing or altered and are not in the backup",
            done.missing.len()
        ));
    }
    if done.in_place > 0 {
        host.notice(&format!(
            "{} items were left in place: their originals are not in the backup",
            done.in_place
        ));
    }
    Ok(BackedUp {
        file: output.to_path_buf(),
        sha256: hex(&done.sha256),
        bytes: done.bytes,
        head: head_text(done.head),
        originals: done.originals,
        missing: missing(done.missing),
        in_place: done.in_place,
        seq: done.seq,
    })
}

/// Makes a case at `path`, which must not exist, from a backup, and makes it the one to go on
/// with: its head is the known one from here. An older or other head is said aloud.
///
/// # Errors
/// As [`backup::restore`].
pub fn restore(host: &dyn Host, zip: &Path, path: &Path) -> Result<RestoredCase, WorkError> {
    restore_with(host, zip, path, &Faults::none())
}

/// As [`restore`], with a seam for faults.
///
/// # Errors
/// As [`restore`].
pub fn restore_with(
    host: &dyn Host,
    zip: &Path,
    path: &Path,
    faults: &Faults,
) -> Result<RestoredCase, WorkError> {
    let home = Home::of(host)?;
    let restored = unpack(host, &home, zip, path, faults)?;
    let case = &restored.case;
    home.restored(case.id(), case.root(), case.head())?;
    say_aloud(host, &restored);
    // Whoever is an examiner of the case signs what was recorded.
    OpenCase::open(host, case.root())?.finish(host)?;
    let entries_lost = match restored.standing {
        Standing::Older { entries_lost } => entries_lost,
        _ => 0,
    };
    Ok(RestoredCase {
        case: case.id().to_string(),
        path: case.root().to_path_buf(),
        backup_sha256: hex(&restored.backup_sha256),
        backup_head: head_text(restored.backup_head),
        standing: restored.standing.word().to_owned(),
        entries_lost,
        missing: missing(restored.missing),
        in_place: restored.in_place,
    })
}

fn unpack(
    host: &dyn Host,
    home: &Home,
    zip: &Path,
    path: &Path,
    faults: &Faults,
) -> Result<Restored, WorkError> {
    let by = By {
        actor: who::os_user(host),
        tool: who::tool(host),
    };
    let (settings, now) = (home.settings()?, host.now());
    let mut watch = HostWatch::new(host);
    // A list of known cases that cannot be read must not pass for an empty one.
    let known = home.all()?;
    let restored = session::watched(host, "restoring", |go_on| {
        let last_seen = |id: &CaseId| known.iter().find(|one| one.id == *id).map(|one| one.head);
        let with = Restoration {
            by: &by,
            now,
            last_seen: &last_seen,
            settings: &settings,
            faults,
            go_on: go_on.clone(),
        };
        backup::restore(zip, path, &with, &mut watch)
    })?;
    Ok(restored?)
}

fn say_aloud(host: &dyn Host, restored: &Restored) {
    match restored.standing {
        Standing::FirstSeen | Standing::Same | Standing::Ahead => {}
        Standing::Older { entries_lost } => host.notice(&format!(
            "THE BACKUP IS OLDER than the case last seen here: {entries_lost} entries that were recorded since are not in it; this is recorded in the case"
        )),
        Standing::Forked => host.notice(
            "THE BACKUP HAS OTHER ENTRIES than the case last seen here: it is of a forked copy; this is recorded in the case",
        ),
    }
    if !restored.missing.is_empty() {
        host.notice(&format!(
            "the backup lacks {} originals",
            restored.missing.len()
        ));
    }
}

fn head_text(head: Head) -> String {
    format!("{}:{}", head.size, hex(&head.leaf))
}

fn missing(list: Vec<([u8; 32], String)>) -> Vec<Missing> {
    list.into_iter()
        .map(|(sha256, reason)| Missing {
            sha256: hex(&sha256),
            reason,
        })
        .collect()
}

/// The originals of a case, for its backup.
struct CaseOriginals {
    reader: CaseReader,
}

impl Originals for CaseOriginals {
    fn open(&self, sha256: &[u8; 32]) -> io::Result<Box<dyn Read + '_>> {
        let bytes = summary::original_bytes(self.reader.connection(), sha256)
            .map_err(io::Error::other)?
            .ok_or_else(|| io::Error::other("no evidence item has this original"))?;
        let item = Item::kept(self.reader.case().root(), *sha256, bytes);
        let file = item.open().map_err(io::Error::other)?;
        Ok(Box::new(file))
    }
}

/// Tells the host how far it is, and asks it.
pub(crate) struct HostWatch<'a> {
    host: &'a dyn Host,
    stage: Option<(&'static str, Counters, u64)>,
}

impl<'a> HostWatch<'a> {
    pub(crate) fn new(host: &'a dyn Host) -> HostWatch<'a> {
        HostWatch { host, stage: None }
    }
}

impl Watch for HostWatch<'_> {
    fn advanced(&mut self, stage: &'static str, done: u64, total: u64) -> bool {
        if self
            .stage
            .as_ref()
            .is_none_or(|(name, _, before)| *name != stage || done < *before)
        {
            self.stage = Some((stage, Counters::new(total), 0));
        }
        let progress = match &mut self.stage {
            Some((_, counters, before)) => {
                counters.bytes(done.saturating_sub(*before));
                *before = done;
                counters.now(stage)
            }
            None => Progress::default(),
        };
        self.host.progress(&progress);
        !self.host.cancelled()
    }
}

impl vestige_package::Watch for HostWatch<'_> {
    fn advanced(&mut self, stage: &'static str, done: u64, total: u64) -> bool {
        Watch::advanced(self, stage, done, total)
    }
}
