//! The parts of the measurement, by name.

mod cloudtrail;
mod flows;
mod memory;
mod questions;
mod record;
mod small;
mod window;

use anyhow::{Result, bail};

use crate::cases;

/// A part: its name, what it measures, how.
type Part = (&'static str, &'static str, fn() -> Result<()>);

const PARTS: [Part; 8] = [
    (
        "cloudtrail",
        "1 M CloudTrail records: load and whole import",
        cloudtrail::import,
    ),
    (
        "stages",
        "1 M CloudTrail records, stage by stage",
        cloudtrail::stages,
    ),
    ("flows", "5 M VPC flow rows", flows::run),
    ("small", "5,000 files of 600 bytes", small::run),
    ("record", "a record of a gz of 100 MB", record::run),
    (
        "memory",
        "10 M events with distinct session names: memory",
        memory::run,
    ),
    ("ten", "10 M events: import and questions", questions::run),
    ("window", "10 M events in the real window", window::run),
];

/// Runs the parts that are named, or all of them.
///
/// # Errors
/// A name that is none; what a part says.
pub fn run(named: &[String]) -> Result<()> {
    if let [word, folder, records] = named
        && word == memory::CHILD
    {
        return memory::child(folder, records);
    }
    let unknown = |name: &&String| PARTS.iter().all(|part| part.0 != **name);
    if let Some(other) = named.iter().find(unknown) {
        let known: Vec<_> = PARTS.iter().map(|part| part.0).collect();
        bail!(
            "{other}: expected one of the parts {}; no name runs them all",
            known.join(", ")
        );
    }
    cases::sweep()?;
    for (name, title, part) in PARTS {
        if named.is_empty() || named.iter().any(|wanted| wanted == name) {
            println!("\n## {name}: {title}\n");
            part()?;
        }
    }
    Ok(())
}
