//! What a case is and how its custody stands.

use std::path::Path;

use memchr::memmem;
use serde::Serialize;
use vestige_custody::line::Line;
use vestige_custody::{Event, Level, hex};
use vestige_store::Connection;
use vestige_store::case_file::CaseError;
use vestige_store::examiner;
use vestige_store::ledger::{Head, Ledger, checkpoints};
use vestige_store::summary::{self, Sizes};

use crate::error::WorkError;
use crate::host::Host;
use crate::session;

/// The facts of a case, who works on it, what it holds and how its custody stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct CaseFacts {
    /// The case's UUID.
    pub case: String,
    /// What it is called.
    pub title: String,
    /// The client's or the court's reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// By what right it is worked on, `TYPE:ID`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// The zone in which times are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// `internal`, `regulatory` or `litigation`.
    pub custody_level: String,
    /// When it was made.
    pub created: String,
    /// The examiner who made it.
    pub examiner: String,
    /// Whom that examiner acts for.
    pub organisation: String,
    /// That examiner's part.
    pub role: String,
    /// The schema's version.
    pub format_version: u32,
    /// Everyone who may sign, or could.
    pub examiners: Vec<ExaminerFacts>,
    /// What it holds.
    pub holds: Holds,
    /// How its custody stands.
    pub custody: Custody,
}

/// One examiner's key in the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct ExaminerFacts {
    /// The name.
    pub name: String,
    /// The part.
    pub role: String,
    /// Whom they act for.
    pub organisation: String,
    /// The verifier key in this case.
    pub vkey: String,
    /// The custody entry that let it in.
    pub added_seq: u64,
    /// The custody entry after which it signs no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_seq: Option<u64>,
}

/// How much a case holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Holds {
    /// Evidence items.
    pub evidence: u64,
    /// Of these the withdrawn.
    pub withdrawn: u64,
    /// Bytes as received.
    pub bytes: u64,
    /// Bytes decompressed.
    pub bytes_decompressed: u64,
    /// Innermost members.
    pub members: u64,
    /// Rows made of them.
    pub events: u64,
    /// Warnings.
    pub warnings: u64,
}

/// How the custody of a case stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Custody {
    /// Number of entries.
    pub size: u64,
    /// The Merkle root over them.
    pub root: String,
    /// The leaf hash of the last.
    pub head: String,
    /// The signed notes, smallest first.
    pub checkpoints: Vec<CheckpointFacts>,
    /// The last time stamp.
    pub last_anchor: Option<Anchor>,
    /// Entries that no signed note covers.
    pub since_signed: u64,
    /// Entries that no time stamp covers: a rewritten chain would not show in these.
    pub since_anchor: u64,
}

/// A signed note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct CheckpointFacts {
    /// Entries it covers.
    pub size: u64,
    /// Whether an authority stamped it.
    pub anchored: bool,
}

/// A time stamp over a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Anchor {
    /// Entries it covers.
    pub size: u64,
    /// When the authority says it was.
    pub gen_time: String,
}

/// Shows a case.
///
/// # Errors
/// As [`session::read`].
pub fn show(host: &dyn Host, path: &Path) -> Result<CaseFacts, WorkError> {
    let reader = session::read(host, path, "case show")?;
    facts_of(reader.connection(), reader.case().version())
}

/// The facts, read from a case's connection.
pub(crate) fn facts_of(connection: &Connection, version: u32) -> Result<CaseFacts, WorkError> {
    let mut facts = summary::facts(connection)?;
    let mut fact = |name: &str| facts.remove(name);
    let examiners = examiner::all(connection)?
        .into_iter()
        .map(ExaminerFacts::from)
        .collect();
    Ok(CaseFacts {
        case: fact("case").unwrap_or_default(),
        title: fact("title").unwrap_or_default(),
        reference: fact("reference"),
        authority: fact("authority"),
        zone: fact("zone"),
        custody_level: fact("custody_level").unwrap_or_else(|| Level::Internal.word().to_owned()),
        created: fact("created").unwrap_or_default(),
        examiner: fact("examiner").unwrap_or_default(),
        organisation: fact("organisation").unwrap_or_default(),
        role: fact("role").unwrap_or_default(),
        format_version: version,
        examiners,
        holds: summary::sizes(connection)?.into(),
        custody: custody(connection)?,
    })
}

fn custody(connection: &Connection) -> Result<Custody, WorkError> {
    let head = Head::read(connection).ok().flatten();
    let size = head.map_or(0, |head| head.size);
    let root = Ledger::root_at(connection, size)?;
    let notes = checkpoints(connection)?;
    let anchored = notes
        .iter()
        .filter(|note| note.token.is_some())
        .map(|note| note.size)
        .max();
    let signed = notes.last().map_or(0, |note| note.size);
    Ok(Custody {
        size,
        root: root.map(|root| hex(&root)).unwrap_or_default(),
        head: head.map(|head| hex(&head.leaf)).unwrap_or_default(),
        last_anchor: anchored.map_or(Ok(None), |size| last_anchor(connection, size))?,
        since_signed: size.saturating_sub(signed),
        since_anchor: size.saturating_sub(anchored.unwrap_or(0)),
        checkpoints: notes
            .into_iter()
            .map(|note| CheckpointFacts {
                size: note.size,
                anchored: note.token.is_some(),
            })
            .collect(),
    })
}

/// The last `checkpoint.anchored` entry: it comes after the greatest size that has a token.
fn last_anchor(connection: &Connection, size: u64) -> Result<Option<Anchor>, CaseError> {
    let mut last = None;
    let anchored = memmem::Finder::new(Event::CheckpointAnchored.name());
    Ledger::entries(connection, size, &mut |stored| {
        // Most entries are passed over without being read as a whole.
        if anchored.find(stored.body).is_none() {
            return Ok(true);
        }
        if let Ok(Line::Entry(entry)) = Line::parse(stored.body)
            && entry.event == Event::CheckpointAnchored.name()
        {
            let size = entry
                .detail("size")
                .and_then(|size| size.as_int())
                .unwrap_or(0);
            let gen_time = entry.detail_text("gen_time").unwrap_or_default().to_owned();
            last = Some(Anchor {
                size: size.unsigned_abs(),
                gen_time,
            });
        }
        Ok(true)
    })?;
    Ok(last)
}

impl From<examiner::Examiner> for ExaminerFacts {
    fn from(one: examiner::Examiner) -> ExaminerFacts {
        ExaminerFacts {
            name: one.name,
            role: one.role,
            organisation: one.organisation,
            vkey: one.vkey,
            added_seq: one.added_seq,
            retired_seq: one.retired_seq,
        }
    }
}

impl From<Sizes> for Holds {
    fn from(sizes: Sizes) -> Holds {
        Holds {
            evidence: sizes.evidence,
            withdrawn: sizes.withdrawn,
            bytes: sizes.bytes,
            bytes_decompressed: sizes.bytes_decompressed,
            members: sizes.members,
            events: sizes.events,
            warnings: sizes.warnings,
        }
    }
}
