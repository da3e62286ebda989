//! What a file is, by its first bytes.

use super::tar;

/// How many first bytes [`sniff`] looks at.
pub(super) const HEAD: usize = 512;

/// A compression format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
    Bzip2,
}

impl Compression {
    /// Its word in [`super::Place::layers`].
    pub(super) fn word(self) -> &'static str {
        match self {
            Compression::Gzip => "gz",
            Compression::Zstd => "zst",
            Compression::Bzip2 => "bz2",
        }
    }

    /// Whether `bytes` begin a member of this format, as far as they go.
    pub(super) fn begins(self, bytes: &[u8]) -> bool {
        match self {
            Compression::Gzip => bytes.starts_with(&[0x1F, 0x8B, 8]),
            Compression::Bzip2 => {
                matches!(bytes, [b'B', b'Z', b'h', b'1'..=b'9', ..])
            }
            // A frame, or a frame to skip, which some writers put first.
            Compression::Zstd => matches!(
                bytes,
                [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..]
            ),
        }
    }
}

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Compressed(Compression),
    Zip,
    Tar,
    /// A container that is recognised and not opened.
    Unsupported(&'static str),
}

pub(super) fn sniff(head: &[u8]) -> Kind {
    for compression in [Compression::Gzip, Compression::Zstd, Compression::Bzip2] {
        if compression.begins(head) {
            return Kind::Compressed(compression);
        }
    }
    if head.starts_with(b"PK\x03\x04")
        || head.starts_with(b"PK\x05\x06")
        || head.starts_with(b"PK\x07\x08")
    {
        return Kind::Zip;
    }
    let unsupported: [(&[u8], _); 3] = [
        (b"7z\xBC\xAF\x27\x1C", "7z"),
        (b"Rar!\x1A\x07", "rar"),
        (b"\xFD7zXZ\0", "xz"),
    ];
    for (magic, word) in unsupported {
        if head.starts_with(magic) {
            return Kind::Unsupported(word);
        }
    }
    if tar::begins(head) {
        Kind::Tar
    } else {
        Kind::Plain
    }
}
