//! Flow logs: rows a second, totals.

use anyhow::Result;
use vestige_model::Field;
use vestige_store::page::Progress;
use xtask::evidence::Kind;

use super::cloudtrail::each;
use super::questions::Asked;
use crate::cases;
use crate::evidence::{self, scaled};
use crate::report::{Wanted, head, line};
use crate::stages;

/// What the totals are grouped by.
const BY: [(&str, &[Field]); 3] = [
    ("source", &[Field::SrcIp]),
    ("destination", &[Field::DstIp]),
    ("pair", &[Field::SrcIp, Field::DstIp]),
];

/// The whole part.
pub fn run() -> Result<()> {
    let records = scaled(5_000_000)?;
    let folder = evidence::of(Kind::Vpcflow, records)?;
    let imports = cases::imports("flows", &folder, records, 3)?;
    let (case, imported) = (imports.case, imports.best);
    head();
    let rate = |seconds: f64| records as f64 / seconds;
    line(
        "import, wall",
        rate(imports.wall),
        "rows/s",
        Wanted::AtLeast(400_000.0),
    );
    line(
        "import, processor time",
        each(imported.all.cpu, records),
        "us a row",
        Wanted::Nothing,
    );
    line(
        "database",
        case.size()? as f64 / records as f64,
        "bytes a row",
        Wanted::Nothing,
    );
    let asked = Asked::open(&case)?;
    for (name, fields) in BY {
        let time = asked.flows("", fields)?;
        line(
            &format!("total a {name}, whole case"),
            time,
            "ms",
            Wanted::AtMost(300.0),
        );
    }
    let hours = "time:[2026-06-01T02:00:00Z TO 2026-06-01T04:59:59.999999999Z]";
    for (name, fields) in BY {
        let time = asked.flows(hours, fields)?;
        line(
            &format!("total a {name}, three hours (roll-up)"),
            time,
            "ms",
            Wanted::Nothing,
        );
    }
    for query in [
        "dst.port:22 action:REJECT",
        "src.ip:60.0.0.0/8",
        "bytes:[100000 TO *]",
    ] {
        let time = asked.flows(query, &[Field::SrcIp])?;
        line(
            &format!("total a source, `{query}` (scan)"),
            time,
            "ms",
            Wanted::Nothing,
        );
    }
    let told = asked.progress(
        "dst.port:22 action:REJECT",
        |reader, query, told: &Progress| reader.flows(&[Field::SrcIp], query, 20, told).map(drop),
    )?;
    line(
        "looks at the progress of the first scan",
        told as f64,
        "times",
        Wanted::AtLeast(10.0),
    );
    println!("\n| stage | us a row |\n|---|---|");
    for (name, seconds) in stages::costs(&evidence::files(&folder), 3)? {
        println!("| {name} | {:.2} |", each(seconds, records));
    }
    let load = imported.load();
    println!("| load | {:.2} |", each(load.cpu, records));
    println!(
        "| of it the writer's thread | {:.2} |",
        each(load.own, records)
    );
    for (name, took) in &imported.stages {
        if name.starts_with("building") {
            println!("| {name} | {:.2} |", each(took.cpu, records));
        }
    }
    Ok(())
}
