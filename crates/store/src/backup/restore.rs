//! Making a case from a backup.

use super::archive::Archive;
use super::manifest::{Manifest, Part, name};
use super::{Meter, Watch, copy_hashed};
use crate::case_file::folder::{DATABASE, Staging, open_regular, original};
use crate::case_file::{Case, CaseError, CaseWriter};
use crate::connection::{self, Settings};
use crate::fault::Faults;
use crate::foreign::{self, Check, GoOn};
use crate::ledger::{By, Head, Ledger, head_text};
use rusqlite::{Connection, TransactionBehavior};
use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;
use vestige_custody::json::Value;
use vestige_custody::{CaseId, Event, Hash, hex};

/// How a backup stands to the head that was last seen of its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The case was never seen here.
    FirstSeen,
    /// It ends at the head last seen.
    Same,
    /// It continues the head last seen.
    Ahead,
    /// It ends before the head last seen: what was recorded since is not in it.
    Older {
        /// How many entries are lost.
        entries_lost: u64,
    },
    /// It has other entries than the chain last seen.
    Forked,
}

/// A case that was made from a backup.
#[derive(Debug)]
pub struct Restored {
    /// The case, with `db.restored` as its last entry.
    pub case: Case,
    /// SHA-256 of the backup.
    pub backup_sha256: Hash,
    /// The head of the chain in the backup.
    pub backup_head: Head,
    /// How that stands to the head last seen; anything but the first three is to be said aloud.
    pub standing: Standing,
    /// Originals that the backup lacked when it was made, by hash, with the reason.
    pub missing: Vec<(Hash, String)>,
    /// Items that were imported in place and have to be where they were.
    pub in_place: u64,
    /// What was checked before anything was believed.
    pub checks: Vec<Check>,
}

/// What a restoration needs besides the backup.
pub struct Restoration<'a> {
    /// Who restores, and with what.
    pub by: &'a By,
    /// UTC nanoseconds.
    pub now: i64,
    /// The head last seen of a case, where it is known here.
    pub last_seen: &'a dyn Fn(&CaseId) -> Option<Head>,
    /// For the new case.
    pub settings: &'a Settings,
    /// The seam for faults.
    pub faults: &'a Faults,
    /// Asked while the copy is examined whether to go on.
    pub go_on: GoOn,
}

/// Makes a case at `path`, which must not exist, from a backup. Nothing of the backup is believed
/// before its list, its bytes and its database passed the checks of a foreign case; the case
/// appears whole, with its `db.restored` entry, or not at all.
///
/// # Errors
/// [`CaseError::BadBackup`], [`CaseError::Exists`], [`CaseError::DiskFull`], and what refuses a
/// foreign case.
pub fn restore(
    zip: &Path,
    path: &Path,
    with: &Restoration<'_>,
    watch: &mut dyn Watch,
) -> Result<Restored, CaseError> {
    let (sha256, mut archive) = open(zip, watch)?;
    let staging = Staging::begin(path, with.faults)?;
    require_room(staging.folder(), archive.manifest.total())?;
    unpack(&mut archive, staging.folder(), with.faults, watch)?;
    let manifest = archive.manifest;
    let database = staging.folder().join(DATABASE);
    let examination = foreign::examine_copy(
        zip,
        &database,
        manifest.database.bytes,
        with.settings,
        &with.go_on,
    );
    let sound = examination.outcome?;
    if (sound.id != manifest.case) || (sound.head != manifest.head) {
        let what = format!("expected {} of case {}", manifest.head, manifest.case);
        return Err(bad(
            zip,
            format!(
                "{what}, its database has {} of case {}",
                sound.head, sound.id
            ),
        ));
    }
    let standing = record(&database, &manifest, zip, sha256, with)?;
    let (root, lock) = staging.publish()?;
    let case = Case::open_known(&root, None, with.settings)?;
    drop(lock);
    Ok(Restored {
        case,
        backup_sha256: sha256,
        backup_head: manifest.head,
        standing,
        missing: manifest
            .missing
            .into_iter()
            .map(|one| (one.sha256, one.reason))
            .collect(),
        in_place: manifest.in_place,
        checks: examination.checks,
    })
}

fn bad(zip: &Path, what: String) -> CaseError {
    CaseError::BadBackup {
        path: zip.to_path_buf(),
        what,
    }
}

/// Hashes the backup and opens the same file.
fn open(zip: &Path, watch: &mut dyn Watch) -> Result<(Hash, Archive), CaseError> {
    let failed = |error| CaseError::io(zip, "reading the backup", error);
    let mut file = open_regular(zip).map_err(failed)?;
    let total = file.metadata().map_err(failed)?.len();
    let mut meter = Meter {
        watch,
        stage: "hashing the backup",
        done: 0,
        total,
        path: zip,
    };
    let hashed = copy_hashed(&mut file, &mut io::sink(), u64::MAX, &mut meter)?;
    let (_, sha256) = hashed.map_err(failed)?;
    Ok((sha256, Archive::open(zip, file)?))
}

/// Says so before anything is written where the case cannot fit.
fn require_room(folder: &Path, bytes: u64) -> Result<(), CaseError> {
    #[cfg(unix)]
    {
        let failed = |error: rustix::io::Errno| {
            CaseError::io(folder, "asking for the free space", error.into())
        };
        let room = rustix::fs::statvfs(folder).map_err(failed)?;
        if room.f_bavail.saturating_mul(room.f_frsize) < bytes {
            let doing = format!("making room for {bytes} bytes");
            return Err(CaseError::DiskFull {
                path: folder.to_path_buf(),
                doing,
            });
        }
    }
    let _ = (folder, bytes);
    Ok(())
}

/// Writes the database and the originals to their places in a case folder.
fn unpack(
    archive: &mut Archive,
    folder: &Path,
    faults: &Faults,
    watch: &mut dyn Watch,
) -> Result<(), CaseError> {
    let total = archive.manifest.total();
    let mut meter = Meter {
        watch,
        stage: "unpacking the backup",
        done: 0,
        total,
        path: folder,
    };
    let database = folder.join(DATABASE);
    faults.step("restore database", &database, || {
        unpack_one(archive, None, &database, &mut meter)
    })?;
    for part in archive.manifest.originals.clone() {
        let path = folder.join(original(&part.sha256));
        faults.step("restore original", &path, || {
            make_parent(&path)?;
            unpack_one(archive, Some(&part), &path, &mut meter)?;
            make_read_only(&path)
        })?;
    }
    Ok(())
}

fn unpack_one(
    archive: &mut Archive,
    part: Option<&Part>,
    path: &Path,
    meter: &mut Meter<'_>,
) -> Result<(), CaseError> {
    let mut file = fs::File::create_new(path)
        .map_err(|error| CaseError::io(path, "unpacking the backup", error))?;
    archive.extract(part, &mut file, meter)
}

fn make_parent(path: &Path) -> Result<(), CaseError> {
    let Some(parent) = path.parent() else {
        return Ok(());
    };
    fs::create_dir_all(parent).map_err(|error| CaseError::io(parent, "making the folder", error))
}

/// Originals are never written to again.
fn make_read_only(path: &Path) -> Result<(), CaseError> {
    let set = || {
        let mut rights = fs::metadata(path)?.permissions();
        rights.set_readonly(true);
        fs::set_permissions(path, rights)
    };
    set().map_err(|error| CaseError::io(path, "making an original read-only", error))
}

/// Writes `db.restored` as the next entry of the unpacked case.
fn record(
    database: &Path,
    manifest: &Manifest,
    zip: &Path,
    sha256: Hash,
    with: &Restoration<'_>,
) -> Result<Standing, CaseError> {
    let failed = |error| CaseError::sqlite(database, "recording the restoration", error);
    let mut connection = connection::writer(database, with.settings).map_err(failed)?;
    compare_originals(&connection, manifest, zip)?;
    let last = (with.last_seen)(&manifest.case);
    let standing = standing(&connection, manifest.head, last).map_err(failed)?;
    let ledger = Ledger::resume(
        manifest.case.clone(),
        with.by.clone(),
        &connection,
        with.faults,
    )?;
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    let entry = ledger
        .entry(Event::DbRestored)
        .detail("backup_sha256", hex(&sha256))
        .detail("backup_head", head_text(manifest.head))
        .detail(
            "last_head",
            last.map_or(Value::Null, |head| Value::from(head_text(head))),
        )
        .detail("standing", standing.word())
        .detail("originals_missing", manifest.missing.len() as u64);
    ledger.append(&transaction, &entry, with.now)?;
    CaseWriter::commit(transaction, with.faults)?;
    with.faults.step("close database", database, || {
        connection.close().map_err(|(_, error)| failed(error))
    })?;
    Ok(standing)
}

fn standing(
    connection: &Connection,
    backup: Head,
    last: Option<Head>,
) -> rusqlite::Result<Standing> {
    let Some(last) = last else {
        return Ok(Standing::FirstSeen);
    };
    Ok(match Head::at(connection, last.size)? {
        None => Standing::Older {
            entries_lost: last.size - backup.size,
        },
        Some(at) if at != last => Standing::Forked,
        Some(_) if last == backup => Standing::Same,
        Some(_) => Standing::Ahead,
    })
}

impl Standing {
    /// The word in the custody entry.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::FirstSeen => "first-seen",
            Self::Same => "same",
            Self::Ahead => "ahead",
            Self::Older { .. } => "older",
            Self::Forked => "forked",
        }
    }
}

/// The originals that the rows speak of are those that the backup holds or says it lacks.
fn compare_originals(
    connection: &Connection,
    manifest: &Manifest,
    zip: &Path,
) -> Result<(), CaseError> {
    let mut needed = super::listed(connection)
        .map_err(|error| CaseError::sqlite(zip, "listing the originals", error))?;
    let lacking: HashSet<Hash> = manifest.missing.iter().map(|one| one.sha256).collect();
    needed.retain(|part| !lacking.contains(&part.sha256));
    if needed == manifest.originals {
        return Ok(());
    }
    let held: HashSet<Hash> = manifest.originals.iter().map(|part| part.sha256).collect();
    let what = match needed.iter().find(|part| !held.contains(&part.sha256)) {
        Some(part) => format!(
            "the case speaks of {}, which is not in it",
            name(&part.sha256)
        ),
        None => "it holds originals that the case does not speak of".to_owned(),
    };
    Err(bad(zip, what))
}
