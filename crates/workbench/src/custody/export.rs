//! The custody of a case for somebody else: a folder that they can verify with nothing of ours.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::TempDir;
use vestige_custody::timestamp;
use vestige_custody::verify::VERIFY_CUSTODY_PY;
use vestige_custody::{CaseId, Event, Verdict, hex};
use vestige_store::Connection;
use vestige_store::case_file::CaseError;
use vestige_store::ledger::{Checkpoint, Head, Ledger, checkpoints};
use vestige_store::{examiner, summary};

use super::handed::Handed;
use super::{newest_note, note_name};
use crate::error::WorkError;
use crate::host::Host;
use crate::session::{self, OpenCase};
use crate::verify::{self, Terms, Verification};

/// An export that was written and verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The folder.
    pub folder: PathBuf,
    /// Entries in it.
    pub size: u64,
    /// The Merkle root over them.
    pub root: String,
    /// Signed notes in it.
    pub checkpoints: u64,
    /// Time stamps in it.
    pub time_stamps: u64,
    /// Entries of the case after the newest note, which are not in it.
    pub left_out: u64,
    /// What verifying it comes to, without a key or pin from outside.
    pub verdict: Verdict,
}

/// Writes the entries up to the newest note, the notes with their time stamps, the keys, a verifier
/// and a plain description to `folder`, which must not exist or be empty; it appears whole or not
/// at all. Where the key can be unlocked, what is not yet covered is signed first.
///
/// # Errors
/// [`CaseError::Exists`]; [`WorkError::Custody`] where what was written does not verify.
pub fn export(host: &dyn Host, path: &Path, folder: &Path) -> Result<Exported, WorkError> {
    vacant(folder)?;
    match OpenCase::open(host, path) {
        Ok(mut case) => {
            newest_note(host, &mut case)?;
            let exported = write(host, case.case().id(), case.writer().connection(), folder)?;
            record(host, &mut case, &exported)?;
            Ok(exported)
        }
        Err(WorkError::Case(
            error @ (CaseError::Locked { .. } | CaseError::ReadOnlyFolder { .. }),
        )) => {
            host.notice(&format!(
                "exported as it stands, without signing first: {error}"
            ));
            let reader = session::read(host, path, "custody export")?;
            write(host, reader.case().id(), reader.connection(), folder)
        }
        Err(error) => Err(error),
    }
}

/// At litigation level it is on record what was given out.
fn record(host: &dyn Host, case: &mut OpenCase, exported: &Exported) -> Result<(), WorkError> {
    let facts = summary::facts(case.writer().connection())?;
    if facts.get("custody_level").map(String::as_str) != Some("litigation") {
        return Ok(());
    }
    let file = exported.folder.join(CHAIN);
    let bytes = fs::read(&file).map_err(WorkError::io(&file, "hashing the export"))?;
    let entry = case
        .writer()
        .ledger()
        .entry(Event::PackageExported)
        .reason("custody exported")
        .detail("profile", "custody")
        .detail("size", exported.size)
        .detail(
            "custody_sha256",
            hex(&vestige_custody::hash::sha256(&bytes)),
        );
    case.append(host, &entry)?;
    case.after_write(host);
    Ok(())
}

const CHAIN: &str = "custody.jsonl";

/// The folders in an export.
pub(crate) const FOLDERS: [&str; 3] = ["checkpoints", "proofs", "trust"];

/// From which somebody else can write a verifier.
pub(crate) const FORMAT: &str = include_str!("../../../../docs/custody-format.md");

fn vacant(folder: &Path) -> Result<(), WorkError> {
    let found = match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(WorkError::io(folder, "looking at the place of the export")(
                error,
            ));
        }
        Ok(about) if !about.is_dir() => "a file is there already",
        Ok(_) => match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
            Ok(true) => return Ok(()),
            _ => "the folder is not empty",
        },
    };
    Err(CaseError::Exists {
        path: folder.to_path_buf(),
        found,
    }
    .into())
}

fn write(
    host: &dyn Host,
    case: &CaseId,
    connection: &Connection,
    folder: &Path,
) -> Result<Exported, WorkError> {
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let staging = tempfile::Builder::new()
        .prefix(".vestige-export.")
        .tempdir_in(parent)
        .map_err(WorkError::io(parent, "making the export"))?;
    let export = Export {
        case,
        connection,
        root: staging.path(),
    };
    let exported = export.fill(folder)?;
    let verification = verified(host, staging.path())?;
    export.put(
        "README.txt",
        export.readme(&exported, &verification).as_bytes(),
    )?;
    let verdict = verification.verdict;
    publish(staging, folder).map_err(WorkError::io(folder, "giving the export its name"))?;
    Ok(Exported {
        verdict,
        ..exported
    })
}

/// What does not verify is not given out.
fn verified(host: &dyn Host, staging: &Path) -> Result<Verification, WorkError> {
    let verification = verify::folder(host, staging, &Terms::default())?;
    if verification.verdict != Verdict::Failed {
        return Ok(verification);
    }
    let mut failed = verification.checks.into_iter();
    let failed = failed.find(|check| check.status == verify::Status::Fail);
    let reason = failed.map(|check| check.detail).unwrap_or_default();
    Err(WorkError::Custody {
        case: staging.to_path_buf(),
        reason,
    })
}

/// Gives the folder its name and the usual rights; all in it is durable before.
fn publish(staging: TempDir, folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    for name in FOLDERS.into_iter().chain(["."]) {
        File::open(staging.path().join(name))?.sync_all()?;
    }
    fs::set_permissions(staging.path(), fs::Permissions::from_mode(0o755))?;
    fs::rename(staging.path(), folder)?;
    // Nothing is left under the old name to be removed.
    let _ = staging.keep();
    Ok(())
}

/// An export being written.
struct Export<'a> {
    case: &'a CaseId,
    connection: &'a Connection,
    root: &'a Path,
}

/// Writes entries, notes, proofs, keys and certificates into `root`, an empty folder: the custody
/// folder of a package.
pub(crate) fn stage(
    case: &CaseId,
    connection: &Connection,
    root: &Path,
) -> Result<Exported, WorkError> {
    let export = Export {
        case,
        connection,
        root,
    };
    export.custody(root)
}

impl Export<'_> {
    fn fill(&self, folder: &Path) -> Result<Exported, WorkError> {
        let exported = self.custody(folder)?;
        self.put("verify_custody.py", VERIFY_CUSTODY_PY.as_bytes())?;
        self.put("custody-format.md", FORMAT.as_bytes())?;
        Ok(exported)
    }

    /// Entries, notes, proofs, keys and certificates.
    fn custody(&self, folder: &Path) -> Result<Exported, WorkError> {
        for name in FOLDERS {
            let path = self.root.join(name);
            fs::create_dir(&path).map_err(WorkError::io(&path, "making the folder"))?;
        }
        let head = Head::read(self.connection)
            .ok()
            .flatten()
            .map_or(0, |head| head.size);
        let notes = checkpoints(self.connection)?;
        // Without a note there is nothing to cut at.
        let size = notes.last().map_or(head, |newest| newest.size);
        let mut handed = Handed::default();
        self.chain(size, &mut handed)?;
        let time_stamps = self.notes(&notes, &mut handed)?;
        self.proofs(handed)?;
        self.keys(size)?;
        self.certificates(&notes)?;
        let root = Ledger::root_at(self.connection, size)?.map(|root| hex(&root));
        Ok(Exported {
            folder: folder.to_path_buf(),
            size,
            root: root.unwrap_or_default(),
            checkpoints: notes.len() as u64,
            time_stamps,
            left_out: head.saturating_sub(size),
            verdict: Verdict::VerifiedWithWarnings,
        })
    }

    /// Creates a file that must not be there, under a name of ours.
    fn create(&self, name: &str) -> Result<(PathBuf, File), WorkError> {
        let path = self.root.join(name);
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = file.map_err(WorkError::io(&path, "making the file"))?;
        Ok((path, file))
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), WorkError> {
        let (path, mut file) = self.create(name)?;
        file.write_all(bytes)
            .and_then(|()| file.sync_all())
            .map_err(WorkError::io(&path, "writing the file"))
    }

    /// The first `size` entries, as they are.
    fn chain(&self, size: u64, handed: &mut Handed) -> Result<(), WorkError> {
        let (path, file) = self.create(CHAIN)?;
        let mut out = BufWriter::new(file);
        let mut written = Ok(());
        Ledger::entries(self.connection, 0, &mut |stored| {
            if stored.seq >= size {
                return Ok(false);
            }
            handed.entry(&stored);
            written = out
                .write_all(stored.body)
                .and_then(|()| out.write_all(b"\n"));
            Ok(written.is_ok())
        })?;
        written
            .and_then(|()| out.flush())
            .and_then(|()| out.get_ref().sync_all())
            .map_err(WorkError::io(&path, "writing the entries out"))
    }

    /// Notes, queries and time stamps; returns how many of the last.
    fn notes(&self, notes: &[Checkpoint], handed: &mut Handed) -> Result<u64, WorkError> {
        let mut time_stamps = 0;
        for note in notes {
            let name = format!("checkpoints/{}.note", note_name(note.size));
            self.put(&name, &note.note)?;
            let Some(token) = &note.token else { continue };
            time_stamps += 1;
            handed.stamped(note.size);
            self.put(&format!("{name}.tsr"), token)?;
            if let Some(query) = &note.request {
                self.put(&format!("{name}.tsq"), query)?;
            }
        }
        Ok(time_stamps)
    }

    /// That what was handed out before is the beginning of this.
    fn proofs(&self, handed: Handed) -> Result<(), WorkError> {
        for proof in handed.proofs(self.case) {
            self.put(&format!("proofs/{}", proof.file_name()), &proof.to_bytes())?;
        }
        Ok(())
    }

    /// Every certificate that a time stamp holds, each once, in the order of their bytes; no file
    /// where there is none. A token that cannot be read is told where it is verified.
    fn certificates(&self, notes: &[Checkpoint]) -> Result<(), WorkError> {
        let tokens = notes.iter().filter_map(|note| note.token.as_deref());
        let found = tokens.filter_map(|token| timestamp::certificates(token).ok());
        let all: BTreeSet<Vec<u8>> = found.flatten().collect();
        if all.is_empty() {
            return Ok(());
        }
        let pem: String = all.iter().map(|der| timestamp::to_pem(der)).collect();
        self.put("trust/tsa.pem", pem.as_bytes())
    }

    /// The verifier keys of everyone whom an exported entry let in, one a line.
    fn keys(&self, size: u64) -> Result<(), WorkError> {
        let known = examiner::all(self.connection)?;
        let inside = known.iter().filter(|one| one.added_seq < size);
        let text: String = inside.map(|one| format!("{}\n", one.vkey)).collect();
        self.put("trust/trusted.vkey", text.as_bytes())
    }

    fn readme(&self, exported: &Exported, verification: &Verification) -> String {
        format!(
            include_str!("readme.txt"),
            case = self.case,
            size = exported.size,
            root = exported.root,
            checkpoints = exported.checkpoints,
            time_stamps = exported.time_stamps,
            statement = verification.statement,
        )
    }
}
