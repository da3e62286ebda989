//! Numbers that look random and can be drawn again.

use std::time::SystemTime;

/// A row of numbers that begins with a seed.
#[derive(Debug)]
pub struct Draw(u64);

impl Draw {
    /// From the environment variable `VESTIGE_SEED`, else from the clock. The seed is printed, so
    /// that a failure can be had again.
    ///
    /// # Panics
    /// Where the variable is no number.
    #[must_use]
    pub fn new() -> Draw {
        let seed = match std::env::var("VESTIGE_SEED") {
            Ok(text) => text.parse().expect("VESTIGE_SEED is a number"),
            Err(_) => SystemTime::UNIX_EPOCH
                .elapsed()
                .unwrap()
                .subsec_nanos()
                .into(),
        };
        eprintln!("once more the same: VESTIGE_SEED={seed}");
        Draw(seed)
    }

    /// The next number, from 0 to below 1.
    pub fn part(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (mixed >> 11) as f64 / (1u64 << 53) as f64
    }
}

impl Default for Draw {
    fn default() -> Draw {
        Draw::new()
    }
}
