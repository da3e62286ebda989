//! One entry: its record in the central directory and its local header.

use std::io;

use super::super::codec::Flaw;
use super::super::input::Space;
use super::{Sums, read_all, u16_at, u32_at, u64_at};

const CENTRAL: usize = 46;
const LOCAL: usize = 30;
/// Sizes and checksum stand after the data.
const DESCRIPTOR: u16 = 1 << 3;
const ENCRYPTED: u16 = 1 << 0;
const AES: u16 = 99;

/// How an entry is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
    Other(u16),
}

impl Method {
    fn from_number(number: u16) -> Method {
        match number {
            0 => Method::Stored,
            8 => Method::Deflated,
            other => Method::Other(other),
        }
    }
}

/// A record of the central directory.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) offset: u64,
    pub(super) next: u64,
    pub(super) name: Vec<u8>,
    pub(super) method: Method,
    flags: u16,
    crc: u32,
    pub(super) compressed: u64,
    size: u64,
    pub(super) local_offset: u64,
    /// File type bits of a Unix mode, 0 where the maker was none.
    file_type: u32,
}

/// A local header.
#[derive(Debug)]
pub(super) struct Local {
    offset: u64,
    name: Vec<u8>,
    method: Method,
    flags: u16,
    crc: u32,
    compressed: u64,
    size: u64,
    /// Where the data begins.
    pub(super) data: u64,
}

impl Local {
    /// The header at `offset`; the inner error says what is there instead.
    pub(super) fn read(space: Space<'_>, offset: u64) -> io::Result<Result<Local, Flaw>> {
        let mut fixed = [0; LOCAL];
        let bad = |found: &str| {
            let reason = "the entry's local header is not where it should be";
            Ok(Err(Flaw::new(reason, "PK 03 04", found)))
        };
        if !read_all(space, &mut fixed, offset)? {
            return bad("the end of the data");
        }
        if !fixed.starts_with(b"PK\x03\x04") {
            return bad("other bytes");
        }
        let [name, extra] = [26, 28].map(|at| usize::from(u16_at(&fixed, at)));
        let mut rest = vec![0; name + extra];
        if !read_all(space, &mut rest, offset + LOCAL as u64)? {
            return bad("the end of the data");
        }
        let extra = rest.split_off(name);
        let mut local = Local {
            offset,
            method: Method::from_number(u16_at(&fixed, 8)),
            flags: u16_at(&fixed, 6),
            crc: u32_at(&fixed, 14),
            compressed: u64::from(u32_at(&fixed, 18)),
            size: u64::from(u32_at(&fixed, 22)),
            data: offset + (LOCAL + name + extra.len()) as u64,
            name: rest,
        };
        widen(&extra, [&mut local.size, &mut local.compressed, &mut 0]);
        Ok(Ok(local))
    }

    /// Whether checksum and sizes stand after the data.
    pub(super) fn is_described_later(&self) -> bool {
        self.flags & DESCRIPTOR != 0 && self.compressed == 0
    }
}

impl Entry {
    /// The record at `offset`.
    pub(super) fn read(space: Space<'_>, offset: u64) -> io::Result<Result<Entry, Flaw>> {
        let mut fixed = [0; CENTRAL];
        let bad = |found: &str| {
            Ok(Err(Flaw::new(
                "no entry of a central directory",
                "PK 01 02",
                found,
            )))
        };
        if !read_all(space, &mut fixed, offset)? {
            return bad("the end of the data");
        }
        if !fixed.starts_with(b"PK\x01\x02") {
            return bad("other bytes");
        }
        let lengths = [28, 30, 32].map(|at| usize::from(u16_at(&fixed, at)));
        let [name, extra, comment] = lengths;
        let mut rest = vec![0; name + extra];
        if !read_all(space, &mut rest, offset + CENTRAL as u64)? {
            return bad("the end of the data");
        }
        let extra = rest.split_off(name);
        let maker = u16_at(&fixed, 4) >> 8;
        let unix = matches!(maker, 3 | 19);
        let mut entry = Entry {
            offset,
            next: offset + (CENTRAL + name + extra.len() + comment) as u64,
            name: rest,
            method: Method::from_number(u16_at(&fixed, 10)),
            flags: u16_at(&fixed, 8),
            crc: u32_at(&fixed, 16),
            compressed: u64::from(u32_at(&fixed, 20)),
            size: u64::from(u32_at(&fixed, 24)),
            local_offset: u64::from(u32_at(&fixed, 42)),
            file_type: if unix {
                u32_at(&fixed, 38) >> 16 & 0o170_000
            } else {
                0
            },
        };
        let wide = [
            &mut entry.size,
            &mut entry.compressed,
            &mut entry.local_offset,
        ];
        widen(&extra, wide);
        Ok(Ok(entry))
    }

    /// The entry that a local header alone describes; `known` has checksum, compressed size and
    /// size where the header leaves them to what follows the data.
    pub(super) fn of_local(local: &Local, known: Option<(u32, u64, u64)>) -> Entry {
        let (crc, compressed, size) = known.unwrap_or((local.crc, local.compressed, local.size));
        Entry {
            offset: local.offset,
            next: local.data.saturating_add(compressed),
            name: local.name.clone(),
            method: local.method,
            flags: local.flags,
            crc,
            compressed,
            size,
            local_offset: local.offset,
            file_type: 0,
        }
    }

    /// Where directory and local header say different things.
    pub(super) fn differences(&self, local: &Local) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut compare = |what: &str, central: String, local: String| {
            if central != local {
                let reason = format!(
                    "the {what} in the entry's local header differs from the zip's directory"
                );
                flaws.push(Flaw::new(reason, central, local));
            }
        };
        let shown = |name: &[u8]| format!("{:?}", crate::name::shown(name));
        compare("name", shown(&self.name), shown(&local.name));
        let method = |method| format!("method {}", number(method));
        compare("method", method(self.method), method(local.method));
        if local.flags & DESCRIPTOR == 0 {
            compare(
                "checksum",
                format!("{:08x}", self.crc),
                format!("{:08x}", local.crc),
            );
            compare(
                "size",
                format!("{} bytes", self.size),
                format!("{} bytes", local.size),
            );
            compare(
                "compressed size",
                format!("{} bytes", self.compressed),
                format!("{} bytes", local.compressed),
            );
        }
        flaws
    }

    /// Why the entry is not read, if it is not.
    pub(super) fn refusal(&self, local: &Local) -> Option<String> {
        let numbers = [number(self.method), number(local.method)];
        if (self.flags | local.flags) & ENCRYPTED != 0 || numbers.contains(&AES) {
            return Some(
                "protected by a password; unpack it with the password and import the files"
                    .to_owned(),
            );
        }
        if let Method::Other(number) = self.method {
            return Some(format!(
                "stored with zip method {number}{}, which is not read (stored and deflated are); unpack it and import the file",
                method_name(number)
            ));
        }
        (self.method != local.method).then(|| {
            "the zip's directory and the entry's header name different methods; unpack it and import the file".to_owned()
        })
    }

    /// What it is where it is no file and no folder.
    pub(super) fn special(&self) -> Option<&'static str> {
        match self.file_type {
            0o120_000 => Some("symbolic link"),
            0o020_000 | 0o060_000 => Some("device"),
            0o010_000 => Some("pipe"),
            0o140_000 => Some("socket"),
            _ => None,
        }
    }

    /// A folder without content.
    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with(b"/") && self.size == 0
    }

    pub(super) fn sums(&self) -> Sums {
        Sums {
            crc: self.crc,
            size: self.size,
        }
    }
}

fn number(method: Method) -> u16 {
    match method {
        Method::Stored => 0,
        Method::Deflated => 8,
        Method::Other(number) => number,
    }
}

fn method_name(number: u16) -> &'static str {
    match number {
        9 => " (deflate64)",
        12 => " (bzip2)",
        14 => " (lzma)",
        93 => " (zstd)",
        95 => " (xz)",
        98 => " (PPMd)",
        _ => "",
    }
}

/// Takes the fields that are full (in their fixed order) from the zip64 extra field.
fn widen(mut extra: &[u8], fields: [&mut u64; 3]) {
    while extra.len() >= 4 {
        let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(mut body) = extra.get(4..4 + length) else {
            return;
        };
        if id == 1 {
            for field in fields {
                if *field == 0xFFFF_FFFF && body.len() >= 8 {
                    *field = u64_at(body, 0);
                    body = body.get(8..).unwrap_or_default();
                }
            }
            return;
        }
        extra = extra.get(4 + length..).unwrap_or_default();
    }
}
