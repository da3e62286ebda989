//! The schema's versions: an append-only list of numbered texts. A case records the SHA-256 of each
//! text that made it; opening compares that record with this list, and the schema of the file with
//! the one the list makes, before anything else is read.

use crate::index::SECONDARY;
use rusqlite::{Connection, Result};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The application id in a case's header: "VSTG".
pub const APPLICATION_ID: u32 = 0x5653_5447;

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number, from 1 without gaps.
    pub version: u32,
    /// Its file name without ending.
    pub name: &'static str,
    /// Its text; never changed once released.
    pub sql: &'static str,
}

/// All steps this program knows.
pub const KNOWN: &[Migration] = &[
    Migration {
        version: 1,
        name: "0001_case",
        sql: include_str!("schema/0001_case.sql"),
    },
    Migration {
        version: 2,
        name: "0002_flow_totals",
        sql: include_str!("schema/0002_flow_totals.sql"),
    },
    Migration {
        version: 3,
        name: "0003_annotations",
        sql: include_str!("schema/0003_annotations.sql"),
    },
];

/// The oldest version that is read as it is: what later ones add is derived, and answered without,
/// or noted, and then nothing was.
pub const READABLE: u32 = 1;

/// The version this program writes.
#[must_use]
pub fn latest() -> u32 {
    last(KNOWN)
}

fn last(list: &[Migration]) -> u32 {
    list.last().map_or(0, |step| step.version)
}

/// SHA-256 of a step's text.
#[must_use]
pub fn digest(step: &Migration) -> [u8; 32] {
    Sha256::digest(step.sql.as_bytes()).into()
}

/// Applies the steps of `list` after `from` in the caller's transaction, records them and sets the
/// header's version. The connection is a maintenance connection.
///
/// # Errors
/// What SQLite says.
pub fn apply(connection: &Connection, list: &[Migration], from: u32) -> Result<()> {
    for step in list.iter().filter(|step| step.version > from) {
        connection.execute_batch(step.sql)?;
        connection.execute(
            "INSERT INTO migration(version,name,sha256) VALUES(?1,?2,?3)",
            (step.version, step.name, digest(step)),
        )?;
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", last(list))
}

/// One object of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Object {
    table: String,
    sql: Option<String>,
}

/// A schema as `sqlite_schema` states it, by kind and name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema(BTreeMap<(String, String), Object>);

impl Schema {
    /// The schema that the steps of `list` up to `version` make.
    ///
    /// # Errors
    /// What SQLite says: a defect in the list.
    pub fn expected(list: &[Migration], version: u32) -> Result<Self> {
        let connection = Connection::open_in_memory()?;
        let steps: Vec<_> = list
            .iter()
            .copied()
            .filter(|step| step.version <= version)
            .collect();
        apply(&connection, &steps, 0)?;
        Self::of(&connection)
    }

    /// The schema of the version this program writes.
    ///
    /// # Errors
    /// What SQLite says: a defect in the list.
    pub fn latest() -> Result<&'static Self> {
        static LATEST: OnceLock<Schema> = OnceLock::new();
        if let Some(schema) = LATEST.get() {
            return Ok(schema);
        }
        let schema = Self::expected(KNOWN, latest())?;
        Ok(LATEST.get_or_init(|| schema))
    }

    /// As [`Schema::expected`], kept where it is the one that nearly every case has.
    ///
    /// # Errors
    /// What SQLite says: a defect in the list.
    pub fn expected_once(list: &[Migration], version: u32) -> Result<Cow<'static, Self>> {
        if std::ptr::eq(list, KNOWN) && version == latest() {
            return Self::latest().map(Cow::Borrowed);
        }
        Self::expected(list, version).map(Cow::Owned)
    }

    /// The schema of an opened database.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn of(connection: &Connection) -> Result<Self> {
        let mut found = BTreeMap::new();
        let mut rows = connection.prepare("SELECT type,name,tbl_name,sql FROM sqlite_schema")?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let object = Object {
                table: row.get(2)?,
                sql: row.get(3)?,
            };
            let key: (String, String) = (row.get(0)?, row.get(1)?);
            // A second object of the same kind and name would hide the first.
            if found.insert(key.clone(), object).is_some() {
                let twice = (format!("{} twice", key.0), key.1);
                found.insert(
                    twice,
                    Object {
                        table: String::new(),
                        sql: None,
                    },
                );
            }
        }
        Ok(Self(found))
    }

    /// The first way in which `found` is not this schema, if any. The secondary indexes may be
    /// there or not, but where they are they must have their text.
    #[must_use]
    pub fn difference(&self, found: &Self) -> Option<String> {
        for ((kind, name), object) in &found.0 {
            match self.0.get(&(kind.clone(), name.clone())) {
                Some(expected) if expected == object => {}
                Some(_) => {
                    return Some(format!(
                        "{kind} {name:?} differs from what this program makes"
                    ));
                }
                None if is_secondary(kind, name, object) => {}
                None => return Some(format!("{kind} {name:?} is none of this program's")),
            }
        }
        let missing = self.0.keys().find(|key| !found.0.contains_key(*key));
        missing.map(|(kind, name)| format!("{kind} {name:?} is missing"))
    }
}

fn is_secondary(kind: &str, name: &str, object: &Object) -> bool {
    kind == "index"
        && SECONDARY.iter().any(|(own, text)| {
            let on = format!("CREATE INDEX {own} ON {}(", object.table);
            name == *own && object.sql.as_deref() == Some(text) && text.starts_with(&on)
        })
}

/// The first way in which the record of applied steps differs from `list`, if any.
///
/// # Errors
/// What SQLite says.
pub fn record_difference(
    connection: &Connection,
    list: &[Migration],
    version: u32,
) -> Result<Option<String>> {
    let mut rows =
        connection.prepare("SELECT version,name,sha256 FROM migration ORDER BY version")?;
    let mut rows = rows.query([])?;
    for step in list.iter().filter(|step| step.version <= version) {
        let Some(row) = rows.next()? else {
            return Ok(Some(format!("migration {} is not recorded", step.version)));
        };
        let recorded: (u32, String, [u8; 32]) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if recorded != (step.version, step.name.to_owned(), digest(step)) {
            return Ok(Some(format!(
                "the record of migration {} differs",
                step.version
            )));
        }
    }
    if rows.next()?.is_some() {
        return Ok(Some(
            "more migrations are recorded than the version says".to_owned(),
        ));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: Migration = Migration {
        version: KNOWN.len() as u32 + 1,
        name: "more",
        sql: "CREATE TABLE more(x INTEGER) STRICT; ALTER TABLE warning ADD COLUMN y TEXT;",
    };

    fn longer() -> Vec<Migration> {
        [KNOWN, &[NEXT]].concat()
    }

    #[test]
    fn numbers_follow_one_another_and_a_released_text_is_never_changed() {
        for (at, step) in KNOWN.iter().enumerate() {
            assert_eq!(step.version as usize, at + 1);
        }
    }

    #[test]
    fn a_case_brought_up_to_date_has_the_schema_of_a_new_one() {
        let connection = Connection::open_in_memory().unwrap();
        apply(&connection, KNOWN, 0).unwrap();
        let old = Schema::of(&connection).unwrap();
        assert_eq!(Schema::latest().unwrap().difference(&old), None);
        assert_eq!(
            record_difference(&connection, KNOWN, latest()).unwrap(),
            None
        );
        apply(&connection, &longer(), latest()).unwrap();
        let new = Schema::expected(&longer(), NEXT.version).unwrap();
        assert_eq!(new.difference(&Schema::of(&connection).unwrap()), None);
        let record = record_difference(&connection, &longer(), NEXT.version);
        assert_eq!(record.unwrap(), None);
        let difference = new.difference(&old).unwrap();
        assert!(difference.contains("warning"), "{difference}");
        let mut other = longer();
        other[KNOWN.len()].sql = "CREATE TABLE more(x TEXT) STRICT";
        let text = record_difference(&connection, &other, NEXT.version).unwrap();
        let expected = format!("the record of migration {} differs", NEXT.version);
        assert_eq!(text, Some(expected));
    }

    #[test]
    fn a_secondary_index_counts_only_with_its_own_text() {
        let (name, text) = SECONDARY[0];
        let connection = Connection::open_in_memory().unwrap();
        apply(&connection, KNOWN, 0).unwrap();
        connection.execute_batch(text).unwrap();
        let expected = Schema::latest().unwrap();
        assert_eq!(expected.difference(&Schema::of(&connection).unwrap()), None);
        connection
            .execute_batch(&format!(
                "DROP INDEX {name}; CREATE INDEX {name} ON event(id)"
            ))
            .unwrap();
        assert!(
            expected
                .difference(&Schema::of(&connection).unwrap())
                .is_some()
        );
    }
}
