//! The custody chain in the case: the only place that inserts into `custody_entry`.
//!
//! An entry is appended in the transaction of the change it describes, so that neither is without
//! the other. The bytes stored are the bytes hashed; nothing serialises them again.

mod checkpoint;
mod head;
mod sign;

pub use checkpoint::{Checkpoint, checkpoints, store_checkpoint, store_request, store_token};
pub use head::Head;
pub use sign::SignedHead;

use crate::case_file::CaseError;
use crate::fault::Faults;
use rusqlite::{Connection, Transaction};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use vestige_custody::entry::{Actor, Tool};
use vestige_custody::hash::{Hash, hex};
use vestige_custody::line::Line;
use vestige_custody::merkle::Frontier;
use vestige_custody::{CaseId, Chain, ChainError, Entry, Event, Phase, Sealed};
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
    by: By,
    faults: Faults,
    /// The chain as it was last seen. Undoing a transaction leaves it ahead of the database, so
    /// each use compares the heads first.
    chain: Mutex<Chain>,
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
    /// The ledger of a case whose database is not yet read, or has no entry yet.
    pub(crate) fn new(case: CaseId, by: By, faults: &Faults) -> Self {
        Self {
            by,
            faults: faults.clone(),
            chain: Mutex::new(Chain::new(case)),
        }
    }

    /// The ledger of a case, its whole chain followed once.
    ///
    /// # Errors
    /// [`CaseError::Tampered`] where an entry does not follow the one before it.
    pub(crate) fn resume(
        case: CaseId,
        by: By,
        connection: &Connection,
        faults: &Faults,
    ) -> Result<Self, CaseError> {
        let ledger = Self::new(case, by, faults);
        drop(ledger.current(connection)?);
        Ok(ledger)
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
        let mut chain = self.current(transaction)?;
        // The copy becomes the chain only once the database has taken the entry.
        let mut next = chain.clone();
        if let Some(last) = next.clock_back(now)
            && !entry.steps_back()
        {
            let step = self.clock_step(last, now);
            self.seal_and_insert(transaction, &mut next, &step, now)?;
        }
        let sealed = self.seal_and_insert(transaction, &mut next, entry, now)?;
        *chain = next;
        Ok(sealed)
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

    /// The chain as it stands in the database: size, head, Merkle root, custody level, the
    /// checkpoint to be signed.
    ///
    /// # Errors
    /// What SQLite says; [`CaseError::Tampered`] where the chain does not hold.
    pub fn chain(&self, connection: &Connection) -> Result<Chain, CaseError> {
        self.current(connection).map(|chain| chain.clone())
    }

    /// The Merkle root over the first `size` entries, none where there are fewer.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn root_at(connection: &Connection, size: u64) -> Result<Option<Hash>, CaseError> {
        let mut frontier = Frontier::default();
        for_each_leaf(connection, size, |leaf| frontier.push(leaf))?;
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

    fn clock_step(&self, last: i64, now: i64) -> Entry {
        self.entry(Event::ClockStep)
            .clock_step()
            .detail("last_recorded_at", format_millis(last))
            .detail("now", format_millis(now))
    }

    /// The chain, brought to the state of the database.
    fn current(&self, connection: &Connection) -> Result<MutexGuard<'_, Chain>, CaseError> {
        let mut chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = Head::read(connection).map_err(reading(connection))?;
        if stored != head_of(&chain) {
            *chain = follow(chain.case().clone(), connection)?;
        }
        Ok(chain)
    }

    fn seal_and_insert(
        &self,
        transaction: &Transaction<'_>,
        chain: &mut Chain,
        entry: &Entry,
        now: i64,
    ) -> Result<Sealed, CaseError> {
        let sealed = chain
            .append(entry, now)
            .map_err(|error| refused(transaction, &error))?;
        let path = database(transaction);
        self.faults.step("append entry", &path, || {
            transaction
                .prepare_cached("INSERT INTO custody_entry(seq,leaf,prev,body) VALUES(?1,?2,?3,?4)")
                .and_then(|mut insert| {
                    insert.execute((number(sealed.seq), sealed.leaf, sealed.prev, &sealed.bytes))
                })
                .map_err(|error| CaseError::sqlite(&path, "appending a custody entry", error))
        })?;
        Ok(sealed)
    }
}

/// The head of a chain, none where it is empty.
pub(crate) fn head_of(chain: &Chain) -> Option<Head> {
    chain.head().map(|leaf| Head {
        size: chain.size(),
        leaf,
    })
}

/// Follows the stored chain from its first entry; the columns must agree with the bytes.
///
/// # Errors
/// [`CaseError::Tampered`] with the first entry that does not hold.
pub(crate) fn follow(case: CaseId, connection: &Connection) -> Result<Chain, CaseError> {
    let path = database(connection);
    let tampered = |what: String| CaseError::Tampered {
        path: path.clone(),
        what,
    };
    let mut chain = Chain::new(case);
    Ledger::entries(connection, 0, &mut |stored| {
        follow_one(&mut chain, &stored).map_err(|what| tampered(format!("custody {what}")))?;
        Ok(true)
    })?;
    Ok(chain)
}

fn follow_one(chain: &mut Chain, stored: &Stored<'_>) -> Result<(), String> {
    let seq = stored.seq;
    let line = Line::parse(stored.body).map_err(|error| format!("entry {seq}: {error}"))?;
    let Line::Entry(entry) = line else {
        return Err(format!(
            "entry {seq}: it is withheld, which a case never has"
        ));
    };
    if (seq == 0) != (entry.event == Event::CaseCreated.name()) {
        return Err(format!("entry {seq}: found {}", entry.event));
    }
    if stored.prev != chain.head() || stored.seq != chain.size() {
        return Err(format!("entry {seq}: it does not follow the one before"));
    }
    chain
        .follow(stored.body)
        .map_err(|error| error.to_string())?;
    if chain.head() != Some(stored.leaf) {
        return Err(format!(
            "entry {seq}: its bytes do not have the hash stored beside them"
        ));
    }
    Ok(())
}

fn refused(connection: &Connection, error: &ChainError) -> CaseError {
    match error {
        ChainError::Line { .. } | ChainError::Broken { .. } => CaseError::Tampered {
            path: database(connection),
            what: error.to_string(),
        },
        _ => CaseError::Entry(error.to_string()),
    }
}

fn for_each_leaf(
    connection: &Connection,
    size: u64,
    mut each: impl FnMut(Hash),
) -> Result<(), CaseError> {
    let failed = reading(connection);
    let mut statement = connection
        .prepare_cached("SELECT leaf FROM custody_entry WHERE seq<?1 ORDER BY seq")
        .map_err(&failed)?;
    let mut rows = statement.query([number(size)]).map_err(&failed)?;
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
