//! After the load: indexes, records that came twice, counts. What an interrupted import left of
//! it is done when the case is next opened for writing.

use vestige_acquire::reopen::{Item, Reopen};
use vestige_custody::entry::Outcome;
use vestige_custody::{Event, hex};
use vestige_formats::decode::decode;
use vestige_model::{Locator, MemberPath, MemberRef, RecordBytes, RecordBytesError};
use vestige_store::case_file::CaseWriter;
use vestige_store::duplicates::{self, Compare, SettleError};
use vestige_store::index::Of;
use vestige_store::writer::{self, COUNTS, DUPLICATES, INDEXES, UNREAD, Writer};
use vestige_store::{Connection, index};

use super::content::content_of;
use crate::error::WorkError;
use crate::host::Host;
use crate::progress::Progress;
use crate::session::OpenCase;

/// Finishes a load.
pub(super) fn after(
    host: &dyn Host,
    open: &mut OpenCase,
    mut writer: Writer,
    settled_to: i64,
) -> Result<(), WorkError> {
    build_indexes(host, open, Of::Rows)?;
    let records = Records::new(open)?;
    let now = host.now();
    let faults = open.writer().faults().clone();
    let (transaction, ledger) = open.writer_mut().begin()?;
    let next = ledger.head(&transaction)?.size;
    let compare = Compare {
        records: &records,
        content: &content_of,
    };
    let retry = writer::is_pending(&transaction, UNREAD).map_err(WorkError::database)?;
    let from = if retry { 0 } else { settled_to };
    // Who stopped the reading wants what was read in order.
    let stopped = host.cancelled();
    let told = |rows| {
        host.progress(&Progress {
            stage: "comparing records that came twice".to_owned(),
            records: rows,
            ..Progress::default()
        });
        stopped || !host.cancelled()
    };
    let settled = duplicates::settle(&transaction, &mut writer, from, next, &compare, &told)
        .map_err(unsettled)?;
    writer::clear_pending(&transaction, UNREAD).map_err(WorkError::database)?;
    if settled.unread > 0 {
        writer::set_pending(&transaction, UNREAD).map_err(WorkError::database)?;
        host.notice(&format!(
            "{} records have ids that came before and cannot be compared, as their evidence cannot be read; they are kept and flagged as conflicting until an import finds the evidence again",
            settled.unread
        ));
    }
    writer.flush(&transaction).map_err(WorkError::database)?;
    for task in [INDEXES, DUPLICATES] {
        writer::clear_pending(&transaction, task).map_err(WorkError::database)?;
    }
    let mut entry = ledger
        .entry(Event::AnalysisRun)
        .outcome(&Outcome::Success)
        .detail("analysis", "duplicates")
        .detail("params", vestige_custody::json::Map::new())
        .detail("rule_set_sha256", super::NO_RULE_SET)
        .detail("duplicates", settled.duplicates)
        .detail("duplicate_members", settled.members)
        .detail("conflicts", settled.conflicts)
        .detail("unread", settled.unread);
    if settled.duplicates + settled.members > 0 {
        entry = entry.detail("duplicates_sha256", hex(&settled.sha256));
    }
    ledger.append(&transaction, &entry, now)?;
    CaseWriter::commit(transaction, &faults)?;
    // Those of totals, which are in their tables now.
    if index::is_missing(open.writer().connection()).map_err(WorkError::database)? {
        build_indexes(host, open, Of::All)?;
    }
    Ok(())
}

/// What was read is in the case, and `pending` says that it is to be settled.
fn unsettled(error: SettleError) -> WorkError {
    match error {
        SettleError::Stopped => WorkError::Stopped {
            doing: "comparing records that came twice: what was read is in the case; the next import goes on",
        },
        SettleError::Database(error) => WorkError::database(error),
    }
}

/// Indexes hold nothing of their own, so that no entry speaks of them.
fn build_indexes(host: &dyn Host, open: &OpenCase, of: Of) -> Result<(), WorkError> {
    let mut stage = |name: &str| {
        host.progress(&Progress {
            stage: format!("building {name}"),
            ..Progress::default()
        });
    };
    let database = open.case().database();
    open.writer().faults().step("build indexes", &database, || {
        let maintenance = open.writer().maintenance()?;
        index::build_of(of, &maintenance, &mut stage).map_err(WorkError::database)
    })
}

/// Does what an interrupted import left undone. One that dropped indexes and came to no batch has
/// noted nothing: its rows and counts are as before, and the indexes are built.
///
/// # Errors
/// What SQLite says, or records that cannot be compared.
pub fn repair(host: &dyn Host, open: &mut OpenCase) -> Result<(), WorkError> {
    let connection = open.writer().connection();
    let mut left = false;
    for task in [COUNTS, INDEXES, DUPLICATES] {
        left |= writer::is_pending(connection, task).map_err(WorkError::database)?;
    }
    if left {
        host.notice(
            "an import was interrupted: finishing what it left (indexes, duplicates, counts)",
        );
        let mut writer = Writer::new(connection).map_err(WorkError::database)?;
        writer.distrust();
        return after(host, open, writer, 0);
    }
    if index::is_missing(connection).map_err(WorkError::database)? {
        host.notice("indexes are missing: building them");
        build_indexes(host, open, Of::All)?;
    }
    Ok(())
}

/// Gives decoded records of a case.
pub(crate) struct Records {
    connection: Connection,
    reopen: Reopen,
    root: std::path::PathBuf,
}

impl Records {
    pub(crate) fn new(open: &OpenCase) -> Result<Records, WorkError> {
        Records::of(open.case().open_reader()?)
    }

    pub(crate) fn of(reader: vestige_store::case_file::CaseReader) -> Result<Records, WorkError> {
        let root = reader.case().root().to_path_buf();
        Ok(Records {
            connection: reader.into_connection(),
            reopen: Reopen::new(&root, 256 << 20),
            root,
        })
    }

    /// The exact bytes at a locator; from the original itself where `original` is set.
    pub(crate) fn bytes(
        &self,
        member: MemberRef,
        at: &Locator,
        original: bool,
    ) -> Result<Vec<u8>, RecordBytesError> {
        let failed = |reason: String| RecordBytesError {
            evidence: format!("member {}", member.0),
            reason,
        };
        let (sha256, bytes, in_place, path, member_path, name) =
            writer::origin(&self.connection, member.0)
                .map_err(|error| failed(error.to_string()))?;
        let item = if in_place {
            Item::in_place(path, sha256, bytes)
        } else {
            Item::kept(&self.root, sha256, bytes)
        };
        let ordinals = if name.is_empty() {
            MemberPath::default()
        } else {
            MemberPath(
                member_path
                    .split('-')
                    .filter_map(|part| part.parse().ok())
                    .collect(),
            )
        };
        let read = if original {
            self.reopen
                .read_original_range(&item, &ordinals, at.offset, at.length)
        } else {
            self.reopen
                .read_range(&item, &ordinals, at.offset, at.length)
        };
        read.map_err(|error| failed(error.to_string()))
    }
}

impl RecordBytes for Records {
    fn record(&self, member: MemberRef, at: &Locator) -> Result<Vec<u8>, RecordBytesError> {
        let raw = self.bytes(member, at, false)?;
        let decoded = decode(at.decode, &raw).map_err(|error| RecordBytesError {
            evidence: format!("member {}", member.0),
            reason: error.to_string(),
        })?;
        Ok(decoded.into_owned())
    }
}
