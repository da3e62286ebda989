//! Records that were delivered twice.
//!
//! Two events are the same record where platform, account and the source's own id are equal and
//! so is the decoded content; the survivor is the first in sorted path order, the others are
//! hidden and stay in its provenance. Equal ids with differing content are all kept and flagged
//! `conflict`. Rows are settled after a load, over an index, so that no more is held in
//! memory than the rows of one id, and no thread can change the result. A row that already stands for others stays whatever
//! comes later.
//!
//! Records of formats without ids are never compared by themselves, but a member as a whole with
//! others of the same bytes: [`members`].

mod content;
pub(crate) mod members;

use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::types::Value;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use vestige_model::{Decode, Locator, RecordBytes};

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

/// One row among those that share an id.
struct Candidate {
    id: i64,
    member: i64,
    at: Locator,
    content: Option<[u8; 16]>,
    /// What must be equal besides the 63-bit key.
    identity: (Value, Value),
    duplicate: bool,
    conflict: bool,
    /// The row that stands for it.
    survivor: Option<i64>,
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
        if !progress(last as u64) {
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
}

impl Work<'_> {
    fn group(&mut self, key: i64) -> Result<(), SettleError> {
        let mut rows = candidates(self.connection, key)?;
        while !rows.is_empty() {
            let identity = rows[0].identity.clone();
            let (mut same, other): (Vec<_>, Vec<_>) =
                rows.into_iter().partition(|row| row.identity == identity);
            let known: HashSet<i64> = same.iter().filter_map(|row| row.survivor).collect();
            same.sort_by_key(|row| !known.contains(&row.id));
            self.same_id(&same)?;
            rows = other;
        }
        Ok(())
    }

    /// Settles rows with one id: those that stand for others first, then in sorted path order.
    fn same_id(&mut self, rows: &[Candidate]) -> Result<(), SettleError> {
        let mut survivors: Vec<&Candidate> = Vec::new();
        let mut by_content: HashMap<[u8; 16], i64> = HashMap::new();
        for row in rows {
            let of = row
                .content
                .and_then(|content| by_content.get(&content).copied());
            match of {
                Some(survivor) if !row.duplicate => self.hide(row, survivor)?,
                Some(_) => {}
                None => {
                    survivors.push(row);
                    by_content.extend(row.content.map(|content| (content, row.id)));
                }
            }
        }
        let apart = survivors.len() > 1;
        let mut flag = self
            .connection
            .prepare_cached("UPDATE event SET conflict=?2 WHERE id=?1")?;
        for row in survivors.iter().filter(|row| row.conflict != apart) {
            flag.execute((row.id, apart.then_some(1)))?;
            self.settled.conflicts += u64::from(apart);
        }
        Ok(())
    }

    fn hide(&mut self, row: &Candidate, survivor: i64) -> Result<(), SettleError> {
        self.connection
            .prepare_cached("UPDATE event SET hidden=hidden|1, conflict=NULL WHERE id=?1")?
            .execute([row.id])?;
        self.connection
            .prepare_cached("INSERT INTO duplicate VALUES(?1,?2,?3)")?
            .execute(params![row.id, survivor, self.seq as i64])?;
        self.writer.uncount_event(self.connection, row.id)?;
        self.settled.duplicates += 1;
        // Records are counted by their first event.
        if row.at.sub.unwrap_or(0) == 0 {
            *self.members.entry(row.member).or_default() += 1;
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

/// The rows with this key that are not withdrawn, in sorted path order.
fn candidates(connection: &Connection, key: i64) -> rusqlite::Result<Vec<Candidate>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.id, e.member, e.offset, e.length, e.sub, e.decode, e.content, e.account,
                e.event_id, e.hidden, e.conflict, d.survivor
         FROM event e INDEXED BY event_key JOIN member m ON m.id=e.member
         LEFT JOIN duplicate d ON d.event=e.id
         WHERE e.event_key=?1 AND e.event_key IS NOT NULL AND e.hidden&2=0
         ORDER BY m.evidence, m.id, e.offset, e.sub",
    )?;
    let rows = statement.query_map([key], |row| {
        Ok(Candidate {
            id: row.get(0)?,
            member: row.get(1)?,
            at: Locator {
                offset: row.get::<_, i64>(2)? as u64,
                length: row.get::<_, i64>(3)? as u64,
                sub: row.get(4)?,
                decode: Decode::from_u8(row.get(5)?).unwrap_or_default(),
            },
            content: row.get(6)?,
            identity: (row.get(7)?, row.get(8)?),
            duplicate: row.get::<_, i64>(9)? & 1 == 1,
            conflict: row.get::<_, Option<i64>>(10)?.is_some(),
            survivor: row.get(11)?,
        })
    })?;
    rows.collect()
}
