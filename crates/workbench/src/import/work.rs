//! A worker: takes a unit, reads its files, and sends the writer batches of rows.

use std::io::Read;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::Sender;
use vestige_acquire::Faults;
use vestige_acquire::original::{self, OriginalError, Originals, Received, hex};
use vestige_acquire::seekable::{SideCopy, Tee};
use vestige_acquire::unpack::{self, Content, End, Limits, Place, State, Unpacker, Visitor};
use vestige_formats::{Identity, Input};
use vestige_model::Warning;
use vestige_model::canonical;
use vestige_store::batch::Encoder;
use vestige_store::term::HashKey;

use super::message::{BatchEnd, Item, ItemState, Member, Message, Noted};
use super::plan::{Plan, Planned, Task};
use super::reading::{Account, Reading};
use crate::progress::Counters;

/// Bytes of a member by which its format is recognised.
pub(super) const HEAD: usize = 256 << 10;
/// Members and decompressed bytes after which a batch ends.
const BATCH_MEMBERS: usize = 1000;
const BATCH_BYTES: u64 = 64 << 20;
/// Warnings about containers that are held before they are handed over.
const NOTED: usize = 4096;

/// What all workers share.
pub(super) struct Shared<'a> {
    pub plan: &'a Plan,
    pub case: &'a Path,
    pub scratch: &'a Path,
    pub faults: Faults,
    pub originals: &'a Originals,
    pub key: HashKey,
    pub imported: i64,
    pub in_place: bool,
    pub limits: Limits,
    pub forced: Option<&'static dyn vestige_formats::Format>,
    pub stop: &'a Arc<AtomicBool>,
    pub counters: &'a Counters,
}

/// One worker with its buffers.
pub(super) struct Worker<'a> {
    shared: &'a Shared<'a>,
    unpacker: Unpacker,
    buffer: Vec<u8>,
    batch: Open,
}

/// The batch that is being made.
struct Open {
    encoder: Encoder,
    noted: Vec<Noted>,
    /// Whether warnings about containers are with the writer already.
    told: bool,
    items: Vec<Item>,
    members: Vec<Member>,
    received: Vec<Received>,
    bytes: u64,
}

impl<'a> Worker<'a> {
    pub(super) fn new(shared: &'a Shared<'a>) -> Worker<'a> {
        let batch = Open {
            encoder: Encoder::new(shared.key),
            noted: Vec::new(),
            told: false,
            items: Vec::new(),
            members: Vec::new(),
            received: Vec::new(),
            bytes: 0,
        };
        let unpacker = Unpacker::new(shared.limits, shared.scratch);
        let unpacker = unpacker.stopping(Arc::clone(shared.stop));
        Worker {
            shared,
            unpacker,
            buffer: Vec::new(),
            batch,
        }
    }

    /// Reads the items of a unit. Ends early where the writer has gone or the user stops.
    pub(super) fn unit(&mut self, from: usize, to: usize, out: &Sender<Message>) {
        for at in from..to {
            let Some(planned) = self.shared.plan.items.get(at) else {
                break;
            };
            if self.shared.stop.load(Ordering::Relaxed) {
                break;
            }
            if self.item(at, planned, out).is_break() {
                return;
            }
            self.shared.counters.bytes(planned.listed.size);
            if self.batch.items.len() >= BATCH_MEMBERS {
                self.batch.end(out);
            }
        }
        // A member in the midst of which it was stopped is not known yet and its rows may be with
        // the writer: without an end the whole batch is taken back, and imported next time.
        if !self.shared.stop.load(Ordering::Relaxed) {
            self.batch.end(out);
        }
    }

    /// Reads one item, or breaks where the import cannot go on.
    fn item(&mut self, at: usize, planned: &Planned, out: &Sender<Message>) -> ControlFlow<()> {
        let settled = |sha256, bytes, state| Item {
            id: planned.id,
            plan: at,
            sha256,
            bytes,
            new: !matches!(planned.task, Task::Resume(_)),
            state,
        };
        if let Task::Reject(reason) = &planned.task {
            let state = ItemState::Rejected(reason.clone());
            let item = settled(None, planned.listed.size, state);
            self.batch.items.push(item);
            return ControlFlow::Continue(());
        }
        let known = |_: &[u8; 32]| !matches!(planned.task, Task::Read);
        let received = if self.shared.in_place {
            original::receive_in_place(&planned.listed, &mut self.buffer)
        } else {
            self.shared
                .originals
                .receive(&planned.listed, &mut self.buffer, &known)
        };
        let mut received = match received {
            Ok(received) => received,
            Err(error @ OriginalError::Read { .. }) => {
                let state = ItemState::Rejected(error.to_string());
                let item = settled(None, planned.listed.size, state);
                self.batch.items.push(item);
                return ControlFlow::Continue(());
            }
            Err(error) => {
                self.batch.end(out);
                // A writer that has gone says why itself.
                let _ = out.send(Message::Failed(error));
                return ControlFlow::Break(());
            }
        };
        if let Some(warning) = received.changed.take() {
            self.batch.noted.push(Noted {
                evidence: planned.id,
                member: None,
                warning,
            });
        }
        let (sha256, bytes) = (received.sha256, received.bytes);
        self.shared.counters.read(bytes);
        self.batch.received.push(received.detach());
        if let Task::Duplicate(of) = planned.task {
            let item = settled(Some(sha256), bytes, ItemState::Duplicate(of));
            self.batch.items.push(item);
            return ControlFlow::Continue(());
        }
        self.batch
            .items
            .push(settled(Some(sha256), bytes, ItemState::Unfinished));
        let mut walk = Walk {
            shared: self.shared,
            planned,
            at,
            sha256,
            bytes,
            place: hex(&sha256).chars().take(16).collect(),
            batch: &mut self.batch,
            out,
            open: None,
            late: Vec::new(),
            members: 0,
            imported: 0,
            problem: None,
        };
        let source = received.source(&self.buffer);
        if let Err(error) = self.unpacker.walk(source, &mut walk) {
            walk.broken_off(error.to_string());
        }
        if self.shared.stop.load(Ordering::Relaxed) {
            return ControlFlow::Continue(());
        }
        let state = walk.state();
        if let Some(item) = self.batch.items.last_mut() {
            item.state = state;
        }
        ControlFlow::Continue(())
    }
}

impl Open {
    fn hand_over(encoder: &mut Encoder, noted: &mut Vec<Noted>, out: &Sender<Message>) -> bool {
        let message = Message::Chunk(Box::new(encoder.take_chunk()), std::mem::take(noted));
        out.send(message).is_ok()
    }

    /// Completes the batch; nothing is sent for one that holds nothing.
    fn end(&mut self, out: &Sender<Message>) {
        if self.items.is_empty() {
            return;
        }
        Open::hand_over(&mut self.encoder, &mut self.noted, out);
        let end = BatchEnd {
            digest: self.encoder.end_batch(),
            items: std::mem::take(&mut self.items),
            members: std::mem::take(&mut self.members),
            received: std::mem::take(&mut self.received),
        };
        self.bytes = 0;
        self.told = false;
        // A writer that has gone says why itself.
        let _ = out.send(Message::Batch(Box::new(end)));
    }
}

/// The walk through one evidence item.
struct Walk<'w> {
    shared: &'w Shared<'w>,
    planned: &'w Planned,
    at: usize,
    sha256: [u8; 32],
    bytes: u64,
    /// First 16 digits of the digest.
    place: String,
    batch: &'w mut Open,
    out: &'w Sender<Message>,
    open: Option<Member>,
    /// Warnings about containers while a member is open: they stay if its rows are taken back.
    late: Vec<Noted>,
    members: u64,
    imported: u64,
    problem: Option<String>,
}

impl Walk<'_> {
    /// Ends the batch and goes on with the same item in the next.
    fn next_batch(&mut self) {
        self.batch.end(self.out);
        self.batch.items.push(Item {
            id: self.planned.id,
            plan: self.at,
            sha256: Some(self.sha256),
            bytes: self.bytes,
            new: false,
            state: ItemState::Unfinished,
        });
    }

    fn state(&self) -> ItemState {
        match &self.problem {
            Some(reason) if self.imported == 0 => ItemState::Rejected(reason.clone()),
            Some(reason) => ItemState::Partial(reason.clone()),
            None => ItemState::Imported,
        }
    }

    /// The stored bytes cannot be read further: what was read of an open member is kept.
    fn broken_off(&mut self, reason: String) {
        if let Some(mut member) = self.open.take() {
            if member.state == "imported" {
                member.state = "partial";
            }
            member.reason.get_or_insert_with(|| reason.clone());
            self.push(member);
        }
        self.problem.get_or_insert(reason);
    }

    /// Takes back the rows of the member that was just read, which is alone in its batch.
    fn take_back(&mut self) {
        // A writer that has gone says why itself.
        let _ = self.out.send(Message::TakeBack);
        let _ = self.batch.encoder.take_chunk();
        let _ = self.batch.encoder.end_batch();
        self.batch.noted = std::mem::take(&mut self.late);
    }

    fn push(&mut self, member: Member) {
        self.members += 1;
        self.imported += u64::from(member.state != "rejected");
        self.batch.bytes += member.bytes;
        let plain = member.name.is_empty();
        if let Some(reason) = &member.reason
            && (plain || member.state == "partial")
        {
            self.problem.get_or_insert_with(|| reason.clone());
        }
        self.batch.members.push(member);
        if self.batch.members.len() >= BATCH_MEMBERS || self.batch.bytes >= BATCH_BYTES {
            self.next_batch();
        }
    }

    fn member_of(&self, at: &Place) -> Member {
        Member {
            evidence: self.planned.id,
            path: at.path.to_string(),
            name: at.name.clone(),
            layers: at.layers.clone(),
            bytes: 0,
            format: None,
            recognised: String::new(),
            context: None,
            content: None,
            seekable: false,
            state: "rejected",
            reason: None,
            tally: Default::default(),
            warnings: 0,
            times: None,
        }
    }

    fn identify(&self, head: &[u8], whole: bool) -> Identity {
        match self.shared.forced {
            None => vestige_formats::identify(head, whole),
            Some(forced) => vestige_formats::identify_as(forced, head, whole),
        }
    }

    /// Reads the records of a member that was recognised.
    fn read(&mut self, member: &mut Member, identity: &Identity, input: &mut Input<'_>) {
        let Some(format) = identity.format else {
            return;
        };
        let out = self.out;
        let counters = self.shared.counters;
        let mut hand_over =
            |encoder: &mut Encoder, noted: &mut Vec<Noted>| Open::hand_over(encoder, noted, out);
        let mut reading = Reading {
            place: canonical::Place {
                evidence: &self.place,
                member: &member.path,
            },
            evidence: self.planned.id,
            member: self.batch.members.len() as u32,
            imported: self.shared.imported,
            encoder: &mut self.batch.encoder,
            noted: &mut self.batch.noted,
            hand_over: &mut hand_over,
            stop: self.shared.stop,
            records: &|more| counters.records(more),
            account: Account::default(),
        };
        let read = catch_unwind(AssertUnwindSafe(|| {
            format.read(identity.envelope, input, &mut reading);
        }));
        if read.is_err() {
            let warning = Warning::about(
                reading.account.read_to,
                b"",
                "the reader failed; what follows was not read",
            )
            .expected("records", "input that stops the reader: please report it");
            vestige_formats::Sink::rejected(&mut reading, warning);
            member.state = "partial";
            member.reason = Some("the reader failed on it".to_owned());
        }
        let account = reading.account;
        member.tally = account.tally;
        member.warnings = account.warnings;
        member.times = account.times;
        member.context = account.context;
    }

    fn begin(&mut self, at: &Place, identity: &Identity) -> Member {
        let mut member = self.member_of(at);
        member.recognised.clone_from(&identity.reason);
        match identity.format {
            Some(format) => {
                member.format = Some((format.name(), identity.envelope));
                member.state = "imported";
            }
            None => {
                let asked = self.shared.forced.is_some();
                member.reason = Some(not_recognised(&identity.reason, asked));
            }
        }
        member
    }

    fn whole(&mut self, at: &Place, bytes: &[u8]) -> Member {
        self.shared.counters.decompressed(bytes.len() as u64);
        let head = bytes.get(..HEAD).unwrap_or(bytes);
        let identity = self.identify(head, head.len() == bytes.len());
        let mut member = self.begin(at, &identity);
        if identity.format.is_some_and(|format| !format.has_ids()) {
            member.content = Some(*blake3::hash(bytes).as_bytes());
        }
        self.read(&mut member, &identity, &mut Input::whole(bytes));
        member
    }

    fn stream(&mut self, at: &Place, stream: &mut dyn Read) -> Member {
        let faults = self.shared.faults.clone();
        let copy = SideCopy::begin(self.shared.case, &self.sha256, &at.path, faults);
        let mut counted = Counted {
            reader: stream,
            counters: self.shared.counters,
        };
        let mut tee = Tee::new(&mut counted, copy);
        let mut head = Vec::new();
        if let Err(error) = tee.by_ref().take(HEAD as u64).read_to_end(&mut head) {
            let mut member = self.member_of(at);
            member.reason = Some(error.to_string());
            return member;
        }
        let identity = self.identify(&head, false);
        let mut member = self.begin(at, &identity);
        let mut hashed = Hashed::new(head.chain(tee.by_ref()));
        self.read(&mut member, &identity, &mut Input::stream(&mut hashed));
        let rest = std::io::copy(&mut hashed, &mut std::io::sink());
        if identity.format.is_some_and(|format| !format.has_ids()) {
            member.content = Some(hashed.sum());
        }
        drop(hashed);
        member.seekable = rest.is_ok() && tee.finish().is_ok_and(|copy| copy.is_ok());
        member
    }
}

/// Why a member is not read, what was expected, and what to do. The first words stay as they are:
/// by them a search for phrases finds what can be searched all the same.
fn not_recognised(found: &str, asked: bool) -> String {
    if asked {
        return format!("format not recognised: {found}; import it again without --type");
    }
    let names = vestige_formats::registry::ALL.iter().map(|one| one.name());
    let names = names.collect::<Vec<_>>().join(" or ");
    format!(
        "format not recognised: {found}; expected {names}; if it is one of them, say which with --type"
    )
}

/// Counts what is read.
struct Counted<'a> {
    reader: &'a mut dyn Read,
    counters: &'a Counters,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.counters.decompressed(count as u64);
        Ok(count)
    }
}

/// Hashes what is read.
pub(crate) struct Hashed<R> {
    reader: R,
    hash: blake3::Hasher,
}

impl<R> Hashed<R> {
    pub(crate) fn new(reader: R) -> Hashed<R> {
        let hash = blake3::Hasher::new();
        Hashed { reader, hash }
    }

    /// The BLAKE3 of what was read.
    pub(crate) fn sum(&self) -> [u8; 32] {
        *self.hash.finalize().as_bytes()
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.hash.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl Visitor for Walk<'_> {
    fn member(&mut self, member: unpack::Member<'_>) -> ControlFlow<()> {
        let at = member.at;
        let done = match member.content {
            Content::Whole(bytes) => self.whole(at, bytes),
            Content::Stream(stream) => {
                // In a batch of its own: it may have to be taken back.
                let batch = &self.batch;
                if batch.told || !batch.members.is_empty() || !batch.noted.is_empty() {
                    self.next_batch();
                }
                self.stream(at, stream)
            }
        };
        self.open = Some(done);
        if self.shared.stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn ended(&mut self, _at: &Place, end: End) -> ControlFlow<()> {
        let Some(mut member) = self.open.take() else {
            return ControlFlow::Continue(());
        };
        member.bytes = end.bytes;
        match end.state {
            State::Complete => {}
            State::Partial(reason) => {
                if member.state == "imported" {
                    member.state = "partial";
                }
                member.reason.get_or_insert(reason);
            }
            State::Rejected(reason) => {
                self.take_back();
                let bytes = member.bytes;
                member = Member {
                    format: None,
                    bytes,
                    tally: Default::default(),
                    warnings: 0,
                    times: None,
                    context: None,
                    content: None,
                    seekable: false,
                    state: "rejected",
                    reason: Some(reason),
                    ..member
                };
            }
        }
        self.batch.noted.append(&mut self.late);
        self.push(member);
        ControlFlow::Continue(())
    }

    fn rejected(&mut self, at: &Place, reason: String) -> ControlFlow<()> {
        let mut member = self.member_of(at);
        member.recognised = "not read".to_owned();
        self.problem.get_or_insert_with(|| {
            format!(
                "{}: {reason}",
                if at.name.is_empty() {
                    "the file"
                } else {
                    &at.name
                }
            )
        });
        member.reason = Some(reason);
        self.push(member);
        ControlFlow::Continue(())
    }

    fn warning(&mut self, _at: &Place, warning: Warning) {
        let noted = Noted {
            evidence: self.planned.id,
            member: None,
            warning,
        };
        if self.open.is_some() {
            self.late.push(noted);
            return;
        }
        self.batch.noted.push(noted);
        if self.batch.noted.len() >= NOTED {
            self.batch.told = true;
            Open::hand_over(&mut self.batch.encoder, &mut self.batch.noted, self.out);
        }
    }

    fn wants(&mut self, at: &Place) -> bool {
        match &self.planned.task {
            Task::Resume(done) => at.path.0.is_empty() || !done.contains(&at.path.to_string()),
            _ => true,
        }
    }
}
