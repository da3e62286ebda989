//! Writing a backup.

use super::archive::Archive;
use super::entry::{Sink, add, add_original, entry_options};
use super::manifest::{Manifest, Missing, Part};
use super::{MANIFEST, Meter, Originals, PIECE, Watch, copy_hashed};
use crate::case_file::folder::sync_folder;
use crate::case_file::{CaseError, CaseWriter, DATABASE};
use crate::ledger::{Head, head_text};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::{NamedTempFile, TempDir};
use vestige_custody::entry::{Fault, Outcome};
use vestige_custody::{Event, Hash, hex};
use zip::ZipWriter;

/// Pages copied between two questions whether to go on.
const PAGES: i32 = 2048;
/// How long to wait where the database is busy.
const PAUSE: Duration = Duration::from_millis(20);

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// SHA-256 of the zip.
    pub sha256: Hash,
    /// Bytes of the zip.
    pub bytes: u64,
    /// The head of the chain in the backup: the last entry before `db.backed_up`.
    pub head: Head,
    /// Originals in it.
    pub originals: u64,
    /// Originals that could not be had, by hash, with the reason.
    pub missing: Vec<(Hash, String)>,
    /// Items that were imported in place and are therefore not in it.
    pub in_place: u64,
    /// The custody entry that records it.
    pub seq: u64,
}

/// Writes a backup of a case to `output`, which must not exist, reads it back, and records it.
/// The working copy of the database goes to the temporary folder of the case's settings.
///
/// # Errors
/// [`CaseError::Exists`], [`CaseError::DiskFull`]; nothing half-written stays.
pub fn backup(
    writer: &mut CaseWriter,
    output: &Path,
    originals: &dyn Originals,
    now: i64,
    watch: &mut dyn Watch,
) -> Result<BackedUp, CaseError> {
    if output.symlink_metadata().is_ok() {
        return Err(exists(output));
    }
    let mut made = BackupInProgress {
        writer,
        output,
        originals,
        now,
        watch,
    }
    .write()?;
    publish(writer, &mut made, output)?;
    // Where this fails the backup stays: whether the entry was written may not be known, and a
    // backup without an entry does no harm, an entry without its backup does.
    made.done.seq = record(writer, &made.done, output, now)?;
    Ok(made.done)
}

fn exists(output: &Path) -> CaseError {
    CaseError::Exists {
        path: output.to_path_buf(),
        found: "a file is there already",
    }
}

struct Made {
    file: Option<NamedTempFile>,
    done: BackedUp,
}

struct BackupInProgress<'a> {
    writer: &'a CaseWriter,
    output: &'a Path,
    originals: &'a dyn Originals,
    now: i64,
    watch: &'a mut dyn Watch,
}

impl BackupInProgress<'_> {
    fn write(mut self) -> Result<Made, CaseError> {
        let faults = self.writer.faults().clone();
        let head = self.writer.head()?;
        // The folder goes when this ends.
        let (_folder, mut database) =
            faults.step("backup database", self.output, || self.copy_database())?;
        let listed = self.listed()?;
        let mut file = faults.step("backup file", self.output, || self.temporary())?;
        let mut zip = ZipWriter::new(Sink::new(BufWriter::with_capacity(
            PIECE,
            file.as_file_mut(),
        )));
        let manifest = self.fill(&mut zip, head, &mut database, &listed)?;
        let finished = zip.finish().map_err(|error| self.zip_failed(error));
        let flushed = finished.and_then(|mut out| out.flush().map_err(|error| self.failed(error)));
        faults.step("backup finish", self.output, || flushed)?;
        faults.step("backup sync", self.output, || {
            file.as_file()
                .sync_all()
                .map_err(|error| self.failed(error))
        })?;
        self.read_back(file.path(), &manifest)?;
        let (bytes, sha256) = self.hash(file.as_file_mut())?;
        let done = BackedUp {
            sha256,
            bytes,
            head,
            originals: manifest.originals.len() as u64,
            missing: manifest
                .missing
                .into_iter()
                .map(|one| (one.sha256, one.reason))
                .collect(),
            in_place: manifest.in_place,
            // Known once it is recorded.
            seq: 0,
        };
        Ok(Made {
            file: Some(file),
            done,
        })
    }

    /// A consistent copy by SQLite's own means. This writer is the only one, so nothing moves.
    fn copy_database(&mut self) -> Result<(TempDir, File), CaseError> {
        let failed = |error| CaseError::sqlite(self.output, "copying the database", error);
        let temp = &self.writer.case().settings().temp;
        let folder = tempfile::tempdir_in(temp)
            .map_err(|error| CaseError::io(temp, "making a working copy", error))?;
        let path = folder.path().join(DATABASE);
        let mut copy = Connection::open(&path).map_err(failed)?;
        // The copy is read back before it is trusted; it need not survive a crash.
        copy.execute_batch("PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF")
            .map_err(failed)?;
        let work = Backup::new(self.writer.connection(), &mut copy).map_err(failed)?;
        while let step = work.step(PAGES).map_err(failed)?
            && step != StepResult::Done
        {
            if !self
                .watch
                .advanced("copying the database", copied(&work), pages(&work))
            {
                return Err(self.stopped("copying the database"));
            }
            if step != StepResult::More {
                std::thread::sleep(PAUSE);
            }
        }
        drop(work);
        copy.close().map_err(|(_, error)| failed(error))?;
        let file = File::open(&path).map_err(|error| self.failed(error))?;
        Ok((folder, file))
    }

    /// The originals the case should have, and how many items lie elsewhere.
    fn listed(&self) -> Result<(Vec<Part>, u64), CaseError> {
        let connection = self.writer.connection();
        let read = || {
            let count = "SELECT count(*) FROM evidence WHERE in_place=1";
            let in_place: i64 = connection.query_row(count, [], |row| row.get(0))?;
            Ok((super::listed(connection)?, in_place.unsigned_abs()))
        };
        read().map_err(|error| CaseError::sqlite(self.output, "listing the originals", error))
    }

    fn temporary(&self) -> Result<NamedTempFile, CaseError> {
        let parent = parent(self.output);
        let name = self
            .output
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        tempfile::Builder::new()
            .prefix(&format!(".{name}."))
            .suffix(".incomplete")
            .tempfile_in(parent)
            .map_err(|error| match error.kind() {
                io::ErrorKind::PermissionDenied => CaseError::ReadOnlyFolder {
                    path: parent.to_path_buf(),
                },
                _ => CaseError::io(parent, "making the backup file", error),
            })
    }

    fn fill(
        &mut self,
        zip: &mut ZipWriter<impl Write + Seek>,
        head: Head,
        copy: &mut File,
        (listed, in_place): &(Vec<Part>, u64),
    ) -> Result<Manifest, CaseError> {
        let length = copy.metadata().map_err(|error| self.failed(error))?.len();
        let total = listed
            .iter()
            .map(|part| part.bytes)
            .fold(length, u64::saturating_add);
        let mut meter = Meter {
            watch: &mut *self.watch,
            stage: "writing the backup",
            done: 0,
            total,
            path: self.output,
        };
        let options = entry_options(self.now, true, length).compression_level(Some(1));
        let database = add(zip, DATABASE, options, copy, length, &mut meter)?;
        let mut manifest = Manifest {
            case: self.writer.case().id().clone(),
            head,
            // What the manifest can say: it is compared with what is read back.
            made_at: self.now - self.now.rem_euclid(1_000_000),
            in_place: *in_place,
            database,
            originals: Vec::new(),
            missing: Vec::new(),
        };
        for part in listed {
            match add_original(zip, self.originals, part, self.now, &mut meter)? {
                Ok(()) => manifest.originals.push(*part),
                Err(reason) => manifest.missing.push(Missing {
                    sha256: part.sha256,
                    reason,
                }),
            }
        }
        let options = entry_options(self.now, true, 0);
        zip.start_file(MANIFEST, options)
            .map_err(|error| self.zip_failed(error))?;
        manifest.write(zip).map_err(|error| self.failed(error))?;
        Ok(manifest)
    }

    /// What cannot be read back is no backup.
    fn read_back(&mut self, path: &Path, manifest: &Manifest) -> Result<(), CaseError> {
        let file = File::open(path).map_err(|error| self.failed(error))?;
        let mut archive = Archive::open(path, file)?;
        let differs = archive.manifest != *manifest;
        let total = manifest.total();
        let mut meter = Meter {
            watch: &mut *self.watch,
            stage: "reading the backup back",
            done: 0,
            total,
            path: self.output,
        };
        archive.extract(None, &mut io::sink(), &mut meter)?;
        for part in &manifest.originals {
            archive.extract(Some(part), &mut io::sink(), &mut meter)?;
        }
        if differs {
            let what = "its manifest was not written as it should be".to_owned();
            return Err(CaseError::BadBackup {
                path: self.output.to_path_buf(),
                what,
            });
        }
        Ok(())
    }

    fn hash(&mut self, file: &mut File) -> Result<(u64, Hash), CaseError> {
        let total = file
            .seek(SeekFrom::End(0))
            .map_err(|error| self.failed(error))?;
        file.seek(SeekFrom::Start(0))
            .map_err(|error| self.failed(error))?;
        let mut meter = Meter {
            watch: &mut *self.watch,
            stage: "hashing the backup",
            done: 0,
            total,
            path: self.output,
        };
        let hashed = copy_hashed(file, &mut io::sink(), u64::MAX, &mut meter)?;
        hashed.map_err(|error| self.failed(error))
    }

    fn failed(&self, error: io::Error) -> CaseError {
        CaseError::io(self.output, "writing the backup", error)
    }

    fn zip_failed(&self, error: zip::result::ZipError) -> CaseError {
        self.failed(io::Error::from(error))
    }

    fn stopped(&self, doing: &str) -> CaseError {
        CaseError::Stopped {
            path: self.output.to_path_buf(),
            doing: doing.to_owned(),
        }
    }
}

fn pages(work: &Backup<'_, '_>) -> u64 {
    work.progress().pagecount.unsigned_abs().into()
}

fn copied(work: &Backup<'_, '_>) -> u64 {
    pages(work).saturating_sub(work.progress().remaining.unsigned_abs().into())
}

fn parent(output: &Path) -> &Path {
    match output.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Gives the finished file its name without replacing anything.
fn publish(writer: &CaseWriter, made: &mut Made, output: &Path) -> Result<(), CaseError> {
    let Some(file) = made.file.take() else {
        return Ok(());
    };
    writer.faults().step("backup rename", output, || {
        file.persist_noclobber(output)
            .map(drop)
            .map_err(|error| match error.error.kind() {
                io::ErrorKind::AlreadyExists => exists(output),
                _ => CaseError::io(output, "giving the backup its name", error.error),
            })
    })?;
    let parent: PathBuf = parent(output).to_path_buf();
    writer.faults().step("backup parent sync", &parent, || {
        sync_folder(&parent)
            .map_err(|error| CaseError::io(&parent, "making the backup's name durable", error))
    })
}

fn record(
    writer: &mut CaseWriter,
    done: &BackedUp,
    output: &Path,
    now: i64,
) -> Result<u64, CaseError> {
    let faults = writer.faults().clone();
    let outcome = match done.missing.len() {
        0 => Outcome::Success,
        missing => Outcome::Partial(Some(Fault {
            code: "originals_missing".to_owned(),
            message: format!("{missing} originals were missing or altered and are not in it"),
        })),
    };
    let (transaction, ledger) = writer.begin()?;
    let entry = ledger
        .entry(Event::DbBackedUp)
        .outcome(&outcome)
        .detail(
            "name",
            output
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
        )
        .detail("backup_sha256", hex(&done.sha256))
        .detail("backup_bytes", done.bytes)
        .detail("backup_head", head_text(done.head))
        .detail("originals", done.originals)
        .detail("originals_missing", done.missing.len() as u64)
        .detail("in_place", done.in_place);
    let sealed = ledger.append(&transaction, &entry, now)?;
    CaseWriter::commit(transaction, &faults)?;
    Ok(sealed.seq)
}
