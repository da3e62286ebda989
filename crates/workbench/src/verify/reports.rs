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
/// Files that the report of a package has.
const WRITTEN: [&str; 3] = ["report.html", "report.json", "report.pdf"];

/// The member of `report.generated` that holds the SHA-256 of a file of the report.
pub(crate) fn detail(name: &str) -> String {
    format!("{}_sha256", name.replace(['.', '-'], "_"))
}

/// A file of a report.
#[derive(Default)]
struct Part {
    /// Its SHA-256 where it is here, none inside where its bytes are damaged.
    found: Option<Option<Hash>>,
    /// The last entry that records this SHA-256.
    same: Option<u64>,
    /// The last entry that records any.
    newest: Option<u64>,
}

/// The files of a report, and what the entries that were read so far say of them.
pub(super) struct Reports {
    files: BTreeMap<String, Part>,
    /// Whether an entry is withheld.
    pub withheld: bool,
}

impl Reports {
    pub fn of(files: &[Found]) -> Reports {
        let written = WRITTEN.map(|name| (name.to_owned(), Part::default()));
        let mut all = BTreeMap::from(written);
        for file in files {
            if let Some(name) = file.name.strip_prefix(REPORT) {
                all.entry(name.to_owned()).or_default().found = Some(file.sha256);
            }
        }
        Reports {
            files: all,
            withheld: false,
        }
    }

    /// Takes the next line of the chain. What is wrong with it is told elsewhere.
    pub fn line(&mut self, bytes: &[u8]) {
        let speaks = |of: &str| memmem::find(bytes, of.as_bytes()).is_some();
        if !speaks(Event::ReportGenerated.name()) && !speaks("custody.withheld/1") {
            return;
        }
        match Line::parse(bytes) {
            Ok(Line::Withheld { .. }) => self.withheld = true,
            Ok(Line::Entry(entry)) if entry.event == Event::ReportGenerated.name() => {
                for (name, part) in &mut self.files {
                    let Some(digest) = entry.detail_text(&detail(name)) else {
                        continue;
                    };
                    part.newest = Some(entry.seq);
                    if part
                        .found
                        .flatten()
                        .is_some_and(|found| hex(&found) == digest)
                    {
                        part.same = Some(entry.seq);
                    }
                }
            }
            _ => {}
        }
    }

    /// What the comparison came to, where `covered` entries are signed or anchored: one that is not
    /// can have been added by anybody.
    pub fn checks(self, covered: u64) -> Vec<Check> {
        let withheld = self.withheld;
        let parts = self.files.into_iter();
        parts
            .filter_map(|(name, part)| part.check(&visible(&name), covered, withheld))
            .collect()
    }
}

impl Part {
    fn check(self, name: &str, covered: u64, withheld: bool) -> Option<Check> {
        let (warning, fail) = (
            |what: String| Some(Check::warning("report", format!("{name}: {what}"))),
            |what: String| Some(Check::fail("report", format!("{name}: {what}"))),
        );
        match (self.found, self.same, self.newest) {
            (None, _, None) => None,
            (None, _, Some(seq)) => warning(format!("entry {seq} records it, and it is not here")),
            (Some(None), ..) => fail(
                "its bytes are damaged, so it could not be compared with the entry that records it"
                    .to_owned(),
            ),
            (_, Some(seq), _) if seq >= covered => warning(format!(
                "entry {seq} records it, and no signature, time stamp or pin covers that entry: anybody may have added both"
            )),
            (_, Some(seq), newest) if Some(seq) == newest => Some(Check::pass(
                "report",
                format!("{name}: as entry {seq}, report.generated, records it"),
            )),
            (_, Some(seq), _) => warning(format!(
                "entry {seq} records it, and a later entry records another: it is not the newest"
            )),
            (Some(Some(found)), None, _) if withheld => warning(format!(
                "no entry that is shown records its SHA-256, {}; entries are withheld",
                hex(&found)
            )),
            (Some(Some(found)), None, _) => fail(format!(
                "expected the SHA-256 that an entry report.generated records, found {}: it was replaced or added after it was recorded",
                hex(&found)
            )),
        }
    }
}
