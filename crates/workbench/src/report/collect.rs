//! The facts of a report, all of one moment of the case.

use vestige_custody::CaseId;
use vestige_custody::line::Line;
use vestige_model::time;
use vestige_report::facts::{
    self, Anchor, Case, Check, Custody, Evidence, Examiner, Facts, Histogram, Reconciliation,
    Scope, Setting, Source, Tool, Top, TopRow,
};
use vestige_report::visible;
use vestige_store::Connection;
use vestige_store::case_file::CaseReader;
use vestige_store::evidence as rows;
use vestige_store::ledger::Ledger;
use vestige_store::page::{Bucket, SourceSpan};

use super::{noted, preflight};
use crate::case::{CaseFacts, facts_of};
use crate::error::WorkError;
use crate::explore::{Asked, Explorer};
use crate::home::Home;
use crate::host::Host;
use crate::import::{EvidenceReport, ImportReport};
use crate::verify::{self, Status, Verification};
use crate::{import, key};

/// Fields whose most frequent values are told.
const FIELDS: [&str; 7] = [
    "action",
    "actor.name",
    "src.ip",
    "service",
    "resource.id",
    "outcome",
    "error.code",
];
/// Values told of each.
const VALUES: usize = 10;
/// Most sources told.
const SOURCES: usize = 500;
/// Most bars that can be told apart on paper.
const BARS: i128 = 240;

/// Collects the facts.
pub(super) fn facts(host: &dyn Host, case: CaseReader, asked: &Asked) -> Result<Facts, WorkError> {
    let (id, version) = (case.case().id().clone(), case.case().version());
    let explorer = Explorer::of(host, case, asked)?;
    // One moment of the case, whoever writes meanwhile.
    let _moment = explorer.reader().snapshot()?;
    let connection = explorer.reader().connection();
    let about = facts_of(connection, version)?;
    let verification = verify::chain(host, &id, connection)?;
    let imported = import::evidence(connection)?;
    let items = rows::items(connection).map_err(WorkError::database)?;
    let scope = scope(host, &explorer, asked)?;
    let (sources, of_sources) = explorer.ask("adding sources up", |_, progress| {
        explorer.reader().sources(SOURCES, progress)
    })?;
    let listed = sources.len() as u64;
    let mut facts = Facts {
        version: facts::VERSION,
        as_of: as_of(connection, about.custody.size)?,
        evidence: imported.evidence.iter().map(evidence).collect(),
        reconciliation: reconciliation(&imported, &about),
        sources: sources.iter().map(source).collect(),
        sources_left_out: of_sources.saturating_sub(listed),
        histogram: histogram(&explorer)?,
        tops: tops(&explorer)?,
        noted: noted::noted(&explorer, asked, scope.events)?,
        custody: custody(host, &id, &about, &verification)?,
        scope,
        preflight: Vec::new(),
        tool: tool(host),
        settings: settings(version),
        case: case_of(about),
    };
    facts.preflight = preflight::notes(
        &facts,
        items.iter().filter(|item| item.in_place).count() as u64,
    );
    Ok(facts)
}

/// When the newest entry was recorded.
fn as_of(connection: &Connection, size: u64) -> Result<String, WorkError> {
    let mut at = String::new();
    Ledger::entries(connection, size.saturating_sub(1), &mut |stored| {
        if let Ok(Line::Entry(entry)) = Line::parse(stored.body) {
            at = entry.recorded_at;
        }
        Ok(true)
    })?;
    Ok(at)
}

fn scope(host: &dyn Host, explorer: &Explorer<'_>, asked: &Asked) -> Result<Scope, WorkError> {
    let query = asked.query.trim();
    let events = explorer.count()?;
    let narrowed = !query.is_empty() || asked.from.is_some() || asked.to.is_some();
    let events_of_case = match narrowed {
        true => whole(host, explorer)?,
        false => events,
    };
    Ok(Scope {
        query: (!query.is_empty()).then(|| query.to_owned()),
        from: asked.from.map(time::format),
        to: asked.to.map(time::format),
        events,
        events_of_case,
    })
}

/// Events in view in the whole case.
fn whole(host: &dyn Host, explorer: &Explorer<'_>) -> Result<u64, WorkError> {
    use vestige_store::query::{PhraseHits, Query};
    let total = crate::explore::watched(host, "counting", |progress| {
        let all = explorer
            .reader()
            .compile(&Query::all(), &PhraseHits::default(), progress)?;
        explorer.reader().count(&all, progress)
    })?;
    Ok(total.rows)
}

fn case_of(about: CaseFacts) -> Case {
    Case {
        id: about.case,
        title: about.title,
        reference: about.reference,
        authority: about.authority,
        zone: about.zone,
        custody_level: about.custody_level,
        created: about.created,
        examiner: about.examiner,
        role: about.role,
        organisation: about.organisation,
        examiners: about
            .examiners
            .into_iter()
            .map(|one| Examiner {
                name: one.name,
                role: one.role,
                organisation: one.organisation,
                vkey: one.vkey,
                added_seq: one.added_seq,
                retired_seq: one.retired_seq,
            })
            .collect(),
    }
}

fn evidence(one: &EvidenceReport) -> Evidence {
    Evidence {
        id: one.id.clone(),
        name: one.name.clone(),
        inside: one.path.len() > one.name.len() && one.path.ends_with(&format!("!{}", one.name)),
        data_type: one.data_type.clone(),
        bytes: one.bytes,
        sha256: one.sha256.clone(),
        state: one.state.clone(),
        reason: one.reason.clone(),
        found: one.tally.found,
        stored: one.tally.stored,
        duplicate: one.tally.duplicate,
        rejected: one.tally.rejected,
        ignored: one.tally.ignored,
        warnings: one.warnings,
        first: one.first.clone(),
        last: one.last.clone(),
        withdrawn: one.withdrawn,
    }
}

fn reconciliation(imported: &ImportReport, about: &CaseFacts) -> Reconciliation {
    let totals = &imported.totals;
    let files = || imported.evidence.iter().filter(|one| !evidence(one).inside);
    let in_state = |state: &str| files().filter(|one| one.state == state).count() as u64;
    Reconciliation {
        files: totals.files,
        imported: in_state("imported"),
        partial: in_state("partial"),
        files_rejected: in_state("rejected"),
        files_duplicate: in_state("duplicate"),
        withdrawn: files().filter(|one| one.withdrawn).count() as u64,
        bytes: totals.bytes,
        bytes_decompressed: totals.bytes_decompressed,
        found: totals.tally.found,
        stored: totals.tally.stored,
        duplicate: totals.tally.duplicate,
        rejected: totals.tally.rejected,
        ignored: totals.tally.ignored,
        events: totals.tally.events,
        undated: totals.undated,
        warnings: about.holds.warnings,
    }
}

fn source(one: &SourceSpan) -> Source {
    const HOUR: i64 = 3_600_000_000_000;
    let ends = one.first.zip(one.last);
    let span = ends.map_or(0, |(first, last)| {
        last.div_euclid(HOUR) - first.div_euclid(HOUR) + 1
    });
    Source {
        data_type: one.data_type.clone(),
        account: one.account.clone(),
        region: one.region.clone(),
        first: one.first.map(time::format),
        last: one.last.map(time::format),
        hours: one.hours,
        span_hours: span.unsigned_abs(),
        events: one.rows,
        undated: one.undated,
    }
}

/// The histogram, its buckets joined until they can be drawn.
fn histogram(explorer: &Explorer<'_>) -> Result<Histogram, WorkError> {
    let found = explorer.ask("counting by time", |query, progress| {
        explorer.reader().histogram(query, Bucket::Auto, progress)
    })?;
    let span = match (found.buckets.first(), found.buckets.last()) {
        (Some(first), Some(last)) => i128::from(last.0) - i128::from(first.0),
        _ => 0,
    };
    let length = drawn(found.bucket.length(), span);
    let mut buckets: Vec<(i64, u64)> = Vec::new();
    for (start, count) in found.buckets {
        let start = start.div_euclid(length).saturating_mul(length);
        match buckets.last_mut() {
            Some(last) if last.0 == start => last.1 += count,
            _ => buckets.push((start, count)),
        }
    }
    Ok(Histogram {
        bucket: format!("{:?}", found.bucket).to_lowercase(),
        length,
        buckets,
        undated: found.undated,
    })
}

/// The length of a bucket that can be drawn: a multiple of `length` that a person would choose.
fn drawn(length: i64, span: i128) -> i64 {
    const SECOND: i64 = 1_000_000_000;
    const MINUTE: i64 = 60 * SECOND;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    let nice = [
        SECOND,
        2 * SECOND,
        5 * SECOND,
        10 * SECOND,
        30 * SECOND,
        MINUTE,
        2 * MINUTE,
        5 * MINUTE,
        10 * MINUTE,
        30 * MINUTE,
        HOUR,
        2 * HOUR,
        3 * HOUR,
        6 * HOUR,
        12 * HOUR,
        DAY,
        2 * DAY,
        7 * DAY,
        28 * DAY,
        91 * DAY,
        364 * DAY,
        3640 * DAY,
    ];
    let fits = |bucket: &i64| *bucket >= length && span / i128::from(*bucket) < BARS;
    nice.into_iter().find(fits).unwrap_or(3640 * DAY)
}

fn tops(explorer: &Explorer<'_>) -> Result<Vec<Top>, WorkError> {
    let mut tops = Vec::new();
    for name in FIELDS {
        let field = crate::explore::field(name)?;
        let found = explorer.ask("ranking values", |query, progress| {
            explorer.reader().top(field, query, VALUES, progress)
        })?;
        let rows = found.into_iter().map(|one| TopRow {
            value: one.value,
            count: one.count,
            first: one.first.map(time::format),
            last: one.last.map(time::format),
        });
        tops.push(Top {
            field: name.to_owned(),
            rows: rows.collect(),
        });
    }
    Ok(tops)
}

fn custody(
    host: &dyn Host,
    id: &CaseId,
    about: &CaseFacts,
    verification: &Verification,
) -> Result<Custody, WorkError> {
    let own = key::vkeys(&Home::of(host)?, id)?;
    let in_use = || {
        about
            .examiners
            .iter()
            .filter(|one| one.retired_seq.is_none())
    };
    let mine = in_use().find(|one| own.iter().any(|vkey| vkey.to_string() == one.vkey));
    let standing = &about.custody;
    Ok(Custody {
        size: standing.size,
        root: standing.root.clone(),
        head: standing.head.clone(),
        key: mine.or_else(|| in_use().next()).map(|one| one.vkey.clone()),
        checkpoints: standing.checkpoints.len() as u64,
        since_signed: standing.since_signed,
        since_anchor: standing.since_anchor,
        last_anchor: standing.last_anchor.as_ref().map(|anchor| Anchor {
            size: anchor.size,
            gen_time: anchor.gen_time.clone(),
        }),
        verdict: verification.verdict.word().to_owned(),
        checks: verification.checks.iter().map(check).collect(),
        statement: verification.statement.lines().map(str::to_owned).collect(),
    })
}

fn check(one: &verify::Check) -> Check {
    let status = match one.status {
        Status::Pass => "pass",
        Status::Skipped => "skipped",
        Status::Warning => "warning",
        Status::Fail => "fail",
    };
    Check {
        check: one.check.clone(),
        status: status.to_owned(),
        detail: one.detail.clone(),
    }
}

fn tool(host: &dyn Host) -> Tool {
    let tool = host.tool();
    Tool {
        name: "Vestige".to_owned(),
        version: tool.version,
        build_sha256: tool.build_sha256,
        os: tool.os,
    }
}

fn settings(version: u32) -> Vec<Setting> {
    let setting = |name: &str, value: String| Setting {
        name: name.to_owned(),
        value,
    };
    vec![
        setting("Version of the case file", version.to_string()),
        setting("Times", "UTC".to_owned()),
        setting("Values per ranking", VALUES.to_string()),
        setting("Noted events at most", noted::MOST.to_string()),
        setting("Sources at most", SOURCES.to_string()),
        setting(
            "Texts printed up to",
            format!("{} characters", visible::MOST),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::drawn;

    #[test]
    fn a_bucket_that_is_drawn_is_one_that_a_person_would_choose() {
        let hour = 3_600_000_000_000;
        assert_eq!(drawn(hour, i128::from(hour) * 100), hour);
        assert_eq!(drawn(hour, i128::from(hour) * 24 * 60), 12 * hour);
        assert_eq!(drawn(hour, i128::from(u64::MAX)), 3640 * 24 * hour);
    }
}
