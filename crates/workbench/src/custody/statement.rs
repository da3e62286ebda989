//! What custody proves and what it does not, in plain words. Shown wherever a verdict is.

use serde::Serialize;
use vestige_custody::Verdict;

/// The plain statement beside a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// What the verdict means.
    pub verdict: &'static str,
    /// What is shown by it.
    pub shows: &'static str,
    /// What no verdict shows.
    pub does_not_show: &'static str,
}

const SHOWS: &str = "The entries were not changed since they were signed, time-stamped or pinned; \
each pin or time stamp shows this against whoever holds the case and its key too, a signature alone \
does not. The evidence has the hashes that were recorded when it was received.";

const DOES_NOT_SHOW: &str = "That everything that was done was recorded, or that what was recorded \
is true. Without a pin kept outside, a chain that was cut back to an older signed or time-stamped \
state looks whole. Entries after the last time stamp or pin could have been rewritten by whoever \
holds the signing key.";

impl Statement {
    /// The words for a verdict.
    #[must_use]
    pub fn of(verdict: Verdict) -> Statement {
        let words = match verdict {
            Verdict::Verified => "Everything that was checked holds.",
            Verdict::VerifiedWithWarnings => {
                "Nothing that was checked contradicts the record, but not all of it is covered: see the warnings."
            }
            Verdict::Failed => {
                "Something contradicts the record: do not rely on this case before it is explained."
            }
        };
        Statement {
            verdict: words,
            shows: SHOWS,
            does_not_show: DOES_NOT_SHOW,
        }
    }

    /// The statement as paragraphs.
    #[must_use]
    pub fn text(&self) -> String {
        format!(
            "{}\n\nWhat this shows. {}\n\nWhat it does not show. {}\n",
            self.verdict, self.shows, self.does_not_show
        )
    }
}
