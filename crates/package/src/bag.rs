//! Writing a bag: payload, manifests and tag files in one deterministic zip.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{self, Read, Seek, Write};
use std::rc::Rc;

use vestige_custody::{Hash, hex};

use crate::Watch;
use crate::digest::{Algorithm, Digests};
use crate::name::{is_safe, visible};
use crate::zip::write::ZipWriter;

/// A file of the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Its name below `data/`.
    pub name: String,
    /// Its bytes; it is refused with another number.
    pub size: u64,
    /// Its SHA-256, where it is known before: with another it is refused.
    pub sha256: Option<Hash>,
}

/// What is to be written.
#[derive(Clone, Debug)]
pub struct Bag {
    /// The one folder on top: the bag.
    pub top: String,
    /// The time of the export in UTC nanoseconds: of every entry.
    pub time: i64,
    /// Labels and values of `bag-info.txt`, in order; `Payload-Oxum` is added.
    pub info: Vec<(&'static str, String)>,
    /// The payload, in any order.
    pub payload: Vec<Payload>,
}

/// A package that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// SHA-256 of the zip.
    pub sha256: Hash,
    /// Its bytes.
    pub bytes: u64,
    /// Files of the payload.
    pub files: u64,
    /// Their bytes.
    pub payload_bytes: u64,
}

/// Why a package was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A name that no bag may hold.
    #[error("{name}: expected [A-Za-z0-9._-] in short parts, each name once whatever its case")]
    Name {
        /// The name.
        name: String,
    },
    /// A file that is not what it has to be.
    #[error("{name}: expected SHA-256 {expected}, found {found}: it was altered")]
    Altered {
        /// The name.
        name: String,
        /// In hexadecimal.
        expected: String,
        /// In hexadecimal.
        found: String,
    },
    /// Reading a file of the payload.
    #[error("{name}: {source}")]
    Payload {
        /// The name.
        name: String,
        /// What the system says.
        source: io::Error,
    },
    /// Writing the zip.
    #[error(transparent)]
    Io(io::Error),
    /// Whoever watches wants no more.
    #[error("stopped")]
    Stopped,
}

/// Opens a file of the payload from its start.
pub type Open<'a> = dyn FnMut(&Payload) -> io::Result<Box<dyn Read>> + 'a;

/// What `bagit.txt` says.
pub(crate) const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// Writes a bag to an empty output. The same arguments and files give the same bytes.
///
/// # Errors
/// [`WriteError`]; what was written by then is no package.
pub fn write<W: Read + Write + Seek>(
    out: W,
    bag: &Bag,
    open: &mut Open<'_>,
    watch: &mut dyn Watch,
) -> Result<Written, WriteError> {
    check_names(bag)?;
    let mut payload: Vec<&Payload> = bag.payload.iter().collect();
    payload.sort_by(|one, other| one.name.cmp(&other.name));
    let total = payload.iter().map(|one| one.size).sum();
    let mut writing = Writing {
        zip: ZipWriter::new(out, bag.time),
        top: &bag.top,
        watch,
        done: 0,
        total,
        stopped: false,
        manifests: Default::default(),
        tags: Default::default(),
    };
    writing.tag("bag-info.txt", &info(bag, total))?;
    writing.tag("bagit.txt", DECLARATION)?;
    for one in &payload {
        writing.payload(one, open)?;
    }
    for (algorithm, text) in Algorithm::WRITTEN.iter().zip(writing.manifests.clone()) {
        writing.tag(&format!("manifest-{}.txt", algorithm.word()), &text)?;
    }
    for (algorithm, text) in Algorithm::WRITTEN.iter().zip(writing.tags.clone()) {
        writing.tag(&format!("tagmanifest-{}.txt", algorithm.word()), &text)?;
    }
    let (bytes, sha256) = writing.finish()?;
    Ok(Written {
        sha256,
        bytes,
        files: payload.len() as u64,
        payload_bytes: total,
    })
}

fn check_names(bag: &Bag) -> Result<(), WriteError> {
    let refuse = |name: &str| WriteError::Name {
        name: visible(name),
    };
    if bag.top.contains('/') || !is_safe(&bag.top) {
        return Err(refuse(&bag.top));
    }
    let mut seen = BTreeSet::new();
    for one in &bag.payload {
        let free = seen.insert(one.name.to_lowercase());
        if !free || !is_safe(&format!("data/{}", one.name)) {
            return Err(refuse(&one.name));
        }
    }
    Ok(())
}

fn info(bag: &Bag, total: u64) -> String {
    let oxum = ("Payload-Oxum", format!("{total}.{}", bag.payload.len()));
    let all = bag.info.iter().chain(std::iter::once(&oxum));
    all.map(|(label, value)| {
        let value = visible(value);
        let value = if value.trim().is_empty() {
            "not recorded"
        } else {
            value.trim()
        };
        format!("{label}: {value}\n")
    })
    .collect()
}

/// A bag being written.
struct Writing<'a, W> {
    zip: ZipWriter<W>,
    top: &'a str,
    watch: &'a mut dyn Watch,
    done: u64,
    total: u64,
    stopped: bool,
    /// The payload manifests, one for each algorithm that is written.
    manifests: [String; 2],
    /// As `manifests`, of the tag files.
    tags: [String; 2],
}

impl<W: Read + Write + Seek> Writing<'_, W> {
    fn payload(&mut self, one: &Payload, open: &mut Open<'_>) -> Result<(), WriteError> {
        let path = format!("data/{}", one.name);
        let mut digests = Digests::of(Algorithm::WRITTEN);
        let (watch, done, total) = (&mut *self.watch, &mut self.done, self.total);
        let stopped = &mut self.stopped;
        // Whether it was the file that could not be read, or the zip that could not be written.
        let unreadable = Rc::new(Cell::new(false));
        let added = self.zip.add(
            &format!("{}/{path}", self.top),
            one.size,
            &mut || {
                let from = open(one).inspect_err(|_| unreadable.set(true))?;
                let unreadable = Rc::clone(&unreadable);
                Ok(Box::new(Source { from, unreadable }))
            },
            &mut |bytes| {
                digests.update(bytes);
                *done += bytes.len() as u64;
                *stopped |= !watch.advanced("writing the package", *done, total);
                match *stopped {
                    true => Err(io::Error::other("stopped")),
                    false => Ok(()),
                }
            },
        );
        if self.stopped {
            return Err(WriteError::Stopped);
        }
        added.map_err(|source| {
            let changed = source.kind() == io::ErrorKind::InvalidData;
            if !unreadable.get() && !changed {
                return WriteError::Io(source);
            }
            WriteError::Payload {
                name: one.name.clone(),
                source,
            }
        })?;
        if let Some(expected) = one.sha256
            && expected != digests.sha256()
        {
            return Err(WriteError::Altered {
                name: one.name.clone(),
                expected: hex(&expected),
                found: hex(&digests.sha256()),
            });
        }
        list(&mut self.manifests, &digests, &path);
        Ok(())
    }

    fn tag(&mut self, name: &str, text: &str) -> Result<(), WriteError> {
        let mut digests = Digests::of(Algorithm::WRITTEN);
        digests.update(text.as_bytes());
        let mut open = || -> io::Result<Box<dyn Read>> {
            Ok(Box::new(io::Cursor::new(text.as_bytes().to_vec())))
        };
        self.zip
            .add(
                &format!("{}/{name}", self.top),
                text.len() as u64,
                &mut open,
                &mut |_| Ok(()),
            )
            .map_err(WriteError::Io)?;
        if !name.starts_with("tagmanifest-") {
            list(&mut self.tags, &digests, name);
        }
        Ok(())
    }

    fn finish(self) -> Result<(u64, Hash), WriteError> {
        let (watch, mut stopped) = (self.watch, false);
        let finished = self.zip.finish(&mut |done| {
            stopped |= !watch.advanced("sealing the package", done, 0);
            match stopped {
                true => Err(io::Error::other("stopped")),
                false => Ok(()),
            }
        });
        if stopped {
            return Err(WriteError::Stopped);
        }
        let (_, bytes, sha256) = finished.map_err(WriteError::Io)?;
        Ok((bytes, sha256))
    }
}

/// A file of the payload being read.
struct Source {
    from: Box<dyn Read>,
    unreadable: Rc<Cell<bool>>,
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into);
        let interrupted = |error: &io::Error| error.kind() == io::ErrorKind::Interrupted;
        read.inspect_err(|error| self.unreadable.set(!interrupted(error)))
    }
}

/// Adds a line to each manifest.
fn list(manifests: &mut [String; 2], digests: &Digests, path: &str) {
    for (manifest, algorithm) in manifests.iter_mut().zip(Algorithm::WRITTEN) {
        let digest = digests.get(algorithm).unwrap_or_default();
        manifest.push_str(&format!("{}  {path}\n", hex(&digest)));
    }
}
