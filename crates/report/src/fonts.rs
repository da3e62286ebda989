//! The fonts that are part of the program, and which characters they can draw.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// Families in the order in which they are tried, as the template names them.
const FAMILIES: [&str; 2] = ["Libertinus Serif", "DejaVu Sans Mono"];

/// The fonts and their book.
pub struct Fonts {
    pub fonts: Vec<Font>,
    pub book: LazyHash<FontBook>,
}

/// Read once.
pub static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let all = typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data)));
    let fonts: Vec<Font> = all
        .filter(|font| FAMILIES.contains(&font.info().family.as_str()))
        .collect();
    let book = LazyHash::new(FontBook::from_fonts(&fonts));
    Fonts { fonts, book }
});

/// Whether a character can be drawn wherever it stands. PDF/A has no place for a character without
/// a drawing. One that joins with its neighbour has to be in every font: a cluster is of one font.
pub fn draws(one: char) -> bool {
    if one.is_ascii_graphic() || one == ' ' {
        return true;
    }
    let has = |family: &str| {
        let own = |font: &&Font| font.info().family == family;
        let mut fonts = FONTS.fonts.iter().filter(own);
        fonts.all(|font| font.info().coverage.contains(one as u32))
    };
    match joins(one) {
        true => FAMILIES.iter().all(|family| has(family)),
        false => FAMILIES.iter().any(|family| has(family)),
    }
}

/// Whether a character may be part of the one before it. Wide on purpose: what is written out
/// needlessly is readable still.
fn joins(one: char) -> bool {
    matches!(one as u32,
        0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5c7 | 0x610..=0x61a | 0x64b..=0x65f | 0x670
        | 0x6d6..=0x6ed | 0x711..=0x74a | 0x7a6..=0x7b0 | 0x7eb..=0x7f3 | 0x816..=0x82d
        | 0x859..=0x85b | 0x8d3..=0x8ff | 0x900..=0x1cff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff
        | 0x2cef..=0x2cf1 | 0x2de0..=0x2dff | 0x302a..=0x302f | 0x3099..=0x309a
        | 0xa66f..=0xa69f | 0xa6f0..=0xa6f1 | 0xa802..=0xabff | 0xd7b0..=0xd7ff
        | 0xfb1e | 0xfe20..=0xfe2f | 0x101fd.. )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_families_of_the_template_are_there() {
        for family in FAMILIES {
            let found = FONTS
                .fonts
                .iter()
                .filter(|font| font.info().family == family);
            assert!(found.count() >= 4, "{family}");
        }
    }

    #[test]
    fn western_greek_and_cyrillic_are_drawn_and_what_has_no_drawing_is_known() {
        assert!("Ångström Привет Ελλάδα – …".chars().all(draws));
        assert!(!draws('東') && !draws('\u{1f600}'));
    }
}
