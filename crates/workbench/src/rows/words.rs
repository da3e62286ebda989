//! What a case says of members and containers in words (names, wrapping, why a format was
//! recognised, why something was not read, warnings), compared with what the original gives.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use vestige_acquire::unpack::Place;
use vestige_formats::{Identity, identify, identify_as, registry};
use vestige_model::Warning;
use vestige_store::Connection;
use vestige_store::account::Said;
use vestige_store::warnings;

use crate::anew::told;
use crate::error::WorkError;

/// How a member or place of an original is found when it is read again.
#[derive(Debug, Default)]
pub(super) struct Seen {
    name: String,
    layers: String,
    /// What it may be taken for: by its bytes, or because the user said so.
    identities: Vec<Kind>,
    /// Why only part of it is there.
    pub(super) partial: Option<String>,
    /// Why it is not read.
    pub(super) rejected: Option<String>,
}

/// A format, its envelope, and why it was recognised.
type Kind = (Option<String>, Option<String>, String);

fn kind(identity: Identity) -> Kind {
    let format = identity.format.map(|format| format.name().to_owned());
    let envelope = format.as_ref().map(|_| identity.envelope.to_owned());
    (format, envelope, identity.reason)
}

impl Seen {
    pub(super) fn at(at: &Place) -> Seen {
        Seen {
            name: at.name.clone(),
            layers: at.layers.clone(),
            ..Seen::default()
        }
    }

    /// Takes what its first bytes are recognised as; where the case says something else, also what
    /// they are for a user who named a format, for which one is not on record.
    pub(super) fn identify(&mut self, head: &[u8], whole: bool, said: Option<&Said>) {
        let own = kind(identify(head, whole));
        let same = said.is_some_and(|said| {
            (&said.format, &said.envelope, &said.recognised) == (&own.0, &own.1, &own.2)
        });
        self.identities = vec![own];
        if !same {
            let all = registry::ALL.iter();
            self.identities
                .extend(all.map(|format| kind(identify_as(*format, head, whole))));
        }
    }

    /// What the case says otherwise.
    fn differs(&self, said: &Said) -> Option<String> {
        let text = |what: &str, made: &str, stored: &str| {
            (made != stored).then(|| format!("expected {what} {made:?}, found {stored:?}"))
        };
        text("the name", &self.name, &said.name)
            .or_else(|| text("the wrapping", &self.layers, &said.layers))
            .or_else(|| {
                if said.recognised == NOT_READ {
                    let made = self.rejected.as_deref().unwrap_or("none: it can be read");
                    let stored = said.reason.as_deref().unwrap_or_default();
                    return text("the reason", made, stored);
                }
                self.kind_differs(said)
                    .or_else(|| self.reason_differs(said))
            })
    }

    fn kind_differs(&self, said: &Said) -> Option<String> {
        let stored = (&said.format, &said.envelope, &said.recognised);
        let known = self
            .identities
            .iter()
            .any(|one| (&one.0, &one.1, &one.2) == stored);
        (!known).then(|| {
            let made = self.identities.first();
            format!("expected it to be recognised as {made:?}, found {stored:?}")
        })
    }

    fn reason_differs(&self, said: &Said) -> Option<String> {
        let stored = said.reason.as_deref();
        // What to do follows after a semicolon; the first programs gave no advice.
        let beginning = format!("format not recognised: {}", said.recognised);
        let begins = |stored: &str| {
            let rest = stored.strip_prefix(&beginning);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(';'))
        };
        let (right, expected) = match said.state.as_str() {
            "imported" => (stored.is_none(), None),
            "duplicate" => (stored == said.repeats.as_deref(), said.repeats.as_deref()),
            "partial" => (
                stored == Some(READER_FAILED) || stored == self.partial.as_deref(),
                self.partial.as_deref(),
            ),
            _ => (stored.is_some_and(begins), Some(beginning.as_str())),
        };
        (!right).then(|| format!("expected the reason {expected:?}, found {stored:?}"))
    }
}

/// What stands for the format of something that was not read.
const NOT_READ: &str = "not read";

/// Why a member is partial where its reader stopped on it.
const READER_FAILED: &str = "the reader failed on it";

/// Part of the reason for which only the ratio is refused: whoever reads again refuses none, so
/// that such a place is another when it is read again.
const RATIO: &str = "import it with --allow-ratio";

/// Whether a member was refused for its ratio.
pub(super) fn refused(said: &Said) -> bool {
    let ratio = |reason: &str| reason.contains(RATIO);
    said.state == "rejected" && said.format.is_none() && said.reason.as_deref().is_some_and(ratio)
}

/// What a case says of a member otherwise than its original.
pub(super) fn differs(said: &Said, seen: Option<&Seen>) -> Option<String> {
    if refused(said) {
        return None;
    }
    match seen {
        Some(seen) => seen.differs(said),
        None => Some("its original has nothing there".to_owned()),
    }
}

/// What is said of a file that changed while it was read, of which the original holds no trace.
const CHANGED: &str = "the file changed while it was read";

/// The warnings about an item and its containers: those stored, by a hash of what they say, and
/// whether the original gives them.
#[derive(Debug, Default)]
pub(super) struct Containers {
    stored: HashMap<[u8; 32], bool>,
    /// The first that the original gives and the case lacks.
    missing: Option<String>,
}

impl Containers {
    pub(super) fn of(connection: &Connection, evidence: i64) -> Result<Containers, WorkError> {
        let mut stored = HashMap::new();
        warnings::of_containers(connection, evidence, &mut |warning| {
            let given = warning.reason.starts_with(CHANGED);
            stored.insert(hash(&warning), given);
        })
        .map_err(WorkError::database)?;
        Ok(Containers {
            stored,
            missing: None,
        })
    }

    /// A warning that the original gives.
    pub(super) fn given(&mut self, warning: &Warning) {
        match self.stored.get_mut(&hash(warning)) {
            Some(given) => *given = true,
            None => {
                self.missing.get_or_insert_with(|| told(warning));
            }
        }
    }

    /// What is stored otherwise. Where something was refused for its ratio, the import did not see
    /// all that is seen now.
    pub(super) fn differs(
        &self,
        connection: &Connection,
        evidence: i64,
        refused: bool,
    ) -> Result<Option<String>, WorkError> {
        if let Some(missing) = self.missing.as_ref().filter(|_| !refused) {
            return Ok(Some(format!("expected the warning {missing}, found none")));
        }
        if self.stored.values().all(|given| *given) {
            return Ok(None);
        }
        let mut made_up = None;
        warnings::of_containers(connection, evidence, &mut |warning| {
            if self.stored.get(&hash(&warning)) == Some(&false) {
                made_up.get_or_insert_with(|| told(&warning));
            }
        })
        .map_err(WorkError::database)?;
        let found = made_up.unwrap_or_default();
        Ok(Some(format!(
            "expected no warning that the original does not give, found {found}"
        )))
    }
}

fn hash(warning: &Warning) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(warning.offset.to_le_bytes());
    hash.update(warning.length.to_le_bytes());
    for text in [
        &warning.reason,
        &warning.expected,
        &warning.found,
        &warning.excerpt,
    ] {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}
