//! The sink of an import: from what a format finds to rows of the batch and the member's account.

use std::sync::atomic::{AtomicBool, Ordering};

use vestige_formats::{Sink, Span};
use vestige_model::canonical::Place;
use vestige_model::{Event, Locator, Tally, Warning};
use vestige_store::batch::Encoder;

use super::message::Noted;

/// Records after which the counters are advanced.
const STEP: u64 = 1024;

/// What is known of a member once it is read.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub tally: Tally,
    pub warnings: u64,
    pub times: Option<(i64, i64)>,
    pub context: Option<Vec<u8>>,
    /// End of the last record that was accounted for.
    pub read_to: u64,
}

/// Puts the records of one member into the batch.
pub(super) struct Reading<'a> {
    pub place: Place<'a>,
    pub evidence: i64,
    /// The member, counted in the batch.
    pub member: u32,
    /// The moment of the acquisition.
    pub imported: i64,
    pub encoder: &'a mut Encoder,
    pub noted: &'a mut Vec<Noted>,
    /// Hands a full chunk over; false where the writer has gone.
    pub hand_over: &'a mut dyn FnMut(&mut Encoder, &mut Vec<Noted>) -> bool,
    pub stop: &'a AtomicBool,
    pub records: &'a dyn Fn(u64),
    pub account: Account,
}

impl Reading<'_> {
    fn found(&mut self, end: u64) {
        self.account.tally.found += 1;
        self.account.read_to = self.account.read_to.max(end);
        if self.account.tally.found.is_multiple_of(STEP) {
            (self.records)(STEP);
        }
    }

    fn note(&mut self, warning: Warning) {
        self.account.warnings += 1;
        self.noted.push(Noted {
            evidence: self.evidence,
            member: Some(self.member),
            warning,
        });
        self.hand_over_if_full();
    }

    fn hand_over_if_full(&mut self) {
        if (self.encoder.full() || self.noted.len() >= 4096)
            && !(self.hand_over)(self.encoder, self.noted)
        {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn date(&mut self, event: &Event<'_>) {
        if let Some(time) = event.time.ns {
            let (first, last) = self.account.times.unwrap_or((time, time));
            self.account.times = Some((first.min(time), last.max(time)));
        }
    }
}

impl Sink for Reading<'_> {
    fn stored(&mut self, span: Span, _: &[u8], events: &mut [Event<'_>]) {
        self.found(span.offset + span.length);
        self.account.tally.stored += 1;
        let several = events.len() > 1;
        for (event, sub) in events.iter_mut().zip(0..) {
            event.normalise(self.imported);
            self.date(event);
            let at = Locator {
                offset: span.offset,
                length: span.length,
                sub: several.then_some(sub),
                decode: span.decode,
            };
            self.encoder.push(self.place, self.member, &at, event);
            self.account.tally.events += 1;
            self.hand_over_if_full();
        }
    }

    fn rejected(&mut self, warning: Warning) {
        self.found(warning.offset + warning.length);
        self.account.tally.rejected += 1;
        self.note(warning);
    }

    fn ignored(&mut self, span: Span, _reason: &str) {
        self.found(span.offset + span.length);
        self.account.tally.ignored += 1;
    }

    fn warned(&mut self, warning: Warning) {
        self.note(warning);
    }

    fn context(&mut self, context: Vec<u8>) {
        self.account.context = Some(context);
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
