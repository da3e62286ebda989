//! What a report is made from: plain facts, collected by whoever has the case. Texts are as the
//! case holds them, hostile ones too; times are RFC 3339 UTC.

use serde::{Deserialize, Serialize};

/// The version of `report.json`.
pub const VERSION: u32 = 1;

/// Everything a report says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// [`VERSION`].
    pub version: u32,
    /// The state of the case it is made from: the time of its newest custody entry. Nothing in a
    /// report depends on another clock, so that one state of a case gives one report.
    pub as_of: String,
    /// The case.
    pub case: Case,
    /// What charts and listed events are narrowed to.
    pub scope: Scope,
    /// Evidence items and files inside archives.
    pub evidence: Vec<Evidence>,
    /// The sums of the imports.
    pub reconciliation: Reconciliation,
    /// What was recorded where and when, over the whole case.
    pub sources: Vec<Source>,
    /// Sources beyond those listed.
    pub sources_left_out: u64,
    /// Events in the scope over time.
    pub histogram: Histogram,
    /// The most frequent values in the scope.
    pub tops: Vec<Top>,
    /// Events that are told one by one.
    pub noted: Noteds,
    /// The head of the custody chain.
    pub custody: Custody,
    /// What is unverified, unanchored or incomplete.
    pub preflight: Vec<Note>,
    /// The program.
    pub tool: Tool,
    /// Settings that bear on what the report says.
    pub settings: Vec<Setting>,
}

/// The facts of a case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its UUID.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The client's or the court's reference.
    pub reference: Option<String>,
    /// By what right it is worked on, `TYPE:ID`.
    pub authority: Option<String>,
    /// The zone in which the case's times are spoken of; the report prints UTC.
    pub zone: Option<String>,
    /// `internal`, `regulatory` or `litigation`.
    pub custody_level: String,
    /// When it was made.
    pub created: String,
    /// The examiner who made it.
    pub examiner: String,
    /// That examiner's part.
    pub role: String,
    /// Whom that examiner acts for.
    pub organisation: String,
    /// Everyone who may sign, or could.
    pub examiners: Vec<Examiner>,
}

/// One examiner's key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Examiner {
    /// The name.
    pub name: String,
    /// The part.
    pub role: String,
    /// Whom they act for.
    pub organisation: String,
    /// The verifier key.
    pub vkey: String,
    /// The custody entry that let it in.
    pub added_seq: u64,
    /// The custody entry after which it signs no more.
    pub retired_seq: Option<u64>,
}

/// What is asked of the case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// The query, none for the whole case.
    pub query: Option<String>,
    /// Earliest time.
    pub from: Option<String>,
    /// Time before which events lie.
    pub to: Option<String>,
    /// Events in the scope.
    pub events: u64,
    /// Events in view in the whole case.
    pub events_of_case: u64,
}

/// An evidence item, or a file inside one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// `EV-0001`.
    pub id: String,
    /// Name below what was imported; of a file inside an archive, its name in there.
    pub name: String,
    /// Whether it is a file inside the item before.
    pub inside: bool,
    /// What it was recognised as.
    pub data_type: Option<String>,
    /// Size as received.
    pub bytes: u64,
    /// SHA-256 as received; none for a file inside an archive or one that could not be read.
    pub sha256: Option<String>,
    /// `imported`, `partial`, `rejected` or `duplicate`.
    pub state: String,
    /// Why it is so.
    pub reason: Option<String>,
    /// Records found.
    pub found: u64,
    /// Records stored.
    pub stored: u64,
    /// Records that repeat another.
    pub duplicate: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Records that are none of ours.
    pub ignored: u64,
    /// Warnings about it.
    pub warnings: u64,
    /// Earliest time in it.
    pub first: Option<String>,
    /// Latest time in it.
    pub last: Option<String>,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
}

/// The account of all imports: found = stored + duplicate + rejected + ignored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reconciliation {
    /// Files received.
    pub files: u64,
    /// Files wholly imported, partly imported, rejected, and identical to another.
    pub imported: u64,
    /// Files of which a part could not be read.
    pub partial: u64,
    /// Files of which nothing is taken.
    pub files_rejected: u64,
    /// Files that repeat another.
    pub files_duplicate: u64,
    /// Files that were withdrawn.
    pub withdrawn: u64,
    /// Bytes as received.
    pub bytes: u64,
    /// Bytes after unpacking.
    pub bytes_decompressed: u64,
    /// Records found.
    pub found: u64,
    /// Records stored.
    pub stored: u64,
    /// Records that repeat another.
    pub duplicate: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Records that are none of ours.
    pub ignored: u64,
    /// Events and flows made of the records found.
    pub events: u64,
    /// Events in view without a time.
    pub undated: u64,
    /// Warnings.
    pub warnings: u64,
}

impl Reconciliation {
    /// Whether every record found is accounted for.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        let parts = [self.stored, self.duplicate, self.rejected, self.ignored];
        let sum: u128 = parts.iter().map(|part| u128::from(*part)).sum();
        u128::from(self.found) == sum
    }
}

/// What was recorded in one place by one source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// `platform:format:kind`.
    pub data_type: String,
    /// The account, project or tenant.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Earliest time.
    pub first: Option<String>,
    /// Latest time.
    pub last: Option<String>,
    /// UTC hours in which there is at least one event.
    pub hours: u64,
    /// UTC hours from the first to the last, both included.
    pub span_hours: u64,
    /// Events.
    pub events: u64,
    /// Of these, events without a time.
    pub undated: u64,
}

/// Events over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// `second`, `minute`, `hour` or `day`.
    pub bucket: String,
    /// Length of a drawn bucket in nanoseconds: those counted, joined until they can be drawn.
    pub length: i64,
    /// Where each drawn bucket with events begins, in UTC nanoseconds since 1970, and its events.
    pub buckets: Vec<(i64, u64)>,
    /// Events without a time.
    pub undated: u64,
}

/// The most frequent values of a field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Top {
    /// The field's name in the query language.
    pub field: String,
    /// The values, most frequent first.
    pub rows: Vec<TopRow>,
}

/// A value and how often it occurs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TopRow {
    /// The value.
    pub value: String,
    /// Events that have it.
    pub count: u64,
    /// Time of the earliest.
    pub first: Option<String>,
    /// Time of the latest.
    pub last: Option<String>,
}

/// Events that are told one by one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Noteds {
    /// The events, in the order of their times.
    pub events: Vec<Noted>,
    /// Why these: a sentence.
    pub why: String,
    /// How many there are in all; more than listed where they were cut.
    pub of: u64,
}

/// One event with what makes it possible to find and prove it again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Noted {
    /// The stable event id.
    pub id: String,
    /// When; none where it is undated.
    pub time: Option<String>,
    /// Whether it was starred.
    pub starred: bool,
    /// `bad`, `suspicious` or `good`.
    pub mark: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// What was said of it.
    pub comments: Vec<Comment>,
    /// The cloud.
    pub cloud: String,
    /// Who.
    pub actor: Option<String>,
    /// What.
    pub action: Option<String>,
    /// On what.
    pub resource: Option<String>,
    /// With what result.
    pub outcome: Option<String>,
    /// From where.
    pub source: Option<String>,
    /// The evidence item.
    pub evidence: String,
    /// The item's name.
    pub evidence_name: String,
    /// The member's ordinals.
    pub member: String,
    /// Offset in the member's decompressed bytes.
    pub offset: u64,
    /// Length of the record.
    pub length: u64,
    /// SHA-256 of the evidence item as received.
    pub sha256: String,
    /// The custody entry of its import.
    pub custody_seq: i64,
}

/// A remark of an examiner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// Whose.
    pub by: String,
    /// When it was written.
    pub at: String,
    /// The words.
    pub text: String,
}

/// The head of the chain and what it rests on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Custody {
    /// Number of entries.
    pub size: u64,
    /// The Merkle root over them, hexadecimal.
    pub root: String,
    /// The leaf hash of the last, hexadecimal.
    pub head: String,
    /// The verifier key that signs; none where the case has none.
    pub key: Option<String>,
    /// Signed notes.
    pub checkpoints: u64,
    /// Entries that no signed note covers.
    pub since_signed: u64,
    /// Entries that no time stamp covers.
    pub since_anchor: u64,
    /// The last time stamp.
    pub last_anchor: Option<Anchor>,
    /// `verified`, `verified-with-warnings` or `failed`: the chain, its notes and time stamps.
    pub verdict: String,
    /// The checks.
    pub checks: Vec<Check>,
    /// What the verdict shows and cannot show, a sentence each.
    pub statement: Vec<String>,
}

impl Custody {
    /// The pin line, `SIZE:ROOT`.
    #[must_use]
    pub fn pin(&self) -> String {
        format!("{}:{}", self.size, self.root)
    }
}

/// A time stamp.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Anchor {
    /// Entries it covers.
    pub size: u64,
    /// When the authority says it was.
    pub gen_time: String,
}

/// A check of the chain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Which.
    pub check: String,
    /// `pass`, `warning`, `fail` or `skipped`.
    pub status: String,
    /// What was looked at.
    pub detail: String,
}

/// How much a note of the preflight weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// To be known.
    #[default]
    Note,
    /// Something is not covered.
    Warning,
    /// Something is contradicted.
    Failure,
}

/// Something unverified, unanchored or incomplete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// A word that stays the same, for programs.
    pub code: String,
    /// How much it weighs.
    pub weight: Weight,
    /// What, and what would mend it.
    pub text: String,
}

/// The program that made the report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its executable.
    pub build_sha256: String,
    /// Operating system and architecture.
    pub os: String,
}

/// A setting and its value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}
