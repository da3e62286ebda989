//! The report in a package, compared with the entry that records it. Manifests alone would not do:
//! whoever replaces the report can write them anew.

use std::collections::BTreeMap;

use memchr::memmem;
use vestige_custody::line::Line;
use vestige_custody::{Event, Hash, hex};
use vestige_package::examine::Found;
use vestige_package::name::visible;

use super::Check;

/// The report of a package.
const REPORT: &str = "data/report/";

/// The member of `report.generated` that holds the SHA-256 of a file of the report.
pub(crate) fn detail(name: &str) -> String {
    format!("{}_sha256", name.replace(['.', '-'], "_"))
}

/// The files of a report, and what the entries that were read so far say of them.
pub(super) struct Reports {
    /// By name below the report's folder: what was found, and the last entry that says the same.
    files: BTreeMap<String, (Option<Hash>, Option<u64>)>,
    /// The last entry that records a report with digests of files.
    newest: Option<u64>,
    withheld: bool,
}

impl Reports {
    pub fn of(files: &[Found]) -> Reports {
        let named = |file: &Found| Some((file.name.strip_prefix(REPORT)?.to_owned(), file.sha256));
        let files = files.iter().filter_map(named);
        Reports {
            files: files.map(|(name, sha256)| (name, (sha256, None))).collect(),
            newest: None,
            withheld: false,
        }
    }

    /// Takes the next line of the chain. What is wrong with it is told elsewhere.
    pub fn line(&mut self, bytes: &[u8]) {
        if self.files.is_empty() {
            return;
        }
        let speaks = |of: &str| memmem::find(bytes, of.as_bytes()).is_some();
        self.withheld |= speaks("custody.withheld/1");
        if !speaks(Event::ReportGenerated.name()) {
            return;
        }
        let Ok(Line::Entry(entry)) = Line::parse(bytes) else {
            return;
        };
        if entry.event != Event::ReportGenerated.name() {
            return;
        }
        for (name, (found, said)) in &mut self.files {
            let Some(digest) = entry.detail_text(&detail(name)) else {
                continue;
            };
            self.newest = Some(entry.seq);
            if found.is_some_and(|found| hex(&found) == digest) {
                *said = Some(entry.seq);
            }
        }
    }

    /// What the comparison came to.
    pub fn checks(self) -> Vec<Check> {
        let (newest, withheld) = (self.newest, self.withheld);
        let of = |(name, (found, said)): (String, (Option<Hash>, Option<u64>))| {
            let name = visible(&name);
            let found = found.map_or("bytes that cannot be read".to_owned(), |found| hex(&found));
            match said {
                Some(seq) if said == newest => Check::pass(
                    "report",
                    format!("{name}: as entry {seq}, report.generated, records it"),
                ),
                Some(seq) => Check::warning(
                    "report",
                    format!(
                        "{name}: entry {seq} records it, and a later entry records another report: it is not the newest"
                    ),
                ),
                None if withheld => Check::warning(
                    "report",
                    format!(
                        "{name}: no entry that is shown records its SHA-256, {found}; entries are withheld"
                    ),
                ),
                None => Check::fail(
                    "report",
                    format!(
                        "{name}: expected the SHA-256 that an entry report.generated records, found {found}: it was replaced or added after the package was recorded"
                    ),
                ),
            }
        };
        self.files.into_iter().map(of).collect()
    }
}
