//! Verifying a package, ours or anybody's: the zip, the bag in it, every file against every manifest.
//! Memory grows with the number of files, not with their sizes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Read, Seek};
use std::ops::ControlFlow;

use vestige_custody::{Hash, hex};

use crate::Watch;
use crate::bag::DECLARATION;
use crate::check::{Check, Findings};
use crate::digest::{Algorithm, Digests};
use crate::manifest::{self, Lines, Manifest};
use crate::name::{danger, is_safe, oddity, visible};
use crate::zip::SEAL;
use crate::zip::read::{Archive, Entry, UnpackError, ZipError};

/// The largest `bagit.txt` or `bag-info.txt` that is read.
const LARGEST: u64 = 1 << 20;

/// A file of a bag as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name below the bag's folder.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// Their SHA-256; none where it could not be read to its end.
    pub sha256: Option<Hash>,
}

/// What a package was found to be.
#[derive(Debug)]
pub struct Examined<R> {
    /// What it rests on.
    pub checks: Vec<Check>,
    /// SHA-256 of the zip; none where it is no zip.
    pub sha256: Option<Hash>,
    /// The bag's folder.
    pub top: String,
    /// Labels and values of `bag-info.txt`.
    pub info: Vec<(String, String)>,
    /// Every file of the bag.
    pub files: Vec<Found>,
    /// The zip, to read more from; none where it is no zip or no bag.
    pub archive: Option<Archive<R>>,
}

impl<R> Examined<R> {
    /// The first value of a label of `bag-info.txt`, the label in any case.
    #[must_use]
    pub fn info(&self, label: &str) -> Option<&str> {
        let named = |(one, _): &&(String, String)| one.eq_ignore_ascii_case(label);
        self.info
            .iter()
            .find(named)
            .map(|(_, value)| value.as_str())
    }

    fn refused(checks: Findings) -> Examined<R> {
        Examined {
            checks: checks.into_checks(),
            sha256: None,
            top: String::new(),
            info: Vec::new(),
            files: Vec::new(),
            archive: None,
        }
    }
}

impl<R: Read + Seek> Examined<R> {
    /// Gives the contents of a file below the bag's folder to `each`; whether there is one.
    ///
    /// # Errors
    /// [`UnpackError`].
    pub fn read(
        &mut self,
        name: &str,
        each: &mut dyn FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<bool, UnpackError> {
        let Some(archive) = &mut self.archive else {
            return Ok(false);
        };
        let name = format!("{}/{name}", self.top);
        let entry = archive.entries.iter().find(|entry| entry.name == name);
        let Some(entry) = entry.cloned() else {
            return Ok(false);
        };
        archive.unpack(&entry, each).map(|()| true)
    }
}

/// Why a package could not be examined at all; what is wrong with it is no error.
#[derive(Debug, thiserror::Error)]
pub enum ExamineError {
    /// Reading it.
    #[error(transparent)]
    Io(io::Error),
    /// Whoever watches wants no more.
    #[error("stopped")]
    Stopped,
}

/// Examines a package.
///
/// # Errors
/// [`ExamineError`].
pub fn examine<R: Read + Seek>(
    file: R,
    watch: &mut dyn Watch,
) -> Result<Examined<R>, ExamineError> {
    let mut checks = Findings::default();
    let archive = match Archive::open(file) {
        Ok(archive) => archive,
        Err(ZipError::Io(error)) => return Err(ExamineError::Io(error)),
        Err(ZipError::Wrong(what)) => {
            checks.fail(
                "zip",
                format!("{what}. Different programs may find different things in such a file; nothing of it was read"),
            );
            return Ok(Examined::refused(checks));
        }
    };
    checks.pass(
        "zip",
        format!(
            "{} entries fill the file; the directory and the headers before them say the same",
            archive.entries.len()
        ),
    );
    Examination {
        archive,
        watch,
        checks,
        top: String::new(),
        sealed: false,
        by_name: HashMap::new(),
        manifests: Vec::new(),
        info: Vec::new(),
    }
    .run()
}

struct Examination<'a, R> {
    archive: Archive<R>,
    watch: &'a mut dyn Watch,
    checks: Findings,
    top: String,
    /// Whether the zip's comment seals it.
    sealed: bool,
    /// Files of the bag by their names below its folder.
    by_name: HashMap<String, usize>,
    manifests: Vec<Manifest>,
    info: Vec<(String, String)>,
}

impl<R: Read + Seek> Examination<'_, R> {
    fn run(mut self) -> Result<Examined<R>, ExamineError> {
        let sha256 = self.seal()?;
        if !self.names() {
            return Ok(Examined {
                sha256: Some(sha256),
                ..Examined::refused(self.checks)
            });
        }
        self.declaration()?;
        self.read_info()?;
        self.read_manifests()?;
        self.form();
        self.listed();
        let files = self.contents()?;
        self.oxum(&files);
        Ok(Examined {
            checks: self.checks.into_checks(),
            sha256: Some(sha256),
            top: self.top,
            info: self.info,
            files,
            archive: Some(self.archive),
        })
    }

    /// Hashes the zip as it is and compares the digits of its comment.
    fn seal(&mut self) -> Result<Hash, ExamineError> {
        let said = std::str::from_utf8(&self.archive.comment).ok();
        let said = said
            .and_then(|text| text.strip_prefix(SEAL))
            .map(str::to_owned);
        let total = self.archive.bytes;
        let covered = total - said.as_ref().map_or(0, |digits| digits.len() as u64);
        let (mut whole, mut part) = (
            Digests::of([Algorithm::Sha256]),
            Digests::of([Algorithm::Sha256]),
        );
        let (watch, mut done) = (&mut *self.watch, 0_u64);
        let read = self.archive.raw(&mut |bytes| {
            let left = usize::try_from(covered.saturating_sub(done)).unwrap_or(usize::MAX);
            if said.is_some() {
                part.update(bytes.get(..left.min(bytes.len())).unwrap_or_default());
            }
            whole.update(bytes);
            done += bytes.len() as u64;
            go_on(watch.advanced("hashing the package", done, total))
        });
        ended(read)?;
        if let Some(said) = said {
            self.sealed = true;
            let found = hex(&part.sha256());
            if said == found {
                self.checks.pass(
                    "seal",
                    "no byte of the zip was changed since it was written",
                );
            } else {
                self.checks.fail(
                    "seal",
                    format!("expected {} over the zip as its comment says, found {found}: bytes were changed after it was written", visible(&said)),
                );
            }
        }
        Ok(whole.sha256())
    }

    /// Names, kinds and the one folder on top; whether the bag can be read.
    fn names(&mut self) -> bool {
        let (mut seen, mut folded) = (BTreeSet::new(), BTreeSet::new());
        let mut tops = BTreeSet::new();
        let mut usable = true;
        for (number, entry) in self.archive.entries.iter().enumerate() {
            let shown = visible(&entry.name);
            if let Some(why) = danger(&entry.name) {
                self.checks.fail(
                    "names",
                    format!("{shown}: {why}. It was not used as a path"),
                );
                usable = false;
                continue;
            }
            if !matches!(entry.kind, 0 | 0o100_000)
                && !(entry.is_folder() && entry.kind == 0o040_000)
            {
                self.checks.fail(
                    "names",
                    format!("{shown}: it is a link or a device, not a file; it was not followed"),
                );
                usable = false;
            }
            if !seen.insert(entry.name.trim_end_matches('/')) {
                self.checks.fail(
                    "names",
                    format!("{shown}: two entries have this name; readers would not agree which one counts"),
                );
                usable = false;
            } else if !folded.insert(entry.name.trim_end_matches('/').to_lowercase()) {
                self.checks.warn(
                    "names",
                    format!("{shown}: another name differs from it in case alone; on Windows and macOS one would overwrite the other"),
                );
            }
            if let Some(why) = oddity(&entry.name) {
                self.checks.warn("names", format!("{shown}: {why}"));
            }
            let (top, below) = entry
                .name
                .split_once('/')
                .unwrap_or((entry.name.as_str(), ""));
            if !below.is_empty() && !entry.is_folder() {
                self.by_name.insert(below.to_owned(), number);
            }
            if tops.len() < 4 {
                tops.insert(top.to_owned());
            }
            if below.is_empty() && !entry.is_folder() {
                self.checks.fail(
                    "bag",
                    format!("{shown}: expected one folder, the bag, found a file beside it"),
                );
                usable = false;
            }
        }
        if tops.len() != 1 {
            let shown: Vec<_> = tops.iter().map(|one| visible(one)).collect();
            self.checks.fail(
                "bag",
                format!(
                    "expected exactly one folder on top, the bag, found {}: {}",
                    shown.len(),
                    shown.join(", ")
                ),
            );
            return false;
        }
        self.top = tops.into_iter().next().unwrap_or_default();
        self.checks
            .pass("names", "every name is safe to unpack, and there once");
        usable
    }

    /// A file of the bag by its name.
    fn entry(&self, name: &str) -> Option<Entry> {
        let number = self.by_name.get(name)?;
        self.archive.entries.get(*number).cloned()
    }

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

    fn declaration(&mut self) -> Result<(), ExamineError> {
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

    fn read_info(&mut self) -> Result<(), ExamineError> {
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

    fn info_value(&self, label: &str) -> Option<&str> {
        let named = |(one, _): &&(String, String)| one.eq_ignore_ascii_case(label);
        self.info
            .iter()
            .find(named)
            .map(|(_, value)| value.as_str())
    }

    fn is_ours(&self) -> bool {
        let agent = self.info_value("Bag-Software-Agent").unwrap_or_default();
        self.sealed || agent.starts_with("Vestige ")
    }

    /// A package of ours has one form only; what differs was changed after it was written.
    fn form(&mut self) {
        if !self.is_ours() {
            let what = "another program's: its zip, seal and names are not compared with the form of this one";
            return self.checks.skip("form", what);
        }
        if !self.sealed {
            self.checks
                .fail("form", "the digits at the end of the zip are missing");
        }
        let moment = self.archive.entries.first().map(|one| one.moment);
        for what in self.archive.differs.clone() {
            self.checks
                .fail("form", format!("{what} is not as this program writes it"));
        }
        let names: Vec<&str> = self
            .archive
            .entries
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        let in_order = names.is_sorted();
        let safe = names.iter().all(|name| {
            name.split_once('/')
                .is_some_and(|(top, below)| is_safe(top) && is_safe(below))
        });
        let one_time = self
            .archive
            .entries
            .iter()
            .all(|one| Some(one.moment) == moment);
        for (holds, what) in [
            (in_order, "the entries are not in the order of their names"),
            (safe, "a name is not one that this program gives"),
            (one_time, "the entries do not have one time"),
        ] {
            if !holds {
                self.checks.fail("form", what);
            }
        }
        self.checks
            .pass("form", "the zip has the one form that this program writes");
    }

    fn read_manifests(&mut self) -> Result<(), ExamineError> {
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
    fn listed(&mut self) {
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
    fn contents(&mut self) -> Result<Vec<Found>, ExamineError> {
        let names: HashMap<usize, String> = self
            .by_name
            .drain()
            .map(|(name, number)| (number, name))
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

    /// The number of files and bytes that `bag-info.txt` states.
    fn oxum(&mut self, files: &[Found]) {
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

fn go_on(yes: bool) -> ControlFlow<()> {
    match yes {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(()),
    }
}

/// What ends an examination; damage does not.
fn ended(read: Result<(), UnpackError>) -> Result<(), ExamineError> {
    match read {
        Ok(()) | Err(UnpackError::Damaged(_)) => Ok(()),
        Err(UnpackError::Io(error)) => Err(ExamineError::Io(error)),
        Err(UnpackError::Stopped) => Err(ExamineError::Stopped),
    }
}
