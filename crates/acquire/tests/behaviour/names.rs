//! Names in archives are data.

use crate::evidence::*;

#[test]
fn dangerous_names_are_flagged_and_their_content_read() {
    let names: [&[u8]; 8] = [
        b"../../etc/cron.d/x",
        b"/etc/passwd",
        b"C:\\Windows\\x",
        b"\\\\server\\share",
        b"a\0b",
        b"file:stream",
        b"NUL",
        b"bad\xff\x1b[2J",
    ];
    let entries: Vec<RawEntry> = names
        .iter()
        .map(|name| RawEntry::stored(name, name))
        .collect();
    let seen = walk(&raw_zip(&entries));
    assert_eq!(seen.members.len(), names.len());
    for (member, name) in seen.members.iter().zip(names) {
        assert_eq!(member.bytes, name);
        assert!(!member.name.contains(['\0', '\x1b']));
        assert!(
            seen.warnings
                .iter()
                .any(|(at, warning)| *at == member.name && warning.reason.starts_with("the name "))
        );
    }
    assert_eq!(seen.members[7].name, "bad\\xff\\u{1b}[2J");
}

#[test]
fn equal_names_are_told_apart_by_ordinal_and_flagged() {
    let names = ["a.json", "a.json", "A.JSON", "\u{e9}", "e\u{301}"];
    let entries: Vec<RawEntry> = names
        .iter()
        .enumerate()
        .map(|(at, name)| RawEntry::stored(name.as_bytes(), &[b'0' + at as u8]))
        .collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"x"[..])).collect();
    for seen in [walk(&raw_zip(&entries)), walk(&tar(&files))] {
        let paths: Vec<_> = seen.members.iter().map(|one| &*one.path).collect();
        assert_eq!(paths, ["0", "1", "2", "3", "4"]);
        let flagged: Vec<_> = seen.warnings.iter().map(|(at, _)| &**at).collect();
        assert_eq!(flagged, ["a.json", "A.JSON", "e\u{301}"]);
        seen.warned("earlier entry too");
        seen.warned("only in case or composition");
    }
}
