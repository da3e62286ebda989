//! zstd (RFC 8878): many frames in one file are one member.

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use super::codec::{Codec, Flaw, Step, Then};

/// Greatest window (as its logarithm) of an outermost zstd layer: 128 MiB, what the zstd program
/// takes without being asked.
pub(super) const WINDOW: u32 = 27;
/// Greatest window of one within other layers, so that nesting does not add up.
pub(super) const INNER_WINDOW: u32 = 23;

/// The input a frame needs to begin with.
const BEGIN: usize = 5;

/// zstd step by step.
pub(super) struct Zstd {
    decoder: Option<Decoder<'static>>,
    /// How much input the decoder asked for. It is offered no more, so that one step decompresses
    /// at most one block and a broken block takes no good one with it.
    wanted: usize,
}

impl Zstd {
    /// A decoder that refuses windows above 2^`window` bytes.
    pub(super) fn new(window: u32) -> Zstd {
        let decoder = Decoder::new().and_then(|mut decoder| {
            decoder.set_parameter(DParameter::WindowLogMax(window))?;
            Ok(decoder)
        });
        Zstd {
            decoder: decoder.ok(),
            wanted: BEGIN,
        }
    }
}

impl Codec for Zstd {
    fn step(&mut self, input: &[u8], last: bool, out: &mut [u8]) -> Step {
        let offered = input.get(..self.wanted.max(1)).unwrap_or(input);
        let (mut input, mut output) = (InBuffer::around(offered), OutBuffer::around(out));
        let result = match &mut self.decoder {
            Some(decoder) => decoder
                .run(&mut input, &mut output)
                .map_err(|error| error.to_string()),
            None => Err("no memory for a zstd decoder".to_owned()),
        };
        let (consumed, produced) = (input.pos(), output.pos());
        let then = match result {
            Ok(0) => Then::Member(None),
            Ok(wanted) => {
                self.wanted = wanted;
                if consumed > 0 || produced > 0 {
                    Then::More
                } else if last {
                    Then::Broken(Flaw::truncated("zstd", "the rest of its frame"))
                } else {
                    Then::Input
                }
            }
            Err(found) => Then::Broken(Flaw::new(
                "zstd data cannot be decompressed",
                "valid zstd data",
                found,
            )),
        };
        Step {
            consumed,
            produced,
            then,
        }
    }

    fn restart(&mut self) {
        self.wanted = BEGIN;
        if let Some(decoder) = &mut self.decoder {
            // A decoder that cannot be reset fails at its next step, which is reported.
            let _ = decoder.reinit();
        }
    }
}
