//! Evidence made in code, and a visitor that writes down what it was shown.

use std::io::{Read, Write as _};
use std::ops::ControlFlow;

use vestige_acquire::unpack::{
    Content, End, Limits, Member, Place, Source, State, Unpacker, Visitor,
};
use vestige_model::Warning;

/// What a walk showed.
#[derive(Debug, Default)]
pub struct Seen {
    pub members: Vec<Shown>,
    pub rejected: Vec<(String, String)>,
    pub warnings: Vec<(String, Warning)>,
    /// Bytes of a streamed member kept; the rest is only counted.
    pub keep: usize,
    /// A member at which the walk is to end.
    pub stop_at: Option<String>,
}

#[derive(Debug)]
pub struct Shown {
    pub path: String,
    pub name: String,
    pub layers: String,
    pub whole: bool,
    pub bytes: Vec<u8>,
    pub end: Option<End>,
}

impl Visitor for Seen {
    fn member(&mut self, member: Member<'_>) -> ControlFlow<()> {
        let (whole, bytes) = match member.content {
            Content::Whole(bytes) => (true, bytes.to_vec()),
            Content::Stream(reader) => {
                let mut bytes = Vec::new();
                // What is wrong with a stream is told when it ends.
                let _ = reader.take(self.keep as u64).read_to_end(&mut bytes);
                (false, bytes)
            }
        };
        self.members.push(Shown {
            path: member.at.path.to_string(),
            name: member.at.name.clone(),
            layers: member.at.layers.clone(),
            whole,
            bytes,
            end: None,
        });
        match self.stop_at.as_ref() == Some(&member.at.name) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn ended(&mut self, at: &Place, end: End) -> ControlFlow<()> {
        let member = self
            .members
            .last_mut()
            .expect("a member ends after it was shown");
        assert_eq!((&member.path, &member.end), (&at.path.to_string(), &None));
        member.end = Some(end);
        ControlFlow::Continue(())
    }

    fn rejected(&mut self, at: &Place, reason: String) -> ControlFlow<()> {
        self.rejected.push((at.name.clone(), reason));
        ControlFlow::Continue(())
    }

    fn warning(&mut self, at: &Place, warning: Warning) {
        self.warnings.push((at.name.clone(), warning));
    }
}

impl Seen {
    /// Name, layers and text of each member.
    pub fn texts(&self) -> Vec<(&str, &str, String)> {
        let text = |shown: &Shown| String::from_utf8_lossy(&shown.bytes).into_owned();
        self.members
            .iter()
            .map(|one| (&*one.name, &*one.layers, text(one)))
            .collect()
    }

    pub fn names(&self) -> Vec<&str> {
        self.members.iter().map(|one| &*one.name).collect()
    }

    /// The only member.
    pub fn only(&self) -> &Shown {
        assert_eq!(self.members.len(), 1, "{self:?}");
        &self.members[0]
    }

    pub fn is_clean(&self) -> bool {
        self.rejected.is_empty()
            && self.warnings.is_empty()
            && self
                .members
                .iter()
                .all(|one| one.state() == &State::Complete)
    }

    pub fn warned(&self, reason: &str) -> &Warning {
        let found = self
            .warnings
            .iter()
            .find(|(_, warning)| warning.reason.contains(reason));
        &found
            .unwrap_or_else(|| panic!("no warning {reason:?} in {:?}", self.warnings))
            .1
    }

    pub fn refused(&self, reason: &str) -> &str {
        let found = self.rejected.iter().find(|(_, why)| why.contains(reason));
        &found
            .unwrap_or_else(|| panic!("no rejection {reason:?} in {:?}", self.rejected))
            .0
    }
}

impl Shown {
    pub fn state(&self) -> &State {
        &self.end.as_ref().expect("every member ends").state
    }

    pub fn is_partial(&self) -> bool {
        matches!(self.state(), State::Partial(_))
    }
}

/// Small limits, so that streaming paths are taken by small evidence.
pub fn small() -> Limits {
    Limits {
        whole: 64 << 10,
        ratio_floor: 1 << 20,
        ..Limits::default()
    }
}

pub fn walk(bytes: &[u8]) -> Seen {
    walk_with(Limits::default(), bytes)
}

pub fn walk_with(limits: Limits, bytes: &[u8]) -> Seen {
    let mut seen = Seen {
        keep: 64 << 20,
        ..Seen::default()
    };
    Unpacker::new(limits, std::env::temp_dir())
        .walk(Source::Bytes(bytes), &mut seen)
        .unwrap();
    seen
}

/// The same evidence from a file instead of from memory.
pub fn walk_file(limits: Limits, bytes: &[u8]) -> Seen {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let mut seen = Seen {
        keep: 64 << 20,
        ..Seen::default()
    };
    Unpacker::new(limits, std::env::temp_dir())
        .walk(Source::File(&file), &mut seen)
        .unwrap();
    seen
}

pub fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub fn zst(bytes: &[u8]) -> Vec<u8> {
    let mut writer = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    writer.include_checksum(true).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A zip as a library writes it.
pub fn zip(entries: &[(&str, &[u8])], deflated: bool) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let method = match deflated {
        true => zip::CompressionMethod::Deflated,
        false => zip::CompressionMethod::Stored,
    };
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An entry of a zip as no honest library writes it.
#[derive(Clone, Debug)]
pub struct RawEntry {
    pub name: Vec<u8>,
    pub local_name: Vec<u8>,
    pub flags: u16,
    pub method: u16,
    pub local_method: u16,
    pub crc: u32,
    pub size: u32,
    pub data: Vec<u8>,
    /// Where the directory says it lies, if not where it does.
    pub offset: Option<u32>,
    pub compressed: Option<u32>,
    /// Unix mode.
    pub mode: u32,
    pub extra: Vec<u8>,
}

impl RawEntry {
    pub fn stored(name: &[u8], data: &[u8]) -> RawEntry {
        RawEntry {
            name: name.to_vec(),
            local_name: name.to_vec(),
            flags: 0,
            method: 0,
            local_method: 0,
            crc: libdeflater::crc32(data),
            size: data.len() as u32,
            data: data.to_vec(),
            offset: None,
            compressed: None,
            mode: 0o100_644,
            extra: Vec::new(),
        }
    }

    pub fn deflated(name: &[u8], data: &[u8]) -> RawEntry {
        let mut writer =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        writer.write_all(data).unwrap();
        let packed = writer.finish().unwrap();
        RawEntry {
            method: 8,
            local_method: 8,
            data: packed,
            ..RawEntry::stored(name, data)
        }
    }

    pub fn local(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(b"PK\x03\x04");
        numbers16(&mut out, &[20, self.flags, self.local_method, 0, 0]);
        numbers32(&mut out, &[self.crc, self.data.len() as u32, self.size]);
        numbers16(&mut out, &[self.local_name.len() as u16, 0]);
        out.extend_from_slice(&self.local_name);
        out.extend_from_slice(&self.data);
        out
    }

    pub fn central(&self, offset: u32) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(b"PK\x01\x02");
        numbers16(&mut out, &[3 << 8 | 20, 20, self.flags, self.method, 0, 0]);
        let compressed = self.compressed.unwrap_or(self.data.len() as u32);
        numbers32(&mut out, &[self.crc, compressed, self.size]);
        numbers16(
            &mut out,
            &[self.name.len() as u16, self.extra.len() as u16, 0, 0, 0],
        );
        numbers32(&mut out, &[self.mode << 16, self.offset.unwrap_or(offset)]);
        out.extend_from_slice(&self.name);
        out.extend_from_slice(&self.extra);
        out
    }
}

pub fn raw_zip(entries: &[RawEntry]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        directory.extend_from_slice(&entry.central(out.len() as u32));
        out.extend_from_slice(&entry.local());
    }
    let offset = out.len() as u32;
    out.extend_from_slice(&directory);
    out.extend_from_slice(&end_record(
        entries.len() as u16,
        directory.len() as u32,
        offset,
    ));
    out
}

pub fn end_record(entries: u16, size: u32, offset: u32) -> Vec<u8> {
    let mut out = b"PK\x05\x06".to_vec();
    numbers16(&mut out, &[0, 0, entries, entries]);
    numbers32(&mut out, &[size, offset]);
    numbers16(&mut out, &[0]);
    out
}

pub fn numbers16(out: &mut Vec<u8>, numbers: &[u16]) {
    numbers
        .iter()
        .for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
}

pub fn numbers32(out: &mut Vec<u8>, numbers: &[u32]) {
    numbers
        .iter()
        .for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
}

pub fn numbers64(out: &mut Vec<u8>, numbers: &[u64]) {
    numbers
        .iter()
        .for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
}

/// Bytes that look like a log and compress like one.
pub fn log(bytes: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes + 200);
    let mut number: u64 = 7;
    while out.len() < bytes {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let line = format!("{{\"eventID\":\"{number:016x}\",\"eventName\":\"GetObject\"}}\n");
        out.extend_from_slice(line.as_bytes());
    }
    out.truncate(bytes);
    out
}

/// Bytes that do not compress.
pub fn noise(bytes: usize) -> Vec<u8> {
    let mut number: u64 = 1;
    let mut next = || {
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        number as u8
    };
    (0..bytes).map(|_| next()).collect()
}
