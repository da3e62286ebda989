//! The parts of an entry: who, with what, on what, from where to where.

use crate::hash::{Hash, hex};
use crate::json::{Map, Value};

/// How a person was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// The account the operating system said was at work.
    OsSession,
    /// A passphrase unlocked his key.
    Passphrase,
    /// A key in hardware.
    HardwareKey,
    /// Somebody said so.
    Declared,
}

impl Auth {
    /// The word in an entry.
    pub const fn word(self) -> &'static str {
        match self {
            Auth::OsSession => "os-session",
            Auth::Passphrase => "passphrase",
            Auth::HardwareKey => "hardware-key",
            Auth::Declared => "declared",
        }
    }
}

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// What tells this person from others, such as `user:aex` or a vkey.
    pub id: String,
    /// The name as it would stand in a report.
    pub name: String,
    /// The part in the case: examiner, custodian.
    pub role: String,
    /// Whom he acts for.
    pub org: String,
    /// How he was known.
    pub auth: Auth,
    /// Where his qualification is on record.
    pub qualifications_ref: Option<String>,
}

impl Actor {
    pub(super) fn value(&self) -> Value {
        let mut map = texts(&[
            ("auth", self.auth.word()),
            ("id", &self.id),
            ("name", &self.name),
            ("org", &self.org),
            ("role", &self.role),
        ]);
        put(
            &mut map,
            "qualifications_ref",
            self.qualifications_ref.as_deref(),
        );
        Value::Map(map)
    }
}

/// With what it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// The program's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the executable, or of what identifies the build.
    pub build_sha256: Hash,
    /// The operating system.
    pub os: Option<String>,
    /// What tells this machine from others.
    pub host_id: Option<String>,
}

impl Tool {
    pub(super) fn value(&self) -> Value {
        let build = hex(&self.build_sha256);
        let mut map = texts(&[
            ("build_sha256", &build),
            ("name", &self.name),
            ("version", &self.version),
        ]);
        put(&mut map, "host_id", self.host_id.as_deref());
        put(&mut map, "os", self.os.as_deref());
        Value::Map(map)
    }
}

/// A thing the entry speaks of: evidence, or something made from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its id in the case: 1 to 64 of `A-Z a-z 0-9 . _ -`, not starting with a dot.
    pub id: String,
    /// What it is: `evidence` for originals, else `derived`, `report`, `package`.
    pub kind: String,
    /// A name for people, such as the file name.
    pub label: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: Hash,
    /// MD5 and SHA-1 by name, for matching lists of others, not for integrity.
    pub matching: Vec<(&'static str, String)>,
    /// The ids it was made from.
    pub parents: Vec<String>,
}

impl Object {
    /// An original as received.
    pub fn evidence(
        id: impl Into<String>,
        label: impl Into<String>,
        size: u64,
        sha256: Hash,
    ) -> Object {
        Object {
            id: id.into(),
            kind: EVIDENCE.to_owned(),
            label: label.into(),
            size,
            sha256,
            matching: Vec::new(),
            parents: Vec::new(),
        }
    }

    /// Whether the id can be an object's id.
    pub fn is_id(id: &str) -> bool {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        (1..=64).contains(&id.len()) && !id.starts_with('.') && id.bytes().all(allowed)
    }

    pub(super) fn value(&self) -> Value {
        let mut hashes = texts(&[("sha256", &hex(&self.sha256))]);
        for (name, digest) in &self.matching {
            put(&mut hashes, name, Some(digest));
        }
        let mut map = texts(&[
            ("id", &self.id),
            ("label", &self.label),
            ("type", &self.kind),
        ]);
        map.insert("hashes".into(), Value::Map(hashes));
        map.insert("size".into(), self.size.into());
        if !self.parents.is_empty() {
            let parents = self
                .parents
                .iter()
                .map(|id| Value::from(id.as_str()))
                .collect();
            map.insert("parents".into(), Value::List(parents));
        }
        Value::Map(map)
    }
}

/// The type of objects that are originals, whose bytes a verifier looks for.
pub const EVIDENCE: &str = "evidence";

/// How something changed hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// From whom.
    pub from: Actor,
    /// To whom.
    pub to: Actor,
    /// How: courier, sftp, upload.
    pub method: String,
    /// Where it lay.
    pub location_from: String,
    /// Where it lies.
    pub location_to: String,
    /// The number of a seal.
    pub seal: Option<String>,
    /// SHA-256 of a receipt.
    pub receipt_sha256: Option<Hash>,
}

impl Transfer {
    pub(super) fn value(&self) -> Value {
        let mut map = texts(&[
            ("location_from", &self.location_from),
            ("location_to", &self.location_to),
            ("method", &self.method),
        ]);
        map.insert("from".into(), self.from.value());
        map.insert("to".into(), self.to.value());
        put(&mut map, "seal", self.seal.as_deref());
        put(
            &mut map,
            "receipt_sha256",
            self.receipt_sha256.map(|hash| hex(&hash)).as_deref(),
        );
        Value::Map(map)
    }
}

/// What the clock was compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockSource {
    /// A time server.
    Ntp,
    /// Somebody looked.
    Manual,
    /// Nothing.
    None,
}

/// The state of the host's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// What it was compared with.
    pub source: ClockSource,
    /// Host minus reference in milliseconds, where it was compared.
    pub offset_ms: Option<i64>,
    /// The host's time zone.
    pub tz: String,
    /// The version of the time-zone data.
    pub tzdata: Option<String>,
    /// What tells this run of the machine from others.
    pub boot_id: Option<String>,
    /// The monotonic clock in nanoseconds.
    pub mono_ns: Option<u64>,
}

impl Clock {
    pub(super) fn value(&self) -> Value {
        let source = match self.source {
            ClockSource::Ntp => "ntp",
            ClockSource::Manual => "manual",
            ClockSource::None => "none",
        };
        let mut map = texts(&[("source", source), ("tz", &self.tz)]);
        if let Some(offset) = self.offset_ms {
            map.insert("offset_ms".into(), offset.into());
        }
        put(&mut map, "tzdata", self.tzdata.as_deref());
        put(&mut map, "boot_id", self.boot_id.as_deref());
        put(
            &mut map,
            "mono_ns",
            self.mono_ns.map(|ns| ns.to_string()).as_deref(),
        );
        Value::Map(map)
    }
}

/// By what right: an engagement letter, a warrant, a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// What it is.
    pub kind: String,
    /// Its number or reference.
    pub id: String,
}

impl Authority {
    pub(super) fn value(&self) -> Value {
        Value::Map(texts(&[("id", &self.id), ("type", &self.kind)]))
    }
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of it was done.
    Success,
    /// Some of it was done; the fault says what was not.
    Partial(Option<Fault>),
    /// Nothing was done.
    Failure(Fault),
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A short stable word.
    pub code: String,
    /// What happened, for people.
    pub message: String,
}

impl Outcome {
    pub(super) fn word(&self) -> &'static str {
        match self {
            Outcome::Success => "success",
            Outcome::Partial(_) => "partial",
            Outcome::Failure(_) => "failure",
        }
    }

    pub(super) fn fault(&self) -> Option<Value> {
        let fault = match self {
            Outcome::Success => None,
            Outcome::Partial(fault) => fault.as_ref(),
            Outcome::Failure(fault) => Some(fault),
        };
        fault.map(|fault| {
            Value::object([("code", fault.code.as_str()), ("message", &fault.message)])
        })
    }
}

fn texts(members: &[(&str, &str)]) -> Map {
    members
        .iter()
        .map(|(key, text)| ((*key).to_owned(), Value::from(*text)))
        .collect()
}

fn put(map: &mut Map, key: &str, text: Option<&str>) {
    if let Some(text) = text {
        map.insert(key.to_owned(), Value::from(text));
    }
}
