//! All rows of a question in a file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use vestige_custody::Event;
use vestige_custody::entry::{Object, Outcome};
use vestige_custody::hex;
use vestige_store::summary;

use super::super::open::Open;
use super::super::{CallHost, Desk, locked};
use super::question::asked;
use crate::error::WorkError;
use crate::explore::{Explorer, Order, Output};
use crate::host::Host as _;
use crate::progress::Progress;
use crate::wire::{Export, Saved, Ticket};

const WRITING: &str = "writing the export";

impl Desk {
    pub(in crate::desk) fn export(
        &self,
        host: &CallHost<'_>,
        input: Export,
    ) -> Result<Saved, WorkError> {
        let output = output(&input.format)?;
        let open = self.needed()?;
        let asked = asked(&input.question)?;
        let place = self.place_to_write(&open, &input.to)?;
        let order = match input.newest_first {
            true => Order::Descending,
            false => Order::Ascending,
        };
        let reader = open.reader()?;
        let state = reader.rows_state()?;
        let looked_up = open.looked_up(host, &reader, &asked)?;
        let mut out = Hashed::beside(&place.path)?;
        host.progress(&Progress {
            stage: WRITING.to_owned(),
            ..Progress::default()
        });
        let explorer = Explorer::over(host, open.root(), &reader, &asked)?.knowing(&looked_up);
        let rows = explorer.write(order, None, output, &mut out)?;
        if reader.rows_state()? != state {
            let found = "an import or a withdrawal meanwhile; export again";
            return Err(WorkError::usage(
                "case",
                "one whose rows stay the same",
                found,
            ));
        }
        drop(explorer);
        let level = summary::facts(reader.connection())?.remove("custody_level");
        drop(reader);
        // Who stopped it wants no file, however far it had come.
        if host.cancelled() {
            return Err(WorkError::Stopped { doing: WRITING });
        }
        let written = out.finish(&place.path)?;
        let custody_seq = match level.as_deref() {
            Some("litigation") => Some(record(host, &open, &input, &written, rows)?),
            _ => None,
        };
        let (sha256, bytes) = (hex(&written.sha256), written.bytes);
        written.put(&place)?;
        Ok(Saved {
            path: place.path.display().to_string(),
            sha256,
            bytes,
            parts: rows,
            custody_seq,
        })
    }

    /// Where a choice may be written.
    ///
    /// # Errors
    /// [`WorkError::Usage`] for a choice that was not made for it, and for a place in the case,
    /// where only `exports` is for such files.
    pub(in crate::desk) fn place_to_write(
        &self,
        open: &Open,
        to: &Ticket,
    ) -> Result<Place, WorkError> {
        let over = locked(&self.choices).may_write(to)?;
        let path = self.path(to)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let folder = folder
            .canonicalize()
            .map_err(WorkError::io(folder, WRITING))?;
        let root = open.root();
        let root = root.canonicalize().map_err(WorkError::io(root, WRITING))?;
        if folder.starts_with(&root) && !folder.starts_with(root.join("exports")) {
            let expected = "a place outside the case, or in its folder exports";
            let found = path.display().to_string();
            return Err(WorkError::usage("file", expected, found));
        }
        if !over && path.symlink_metadata().is_ok() {
            let found = path.display().to_string();
            return Err(WorkError::usage("file", "a name that is free", found));
        }
        Ok(Place { path, over })
    }
}

/// Where something is written.
pub(in crate::desk) struct Place {
    /// The file.
    pub path: PathBuf,
    /// Whether over what is there.
    pub over: bool,
}

fn output(format: &str) -> Result<Output, WorkError> {
    match format {
        "csv" => Ok(Output::Csv),
        "jsonl" => Ok(Output::Jsonl),
        other => Err(WorkError::usage("format", "csv, jsonl", other.to_owned())),
    }
}

/// At custody level `litigation` it is on record what left the case.
fn record(
    host: &CallHost<'_>,
    open: &Open,
    input: &Export,
    written: &Written,
    rows: u64,
) -> Result<u64, WorkError> {
    let question = &input.question;
    open.write(host, |case| {
        let object = Object {
            id: format!("export-{}", &hex(&written.sha256)[..16]),
            kind: "derived".to_owned(),
            label: written.name.clone(),
            size: written.bytes,
            sha256: written.sha256,
            matching: Vec::new(),
            parents: Vec::new(),
        };
        let mut entry = case
            .writer()
            .ledger()
            .entry(Event::EvidenceAccessed)
            .reason("export of events")
            .outcome(&Outcome::Success)
            .object(&object)
            .detail("format", input.format.as_str())
            .detail("query", question.query.as_str())
            .detail("rows", rows);
        for (name, end) in [("from", &question.from), ("to", &question.to)] {
            if let Some(end) = end {
                entry = entry.detail(name, end.as_str());
            }
        }
        Ok(case.append(host, &entry)?.seq)
    })
}

/// A file that is hashed while it is written, under a name of its own until it is whole.
struct Hashed {
    file: BufWriter<NamedTempFile>,
    sha256: Sha256,
    bytes: u64,
}

/// A file that was written.
struct Written {
    file: NamedTempFile,
    name: String,
    sha256: [u8; 32],
    bytes: u64,
}

impl Hashed {
    fn beside(path: &Path) -> Result<Hashed, WorkError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let file = NamedTempFile::new_in(folder).map_err(WorkError::io(folder, WRITING))?;
        Ok(Hashed {
            file: BufWriter::with_capacity(1 << 18, file),
            sha256: Sha256::new(),
            bytes: 0,
        })
    }

    fn finish(self, path: &Path) -> Result<Written, WorkError> {
        let file = self
            .file
            .into_inner()
            .map_err(|error| WorkError::io(path, WRITING)(error.into_error()))?;
        let whole: &File = file.as_file();
        whole.sync_all().map_err(WorkError::io(path, WRITING))?;
        let name = path.file_name().unwrap_or_default();
        Ok(Written {
            name: name.to_string_lossy().into_owned(),
            file,
            sha256: self.sha256.finalize().into(),
            bytes: self.bytes,
        })
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sha256.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Written {
    /// Gives it its name.
    fn put(self, place: &Place) -> Result<(), WorkError> {
        let put = match place.over {
            true => self.file.persist(&place.path),
            false => self.file.persist_noclobber(&place.path),
        };
        put.map(drop)
            .map_err(|error| WorkError::io(&place.path, WRITING)(error.error))
    }
}
