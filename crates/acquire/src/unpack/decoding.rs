//! A stream of decompressed bytes that keeps account of what was wrong and of the ratio.

use std::cell::RefCell;
use std::io::{self, Read};

use vestige_model::Warning;

use super::codec::{Codec, Flaw, Then};
use super::kind::Compression;
use super::stop::{STEP, Stop};

/// Compressed bytes held at once; no header is longer.
const BUFFER: usize = 64 << 10;

/// A flaw at an offset of the compressed data.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) offset: u64,
    pub(super) flaw: Flaw,
    /// Whether bytes are missing or differ because of it.
    pub(super) partial: bool,
    excerpt: Vec<u8>,
}

impl Fault {
    pub(super) fn partial(offset: u64, flaw: Flaw) -> Fault {
        Fault {
            offset,
            flaw,
            partial: true,
            excerpt: Vec::new(),
        }
    }

    /// Bytes after the end of a container.
    pub(super) fn tail(offset: u64, word: &str, rest: &[u8]) -> Fault {
        let flaw = Flaw::new(
            format!("there are bytes after the end of the {word} data; they were not read"),
            format!("the end of the data, or more {word} data"),
            "other bytes",
        );
        let excerpt = rest.get(..rest.len().min(vestige_model::warning::EXCERPT));
        Fault {
            offset,
            flaw,
            partial: false,
            excerpt: excerpt.unwrap_or_default().to_vec(),
        }
    }

    pub(super) fn warning(self) -> Warning {
        Warning::about(self.offset, &self.excerpt, self.flaw.reason)
            .expected(self.flaw.expected, self.flaw.found)
    }
}

/// The faults of one layer, found while it is read and told when what it holds is over.
#[derive(Debug, Default)]
pub(super) struct Health(RefCell<Vec<Fault>>);

impl Health {
    /// Faults kept of one layer; a file of ten thousand damaged members needs no more.
    const KEPT: usize = 100;

    pub(super) fn note(&self, fault: Fault) {
        let mut faults = self.0.borrow_mut();
        if faults.len() < Self::KEPT || fault.partial && !faults.iter().any(|one| one.partial) {
            faults.push(fault);
        }
    }

    pub(super) fn take(&self) -> Vec<Fault> {
        self.0.take()
    }

    /// Whether nothing at all could be had although something was there.
    pub(super) fn broken(&self) -> bool {
        self.0.borrow().iter().any(|fault| fault.partial)
    }
}

/// How much may come out of how much.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meter {
    /// Decompressed bytes allowed for each compressed byte of this layer; none without a limit.
    pub(super) ratio: Option<f64>,
    /// Decompressed bytes at which the limit begins to hold.
    pub(super) floor: u64,
    /// The limit as it is told: for each stored byte of the evidence item.
    pub(super) limit: u64,
}

impl Meter {
    /// Whether `produced` bytes are more than `consumed` allow.
    pub(super) fn over(self, consumed: u64, produced: u64) -> bool {
        self.ratio
            .is_some_and(|ratio| produced as f64 > ratio * consumed.max(1) as f64)
    }

    pub(super) fn refuses(self, consumed: u64, produced: u64) -> bool {
        produced > self.floor && self.over(consumed, produced)
    }
}

/// Reading was stopped by a limit.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refused(pub(super) String);

impl Refused {
    /// More came out than `limit` bytes for each stored one.
    pub(super) fn ratio(limit: u64, consumed: u64, produced: u64) -> Refused {
        Refused(format!(
            "decompresses to more than {limit} times its size ({produced} bytes and more from {consumed}), as a decompression bomb does; if it is genuine, import it with --allow-ratio"
        ))
    }

    /// The refusal inside an error of a stream, if it is one.
    pub(super) fn of(error: &io::Error) -> Option<Refused> {
        error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<Refused>())
            .cloned()
    }
}

enum Phase {
    /// Before a member, or between two.
    Between {
        first: bool,
    },
    Member,
    Over,
}

/// Decompresses `source` as it is read.
pub(super) struct Decoding<'a> {
    source: &'a mut dyn Read,
    codec: Box<dyn Codec + 'a>,
    /// What another member begins like; none where there is only one.
    more: Option<Compression>,
    word: &'static str,
    meter: Meter,
    health: &'a Health,
    stop: Stop,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    source_over: bool,
    /// Bytes taken from the source.
    pub(super) taken: u64,
    /// Bytes that came out.
    pub(super) produced: u64,
    phase: Phase,
    pub(super) refused: Option<Refused>,
}

impl<'a> Decoding<'a> {
    pub(super) fn new(
        source: &'a mut dyn Read,
        codec: Box<dyn Codec + 'a>,
        word: &'static str,
        more: Option<Compression>,
        meter: Meter,
        health: &'a Health,
        stop: Stop,
    ) -> Decoding<'a> {
        Decoding {
            source,
            codec,
            more,
            word,
            meter,
            health,
            stop,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            source_over: false,
            taken: 0,
            produced: 0,
            phase: Phase::Between { first: true },
            refused: None,
        }
    }

    /// Compressed bytes used up.
    pub(super) fn consumed(&self) -> u64 {
        self.taken - (self.end - self.start) as u64
    }

    fn pending(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Takes more from the source; false where it has no more or the buffer no room.
    fn more_input(&mut self) -> io::Result<bool> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        if self.source_over || room.is_empty() {
            return Ok(false);
        }
        let count = loop {
            match self.source.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.source_over = count == 0;
        self.end += count;
        self.taken += count as u64;
        Ok(count > 0)
    }

    /// Decides whether another member follows.
    fn between(&mut self, first: bool) -> io::Result<()> {
        while self.pending().len() < 4 && self.more_input()? {}
        if !first {
            if self.pending().is_empty() {
                self.phase = Phase::Over;
                return Ok(());
            }
            if !self
                .more
                .is_some_and(|format| format.begins(self.pending()))
            {
                self.health
                    .note(Fault::tail(self.consumed(), self.word, self.pending()));
                self.phase = Phase::Over;
                return Ok(());
            }
            self.codec.restart();
        }
        self.phase = Phase::Member;
        Ok(())
    }

    /// One step of the codec; returns what came out.
    fn member(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.pending().is_empty() {
            self.more_input()?;
        }
        let last = self.source_over;
        let input = self.buffer.get(self.start..self.end).unwrap_or_default();
        let step = self.codec.step(input, last, out);
        self.start += step.consumed;
        self.produced += step.produced as u64;
        match step.then {
            Then::More => {}
            Then::Input => {
                if !self.more_input()? && !self.source_over {
                    let expected = "a header of at most 64 KiB";
                    self.over(Flaw::new(
                        "the header is too long",
                        expected,
                        "a longer one",
                    ));
                }
            }
            Then::Member(flaw) => {
                if let Some(flaw) = flaw {
                    self.health.note(Fault::partial(self.consumed(), flaw));
                }
                self.phase = Phase::Between { first: false };
            }
            Then::Broken(flaw) => self.over(flaw),
        }
        Ok(step.produced)
    }

    fn over(&mut self, flaw: Flaw) {
        self.health.note(Fault::partial(self.consumed(), flaw));
        self.phase = Phase::Over;
    }
}

impl Read for Decoding<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = out.len().min(STEP);
        let out = out.get_mut(..length).unwrap_or_default();
        loop {
            self.stop.check()?;
            if let Some(refused) = &self.refused {
                return Err(io::Error::other(refused.clone()));
            }
            match self.phase {
                Phase::Over => return Ok(0),
                Phase::Between { first } => self.between(first)?,
                Phase::Member if out.is_empty() => return Ok(0),
                Phase::Member => {
                    let produced = self.member(out)?;
                    if self.meter.refuses(self.consumed(), self.produced) {
                        let limit = self.meter.limit;
                        self.refused = Some(Refused::ratio(limit, self.consumed(), self.produced));
                    } else if produced > 0 {
                        return Ok(produced);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::super::gzip::Gzip;
    use super::*;

    /// gzip members without end that hold nothing; somebody wants to stop after some of them.
    struct Endless {
        stop: Stop,
        reads: usize,
    }

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            const EMPTY: [u8; 20] = [
                0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            ];
            self.reads += 1;
            assert!(self.reads < 100, "the wish to stop is not noticed");
            if self.reads == 10 {
                self.stop.0.store(true, Ordering::Relaxed);
            }
            let whole = buffer.len() / EMPTY.len() * EMPTY.len();
            for (at, byte) in buffer.iter_mut().take(whole).enumerate() {
                *byte = EMPTY[at % EMPTY.len()];
            }
            Ok(whole)
        }
    }

    #[test]
    fn a_stop_is_noticed_although_nothing_comes_out() {
        let stop = Stop::default();
        let mut source = Endless {
            stop: stop.clone(),
            reads: 0,
        };
        let (health, codec) = (Health::default(), Box::new(Gzip::new()));
        let meter = Meter {
            ratio: None,
            floor: 0,
            limit: 0,
        };
        let more = Some(Compression::Gzip);
        let mut decoding = Decoding::new(&mut source, codec, "gz", more, meter, &health, stop);
        let error = decoding.read(&mut [0; 4096]).unwrap_err();
        assert!(Stop::is(&error), "{error}");
        drop(decoding);
        assert_eq!(source.reads, 10);
    }
}
