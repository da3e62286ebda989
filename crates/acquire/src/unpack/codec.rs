//! One decompression step, the same for every format.

use flate2::{Decompress, FlushDecompress, Status};
use libdeflater::Crc;

/// What one step did.
pub(super) struct Step {
    pub(super) consumed: usize,
    pub(super) produced: usize,
    pub(super) then: Then,
}

/// What follows a step.
pub(super) enum Then {
    /// Another step.
    More,
    /// More input than was offered.
    Input,
    /// The member is over; something may be wrong with its checksum.
    Member(Option<Flaw>),
    /// The data cannot be decompressed further.
    Broken(Flaw),
}

/// Something wrong with compressed data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) reason: String,
    pub(super) expected: String,
    pub(super) found: String,
}

impl Flaw {
    pub(super) fn new(
        reason: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Flaw {
        Flaw {
            reason: reason.into(),
            expected: expected.into(),
            found: found.into(),
        }
    }

    /// The data ends too early.
    pub(super) fn truncated(format: &str, expected: &str) -> Flaw {
        Flaw::new(
            format!("{format} data ends too early"),
            expected,
            "the end of the data",
        )
    }
}

/// Decompresses step by step. What was produced before a flaw is good and kept.
pub(super) trait Codec {
    /// Decompresses from `input` into `out`; `last` says that no input follows after it.
    fn step(&mut self, input: &[u8], last: bool, out: &mut [u8]) -> Step;

    /// Prepares for another member.
    fn restart(&mut self);
}

/// Raw deflate with a running checksum and size, as gzip and zip use it.
pub(super) struct Inflating {
    inflate: Decompress,
    pub(super) crc: Crc,
    pub(super) size: u64,
}

impl Inflating {
    pub(super) fn new() -> Inflating {
        Inflating {
            inflate: Decompress::new(false),
            crc: Crc::new(),
            size: 0,
        }
    }

    pub(super) fn restart(&mut self) {
        self.inflate.reset(false);
        self.crc = Crc::new();
        self.size = 0;
    }

    /// One step; `Then::Member` at the end of the deflate stream.
    pub(super) fn step(&mut self, input: &[u8], last: bool, out: &mut [u8]) -> Step {
        let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
        let result = self.inflate.decompress(input, out, FlushDecompress::None);
        let consumed = (self.inflate.total_in() - before_in) as usize;
        let produced = (self.inflate.total_out() - before_out) as usize;
        self.crc.update(out.get(..produced).unwrap_or_default());
        self.size += produced as u64;
        let then = match result {
            Ok(Status::StreamEnd) => Then::Member(None),
            Ok(_) if consumed > 0 || produced > 0 => Then::More,
            Ok(_) if last => Then::Broken(Flaw::truncated("deflate", "more compressed data")),
            Ok(_) => Then::Input,
            Err(error) => Then::Broken(Flaw::new(
                "deflate data is damaged",
                "valid deflate data",
                error.to_string(),
            )),
        };
        Step {
            consumed,
            produced,
            then,
        }
    }
}

/// What a checksum should be and is.
pub(super) fn crc_flaw(expected: u32, found: u32) -> Option<Flaw> {
    (expected != found).then(|| {
        Flaw::new(
            "the checksum differs: the content is not what was stored",
            format!("CRC-32 {expected:08x}"),
            format!("CRC-32 {found:08x}"),
        )
    })
}
