//! A record of a large compressed file.

use anyhow::{Context as _, Result};
use rusqlite::{Connection, OpenFlags};
use vestige_acquire::reopen::{Item, Reopen};
use vestige_model::MemberPath;
use xtask::evidence::Kind;

use crate::cases::{self, BenchCase};
use crate::evidence::{self, scaled};
use crate::measure::time;
use crate::report::{Wanted, head, line};

/// Records that are opened.
const OPENED: u64 = 50;

/// The whole part.
pub fn run() -> Result<()> {
    let records = scaled(480_000)?;
    let folder = evidence::of(Kind::Large, records)?;
    let (case, imported) = cases::imported("record", &folder, records)?;
    let bytes = imported.report.totals.bytes;
    let (item, places) = places(&case, records)?;
    let mut worst: f64 = 0.0;
    for (offset, length) in &places {
        // Made anew for each: what is in the way is the side copy, not what was read before.
        let open = || {
            let reopen = Reopen::new(case.path(), 256 << 20);
            reopen.read_range(&item, &MemberPath::default(), *offset, *length)
        };
        let (read, took) = time(open);
        anyhow::ensure!(
            read?.first() == Some(&b'{'),
            "expected a record at {offset}"
        );
        worst = worst.max(took.wall);
    }
    head();
    line("the file", bytes as f64 / 1e6, "MB", Wanted::Nothing);
    line(
        "opening a record by the side copy, slowest",
        worst * 1e3,
        "ms",
        Wanted::AtMost(100.0),
    );
    let last = places.last().context("expected a record")?;
    let open = || {
        let reopen = Reopen::new(case.path(), 256 << 20);
        reopen.read_original_range(&item, &MemberPath::default(), last.0, last.1)
    };
    let (read, took) = time(open);
    read?;
    line(
        "the last record from the original alone, as a proof does",
        took.wall * 1e3,
        "ms",
        Wanted::Nothing,
    );
    Ok(())
}

/// The file as the case keeps it, and offset and length of records all over it.
fn places(case: &BenchCase, records: u64) -> Result<(Item, Vec<(u64, u64)>)> {
    let connection =
        Connection::open_with_flags(case.database(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let item = connection.query_row("SELECT sha256, bytes FROM evidence", [], |row| {
        Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, i64>(1)?))
    })?;
    let mut statement =
        connection.prepare("SELECT offset, length FROM event WHERE id%?1=0 ORDER BY id")?;
    let step = (records / OPENED).max(1) as i64;
    let rows = statement.query_map([step], |row| {
        Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64))
    })?;
    let places = rows.collect::<rusqlite::Result<_>>()?;
    Ok((Item::kept(&case.path(), item.0, item.1 as u64), places))
}
