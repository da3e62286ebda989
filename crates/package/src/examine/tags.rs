//! The tag files of a bag: what it declares, and what it says of itself.

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use super::{Examination, ExamineError, Found, ended};
use crate::bag::DECLARATION;
use crate::name::visible;

/// The largest `bagit.txt` or `bag-info.txt` that is read.
const LARGEST: u64 = 1 << 20;

impl<R: Read + Seek> Examination<'_, R> {
    /// A short tag file, none where it is not there; what keeps it from being read is a finding.
    fn text(&mut self, name: &str) -> Result<Option<String>, ExamineError> {
        let Some(entry) = self.entry(name) else {
            return Ok(None);
        };
        if entry.size > LARGEST {
            self.checks
                .fail("bag", format!("{name}: longer than is read of it"));
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let read = self.archive.unpack(&entry, &mut |piece| {
            bytes.extend_from_slice(piece);
            ControlFlow::Continue(())
        });
        // Damage is found again, and told, where all contents are read.
        ended(read)?;
        let text = String::from_utf8(bytes).ok();
        if text.is_none() {
            self.checks
                .fail("bag", format!("{name}: expected UTF-8, found other bytes"));
        }
        Ok(text)
    }

    pub(super) fn declaration(&mut self) -> Result<(), ExamineError> {
        let Some(text) = self.text("bagit.txt")? else {
            self.checks.fail(
                "bag",
                "expected a bag, found none: bagit.txt is missing or cannot be read",
            );
            return Ok(());
        };
        let mut lines = text.lines();
        let version = lines
            .next()
            .and_then(|line| line.strip_prefix("BagIt-Version: "));
        let encoding = lines.next();
        let read = ["0.93", "0.94", "0.95", "0.96", "0.97", "1.0"];
        if !version.is_some_and(|version| read.contains(&version))
            || encoding != Some("Tag-File-Character-Encoding: UTF-8")
            || lines.next().is_some()
        {
            self.checks.fail(
                "bag",
                format!(
                    "bagit.txt: expected BagIt up to version 1.0 in UTF-8, found {}",
                    visible(&text)
                ),
            );
        } else if text != DECLARATION {
            let version = version.unwrap_or_default();
            self.checks
                .warn("bag", format!("bagit.txt: BagIt {version}, an older form"));
        }
        if self.entry("fetch.txt").is_some() {
            self.checks.fail(
                "bag",
                "fetch.txt: the bag names files to be fetched from elsewhere. Nothing is fetched; a package has to hold all it speaks of",
            );
        }
        self.checks.pass(
            "bag",
            format!("a bag (BagIt {})", version.unwrap_or_default()),
        );
        Ok(())
    }

    pub(super) fn read_info(&mut self) -> Result<(), ExamineError> {
        let Some(text) = self.text("bag-info.txt")? else {
            return Ok(());
        };
        for line in text.lines() {
            match line.split_once(':') {
                // A value may go on in the next line, which is then indented.
                _ if line.starts_with([' ', '\t']) => {
                    if let Some((_, value)) = self.info.last_mut() {
                        value.push(' ');
                        value.push_str(line.trim());
                    }
                }
                Some((label, value)) => self
                    .info
                    .push((label.trim().to_owned(), value.trim().to_owned())),
                None if line.trim().is_empty() => {}
                None => self.checks.fail(
                    "info",
                    format!(
                        "bag-info.txt: expected `label: value`, found {}",
                        visible(line)
                    ),
                ),
            }
        }
        Ok(())
    }

    /// The number of files and bytes that `bag-info.txt` states.
    pub(super) fn oxum(&mut self, files: &[Found]) {
        let payload = || files.iter().filter(|one| one.name.starts_with("data/"));
        let bytes: u64 = payload().map(|one| one.size).fold(0, u64::saturating_add);
        let found = format!("{bytes}.{}", payload().count());
        match self.info_value("Payload-Oxum").map(str::to_owned) {
            None if self.is_ours() => self.checks.fail("info", "bag-info.txt: no Payload-Oxum"),
            None => {}
            Some(said) if said == found => self.checks.pass(
                "info",
                format!(
                    "bag-info.txt states the number of bytes and files that are there ({found})"
                ),
            ),
            Some(said) => {
                let said = visible(&said);
                self.checks.fail(
                    "info",
                    format!("Payload-Oxum: expected {said} (bytes.files), found {found}: files were added, removed or altered"),
                );
            }
        }
    }
}
