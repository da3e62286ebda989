//! Progress on standard error: a bar on a terminal, else a line every few seconds.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{DecimalBytes, HumanCount, HumanDuration, ProgressBar, ProgressStyle};
use vestige_workbench::progress::Progress;

use crate::print::tell;

/// Time between two lines.
const LINES: Duration = Duration::from_secs(3);
/// Time between two changes of the bar.
const MOVES: Duration = Duration::from_millis(100);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Silent,
    Lines,
    Bar,
}

/// What is shown of progress.
#[derive(Debug)]
pub struct Shown {
    how: How,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    told: Option<Instant>,
    stage: String,
    bar: Option<ProgressBar>,
}

impl Shown {
    pub fn new(quiet: bool) -> Shown {
        let how = match (quiet, std::io::stderr().is_terminal()) {
            (true, _) => How::Silent,
            (false, true) => How::Bar,
            (false, false) => How::Lines,
        };
        // What is done in a moment needs no line.
        let state = State {
            told: (how == How::Lines).then(Instant::now),
            ..State::default()
        };
        Shown {
            how,
            state: Mutex::new(state),
        }
    }

    /// Shows how far it is, where it is time to.
    pub fn show(&self, progress: &Progress) {
        if self.how == How::Silent {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = if self.how == How::Bar { MOVES } else { LINES };
        let is_new = state.stage != progress.stage;
        let is_due = state.told.is_none_or(|told| told.elapsed() >= pause);
        match self.how {
            How::Bar if is_due || is_new => state.draw(progress, is_new),
            How::Lines if is_due => tell(&described(progress)),
            _ => return,
        }
        state.told = Some(Instant::now());
        state.stage.clone_from(&progress.stage);
    }

    /// A line that stays, above the bar.
    pub fn aside(&self, text: &str) {
        if self.how == How::Silent {
            return;
        }
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &state.bar {
            Some(bar) => bar.suspend(|| tell(text)),
            None => tell(text),
        }
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = state.bar.take() {
            bar.finish_and_clear();
        }
        *state = State::default();
    }
}

impl State {
    fn draw(&mut self, progress: &Progress, is_new: bool) {
        let bar = self.bar.get_or_insert_with(ProgressBar::no_length);
        if is_new {
            bar.set_style(style(progress.bytes_total > 0));
        }
        if progress.bytes_total > 0 {
            bar.set_length(progress.bytes_total);
            bar.set_position(progress.bytes.min(progress.bytes_total));
        }
        bar.set_message(described(progress));
        if is_new {
            // A stage that tells little must not look as if it stood still.
            bar.enable_steady_tick(Duration::from_millis(200));
        }
    }
}

fn style(is_total_known: bool) -> ProgressStyle {
    let template = match is_total_known {
        true => "{bar:24} {percent:>3}% {wide_msg}",
        false => "{spinner} {wide_msg}",
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// `reading: 12.50 MB of 40.00 MB, 31,200 records, 9.80 MB/s, 3 seconds left`; what is not known is
/// left out.
fn described(progress: &Progress) -> String {
    let mut parts = Vec::new();
    match (progress.bytes, progress.bytes_total) {
        (0, 0) => {}
        (done, 0) => parts.push(DecimalBytes(done).to_string()),
        (done, total) => parts.push(format!("{} of {}", DecimalBytes(done), DecimalBytes(total))),
    }
    if progress.records > 0 {
        parts.push(format!("{} records", HumanCount(progress.records)));
    }
    if progress.rate >= 1.0 {
        parts.push(format!("{}/s", DecimalBytes(progress.rate as u64)));
    }
    if let Some(left) = progress.eta.filter(|left| left.as_secs() > 0) {
        parts.push(format!("{} left", HumanDuration(left)));
    }
    let mut text = progress.stage.clone();
    if !parts.is_empty() {
        let _ = write!(text, ": {}", parts.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_is_said() {
        let mut progress = Progress {
            stage: "building index event_time".to_owned(),
            ..Progress::default()
        };
        assert_eq!(described(&progress), "building index event_time");
        progress = Progress {
            stage: "reading".to_owned(),
            bytes: 12_500_000,
            bytes_total: 40_000_000,
            records: 31_200,
            parts: vestige_workbench::progress::Parts::default(),
            rate: 9_800_000.0,
            eta: Some(Duration::from_secs(3)),
        };
        assert_eq!(
            described(&progress),
            "reading: 12.50 MB of 40.00 MB, 31,200 records, 9.80 MB/s, 3 seconds left"
        );
    }
}
