//! Secondary indexes: few, chosen, derived; dropped for a large load and built after it.

use rusqlite::Connection;

/// Name and text of each secondary index. Those of rows cover visible ones only.
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
];

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
    let mut present =
        connection.prepare("SELECT 1 FROM sqlite_schema WHERE type='index' AND name=?1")?;
    for (name, text) in SECONDARY {
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
