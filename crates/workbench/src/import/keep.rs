//! The writer's side: batches go in one by one, originals first, custody entries with the rows.

use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use vestige_acquire::original::Originals;
use vestige_custody::entry::{Actor, Auth, Object, Outcome, Transfer};
use vestige_custody::{Entry, Event, hex};
use vestige_model::{NormalForm, Tally};
use vestige_store::case_file::CaseWriter;
use vestige_store::ledger::Ledger;
use vestige_store::writer::{self, Batch, EvidenceRow, MemberRow, Writer};

use super::Request;
use super::message::{BatchEnd, Item, ItemState, Message};
use super::plan::Plan;
use crate::error::WorkError;
use crate::host::Host;
use crate::item;
use crate::progress::Counters;

/// What the writer needs besides the batches.
pub(super) struct Keeper<'a> {
    pub host: &'a dyn Host,
    pub case: &'a mut CaseWriter,
    pub writer: Writer,
    pub originals: &'a Originals,
    pub plan: &'a Plan,
    pub counters: &'a Counters,
    pub request: &'a Request,
    pub acquisition: i64,
    pub imported: i64,
}

impl Keeper<'_> {
    /// Stores the batches of one unit; `told` is called after each message, for a unit may be one
    /// file of many gigabytes.
    pub(super) fn unit(
        &mut self,
        messages: &Receiver<Message>,
        told: &dyn Fn(),
    ) -> Result<(), WorkError> {
        while let Some(first) = next(messages, told) {
            self.batch(first, messages, told)?;
            told();
        }
        Ok(())
    }

    /// Stores one batch; a worker that stops in the midst of it leaves nothing.
    fn batch(
        &mut self,
        first: Message,
        messages: &Receiver<Message>,
        told: &dyn Fn(),
    ) -> Result<(), WorkError> {
        let faults = self.case.faults().clone();
        let (transaction, ledger) = self.case.begin()?;
        let mut batch = self
            .writer
            .begin(transaction)
            .map_err(WorkError::database)?;
        let mut message = first;
        let end = loop {
            match message {
                Message::Chunk(chunk, noted) => {
                    batch.chunk(&chunk).map_err(WorkError::database)?;
                    for one in &noted {
                        let member = one.member.map(|index| batch.member_id(index));
                        writer::insert_warning(
                            batch.transaction(),
                            one.evidence,
                            member,
                            &one.warning,
                        )
                        .map_err(WorkError::database)?;
                    }
                }
                Message::TakeBack => return Ok(()),
                Message::Batch(end) => break end,
                Message::Failed(error) => return Err(error.into()),
            }
            told();
            match next(messages, told) {
                Some(next) => message = next,
                None => return Ok(()),
            }
        };
        let mut end = *end;
        self.originals.commit(&mut end.received)?;
        let keep = Keep {
            host: self.host,
            plan: self.plan,
            request: self.request,
            acquisition: self.acquisition,
            imported: self.imported,
            ledger,
        };
        keep.settle(&batch, &end)?;
        batch.commit(&faults)?;
        self.counters.stored(end.digest.rows);
        Ok(())
    }
}

/// How long a message is waited for before the user is asked and told something.
const TICK: Duration = Duration::from_millis(100);

/// The next message; none where the worker has gone. A member may be long and hold no record, so
/// `told` is called while nothing comes.
fn next(messages: &Receiver<Message>, told: &dyn Fn()) -> Option<Message> {
    loop {
        match messages.recv_timeout(TICK) {
            Ok(message) => return Some(message),
            Err(RecvTimeoutError::Timeout) => told(),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

struct Keep<'a> {
    host: &'a dyn Host,
    plan: &'a Plan,
    request: &'a Request,
    acquisition: i64,
    imported: i64,
    ledger: &'a Ledger,
}

impl Keep<'_> {
    fn label(&self, item: &Item) -> (&str, String) {
        let listed = self
            .plan
            .items
            .get(item.plan)
            .map(|planned| &planned.listed);
        (
            listed.map_or("", |one| &one.name),
            listed
                .map(|one| one.path.display().to_string())
                .unwrap_or_default(),
        )
    }

    fn objects(&self, mut entry: Entry, items: &[&Item]) -> Entry {
        for item in items {
            if let Some(sha256) = item.sha256 {
                let object =
                    Object::evidence(item::name(item.id), self.label(item).0, item.bytes, sha256);
                entry = entry.object(&object);
            }
        }
        entry
    }

    fn settle(&self, batch: &Batch<'_, '_>, end: &BatchEnd) -> Result<(), WorkError> {
        let transaction = batch.transaction();
        transaction
            .execute(
                "INSERT OR IGNORE INTO acquisition VALUES(?1,?2,?3)",
                (self.acquisition, self.imported, &self.request.reason),
            )
            .map_err(WorkError::database)?;
        let new: Vec<&Item> = end
            .items
            .iter()
            .filter(|item| item.new && item.sha256.is_some())
            .collect();
        let mut received = 0;
        if !new.is_empty() {
            let entry = self.objects(self.received(), &new);
            received = self
                .ledger
                .append(transaction, &entry, self.host.now())?
                .seq;
        }
        let entry = self.imported_entry(end);
        let imported = self
            .ledger
            .append(transaction, &entry, self.host.now())?
            .seq;
        for item in &end.items {
            self.item(
                batch,
                item,
                end,
                if received == 0 { imported } else { received },
            )?;
        }
        for (member, index) in end.members.iter().zip(0..) {
            let row = MemberRow {
                id: batch.member_id(index),
                evidence: member.evidence,
                path: &member.path,
                name: &member.name,
                layers: &member.layers,
                bytes: member.bytes,
                format: member.format.map(|(format, _)| format),
                envelope: member.format.map(|(_, envelope)| envelope),
                recognised: &member.recognised,
                context: member.context.as_deref(),
                content: member.content,
                seekable: member.seekable,
                state: member.state,
                reason: member.reason.as_deref(),
                tally: member.tally,
                warnings: member.warnings,
                first: member.times.map(|(first, _)| first),
                last: member.times.map(|(_, last)| last),
                seq: imported,
            };
            member.tally.reconcile().map_err(|error| WorkError::Usage {
                what: "account of a member",
                expected: "found = stored + duplicate + rejected + ignored".to_owned(),
                found: format!("{}: {error}", member.name),
            })?;
            writer::insert_member(transaction, &row, batch.range(index))
                .map_err(WorkError::database)?;
        }
        // What an earlier import could not read was passed over now.
        for item in end.items.iter().filter(|item| !item.new) {
            writer::recall_partial(transaction, item.id).map_err(WorkError::database)?;
        }
        Ok(())
    }

    fn item(
        &self,
        batch: &Batch<'_, '_>,
        item: &Item,
        end: &BatchEnd,
        seq: u64,
    ) -> Result<(), WorkError> {
        let transaction = batch.transaction();
        let (name, path) = self.label(item);
        if item.new {
            let row = EvidenceRow {
                id: item.id,
                acquisition: self.acquisition,
                name,
                path: &path,
                sha256: item.sha256,
                bytes: item.bytes,
                in_place: self.request.in_place,
                received_seq: seq,
            };
            writer::insert_evidence(transaction, &row, item.state.reason())
                .map_err(WorkError::database)?;
        }
        let bytes = end
            .members
            .iter()
            .filter(|member| member.evidence == item.id)
            .map(|member| member.bytes)
            .sum();
        let of = match item.state {
            ItemState::Duplicate(of) => Some(of),
            _ => None,
        };
        writer::settle_evidence(
            transaction,
            item.id,
            item.state.word(),
            item.state.reason(),
            of,
            bytes,
        )
        .map_err(WorkError::database)
    }

    fn received(&self) -> Entry {
        let to = self.ledger.by().actor.clone();
        let from = Actor {
            id: "declared:source".to_owned(),
            name: "not stated".to_owned(),
            role: "source".to_owned(),
            org: String::new(),
            auth: Auth::Declared,
            qualifications_ref: None,
        };
        let kept = if self.request.in_place {
            "where it lies"
        } else {
            "case:evidence"
        };
        let transfer = Transfer {
            from,
            to,
            method: "file import".to_owned(),
            location_from: self
                .request
                .paths
                .iter()
                .map(|path| path.display().to_string())
                .collect::<Vec<_>>()
                .join("; "),
            location_to: kept.to_owned(),
            seal: None,
            receipt_sha256: None,
        };
        self.ledger
            .entry(Event::EvidenceReceived)
            .reason(&self.request.reason)
            .outcome(&Outcome::Success)
            .clock(&self.host.clock())
            .transfer(&transfer)
    }

    fn imported_entry(&self, end: &BatchEnd) -> Entry {
        let mut tally = Tally::default();
        for member in &end.members {
            tally.add(&member.tally);
        }
        let rejected: Vec<_> = end
            .items
            .iter()
            .filter(|item| item.sha256.is_none())
            .collect();
        let partial = !rejected.is_empty()
            || end
                .items
                .iter()
                .any(|item| matches!(item.state, ItemState::Partial(_) | ItemState::Rejected(_)));
        let outcome = if partial {
            Outcome::Partial(None)
        } else {
            Outcome::Success
        };
        let with_bytes: Vec<&Item> = end
            .items
            .iter()
            .filter(|item| item.sha256.is_some())
            .collect();
        let event = if with_bytes.is_empty() {
            Event::AnalysisRun
        } else {
            Event::EvidenceImported
        };
        let unread: Vec<_> = rejected
            .iter()
            .map(|item| {
                format!(
                    "{} {}: {}",
                    item::name(item.id),
                    self.label(item).0,
                    item.state.reason().unwrap_or("")
                )
                .into()
            })
            .collect();
        let mut entry = self
            .ledger
            .entry(event)
            .reason(&self.request.reason)
            .outcome(&outcome)
            .detail("rows", end.digest.rows)
            .detail("rows_sha256", hex(&end.digest.sha256))
            .detail("normal_form", NormalForm::default() as u64)
            .detail("members", end.members.len() as u64)
            .detail("found", tally.found)
            .detail("stored", tally.stored)
            .detail("rejected", tally.rejected)
            .detail("ignored", tally.ignored)
            .detail("members_partial", in_state(end, "partial"))
            .detail("members_rejected", in_state(end, "rejected"))
            .detail(
                "warnings",
                end.members.iter().map(|one| one.warnings).sum::<u64>(),
            );
        if event == Event::AnalysisRun {
            entry = entry
                .detail("params", vestige_custody::json::Map::new())
                .detail("rule_set_sha256", super::NO_RULE_SET);
        }
        if !unread.is_empty() {
            entry = entry.detail("unreadable", vestige_custody::Value::List(unread));
        }
        self.objects(entry, &with_bytes)
    }
}

fn in_state(end: &BatchEnd, state: &str) -> u64 {
    let members = end.members.iter().filter(|member| member.state == state);
    members.count() as u64
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn who_waits_for_a_worker_is_told_and_asked_meanwhile() {
        let (worker, messages) = crossbeam_channel::bounded(1);
        let asked = Cell::new(0);
        // The worker sends only after the user was asked several times.
        let told = || {
            asked.set(asked.get() + 1);
            if asked.get() == 3 {
                worker.send(Message::TakeBack).unwrap();
            }
        };
        assert!(matches!(next(&messages, &told), Some(Message::TakeBack)));
        assert_eq!(asked.get(), 3);
        let (worker, messages) = crossbeam_channel::bounded(1);
        drop(worker);
        assert!(next(&messages, &|| {}).is_none());
    }
}
