//! Writing a chain: the state that the next entry depends on.

use crate::case_id::CaseId;
use crate::entry::{Entry, EntryError, Sealed};
use crate::event::Event;
use crate::hash::Hash;
use crate::line::{EntryLine, Line, LineError, millis};
use crate::merkle::Frontier;
use crate::note::Checkpoint;
use vestige_model::time::format_millis;

/// The writing end of a chain. Cloning is cheap: a writer keeps the copy from before a transaction
/// and returns to it when the transaction fails.
#[derive(Clone, Debug)]
pub struct Chain {
    case: CaseId,
    tree: Frontier,
    head: Option<Hash>,
    last_time: Option<i64>,
    level: Level,
    has_authority: bool,
}

/// How strict the record of a case is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The default.
    #[default]
    Internal,
    /// For a regulator: an authority is on record before evidence is received.
    Regulatory,
    /// For a court: as regulatory, and reading is recorded too.
    Litigation,
}

impl Level {
    /// The level of a word, none for another word.
    pub fn parse(word: &str) -> Option<Level> {
        [Level::Internal, Level::Regulatory, Level::Litigation]
            .into_iter()
            .find(|level| level.word() == word)
    }

    /// The word in an entry: `details.custody_level` of `case.created`, `details.new` of
    /// `case.custody_level_changed`.
    pub const fn word(self) -> &'static str {
        match self {
            Level::Internal => "internal",
            Level::Regulatory => "regulatory",
            Level::Litigation => "litigation",
        }
    }
}

/// Why an entry cannot follow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// The entry itself.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The first entry must be `case.created`, and none after it.
    #[error("entry {seq}: expected case.created as the first entry and only there, found {found}")]
    Genesis {
        /// The number it would have.
        seq: u64,
        /// The event's name.
        found: &'static str,
    },
    /// The host clock lies before the last entry.
    #[error("entry {seq}: expected a time from {last}, found {found}; record clock.step first")]
    ClockBack {
        /// The number it would have.
        seq: u64,
        /// When the last entry was written.
        last: String,
        /// What the clock says.
        found: String,
    },
    /// Evidence at a level that asks for an authority, without one.
    #[error(
        "evidence.received at custody level {level}: expected an authority on record, found none"
    )]
    NoAuthority {
        /// The level's word.
        level: &'static str,
    },
    /// A stored line that cannot be continued.
    #[error("entry {seq}: {reason}")]
    Line {
        /// Its place.
        seq: u64,
        /// What is wrong with it.
        reason: LineError,
    },
    /// A stored line that does not follow the one before it.
    #[error("entry {seq}: {member} does not continue the chain")]
    Broken {
        /// Its place.
        seq: u64,
        /// `seq`, `prev` or `case`.
        member: &'static str,
    },
}

impl Chain {
    /// An empty chain.
    pub fn new(case: CaseId) -> Chain {
        Chain {
            case,
            tree: Frontier::default(),
            head: None,
            last_time: None,
            level: Level::Internal,
            has_authority: false,
        }
    }

    /// The chain that the given lines (in order, without line feeds) make, to be continued.
    ///
    /// # Errors
    /// Where a line is ill-formed or does not follow the one before.
    pub fn resume<T: AsRef<[u8]>>(
        case: CaseId,
        lines: impl IntoIterator<Item = T>,
    ) -> Result<Chain, ChainError> {
        let mut chain = Chain::new(case);
        for line in lines {
            chain.follow(line.as_ref())?;
        }
        Ok(chain)
    }

    /// Takes over one stored line as the next.
    ///
    /// # Errors
    /// Where the line is ill-formed or does not follow the last.
    pub fn follow(&mut self, bytes: &[u8]) -> Result<(), ChainError> {
        let seq = self.size();
        let line = Line::parse(bytes).map_err(|reason| ChainError::Line { seq, reason })?;
        let broken = |member| Err(ChainError::Broken { seq, member });
        if line.seq() != seq {
            return broken("seq");
        }
        if let Line::Entry(entry) = &line {
            if entry.prev != self.head {
                return broken("prev");
            }
            if entry.case != self.case.as_str() {
                return broken("case");
            }
            self.last_time = millis(&entry.recorded_at);
            self.note_rules(entry);
        }
        self.grow(line.leaf());
        Ok(())
    }

    fn note_rules(&mut self, entry: &EntryLine) {
        self.has_authority |= entry.value.get("authority").is_some();
        let level = match entry.event.as_str() {
            "case.created" => entry.detail_text("custody_level"),
            "case.custody_level_changed" => entry.detail_text("new"),
            _ => None,
        };
        self.level = level.and_then(Level::parse).unwrap_or(self.level);
    }

    fn grow(&mut self, leaf: Hash) {
        self.tree.push(leaf);
        self.head = Some(leaf);
    }

    /// Seals an entry as the next one; `recorded_at` is UTC nanoseconds.
    ///
    /// # Errors
    /// Where the entry lacks something, or may not stand here.
    pub fn append(&mut self, entry: &Entry, recorded_at: i64) -> Result<Sealed, ChainError> {
        self.may_follow(entry, recorded_at)?;
        let sealed = entry.seal(&self.case, self.size(), self.head, recorded_at)?;
        // What was just written is read as any later opening will.
        self.follow(&sealed.bytes)?;
        Ok(sealed)
    }

    fn may_follow(&self, entry: &Entry, recorded_at: i64) -> Result<(), ChainError> {
        let seq = self.size();
        if (entry.event == Event::CaseCreated) != (seq == 0) {
            return Err(ChainError::Genesis {
                seq,
                found: entry.event.name(),
            });
        }
        if let Some(last) = self.clock_back(recorded_at)
            && !entry.steps_back()
        {
            let found = format_millis(recorded_at);
            return Err(ChainError::ClockBack {
                seq,
                last: format_millis(last),
                found,
            });
        }
        let authorised = self.has_authority || entry.has_authority();
        if entry.event == Event::EvidenceReceived && self.level > Level::Internal && !authorised {
            return Err(ChainError::NoAuthority {
                level: self.level.word(),
            });
        }
        Ok(())
    }

    /// The time of the last entry, where `now` lies a millisecond or more before it: then a
    /// `clock.step` entry with [`Entry::clock_step`] has to come first.
    pub fn clock_back(&self, now: i64) -> Option<i64> {
        self.last_time
            .filter(|last| now.div_euclid(1_000_000) < last.div_euclid(1_000_000))
    }

    /// The case.
    pub fn case(&self) -> &CaseId {
        &self.case
    }

    /// The number of entries.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The leaf hash of the last entry.
    pub fn head(&self) -> Option<Hash> {
        self.head
    }

    /// The Merkle root over all entries.
    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    /// How strict the record is at this point.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The checkpoint over all entries, to be signed.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            origin: self.case.origin(),
            size: self.size(),
            root: self.root(),
        }
    }

    /// The pin line `SIZE:ROOT`, to be kept outside the case.
    pub fn pin(&self) -> String {
        format!("{}:{}", self.size(), crate::hash::hex(&self.root()))
    }
}

#[cfg(test)]
mod tests;
