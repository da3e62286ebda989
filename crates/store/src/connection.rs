//! How the case database is opened. Every connection is hardened the same way; what differs is
//! which statements its authorizer lets through.
//!
//! | connection | may |
//! |---|---|
//! | [`writer`] | read and write rows; no DROP, ATTACH, ALTER, no writable schema, no settings |
//! | [`maintenance`] | change the schema: migrations and index rebuilds, nothing else |
//! | [`reader`] | read |
//! | [`quarantined`] | read a copy of a case that nobody vouches for |
//!
//! The authorizer and the triggers stop our own mistakes. They do not protect a case from somebody
//! who has the file: the custody chain, signed and time-stamped, makes that evident.

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, Result};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Page size of a case in bytes; 8192 loads fastest (measured).
pub const PAGE_SIZE: u32 = 8192;

/// How long a statement waits for another connection before it fails.
const BUSY: Duration = Duration::from_secs(5);

/// A write-ahead log longer than this is cut back after a checkpoint, in bytes.
const WAL_KEPT: u32 = 64 << 20;

/// Bound on all memory that SQLite uses in this process once a quarantined case was opened, in
/// bytes. SQLite lets it be lowered, never raised.
const HEAP: i64 = 1 << 30;

/// Longest text, blob or row accepted from a quarantined case, in bytes.
const LONGEST_VALUE: i32 = 64 << 20;

/// Threads that sort beside the one that reads, where an index is built.
const SORTERS: i32 = 1;

/// Instructions between two questions whether to go on.
const PROGRESS_STEPS: i32 = 10_000;

/// Where a connection spills to and how much memory it may use for pages.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folder for sorts and temporary tables; where its name is not UTF-8 the system's is used.
    pub temp: PathBuf,
    /// Page cache of the connection, in KiB.
    pub cache_kib: u32,
    /// Pages in the write-ahead log after which a commit moves them into the database.
    pub autocheckpoint: u32,
}

impl Settings {
    /// Spills to `temp`, with 32 MiB of pages and a checkpoint each 32 MiB.
    pub fn new(temp: impl Into<PathBuf>) -> Self {
        Self {
            temp: temp.into(),
            cache_kib: 32 << 10,
            autocheckpoint: 4000,
        }
    }
}

/// Opens the case for writing rows. The caller holds the [`crate::lock::Lock`].
///
/// # Errors
/// What SQLite says.
pub fn writer(database: &Path, settings: &Settings) -> Result<Connection> {
    let mut connection = maintenance(database, settings)?;
    connection.authorizer(Some(writer_rule))?;
    Ok(connection)
}

/// Opens the case for a migration or for building indexes. The caller holds the lock and has no
/// transaction open.
///
/// # Errors
/// What SQLite says.
pub fn maintenance(database: &Path, settings: &Settings) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let connection = open(database, flags, settings)?;
    make_durable(&connection, settings)?;
    connection.pragma_update(None, "threads", SORTERS)?;
    Ok(connection)
}

/// Makes an empty database; the schema comes with the migrations.
///
/// # Errors
/// What SQLite says.
pub fn create(database: &Path, settings: &Settings) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection = open(database, flags, settings)?;
    connection.pragma_update(None, "page_size", PAGE_SIZE)?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    make_durable(&connection, settings)?;
    Ok(connection)
}

/// Opens the case for reading, beside a writer or without one.
///
/// # Errors
/// What SQLite says.
pub fn reader(database: &Path, settings: &Settings) -> Result<Connection> {
    let connection = open(database, OpenFlags::SQLITE_OPEN_READ_ONLY, settings)?;
    restrict_to_reading(connection)
}

/// Opens for reading a case on a medium that cannot be written to, so that SQLite cannot keep its
/// shared memory beside it. Only right where no log is left to be recovered and nobody writes.
///
/// # Errors
/// What SQLite says.
pub fn immutable_reader(database: &Path, settings: &Settings) -> Result<Connection> {
    let (uri, flags) = immutable(database);
    restrict_to_reading(open(&uri, flags, settings)?)
}

fn immutable(database: &Path) -> (PathBuf, OpenFlags) {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let uri = format!("file:{}?immutable=1", uri_path(database));
    (PathBuf::from(uri), flags)
}

/// Moves a write-ahead log or rolls back a journal that lies beside a quarantined copy, with
/// nothing of the copy's schema in force. The copy is changed, therefore never an original.
///
/// # Errors
/// What SQLite says.
pub fn recover(copy: &Path, settings: &Settings) -> Result<()> {
    let connection = open(copy, OpenFlags::SQLITE_OPEN_READ_WRITE, settings)?;
    distrust(&connection, settings)?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error)
}

/// Opens a quarantined copy for reading with every switch off that a hostile schema could use.
/// `go_on` is asked from time to time; `false` ends the statement.
///
/// # Errors
/// What SQLite says.
pub fn quarantined(
    copy: &Path,
    settings: &Settings,
    go_on: impl Fn() -> bool + Send + 'static,
) -> Result<Connection> {
    quarantined_with(copy, OpenFlags::SQLITE_OPEN_READ_ONLY, settings, go_on)
}

/// As [`quarantined`], for `integrity_check`: of a database opened read-only SQLite does not even
/// parse the CHECK constraints, so it would not compare the rows with them. Only right once the
/// schema was found to be ours. Nothing is written, not even the log into the database at closing.
///
/// # Errors
/// What SQLite says.
pub fn quarantined_with_constraints(
    copy: &Path,
    settings: &Settings,
    go_on: impl Fn() -> bool + Send + 'static,
) -> Result<Connection> {
    let connection = quarantined_with(copy, OpenFlags::SQLITE_OPEN_READ_WRITE, settings, go_on)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

/// As [`quarantined`], where the medium cannot be written to; see [`immutable_reader`].
///
/// # Errors
/// What SQLite says.
pub fn quarantined_immutable(
    database: &Path,
    settings: &Settings,
    go_on: impl Fn() -> bool + Send + 'static,
) -> Result<Connection> {
    let (uri, flags) = immutable(database);
    quarantined_with(&uri, flags, settings, go_on)
}

fn quarantined_with(
    copy: &Path,
    flags: OpenFlags,
    settings: &Settings,
    go_on: impl Fn() -> bool + Send + 'static,
) -> Result<Connection> {
    let mut connection = open(copy, flags, settings)?;
    distrust(&connection, settings)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.authorizer(Some(quarantine_rule))?;
    connection.progress_handler(PROGRESS_STEPS, Some(move || !go_on()))?;
    Ok(connection)
}

fn open(database: &Path, flags: OpenFlags, settings: &Settings) -> Result<Connection> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(database, flags)?;
    harden(&connection)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "temp_store", "FILE")?;
    if let Some(temp) = settings.temp.to_str() {
        connection.pragma_update(None, "temp_store_directory", temp)?;
    }
    connection.pragma_update(None, "cache_size", -i64::from(settings.cache_kib))?;
    Ok(connection)
}

/// What no connection goes without.
fn harden(connection: &Connection) -> Result<()> {
    for (switch, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
    ] {
        connection.set_db_config(switch, on)?;
    }
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.pragma_update(None, "recursive_triggers", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection
        .pragma_update_and_check(None, "mmap_size", 0, |_| Ok(()))
        .or_else(no_rows)
}

/// `mmap_size` answers with a row only where memory mapping is compiled in.
fn no_rows(error: rusqlite::Error) -> Result<()> {
    match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        other => Err(other),
    }
}

fn make_durable(connection: &Connection, settings: &Settings) -> Result<()> {
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    for (name, value) in [
        ("journal_size_limit", WAL_KEPT),
        ("wal_autocheckpoint", settings.autocheckpoint),
    ] {
        connection.pragma_update_and_check(None, name, value, |_| Ok(()))?;
    }
    Ok(())
}

fn restrict_to_reading(mut connection: Connection) -> Result<Connection> {
    connection.pragma_update(None, "query_only", true)?;
    connection.authorizer(Some(reader_rule))?;
    Ok(connection)
}

/// Switches and limits of sqlite.org/security for a file of unknown origin.
fn distrust(connection: &Connection, settings: &Settings) -> Result<()> {
    for switch in [
        DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER,
        DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW,
        DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA,
    ] {
        connection.set_db_config(switch, false)?;
    }
    for (limit, value) in [
        (Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
        (Limit::SQLITE_LIMIT_COLUMN, 100),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 20),
        (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 3),
        (Limit::SQLITE_LIMIT_VDBE_OP, 25_000),
        (Limit::SQLITE_LIMIT_FUNCTION_ARG, 8),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50),
        (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 10),
        (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 10),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
        (Limit::SQLITE_LIMIT_SCHEMA, 200),
    ] {
        connection.set_limit(limit, value)?;
    }
    connection.pragma_update_and_check(None, "hard_heap_limit", HEAP, |_| Ok(()))?;
    connection.pragma_update(None, "cache_size", -i64::from(settings.cache_kib))
}

fn writer_rule(context: AuthContext<'_>) -> Authorization {
    use AuthAction as A;
    match context.action {
        A::Pragma {
            pragma_name,
            pragma_value,
        } => allow(harmless(pragma_name, pragma_value)),
        A::Function { function_name } => allow(!dangerous(function_name)),
        A::Update { table_name, .. } | A::Delete { table_name } => {
            allow(!schema_table(table_name) && table_name != "custody_entry")
        }
        A::Insert { table_name } => allow(!schema_table(table_name)),
        A::Select
        | A::Read { .. }
        | A::Transaction { .. }
        | A::Savepoint { .. }
        | A::Recursive
        | A::CreateTempTable { .. }
        | A::CreateTempIndex { .. }
        | A::DropTempTable { .. }
        | A::DropTempIndex { .. } => Authorization::Allow,
        _ => Authorization::Deny,
    }
}

fn reader_rule(context: AuthContext<'_>) -> Authorization {
    use AuthAction as A;
    match context.action {
        A::Function { function_name } => allow(!dangerous(function_name)),
        // Which version, and whether somebody has written: no other setting.
        A::Pragma {
            pragma_name: "user_version" | "data_version",
            pragma_value: None,
        } => Authorization::Allow,
        A::Select | A::Read { .. } | A::Transaction { .. } | A::Savepoint { .. } | A::Recursive => {
            Authorization::Allow
        }
        _ => Authorization::Deny,
    }
}

fn quarantine_rule(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Pragma { pragma_name, .. } => {
            allow(["integrity_check", "foreign_key_check", "user_version"].contains(&pragma_name))
        }
        _ => reader_rule(context),
    }
}

fn allow(allowed: bool) -> Authorization {
    if allowed {
        Authorization::Allow
    } else {
        Authorization::Deny
    }
}

/// Settings that tell or check something, and the checkpoint.
fn harmless(name: &str, value: Option<&str>) -> bool {
    let name = name.to_ascii_lowercase();
    let read_only = [
        "application_id",
        "cell_size_check",
        "data_version",
        "foreign_keys",
        "freelist_count",
        "journal_mode",
        "mmap_size",
        "page_count",
        "page_size",
        "recursive_triggers",
        "synchronous",
        "trusted_schema",
        "user_version",
    ];
    let checks = [
        "foreign_key_check",
        "integrity_check",
        "quick_check",
        "wal_checkpoint",
    ];
    checks.contains(&name.as_str()) || value.is_none() && read_only.contains(&name.as_str())
}

fn dangerous(function: &str) -> bool {
    [
        "load_extension",
        "fts3_tokenizer",
        "readfile",
        "writefile",
        "edit",
    ]
    .iter()
    .any(|name| function.eq_ignore_ascii_case(name))
}

fn schema_table(name: &str) -> bool {
    ["sqlite_schema", "sqlite_master"]
        .iter()
        .any(|own| name.eq_ignore_ascii_case(own))
}

/// The path as a URI wants it.
fn uri_path(path: &Path) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for &byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}
