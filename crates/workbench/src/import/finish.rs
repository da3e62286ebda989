//! After the load: indexes, records that came twice, counts. What an interrupted import left of
//! it is done when the case is next opened for writing.

use vestige_acquire::reopen::{Item, Reopen};
use vestige_custody::entry::Outcome;
use vestige_custody::{Event, hex};
use vestige_formats::decode::decode;
use vestige_model::{Locator, MemberPath, MemberRef, RecordBytes, RecordBytesError};
use vestige_store::case_file::CaseWriter;
use vestige_store::duplicates::{self, Compare};
use vestige_store::writer::{self, COUNTS, DUPLICATES, INDEXES, Writer};
use vestige_store::{Connection, index};

use crate::error::WorkError;
use crate::host::Host;
use crate::progress::Progress;
use crate::session::OpenCase;

/// Notes what will have to be done.
pub(super) fn before(open: &mut OpenCase) -> Result<(), WorkError> {
    let (transaction, ledger) = open.writer_mut().begin()?;
    let _ = ledger;
    for task in [INDEXES, DUPLICATES] {
        writer::set_pending(&transaction, task).map_err(WorkError::database)?;
    }
    transaction.commit().map_err(WorkError::database)
}

/// Finishes a load.
pub(super) fn after(
    host: &dyn Host,
    open: &mut OpenCase,
    mut writer: Writer,
    settled_to: i64,
) -> Result<(), WorkError> {
    let stage = |name: &str| {
        host.progress(&Progress {
            stage: format!("building {name}"),
            ..Progress::default()
        });
    };
    let maintenance = open.writer().maintenance()?;
    index::build(&maintenance, &mut |name| stage(name)).map_err(WorkError::database)?;
    drop(maintenance);
    let records = Records::new(open)?;
    let same = same_content;
    let now = host.now();
    let faults = open.writer().faults().clone();
    let (transaction, ledger) = open.writer_mut().begin()?;
    let next = ledger.head(&transaction)?.size;
    let compare = Compare {
        records: &records,
        same: &same,
    };
    let settled = duplicates::settle(
        &transaction,
        &mut writer,
        settled_to,
        next,
        &compare,
        &|_| true,
    )
    .map_err(|error| WorkError::Settle(error.to_string()))?;
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
        .detail("conflicts", settled.conflicts);
    if settled.duplicates > 0 {
        entry = entry.detail("duplicates_sha256", hex(&settled.sha256));
    }
    ledger.append(&transaction, &entry, now)?;
    CaseWriter::commit(transaction, &faults)?;
    Ok(())
}

/// Does what an interrupted import left undone.
///
/// # Errors
/// What SQLite says, or records that cannot be compared.
pub fn repair(host: &dyn Host, open: &mut OpenCase) -> Result<(), WorkError> {
    let connection = open.writer().connection();
    let mut left = false;
    for task in [COUNTS, INDEXES, DUPLICATES] {
        left |= writer::is_pending(connection, task).map_err(WorkError::database)?;
    }
    if !left {
        return Ok(());
    }
    host.notice("an import was interrupted: finishing what it left (indexes, duplicates, counts)");
    let mut writer = Writer::new(connection).map_err(WorkError::database)?;
    writer.distrust();
    after(host, open, writer, 0)
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

/// Whether two records say the same, white space and key order aside.
fn same_content(one: &[u8], other: &[u8]) -> bool {
    let parse = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).ok();
    one == other
        || parse(one)
            .zip(parse(other))
            .is_some_and(|(one, other)| one == other)
}
