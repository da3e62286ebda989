//! Records that were delivered twice.
//!
//! Two events are the same record where platform, account and the source's own id are equal and
//! so is the decoded content; the survivor is the first in sorted path order, the others are
//! hidden and stay in its provenance. Equal ids with differing content are all kept and flagged
//! `conflict`. Rows are settled after a load, over an index and in an order made by the database, so
//! that no more is held in memory than one row, and no thread can change the result. A row that already stands for others stays whatever
//! comes later.
//!
//! Records of formats without ids are never compared by themselves, but a member as a whole with
//! others of the same bytes: [`members`].

mod content;
mod derived;
mod founded;
pub(crate) mod members;

pub use derived::{Derived, DerivedRows, Standing, standing};
pub use founded::{Unfounded, unfounded};

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use vestige_model::RecordBytes;

use crate::writer::Writer;

/// What settling has found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Rows that are duplicates.
    pub duplicates: u64,
    /// Rows flagged as conflicting.
    pub conflicts: u64,
    /// Members that are duplicates as a whole; their rows are not in `duplicates`.
    pub members: u64,
    /// Rows that share an id with others and whose record could not be read: these count as
    /// saying something else.
    pub unread: u64,
    /// What was found, as [`digest`] makes it.
    pub sha256: [u8; 32],
}

/// Why settling stopped.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// The database.
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    /// The user stopped it.
    #[error("stopped")]
    Stopped,
}

/// How records are compared.
pub struct Compare<'a> {
    /// Gives decoded records.
    pub records: &'a dyn RecordBytes,
    /// A hash of what a record says (white space and key order aside): equal hash is equal content.
    pub content: &'a dyn Fn(&[u8]) -> [u8; 16],
}

/// Settles members with the same bytes, then every group of rows that share an id and of which at
/// least one row id is greater than `settled_to`. `seq` is the custody entry under which it
/// happens.
///
/// # Errors
/// See [`SettleError`]; the caller's transaction is then to be taken back.
pub fn settle(
    connection: &Connection,
    writer: &mut Writer,
    settled_to: i64,
    seq: u64,
    compare: &Compare<'_>,
    progress: &dyn Fn(u64) -> bool,
) -> Result<Settled, SettleError> {
    writer.begin_uncount(connection)?;
    let members = members::settle(connection, writer, seq, &|| progress(0))?;
    find_shared(connection, settled_to)?;
    let unread = content::fill(connection, compare, progress)?;
    let mut work = Work {
        connection,
        writer,
        seq,
        settled: Settled {
            members,
            unread,
            ..Settled::default()
        },
        members: BTreeMap::new(),
        progress,
        looked_at: 0,
    };
    let mut page = connection.prepare(
        "SELECT rowid, key FROM temp.shared_key WHERE rowid>?1 ORDER BY rowid LIMIT 4096",
    )?;
    let mut last = 0;
    loop {
        let keys: Vec<(i64, i64)> = page
            .query_map([last], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let Some((rowid, _)) = keys.last() else { break };
        last = *rowid;
        for (_, key) in keys {
            work.group(key)?;
        }
        if !progress(work.looked_at) {
            return Err(SettleError::Stopped);
        }
    }
    drop(page);
    work.finish()?;
    let mut settled = work.settled;
    settled.sha256 = digest(connection, seq)?;
    connection.execute_batch("DROP TABLE temp.shared_key")?;
    Ok(settled)
}

/// The digest that the custody entry `seq` holds over the duplicates it settled: SHA-256 over the
/// lines `<row id of duplicate> <row id of survivor>` in order of the duplicate, then the lines
/// `member <member id of duplicate> <member id of survivor>` in order of the duplicate, each ended
/// by a line feed.
///
/// # Errors
/// What SQLite says.
pub fn digest(connection: &Connection, seq: u64) -> rusqlite::Result<[u8; 32]> {
    let events = "SELECT event||' '||survivor FROM duplicate WHERE seq=?1 ORDER BY event";
    let members = "SELECT 'member '||member||' '||survivor FROM duplicate_member WHERE seq=?1 ORDER BY member";
    let mut digest = Sha256::new();
    for sql in [events, members] {
        let mut lines = connection.prepare(sql)?;
        let mut lines = lines.query([seq as i64])?;
        while let Some(line) = lines.next()? {
            digest.update(line.get_ref(0)?.as_str()?);
            digest.update("\n");
        }
    }
    Ok(digest.finalize().into())
}

/// Writes the keys that several rows share into a temporary table.
fn find_shared(connection: &Connection, settled_to: i64) -> rusqlite::Result<()> {
    connection.execute_batch(
        "DROP TABLE IF EXISTS temp.shared_key; CREATE TEMP TABLE shared_key(key INTEGER)",
    )?;
    if settled_to == 0 {
        return connection.execute_batch(
            "INSERT INTO temp.shared_key SELECT event_key FROM event INDEXED BY event_key
             WHERE event_key IS NOT NULL GROUP BY event_key HAVING count(*)>1",
        );
    }
    connection
        .execute(
            "INSERT INTO temp.shared_key SELECT DISTINCT n.event_key FROM event n
             WHERE n.id>?1 AND n.event_key IS NOT NULL
               AND EXISTS(SELECT 1 FROM event o INDEXED BY event_key
                          WHERE o.event_key=n.event_key AND o.event_key IS NOT NULL AND o.id<>n.id)
             ORDER BY 1",
            [settled_to],
        )
        .map(drop)
}

struct Work<'a> {
    connection: &'a Connection,
    writer: &'a mut Writer,
    seq: u64,
    settled: Settled,
    /// Records found to be duplicates, by member.
    members: BTreeMap<i64, i64>,
    /// Told how many rows were looked at; false to stop.
    progress: &'a dyn Fn(u64) -> bool,
    looked_at: u64,
}

/// The rows that share a key and are not withdrawn: those with one id together, of them those that
/// say the same, and of those the one first that stands for others already, else the first in sorted
/// path order. The order is made outside memory, for one id may have millions of rows.
const ROWS: &str =
    "SELECT e.id,e.member,e.account,e.event_id,e.content,coalesce(e.sub,0)=0,e.hidden&1
      FROM event e INDEXED BY event_key JOIN member m ON m.id=e.member
     WHERE e.event_key=?1 AND e.event_key IS NOT NULL AND e.hidden&2=0
     ORDER BY e.account,e.event_id,e.content,
              e.id NOT IN (SELECT d.survivor FROM event x INDEXED BY event_key
                             JOIN duplicate d ON d.event=x.id
                            WHERE x.event_key=?1 AND x.event_key IS NOT NULL AND x.hidden&2=0),
              m.evidence,m.id,e.offset,e.sub";

/// The rows with one id, as far as they were seen.
struct Group {
    identity: (Value, Value),
    /// What the last survivor says.
    content: Option<[u8; 16]>,
    survivor: i64,
    survivors: u64,
}

/// Rows after which the caller is asked whether to go on.
const STEP: u64 = 4096;

impl Work<'_> {
    /// Settles the rows of one key. Whose content is not known says something else than all others.
    fn group(&mut self, key: i64) -> Result<(), SettleError> {
        let connection = self.connection;
        let mut statement = connection.prepare_cached(ROWS)?;
        let mut rows = statement.query([key])?;
        let mut open: Option<Group> = None;
        while let Some(row) = rows.next()? {
            let identity = (row.get(2)?, row.get(3)?);
            if open
                .as_ref()
                .is_some_and(|group| group.identity != identity)
            {
                self.flag(key, open.take())?;
            }
            let id: i64 = row.get(0)?;
            let content: Option<[u8; 16]> = row.get(4)?;
            match &mut open {
                Some(group) if content.is_some() && content == group.content => {
                    if row.get::<_, i64>(6)? == 0 {
                        self.hide(id, row.get(1)?, group.survivor, row.get(5)?)?;
                    }
                }
                Some(group) => {
                    (group.content, group.survivor) = (content, id);
                    group.survivors += 1;
                }
                None => {
                    open = Some(Group {
                        identity,
                        content,
                        survivor: id,
                        survivors: 1,
                    });
                }
            }
            self.looked_at()?;
        }
        self.flag(key, open)
    }

    fn looked_at(&mut self) -> Result<(), SettleError> {
        self.looked_at += 1;
        if self.looked_at.is_multiple_of(STEP) && !(self.progress)(self.looked_at) {
            return Err(SettleError::Stopped);
        }
        Ok(())
    }

    /// Flags the rows with one id that say different things, all that are in view by now.
    fn flag(&mut self, key: i64, group: Option<Group>) -> Result<(), SettleError> {
        let Some(group) = group else { return Ok(()) };
        let apart = group.survivors > 1;
        let (account, event_id) = group.identity;
        let flagged = self
            .connection
            .prepare_cached(
                "UPDATE event INDEXED BY event_key SET conflict=?4
                  WHERE event_key=?1 AND event_key IS NOT NULL AND hidden&3=0
                    AND account IS ?2 AND event_id IS ?3 AND (conflict IS NOT NULL)<>?5",
            )?
            .execute(params![key, account, event_id, apart.then_some(1), apart])?;
        if apart {
            self.settled.conflicts += flagged as u64;
        }
        Ok(())
    }

    /// `first` says whether it is the first row of its record: records are counted by that.
    fn hide(
        &mut self,
        id: i64,
        member: i64,
        survivor: i64,
        first: bool,
    ) -> Result<(), SettleError> {
        self.connection
            .prepare_cached("UPDATE event SET hidden=hidden|1, conflict=NULL WHERE id=?1")?
            .execute([id])?;
        self.connection
            .prepare_cached("INSERT INTO duplicate VALUES(?1,?2,?3)")?
            .execute(params![id, survivor, self.seq as i64])?;
        self.writer.uncount_event(self.connection, id)?;
        self.settled.duplicates += 1;
        if first {
            *self.members.entry(member).or_default() += 1;
        }
        if self.members.len() > 100_000 {
            self.finish()?;
        }
        Ok(())
    }

    fn finish(&mut self) -> rusqlite::Result<()> {
        let mut add = self.connection.prepare_cached(
            "UPDATE member SET stored=stored-?2, duplicate=duplicate+?2 WHERE id=?1",
        )?;
        for (member, count) in std::mem::take(&mut self.members) {
            add.execute([member, count])?;
        }
        Ok(())
    }
}
