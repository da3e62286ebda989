//! Whether what is said of records that came twice follows from their ids and contents: each
//! duplicate has a survivor that says the same, nothing is in view twice, and exactly those are
//! flagged that differ. That ids and contents are those of the records is for others to compare.

use rusqlite::types::Value;
use rusqlite::{Connection, Row};

use super::derived::STANDS;
use crate::writer::{DUPLICATES, UNREAD, is_pending};

/// Statements that do not follow from the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unfounded {
    /// Rows hidden as duplicates without a row in view that has their id and says the same.
    pub duplicates: u64,
    /// Members hidden as duplicates without one in view that was read the same way from the same
    /// bytes.
    pub members: u64,
    /// Rows in view although another in view has their id and says the same.
    pub repeated: u64,
    /// Rows flagged as conflicting that are not, or the reverse.
    pub conflicts: u64,
    /// Rows that share an id and have no hash of what they say, although nothing is left to be done.
    pub unknown: u64,
    /// Groups of rows that share an id and were not looked at: an import left them to the next.
    pub unsettled: u64,
}

impl Unfounded {
    /// Whether every statement follows.
    #[must_use]
    pub fn none(&self) -> bool {
        let all = [
            self.duplicates,
            self.members,
            self.repeated,
            self.conflicts,
            self.unknown,
        ];
        all == [0; 5]
    }
}

/// Compares what is said of records that came twice with the rows. No more is held than one row.
///
/// # Errors
/// What SQLite says.
pub fn unfounded(connection: &Connection) -> rusqlite::Result<Unfounded> {
    let count = |sql: &str| {
        connection.query_row(sql, [], |row| row.get::<_, i64>(0).map(i64::unsigned_abs))
    };
    let mut found = Unfounded {
        duplicates: count(&format!(
            "SELECT count(*) FROM duplicate d LEFT JOIN event e ON e.id=d.event
               LEFT JOIN event s ON s.id=d.survivor WHERE NOT coalesce({STANDS},0)"
        ))?,
        members: count(MEMBERS)?,
        ..Unfounded::default()
    };
    let mut groups = Groups {
        unsettled: is_pending(connection, DUPLICATES)?,
        unread: is_pending(connection, UNREAD)?,
        found: &mut found,
        open: None,
        flagged: 0,
    };
    let mut statement = connection.prepare(SHARED)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        groups.take(row)?;
    }
    groups.end();
    let flagged = groups.flagged;
    let all = count("SELECT count(*) FROM event WHERE conflict IS NOT NULL AND hidden&2=0")?;
    // Who shares an id with nobody cannot differ from anybody.
    found.conflicts += all.saturating_sub(flagged);
    Ok(found)
}

/// A member is repeated by what was read the same way from the same bytes.
const MEMBERS: &str = "SELECT count(*) FROM duplicate_member d
    LEFT JOIN member m ON m.id=d.member LEFT JOIN member s ON s.id=d.survivor
    LEFT JOIN evidence v ON v.id=m.evidence LEFT JOIN evidence w ON w.id=s.evidence
   WHERE NOT coalesce(m.id<>s.id AND m.content=s.content AND m.format IS s.format
     AND m.envelope IS s.envelope AND m.events=s.events AND m.first IS s.first AND m.last IS s.last
     AND (v.withdrawn_seq IS NOT NULL OR w.withdrawn_seq IS NULL
          AND s.id NOT IN (SELECT member FROM duplicate_member)),0)";

/// Rows that share a key, those with one id together, and of them those that say the same.
const SHARED: &str = "SELECT e.event_key,e.account,e.event_id,e.content,e.hidden&1=0,e.conflict
    FROM (SELECT event_key k FROM event WHERE event_key IS NOT NULL
           GROUP BY event_key HAVING count(*)>1) g
    CROSS JOIN event e ON e.event_key=g.k AND e.event_key IS NOT NULL
   WHERE e.hidden&2=0 ORDER BY 1,2,3,4";

/// Goes through the rows, a group with one id after the other.
struct Groups<'f> {
    /// An import left rows that were not compared.
    unsettled: bool,
    /// Some records could not be read to be compared.
    unread: bool,
    found: &'f mut Unfounded,
    open: Option<Group>,
    /// Rows seen that are flagged.
    flagged: u64,
}

/// The rows with one id, as far as they were seen.
struct Group {
    identity: (i64, Value, Value),
    rows: u64,
    /// Rows in view.
    view: u64,
    /// Of these the flagged.
    flagged: u64,
    /// Flags that no import sets.
    wrong: u64,
    /// Rows without a hash.
    unknown: u64,
    /// Rows in view that say what the one before says.
    repeated: u64,
    /// What the last row in view says.
    says: Option<[u8; 16]>,
}

impl Groups<'_> {
    fn take(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        let identity = (row.get(0)?, row.get(1)?, row.get(2)?);
        if self
            .open
            .as_ref()
            .is_none_or(|open| open.identity != identity)
        {
            self.end();
            self.open = Some(Group::new(identity));
        }
        if let Some(group) = &mut self.open {
            group.take(row.get(3)?, row.get(4)?, row.get(5)?);
        }
        Ok(())
    }

    fn end(&mut self) {
        let Some(group) = self.open.take() else {
            return;
        };
        self.flagged += group.flagged + group.wrong;
        if group.unknown > 0 && self.unsettled {
            self.found.unsettled += 1;
            return;
        }
        let flags = if group.view > 1 { group.view } else { 0 };
        self.found.conflicts += group.wrong + flags.abs_diff(group.flagged);
        self.found.repeated += group.repeated;
        if group.rows > 1 && !self.unread {
            self.found.unknown += group.unknown;
        }
    }
}

impl Group {
    fn new(identity: (i64, Value, Value)) -> Group {
        Group {
            identity,
            rows: 0,
            view: 0,
            flagged: 0,
            wrong: 0,
            unknown: 0,
            repeated: 0,
            says: None,
        }
    }

    fn take(&mut self, content: Option<[u8; 16]>, view: bool, conflict: Option<i64>) {
        self.rows += 1;
        self.unknown += u64::from(content.is_none());
        match conflict {
            None => {}
            Some(1) if view => self.flagged += 1,
            Some(_) => self.wrong += 1,
        }
        if view {
            self.view += 1;
            self.repeated += u64::from(content.is_some() && content == self.says);
            self.says = content;
        }
    }
}
