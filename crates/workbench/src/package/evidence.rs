//! The evidence of a package: originals under safe names, and a line for every item, in the package
//! or not.

use std::collections::BTreeMap;

use serde_json::json;
use vestige_acquire::reopen::Item;
use vestige_custody::{Hash, hex};
use vestige_package::Payload;
use vestige_package::name::{Taken, safe_part};
use vestige_store::evidence::{self, ItemRow};

use super::HashOnly;
use crate::error::WorkError;
use crate::item;
use crate::session::OpenCase;

/// The evidence of a package.
#[derive(Default)]
pub(super) struct Evidence {
    /// The originals, each with the file it is read from.
    pub originals: Vec<(Payload, Item)>,
    /// Items of which only the hash is there.
    pub hash_only: Vec<HashOnly>,
    /// `evidence.jsonl`: every item with its original name, and where it is in the bag or why not.
    pub lines: String,
    taken: Taken,
    /// Where in the bag the bytes of a hash are.
    placed: BTreeMap<Hash, String>,
}

impl Evidence {
    /// Of every item of the case.
    pub fn of(case: &OpenCase) -> Result<Evidence, WorkError> {
        let items = evidence::items(case.writer().connection()).map_err(WorkError::database)?;
        let mut evidence = Evidence::default();
        for row in &items {
            evidence.take(case, row);
        }
        Ok(evidence)
    }

    fn take(&mut self, case: &OpenCase, row: &ItemRow) {
        let id = item::name(row.id);
        let file = match absent(row) {
            Some(reason) => Err(reason),
            None => Ok(self.place(case, row, &id)),
        };
        let line = json!({
            "id": id,
            "name": row.name,
            "path": row.path,
            "sha256": row.sha256.as_ref().map(|sha256| hex(sha256)),
            "bytes": row.bytes,
            "state": row.state,
            "file": file.as_ref().ok(),
            "absent": file.as_ref().err(),
        });
        self.lines.push_str(&format!("{line}\n"));
        if let Err(reason) = file {
            self.hash_only.push(HashOnly {
                id,
                reason: reason.to_owned(),
            });
        }
    }

    /// Where the bytes of an item are in the bag: the same bytes are there once.
    fn place(&mut self, case: &OpenCase, row: &ItemRow, id: &str) -> String {
        let sha256 = row.sha256.unwrap_or_default();
        if let Some(placed) = self.placed.get(&sha256) {
            return placed.clone();
        }
        let name = self
            .taken
            .free(&format!("evidence/{id}/"), &safe_part(&row.name));
        let payload = Payload {
            name: name.clone(),
            size: row.bytes,
            sha256: Some(sha256),
        };
        let item = Item::kept(case.case().root(), sha256, row.bytes);
        self.originals.push((payload, item));
        let file = format!("data/{name}");
        self.placed.insert(sha256, file.clone());
        file
    }
}

/// Why an item's bytes do not go into a package, none where they do.
fn absent(row: &ItemRow) -> Option<&'static str> {
    if row.sha256.is_none() {
        return Some("it could not be read when it was received");
    }
    if row.withdrawn {
        return Some("it was withdrawn");
    }
    if row.in_place {
        return Some("it was left in place and is not kept in the case");
    }
    None
}
