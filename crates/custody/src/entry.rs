//! Building and sealing an entry, `custody.entry/1`.

mod part;

use crate::case_id::CaseId;
use crate::event::{Event, Phase};
use crate::hash::{Hash, hex, leaf};
use crate::json::{Map, NotInProfile, Value};
pub use part::{
    Actor, Auth, Authority, Clock, ClockSource, EVIDENCE, Fault, Object, Outcome, Tool, Transfer,
};
use vestige_model::time::format_millis;

/// The type of an entry.
pub const ENTRY: &str = "custody.entry/1";
/// The type of a line that stands in a package for an entry that is withheld.
pub const WITHHELD: &str = "custody.withheld/1";

/// One thing that was done, before it has its place in a chain.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What was done.
    pub event: Event,
    /// Its beginning, its end, or all of it.
    pub phase: Phase,
    actor: Actor,
    tool: Tool,
    members: Map,
    details: Map,
    has_authority: bool,
    steps_back: bool,
    problem: Option<EntryError>,
}

/// Why an entry cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// A member that this event needs.
    #[error("entry {event}: expected `{member}`, found none")]
    Missing {
        /// The event's name.
        event: &'static str,
        /// The member that is missing.
        member: String,
    },
    /// An object's id of a wrong form.
    #[error("object id {0:?}: expected 1 to 64 of A-Z a-z 0-9 . _ - not starting with a dot")]
    ObjectId(String),
    /// A value outside the canonical profile.
    #[error(transparent)]
    Profile(#[from] NotInProfile),
}

/// An entry with its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Its number from 0.
    pub seq: u64,
    /// The leaf hash of the entry before, none for the first.
    pub prev: Option<Hash>,
    /// The canonical bytes, without line feed.
    pub bytes: Vec<u8>,
    /// The leaf hash over them.
    pub leaf: Hash,
}

impl Entry {
    /// An entry for an event done by someone with something.
    pub fn new(event: Event, actor: Actor, tool: Tool) -> Entry {
        Entry {
            event,
            phase: Phase::Whole,
            actor,
            tool,
            members: Map::new(),
            details: Map::new(),
            has_authority: false,
            steps_back: false,
            problem: None,
        }
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Entry {
        self.members.insert(key.to_owned(), value.into());
        self
    }

    /// Records the beginning or the end only.
    #[must_use]
    pub fn phase(mut self, phase: Phase) -> Entry {
        self.phase = phase;
        self
    }

    /// Why it was done.
    #[must_use]
    pub fn reason(self, reason: &str) -> Entry {
        self.with("reason", reason)
    }

    /// By what right.
    #[must_use]
    pub fn authority(mut self, authority: &Authority) -> Entry {
        self.has_authority = true;
        self.with("authority", authority.value())
    }

    /// When it happened, in UTC nanoseconds, where that is earlier than the entry or claimed.
    #[must_use]
    pub fn occurred_at(self, ns: i64) -> Entry {
        self.with("occurred_at", format_millis(ns))
    }

    /// How it ended.
    #[must_use]
    pub fn outcome(self, outcome: &Outcome) -> Entry {
        let entry = self.with("outcome", outcome.word());
        match outcome.fault() {
            Some(fault) => entry.with("error", fault),
            None => entry,
        }
    }

    /// What it was done on; each call adds one.
    #[must_use]
    pub fn object(mut self, object: &Object) -> Entry {
        let ids = std::iter::once(&object.id).chain(&object.parents);
        if let Some(bad) = ids.into_iter().find(|id| !Object::is_id(id)) {
            self.problem = Some(EntryError::ObjectId(bad.clone()));
        }
        let list = self
            .members
            .entry("objects".into())
            .or_insert_with(|| Value::List(Vec::new()));
        if let Value::List(list) = list {
            list.push(object.value());
        }
        self
    }

    /// From whom to whom.
    #[must_use]
    pub fn transfer(self, transfer: &Transfer) -> Entry {
        self.with("transfer", transfer.value())
    }

    /// Where the object now lies.
    #[must_use]
    pub fn location(self, location: &str) -> Entry {
        self.with("location", location)
    }

    /// The state of the host's clock.
    #[must_use]
    pub fn clock(self, clock: &Clock) -> Entry {
        self.with("clock", clock.value())
    }

    /// Says that this entry's time may lie before that of the one before it.
    #[must_use]
    pub fn clock_step(mut self) -> Entry {
        self.steps_back = true;
        self.with("clock_step", true)
    }

    /// A member of `details`.
    #[must_use]
    pub fn detail(mut self, key: &str, value: impl Into<Value>) -> Entry {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    /// A member of `details` as set so far.
    pub fn get_detail(&self, key: &str) -> Option<&Value> {
        self.details.get(key)
    }

    /// Whether the entry states an authority.
    pub fn has_authority(&self) -> bool {
        self.has_authority
    }

    /// Whether the entry says that the clock was set back.
    pub fn steps_back(&self) -> bool {
        self.steps_back
    }

    /// Whether everything this event needs is there.
    ///
    /// # Errors
    /// The first thing that is missing or ill-formed.
    pub fn check(&self) -> Result<(), EntryError> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        let missing = self
            .needed()
            .into_iter()
            .find(|key| !self.members.contains_key(*key));
        if let Some(member) = missing {
            return Err(self.missing(member));
        }
        let details = self.event.needed_details();
        if self.phase != Phase::Started
            && let Some(key) = details.iter().find(|key| !self.details.contains_key(**key))
        {
            return Err(self.missing(&format!("details.{key}")));
        }
        self.check_objects()
    }

    fn missing(&self, member: &str) -> EntryError {
        EntryError::Missing {
            event: self.event.name(),
            member: member.to_owned(),
        }
    }

    /// The members that the event's group and phase ask for.
    fn needed(&self) -> Vec<&'static str> {
        let group = self.event.group();
        let mut needed = Vec::new();
        if matches!(group, "evidence" | "privilege" | "redaction" | "package") {
            needed.push("reason");
        }
        let ended = self.phase == Phase::Finished
            || self.phase == Phase::Whole && matches!(group, "evidence" | "proof");
        if ended {
            needed.push("outcome");
        }
        if group == "evidence" {
            needed.push("objects");
        }
        if matches!(
            self.event,
            Event::EvidenceReceived | Event::EvidenceTransferred
        ) {
            needed.push("transfer");
        }
        if matches!(self.event, Event::EvidenceReceived | Event::SessionStarted) {
            needed.push("clock");
        }
        needed
    }

    fn check_objects(&self) -> Result<(), EntryError> {
        let objects = self
            .members
            .get("objects")
            .and_then(Value::as_list)
            .unwrap_or_default();
        let orphan = objects.iter().any(|object| object.get("parents").is_none());
        if self.event == Event::EvidenceDerived && orphan {
            return Err(self.missing("objects[].parents"));
        }
        let output = matches!(self.event.group(), "report" | "certificate")
            || self.event == Event::PackageExported;
        let hashed = !objects.is_empty() || self.details.keys().any(|key| key.ends_with("sha256"));
        if output && self.phase != Phase::Started && !hashed {
            return Err(self.missing("objects or a details.*sha256 of the output"));
        }
        Ok(())
    }

    /// Gives the entry its place: number, predecessor and time, and its canonical bytes.
    /// `recorded_at` is UTC nanoseconds.
    ///
    /// # Errors
    /// Where something the event needs is missing, or a value is outside the profile.
    pub fn seal(
        &self,
        case: &CaseId,
        seq: u64,
        prev: Option<Hash>,
        recorded_at: i64,
    ) -> Result<Sealed, EntryError> {
        self.check()?;
        let mut map = self.members.clone();
        if !self.details.is_empty() {
            map.insert("details".into(), Value::Map(self.details.clone()));
        }
        let event = format!("{}{}", self.event.name(), self.phase.suffix());
        let place = [
            ("_t", Value::from(ENTRY)),
            ("actor", self.actor.value()),
            ("case", Value::from(case.as_str())),
            ("event", Value::from(event)),
            (
                "prev",
                prev.map_or(Value::Null, |hash| Value::from(hex(&hash))),
            ),
            ("recorded_at", Value::from(format_millis(recorded_at))),
            ("seq", Value::from(seq)),
            ("tool", self.tool.value()),
        ];
        map.extend(place.map(|(key, value)| (key.to_owned(), value)));
        let bytes = Value::Map(map).to_bytes()?;
        Ok(Sealed {
            seq,
            prev,
            leaf: leaf(&bytes),
            bytes,
        })
    }
}

/// The line that stands in a package for entry `seq`, whose leaf hash keeps the proofs whole.
///
/// # Errors
/// Never for a chain below 2^53 entries.
pub fn withhold(seq: u64, leaf: &Hash, reason: &str) -> Result<Vec<u8>, NotInProfile> {
    let members = [
        ("_t", Value::from(WITHHELD)),
        ("leaf", Value::from(hex(leaf))),
        ("reason", Value::from(reason)),
        ("seq", Value::from(seq)),
    ];
    Value::object(members).to_bytes()
}

#[cfg(test)]
mod tests;
