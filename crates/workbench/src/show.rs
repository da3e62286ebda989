//! One event with its record: the row, the bytes it was made from, and the proof that they belong
//! together.

mod derived;

use std::path::Path;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use vestige_custody::statement::statement;
use vestige_formats::decode::decode;
use vestige_formats::{Sink, Span};
use vestige_model::canonical::{Canonical, Place};
use vestige_model::{Event, EventId, Locator, NormalForm, Quality, Warning};
use vestige_store::case_file::CaseReader;
use vestige_store::evidence::{self, RecordSource};
use vestige_store::page::{Reader, RowRef, StoredRow};
use vestige_store::query::Table;
use vestige_store::term::HashKey;

use crate::error::WorkError;
use crate::explore::flat;
use crate::host::Host;
use crate::import::Records;
use crate::verify::{self, Check, OfItem, Status, Verdict};
use crate::{item, rows, session};

/// An event as it is shown.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// Its flat fields; absent ones left out.
    #[serde(flatten)]
    pub event: Map<String, Value>,
    /// Its record: a JSON record as it is, any other as text.
    pub raw: Box<RawValue>,
    /// What the record needs from elsewhere in its member (a header line, an envelope).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_context: Option<String>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Where an event comes from.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct Provenance {
    /// The evidence item (`EV-0001`).
    pub evidence: String,
    /// The item's name below what was imported.
    pub name: String,
    /// The member's ordinals.
    pub member: String,
    /// Names of the archive entries on the way, empty for a file that is no archive.
    pub member_name: String,
    /// Offset of the record in the member's decompressed bytes.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
    /// SHA-256 of the evidence item as received.
    pub sha256: String,
    /// The custody entry of its import.
    pub custody_seq: i64,
    /// The event that stands for this one, where it was delivered twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<String>,
    /// Events with the same record that this one stands for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<String>,
    /// Whether its evidence item was withdrawn.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}

/// Whether an event is what its original says, as far as its custody goes back.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct Proof {
    /// The event.
    pub id: String,
    /// What it came to.
    #[ts(type = "\"verified\" | \"verified-with-warnings\" | \"failed\"")]
    pub verdict: Verdict,
    /// What it rests on.
    pub checks: Vec<Check>,
    /// What this shows and what it cannot show, in plain words.
    pub statement: String,
}

/// An event as it was found, with its record.
pub(crate) struct Seen {
    /// Its row.
    pub row: StoredRow,
    /// Its record, decoded.
    pub record: Vec<u8>,
    /// What the record needs from elsewhere in its member; empty for nothing.
    pub context: Vec<u8>,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// An event, its record and where it comes from.
///
/// # Errors
/// No such case or event; an original that cannot be read.
pub fn show(host: &dyn Host, case: &Path, id: &str) -> Result<Shown, WorkError> {
    let seen = see(session::read(host, case, "show")?, id)?;
    let context = String::from_utf8(seen.context).ok();
    Ok(Shown {
        event: flat(&seen.row),
        raw: parsed(&seen.record),
        raw_context: context.filter(|text| !text.is_empty()),
        provenance: seen.provenance,
    })
}

/// As [`show`], in a case that is open already.
pub(crate) fn see(case: CaseReader, id: &str) -> Result<Seen, WorkError> {
    let found = Found::of(case, id)?;
    Ok(Seen {
        record: found.record(false)?,
        provenance: found.provenance()?,
        context: found.source.context,
        row: found.row,
    })
}

/// The exact bytes of an event's record, as they stand in its member.
///
/// # Errors
/// As [`show`].
pub fn raw(host: &dyn Host, case: &Path, id: &str) -> Result<Vec<u8>, WorkError> {
    let found = Found::of(session::read(host, case, "show")?, id)?;
    if found.row.withdrawn {
        let name = item::name(found.row.origin.evidence);
        host.notice(&format!("{name} was withdrawn; its rows are hidden"));
    }
    found.bytes(false)
}

/// Reads the record from its original again, hashes the original, makes the row anew and compares
/// each field. With it the chain is verified, and the rows of the whole import are compared with
/// what its custody entry states: what a record needs from elsewhere in its member (a header) is
/// taken from the case. What a check finds is no error.
///
/// # Errors
/// No such case or event.
pub fn prove(host: &dyn Host, case: &Path, id: &str) -> Result<Proof, WorkError> {
    prove_in(host, session::read(host, case, "show")?, id)
}

/// As [`prove`], in a case that is open already.
pub(crate) fn prove_in(host: &dyn Host, case: CaseReader, id: &str) -> Result<Proof, WorkError> {
    let found = Found::of(case, id)?;
    let origin = &found.row.origin;
    let name = item::name(origin.evidence);
    let OfItem {
        mut report,
        mut checks,
        withdrawn_by,
    } = verify::of_item(host, &found.reader, origin)?;
    let seq = origin.custody_seq.unsigned_abs();
    checks.push(rows::check_entry(&found.page, seq)?);
    match found.record(true) {
        Ok(record) => {
            checks.push(found.compare(&record));
            checks.extend(found.compare_derived(&record)?);
        }
        Err(error) => checks.push(Check::fail("record", error.to_string())),
    }
    checks.extend(found.compare_context()?);
    checks.push(found.compare_hidden(withdrawn_by)?);
    if found.row.withdrawn && withdrawn_by.is_some() {
        let detail = format!("{name} was withdrawn: its rows are hidden");
        checks.push(Check::warning("withdrawn", detail));
    }
    let verdict = match checks.iter().map(|check| check.status).max() {
        Some(Status::Fail) | None => Verdict::Failed,
        Some(Status::Warning) => Verdict::VerifiedWithWarnings,
        Some(Status::Pass | Status::Skipped) => Verdict::Verified,
    };
    if verdict == Verdict::Failed {
        report.verdict = verdict;
    }
    Ok(Proof {
        id: found.row.id().to_string(),
        verdict,
        checks,
        statement: statement(&report),
    })
}

/// An event that was found.
struct Found {
    reader: CaseReader,
    page: Reader,
    records: Records,
    row: StoredRow,
    source: RecordSource,
}

impl Found {
    fn of(reader: CaseReader, text: &str) -> Result<Found, WorkError> {
        let id: EventId = text
            .parse()
            .map_err(|_| WorkError::usage("event id", FORM, format!("{text:?}")))?;
        let key = HashKey::of(reader.case().id());
        let page = Reader::new(reader.again()?.into_connection(), key);
        let page = page.map_err(WorkError::database)?;
        let rows = page.rows_by_id(&id).map_err(WorkError::database)?;
        // The same file received again after it was withdrawn has the same ids.
        let row = rows
            .into_iter()
            .min_by_key(|row| (row.withdrawn, row.duplicate));
        let row = row.ok_or_else(|| WorkError::Absent {
            case: reader.case().root().to_path_buf(),
            what: "event",
            expected: "an id that `vestige events` shows".to_owned(),
            found: format!("no event {id}"),
        })?;
        let source = evidence::record_source(page.connection(), row.origin.member)?;
        let records = Records::of(reader.again()?)?;
        Ok(Found {
            reader,
            page,
            records,
            row,
            source,
        })
    }

    fn bytes(&self, original: bool) -> Result<Vec<u8>, WorkError> {
        self.records
            .bytes(self.row.origin.member, &self.row.locator, original)
            .map_err(|error| WorkError::Record {
                event: self.row.id().to_string(),
                reason: error.reason,
            })
    }

    /// The decoded record.
    fn record(&self, original: bool) -> Result<Vec<u8>, WorkError> {
        let bytes = self.bytes(original)?;
        let decoded =
            decode(self.row.locator.decode, &bytes).map_err(|error| WorkError::Record {
                event: self.row.id().to_string(),
                reason: error.to_string(),
            })?;
        Ok(decoded.into_owned())
    }

    fn provenance(&self) -> Result<Provenance, WorkError> {
        let origin = &self.row.origin;
        let (survivor, others) = self.same()?;
        Ok(Provenance {
            evidence: item::name(origin.evidence),
            name: origin.evidence_name.clone(),
            member: origin.path.clone(),
            member_name: origin.member_name.clone(),
            offset: self.row.locator.offset,
            length: self.row.locator.length,
            sha256: vestige_custody::hex(&origin.sha256),
            custody_seq: origin.custody_seq,
            duplicate_of: survivor,
            duplicates: others,
            withdrawn: self.row.withdrawn,
        })
    }

    /// The event that stands for this one, and those that it stands for.
    fn same(&self) -> Result<(Option<String>, Vec<String>), WorkError> {
        let (survivor, others) = match self.row.row.table {
            Table::Event => evidence::same_record(self.page.connection(), self.row.row.id)?,
            Table::Flow => (None, Vec::new()),
        };
        let (of, same) = evidence::same_member(self.page.connection(), self.row.origin.member)?;
        let there = |(sha256, member): evidence::Place| {
            let evidence = vestige_custody::hex(&sha256[..8]);
            let id = EventId {
                evidence,
                member,
                ..self.row.id()
            };
            id.to_string()
        };
        let survivor = self.ids(survivor)?.pop().or_else(|| of.map(there));
        let mut others = self.ids(others)?;
        others.extend(same.into_iter().map(there));
        Ok((survivor, others))
    }

    fn ids(&self, rows: impl IntoIterator<Item = i64>) -> Result<Vec<String>, WorkError> {
        let rows = rows.into_iter().map(|id| RowRef {
            table: Table::Event,
            id,
        });
        let rows = self.page.rows(rows).map_err(WorkError::database)?;
        Ok(rows.iter().map(|row| row.id().to_string()).collect())
    }

    /// Makes the row anew from its record and compares it with the one stored.
    fn compare(&self, record: &[u8]) -> Check {
        let format = self.source.format.as_deref();
        let Some(format) = format.and_then(vestige_formats::by_name) else {
            let detail = format!("expected a format that this version reads, found {format:?}");
            return Check::fail("row", detail);
        };
        let at = self.row.locator;
        let span = Span {
            offset: at.offset,
            length: at.length,
            decode: at.decode,
        };
        let form = match rows::form_at(&self.page, self.row.origin.custody_seq.unsigned_abs()) {
            Ok(form) => form,
            Err(error) => return Check::fail("row", error.to_string()),
        };
        let mut again = Again {
            found: self,
            form,
            made: None,
        };
        format.read_record(&self.source.context, span, record, &mut again);
        let stored = self.canonical(&at, &self.row.event);
        match again.made {
            Some(made) if made == stored => Check::pass(
                "row",
                format!(
                    "{} fields made anew from the record are the stored ones",
                    fields(&made).len()
                ),
            ),
            Some(made) => Check::fail("row", differences(&fields(&stored), &fields(&made))),
            None => Check::fail(
                "row",
                "expected the record to give this event, found none".to_owned(),
            ),
        }
    }

    /// The canonical form of a row.
    fn canonical(&self, at: &Locator, event: &Event<'_>) -> Vec<u8> {
        let id = self.row.id();
        let place = Place {
            evidence: &id.evidence,
            member: &id.member,
        };
        Canonical::default().row(place, at, event).to_vec()
    }
}

/// The fields of a canonical row, to be told; rows are compared as bytes.
fn fields(row: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(row).unwrap_or_default()
}

const FORM: &str = "an id such as 3f2a90c4d5e6f708.0.1832, as `vestige events` shows";

/// Where stored and remade fields differ.
fn differences(stored: &Map<String, Value>, made: &Map<String, Value>) -> String {
    let shown = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
    let mut names: Vec<_> = stored.keys().chain(made.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let differing: Vec<_> = names
        .into_iter()
        .filter(|name| stored.get(*name) != made.get(*name))
        .map(|name| {
            format!(
                "{name}: expected {} as the record says, found {} in the row",
                shown(made.get(name)),
                shown(stored.get(name))
            )
        })
        .collect();
    format!("the row differs from its record: {}", differing.join("; "))
}

/// A JSON record as it is, any other as text.
fn parsed(record: &[u8]) -> Box<RawValue> {
    let own = serde_json::from_slice::<&RawValue>(record).map(ToOwned::to_owned);
    own.or_else(|_| serde_json::value::to_raw_value(&String::from_utf8_lossy(record)))
        .unwrap_or_default()
}

/// Takes the one event that is asked for from a record that is read again.
struct Again<'a> {
    found: &'a Found,
    /// The rules by which its import made its row.
    form: NormalForm,
    /// Its canonical form.
    made: Option<Vec<u8>>,
}

impl Sink for Again<'_> {
    fn stored(&mut self, _: Span, _: &[u8], events: &mut [Event<'_>]) {
        let at = self.found.row.locator;
        let Some(event) = events.get_mut(at.sub.unwrap_or(0) as usize) else {
            return;
        };
        event.normalise_in(self.form, self.found.source.imported);
        // That a record was recovered shows in what lies around it, not in itself.
        if self.found.row.event.quality.has(Quality::RECOVERED) {
            event.quality = event.quality.with(Quality::RECOVERED);
        }
        self.made = Some(self.found.canonical(&at, event));
    }

    fn rejected(&mut self, _: Warning) {}

    fn ignored(&mut self, _: Span, _: &str) {}

    fn warned(&mut self, _: Warning) {}

    fn context(&mut self, _: Vec<u8>) {}

    fn stopped(&self) -> bool {
        false
    }
}
