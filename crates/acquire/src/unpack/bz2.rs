//! bzip2: many streams in one file (as parallel compressors write them) are one member.

use bzip2::{Decompress, Status};

use super::codec::{Codec, Flaw, Step, Then};

/// bzip2 step by step.
pub(super) struct Bzip2(Decompress);

impl Bzip2 {
    pub(super) fn new() -> Bzip2 {
        Bzip2(Decompress::new(false))
    }
}

impl Codec for Bzip2 {
    fn step(&mut self, input: &[u8], last: bool, out: &mut [u8]) -> Step {
        let (before_in, before_out) = (self.0.total_in(), self.0.total_out());
        let result = self.0.decompress(input, out);
        let consumed = (self.0.total_in() - before_in) as usize;
        let produced = (self.0.total_out() - before_out) as usize;
        let then = match result {
            Ok(Status::StreamEnd) => Then::Member(None),
            Ok(_) if consumed > 0 || produced > 0 => Then::More,
            Ok(_) if last => Then::Broken(Flaw::truncated("bzip2", "the rest of its stream")),
            Ok(_) => Then::Input,
            Err(error) => Then::Broken(Flaw::new(
                "bzip2 data cannot be decompressed",
                "valid bzip2 data",
                error.to_string(),
            )),
        };
        Step {
            consumed,
            produced,
            then,
        }
    }

    fn restart(&mut self) {
        self.0 = Decompress::new(false);
    }
}
