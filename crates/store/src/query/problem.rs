//! What is wrong with a query, where, and what would be right.

use serde::Serialize;

/// One thing in a query that cannot be read or does not make sense.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("at {position}: {message}; {hint}")]
pub struct QueryProblem {
    /// First byte concerned, counted from 0 in the query's text.
    pub position: usize,
    /// Length in bytes, 0 where something is missing at a point.
    pub length: usize,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What would be right.
    pub hint: String,
}

impl QueryProblem {
    pub(crate) fn new(at: Span, message: impl Into<String>, hint: impl Into<String>) -> Self {
        QueryProblem {
            position: at.start,
            length: at.end - at.start,
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// The line of the query concerned with a mark below it, the message and the hint, for a
    /// terminal. Control characters of the query are shown as blanks.
    pub fn pointing(&self, query: &str) -> String {
        let position = self.position.min(query.len());
        let before = query.get(..position).unwrap_or("");
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let end = query[start..]
            .find('\n')
            .map_or(query.len(), |at| start + at);
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        let line: String = query[start..end].chars().map(plain).collect();
        let indent = before[start..].chars().count();
        let marked = query
            .get(position..(position + self.length).min(end))
            .unwrap_or("");
        let marks = "^".repeat(marked.chars().count().max(1));
        format!(
            "{line}\n{}{marks} {}\n{}",
            " ".repeat(indent),
            self.message,
            self.hint
        )
    }
}

/// A part of the query's text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: usize,
    pub end: usize,
}

/// The word among `known` that was probably meant, if any is near enough.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    let allowed = word.chars().count().div_ceil(3).max(1);
    known
        .into_iter()
        .map(|candidate| (distance(&word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other
/// (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    let mut previous = None;
    for (row, a) in left.chars().enumerate() {
        let mut line = vec![row + 1];
        for (column, &b) in right.iter().enumerate() {
            let replaced = above[column] + usize::from(a != b);
            let mut best = replaced.min(above[column + 1] + 1).min(line[column] + 1);
            if column > 0 && previous == Some(b) && right[column - 1] == a {
                best = best.min(before[column - 1] + 1);
            }
            line.push(best);
        }
        previous = Some(a);
        before = std::mem::replace(&mut above, line);
    }
    above[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_and_far_ones_are_not() {
        let known = ["action", "actor.name", "outcome"];
        assert_eq!(nearest("actoin", known), Some("action"));
        assert_eq!(nearest("Outcom", known), Some("outcome"));
        assert_eq!(nearest("zebra", known), None);
    }

    #[test]
    fn the_mark_stands_below_the_place() {
        let problem = QueryProblem::new(Span { start: 5, end: 8 }, "wrong", "right");
        assert_eq!(problem.pointing("a\nbé xyz"), "bé xyz\n  ^^^ wrong\nright");
    }
}
