//! tar (ustar, pax, GNU, and the oldest without a magic), read as a stream.
//!
//! The library at hand reads the headers. The walk over them is ours: it must not believe the
//! size of an extension, must go on after damage, and must give entries of a file in memory
//! without copying them.

mod cursor;
mod extension;

use tar::{EntryType, Header};

use super::Place;
use super::archive::Names;
use super::codec::Flaw;
use super::decoding::{Fault, Health};
use super::input::{Input, fill};
use super::walk::{Flow, Halt, Walk};

use cursor::{BLOCK, Cursor};
use extension::Extensions;

/// Whether `head` begins a tar: a header whose checksum is right, or the magic of one.
pub(super) fn begins(head: &[u8]) -> bool {
    head.first_chunk::<BLOCK>()
        .is_some_and(|block| valid(block) && (magic(block) || old(block)))
}

fn magic(block: &[u8; BLOCK]) -> bool {
    block.get(257..262) == Some(b"ustar")
}

/// A header of the oldest form, told by more than its checksum.
fn old(block: &[u8; BLOCK]) -> bool {
    block[0] != 0 && matches!(block[156], 0 | b'0'..=b'7') && header(block).entry_size().is_ok()
}

fn header(block: &[u8; BLOCK]) -> &Header {
    Header::from_byte_slice(block)
}

/// Whether the checksum is right: the sum of all bytes with its own taken as blanks, as signed
/// bytes in some old archives.
fn valid(block: &[u8; BLOCK]) -> bool {
    let Ok(stated) = header(block).cksum() else {
        return false;
    };
    let others = || {
        block.iter().enumerate().map(|(at, byte)| {
            if (148..156).contains(&at) {
                b' '
            } else {
                *byte
            }
        })
    };
    let unsigned: u32 = others().map(u32::from).sum();
    let signed: i32 = others().map(|byte| i32::from(byte as i8)).sum();
    unsigned == stated || i64::from(signed) == i64::from(stated)
}

/// What reading one tar carries along.
struct Reading<'a> {
    cursor: Cursor<'a>,
    weight: f64,
    names: Names,
    ordinal: u32,
    extensions: Extensions,
    ended: bool,
}

impl Walk<'_> {
    /// Opens a tar.
    pub(super) fn tar(&mut self, at: &Place, mut input: Input<'_>, weight: f64) -> Flow {
        let at = &at.within("tar", false);
        let mut reading = Reading {
            cursor: Cursor::new(&mut input),
            weight,
            names: Names::default(),
            ordinal: 0,
            extensions: Extensions::default(),
            ended: false,
        };
        let mut block = [0; BLOCK];
        loop {
            self.unpacker.stop.check()?;
            let offset = reading.cursor.at;
            match reading.cursor.read(&mut block)? {
                0 => break,
                BLOCK if block.iter().all(|byte| *byte == 0) => reading.ended = true,
                count if count < BLOCK && block.iter().take(count).all(|byte| *byte == 0) => break,
                BLOCK if valid(&block) => self.header(at, &mut reading, &block, offset)?,
                count => {
                    if !self.damaged(
                        at,
                        &mut reading,
                        block.get(..count).unwrap_or_default(),
                        offset,
                    )? {
                        break;
                    }
                }
            }
        }
        if !reading.ended {
            let flaw = Flaw::new(
                "the tar has no end mark; it may be cut short",
                "two blocks of zeros",
                "the end of the data",
            );
            self.warn(at, Fault::partial(reading.cursor.at, flaw));
        }
        Ok(())
    }

    /// Passes over bytes that are no header, to the next header. False at the end of the data.
    fn damaged(
        &mut self,
        at: &Place,
        reading: &mut Reading<'_>,
        bytes: &[u8],
        offset: u64,
    ) -> Result<bool, Halt> {
        let (mut block, first) = ([0; BLOCK], bytes.to_vec());
        let mut next = None;
        loop {
            self.unpacker.stop.check()?;
            let here = reading.cursor.at;
            if reading.cursor.read(&mut block)? < BLOCK {
                break;
            }
            if valid(&block) && (magic(&block) || old(&block)) {
                next = Some(here);
                break;
            }
        }
        let end = next.unwrap_or(reading.cursor.at);
        let what = if reading.ended {
            "bytes after the tar's end mark"
        } else {
            "a damaged header in the tar"
        };
        let mut warning = vestige_model::Warning::about(
            offset,
            &first,
            format!("{what}; {} bytes were passed over", end - offset),
        )
        .expected("a tar header", "other bytes");
        warning.length = end - offset;
        self.tell_warning(at, warning);
        if !reading.ended {
            let reason = format!(
                "the tar is damaged at offset {offset}: {} bytes of it were not read",
                end - offset
            );
            self.reject(at, reason)?;
        }
        match next {
            Some(here) => self.header(at, reading, &block, here).map(|()| true),
            None => {
                reading.ended = true;
                Ok(false)
            }
        }
    }

    fn header(
        &mut self,
        at: &Place,
        reading: &mut Reading<'_>,
        block: &[u8; BLOCK],
        offset: u64,
    ) -> Flow {
        let header = header(block);
        if std::mem::take(&mut reading.ended) {
            let flaw = Flaw::new(
                "the tar goes on after its end mark; what follows is read too",
                "the end of the data",
                "another header",
            );
            self.warn(at, Fault::partial(offset, flaw));
        }
        let Ok(stated) = header.entry_size() else {
            let flaw = Flaw::new(
                "the size of an entry in the tar cannot be read",
                "an octal number",
                "other bytes",
            );
            self.warn(at, Fault::partial(offset, flaw));
            return Ok(());
        };
        if extension::is(header.entry_type()) {
            return self.extension(at, reading, header.entry_type(), stated, offset);
        }
        let extensions = std::mem::take(&mut reading.extensions);
        let name = extensions
            .path
            .unwrap_or_else(|| header.path_bytes().into_owned());
        let size = extensions.size.unwrap_or(stated);
        let place = at.child(reading.ordinal, &name);
        reading.ordinal = reading.ordinal.saturating_add(1);
        let kind = header.entry_type();
        let data = if has_data(kind) { size } else { 0 };
        if !self.wants(&place) {
            return Ok(reading.cursor.skip(padded(data))?);
        }
        self.check_name(&place, &mut reading.names, &name, offset);
        if let Some(what) = special(kind) {
            let target = extensions
                .link
                .unwrap_or_else(|| header.link_name_bytes().unwrap_or_default().into_owned());
            self.record(&place, what, &target, offset);
            return Ok(reading.cursor.skip(padded(data))?);
        }
        if kind.is_dir() || name.ends_with(b"/") && data == 0 {
            return Ok(reading.cursor.skip(padded(data))?);
        }
        if kind.is_gnu_sparse() || extensions.sparse {
            self.reject(&place, "a sparse file inside a tar, whose holes are not filled in; unpack the tar and import the file")?;
            return Ok(reading.cursor.skip(padded(data))?);
        }
        self.file(&place, reading, size, offset)
    }

    fn extension(
        &mut self,
        at: &Place,
        reading: &mut Reading<'_>,
        kind: EntryType,
        size: u64,
        offset: u64,
    ) -> Flow {
        let keep = size.min(extension::LONGEST);
        let mut bytes = vec![0; keep as usize];
        let count = reading.cursor.read(&mut bytes)?;
        bytes.truncate(count);
        reading.cursor.skip(padded(size) - count as u64)?;
        if size > keep {
            let flaw = Flaw::new(
                "an extended header of the tar is too long; only its beginning was read",
                format!("at most {} bytes", extension::LONGEST),
                format!("{size} bytes"),
            );
            self.warn(at, Fault::partial(offset, flaw));
        }
        reading.extensions.add(kind, &bytes);
        Ok(())
    }

    /// Opens the content of an entry and passes over it to the next header.
    fn file(&mut self, at: &Place, reading: &mut Reading<'_>, size: u64, offset: u64) -> Flow {
        let health = Health::default();
        let after = reading.cursor.at.saturating_add(padded(size));
        let weight = reading.weight;
        if let Some(part) = reading.cursor.part(size) {
            if part.len() < size {
                health.note(cut_short(offset, size, part.len()));
            }
            let flow = self.open(at, part.input(), weight, &health);
            self.tell(at, &health);
            reading.cursor.seek(after);
            return flow;
        }
        let mut buffer = self.buffer();
        let flow = self.file_of_stream(at, reading, size, offset, &mut buffer, &health);
        self.tell(at, &health);
        self.give_back(buffer);
        flow?;
        Ok(reading
            .cursor
            .skip(after.saturating_sub(reading.cursor.at))?)
    }

    fn file_of_stream(
        &mut self,
        at: &Place,
        reading: &mut Reading<'_>,
        size: u64,
        offset: u64,
        buffer: &mut [u8],
        health: &Health,
    ) -> Flow {
        let weight = reading.weight;
        let mut limited = reading
            .cursor
            .limited(size, |found| health.note(cut_short(offset, size, found)));
        let count = fill(&mut limited, buffer)?;
        let head = buffer.get(..count).unwrap_or_default();
        if count < buffer.len() {
            return self.open(at, Input::Slice(head), weight, health);
        }
        self.open(
            at,
            Input::Stream {
                head,
                rest: &mut limited,
            },
            weight,
            health,
        )
    }
}

fn cut_short(offset: u64, size: u64, found: u64) -> Fault {
    let flaw = Flaw::new(
        "the entry is cut short",
        format!("{size} bytes"),
        format!("{found} bytes before the end of the tar"),
    );
    Fault::partial(offset, flaw)
}

/// The size of an entry with what fills its last block.
fn padded(size: u64) -> u64 {
    size.checked_next_multiple_of(BLOCK as u64)
        .unwrap_or(u64::MAX)
}

/// Whether an entry of this kind has data after its header.
fn has_data(kind: EntryType) -> bool {
    !(special(kind).is_some() || kind.is_dir())
}

fn special(kind: EntryType) -> Option<&'static str> {
    match kind {
        EntryType::Link => Some("hard link"),
        EntryType::Symlink => Some("symbolic link"),
        EntryType::Char | EntryType::Block => Some("device"),
        EntryType::Fifo => Some("pipe"),
        _ => None,
    }
}
