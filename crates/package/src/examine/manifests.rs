//! The manifests, and every file compared with each of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{Read, Seek};
use std::ops::ControlFlow;

use vestige_custody::hex;

use super::{Examination, ExamineError, Found, ended, go_on};
use crate::check::Findings;
use crate::digest::{Algorithm, Digests};
use crate::manifest::{self, Lines, Manifest};
use crate::name::visible;
use crate::zip::read::UnpackError;

impl<R: Read + Seek> Examination<'_, R> {
    pub(super) fn read_manifests(&mut self) -> Result<(), ExamineError> {
        let mut names: Vec<String> = self.by_name.keys().cloned().collect();
        names.sort();
        for name in names {
            match manifest::of_name(&name) {
                None => {}
                Some((_, Err(word))) => {
                    let word = visible(word);
                    self.checks.warn(
                        "manifests",
                        format!(
                            "{name}: digests of the kind {word} are not read; it was not compared"
                        ),
                    );
                }
                Some((of_tags, Ok(algorithm))) => self.read_manifest(&name, of_tags, algorithm)?,
            }
        }
        if !self.manifests.iter().any(|one| !one.of_tags) {
            self.checks.fail(
                "manifests",
                "expected a manifest of the payload, found none that is read: nothing says what the files have to be",
            );
        }
        let strong = |one: &Manifest| !one.of_tags && one.algorithm.is_strong();
        if !self.manifests.iter().any(strong) && !self.manifests.is_empty() {
            self.checks.warn(
                "manifests",
                "only MD5 or SHA-1 digests: they show damage, not intent, since two files with one such digest can be made",
            );
        }
        Ok(())
    }

    fn read_manifest(
        &mut self,
        name: &str,
        of_tags: bool,
        algorithm: Algorithm,
    ) -> Result<(), ExamineError> {
        let Some(entry) = self.entry(name) else {
            return Ok(());
        };
        if !algorithm.is_strong() {
            self.checks.warn(
                "manifests",
                format!(
                    "{name}: compared, but {} no longer stands against intent",
                    algorithm.word()
                ),
            );
        }
        let mut reading = Reading {
            name,
            by_name: &self.by_name,
            checks: &mut self.checks,
            manifest: Manifest {
                algorithm,
                of_tags,
                listed: BTreeMap::new(),
            },
        };
        let mut lines = Lines::default();
        let read = self.archive.unpack(&entry, &mut |piece| {
            lines.push(piece, &mut |line| reading.line(line));
            ControlFlow::Continue(())
        });
        lines.end(&mut |line| reading.line(line));
        let manifest = reading.manifest;
        ended(read)?;
        if lines.too_long {
            self.checks.fail(
                "manifests",
                format!("{name}: a line is longer than is read"),
            );
        }
        self.manifests.push(manifest);
        Ok(())
    }

    /// Every file of the payload is in every payload manifest; tag files should be in theirs.
    pub(super) fn listed(&mut self) {
        let ours = self.is_ours();
        let mut names: Vec<(&String, &usize)> = self.by_name.iter().collect();
        names.sort();
        let mut payload = 0;
        for (name, number) in names {
            let is_payload = name.starts_with("data/");
            payload += u64::from(is_payload);
            for manifest in self
                .manifests
                .iter()
                .filter(|one| one.of_tags != is_payload)
            {
                let word = manifest.algorithm.word();
                if manifest.listed.contains_key(number) || name.starts_with("tagmanifest-") {
                    continue;
                }
                let shown = visible(name);
                if is_payload {
                    self.checks.fail(
                        "payload",
                        format!("{shown}: it is in the package and not in manifest-{word}.txt: it was added, or its line was removed"),
                    );
                } else if ours {
                    self.checks
                        .fail("payload", format!("{shown}: not in tagmanifest-{word}.txt"));
                } else {
                    self.checks
                        .warn("payload", format!("{shown}: not in tagmanifest-{word}.txt"));
                }
            }
        }
        let written = |of_tags: bool, algorithm: Algorithm| {
            let same = |one: &Manifest| (one.of_tags, one.algorithm) == (of_tags, algorithm);
            self.manifests.iter().any(same)
        };
        for algorithm in Algorithm::WRITTEN {
            if ours && !(written(false, algorithm) && written(true, algorithm)) {
                let word = algorithm.word();
                self.checks
                    .fail("manifests", format!("a manifest of {word} is missing"));
            }
        }
        if payload == 0 {
            self.checks
                .fail("payload", "expected files below data/, found none");
        }
    }

    /// Reads every file and compares it with every manifest.
    pub(super) fn contents(&mut self) -> Result<Vec<Found>, ExamineError> {
        let names: HashMap<usize, String> = self
            .by_name
            .iter()
            .map(|(name, number)| (*number, name.clone()))
            .collect();
        let entries = self.archive.entries.clone();
        let total = entries.iter().map(|one| one.packed).sum();
        let (mut files, mut before) = (Vec::new(), 0_u64);
        for (number, entry) in entries.iter().enumerate() {
            let wanted = self
                .manifests
                .iter()
                .filter(|one| one.listed.contains_key(&number));
            let wanted = wanted.map(|one| one.algorithm).chain([Algorithm::Sha256]);
            let mut digests = Digests::of(wanted.collect::<BTreeSet<_>>());
            let (watch, mut done) = (&mut *self.watch, 0_u64);
            let read = self.archive.unpack(entry, &mut |bytes| {
                digests.update(bytes);
                done += bytes.len() as u64;
                go_on(watch.advanced(
                    "comparing the files",
                    before + done.min(entry.packed),
                    total,
                ))
            });
            before += entry.packed;
            let shown = visible(&entry.name);
            let whole = match read {
                Err(UnpackError::Damaged(what)) => {
                    self.checks.fail("payload", format!("{shown}: {what}"));
                    false
                }
                other => ended(other).map(|()| true)?,
            };
            let Some(name) = names.get(&number) else {
                continue;
            };
            if whole {
                self.compare(number, &shown, &digests);
            }
            files.push(Found {
                name: name.clone(),
                size: entry.size,
                sha256: whole.then(|| digests.sha256()),
            });
        }
        let count = files
            .iter()
            .filter(|one| one.name.starts_with("data/"))
            .count();
        self.checks
            .pass("manifests", "every line names a file that is there");
        self.checks.pass(
            "payload",
            format!("{count} files are what every manifest says, and no others are there"),
        );
        Ok(files)
    }

    fn compare(&mut self, number: usize, shown: &str, digests: &Digests) {
        for manifest in &self.manifests {
            let Some(expected) = manifest.listed.get(&number) else {
                continue;
            };
            let found = digests.get(manifest.algorithm).unwrap_or_default();
            if found != *expected {
                self.checks.fail(
                    "payload",
                    format!(
                        "{shown}: expected {} {}, found {}: the file or the manifest was altered",
                        manifest.algorithm.word(),
                        hex(expected),
                        hex(&found)
                    ),
                );
            }
        }
    }
}

/// A manifest being read.
struct Reading<'a> {
    name: &'a str,
    by_name: &'a HashMap<String, usize>,
    checks: &'a mut Findings,
    manifest: Manifest,
}

impl Reading<'_> {
    fn line(&mut self, line: &[u8]) {
        if line.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let name = self.name;
        let Some((digest, path)) = manifest::line(self.manifest.algorithm, line) else {
            let shown = visible(&String::from_utf8_lossy(line));
            return self.checks.fail(
                "manifests",
                format!("{name}: expected a digest and a path, found {shown}"),
            );
        };
        let path = path.strip_prefix("./").unwrap_or(&path);
        let shown = visible(path);
        if path.starts_with("data/") == self.manifest.of_tags {
            return self.checks.fail(
                "manifests",
                format!("{name}: {shown} does not belong into this manifest"),
            );
        }
        match self.by_name.get(path) {
            None => self.checks.fail(
                "manifests",
                format!(
                    "{name}: {shown} is listed and not in the package: it was removed or renamed"
                ),
            ),
            Some(number) => {
                if self.manifest.listed.insert(*number, digest).is_some() {
                    self.checks
                        .fail("manifests", format!("{name}: {shown} is listed twice"));
                }
            }
        }
    }
}
