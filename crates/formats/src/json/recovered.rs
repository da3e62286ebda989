//! Which records were found after damage, kept so that reading one again marks it the same.

use serde::{Deserialize, Serialize};
use vestige_model::Quality;

/// The most ranges that are kept apart; beyond, one range holds all the rest.
const RANGES: usize = 4096;

/// Ranges of record offsets, both ends inclusive, in order.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Recovered {
    recovered: Vec<(u64, u64)>,
    #[serde(skip)]
    open: bool,
}

impl Recovered {
    /// Notes what lies from one offset to another, in the order of offsets.
    pub fn record(&mut self, from: u64, to: u64, recovered: bool) {
        if !recovered {
            self.open = false;
            return;
        }
        match self.recovered.last_mut() {
            Some(range) if self.open => range.1 = to,
            _ => self.recovered.push((from, to)),
        }
        self.open = true;
    }

    /// Whether so many ranges are known that no more can be told apart.
    pub fn full(&self) -> bool {
        self.recovered.len() >= RANGES
    }

    /// The member's context; none where nothing was recovered.
    pub fn context(&self) -> Option<Vec<u8>> {
        if self.recovered.is_empty() {
            return None;
        }
        serde_json::to_vec(self).ok()
    }

    /// What a member's context says of the record at an offset.
    pub fn quality(context: &[u8], offset: u64) -> Quality {
        let known: Recovered = serde_json::from_slice(context).unwrap_or_default();
        let after = known.recovered.partition_point(|range| range.0 <= offset);
        let range = after
            .checked_sub(1)
            .and_then(|index| known.recovered.get(index));
        match range {
            Some(range) if offset <= range.1 => Quality::RECOVERED,
            _ => Quality::default(),
        }
    }
}
