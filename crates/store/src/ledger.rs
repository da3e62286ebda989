//! The custody chain in the case: the only place that inserts into `custody_entry`.
//!
//! An entry is appended in the transaction of the change it describes, so that neither is without
//! the other. The bytes stored are the bytes hashed; nothing serialises them again.

mod checkpoint;
mod head;

pub use checkpoint::{Checkpoint, checkpoints, store_checkpoint, store_request, store_token};
pub use head::Head;

use crate::case_file::CaseError;
use crate::fault::Faults;
use rusqlite::{Connection, OptionalExtension, Transaction};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use vestige_custody::case_id::CaseId;
use vestige_custody::entry::{Actor, Entry, Sealed, Tool};
use vestige_custody::event::{Event, Phase};
use vestige_custody::hash::{Hash, hex};
use vestige_custody::json::{self, Value};
use vestige_custody::merkle::Frontier;
use vestige_model::time::format_millis;

/// Who writes to the case, and with what.
#[derive(Clone, Debug)]
pub struct By {
    /// The person.
    pub actor: Actor,
    /// The program.
    pub tool: Tool,
}

impl By {
    /// An entry of this person and program.
    #[must_use]
    pub fn entry(&self, event: Event) -> Entry {
        Entry::new(event, self.actor.clone(), self.tool.clone())
    }
}

/// Appends to the chain of one case.
#[derive(Debug)]
pub struct Ledger {
    case: CaseId,
    by: By,
    faults: Faults,
    /// The tree over the entries seen so far and the last of them; asking for a root goes on
    /// from here.
    tree: Mutex<(Frontier, Option<Hash>)>,
}

/// An entry as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored<'a> {
    /// Its number from 0.
    pub seq: u64,
    /// The leaf hash stored beside it.
    pub leaf: Hash,
    /// The predecessor's leaf hash stored beside it.
    pub prev: Option<Hash>,
    /// The exact canonical bytes.
    pub body: &'a [u8],
}

impl Ledger {
    pub(crate) fn new(case: CaseId, by: By, faults: &Faults) -> Self {
        Self {
            case,
            by,
            faults: faults.clone(),
            tree: Mutex::default(),
        }
    }

    /// The case's id.
    #[must_use]
    pub fn case(&self) -> &CaseId {
        &self.case
    }

    /// Who writes.
    #[must_use]
    pub fn by(&self) -> &By {
        &self.by
    }

    /// An entry of the person and program at work, to be completed and appended.
    #[must_use]
    pub fn entry(&self, event: Event) -> Entry {
        self.by.entry(event)
    }

    /// Appends an entry at `now` (UTC nanoseconds) in the caller's transaction. Where the clock
    /// lies before the last entry, a `clock.step` entry goes ahead and says so.
    ///
    /// # Errors
    /// [`CaseError::Entry`] where the entry misses something; what SQLite says.
    pub fn append(
        &self,
        transaction: &Transaction<'_>,
        entry: &Entry,
        now: i64,
    ) -> Result<Sealed, CaseError> {
        let mut last = Last::read(transaction)?;
        self.require_authority(transaction, entry)?;
        if let Some(before) = last.as_ref().and_then(|last| last.later_than(now))
            && !entry.steps_back()
        {
            let step = self.clock_step(&before, now);
            let sealed = self.seal_and_insert(transaction, &step, last.as_ref(), now)?;
            last = Some(Last::of(&sealed, now));
        }
        self.seal_and_insert(transaction, entry, last.as_ref(), now)
    }

    /// Appends `<event>.started`, for what may take longer than a second.
    ///
    /// # Errors
    /// As [`Ledger::append`].
    pub fn started(
        &self,
        transaction: &Transaction<'_>,
        entry: &Entry,
        now: i64,
    ) -> Result<Sealed, CaseError> {
        self.append(transaction, &entry.clone().phase(Phase::Started), now)
    }

    /// Appends `<event>.finished`, which names the entry of its beginning in `details.started`.
    ///
    /// # Errors
    /// As [`Ledger::append`]; the entry needs its outcome.
    pub fn finished(
        &self,
        transaction: &Transaction<'_>,
        started: u64,
        entry: &Entry,
        now: i64,
    ) -> Result<Sealed, CaseError> {
        let entry = entry
            .clone()
            .phase(Phase::Finished)
            .detail("started", started);
        self.append(transaction, &entry, now)
    }

    /// The head of the chain.
    ///
    /// # Errors
    /// What SQLite says; [`CaseError::Tampered`] where there is no entry.
    pub fn head(&self, connection: &Connection) -> Result<Head, CaseError> {
        Head::required(connection)
    }

    /// Size and Merkle root of the chain. Entries already counted by an earlier call are not read
    /// again, unless the chain was undone meanwhile.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn root(&self, connection: &Connection) -> Result<(u64, Hash), CaseError> {
        let mut tree = self.tree.lock().unwrap_or_else(PoisonError::into_inner);
        let (frontier, last) = &mut *tree;
        let known = Head::at(connection, frontier.size()).map_err(reading(connection))?;
        if known.map(|head| head.leaf) != *last {
            *frontier = Frontier::default();
        }
        let from = frontier.size();
        for_each_leaf(connection, from, None, |leaf| {
            frontier.push(leaf);
            *last = Some(leaf);
        })?;
        Ok((frontier.size(), frontier.root()))
    }

    /// The Merkle root over the first `size` entries, none where there are fewer.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn root_at(connection: &Connection, size: u64) -> Result<Option<Hash>, CaseError> {
        let mut frontier = Frontier::default();
        for_each_leaf(connection, 0, Some(size), |leaf| frontier.push(leaf))?;
        Ok((frontier.size() == size).then(|| frontier.root()))
    }

    /// Gives each stored entry from number `from` on to `each`, one at a time; `each` returns
    /// whether to go on.
    ///
    /// # Errors
    /// What SQLite says, or what `each` makes of an entry.
    pub fn entries(
        connection: &Connection,
        from: u64,
        each: &mut dyn FnMut(Stored<'_>) -> Result<bool, CaseError>,
    ) -> Result<(), CaseError> {
        let failed = reading(connection);
        let mut statement = connection
            .prepare("SELECT seq,leaf,prev,body FROM custody_entry WHERE seq>=?1 ORDER BY seq")
            .map_err(&failed)?;
        let mut rows = statement.query([number(from)]).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            let seq: i64 = row.get(0).map_err(&failed)?;
            let stored = Stored {
                seq: seq.unsigned_abs(),
                leaf: row.get(1).map_err(&failed)?,
                prev: row.get(2).map_err(&failed)?,
                body: row
                    .get_ref(3)
                    .map_err(&failed)?
                    .as_blob()
                    .unwrap_or_default(),
            };
            if !each(stored)? {
                break;
            }
        }
        Ok(())
    }

    fn clock_step(&self, before: &str, now: i64) -> Entry {
        self.entry(Event::ClockStep)
            .clock_step()
            .detail("last_recorded_at", before)
            .detail("now", format_millis(now))
    }

    /// Above level `internal` a right must have been named before evidence is received.
    fn require_authority(&self, transaction: &Connection, entry: &Entry) -> Result<(), CaseError> {
        if entry.event != Event::EvidenceReceived || entry.has_authority() {
            return Ok(());
        }
        let level: Option<String> = transaction
            .query_row(
                "SELECT value FROM case_fact WHERE name='custody_level'",
                [],
                |row| row.get(0),
            )
            .optional()
            .map_err(reading(transaction))?;
        let level = level.unwrap_or_default();
        if matches!(level.as_str(), "" | "internal") || states_authority(transaction)? {
            return Ok(());
        }
        Err(CaseError::Entry(format!(
            "evidence.received at custody level {level}: expected an authority (an engagement \
             letter, a warrant, a consent) stated before, found none; state it with --authority"
        )))
    }

    fn seal_and_insert(
        &self,
        transaction: &Transaction<'_>,
        entry: &Entry,
        last: Option<&Last>,
        now: i64,
    ) -> Result<Sealed, CaseError> {
        let (seq, prev) = last.map_or((0, None), |last| (last.head.size, Some(last.head.leaf)));
        let sealed = entry
            .seal(&self.case, seq, prev, now)
            .map_err(|error| CaseError::Entry(error.to_string()))?;
        let path = database(transaction);
        self.faults.step("append entry", &path, || {
            transaction
                .prepare_cached("INSERT INTO custody_entry(seq,leaf,prev,body) VALUES(?1,?2,?3,?4)")
                .and_then(|mut insert| {
                    insert.execute((number(seq), sealed.leaf, sealed.prev, &sealed.bytes))
                })
                .map_err(|error| CaseError::sqlite(&path, "appending a custody entry", error))
        })?;
        Ok(sealed)
    }
}

/// The last entry of the chain.
struct Last {
    head: Head,
    recorded_at: String,
}

impl Last {
    fn of(sealed: &Sealed, now: i64) -> Self {
        let head = Head {
            size: sealed.seq + 1,
            leaf: sealed.leaf,
        };
        Self {
            head,
            recorded_at: format_millis(now),
        }
    }

    fn read(connection: &Connection) -> Result<Option<Self>, CaseError> {
        let row: Option<(i64, Hash, Vec<u8>)> = connection
            .prepare_cached("SELECT seq,leaf,body FROM custody_entry ORDER BY seq DESC LIMIT 1")
            .and_then(|mut last| {
                last.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                    .optional()
            })
            .map_err(reading(connection))?;
        let Some((seq, leaf, body)) = row else {
            return Ok(None);
        };
        let entry = json::parse(&body).ok();
        let recorded_at = entry.as_ref().and_then(|entry| entry.get("recorded_at"));
        let Some(recorded_at) = recorded_at.and_then(Value::as_text) else {
            let what = format!("custody entry {seq} has no time");
            return Err(CaseError::Tampered {
                path: database(connection),
                what,
            });
        };
        let head = Head {
            size: seq.unsigned_abs() + 1,
            leaf,
        };
        Ok(Some(Self {
            head,
            recorded_at: recorded_at.to_owned(),
        }))
    }

    /// Its time where that lies after `now`. The form has a fixed width, so text order is time
    /// order.
    fn later_than(&self, now: i64) -> Option<String> {
        (self.recorded_at > format_millis(now)).then(|| self.recorded_at.clone())
    }
}

/// Whether an entry names the right by which the case is worked on.
fn states_authority(connection: &Connection) -> Result<bool, CaseError> {
    let failed = reading(connection);
    let mut statement = connection
        .prepare("SELECT body FROM custody_entry WHERE instr(body,?1)>0 ORDER BY seq")
        .map_err(&failed)?;
    let mut rows = statement
        .query([b"\"authority\":".as_slice()])
        .map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let body: Vec<u8> = row.get(0).map_err(&failed)?;
        if json::parse(&body).is_ok_and(|entry| entry.get("authority").is_some()) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn for_each_leaf(
    connection: &Connection,
    from: u64,
    to: Option<u64>,
    mut each: impl FnMut(Hash),
) -> Result<(), CaseError> {
    let failed = reading(connection);
    let mut statement = connection
        .prepare_cached("SELECT leaf FROM custody_entry WHERE seq>=?1 AND seq<?2 ORDER BY seq")
        .map_err(&failed)?;
    let to = to.map_or(i64::MAX, number);
    let mut rows = statement.query([number(from), to]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        each(row.get(0).map_err(&failed)?);
    }
    Ok(())
}

/// SQLite's integers are signed; a chain never comes near the end of them.
fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn database(connection: &Connection) -> PathBuf {
    connection.path().map(PathBuf::from).unwrap_or_default()
}

fn reading(connection: &Connection) -> impl Fn(rusqlite::Error) -> CaseError + use<> {
    let path = database(connection);
    move |error| CaseError::sqlite(Path::new(&path), "reading the custody chain", error)
}

/// A head's text for an entry: `SIZE:LEAF`.
pub(crate) fn head_text(head: Head) -> String {
    format!("{}:{}", head.size, hex(&head.leaf))
}
