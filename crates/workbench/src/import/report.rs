//! What became of each file and member, and the sum.

use std::collections::HashMap;

use serde::Serialize;
use vestige_model::{Tally, time};
use vestige_store::Connection;
use vestige_store::evidence::{self as rows, ItemRow, MemberAccount};

use super::plan::Plan;
use crate::error::WorkError;
use crate::item;

/// One file, or one file inside an archive.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct EvidenceReport {
    /// `EV-0001`.
    pub id: String,
    /// Name below what was imported.
    pub name: String,
    /// Where it was found; `archive!member` for a file inside an archive.
    pub path: String,
    /// SHA-256 as received, hexadecimal.
    pub sha256: Option<String>,
    /// Size as received.
    pub bytes: u64,
    /// Size after unpacking.
    pub bytes_decompressed: u64,
    /// What it was recognised as.
    #[serde(rename = "type")]
    pub data_type: Option<String>,
    /// Why.
    pub recognised: Option<String>,
    /// `imported`, `partial`, `rejected` or `duplicate`.
    pub state: String,
    #[serde(flatten)]
    /// The account of its records.
    pub tally: Tally,
    /// Why it is rejected or partial, or what it repeats.
    pub reason: Option<String>,
    /// Earliest time.
    pub first: Option<String>,
    /// Latest time.
    pub last: Option<String>,
    /// Number of warnings.
    pub warnings: u64,
    /// Records in view without a time: those that `time:none` finds.
    pub undated: u64,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
}

/// Sums over files.
#[derive(Clone, Copy, Debug, Default, Serialize, ts_rs::TS)]
pub struct Totals {
    /// Files received.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Their bytes after unpacking.
    pub bytes_decompressed: u64,
    #[serde(flatten)]
    /// The account of their records.
    pub tally: Tally,
    /// Records in view without a time.
    pub undated: u64,
}

/// Everything an import did.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ImportReport {
    /// Files and members.
    pub evidence: Vec<EvidenceReport>,
    /// How many files and members are not in that list, where it was cut; the sums hold them all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub left_out: Option<u64>,
    /// Their sums.
    pub totals: Totals,
    /// How long it took.
    pub seconds: f64,
}

pub(super) fn of(
    connection: &Connection,
    _first: i64,
    plan: &Plan,
    seconds: f64,
) -> Result<ImportReport, WorkError> {
    let ids: std::collections::BTreeSet<i64> =
        plan.items.iter().map(|planned| planned.id).collect();
    build(connection, &|id| ids.contains(&id), seconds)
}

/// Every evidence item of a case.
///
/// # Errors
/// What SQLite says.
pub fn evidence(connection: &Connection) -> Result<ImportReport, WorkError> {
    build(connection, &|_| true, 0.0)
}

/// Every warning as a JSON value, one at a time.
///
/// # Errors
/// What SQLite says, or what `each` returns.
pub fn warnings(
    connection: &Connection,
    only: Option<i64>,
    each: &mut dyn FnMut(serde_json::Value) -> Result<(), WorkError>,
) -> Result<(), WorkError> {
    if let Some(id) = only
        && !rows::exists(connection, id)?
    {
        return Err(WorkError::Absent {
            case: connection.path().map(Into::into).unwrap_or_default(),
            what: "evidence item",
            expected: "an item that `vestige evidence CASE` lists".to_owned(),
            found: format!("no {}", item::name(id)),
        });
    }
    rows::warnings(connection, only, &mut |row| {
        let mut told = serde_json::json!({
            "evidence": item::name(row.evidence), "name": row.name, "member": row.member,
            "offset": row.warning.offset, "length": row.warning.length, "reason": row.warning.reason,
            "expected": row.warning.expected, "found": row.warning.found, "excerpt": row.warning.excerpt,
        });
        if row.withdrawn {
            told["withdrawn"] = true.into();
        }
        each(told)
    })
}

fn build(
    connection: &Connection,
    wanted: &dyn Fn(i64) -> bool,
    seconds: f64,
) -> Result<ImportReport, WorkError> {
    let mut report = ImportReport {
        evidence: Vec::new(),
        left_out: None,
        totals: Totals::default(),
        seconds,
    };
    let undated = rows::undated(connection).map_err(WorkError::database)?;
    for one in rows::items(connection)
        .map_err(WorkError::database)?
        .into_iter()
        .filter(|one| wanted(one.id))
    {
        let members = rows::members(connection, one.duplicate_of.unwrap_or(one.id))
            .map_err(WorkError::database)?;
        let whole = item_report(&one, &members, &undated);
        report.totals.files += 1;
        report.totals.bytes += whole.bytes;
        report.totals.bytes_decompressed += whole.bytes_decompressed;
        report.totals.tally.add(&whole.tally);
        report.totals.undated += whole.undated;
        report.evidence.push(whole);
        report.evidence.extend(inside(&one, &members, &undated));
    }
    Ok(report)
}

/// The members of an archive; those of a duplicate stand with the item that it repeats.
fn inside<'a>(
    one: &'a ItemRow,
    members: &'a [MemberAccount],
    undated: &'a Undated,
) -> impl Iterator<Item = EvidenceReport> + 'a {
    let own = members.iter().filter(move |_| one.duplicate_of.is_none());
    own.filter(|member| !member.name.is_empty())
        .map(move |member| member_report(one, member, undated))
}

/// An item and, where it is an archive, its members.
pub(crate) fn files_of(
    connection: &Connection,
    one: &ItemRow,
    members: &[MemberAccount],
) -> Result<Vec<EvidenceReport>, WorkError> {
    let undated = rows::undated(connection).map_err(WorkError::database)?;
    let mut files = vec![item_report(one, members, &undated)];
    files.extend(inside(one, members, &undated));
    Ok(files)
}

impl ImportReport {
    /// The same with at most so many files and members listed.
    #[must_use]
    pub fn cut(mut self, most: usize) -> ImportReport {
        let more = self.evidence.len().saturating_sub(most);
        self.evidence.truncate(most);
        self.left_out = (more > 0).then_some(more as u64);
        self
    }
}

/// Records without a time, by member.
type Undated = HashMap<i64, u64>;

fn undated_of(member: &MemberAccount, undated: &Undated) -> u64 {
    undated.get(&member.id).copied().unwrap_or_default()
}

fn item_report(one: &ItemRow, members: &[MemberAccount], undated: &Undated) -> EvidenceReport {
    let mut tally = Tally::default();
    members.iter().for_each(|member| tally.add(&member.tally));
    let own = members.iter().filter(|_| one.duplicate_of.is_none());
    let undated = own.map(|member| undated_of(member, undated)).sum();
    if one.duplicate_of.is_some() {
        // Every record of it is in the other item.
        tally = Tally {
            found: tally.found,
            duplicate: tally.found,
            ..Tally::default()
        };
    }
    let mut types: Vec<_> = members
        .iter()
        .filter_map(|member| member.format.clone())
        .collect();
    types.dedup();
    let (state, reason) = outcome(one, members);
    let plain = members.first().filter(|member| member.name.is_empty());
    EvidenceReport {
        id: item::name(one.id),
        name: one.name.clone(),
        path: one.path.clone(),
        sha256: one.sha256.map(|sha256| vestige_custody::hex(&sha256)),
        bytes: one.bytes,
        bytes_decompressed: one.bytes_decompressed,
        data_type: types.first().filter(|_| types.len() == 1).cloned(),
        recognised: plain.map(|member| member.recognised.clone()),
        state,
        tally,
        reason,
        first: members
            .iter()
            .filter_map(|member| member.first)
            .min()
            .map(time::format),
        last: members
            .iter()
            .filter_map(|member| member.last)
            .max()
            .map(time::format),
        warnings: one.warnings,
        undated,
        withdrawn: one.withdrawn,
    }
}

/// What became of an item: a duplicate too where every member of it that has records repeats one of
/// another item, though the file is another (compressed otherwise, or in an archive).
fn outcome(one: &ItemRow, members: &[MemberAccount]) -> (String, Option<String>) {
    let with_records: Vec<_> = members
        .iter()
        .filter(|member| member.tally.found > 0)
        .collect();
    let repeated = |member: &&MemberAccount| member.state == "duplicate";
    if one.state != "imported" || with_records.is_empty() || !with_records.iter().all(repeated) {
        return (one.state.clone(), one.reason.clone());
    }
    let reason = match with_records.as_slice() {
        [only] => only.reason.clone(),
        _ => Some("every member with records is identical to one of another item".to_owned()),
    };
    ("duplicate".to_owned(), reason)
}

fn member_report(one: &ItemRow, member: &MemberAccount, undated: &Undated) -> EvidenceReport {
    EvidenceReport {
        id: item::name(one.id),
        name: member.name.clone(),
        path: format!("{}!{}", one.path, member.name),
        sha256: None,
        bytes: member.bytes,
        bytes_decompressed: member.bytes,
        data_type: member.format.clone(),
        recognised: Some(member.recognised.clone()),
        state: member.state.clone(),
        tally: member.tally,
        reason: member.reason.clone(),
        first: member.first.map(time::format),
        last: member.last.map(time::format),
        warnings: member.warnings,
        undated: undated_of(member, undated),
        withdrawn: one.withdrawn,
    }
}
