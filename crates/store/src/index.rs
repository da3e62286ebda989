//! Secondary indexes: few, chosen, derived; dropped for a large load and built after it.

use rusqlite::Connection;

/// Name and text of each secondary index. Those of rows cover visible ones only; those of totals
/// stand last, for they are built once the totals are there.
pub const SECONDARY: &[(&str, &str)] = &[
    (
        "event_time",
        "CREATE INDEX event_time ON event(time) WHERE hidden=0",
    ),
    (
        "event_action",
        "CREATE INDEX event_action ON event(action,time) WHERE hidden=0",
    ),
    (
        "event_actor",
        "CREATE INDEX event_actor ON event(actor_id,time) WHERE hidden=0",
    ),
    (
        "event_src",
        "CREATE INDEX event_src ON event(src_ip,time) WHERE hidden=0",
    ),
    (
        "event_key",
        "CREATE INDEX event_key ON event(event_key) WHERE event_key IS NOT NULL",
    ),
    (
        "flow_time",
        "CREATE INDEX flow_time ON flow(time) WHERE hidden=0",
    ),
    ("term_key", "CREATE INDEX term_key ON term(key)"),
    (
        "flow_pair_bytes",
        "CREATE INDEX flow_pair_bytes ON flow_pair(bytes DESC,flows DESC) WHERE bytes>=1048576",
    ),
    (
        "flow_source_bytes",
        "CREATE INDEX flow_source_bytes ON flow_source(bytes DESC,flows DESC)",
    ),
    (
        "flow_destination_bytes",
        "CREATE INDEX flow_destination_bytes ON flow_destination(bytes DESC,flows DESC)",
    ),
];

/// The condition of the index of pairs, which can be nearly as many as flows: the greatest are
/// nearly always among these.
pub const LARGE_PAIRS: &str = "bytes>=1048576";

/// How many of them are of totals.
const TOTALS: usize = 3;

/// Drops every secondary index; a maintenance connection is needed.
///
/// # Errors
/// What SQLite says.
pub fn drop_all(connection: &Connection) -> rusqlite::Result<()> {
    for (name, _) in SECONDARY {
        connection.execute_batch(&format!("DROP INDEX IF EXISTS {name}"))?;
    }
    Ok(())
}

/// Builds the secondary indexes that are missing, calling `step` with the name of each before.
///
/// # Errors
/// What SQLite says.
pub fn build(connection: &Connection, step: &mut dyn FnMut(&str)) -> rusqlite::Result<()> {
    build_of(Of::All, connection, step)
}

/// Which indexes are to be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Those of rows and of the dictionary: totals are still to be added.
    Rows,
    /// All of them.
    All,
}

/// As [`build`], of these.
///
/// # Errors
/// What SQLite says.
pub fn build_of(
    of: Of,
    connection: &Connection,
    step: &mut dyn FnMut(&str),
) -> rusqlite::Result<()> {
    let these = match of {
        Of::Rows => &SECONDARY[..SECONDARY.len() - TOTALS],
        Of::All => SECONDARY,
    };
    let mut present =
        connection.prepare("SELECT 1 FROM sqlite_schema WHERE type='index' AND name=?1")?;
    for (name, text) in these {
        if !present.exists([name])? {
            step(name);
            connection.execute_batch(text)?;
        }
    }
    Ok(())
}

/// Whether rows lack a secondary index. A case without rows goes without until its first import is
/// done.
///
/// # Errors
/// What SQLite says.
pub fn is_missing(connection: &Connection) -> rusqlite::Result<bool> {
    let mut present =
        connection.prepare("SELECT 1 FROM sqlite_schema WHERE type='index' AND name=?1")?;
    let mut missing = false;
    for (name, _) in SECONDARY {
        missing |= !present.exists([name])?;
    }
    let rows = "SELECT EXISTS(SELECT 1 FROM event) OR EXISTS(SELECT 1 FROM flow)";
    Ok(missing && connection.query_row(rows, [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration;

    #[test]
    fn the_greatest_totals_are_read_in_the_order_of_an_index() {
        let connection = Connection::open_in_memory().unwrap();
        migration::apply(&connection, migration::KNOWN, 0).unwrap();
        build(&connection, &mut |_| {}).unwrap();
        for (table, key, which) in [
            ("flow_pair", "src_ip, dst_ip", LARGE_PAIRS),
            ("flow_source", "src_ip", "1"),
            ("flow_destination", "dst_ip", "1"),
        ] {
            let sql = format!(
                "EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE {which}
                 ORDER BY bytes DESC, flows DESC, {key}"
            );
            let mut statement = connection.prepare(&sql).unwrap();
            let steps = statement
                .query_map([], |row| row.get::<_, String>(3))
                .unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            let [step] = &steps[..] else {
                panic!("{table}: {steps:?}")
            };
            assert!(step.contains(&format!("INDEX {table}_bytes")), "{step}");
        }
    }
}
