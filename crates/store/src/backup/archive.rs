//! Reading a backup that may come from anybody: only the names of our own layout, each once, no
//! links, no encryption, no bytes that belong to two entries, no entry longer than listed.

use super::manifest::{Manifest, Part, name};
use super::{MANIFEST, Meter, copy_hashed};
use crate::case_file::{CaseError, DATABASE};
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use zip::CompressionMethod;
use zip::read::{ZipArchive, ZipReadOptions};

/// An opened backup whose contents are exactly those that its manifest lists.
pub(super) struct Archive {
    path: PathBuf,
    zip: ZipArchive<BufReader<File>>,
    pub manifest: Manifest,
}

/// What a backup is.
const WRITTEN: &str = "a zip that `vestige backup` wrote";

impl Archive {
    /// Opens and compares names, kinds and sizes; the bytes are compared when they are read.
    pub fn open(path: &Path, file: File) -> Result<Self, CaseError> {
        let bad = |what: String| CaseError::BadBackup {
            path: path.to_path_buf(),
            what,
        };
        let mut zip = ZipArchive::new(BufReader::new(file))
            .map_err(|error| bad(format!("expected {WRITTEN}, found no zip ({error})")))?;
        if zip.offset() != 0 {
            return Err(bad("something stands before it in the file".to_owned()));
        }
        zip.validate_header_consistency()
            .map_err(|error| bad(error.to_string()))?;
        let manifest = read_manifest(&mut zip).map_err(|what| {
            bad(format!(
                "expected {WRITTEN} with {MANIFEST} in it; {MANIFEST}: {what}"
            ))
        })?;
        let mut archive = Self {
            path: path.to_path_buf(),
            zip,
            manifest,
        };
        archive.compare().map_err(bad)?;
        Ok(archive)
    }

    /// Every listed file is there as listed, and nothing else is.
    fn compare(&mut self) -> Result<(), String> {
        let listed = self.manifest.originals.len() + 2;
        if self.zip.len() != listed {
            return Err(format!(
                "expected {listed} entries, found {}",
                self.zip.len()
            ));
        }
        let database = (DATABASE.to_owned(), self.manifest.database);
        let originals = self
            .manifest
            .originals
            .iter()
            .map(|part| (name(&part.sha256), *part));
        for (name, part) in std::iter::once(database).chain(originals) {
            let index = self
                .zip
                .index_for_name(&name)
                .ok_or(format!("{name} is not in it"))?;
            let entry = self
                .zip
                .by_index_data(index)
                .map_err(|error| error.to_string())?;
            plain(&entry).map_err(|what| format!("{name}: {what}"))?;
            if entry.size() != part.bytes {
                return Err(format!(
                    "{name}: expected {} bytes, found {}",
                    part.bytes,
                    entry.size()
                ));
            }
        }
        Ok(())
    }

    /// Writes the database or an original (`None` is the database) to `to`, comparing its hash.
    pub fn extract(
        &mut self,
        original: Option<&Part>,
        to: &mut dyn Write,
        meter: &mut Meter<'_>,
    ) -> Result<(), CaseError> {
        let (name, part) = match original {
            Some(part) => (name(&part.sha256), *part),
            None => (DATABASE.to_owned(), self.manifest.database),
        };
        let path = self.path.clone();
        let bad = |what: String| CaseError::BadBackup {
            path,
            what: format!("{name}: {what}"),
        };
        let mut entry = match self.zip.by_name_with_options(&name, options()) {
            Ok(entry) => entry,
            Err(error) => return Err(bad(error.to_string())),
        };
        let (bytes, sha256) = match copy_hashed(&mut entry, to, part.bytes, meter)? {
            Ok(copied) => copied,
            Err(error) => return Err(bad(error.to_string())),
        };
        if (bytes, sha256) == (part.bytes, part.sha256) {
            return Ok(());
        }
        Err(bad(
            "its bytes do not have the SHA-256 that the manifest lists".to_owned(),
        ))
    }
}

fn options() -> ZipReadOptions<'static> {
    ZipReadOptions::new().enforce_header_consistency(true)
}

fn read_manifest(zip: &mut ZipArchive<BufReader<File>>) -> Result<Manifest, String> {
    let index = zip.index_for_name(MANIFEST).ok_or("it is not there")?;
    plain(
        &zip.by_index_data(index)
            .map_err(|error| error.to_string())?,
    )?;
    let entry = zip
        .by_index_with_options(index, options())
        .map_err(|error| error.to_string())?;
    // A line a file and no blanks: what is read is bounded by the number of entries.
    Manifest::read(&mut BufReader::new(entry))
}

fn plain(entry: &zip::read::ZipFileEntry<'_>) -> Result<(), String> {
    let method = entry.compression();
    if !matches!(
        method,
        CompressionMethod::Stored | CompressionMethod::Deflated
    ) {
        return Err(format!("expected it stored or deflated, found {method}"));
    }
    if entry.encrypted() {
        return Err("it is encrypted".to_owned());
    }
    if !entry.is_file() || entry.is_symlink() {
        return Err("it is no regular file".to_owned());
    }
    Ok(())
}
