//! Events: over time, by their values, and one by one.

use super::{Bar, Block, Card, Pair, bar, data, keep, text, words};
use crate::facts::{Facts, Noted, Top};
use crate::figure::{self, Figure};
use crate::say;

/// What charts are narrowed to, in a sentence.
fn scope(facts: &Facts) -> String {
    let scope = &facts.scope;
    let mut parts = Vec::new();
    if let Some(query) = &scope.query {
        parts.push(format!("the query {query}"));
    }
    if let Some(from) = &scope.from {
        parts.push(format!("times from {}", say::time(from)));
    }
    if let Some(to) = &scope.to {
        parts.push(format!("times before {}", say::time(to)));
    }
    let all = say::count(scope.events_of_case, "event", "events");
    match parts.is_empty() {
        true => format!("All {all} in view."),
        false => format!(
            "Narrowed to {}: {} of {all} in view.",
            parts.join(" and "),
            say::number(scope.events)
        ),
    }
}

/// The histogram.
pub(super) fn over_time(facts: &Facts, figures: &mut Vec<Figure>) -> Vec<Block> {
    let histogram = &facts.histogram;
    let mut blocks = vec![text(scope(facts))];
    let Some(drawn) = figure::histogram(histogram) else {
        blocks.push(text(
            "No event has a time, so there is nothing to be drawn over time.",
        ));
        return blocks;
    };
    blocks.push(Block::Figure {
        figure: keep(figures, drawn),
        caption: format!("Events per {} (UTC)", figure::length(histogram.length)),
    });
    if histogram.undated > 0 {
        blocks.push(text(format!(
            "{} without a time {} not drawn.",
            say::count(histogram.undated, "event", "events"),
            if histogram.undated == 1 { "is" } else { "are" }
        )));
    }
    blocks
}

/// The rankings.
pub(super) fn tops(facts: &Facts, figures: &mut Vec<Figure>) -> Vec<Block> {
    let tops: Vec<&Top> = facts
        .tops
        .iter()
        .filter(|top| !top.rows.is_empty())
        .collect();
    if tops.is_empty() {
        return vec![text("No event has a value to be ranked.")];
    }
    let mut blocks = vec![text(format!(
        "{} The most frequent first; a value that many events share is not thereby suspicious, nor a rare one harmless.",
        scope(facts)
    ))];
    for top in tops {
        let most = top.rows.iter().map(|row| row.count).max().unwrap_or(0);
        let rows = top.rows.iter().map(|row| Bar {
            value: row.value.clone(),
            count: say::number(row.count),
            when: format!(
                "{} to {}",
                say::maybe(row.first.as_deref()),
                say::maybe(row.last.as_deref())
            ),
            figure: keep(figures, bar(row.count, most)),
        });
        let rows = rows.collect();
        blocks.push(Block::Bars {
            field: top.field.clone(),
            rows,
        });
    }
    blocks
}

/// The events that are told one by one.
pub(super) fn noted(facts: &Facts) -> Vec<Block> {
    let noted = &facts.noted;
    if noted.events.is_empty() {
        return vec![text(
            "No event was starred, tagged, marked or commented on, and none was asked for.",
        )];
    }
    let mut lead = noted.why.clone();
    let listed = noted.events.len() as u64;
    if noted.of > listed {
        lead.push_str(&format!(
            " Only the first {} of {} are listed.",
            say::number(listed),
            say::number(noted.of)
        ));
    }
    let cards = noted.events.iter().map(card).collect();
    vec![text(lead), Block::Cards { cards }]
}

fn card(one: &Noted) -> Card {
    let starred = one.starred.then(|| "starred".to_owned());
    let marks = starred.into_iter().chain(one.mark.clone());
    let tags = one.tags.iter().map(|tag| format!("tag: {tag}"));
    Card {
        time: one
            .time
            .as_deref()
            .map_or_else(|| "undated".to_owned(), say::time),
        title: one.action.clone().unwrap_or_else(|| "event".to_owned()),
        marks: marks.chain(tags).collect(),
        rows: known(one).into_iter().chain(origin(one)).collect(),
    }
}

fn known(one: &Noted) -> Vec<Pair> {
    let parts = [
        ("Actor", &one.actor),
        ("Resource", &one.resource),
        ("From", &one.source),
        ("Outcome", &one.outcome),
    ];
    let mut rows: Vec<Pair> = parts
        .into_iter()
        .filter_map(|(label, value)| Some(data(label, value.as_deref()?)))
        .collect();
    rows.insert(0, words("Cloud", one.cloud.as_str()));
    let comments = one.comments.iter().map(|comment| {
        words(
            "Comment",
            format!(
                "{} ({}, {})",
                comment.text,
                comment.by,
                say::time(&comment.at)
            ),
        )
    });
    rows.extend(comments);
    rows
}

fn origin(one: &Noted) -> Vec<Pair> {
    let member = match one.member.is_empty() {
        true => String::new(),
        false => format!(" member {}", one.member),
    };
    vec![
        data("Event id", one.id.as_str()),
        data(
            "Locator",
            format!(
                "{} ({}){member}, offset {}, length {}",
                one.evidence, one.evidence_name, one.offset, one.length
            ),
        ),
        data("Evidence SHA-256", one.sha256.as_str()),
        words("Custody entry", one.custody_seq.to_string()),
    ]
}
