//! An import's work in the workers, stage by stage on one thread: each pass does all that the
//! pass before did and one thing more, so that the difference is the price of that thing.

use std::ops::ControlFlow;

use anyhow::Result;
use sha2::{Digest as _, Sha256};
use vestige_acquire::intake::Listed;
use vestige_acquire::original::{self, hex};
use vestige_acquire::unpack::{Content, End, Limits, Member, Place, Unpacker, Visitor};
use vestige_formats::{Input, Sink, Span};
use vestige_model::{Event, Locator, Warning, canonical};
use vestige_store::batch::{Chunk, Encoder};
use vestige_store::term::HashKey;

use crate::measure::{Took, best, time};

/// How far a pass goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Files are read and hashed.
    Receive,
    /// And decompressed.
    Unpack,
    /// And identified and read by their format, rows thrown away.
    Parse,
    /// And rows are normalised.
    Normalise,
    /// And written in canonical form, with its digest.
    Canonical,
    /// And encoded into chunks for the writer.
    Encode,
}

/// The passes and what each adds.
pub const PASSES: [(Depth, &str); 6] = [
    (Depth::Receive, "read and SHA-256"),
    (Depth::Unpack, "decompress"),
    (Depth::Parse, "parse"),
    (Depth::Normalise, "normalise"),
    (Depth::Canonical, "canonical row, rows digest"),
    (Depth::Encode, "encode: terms, roll-ups, row"),
];

/// Any key: how fast texts are hashed does not depend on it.
const KEY: HashKey = HashKey([7; 16]);

/// What each pass adds, in seconds of processor time, best of `times`.
///
/// # Errors
/// Where evidence cannot be read.
pub fn costs(files: &[Listed], times: usize) -> Result<Vec<(&'static str, f64)>> {
    let (mut costs, mut before) = (Vec::new(), 0.0);
    for (depth, name) in PASSES {
        let ((), took) = best(times, || pass(files, depth))?;
        costs.push((name, took.own - before));
        before = took.own;
    }
    Ok(costs)
}

fn pass(files: &[Listed], depth: Depth) -> Result<((), Took)> {
    let (done, took) = time(|| walk(files, depth, &mut |_| ()));
    done?;
    Ok(((), took))
}

/// Everything that workers do to these files; the chunks of each file go to `keep`.
///
/// # Errors
/// Where evidence cannot be read.
pub fn chunks(files: &[Listed], keep: &mut dyn FnMut(Vec<Chunk>)) -> Result<()> {
    walk(files, Depth::Encode, keep)
}

fn walk(files: &[Listed], depth: Depth, keep: &mut dyn FnMut(Vec<Chunk>)) -> Result<()> {
    let mut unpacker = Unpacker::new(Limits::default(), std::env::temp_dir());
    let mut buffer = Vec::new();
    let mut probe = Probe::new(depth);
    for file in files {
        let received = original::receive_in_place(file, &mut buffer)?;
        probe.evidence = hex(&received.sha256).chars().take(16).collect();
        if depth > Depth::Receive {
            unpacker.walk(received.source(&buffer), &mut probe)?;
        }
        probe.hand_over();
        keep(std::mem::take(&mut probe.chunks));
    }
    Ok(())
}

/// Goes as far as its depth with every member and record.
struct Probe {
    depth: Depth,
    evidence: String,
    encoder: Encoder,
    canonical: canonical::Canonical,
    digest: Sha256,
    chunks: Vec<Chunk>,
}

impl Probe {
    fn new(depth: Depth) -> Probe {
        Probe {
            depth,
            evidence: String::new(),
            encoder: Encoder::new(KEY),
            canonical: canonical::Canonical::default(),
            digest: Sha256::new(),
            chunks: Vec::new(),
        }
    }

    fn hand_over(&mut self) {
        let chunk = self.encoder.take_chunk();
        if chunk.rows() > 0 {
            self.chunks.push(chunk);
        }
    }

    fn row(&mut self, at: &Locator, event: &Event<'_>) {
        let place = canonical::Place {
            evidence: &self.evidence,
            member: "",
        };
        if self.depth == Depth::Canonical {
            self.digest.update(self.canonical.row(place, at, event));
        }
        if self.depth == Depth::Encode {
            self.encoder.push(place, 0, at, event);
            if self.encoder.full() {
                self.hand_over();
            }
        }
    }
}

impl Visitor for Probe {
    fn member(&mut self, member: Member<'_>) -> ControlFlow<()> {
        if self.depth < Depth::Parse {
            if let Content::Stream(stream) = member.content {
                let _ = std::io::copy(stream, &mut std::io::sink());
            }
            return ControlFlow::Continue(());
        }
        if let Content::Whole(bytes) = member.content {
            let head = bytes.get(..256 << 10).unwrap_or(bytes);
            let identity = vestige_formats::identify(head, head.len() == bytes.len());
            if let Some(format) = identity.format {
                format.read(identity.envelope, &mut Input::whole(bytes), self);
            }
        }
        ControlFlow::Continue(())
    }

    fn ended(&mut self, _: &Place, _: End) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn rejected(&mut self, _: &Place, _: String) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn warning(&mut self, _: &Place, _: Warning) {}
}

impl Sink for Probe {
    fn stored(&mut self, span: Span, _: &[u8], events: &mut [Event<'_>]) {
        if self.depth < Depth::Normalise {
            std::hint::black_box(events);
            return;
        }
        let several = events.len() > 1;
        for (event, sub) in events.iter_mut().zip(0..) {
            event.normalise(0);
            let at = Locator {
                offset: span.offset,
                length: span.length,
                sub: several.then_some(sub),
                decode: span.decode,
            };
            self.row(&at, event);
        }
    }

    fn rejected(&mut self, _: Warning) {}

    fn ignored(&mut self, _: Span, _: &str) {}

    fn warned(&mut self, _: Warning) {}

    fn context(&mut self, _: Vec<u8>) {}

    fn stopped(&self) -> bool {
        false
    }
}
