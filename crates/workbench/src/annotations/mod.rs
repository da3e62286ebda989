//! What examiners note: stars, marks, tags and comments of events, legal notes of evidence items.
//!
//! A change is one custody entry (`timeline.annotated`), however many events it is about, and can be
//! taken back by another. Annotations belong to the row that is shown: those of a duplicate to its
//! survivor; those of an event whose evidence is withdrawn stay, and are hidden with it.

mod chosen;
mod item;
mod notes;
mod words;

use vestige_custody::{Entry, Event, Value, hex};
use vestige_store::annotation::{self, ChangeError, Digest};
use vestige_store::case_file::{CaseError, CaseWriter};
use vestige_store::page::RowRef;

use crate::error::WorkError;
use crate::host::Host;
use crate::progress::Progress;
use crate::session::OpenCase;

pub(crate) use chosen::few;
pub use chosen::{MOST, Selection};
pub use item::{item_notes, note_item};
pub use notes::{Note, NotedEvent, Notes, TagCount, noted, notes_of, tags};
pub use vestige_store::annotation::{ItemNote, Mark, What};
pub use words::{COMMENT, TAG};
pub(crate) use words::{Said, read as read_change};

/// A change to what is noted of events.
#[derive(Clone, Debug)]
pub struct Change {
    /// What is done to each.
    pub what: What,
    /// Which events.
    pub on: Selection,
}

/// What a change came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Changed {
    /// The events it is about; 0 where none would have been altered, and then nothing was written.
    pub events: u64,
    /// The custody entry, by which it can be taken back.
    pub custody_seq: Option<u64>,
}

impl Changed {
    const NOTHING: Changed = Changed {
        events: 0,
        custody_seq: None,
    };
}

/// Notes something of events, in one transaction with one custody entry. The entry states what is
/// noted, how many events there are, the digest over them and the ids of up to a hundred.
///
/// # Errors
/// [`WorkError::Usage`] for a tag or comment that cannot be noted, more than [`MOST`] events, or a
/// query that is wrong; [`WorkError::Absent`] for an event that is not there or was withdrawn;
/// [`WorkError::Stopped`]. Nothing is then written.
pub fn annotate(
    host: &dyn Host,
    case: &mut OpenCase,
    change: &Change,
) -> Result<Changed, WorkError> {
    let what = words::checked(&change.what)?;
    let rows = chosen::rows(host, case, &change.on)?;
    let connection = case.writer().connection();
    if !annotation::alters(connection, &what, &rows).map_err(WorkError::database)? {
        return Ok(Changed::NOTHING);
    }
    write(
        host,
        case,
        &rows,
        &|entry| words::state(entry, &what),
        &mut |done| annotation::record(done.connection, done.seq, &what, &rows, done.go_on),
    )
}

/// Takes a change back: its events have what they would have had without it. This is a new entry,
/// which cannot be taken back; the change can be made again.
///
/// # Errors
/// [`WorkError::Absent`] where the entry is no change or was taken back already; as [`annotate`].
pub fn undo(host: &dyn Host, case: &mut OpenCase, custody_seq: u64) -> Result<Changed, WorkError> {
    let connection = case.writer().connection();
    let change = annotation::change(connection, custody_seq).map_err(WorkError::database)?;
    let absent = |found: String| WorkError::Absent {
        case: case.case().root().to_path_buf(),
        what: "annotation",
        expected: "the custody entry of a change that was not taken back".to_owned(),
        found,
    };
    match change {
        None => return Err(absent(format!("entry {custody_seq} is none"))),
        Some(change) => {
            if let Some(by) = change.undone_seq {
                return Err(absent(format!(
                    "entry {by} took {custody_seq} back already"
                )));
            }
        }
    }
    let rows = annotation::rows_of(connection, custody_seq).map_err(WorkError::database)?;
    write(
        host,
        case,
        &rows,
        &|entry| words::state_undo(entry, custody_seq),
        &mut |done| annotation::undo(done.connection, custody_seq, done.seq, done.go_on),
    )
}

/// What the writing of a change is given.
struct Writing<'a> {
    connection: &'a vestige_store::Connection,
    /// The entry that states it.
    seq: u64,
    go_on: &'a mut dyn FnMut(u64) -> bool,
}

/// Writes a change of these rows and its entry.
fn write(
    host: &dyn Host,
    case: &mut OpenCase,
    rows: &[RowRef],
    state: &dyn Fn(Entry) -> Entry,
    change: &mut dyn FnMut(Writing<'_>) -> Result<(), ChangeError>,
) -> Result<Changed, WorkError> {
    let database = case.case().database();
    let failed = |error| CaseError::sqlite(&database, "noting", error);
    let mut go_on = |done: u64| {
        host.progress(&Progress {
            stage: "noting".to_owned(),
            records: done,
            ..Progress::default()
        });
        !host.cancelled()
    };
    let writer = case.writer_mut();
    let faults = writer.faults().clone();
    let (transaction, ledger) = writer.begin()?;
    let digest = annotation::digest(&transaction, rows).map_err(failed)?;
    let entry = state(stated(ledger.entry(Event::TimelineAnnotated), &digest));
    let sealed = ledger.append(&transaction, &entry, host.now())?;
    let writing = Writing {
        connection: &transaction,
        seq: sealed.seq,
        go_on: &mut go_on,
    };
    faults.step::<_, WorkError>("annotate", &database, || {
        change(writing).map_err(|error| match error {
            ChangeError::Database(error) => failed(error).into(),
            ChangeError::Stopped => WorkError::Stopped { doing: "noting" },
        })
    })?;
    CaseWriter::commit(transaction, &faults)?;
    case.after_write(host);
    Ok(Changed {
        events: digest.events,
        custody_seq: Some(sealed.seq),
    })
}

/// What every entry states of its events.
fn stated(entry: Entry, digest: &Digest) -> Entry {
    let named: Vec<Value> = digest
        .named
        .iter()
        .map(|id| Value::from(id.as_str()))
        .collect();
    entry
        .detail("events", digest.events)
        .detail("events_sha256", hex(&digest.sha256))
        .detail("named", Value::from(named))
}
