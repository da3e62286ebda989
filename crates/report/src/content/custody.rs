//! The custody chain: its head, what it rests on, what it proves.

use super::{Block, Holds, cells, column, data, heading, keep, text, words};
use crate::facts::Facts;
use crate::figure::{self, Figure};
use crate::say;

/// The head with its QR code, and the checks.
pub(super) fn head(facts: &Facts, figures: &mut Vec<Figure>) -> Vec<Block> {
    let custody = &facts.custody;
    let mut blocks = vec![text(
        "Everything that was done in this case is an entry of one chain. The line below stands for all entries up to this report: whoever keeps it outside the case, on this page too, can tell later whether any of them was changed or removed. The code holds the line and the id of the key.",
    )];
    let rows = vec![
        words("Entries", say::number(custody.size)),
        data("Merkle root", custody.root.as_str()),
        data("Last entry's hash", custody.head.as_str()),
        data(
            "Signing key",
            custody.key.as_deref().unwrap_or("none: nothing is signed"),
        ),
        data("Pin line", custody.pin()),
    ];
    blocks.push(match figure::qr(&sealed(facts)) {
        Some(code) => Block::Seal {
            figure: keep(figures, code),
            rows,
        },
        None => Block::Pairs { rows },
    });
    blocks.push(Block::Pairs {
        rows: standing(facts),
    });
    blocks.push(text(
        "To check it: vestige verify CASE --pin followed by the pin line.",
    ));
    blocks.extend(checks(facts));
    blocks
}

/// What the code holds: the pin line, then the id of the key.
fn sealed(facts: &Facts) -> String {
    let id = facts.custody.key.as_deref().and_then(key_id);
    match id {
        Some(id) => format!("{} {id}", facts.custody.pin()),
        None => facts.custody.pin(),
    }
}

/// The id in a verifier key, `NAME+ID+KEY`; the key itself may hold a `+`.
fn key_id(vkey: &str) -> Option<&str> {
    vkey.split('+').nth(1)
}

fn standing(facts: &Facts) -> Vec<super::Pair> {
    let custody = &facts.custody;
    let anchor = match &custody.last_anchor {
        None => {
            "none: no independent authority has certified when these entries existed".to_owned()
        }
        Some(anchor) => format!(
            "{}, over {}",
            say::time(&anchor.gen_time),
            say::count(anchor.size, "entry", "entries")
        ),
    };
    vec![
        words("Signed notes", say::number(custody.checkpoints)),
        words("Entries not signed", say::number(custody.since_signed)),
        words("Last time stamp", anchor),
        words(
            "Entries not time-stamped",
            say::number(custody.since_anchor),
        ),
    ]
}

fn checks(facts: &Facts) -> Vec<Block> {
    if facts.custody.checks.is_empty() {
        return vec![text("The chain was not checked for this report.")];
    }
    let columns = vec![
        column("Check", Holds::Words, 20),
        column("Result", Holds::Words, 12),
        column("What was looked at", Holds::Words, 68),
    ];
    let checks = facts.custody.checks.iter();
    let rows = checks.map(|one| cells(&[&one.check, &one.status, &one.detail]));
    vec![
        heading("Checks of the chain made for this report"),
        text(format!(
            "The chain, its notes and time stamps: {}.",
            facts.custody.verdict.replace('-', " ")
        )),
        Block::Table {
            columns,
            rows: rows.collect(),
        },
    ]
}

/// What the chain proves.
pub(super) fn proves(facts: &Facts) -> Vec<Block> {
    let mut blocks = vec![text(
        "Of the chain of this case, as it stood for this report:",
    )];
    let statement = &facts.custody.statement;
    blocks.push(match statement.is_empty() {
        true => text("Nothing: the chain was not checked."),
        false => Block::List {
            items: statement.clone(),
        },
    });
    blocks.push(text("Of any such chain:"));
    blocks.push(Block::List {
        items: ALWAYS.iter().map(|&line| line.to_owned()).collect(),
    });
    blocks
}

const ALWAYS: [&str; 5] = [
    "A digest shows that bytes are the same as when it was taken. It does not show who made them, nor that what they say happened.",
    "A signature shows that a holder of the key stood by the entries. It does not keep that holder from writing others instead, before somebody outside has seen them.",
    "A time stamp of an independent authority shows that entries existed at a moment. It does not show that nothing else did.",
    "The pin line on this page, kept outside the case, shows when the case is later cut back or rewritten.",
    "What was never recorded leaves no trace in any chain: only the way people work together answers for that.",
];
