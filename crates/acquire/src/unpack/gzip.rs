//! gzip (RFC 1952): many members in one file are one member, their offsets run on.

use libdeflater::{DecompressionError, Decompressor, crc32};
use memchr::memmem;

use super::codec::{Codec, Flaw, Inflating, Step, Then, crc_flaw};
use super::kind::Compression;

/// Header, an empty deflate stream and checksums: no member is shorter.
const SHORTEST: usize = 20;
/// Places tried for the end of one member. More than one is next to impossible unless someone
/// planted them, and then the streaming decoder finds the end.
const TRIES: usize = 3;

/// What a whole-buffer decompression gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Whole {
    /// Bytes in the output.
    pub(super) produced: usize,
    /// Bytes of input that were gzip; what follows is a tail that is not.
    pub(super) consumed: usize,
}

/// Decompresses all members of `data` into `out` at the speed of libdeflate. None where that
/// cannot be done (too large for `out`, damaged): the streaming [`Gzip`] then says what is wrong.
pub(super) fn whole(inflate: &mut Decompressor, data: &[u8], out: &mut [u8]) -> Option<Whole> {
    // The size that ends the data is no more than a hint that trying is of no use.
    let stated = data
        .last_chunk::<4>()
        .map_or(0, |size| u32::from_le_bytes(*size));
    if stated as usize > out.len() {
        return None;
    }
    let (mut consumed, mut produced) = (0, 0);
    loop {
        let member = data.get(consumed..)?;
        let (length, size) = one(inflate, member, out.get_mut(produced..)?)?;
        consumed += length;
        produced += size;
        let next = data.get(consumed..)?;
        if !Compression::Gzip.begins(next) {
            return Some(Whole { produced, consumed });
        }
    }
}

/// Decompresses the first member of `data`: its stored length and its size in `out`.
///
/// libdeflate does not say where the member ended, but its footer holds checksum and size, so the
/// end is where those stand. Nearly always that is the first place where the size stands at all,
/// at the end of the data. Any other place is tried by decompressing up to it.
fn one(inflate: &mut Decompressor, data: &[u8], out: &mut [u8]) -> Option<(usize, usize)> {
    let size = match inflate.gzip_decompress(data, out) {
        Ok(size) => size,
        Err(DecompressionError::BadData | DecompressionError::InsufficientSpace) => return None,
    };
    let footer = (size as u32).to_le_bytes();
    let first = SHORTEST - footer.len();
    let (mut crc, mut tries) = (None, 0);
    for at in memmem::find_iter(data.get(first..)?, &footer) {
        let end = first + at + footer.len();
        if end == data.len() {
            return Some((end, size));
        }
        let crc = *crc.get_or_insert_with(|| crc32(out.get(..size).unwrap_or_default()));
        if data.get(end - 8..end - 4)? != crc.to_le_bytes() {
            continue;
        }
        tries += 1;
        if tries > TRIES {
            return None;
        }
        if inflate.gzip_decompress(data.get(..end)?, out) == Ok(size) {
            return Some((end, size));
        }
    }
    None
}

enum Part {
    Header,
    Body,
    Footer,
}

/// gzip step by step.
pub(super) struct Gzip {
    body: Inflating,
    part: Part,
}

impl Gzip {
    pub(super) fn new() -> Gzip {
        Gzip {
            body: Inflating::new(),
            part: Part::Header,
        }
    }

    fn header(&mut self, input: &[u8], last: bool) -> Step {
        let (consumed, then) = match header_length(input) {
            Header::Length(length) => {
                self.part = Part::Body;
                (length, Then::More)
            }
            Header::Short if last => (
                0,
                Then::Broken(Flaw::truncated("gzip", "the rest of its header")),
            ),
            Header::Short => (0, Then::Input),
            Header::Bad(found) => (
                0,
                Then::Broken(Flaw::new(
                    "no gzip header",
                    "a gzip header (RFC 1952)",
                    found,
                )),
            ),
        };
        Step {
            consumed,
            produced: 0,
            then,
        }
    }

    fn body(&mut self, input: &[u8], last: bool, out: &mut [u8]) -> Step {
        let mut step = self.body.step(input, last, out);
        if matches!(step.then, Then::Member(_)) {
            self.part = Part::Footer;
            step.then = Then::More;
        }
        step
    }

    fn footer(&self, input: &[u8], last: bool) -> Step {
        let Some([a, b, c, d, e, f, g, h]) = input.first_chunk::<8>() else {
            let flaw = || Flaw::truncated("gzip", "the checksum that ends a member");
            let then = if last {
                Then::Broken(flaw())
            } else {
                Then::Input
            };
            return Step {
                consumed: 0,
                produced: 0,
                then,
            };
        };
        let crc = u32::from_le_bytes([*a, *b, *c, *d]);
        let size = u32::from_le_bytes([*e, *f, *g, *h]);
        let flaw = crc_flaw(crc, self.body.crc.sum()).or_else(|| size_flaw(size, self.body.size));
        Step {
            consumed: 8,
            produced: 0,
            then: Then::Member(flaw),
        }
    }
}

fn size_flaw(stated: u32, found: u64) -> Option<Flaw> {
    (found as u32 != stated).then(|| {
        let expected = format!("{stated} bytes (modulo 2^32)");
        Flaw::new(
            "the size at the end of the gzip member differs",
            expected,
            format!("{found} bytes"),
        )
    })
}

impl Codec for Gzip {
    fn step(&mut self, input: &[u8], last: bool, out: &mut [u8]) -> Step {
        match self.part {
            Part::Header => self.header(input, last),
            Part::Body => self.body(input, last, out),
            Part::Footer => self.footer(input, last),
        }
    }

    fn restart(&mut self) {
        self.body.restart();
        self.part = Part::Header;
    }
}

enum Header {
    Length(usize),
    Short,
    Bad(&'static str),
}

/// Length of the header at the start of `input`.
fn header_length(input: &[u8]) -> Header {
    match input {
        [0x1F, 0x8B, 8, flags, _, _, _, _, _, _, rest @ ..] => {
            if flags & 0xE0 != 0 {
                return Header::Bad("reserved flags are set");
            }
            match fields_length(*flags, rest) {
                Some(length) => Header::Length(10 + length),
                None => Header::Short,
            }
        }
        [0x1F, 0x8B, 8, ..] | [0x1F, 0x8B] | [0x1F] | [] => Header::Short,
        _ => Header::Bad("other bytes"),
    }
}

/// Length of the optional fields: extra, name, comment, header checksum.
fn fields_length(flags: u8, rest: &[u8]) -> Option<usize> {
    let mut at = 0;
    if flags & 4 != 0 {
        let [low, high] = rest.first_chunk::<2>()?;
        at += 2 + usize::from(u16::from_le_bytes([*low, *high]));
    }
    for text in [8, 16] {
        if flags & text != 0 {
            at += 1 + memchr::memchr(0, rest.get(at..)?)?;
        }
    }
    if flags & 2 != 0 {
        at += 2;
    }
    (at <= rest.len()).then_some(at)
}
