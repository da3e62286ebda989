//! CloudTrail: the load against a bare bind loop, the whole import, its stages.

use anyhow::Result;
use xtask::evidence::Kind;

use crate::cases::{self, BenchCase, Imports};
use crate::evidence::{self, scaled};
use crate::measure::{Took, best};
use crate::report::{Wanted, head, line};
use crate::stages as passes;
use crate::writing::{self, Prepared};

const FULL: u64 = 1_000_000;
/// Rows that an import puts into one transaction: a batch of 64 MB.
const TOGETHER: usize = 40_000;
const TIMES: usize = 3;

/// Microseconds a record.
pub(super) fn each(seconds: f64, records: u64) -> f64 {
    seconds * 1e6 / records as f64
}

/// Three imports of 1 M records, and their number.
pub(super) fn imported() -> Result<(Imports, u64)> {
    let records = scaled(FULL)?;
    let folder = evidence::of(Kind::Cloudtrail, records)?;
    let imports = cases::imports("cloudtrail", &folder, records, TIMES)?;
    Ok((imports, records))
}

/// The load and the whole import.
pub fn import() -> Result<()> {
    let (imports, records) = imported()?;
    let (all, load) = (imports.best.all, imports.best.load());
    let bare = bare_of(&imports.case, "event")?;
    let everything = everything(&imports.case)?;
    let told = |what: &str, measured: f64, unit: &str| line(what, measured, unit, Wanted::Nothing);
    head();
    line(
        "import, processor time",
        each(all.cpu, records),
        "us an event",
        Wanted::AtMost(10.0),
    );
    line(
        "load against the bare loop into `event`, wall",
        100.0 * bare.wall / imports.load_wall,
        "%",
        Wanted::AtLeast(75.0),
    );
    let percent = 100.0 * everything.wall / imports.load_wall;
    told(
        "load against bare loops into all that it writes, wall",
        percent,
        "%",
    );
    told(
        "bare loop into `event`, processor time",
        each(bare.cpu, records),
        "us a row",
    );
    told("bare loop into `event`, wall", bare.wall, "s");
    told("load, wall", imports.load_wall, "s");
    told(
        "load, processor time",
        each(load.cpu, records),
        "us an event",
    );
    told(
        "of it the writer's thread",
        each(load.own, records),
        "us an event",
    );
    told("import, wall", imports.wall, "s");
    let size = imports.case.size()? as f64 / records as f64;
    told("database", size, "bytes an event");
    Ok(())
}

fn bare_of(case: &BenchCase, table: &'static str) -> Result<Took> {
    let rows = Prepared::read(case, table)?;
    let run = || Ok::<_, anyhow::Error>(((), rows.insert("bare", TOGETHER)?));
    Ok(best(TIMES, run)?.1)
}

fn everything(case: &BenchCase) -> Result<Took> {
    let mut sum = Took::default();
    for table in ["event", "event_resource", "term"] {
        sum += bare_of(case, table)?;
    }
    Ok(sum)
}

/// The price of each stage, in microseconds of processor time an event.
pub fn stages() -> Result<()> {
    let (imports, records) = imported()?;
    let Imports {
        case,
        best: imported,
        ..
    } = imports;
    let files = evidence::files(&evidence::of(Kind::Cloudtrail, records)?);
    println!("| stage | us an event |\n|---|---|");
    let told = |name: &str, seconds: f64| {
        println!("| {name} | {:.2} |", each(seconds, records));
    };
    let mut sum = 0.0;
    for (name, seconds) in passes::costs(&files, TIMES)? {
        told(name, seconds);
        sum += seconds;
    }
    told("= a worker, originals not kept", sum);
    told("load", imported.load().cpu);
    told("of it the writer's thread", imported.load().own);
    for (name, took) in &imported.stages {
        if name.starts_with("building") {
            told(name, took.cpu);
        }
    }
    told("import", imported.all.cpu);
    for table in ["event", "event_resource", "term"] {
        told(
            &format!("bare loop into {table}"),
            bare_of(&case, table)?.cpu,
        );
    }
    for (name, took) in writing::indexes(&case)? {
        told(&format!("index alone: {name}"), took.cpu);
    }
    let raw = imported.report.totals.bytes_decompressed;
    drop(case);
    writer(&files, raw, &told)
}

/// The writer's work with chunks that lie in memory.
fn writer(
    files: &[vestige_acquire::intake::Listed],
    raw: u64,
    told: &dyn Fn(&str, f64),
) -> Result<()> {
    let mut batches = writing::batches(files, raw)?;
    let run = |batches: &[_]| {
        best(TIMES, || {
            let (load, flush) = writing::store("writer", batches)?;
            Ok::<_, anyhow::Error>((flush, load))
        })
    };
    let (flush, all) = run(&batches)?;
    writing::without_rows(&mut batches);
    let (_, terms) = run(&batches)?;
    told("writer alone: dictionary, rows, commits", all.cpu);
    told("of it the dictionary", terms.cpu);
    told("writer alone: counts that were held", flush.cpu);
    Ok(())
}
