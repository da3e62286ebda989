//! The originals, hashed again.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use vestige_acquire::reopen::{Item, ReopenError, hash_original};
use vestige_custody::hash::hex;
use vestige_custody::verify::{Observed, Verifier};
use vestige_store::case_file::CaseReader;
use vestige_store::summary::{self, Original};

use super::Check;
use crate::error::WorkError;
use crate::host::Host;
use crate::item;
use crate::progress::Counters;

/// How many findings of a kind are listed one by one.
const LISTED: usize = 20;

/// What was found of the originals, by object id, with what the verifier does not say of them: an
/// original that is missing from the case is a failure, one that lies elsewhere a warning.
pub(super) fn observe(
    host: &dyn Host,
    reader: &CaseReader,
    verifier: &Verifier,
) -> Result<(BTreeMap<String, Observed>, Vec<Check>), WorkError> {
    let sizes = summary::sizes(reader.connection())?;
    let mut look = Look {
        host,
        reader,
        counters: Counters::new(sizes.bytes),
        seen: BTreeMap::new(),
        observed: BTreeMap::new(),
        checks: Vec::new(),
        unlisted: 0,
        kept: 0,
    };
    let stated: BTreeMap<&str, &str> = verifier
        .expected()
        .map(|item| (item.id, item.sha256))
        .collect();
    summary::originals(reader.connection(), &mut |original| {
        look.one(
            &original,
            stated.get(item::name(original.id).as_str()).copied(),
        )?;
        Ok::<bool, WorkError>(true)
    })?;
    let lost = stated.keys().filter(|id| !look.known(id)).count();
    if lost > 0 {
        look.list(Check::fail(
            "originals",
            format!("{lost} evidence items are on record and have no row in the case"),
        ));
    }
    Ok(look.finish())
}

struct Look<'a> {
    host: &'a dyn Host,
    reader: &'a CaseReader,
    counters: Counters,
    /// Originals hashed so far: several items may be the same file.
    seen: BTreeMap<[u8; 32], Observed>,
    observed: BTreeMap<String, Observed>,
    checks: Vec<Check>,
    unlisted: usize,
    kept: u64,
}

impl Look<'_> {
    fn known(&self, id: &str) -> bool {
        self.observed.contains_key(id)
    }

    fn one(&mut self, original: &Original, stated: Option<&str>) -> Result<(), WorkError> {
        let name = item::name(original.id);
        let expected = hex(&original.sha256);
        if stated != Some(expected.as_str()) {
            let found = stated.unwrap_or("no entry");
            self.list(Check::fail(
                "originals",
                format!("{name}: its row has SHA-256 {expected}, the custody entries {found}"),
            ));
        }
        let observed = match self.seen.get(&original.sha256) {
            Some(seen) if !original.in_place => *seen,
            _ => self.hash(original, &name)?,
        };
        if !original.in_place {
            self.seen.insert(original.sha256, observed);
        }
        self.observed.insert(name, observed);
        Ok(())
    }

    fn hash(&mut self, original: &Original, name: &str) -> Result<Observed, WorkError> {
        let item = if original.in_place {
            Item::in_place(&original.path, original.sha256, original.bytes)
        } else {
            Item::kept(self.reader.case().root(), original.sha256, original.bytes)
        };
        let (host, counters) = (self.host, &self.counters);
        let mut before = 0;
        let hashed = hash_original(&item, &mut |done| {
            counters.bytes(done - before);
            before = done;
            host.progress(&counters.now("hashing the originals"));
            if host.cancelled() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        match hashed {
            Ok(Some(sha256)) => {
                self.kept += 1;
                Ok(Observed::Present {
                    sha256,
                    size: original.bytes,
                })
            }
            Ok(None) => Err(WorkError::Stopped {
                doing: "hashing the originals",
            }),
            Err(ReopenError::Missing { .. }) if original.in_place => {
                let at = &original.path;
                self.list(Check::warning(
                    "originals",
                    format!(
                        "{name} was left in place at {at} and is not there: it was not compared"
                    ),
                ));
                Ok(Observed::Missing)
            }
            Err(error) => {
                self.list(Check::fail("originals", format!("{name}: {error}")));
                Ok(Observed::Missing)
            }
        }
    }

    fn list(&mut self, check: Check) {
        if self.checks.len() < LISTED {
            self.checks.push(check);
        } else {
            self.unlisted += 1;
        }
    }

    fn finish(mut self) -> (BTreeMap<String, Observed>, Vec<Check>) {
        if self.checks.is_empty() && self.kept > 0 {
            let count = self.kept;
            self.checks.push(Check::pass(
                "originals",
                format!("{count} originals were hashed again"),
            ));
        }
        if self.unlisted > 0 {
            let worst = self
                .checks
                .iter()
                .map(|check| check.status)
                .max()
                .unwrap_or(super::Status::Fail);
            let detail = format!("{} more of the same kind", self.unlisted);
            self.checks.push(Check {
                check: "originals".to_owned(),
                status: worst,
                detail,
            });
        }
        (self.observed, self.checks)
    }
}
