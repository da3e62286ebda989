//! Names: those that a package of ours has, and those of others that would be dangerous.

use std::collections::BTreeSet;

/// Bytes of one part of a name, at most.
pub const PART: usize = 100;
/// Bytes of a name inside the bag, at most.
pub const WHOLE: usize = 240;

/// What no part of a name may be on Windows, whatever its ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().to_lowercase();
    let numbered = ["com", "lpt"].iter().any(|port| {
        stem.strip_prefix(port)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|one| one.is_ascii_digit()))
    });
    numbered || DEVICES.contains(&stem.as_str())
}

/// Whether a name is one that a bag of ours may hold: `[A-Za-z0-9._-]` in parts of at most 100
/// bytes, 240 in all, no dot at either end of a part, no device of Windows.
#[must_use]
pub fn is_safe(name: &str) -> bool {
    name.len() <= WHOLE && name.split('/').all(is_safe_part)
}

fn is_safe_part(part: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=PART).contains(&part.len())
        && part.bytes().all(plain)
        && !part.starts_with('.')
        && !part.ends_with('.')
        && !is_device(part)
}

/// A safe part for an original name, of which it keeps what it can; the original belongs into the
/// metadata. Only what follows the last `/` or `\` counts.
#[must_use]
pub fn safe_part(original: &str) -> String {
    let last = original.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |one: char| one.is_ascii_alphanumeric() || "._-".contains(one);
    let mut name: String = last
        .chars()
        .map(|one| if plain(one) { one } else { '_' })
        .collect();
    if name.len() > PART {
        // The ending says what it is.
        let ending = name.split_off(name.len() - 20);
        name.truncate(PART - 20);
        name.push_str(&ending);
    }
    let name = name.trim_matches('.');
    if name.is_empty() {
        return "file".to_owned();
    }
    if is_device(name) {
        return format!("_{name}").chars().take(PART).collect();
    }
    name.to_owned()
}

/// Why a name of somebody's zip is dangerous to whoever unpacks it, none where it is not.
pub(crate) fn danger(name: &str) -> Option<&'static str> {
    let parts = || name.trim_end_matches('/').split('/');
    let drive = name.as_bytes().get(1) == Some(&b':');
    if name.starts_with('/') {
        return Some("it is absolute: unpacking would write outside the folder");
    }
    if name.contains('\\') || drive {
        return Some("it holds a backslash or a drive: on Windows it leads outside the folder");
    }
    if parts().any(|part| part == "..") {
        return Some("it climbs out of the folder with `..`");
    }
    if name.chars().any(char::is_control) {
        return Some("it holds control characters");
    }
    if parts().any(|part| part.is_empty() || part == ".") {
        return Some("it has an empty part");
    }
    None
}

/// What of a name is worth knowing although it is not dangerous.
pub(crate) fn oddity(name: &str) -> Option<&'static str> {
    let mut parts = name.trim_end_matches('/').split('/');
    if name.len() > 1024 || parts.clone().any(|part| part.len() > 255) {
        return Some("it is longer than file systems take");
    }
    if parts.any(is_device) {
        return Some("it is a device on Windows");
    }
    None
}

/// A text with what could hide or reorder it written out (`\u{202e}`), and cut where it is long.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::new();
    for one in text.chars().take(300) {
        let hidden = one.is_control()
            || matches!(one, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}');
        if hidden {
            out.extend(one.escape_unicode());
        } else {
            out.push(one);
        }
    }
    if text.chars().nth(300).is_some() {
        out.push('…');
    }
    out
}

/// Names that were given out: no two differ in their letters' case alone.
#[derive(Debug, Default)]
pub struct Taken(BTreeSet<String>);

impl Taken {
    /// The name, or where it is taken a numbered one.
    pub fn free(&mut self, folder: &str, part: &str) -> String {
        for number in 1_u64.. {
            let numbered = match number {
                1 => part.to_owned(),
                _ => {
                    let most = part.len().min(PART - 21);
                    format!("{}-{number}", part.get(..most).unwrap_or(part))
                }
            };
            let name = format!("{folder}{numbered}");
            if self.0.insert(name.to_lowercase()) {
                return name;
            }
        }
        unreachable!("numbers do not end")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_would_do_harm_are_made_safe() {
        for (original, safe) in [
            ("trail.json.gz", "trail.json.gz"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\con.txt", "_con.txt"),
            ("NUL", "_NUL"),
            ("com1.log", "_com1.log"),
            ("", "file"),
            ("...", "file"),
            ("a/", "file"),
            (".hidden.", "hidden"),
            ("per%cent\u{202e}\n", "per_cent__"),
            ("Rückfrage.json", "R_ckfrage.json"),
        ] {
            assert_eq!(safe_part(original), safe, "{original:?}");
        }
        let long = format!("{}.json.gz", "x".repeat(300));
        assert!(safe_part(&long).ends_with(".json.gz") && safe_part(&long).len() == PART);
        let mut taken = Taken::default();
        assert_eq!(taken.free("a/", "X"), "a/X");
        assert_eq!(taken.free("a/", "x"), "a/x-2");
        assert_eq!(taken.free("a/", "x"), "a/x-3");
    }

    #[test]
    fn dangerous_names_are_told_apart_from_others() {
        for bad in [
            "/a", "a/../b", "..", "a\\b", "C:/x", "a\0b", "a\nb", "a//b", "./a", "", "a/./b",
        ] {
            assert!(danger(bad).is_some(), "{bad:?}");
        }
        for good in ["a", "a/b c", "a/", "ä/..b", "a..b"] {
            assert_eq!(danger(good), None, "{good:?}");
        }
        assert!(oddity("a/con.txt").is_some() && oddity("a/b").is_none());
    }

    proptest! {
        #[test]
        fn every_name_becomes_a_safe_one(original in any::<String>()) {
            let part = safe_part(&original);
            prop_assert!(is_safe(&part), "{part:?}");
            prop_assert_eq!(danger(&part), None);
        }
    }
}
