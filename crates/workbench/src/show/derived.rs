//! What the case holds of an event beside its row, compared with what its original gives.

use vestige_model::Locator;
use vestige_store::query::Table;
use vestige_store::term::HashKey;
use vestige_store::{account, duplicates, withdraw};

use super::Found;
use crate::anew;
use crate::error::WorkError;
use crate::import::content_of;
use crate::verify::{Check, Status};

/// Bytes of a member that is read whole for one event.
const READ_AGAIN: u64 = 32 << 20;

impl Found {
    /// Compares what the case derived from the record, beside the row itself.
    pub(super) fn compare_derived(&self, record: &[u8]) -> Result<Option<Check>, WorkError> {
        let (row, event) = (&self.row.row, &self.row.event);
        if row.table == Table::Flow {
            return Ok(None);
        }
        let standing =
            duplicates::standing(self.page.connection(), row.id).map_err(WorkError::database)?;
        let Some(standing) = standing else {
            return Ok(None);
        };
        let key = HashKey::of(self.reader.case().id());
        let id = event.event_id.as_deref();
        let key = id.map(|id| key.event(&event.data_type, event.account.as_deref(), id));
        let stored = standing.derived;
        let wrong = [
            (stored.key != key, "the key of its id"),
            (
                stored
                    .content
                    .is_some_and(|content| content != content_of(record)),
                "the hash of what it says",
            ),
            (
                standing.flagged != standing.apart,
                "the flag of a conflict with other rows of its id",
            ),
            (
                standing.stood_for == Some(false),
                "the row that stands for it as a duplicate",
            ),
        ];
        let wrong: Vec<&str> = wrong.iter().filter(|one| one.0).map(|one| one.1).collect();
        Ok(Some(if wrong.is_empty() {
            let detail =
                "its key, its hash and its flag follow from its record and the rows of its id";
            Check::pass("derived", detail)
        } else {
            let detail = format!(
                "expected what is derived to follow from the record and the rows of its id, found otherwise: {}",
                wrong.join(", ")
            );
            Check::fail("derived", detail)
        }))
    }

    /// Compares why the row is hidden, or that it is in view, with what is on record. The tables
    /// are no witness of a withdrawal: only its custody entry is.
    pub(super) fn compare_hidden(&self, withdrawn_by: Option<u64>) -> Result<Check, WorkError> {
        let row = &self.row.row;
        let found = withdraw::hidden_of(self.page.connection(), row.table == Table::Event, row.id)
            .map_err(WorkError::database)?;
        let Some(found) = found else {
            let detail = "expected the row to belong to a member of an evidence item, found none";
            return Ok(Check::fail("hidden", detail));
        };
        let expected = i64::from(found.duplicate) | i64::from(withdrawn_by.is_some()) << 1;
        if found.bits == expected && found.withdrawn_seq == withdrawn_by {
            let detail = format!("it is {}, as is on record", hidden(found.bits));
            return Ok(Check::pass("hidden", detail));
        }
        let entry = |seq: Option<u64>| {
            seq.map_or("no custody entry".to_owned(), |seq| {
                format!("custody entry {seq}")
            })
        };
        let detail = format!(
            "expected the row to be {} ({} withdrew its evidence item, {} record says that it came twice), found it {}, its item marked as withdrawn by {}",
            hidden(expected),
            entry(withdrawn_by),
            if found.duplicate { "a" } else { "no" },
            hidden(found.bits),
            entry(found.withdrawn_seq),
        );
        Ok(Check::fail("hidden", detail))
    }

    /// Compares what the record needs from elsewhere in its member with what the original gives.
    pub(super) fn compare_context(&self) -> Result<Option<Check>, WorkError> {
        let member = self.row.origin.member;
        let account = account::of(self.page.connection(), member.0).map_err(WorkError::database)?;
        let Some(format) = self.source.format.as_deref() else {
            return Ok(None);
        };
        let Some(format) = vestige_formats::by_name(format) else {
            return Ok(None);
        };
        if account.bytes > READ_AGAIN {
            let detail = format!(
                "what records need from elsewhere in a member of {} bytes is compared by `vestige verify --deep`",
                account.bytes
            );
            return Ok(Some(Check {
                status: Status::Skipped,
                ..Check::pass("context", detail)
            }));
        }
        let all = Locator {
            offset: 0,
            length: account.bytes,
            ..Locator::default()
        };
        Ok(Some(match self.records.bytes(member, &all, true) {
            Err(error) => Check::fail("context", error.reason),
            Ok(bytes) => {
                let envelope = account.envelope.as_deref().unwrap_or_default();
                same_context(anew::context(format, envelope, &bytes), account.context)
            }
        }))
    }
}

/// What the bits of `hidden` say.
fn hidden(bits: i64) -> &'static str {
    match bits {
        0 => "in view",
        1 => "hidden as a duplicate",
        2 => "hidden as withdrawn",
        3 => "hidden as a duplicate and as withdrawn",
        _ => "hidden for no known reason",
    }
}

fn same_context(made: Option<Vec<u8>>, stored: Option<Vec<u8>>) -> Check {
    if made == stored {
        let detail = "what records need from elsewhere in the member is what its original gives";
        return Check::pass("context", detail);
    }
    let shown = |context: Option<Vec<u8>>| {
        context.map_or("nothing".to_owned(), |bytes| {
            format!("{:?}", String::from_utf8_lossy(&bytes))
        })
    };
    let detail = format!(
        "expected records to need {} from elsewhere in the member, found {}",
        shown(made),
        shown(stored)
    );
    Check::fail("context", detail)
}
