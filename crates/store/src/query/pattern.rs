//! Values as a query states them: matched whole and without case, `*` for any run of characters,
//! `?` for any one.

use crate::term::fold;

/// One place of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Glyph {
    /// This character, in any case.
    Char(char),
    /// Any one character.
    One,
    /// Any number of characters.
    Many,
}

/// A value to compare with.
///
/// It is written with `\` before `*`, `?` and `\` that mean themselves; this spelling goes through
/// the grammar and into SQL parameters unharmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    glyphs: Vec<Glyph>,
    spelling: String,
}

impl Pattern {
    /// Reads a spelling.
    pub fn new(spelling: &str) -> Pattern {
        let mut glyphs = Vec::new();
        let mut chars = spelling.chars();
        while let Some(c) = chars.next() {
            match c {
                '*' if glyphs.last() == Some(&Glyph::Many) => {}
                '*' => glyphs.push(Glyph::Many),
                '?' => glyphs.push(Glyph::One),
                '\\' => glyphs.push(Glyph::Char(chars.next().unwrap_or('\\'))),
                _ => glyphs.push(Glyph::Char(c)),
            }
        }
        Pattern {
            glyphs,
            spelling: spelling.to_owned(),
        }
    }

    /// The pattern that only this text matches.
    pub fn literal(text: &str) -> Pattern {
        Pattern::new(&spell(text))
    }

    /// How it is written.
    pub fn spelling(&self) -> &str {
        &self.spelling
    }

    /// The text, in the case it was written in, where there are no wild cards.
    pub fn exact(&self) -> Option<String> {
        self.glyphs
            .iter()
            .map(|glyph| match glyph {
                Glyph::Char(c) => Some(*c),
                _ => None,
            })
            .collect()
    }

    /// Whether everything matches.
    pub fn is_any(&self) -> bool {
        self.glyphs == [Glyph::Many]
    }

    /// Whether the whole value matches.
    pub fn matches(&self, value: &str) -> bool {
        let glyphs = &self.glyphs;
        let (mut at, mut rest) = (0, value.chars());
        // Where to go on after a mismatch: the last star takes one character more.
        let mut retry: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            if glyphs.get(at) == Some(&Glyph::Many) {
                at += 1;
                retry = Some((at, rest.clone()));
                continue;
            }
            let here = rest.clone().next();
            let fits = match (glyphs.get(at), here) {
                (Some(Glyph::Char(wanted)), Some(found)) => fold(*wanted) == fold(found),
                (Some(Glyph::One), Some(_)) => true,
                (None, None) => return true,
                _ => false,
            };
            if fits {
                at += 1;
                rest.next();
                continue;
            }
            let Some((star, mut taken)) = retry.take() else {
                return false;
            };
            if taken.next().is_none() {
                return false;
            }
            (at, rest) = (star, taken.clone());
            retry = Some((star, taken));
        }
    }
}

/// The spelling of a pattern that only this text matches.
pub(crate) fn spell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, value: &str) -> bool {
        Pattern::new(pattern).matches(value)
    }

    #[test]
    fn values_match_whole_and_without_case() {
        for (pattern, value, expected) in [
            ("GetObject", "getobject", true),
            ("Get", "GetObject", false),
            ("get*", "GetObject", true),
            ("*ject", "GetObject", true),
            ("*a*b*", "xxaxxbx", true),
            ("*a*b", "xxaxxbx", false),
            ("g?t", "get", true),
            ("g?t", "gt", false),
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("?", "ß", true),
            ("ÄRGER", "ärger", true),
            ("a\\*", "a*", true),
            ("a\\*", "ab", false),
            ("a\\\\*", "a\\b", true),
            ("K", "\u{212A}", false),
        ] {
            assert_eq!(matches(pattern, value), expected, "{pattern} {value}");
        }
    }

    #[test]
    fn many_stars_stay_fast() {
        let value = "a".repeat(5_000);
        let started = std::time::Instant::now();
        assert!(!matches(
            &"*a".repeat(50).replace("*a*", "*a?*"),
            &(value + "b")
        ));
        assert!(started.elapsed().as_secs() < 5);
    }

    /// The definition, read backwards, without regard to cost.
    fn naive(glyphs: &[Glyph], value: &[char]) -> bool {
        match (glyphs.first(), value.first()) {
            (None, None) => true,
            (Some(Glyph::Many), _) => {
                naive(&glyphs[1..], value) || !value.is_empty() && naive(glyphs, &value[1..])
            }
            (Some(Glyph::One), Some(_)) => naive(&glyphs[1..], &value[1..]),
            (Some(Glyph::Char(a)), Some(b)) => {
                fold(*a) == fold(*b) && naive(&glyphs[1..], &value[1..])
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn equals_the_definition(pattern in "[abA*?\\\\]{0,8}", value in "[abA*?]{0,8}") {
            let pattern = Pattern::new(&pattern);
            let chars: Vec<char> = value.chars().collect();
            prop_assert_eq!(pattern.matches(&value), naive(&pattern.glyphs, &chars));
        }

        #[test]
        fn every_text_matches_its_own_spelling(text: String) {
            prop_assert!(Pattern::literal(&text).matches(&text));
            prop_assert_eq!(Pattern::literal(&text).exact(), Some(text));
        }
    }
}
