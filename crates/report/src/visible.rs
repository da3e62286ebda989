//! Hostile text made visible: nothing in it reorders, hides or steers what stands beside it.

/// Most characters of one text that a report prints; the rest is said to be there.
pub const MOST: usize = 600;

/// Whether a character changes how others look, or is not seen itself: control characters, those
/// of text direction, zero-width and format characters, variation selectors and tags, private and
/// unassigned ones at the ends of planes.
#[must_use]
pub fn is_hidden(one: char) -> bool {
    one.is_control()
        || matches!(one,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{8e2}'
            | '\u{890}'..='\u{891}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' | '\u{3000}'
            | '\u{3164}' | '\u{a0}' | '\u{1680}' | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{13455}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{10ffff}')
        || (one as u32) & 0xfffe == 0xfffe
}

/// The text with every hidden character written out as `\u{202e}`, cut to [`MOST`] characters.
#[must_use]
pub fn shown(text: &str) -> String {
    escaped(text, &|_| true)
}

/// As [`shown`], with every character written out that `drawn` says cannot be drawn.
#[must_use]
pub fn escaped(text: &str, drawn: &dyn Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    for one in characters.by_ref().take(MOST) {
        match one {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if is_hidden(one) || !drawn(one) => out.extend(one.escape_unicode()),
            _ => out.push(one),
        }
    }
    let left = characters.count();
    if left > 0 {
        out.push_str(&format!(" … [{left} more characters]"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_written_out_and_what_is_seen_stays() {
        assert_eq!(shown("gpj.\u{202e}exe"), "gpj.\\u{202e}exe");
        assert_eq!(shown("a\u{0}b\tc\nd"), "a\\u{0}b\\tc\\nd");
        assert_eq!(shown("Grüße, שלום, 東京"), "Grüße, שלום, 東京");
        for hidden in [
            '\u{200b}',
            '\u{2066}',
            '\u{feff}',
            '\u{e0041}',
            '\u{9b}',
            '\u{ffff}',
        ] {
            assert!(
                is_hidden(hidden),
                "{:?}",
                hidden.escape_unicode().to_string()
            );
        }
    }

    #[test]
    fn a_long_text_is_cut_and_says_how_much_is_left() {
        let text = shown(&"x".repeat(MOST + 7));
        assert!(text.ends_with(" … [7 more characters]"), "{text}");
    }
}
