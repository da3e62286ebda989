//! One layer of compression, and the account of its ratio.

use super::Place;
use super::bz2::Bzip2;
use super::codec::Codec;
use super::decoding::{Decoding, Fault, Health, Meter, Refused};
use super::gzip::{self, Gzip};
use super::input::{Input, fill};
use super::kind::Compression;
use super::walk::{Flow, Halt, Walk};
use super::zst::{self, Zstd};

/// Compressions on the way to a member, archives in between or not; a file that decompresses to
/// itself has no end.
const CODECS: usize = 4;

/// How a layer is decompressed.
pub(super) struct Through<'a> {
    pub(super) codec: Box<dyn Codec>,
    pub(super) word: &'static str,
    pub(super) more: Option<Compression>,
    pub(super) weight: f64,
    pub(super) health: &'a Health,
}

impl Walk<'_> {
    /// Opens compressed bytes.
    pub(super) fn compressed(
        &mut self,
        at: &Place,
        mut input: Input<'_>,
        format: Compression,
        weight: f64,
        outer: &Health,
    ) -> Flow {
        if at.codecs >= CODECS {
            return self.reject(at, format!("compressed more than {CODECS} times over, as a file that decompresses to itself is; decompress it and import the result"));
        }
        let inner = at.within(format.word(), true);
        if let (Compression::Gzip, Input::Slice(data)) = (format, &input) {
            let mut out = self.buffer();
            let whole = gzip::whole(&mut self.unpacker.inflate, data, &mut out);
            if let Some(whole) = whole {
                let flow = self.gunzipped(&inner, data, &out, &whole, weight);
                self.give_back(out);
                return flow;
            }
            self.give_back(out);
        }
        let codec: Box<dyn Codec> = match format {
            Compression::Gzip => Box::new(Gzip::new()),
            Compression::Bzip2 => Box::new(Bzip2::new()),
            Compression::Zstd if at.codecs == 0 => Box::new(Zstd::new(zst::WINDOW)),
            Compression::Zstd => Box::new(Zstd::new(zst::INNER_WINDOW)),
        };
        let health = Health::default();
        let through = Through {
            codec,
            word: format.word(),
            more: Some(format),
            weight,
            health: &health,
        };
        if self.decode(&inner, &mut input, through)? {
            return Ok(());
        }
        // Nothing came out: it only begins like a container, or is broken at once.
        for fault in health.take() {
            self.warn(at, fault);
        }
        self.deliver(at, input, outer)
    }

    /// Goes on with what libdeflate decompressed whole.
    fn gunzipped(
        &mut self,
        inner: &Place,
        data: &[u8],
        out: &[u8],
        whole: &gzip::Whole,
        weight: f64,
    ) -> Flow {
        let (consumed, produced) = (whole.consumed as u64, whole.produced as u64);
        if let Some(Refused(reason)) = self.refusal(consumed, produced, weight) {
            return self.reject(inner, reason);
        }
        let health = Health::default();
        if let Some(tail) = data.get(whole.consumed..).filter(|tail| !tail.is_empty()) {
            health.note(Fault::tail(consumed, "gz", tail));
        }
        let out = Input::Slice(out.get(..whole.produced).unwrap_or_default());
        let flow = self.open(
            inner,
            out,
            weight * consumed as f64 / produced.max(1) as f64,
            &health,
        );
        self.tell(inner, &health);
        flow
    }

    /// Why these bytes are not taken, where they are over the ratio and the evidence item's
    /// allowance for that is used up; if not, they are counted against it.
    pub(super) fn refusal(&mut self, consumed: u64, produced: u64, weight: f64) -> Option<Refused> {
        let meter = self.meter(weight);
        if meter.refuses(consumed, produced) {
            return Some(Refused::ratio(meter.limit, consumed, produced));
        }
        self.spend(meter, consumed, produced);
        None
    }

    fn spend(&mut self, meter: Meter, consumed: u64, produced: u64) {
        if meter.over(consumed, produced) {
            self.spent = self.spent.saturating_add(produced);
        }
    }

    fn meter(&self, weight: f64) -> Meter {
        let limits = &self.unpacker.limits;
        let ratio = (!limits.allow_ratio).then_some(limits.ratio as f64 * weight);
        Meter {
            ratio,
            floor: limits.ratio_floor.saturating_sub(self.spent),
            limit: limits.ratio,
        }
    }

    /// Decompresses `input` and opens what comes out. False where nothing came out although there
    /// should have been something, and `input` can be read again; its faults are then in the
    /// health of `through`.
    pub(super) fn decode(
        &mut self,
        inner: &Place,
        input: &mut Input<'_>,
        through: Through<'_>,
    ) -> Result<bool, Halt> {
        let mut out = self.buffer();
        let result = self.decode_into(inner, input, through, &mut out);
        self.give_back(out);
        result
    }

    fn decode_into(
        &mut self,
        inner: &Place,
        input: &mut Input<'_>,
        through: Through<'_>,
        out: &mut [u8],
    ) -> Result<bool, Halt> {
        let Through {
            codec,
            word,
            more,
            weight,
            health,
        } = through;
        let meter = self.meter(weight);
        let taken;
        {
            let mut reader = input.reader();
            let stop = self.unpacker.stop.clone();
            let mut decoding = Decoding::new(&mut *reader, codec, word, more, meter, health, stop);
            let filled = match fill(&mut decoding, out) {
                Ok(filled) => filled,
                Err(_) if decoding.refused.is_some() => 0,
                Err(error) => return Err(error.into()),
            };
            taken = decoding.taken;
            if filled > 0 || decoding.refused.is_some() || !health.broken() {
                let flow = self.decoded(inner, &mut decoding, out, filled, weight, health);
                self.spend(meter, decoding.consumed(), decoding.produced);
                self.tell(inner, health);
                return flow.map(|()| true);
            }
        }
        if input.rewinds(taken) {
            return Ok(false);
        }
        self.tell(inner, health);
        self.reject(
            inner,
            format!("{word} data of which nothing could be decompressed"),
        )?;
        Ok(true)
    }

    /// Opens the first bytes that came out and the stream they are the head of.
    fn decoded(
        &mut self,
        inner: &Place,
        decoding: &mut Decoding<'_>,
        out: &[u8],
        filled: usize,
        weight: f64,
        health: &Health,
    ) -> Flow {
        let flow = if decoding.refused.is_some() {
            Err(Halt::Refused {
                reason: String::new(),
                told: false,
            })
        } else {
            let weight = weight * decoding.consumed() as f64 / decoding.produced.max(1) as f64;
            let head = out.get(..filled).unwrap_or_default();
            let input = if filled < out.len() {
                Input::Slice(head)
            } else {
                Input::Stream {
                    head,
                    rest: &mut *decoding,
                }
            };
            self.open(inner, input, weight, health)
        };
        // A limit that this layer hit ends here; what is beside it goes on.
        match (flow, &decoding.refused) {
            (Err(Halt::Refused { told: true, .. }), Some(_)) => Ok(()),
            (Err(Halt::Refused { .. }), Some(Refused(reason))) => {
                self.reject(inner, reason.clone())
            }
            (flow, _) => flow,
        }
    }
}
