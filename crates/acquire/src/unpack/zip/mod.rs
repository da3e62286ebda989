//! zip (APPNOTE 6.3): read by its central directory, each entry compared with its local header.
//!
//! The library at hand keeps entries by name, so that of two with the same name one is lost, and
//! does not look for overlaps; evidence needs both told.

mod directory;
mod entry;
mod ranges;
mod salvage;

use std::io::{self, Write as _};

use super::archive::Names;
use super::codec::{Codec, Flaw, Inflating, Step, Then, crc_flaw};
use super::decoding::{Fault, Health, Refused};
use super::input::{Input, Space, Window};
use super::layer::Through;
use super::walk::{Flow, Halt, Walk};
use super::{Place, UnpackError};

use directory::Directory;
use entry::{Entry, Local, Method};
use ranges::Ranges;

impl Walk<'_> {
    /// Opens a zip.
    pub(super) fn zip(
        &mut self,
        at: &Place,
        mut input: Input<'_>,
        weight: f64,
        outer: &Health,
    ) -> Flow {
        let space = match &mut input {
            Input::Slice(bytes) => Space::Slice(bytes),
            Input::File(window) => Space::File(*window),
            Input::Stream { .. } => return self.zip_of_stream(at, input, weight, outer),
        };
        let directory = match Directory::find(space)? {
            Ok(directory) => directory,
            Err(fault) => {
                self.warn(at, fault);
                if self.salvage(&at.within("zip", false), space, weight)? {
                    return Ok(());
                }
                return self.deliver(at, input, outer);
            }
        };
        self.entries(&at.within("zip", false), space, &directory, weight)
    }

    /// Lays a zip that comes as a stream down in a temporary file without a name.
    fn zip_of_stream(
        &mut self,
        at: &Place,
        mut input: Input<'_>,
        weight: f64,
        outer: &Health,
    ) -> Flow {
        let folder = self.unpacker.scratch.clone();
        let failed = |source| {
            Halt::Failed(UnpackError::Scratch {
                folder: folder.clone(),
                source,
            })
        };
        let mut file = tempfile::tempfile_in(&folder).map_err(failed)?;
        let mut reader = input.reader();
        let mut buffer = self.buffer();
        loop {
            let count = super::input::fill(&mut *reader, &mut buffer)?;
            let part = buffer.get(..count).unwrap_or_default();
            file.write_all(part).map_err(failed)?;
            if count < buffer.len() {
                break;
            }
        }
        self.give_back(buffer);
        self.zip(at, Input::File(Window::whole(&file)?), weight, outer)
    }

    fn entries(
        &mut self,
        at: &Place,
        space: Space<'_>,
        directory: &Directory,
        weight: f64,
    ) -> Flow {
        for fault in &directory.faults {
            self.warn(at, fault.clone());
        }
        let mut state = Reading::new(space, weight);
        state.ranges.claim(directory.offset, space.len());
        let (mut offset, end, mut ordinal) =
            (directory.offset, directory.offset + directory.size, 0);
        while offset < end {
            let entry = match Entry::read(space, offset)? {
                Ok(entry) => entry,
                Err(flaw) => {
                    self.warn(at, Fault::partial(offset, flaw));
                    let reason = format!(
                        "the zip's central directory is damaged after {ordinal} entries; the rest of it was not read"
                    );
                    return self.reject(at, reason);
                }
            };
            let place = at.child(ordinal, &entry.name);
            if self.wants(&place) {
                self.entry(&place, &entry, &mut state)?;
            }
            offset = entry.next;
            ordinal += 1;
        }
        if u64::from(ordinal) != directory.entries {
            let flaw = Flaw::new(
                "the number of entries differs from what the zip states",
                format!("{} entries", directory.entries),
                format!("{ordinal} entries"),
            );
            self.warn(at, Fault::partial(directory.offset, flaw));
        }
        Ok(())
    }

    fn entry(&mut self, at: &Place, entry: &Entry, state: &mut Reading<'_>) -> Flow {
        self.check_name(at, &mut state.names, &entry.name, entry.offset);
        if let Some(what) = entry.special() {
            self.record(at, what, b"", entry.offset);
            return Ok(());
        }
        let local = match Local::read(state.space, entry.local_offset)? {
            Ok(local) => local,
            Err(flaw) => return self.bad_entry(at, entry, flaw),
        };
        for flaw in entry.differences(&local) {
            self.warn(at, Fault::partial(entry.local_offset, flaw));
        }
        if let Some(reason) = entry.refusal(&local) {
            return self.reject(at, reason);
        }
        let end = local.data.saturating_add(entry.compressed);
        if !state
            .ranges
            .claim(entry.local_offset, end.min(state.space.len()))
        {
            return self.reject(at, "overlaps another entry or the directory of the zip, as in a decompression bomb; if it is genuine, unpack it and import the file");
        }
        if entry.is_folder() {
            return Ok(());
        }
        self.content(
            at,
            entry,
            state.space.part(local.data, entry.compressed),
            state.weight,
        )
    }

    fn bad_entry(&mut self, at: &Place, entry: &Entry, flaw: Flaw) -> Flow {
        let reason = format!(
            "{}: expected {}, found {}",
            flaw.reason, flaw.expected, flaw.found
        );
        self.warn(at, Fault::partial(entry.local_offset, flaw));
        self.reject(at, reason)
    }

    fn content(&mut self, at: &Place, entry: &Entry, data: Space<'_>, weight: f64) -> Flow {
        if data.len() < entry.compressed {
            let expected = format!("{} bytes", entry.compressed);
            let found = format!("{} bytes before the end of the zip", data.len());
            let flaw = Flaw::new("the entry is cut short", expected, found);
            self.warn(at, Fault::partial(entry.local_offset, flaw));
        }
        let whole = self.unpacker.limits.whole as u64;
        match data {
            Space::Slice(bytes) => self.content_of_slice(at, entry, bytes, weight),
            Space::File(_) if data.len() <= whole => {
                let mut buffer = self.buffer();
                let count =
                    data.read_at(buffer.get_mut(..data.len() as usize).unwrap_or_default(), 0)?;
                let bytes = buffer.get(..count).unwrap_or_default();
                let flow = self.content_of_slice(at, entry, bytes, weight);
                self.give_back(buffer);
                flow
            }
            Space::File(_) => self.content_of_stream(at, entry, data, weight),
        }
    }

    fn content_of_slice(&mut self, at: &Place, entry: &Entry, data: &[u8], weight: f64) -> Flow {
        let health = Health::default();
        if entry.method == Method::Stored {
            check(&health, entry, libdeflater::crc32(data), data.len() as u64);
            let flow = self.open(at, Input::Slice(data), weight, &health);
            self.tell(at, &health);
            return flow;
        }
        let mut out = self.buffer();
        let flow = match self.unpacker.inflate.deflate_decompress(data, &mut out) {
            Ok(count) => self.inflated(
                at,
                entry,
                data,
                out.get(..count).unwrap_or_default(),
                weight,
            ),
            Err(_) => self.content_of_stream(at, entry, Space::Slice(data), weight),
        };
        self.give_back(out);
        flow
    }

    fn inflated(
        &mut self,
        at: &Place,
        entry: &Entry,
        data: &[u8],
        out: &[u8],
        weight: f64,
    ) -> Flow {
        let (consumed, produced) = (data.len() as u64, out.len() as u64);
        if let Some(Refused(reason)) = self.refusal(consumed, produced, weight) {
            return self.reject(at, reason);
        }
        let health = Health::default();
        check(&health, entry, libdeflater::crc32(out), produced);
        let weight = weight * consumed as f64 / produced.max(1) as f64;
        let flow = self.open(at, Input::Slice(out), weight, &health);
        self.tell(at, &health);
        flow
    }

    fn content_of_stream(
        &mut self,
        at: &Place,
        entry: &Entry,
        data: Space<'_>,
        weight: f64,
    ) -> Flow {
        let codec: Box<dyn Codec> = match entry.method {
            Method::Stored => Box::new(Stored {
                entry: entry.sums(),
                crc: libdeflater::Crc::new(),
                size: 0,
            }),
            _ => Box::new(Deflated {
                entry: entry.sums(),
                body: Inflating::new(),
            }),
        };
        let health = Health::default();
        let through = Through {
            codec,
            word: "deflate",
            more: None,
            weight,
            health: &health,
        };
        if self.decode(at, &mut data.input(), through)? {
            return Ok(());
        }
        self.tell(at, &health);
        self.reject(at, "its compressed data is damaged from the first byte on")
    }
}

/// What reading one zip carries along.
struct Reading<'a> {
    space: Space<'a>,
    weight: f64,
    names: Names,
    ranges: Ranges,
}

impl<'a> Reading<'a> {
    fn new(space: Space<'a>, weight: f64) -> Reading<'a> {
        Reading {
            space,
            weight,
            names: Names::default(),
            ranges: Ranges::default(),
        }
    }
}

/// The size of an entry that is cut off before it is stated.
const UNKNOWN: u64 = u64::MAX;

/// Checksum and size as the central directory states them.
#[derive(Clone, Copy)]
struct Sums {
    crc: u32,
    size: u64,
}

impl Sums {
    fn flaw(self, crc: u32, size: u64) -> Option<Flaw> {
        if self.size == UNKNOWN {
            let expected = "the record after its data";
            return Some(Flaw::new(
                "the entry is cut short",
                expected,
                "the end of the data",
            ));
        }
        if size != self.size {
            let (expected, found) = (format!("{} bytes", self.size), format!("{size} bytes"));
            return Some(Flaw::new(
                "the size differs from what the zip states",
                expected,
                found,
            ));
        }
        crc_flaw(self.crc, crc)
    }
}

fn check(health: &Health, entry: &Entry, crc: u32, size: u64) {
    if let Some(flaw) = entry.sums().flaw(crc, size) {
        health.note(Fault::partial(entry.local_offset, flaw));
    }
}

/// A deflated entry step by step.
struct Deflated {
    entry: Sums,
    body: Inflating,
}

impl Codec for Deflated {
    fn step(&mut self, input: &[u8], last: bool, out: &mut [u8]) -> Step {
        let mut step = self.body.step(input, last, out);
        if let Then::Member(flaw) = &mut step.then {
            *flaw = self.entry.flaw(self.body.crc.sum(), self.body.size);
        }
        step
    }

    fn restart(&mut self) {
        self.body.restart();
    }
}

/// A stored entry step by step.
struct Stored {
    entry: Sums,
    crc: libdeflater::Crc,
    size: u64,
}

impl Codec for Stored {
    fn step(&mut self, input: &[u8], last: bool, out: &mut [u8]) -> Step {
        let count = input.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), input.get(..count)) {
            to.copy_from_slice(from);
            self.crc.update(from);
        }
        self.size += count as u64;
        let then = match (count, last) {
            (0, true) => Then::Member(self.entry.flaw(self.crc.sum(), self.size)),
            (0, false) => Then::Input,
            _ => Then::More,
        };
        Step {
            consumed: count,
            produced: count,
            then,
        }
    }

    fn restart(&mut self) {
        *self = Stored {
            entry: self.entry,
            crc: libdeflater::Crc::new(),
            size: 0,
        };
    }
}

/// Little-endian numbers at fixed places of a record.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..at + 2)
        .map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// Reads exactly `buffer`, or says false.
fn read_all(space: Space<'_>, buffer: &mut [u8], offset: u64) -> io::Result<bool> {
    Ok(space.read_at(buffer, offset)? == buffer.len())
}
