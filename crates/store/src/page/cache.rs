//! Texts and origins that were read lately.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};
use vestige_model::MemberRef;

use super::row::Origin;

/// Texts held in each of two generations, and the most of their bytes.
const TEXTS: usize = 1 << 16;
const TEXT_BYTES: usize = 8 << 20;
/// Origins held.
const ORIGINS: usize = 1 << 12;

#[derive(Debug, Default)]
pub(super) struct Cache {
    young: HashMap<i64, Arc<str>>,
    old: HashMap<i64, Arc<str>>,
    bytes: usize,
    origins: HashMap<i64, Arc<Origin>>,
}

impl Cache {
    /// The text of a term, none where the dictionary lacks it.
    pub fn text(&mut self, connection: &Connection, id: i64) -> rusqlite::Result<Option<Arc<str>>> {
        if let Some(text) = self.young.get(&id) {
            return Ok(Some(Arc::clone(text)));
        }
        let text = match self.old.get(&id) {
            Some(text) => Some(Arc::clone(text)),
            None => connection
                .prepare_cached("SELECT value FROM term WHERE id=?1")?
                .query_row([id], |row| {
                    row.get_ref(0)?.as_str().map(Arc::from).map_err(Into::into)
                })
                .optional()?,
        };
        if let Some(text) = &text {
            if self.young.len() >= TEXTS || self.bytes >= TEXT_BYTES {
                self.old = std::mem::take(&mut self.young);
                self.bytes = 0;
            }
            self.bytes += text.len();
            self.young.insert(id, Arc::clone(text));
        }
        Ok(text)
    }

    /// Where the rows of a member come from, none where there is no such member.
    pub fn origin(
        &mut self,
        connection: &Connection,
        member: i64,
    ) -> rusqlite::Result<Option<Arc<Origin>>> {
        if let Some(origin) = self.origins.get(&member) {
            return Ok(Some(Arc::clone(origin)));
        }
        let origin = connection
            .prepare_cached(
                "SELECT e.id, e.name, e.sha256, m.path, m.name, a.started, m.seq
                 FROM member m JOIN evidence e ON e.id=m.evidence
                 JOIN acquisition a ON a.id=e.acquisition WHERE m.id=?1",
            )?
            .query_row([member], |row| {
                Ok(Origin {
                    member: MemberRef(member),
                    evidence: row.get(0)?,
                    evidence_name: row.get(1)?,
                    sha256: row.get(2)?,
                    path: row.get(3)?,
                    member_name: row.get(4)?,
                    ingested: row.get(5)?,
                    custody_seq: row.get(6)?,
                })
            })
            .optional()?
            .map(Arc::new);
        if let Some(origin) = &origin {
            if self.origins.len() >= ORIGINS {
                self.origins.clear();
            }
            self.origins.insert(member, Arc::clone(origin));
        }
        Ok(origin)
    }
}
