//! The dictionary compared with itself and with the rows that refer to it: a text that is not found
//! by its key, or that is said to be of another kind, hides rows from a query although each row
//! still shows what its record says.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use vestige_model::Cloud;

use crate::batch::{Column, EVENT, FLOW};
use crate::case_file::CaseError;
use crate::term::{HashKey, TermKind};

/// What is wrong with a dictionary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faulty {
    /// Texts whose key is not what their kind, namespace and value give, or whose kind there is not.
    pub keys: u64,
    /// Texts that stand there again.
    pub repeated: u64,
    /// References of rows to a text that is not there, of another kind, or of another namespace.
    pub references: u64,
}

impl Faulty {
    /// Whether nothing is.
    #[must_use]
    pub fn none(&self) -> bool {
        *self == Faulty::default()
    }
}

/// Compares every text with its key, and every reference with the text it names. Rows and texts
/// are read as a stream; `step` is called with the number of rows read so far.
///
/// # Errors
/// What SQLite says.
pub fn faulty(
    connection: &Connection,
    key: HashKey,
    step: &mut dyn FnMut(u64),
) -> Result<Faulty, CaseError> {
    let mut read = || -> rusqlite::Result<Faulty> {
        Ok(Faulty {
            keys: wrong_keys(connection, key)?,
            repeated: repeated(connection)?,
            references: References::new(connection)?.wrong(step)?,
        })
    };
    read().map_err(|error| {
        let path = connection.path().map(std::path::PathBuf::from);
        CaseError::sqlite(
            &path.unwrap_or_default(),
            "reading the dictionary of texts",
            error,
        )
    })
}

fn wrong_keys(connection: &Connection, key: HashKey) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare("SELECT key,kind,namespace,value FROM term")?;
    let mut rows = statement.query([])?;
    let mut wrong = 0;
    while let Some(row) = rows.next()? {
        wrong += u64::from(made(row, key)? != Some(row.get(0)?));
    }
    Ok(wrong)
}

/// The key that a term is to have; none where there is no such kind or namespace.
fn made(row: &Row<'_>, key: HashKey) -> rusqlite::Result<Option<i64>> {
    let number = |at| {
        row.get::<_, i64>(at)
            .map(|number| u8::try_from(number).ok())
    };
    let kind = number(1)?.and_then(TermKind::from_u8);
    let (Some(kind), Some(namespace)) = (kind, number(2)?) else {
        return Ok(None);
    };
    // Bytes that are no text are nothing that an import writes.
    let Ok(value) = row.get_ref(3)?.as_str() else {
        return Ok(None);
    };
    Ok(Some(key.key(kind, value, key.term(kind, namespace, value))))
}

/// Texts of one key are few, so that those of a key are compared with one another.
fn repeated(connection: &Connection) -> rusqlite::Result<u64> {
    let mut keys = connection.prepare("SELECT key FROM term GROUP BY key HAVING count(*)>1")?;
    let mut rows = keys.query([])?;
    let mut again = connection.prepare(
        "SELECT count(*)-count(DISTINCT kind||' '||namespace||' '||value) FROM term WHERE key=?1",
    )?;
    let mut found = 0;
    while let Some(row) = rows.next()? {
        let key: i64 = row.get(0)?;
        found += again.query_row([key], |row| row.get::<_, i64>(0).map(i64::unsigned_abs))?;
    }
    Ok(found)
}

/// Texts of which kind and namespace are remembered: a fixed number, whatever the case holds.
const REMEMBERED: usize = 1 << 16;

/// Rows after which who waits is told.
const STEP: u64 = 1 << 16;

/// Kind and namespace of the text with this id.
#[derive(Clone, Copy)]
struct Known {
    id: i64,
    what: Option<(i64, i64)>,
}

/// Looks at what rows refer to.
struct References<'c> {
    connection: &'c Connection,
    term: rusqlite::Statement<'c>,
    known: Vec<Known>,
    rows: u64,
}

impl<'c> References<'c> {
    fn new(connection: &'c Connection) -> rusqlite::Result<References<'c>> {
        let none = Known {
            id: i64::MIN,
            what: None,
        };
        Ok(References {
            connection,
            term: connection.prepare("SELECT kind,namespace FROM term WHERE id=?1")?,
            known: vec![none; REMEMBERED],
            rows: 0,
        })
    }

    fn wrong(mut self, step: &mut dyn FnMut(u64)) -> rusqlite::Result<u64> {
        let event = of(&EVENT);
        let flow = of(&FLOW);
        let mut wrong = self.table(&event, "FROM event t", step)?;
        wrong += self.table(&flow, "FROM flow t", step)?;
        // A list is of its event's cloud; one without an event is told elsewhere.
        wrong += self.table(
            &list(),
            "FROM event_resource r JOIN event t ON t.id=r.event",
            step,
        )?;
        Ok(wrong)
    }

    fn table(
        &mut self,
        columns: &[(String, TermKind)],
        from: &str,
        step: &mut dyn FnMut(u64),
    ) -> rusqlite::Result<u64> {
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let sql = format!("SELECT t.cloud,{} {from}", names.join(","));
        let mut statement = self.connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut wrong = 0;
        while let Some(row) = rows.next()? {
            wrong += self.row(row, columns)?;
            self.rows += 1;
            if self.rows.is_multiple_of(STEP) {
                step(self.rows);
            }
        }
        Ok(wrong)
    }

    fn row(&mut self, row: &Row<'_>, columns: &[(String, TermKind)]) -> rusqlite::Result<u64> {
        let cloud = u8::try_from(row.get::<_, i64>(0)?).ok();
        let cloud = cloud.and_then(Cloud::from_u8);
        let mut wrong = 0;
        for ((_, kind), at) in columns.iter().zip(1..) {
            let ValueRef::Integer(id) = row.get_ref(at)? else {
                continue;
            };
            let expected = cloud.map(|cloud| {
                let namespace = kind.namespace(cloud);
                (*kind as i64, i64::from(namespace))
            });
            wrong += u64::from(expected.is_none() || self.what(id)? != expected);
        }
        Ok(wrong)
    }

    fn what(&mut self, id: i64) -> rusqlite::Result<Option<(i64, i64)>> {
        let at = id.cast_unsigned() as usize % REMEMBERED;
        if let Some(known) = self.known.get(at).filter(|known| known.id == id) {
            return Ok(known.what);
        }
        let mut rows = self.term.query([id])?;
        let what = match rows.next()? {
            Some(row) => Some((row.get(0)?, row.get(1)?)),
            None => None,
        };
        if let Some(known) = self.known.get_mut(at) {
            *known = Known { id, what };
        }
        Ok(what)
    }
}

/// The columns that refer to texts.
fn of(columns: &[Column]) -> Vec<(String, TermKind)> {
    let term = |column: &Column| Some((format!("t.{}", column.name), column.term?));
    columns.iter().filter_map(term).collect()
}

/// Those of an event's list of resources.
fn list() -> [(String, TermKind); 3] {
    [
        ("r.type".to_owned(), TermKind::ResourceType),
        ("r.id".to_owned(), TermKind::Resource),
        ("r.name".to_owned(), TermKind::ResourceName),
    ]
}
