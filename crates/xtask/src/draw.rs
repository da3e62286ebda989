//! Numbers that look drawn by lot and depend on nothing but a label: no clock, no entropy.

use std::fmt::Write as _;

/// A stream of numbers (SplitMix64). The same label gives the same stream on every machine.
#[derive(Clone, Debug)]
pub struct Draw(u64);

impl Draw {
    /// The stream that belongs to `label`.
    pub fn new(label: &str) -> Draw {
        // FNV-1a spreads the label over the 64 bits of the seed.
        let seed = label.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Draw(seed)
    }

    /// The stream of part `n` of what `label` names, so that parts can be made in any order.
    pub fn part(label: &str, n: u64) -> Draw {
        let mut draw = Draw::new(label);
        draw.0 ^= n.wrapping_mul(0xd6e8_feb8_6659_fd93);
        draw.next();
        draw
    }

    /// The next 64 bits.
    #[expect(
        clippy::should_implement_trait,
        reason = "an endless stream is no iterator"
    )]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound` - 1. The tiny bias towards small numbers does not matter here.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound.max(1))) >> 64) as u64
    }

    /// A number from `from` to `to`, both included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below((to - from + 1).max(1) as u64) as i64
    }

    /// True once in `n` on average.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of `choices`, each as likely.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }

    /// One of `choices`, as likely as its weight.
    pub fn weighted<'a, T>(&mut self, choices: &'a [(u32, T)]) -> &'a T {
        let total: u64 = choices.iter().map(|(weight, _)| u64::from(*weight)).sum();
        let mut left = self.below(total);
        for (weight, choice) in choices {
            match left.checked_sub(u64::from(*weight)) {
                Some(rest) => left = rest,
                None => return choice,
            }
        }
        &choices[choices.len() - 1].1
    }

    /// A number below `bound`, small ones far more likely: rank r about as 1 / (r + 1).
    pub fn ranked(&mut self, bound: u64) -> u64 {
        // The inverse of the logarithmic integral: bound^u - 1 for u even in [0, 1).
        let even = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        let rank = ((bound as f64 + 1.0).ln() * even).exp() - 1.0;
        (rank as u64).min(bound.saturating_sub(1))
    }

    /// Puts `items` in another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at as u64 + 1) as usize);
        }
    }

    /// `length` characters of `alphabet`.
    pub fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(*self.pick(alphabet)))
            .collect()
    }

    /// `length` lower-case hexadecimal digits.
    pub fn hex(&mut self, length: usize) -> String {
        let mut out = String::with_capacity(length + 16);
        while out.len() < length {
            // Writing to a String cannot fail.
            let _ = write!(out, "{:016x}", self.next());
        }
        out.truncate(length);
        out
    }

    /// `length` characters as in access keys and principal ids: `A` to `Z` and `2` to `7`.
    pub fn key(&mut self, length: usize) -> String {
        self.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length)
    }

    /// A random UUID (version 4) in its usual form.
    pub fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0x0fff,
            0x8000 | ((low >> 48) & 0x3fff),
            low & 0xffff_ffff_ffff
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_never_changes() {
        // Were this to change, every committed fixture would: the published SplitMix64 sequence
        // for seed 1234567.
        let mut draw = Draw(1_234_567);
        assert_eq!(draw.next(), 6_457_827_717_110_365_317);
        assert_eq!(draw.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        let id = Draw::new("uuid").uuid();
        assert_eq!(id.len(), 36);
        assert_eq!(&id[14..15], "4");
        assert!("89ab".contains(&id[19..20]));
    }

    #[test]
    fn weights_and_ranks_are_respected() {
        let mut draw = Draw::new("weights");
        let heads = (0..1000)
            .filter(|_| *draw.weighted(&[(9, true), (1, false)]))
            .count();
        assert!((850..950).contains(&heads), "{heads}");
        let low = (0..1000).filter(|_| draw.ranked(10_000) < 100).count();
        assert!((400..600).contains(&low), "{low}");
    }
}
