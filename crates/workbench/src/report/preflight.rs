//! What a report has to be read with: what is unverified, unanchored or incomplete.

use vestige_report::facts::{Facts, Note, Weight};

/// The notes, in the order of the work.
pub(super) fn notes(facts: &Facts, in_place: u64) -> Vec<Note> {
    let mut notes = Vec::new();
    chain(facts, &mut notes);
    covered(facts, &mut notes);
    evidence(facts, in_place, &mut notes);
    events(facts, &mut notes);
    notes
}

fn note(code: &str, weight: Weight, text: impl Into<String>) -> Note {
    Note {
        code: code.to_owned(),
        weight,
        text: text.into(),
    }
}

fn chain(facts: &Facts, notes: &mut Vec<Note>) {
    for check in &facts.custody.checks {
        let weight = match check.status.as_str() {
            "fail" => Weight::Failure,
            // Said below, with what to do.
            "warning" if check.check == "anchor" => continue,
            "warning" => Weight::Warning,
            _ => continue,
        };
        let text = format!(
            "Check of the chain, {}: {}.",
            check.check,
            check.detail.trim_end_matches('.')
        );
        notes.push(note(&format!("chain-{}", check.check), weight, text));
    }
}

fn covered(facts: &Facts, notes: &mut Vec<Note>) {
    let custody = &facts.custody;
    if custody.since_signed > 0 {
        let text = format!(
            "Entries that no signed note covers: {} of {}. vestige custody CASE sign signs them.",
            custody.since_signed, custody.size
        );
        notes.push(note("unsigned", Weight::Warning, text));
    }
    if custody.since_anchor > 0 {
        let text = match &custody.last_anchor {
            None => format!(
                "No independent authority has time-stamped this chain: all {} entries rest on the signing key alone. vestige custody CASE request begins a time stamp.",
                custody.size
            ),
            Some(_) => format!(
                "Entries since the last time stamp: {} of {}. They rest on the signing key alone.",
                custody.since_anchor, custody.size
            ),
        };
        notes.push(note("unanchored", Weight::Warning, text));
    }
}

fn evidence(facts: &Facts, in_place: u64, notes: &mut Vec<Note>) {
    let sums = &facts.reconciliation;
    if sums.files == 0 {
        notes.push(note(
            "no-evidence",
            Weight::Note,
            "The case holds no evidence.",
        ));
        return;
    }
    notes.push(note(
        "originals-not-verified",
        Weight::Warning,
        "The originals were not hashed again, and rows not compared with them, for this report. vestige verify CASE --deep does both; its verdict belongs beside this report.",
    ));
    if !sums.adds_up() {
        let text = format!(
            "The sums of the imports differ: {} found, {} stored, {} duplicate, {} rejected, {} ignored.",
            sums.found, sums.stored, sums.duplicate, sums.rejected, sums.ignored
        );
        notes.push(note("sums", Weight::Failure, text));
    }
    let mut counted = |code: &str, weight, count: u64, text: &str| {
        if count > 0 {
            notes.push(note(code, weight, format!("{text}: {count}.")));
        }
    };
    counted(
        "partial",
        Weight::Warning,
        sums.partial,
        "Files of which a part could not be read",
    );
    counted(
        "rejected-files",
        Weight::Warning,
        sums.files_rejected,
        "Files of which nothing is taken",
    );
    counted(
        "rejected-records",
        Weight::Warning,
        sums.rejected,
        "Records that could not be read and are in no count of events",
    );
    counted(
        "in-place",
        Weight::Warning,
        in_place,
        "Files that lie outside the case, where they were found",
    );
    counted(
        "warnings",
        Weight::Note,
        sums.warnings,
        "Warnings about files and records (vestige warnings lists them)",
    );
    counted(
        "withdrawn",
        Weight::Note,
        sums.withdrawn,
        "Files that were withdrawn, whose rows are hidden",
    );
}

fn events(facts: &Facts, notes: &mut Vec<Note>) {
    if facts.case.authority.is_none() {
        notes.push(note(
            "authority",
            Weight::Note,
            "No authority is stated for this case.",
        ));
    }
    if facts.reconciliation.undated > 0 {
        let text = format!(
            "Events without a time, which no interval and no chart holds: {}.",
            facts.reconciliation.undated
        );
        notes.push(note("undated", Weight::Note, text));
    }
    let listed = facts.noted.events.len() as u64;
    if facts.noted.of > listed {
        let text = format!(
            "Of {} noted events the first {listed} are listed.",
            facts.noted.of
        );
        notes.push(note("noted-cut", Weight::Warning, text));
    }
}
