//! A member read again: its account, and what is derived from its records, compared with what the
//! case holds beside the rows that its import entry states.

use vestige_acquire::unpack::Content;
use vestige_formats::{Format, Input, Sink, Span};
use vestige_model::{Event, Warning};
use vestige_store::account::Account;
use vestige_store::duplicates::{Derived, DerivedRows};
use vestige_store::term::HashKey;
use vestige_store::warnings::MemberWarnings;

use crate::import::{Hashed, content_of};

/// What one member gives when it is read again.
pub(crate) struct Told<'c> {
    key: HashKey,
    /// What the case derived from its records.
    derived: DerivedRows<'c>,
    /// The warnings that the case holds of it.
    warnings: MemberWarnings<'c>,
    account: Account,
    /// The first difference.
    wrong: Option<String>,
}

impl<'c> Told<'c> {
    pub(crate) fn new(
        key: HashKey,
        derived: DerivedRows<'c>,
        warnings: MemberWarnings<'c>,
    ) -> Told<'c> {
        Told {
            key,
            derived,
            warnings,
            account: Account::default(),
            wrong: None,
        }
    }

    /// A record whose events are in their normal form.
    pub(crate) fn stored(&mut self, span: Span, decoded: &[u8], events: &[Event<'_>]) {
        self.account.tally.found += 1;
        self.account.tally.stored += 1;
        self.account.tally.events += events.len() as u64;
        let several = events.len() > 1;
        for (event, sub) in events.iter().zip(0..) {
            self.date(event);
            if let Some(id) = event.event_id.as_deref() {
                let key = self
                    .key
                    .event(&event.data_type, event.account.as_deref(), id);
                self.derived(span.offset, several.then_some(sub), key, decoded);
            }
        }
    }

    fn date(&mut self, event: &Event<'_>) {
        if let Some(time) = event.time.ns {
            let account = &mut self.account;
            account.first = Some(account.first.map_or(time, |first| first.min(time)));
            account.last = account.last.max(Some(time));
        }
    }

    /// Compares with the next row that has something derived.
    fn derived(&mut self, offset: u64, sub: Option<u32>, key: i64, decoded: &[u8]) {
        if self.wrong.is_some() {
            return;
        }
        let made = |content| Derived {
            offset,
            sub,
            key: Some(key),
            content,
        };
        self.wrong = match self.derived.take_next() {
            Err(error) => Some(error.to_string()),
            Ok(Some(row)) if row == made(row.content.map(|_| content_of(decoded))) => None,
            Ok(Some(row)) if row == made(row.content) => Some(format!(
                "the hash of what the record at offset {offset} says is not that of the record"
            )),
            Ok(_) => Some(format!(
                "the key of the id of the record at offset {offset} is not that of its id"
            )),
        };
    }

    pub(crate) fn rejected(&mut self, warning: &Warning) {
        self.account.tally.found += 1;
        self.account.tally.rejected += 1;
        self.warned(warning);
    }

    pub(crate) fn ignored(&mut self) {
        self.account.tally.found += 1;
        self.account.tally.ignored += 1;
    }

    /// Compares with the next warning of the member.
    pub(crate) fn warned(&mut self, made: &Warning) {
        self.account.warnings += 1;
        if self.wrong.is_some() {
            return;
        }
        self.wrong = match self.warnings.take_next() {
            Err(error) => Some(error.to_string()),
            Ok(Some(stored)) if stored == *made => None,
            Ok(stored) => Some(format!(
                "expected the warning {}, found {}",
                told(made),
                stored.as_ref().map_or("none".to_owned(), told)
            )),
        };
    }

    pub(crate) fn context(&mut self, context: Vec<u8>) {
        self.account.context = Some(context);
    }

    /// The account so far, with what is derived from records that were not there.
    pub(crate) fn end(mut self) -> (Account, Option<String>) {
        if self.wrong.is_none() {
            self.wrong = match self.warnings.take_next() {
                Ok(None) => None,
                Ok(Some(warning)) => Some(format!(
                    "expected no further warning, found {}",
                    told(&warning)
                )),
                Err(error) => Some(error.to_string()),
            };
        }
        if self.wrong.is_none() {
            self.wrong = match self.derived.take_next() {
                Ok(None) => None,
                Ok(Some(row)) => Some(format!(
                    "a key or hash stands at offset {}, where no record has an id",
                    row.offset
                )),
                Err(error) => Some(error.to_string()),
            };
        }
        (self.account, self.wrong)
    }
}

/// A warning in one line.
pub(crate) fn told(warning: &Warning) -> String {
    format!(
        "at offset {}, {} bytes: {} (expected {:?}, found {:?}, bytes {:?})",
        warning.offset,
        warning.length,
        warning.reason,
        warning.expected,
        warning.found,
        warning.excerpt
    )
}

/// Reads a member by its format, and hashes all of it where its format has no ids.
pub(crate) fn read(
    format: &dyn Format,
    envelope: &str,
    content: Content<'_>,
    sink: &mut dyn Sink,
) -> Option<[u8; 32]> {
    match content {
        Content::Whole(bytes) => {
            format.read(envelope, &mut Input::whole(bytes), sink);
            (!format.has_ids()).then(|| *blake3::hash(bytes).as_bytes())
        }
        Content::Stream(stream) if format.has_ids() => {
            format.read(envelope, &mut Input::stream(stream), sink);
            None
        }
        Content::Stream(stream) => {
            let mut hashed = Hashed::new(stream);
            format.read(envelope, &mut Input::stream(&mut hashed), sink);
            // What cannot be read to its end is said by who unpacks it.
            let _ = std::io::copy(&mut hashed, &mut std::io::sink());
            Some(hashed.sum())
        }
    }
}

/// What of an account differs from the one that the original gives.
pub(crate) fn differs(stored: &Account, made: &Account) -> Option<String> {
    let number = |what: &str, made: u64, stored: u64| {
        (made != stored).then(|| format!("expected {made} {what}, found {stored}"))
    };
    let (tally, other) = (&made.tally, &stored.tally);
    // A member that repeats another says so, and the record of duplicates with it.
    let state =
        stored.state == made.state || stored.state == "duplicate" && made.state == "imported";
    let state =
        (!state).then(|| format!("expected it to be {}, found {}", made.state, stored.state));
    state
        .or_else(|| number("bytes", made.bytes, stored.bytes))
        .or_else(|| number("records", tally.found, other.found))
        .or_else(|| number("records stored or duplicate", tally.stored, other.stored))
        .or_else(|| number("records rejected", tally.rejected, other.rejected))
        .or_else(|| number("records ignored", tally.ignored, other.ignored))
        .or_else(|| number("rows", tally.events, other.events))
        .or_else(|| number("warnings", made.warnings, stored.warnings))
        .or_else(|| {
            apart(
                "first and last time",
                &(made.first, made.last),
                &(stored.first, stored.last),
            )
        })
        .or_else(|| apart("context of its records", &made.context, &stored.context))
        .or_else(|| apart("hash of its bytes", &made.content, &stored.content))
}

fn apart<T: PartialEq>(what: &str, made: &T, stored: &T) -> Option<String> {
    (made != stored).then(|| format!("the {what} is not what its original gives"))
}

/// What the records of a member need from elsewhere in it.
pub(crate) fn context(format: &dyn Format, envelope: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut last = Context(None);
    format.read(envelope, &mut Input::whole(bytes), &mut last);
    last.0
}

/// Keeps the context that is given last.
struct Context(Option<Vec<u8>>);

impl Sink for Context {
    fn stored(&mut self, _: Span, _: &[u8], _: &mut [Event<'_>]) {}

    fn rejected(&mut self, _: Warning) {}

    fn ignored(&mut self, _: Span, _: &str) {}

    fn warned(&mut self, _: Warning) {}

    fn context(&mut self, context: Vec<u8>) {
        self.0 = Some(context);
    }

    fn stopped(&self) -> bool {
        false
    }
}
