//! What a verdict says and what it does not, in plain words: shown wherever a verdict is shown.

use crate::verify::{Report, Verdict};

/// The sentences that belong to a verdict, each a line: what it shows of this case, then what it
/// cannot show.
pub fn statement(report: &Report) -> String {
    let mut lines = Vec::new();
    if report.verdict == Verdict::Failed {
        lines.push(
            "Something contradicts the record; the failed checks say what. Do not rely on it before that is explained."
                .to_owned(),
        );
    } else {
        lines.extend(shown(report));
    }
    lines.extend(not_shown(report));
    lines.join("\n")
}

fn entries(count: u64) -> String {
    match count {
        1 => "The first entry".to_owned(),
        _ => format!("The first {count} entries"),
    }
}

fn are(count: u64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

fn shown(report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    if report.signed > 0 {
        let (which, are) = (entries(report.signed), are(report.signed));
        lines.push(format!(
            "{which} {are} as a holder of a trusted key signed them: a change, a removal or an insertion would show."
        ));
    }
    if report.stamped > 0 {
        let which = entries(report.stamped);
        lines.push(format!(
            "{which} existed at the time an independent authority certified: not even the holder of the key can have changed them since."
        ));
    }
    if report.pinned > 0 {
        let (which, are) = (entries(report.pinned), are(report.pinned));
        lines.push(format!(
            "{which} {are} those whose root was noted outside the case: nothing among them was changed or is missing."
        ));
    }
    lines
}

fn not_shown(report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    let open = report.size.saturating_sub(report.anchored);
    if report.signed == 0 && report.anchored == 0 {
        lines.push(
            "No signature, time stamp or pin was checked: whoever holds the case can have rewritten all of it."
                .to_owned(),
        );
    } else if open > 0 {
        lines.push(format!(
            "Entries that no time stamp and no pin covers ({open}): whoever holds the signing key can have rewritten them."
        ));
    }
    if report.pinned < report.size {
        lines.push(
            "A case that was cut back to an older signed state, later notes and time stamps removed, looks whole: only a pin kept outside shows that something is missing."
                .to_owned(),
        );
    }
    lines.push(
        "It is not shown that everything was recorded, nor that what was recorded is true: what was never entered, no check can miss."
            .to_owned(),
    );
    lines
}
