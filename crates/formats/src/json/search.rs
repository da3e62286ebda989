//! Searching bytes that come in parts, and no more of them than is needed.

use memchr::memmem;

use super::salvage::AHEAD;

/// Searches what lies near first: gives `find` longer and longer parts of `bytes`, each from the
/// beginning, until it finds something after `from`. The cost is that of the way to what is found;
/// where every brace led to a search of all there is, evidence could be made to be slow.
pub(super) fn near_first<T>(
    bytes: &[u8],
    from: usize,
    mut find: impl FnMut(&[u8]) -> Option<T>,
) -> Option<T> {
    let mut reach = from + AHEAD;
    while let Some(part) = bytes.get(..reach) {
        if let Some(found) = find(part) {
            return Some(found);
        }
        reach += 3 * (reach - from);
    }
    find(bytes)
}

/// The last bytes of what was passed, so that a text is found across its parts.
#[derive(Debug, Default)]
pub(super) struct Tail(Vec<u8>);

impl Tail {
    /// Whether `text` ends in `part`, which follows what was given before.
    pub(super) fn holds(&mut self, text: &[u8], part: &[u8]) -> bool {
        let keep = text.len().saturating_sub(1);
        self.0.extend_from_slice(part.get(..keep).unwrap_or(part));
        let across = memmem::find(&self.0, text).is_some();
        if part.len() >= keep {
            self.0.clear();
            self.0
                .extend_from_slice(part.get(part.len() - keep..).unwrap_or(part));
        } else {
            self.0.drain(..self.0.len().saturating_sub(keep));
        }
        across || memmem::find(part, text).is_some()
    }
}

/// Finds the end of a value by brackets and quotes alone, over any number of parts.
#[derive(Debug, Default)]
pub(super) struct Ends {
    open: u64,
    string: bool,
    escaped: bool,
}

impl Ends {
    /// The position after the value's end, if it ends in `part`.
    pub(super) fn within(&mut self, part: &[u8]) -> Option<usize> {
        for (at, byte) in part.iter().enumerate() {
            if self.string {
                let quote = *byte == b'"' && !self.escaped;
                self.escaped = *byte == b'\\' && !self.escaped;
                self.string = !quote;
            } else {
                match byte {
                    b'"' => self.string = true,
                    b'{' | b'[' => self.open += 1,
                    b'}' | b']' => self.open = self.open.saturating_sub(1),
                    _ => {}
                }
            }
            if self.open == 0 && !self.string {
                return Some(at + 1);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use memchr::memchr;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_way_to_a_place_is_what_finding_it_costs(from in 0..9_000_usize, way in 0..70_000_usize, length in 0..140_000_usize) {
            let mut bytes = vec![b'x'; length];
            let place = from + way;
            bytes.get_mut(place).map(|byte| *byte = b'{').unwrap_or_default();
            let mut looked = 0;
            let found = near_first(&bytes, from, |part| {
                let part = part.get(from..)?;
                let at = memchr(b'{', part);
                looked += part.len();
                Some(from + at?)
            });
            prop_assert_eq!(found, (place < length).then_some(place));
            let most = 6 * (way.min(length) + AHEAD);
            prop_assert!(looked <= most, "{looked} bytes looked at, {most} at most");
        }

        #[test]
        fn a_text_is_found_across_parts(text in "[ab]{0,40}", cuts in proptest::collection::vec(0..6_usize, 0..20)) {
            let (mut tail, mut rest, mut found) = (Tail::default(), text.as_bytes(), false);
            for cut in cuts.into_iter().chain([text.len()]) {
                let (part, later) = rest.split_at(cut.min(rest.len()));
                found |= tail.holds(b"aab", part);
                rest = later;
            }
            prop_assert_eq!(found, text.contains("aab"));
        }
    }
}
