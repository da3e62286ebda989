//! Rows as they were stored, made whole again.

use std::borrow::Cow;
use std::sync::Arc;

use rusqlite::Row;
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use vestige_model::{
    Activity, Cloud, Decode, Event, EventId, Kind, Locator, MemberRef, Outcome, Quality, Reading,
    Resource, Text, TimeFlags,
};

use super::{ReadError, Reader};
use crate::annotation::{self, Noted};
use crate::query::Table;

/// A row of a case: its table and number. Numbers are of this case only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowRef {
    /// Its table.
    pub table: Table,
    /// Its number.
    pub id: i64,
}

/// Where the rows of a member come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The member.
    pub member: MemberRef,
    /// The evidence item's number; [`crate::query::evidence_label`] shows it.
    pub evidence: i64,
    /// The evidence item's path below the folder that was imported.
    pub evidence_name: String,
    /// The evidence item's SHA-256.
    pub sha256: [u8; 32],
    /// The member's ordinals as written in event ids.
    pub path: String,
    /// Names of the archive entries on the way, joined with `!`.
    pub member_name: String,
    /// When its acquisition began, UTC nanoseconds.
    pub ingested: i64,
    /// The custody entry of its import.
    pub custody_seq: i64,
}

/// A row with everything that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRow {
    /// Which row it is.
    pub row: RowRef,
    /// The normalised row. The offset that the time's text stated is not kept; the text is, where
    /// it says more than the instant.
    pub event: Event<'static>,
    /// Where its record lies in the member.
    pub locator: Locator,
    /// Where it comes from.
    pub origin: Arc<Origin>,
    /// Whether it is a duplicate of another row, and so not shown.
    pub duplicate: bool,
    /// Whether its evidence was withdrawn, and so not shown.
    pub withdrawn: bool,
    /// Whether another row has the same source id and says something else.
    pub conflict: bool,
    /// What examiners noted of it.
    pub noted: Option<Noted>,
}

impl StoredRow {
    /// The stable id.
    pub fn id(&self) -> EventId {
        let evidence = self
            .origin
            .sha256
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        EventId {
            evidence,
            member: self.origin.path.clone(),
            offset: self.locator.offset,
            sub: self.locator.sub,
        }
    }
}

/// The columns of `event` in the order in which they are read.
const COLUMNS: [&str; 45] = [
    "hidden",
    "kind",
    "time",
    "type",
    "cloud",
    "account",
    "organization",
    "region",
    "service",
    "action",
    "activity",
    "outcome",
    "error_code",
    "error_message",
    "actor_name",
    "actor_id",
    "actor_type",
    "session",
    "credential",
    "src_ip",
    "src_port",
    "dst_ip",
    "dst_port",
    "agent",
    "resource_type",
    "resource_id",
    "resource_name",
    "resources",
    "bytes",
    "packets",
    "protocol",
    "direction",
    "end_time",
    "time_flags",
    "time_raw",
    "quality",
    "conflict",
    "event_id",
    "request_id",
    "member",
    "offset",
    "length",
    "sub",
    "decode",
    "id",
];

/// Columns that only `event` has.
const EVENT_ONLY: [&str; 14] = [
    "kind",
    "organization",
    "error_code",
    "error_message",
    "actor_name",
    "actor_id",
    "actor_type",
    "session",
    "credential",
    "agent",
    "resources",
    "conflict",
    "event_id",
    "request_id",
];

/// The position of a column, found when this is compiled.
const fn position(name: &str) -> usize {
    let mut index = 0;
    while index < COLUMNS.len() {
        if same(COLUMNS[index], name) {
            return index;
        }
        index += 1;
    }
    panic!("no such column")
}

const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut at = 0;
    while at < left.len() && at < right.len() && left[at] == right[at] {
        at += 1;
    }
    at == left.len() && at == right.len()
}

macro_rules! column {
    ($name:literal) => {
        const { position($name) }
    };
}

/// The statement that reads one row by its number.
fn statement(table: Table) -> &'static str {
    static EVENT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| select(Table::Event));
    static FLOW: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| select(Table::Flow));
    match table {
        Table::Event => &EVENT,
        Table::Flow => &FLOW,
    }
}

fn select(table: Table) -> String {
    let columns: Vec<&str> = COLUMNS
        .iter()
        .map(|column| match *column {
            "kind" if table == Table::Flow => "1",
            column if table == Table::Flow && EVENT_ONLY.contains(&column) => "NULL",
            column => column,
        })
        .collect();
    format!(
        "SELECT {} FROM {} WHERE id=?1",
        columns.join(","),
        table.name()
    )
}

impl Reader {
    /// A row by its number, visible or not; none where there is no such row.
    ///
    /// # Errors
    /// What SQLite says, or what is damaged.
    pub fn row(&self, at: RowRef) -> Result<Option<StoredRow>, ReadError> {
        let mut statement = self.connection.prepare_cached(statement(at.table))?;
        let mut rows = statement.query([at.id])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        Cells {
            reader: self,
            row,
            at,
        }
        .read()
        .map(Some)
    }

    /// The text of a term that a row refers to.
    pub(super) fn text(&self, id: i64) -> Result<Option<Arc<str>>, ReadError> {
        Ok(self.cache.borrow_mut().text(&self.connection, id)?)
    }

    /// Where the rows of a member come from.
    pub(super) fn origin(&self, member: i64) -> Result<Option<Arc<Origin>>, ReadError> {
        Ok(self.cache.borrow_mut().origin(&self.connection, member)?)
    }
}

/// The cells of one row, by the names of their columns.
struct Cells<'a> {
    reader: &'a Reader,
    row: &'a Row<'a>,
    at: RowRef,
}

impl Cells<'_> {
    fn read(&self) -> Result<StoredRow, ReadError> {
        let event = self.event()?;
        let member = self.required(column!("member"))?;
        let origin = self.reader.origin(member)?;
        let hidden = self.required(column!("hidden"))?;
        Ok(StoredRow {
            row: self.at,
            event,
            locator: self.locator()?,
            origin: origin
                .ok_or_else(|| self.damaged(column!("member"), "a member of the case", member))?,
            duplicate: hidden & 1 != 0,
            withdrawn: hidden & 2 != 0,
            conflict: self.integer(column!("conflict"))? == Some(1),
            noted: match self.reader.annotated {
                true => annotation::noted_in(&self.reader.connection, self.at)?,
                false => None,
            },
        })
    }

    fn event(&self) -> Result<Event<'static>, ReadError> {
        let data_type = self
            .term(column!("type"))?
            .ok_or_else(|| self.damaged(column!("type"), "a text", "nothing"))?;
        Ok(Event {
            kind: self
                .word(column!("kind"), Kind::from_u8)?
                .unwrap_or(Kind::Event),
            time: self.time()?,
            time_raw: self.plain(column!("time_raw"))?,
            end_time: self.integer(column!("end_time"))?,
            data_type,
            cloud: self
                .word(column!("cloud"), Cloud::from_u8)?
                .unwrap_or(Cloud::Other),
            account: self.term(column!("account"))?,
            organization: self.term(column!("organization"))?,
            region: self.term(column!("region"))?,
            service: self.term(column!("service"))?,
            action: self.term(column!("action"))?,
            activity: self.word(column!("activity"), Activity::from_u8)?,
            outcome: self.word(column!("outcome"), Outcome::from_u8)?,
            error_code: self.term(column!("error_code"))?,
            error_message: self.term(column!("error_message"))?,
            actor_name: self.term(column!("actor_name"))?,
            actor_id: self.term(column!("actor_id"))?,
            actor_type: self.term(column!("actor_type"))?,
            session: self.term(column!("session"))?,
            credential: self.term(column!("credential"))?,
            src_ip: self.term(column!("src_ip"))?,
            src_port: self.number(column!("src_port"))?,
            dst_ip: self.term(column!("dst_ip"))?,
            dst_port: self.number(column!("dst_port"))?,
            agent: self.term(column!("agent"))?,
            resources: self.resources()?,
            bytes: self.number(column!("bytes"))?,
            packets: self.number(column!("packets"))?,
            protocol: self.number(column!("protocol"))?,
            direction: self.term(column!("direction"))?,
            request_id: self.plain(column!("request_id"))?,
            event_id: self.plain(column!("event_id"))?,
            quality: Quality(self.number(column!("quality"))?.unwrap_or(0)),
        })
    }

    fn time(&self) -> Result<Reading, ReadError> {
        let flags = TimeFlags(self.number(column!("time_flags"))?.unwrap_or(0));
        Ok(Reading {
            ns: self.integer(column!("time"))?,
            offset_minutes: None,
            flags,
        })
    }

    fn locator(&self) -> Result<Locator, ReadError> {
        let needed = |column, value: Option<u64>| {
            value.ok_or_else(|| self.damaged(column, "a number", "nothing"))
        };
        Ok(Locator {
            offset: needed(column!("offset"), self.number(column!("offset"))?)?,
            length: needed(column!("length"), self.number(column!("length"))?)?,
            sub: self.number(column!("sub"))?,
            decode: self
                .word(column!("decode"), Decode::from_u8)?
                .unwrap_or_default(),
        })
    }

    fn resources(&self) -> Result<Vec<Resource<'static>>, ReadError> {
        if self.integer(column!("resources"))?.is_none() {
            let one = Resource {
                kind: self.term(column!("resource_type"))?,
                id: self.term(column!("resource_id"))?,
                name: self.term(column!("resource_name"))?,
            };
            return Ok(if one == Resource::default() {
                Vec::new()
            } else {
                vec![one]
            });
        }
        let mut statement = self.reader.connection.prepare_cached(
            "SELECT type, id, name FROM event_resource WHERE event=?1 ORDER BY n",
        )?;
        let mut rows = statement.query([self.at.id])?;
        let mut resources = Vec::new();
        while let Some(row) = rows.next()? {
            resources.push(Resource {
                kind: self.text_of(column!("resource_type"), row.get(0)?)?,
                id: self.text_of(column!("resource_id"), row.get(1)?)?,
                name: self.text_of(column!("resource_name"), row.get(2)?)?,
            });
        }
        Ok(resources)
    }

    fn cell(&self, column: usize) -> Result<ValueRef<'_>, ReadError> {
        Ok(self.row.get_ref(column)?)
    }

    fn integer(&self, column: usize) -> Result<Option<i64>, ReadError> {
        match self.cell(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(number) => Ok(Some(number)),
            other => Err(self.damaged(column, "a number", other.data_type())),
        }
    }

    fn required(&self, column: usize) -> Result<i64, ReadError> {
        self.integer(column)?
            .ok_or_else(|| self.damaged(column, "a number", "nothing"))
    }

    fn number<T: TryFrom<i64>>(&self, column: usize) -> Result<Option<T>, ReadError> {
        let Some(number) = self.integer(column)? else {
            return Ok(None);
        };
        match T::try_from(number) {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(self.damaged(column, "a number in its range", number)),
        }
    }

    fn word<T>(&self, column: usize, word: fn(u8) -> Option<T>) -> Result<Option<T>, ReadError> {
        let Some(number) = self.integer(column)? else {
            return Ok(None);
        };
        let known = u8::try_from(number).ok().and_then(word);
        known
            .map(Some)
            .ok_or_else(|| self.damaged(column, "the number of a word", number))
    }

    fn term(&self, column: usize) -> Result<Text<'static>, ReadError> {
        self.text_of(column, self.integer(column)?)
    }

    fn text_of(&self, column: usize, id: Option<i64>) -> Result<Text<'static>, ReadError> {
        let Some(id) = id else { return Ok(None) };
        let text = self.reader.text(id)?;
        let text = text.ok_or_else(|| self.damaged(column, "a term of the dictionary", id))?;
        Ok(Some(Cow::Owned(text.as_ref().to_owned())))
    }

    /// A text that stands in the row itself, or a UUID.
    fn plain(&self, column: usize) -> Result<Text<'static>, ReadError> {
        let text = match self.cell(column)? {
            ValueRef::Null => return Ok(None),
            ValueRef::Text(text) => std::str::from_utf8(text).ok().map(str::to_owned),
            ValueRef::Blob(bytes) => crate::query::uuid_text(bytes),
            _ => None,
        };
        text.map(|text| Some(Cow::Owned(text)))
            .ok_or_else(|| self.damaged(column, "a text or a UUID", "something else"))
    }

    fn damaged(&self, column: usize, expected: &'static str, found: impl ToString) -> ReadError {
        let RowRef { table, id } = self.at;
        let column = COLUMNS.get(column).copied().unwrap_or("");
        ReadError::Damaged {
            table,
            row: id,
            column,
            expected,
            found: found.to_string(),
        }
    }
}
