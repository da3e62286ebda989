//! Names from evidence are data: shown with everything dangerous made visible, never a path.

use std::fmt::Write as _;

/// Greatest length of one part of a name, in bytes; beyond it is cut for display.
pub const PART: usize = 255;
/// Greatest length of a whole name, in bytes; beyond it is cut for display.
pub const WHOLE: usize = 1024;

/// Words that Windows takes for devices, with or without an ending.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A name as it may be shown: bytes that are not UTF-8 as `\xNN`, controls, direction marks and
/// invisible characters as `\u{NN}`, and overlong parts cut with an ellipsis.
pub fn shown(name: &[u8]) -> String {
    let mut out = String::with_capacity(name.len().min(WHOLE));
    for (index, part) in name.split(|byte| *byte == b'/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        push_part(&mut out, part);
        if out.len() > WHOLE {
            cut(&mut out, WHOLE);
            break;
        }
    }
    out
}

fn push_part(out: &mut String, part: &[u8]) {
    let start = out.len();
    for chunk in part.utf8_chunks() {
        for char in chunk.valid().chars() {
            if hidden(char) {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(char));
            } else {
                out.push(char);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
        if out.len() - start > PART {
            return cut(out, start + PART);
        }
    }
}

/// Cuts to at most `limit` bytes, the ellipsis included.
fn cut(out: &mut String, limit: usize) {
    let mut end = limit - '…'.len_utf8();
    while !out.is_char_boundary(end) {
        end -= 1;
    }
    out.truncate(end);
    out.push('…');
}

/// Characters that could steer a terminal or turn the reading direction (C0, C1, bidirectional
/// controls, zero-width characters, line separators, the byte order mark).
fn hidden(char: char) -> bool {
    char.is_control()
        || matches!(u32::from(char), 0x061C | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F
            | 0xFEFF | 0xFFF9..=0xFFFB | 0xE0000..=0xE007F)
}

/// What makes a name unfit as a path on some system; empty for a harmless one.
///
/// The content of such a member is read all the same.
pub fn faults(name: &[u8]) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut note = |is: bool, what| {
        if is && !found.contains(&what) {
            found.push(what);
        }
    };
    let parts = || name.split(|byte| matches!(byte, b'/' | b'\\'));
    note(name.is_empty(), "is empty");
    note(name.contains(&0), "holds NUL");
    note(parts().any(|part| part == b".."), "has a part '..'");
    note(drive(name), "begins with a drive");
    note(unc(name), "is a UNC path");
    note(
        !unc(name) && matches!(name.first(), Some(b'/' | b'\\')),
        "is absolute",
    );
    note(name.contains(&b'\\'), "holds a backslash");
    note(
        !drive(name) && name.contains(&b':'),
        "holds ':' (an alternate data stream on Windows)",
    );
    note(
        parts().any(reserved),
        "has a part that is a device word on Windows",
    );
    note(
        parts().any(trailing),
        "has a part that ends in a dot or blank",
    );
    note(
        parts().any(|part| part.len() > PART),
        "has a part longer than 255 bytes",
    );
    note(name.len() > WHOLE, "is longer than 1,024 bytes");
    match std::str::from_utf8(name) {
        Ok(text) => {
            note(
                text.chars().any(|c| c.is_control() && c != '\0'),
                "holds control characters",
            );
            note(
                text.chars().any(|c| hidden(c) && !c.is_control()),
                "holds invisible or direction-changing characters",
            );
        }
        Err(_) => note(true, "is not UTF-8"),
    }
    found
}

fn drive(name: &[u8]) -> bool {
    matches!(name, [letter, b':', ..] if letter.is_ascii_alphabetic())
}

fn unc(name: &[u8]) -> bool {
    name.starts_with(b"\\\\") || name.starts_with(b"//")
}

fn reserved(part: &[u8]) -> bool {
    let stem = part
        .split(|byte| matches!(byte, b'.' | b':'))
        .next()
        .unwrap_or_default();
    let stem = stem.trim_ascii_end();
    let word = |word: &str| stem.eq_ignore_ascii_case(word.as_bytes());
    let port = |prefix: &str| {
        stem.get(..3)
            .is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()))
            && matches!(&stem[3..], [b'0'..=b'9'] | [0xC2, 0xB9 | 0xB2 | 0xB3])
    };
    RESERVED.into_iter().any(word)
        || word("conin$")
        || word("conout$")
        || port("com")
        || port("lpt")
}

fn trailing(part: &[u8]) -> bool {
    part != b"." && part != b".." && matches!(part.last(), Some(b'.' | b' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Sixty names and whether each is flagged.
    const TABLE: [(&[u8], bool); 60] = [
        (b"a.json", false),
        (b"a/b/c.json.gz", false),
        (
            b"AWSLogs/111111111111/CloudTrail/eu-west-1/2026/11/01/x.json.gz",
            false,
        ),
        (b"name with blanks.csv", false),
        ("Übersicht–März.json".as_bytes(), false),
        ("日本語.json".as_bytes(), false),
        (b".hidden", false),
        (b"./a", false),
        (b"a/./b", false),
        (b"...hidden", false),
        (b"console.log", false),
        (b"auxiliary.txt", false),
        (b"com10", false),
        (b"lpt", false),
        (b"nullable", false),
        (b"a!b", false),
        (b"%2e%2e/a", false),
        (b"-rf", false),
        (b"$(reboot)", false),
        (b"<script>alert(1)</script>", false),
        (b"", true),
        (b"..", true),
        (b"../a", true),
        (b"a/../../b", true),
        (b"a/..", true),
        (b"..\\a", true),
        (b"a\\..\\b", true),
        (b"/etc/passwd", true),
        (b"/", true),
        (b"\\windows\\system32", true),
        (b"//server/share/a", true),
        (b"\\\\server\\share\\a", true),
        (b"\\\\?\\C:\\a", true),
        (b"\\\\.\\PhysicalDrive0", true),
        (b"C:\\a", true),
        (b"c:/a", true),
        (b"C:a", true),
        (b"a\\b", true),
        (b"a\0.json", true),
        (b"a\nb", true),
        (b"a\x1b[2Jb", true),
        (b"a\x7f", true),
        ("a\u{85}b".as_bytes(), true),
        ("invoice\u{202e}gpj.exe".as_bytes(), true),
        ("a\u{200b}b".as_bytes(), true),
        ("a\u{2066}b".as_bytes(), true),
        ("\u{feff}a".as_bytes(), true),
        (b"file.txt:stream", true),
        (b"file.txt::$DATA", true),
        (b"CON", true),
        (b"con.json", true),
        (b"a/NUL/b", true),
        (b"Aux.tar.gz", true),
        (b"COM1", true),
        (b"lpt9.txt", true),
        ("com\u{b9}".as_bytes(), true),
        (b"CONIN$", true),
        (b"a.", true),
        (b"a /b", true),
        (b"\xff\xfe\xc0\xaf", true),
    ];

    #[test]
    fn sixty_names() {
        for (name, flagged) in TABLE {
            assert_eq!(
                !faults(name).is_empty(),
                flagged,
                "{} {:?}",
                shown(name),
                faults(name)
            );
        }
    }

    #[test]
    fn overlong_names_are_flagged_and_cut() {
        let part = vec![b'a'; 300];
        assert!(faults(&part).contains(&"has a part longer than 255 bytes"));
        assert_eq!(shown(&part).len(), PART);
        let whole = b"0123456789/".repeat(200);
        assert!(faults(&whole).contains(&"is longer than 1,024 bytes"));
        assert!(shown(&whole).len() <= WHOLE && shown(&whole).ends_with('…'));
    }

    #[test]
    fn dangerous_characters_become_visible() {
        assert_eq!(shown(b"a\xffb"), "a\\xffb");
        assert_eq!(shown(b"a\x1b[2J"), "a\\u{1b}[2J");
        assert_eq!(shown("x\u{202e}y".as_bytes()), "x\\u{202e}y");
    }

    proptest! {
        #[test]
        fn what_is_shown_is_short_and_harmless(name in proptest::collection::vec(any::<u8>(), 0..3000)) {
            let text = shown(&name);
            prop_assert!(text.len() <= WHOLE);
            prop_assert!(!text.chars().any(hidden));
        }
    }
}
