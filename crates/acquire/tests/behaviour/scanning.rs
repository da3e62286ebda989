//! Phrases in every form a log may hold them.

use vestige_acquire::scan::{Needles, PhraseError};

fn hits(phrases: &[&str], bytes: &[u8]) -> Vec<(usize, u64)> {
    let mut found = Vec::new();
    Needles::new(phrases)
        .unwrap()
        .scan(bytes, &mut |phrase, at| found.push((phrase, at)));
    found.sort_unstable();
    found
}

#[test]
fn letters_match_without_case() {
    assert_eq!(
        hits(&["AKIAEXAMPLE"], b"..akiaExample..AKIAEXAMPLE"),
        [(0, 2), (0, 15)]
    );
    assert_eq!(hits(&["aa"], b"aAaa"), [(0, 0), (0, 1), (0, 2)]);
    assert_eq!(hits(&["[x]"], b"{x}"), []);
}

#[test]
fn escaped_forms_match() {
    let phrase = "say \"hi\"/ö";
    let forms: [&[u8]; 6] = [
        "say \"hi\"/ö".as_bytes(),
        "say \\\"hi\\\"/ö".as_bytes(),
        b"say \\\"hi\\\"\\/\\u00F6",
        "say \\\\\\\"hi\\\\\\\"/ö".as_bytes(),
        "say \"\"hi\"\"/ö".as_bytes(),
        "say \\\"\"hi\\\"\"/ö".as_bytes(),
    ];
    for form in forms {
        let bytes = [b"xx", form, b"yy"].concat();
        assert_eq!(
            hits(&[phrase], &bytes),
            [(0, 2)],
            "{}",
            String::from_utf8_lossy(form)
        );
    }
}

#[test]
fn utf16_matches_in_both_orders() {
    for swap in [false, true] {
        let units = "xx Ünit AKIA".encode_utf16();
        let bytes: Vec<u8> = units
            .flat_map(|unit| {
                if swap {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect();
        assert!(hits(&["Ünit akia"], &bytes).contains(&(0, 6)));
    }
    let chinese: Vec<u8> = "一丁七".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(hits(&["丁七"], &chinese).contains(&(0, 2)));
}

#[test]
fn many_phrases_are_searched_at_once() {
    let phrases: Vec<String> = (0..500).map(|at| format!("needle-{at:04}")).collect();
    let text: String = phrases
        .iter()
        .rev()
        .map(|phrase| format!("{phrase} "))
        .collect();
    let mut found = Vec::new();
    Needles::new(&phrases)
        .unwrap()
        .scan(text.as_bytes(), &mut |phrase, at| found.push((phrase, at)));
    assert_eq!(found.len(), 500);
    assert!(
        found
            .iter()
            .all(|(phrase, at)| *at == (499 - *phrase as u64) * 12)
    );
}

#[test]
fn empty_and_overlong_phrases_are_refused() {
    assert_eq!(
        Needles::new(&["a", ""]).unwrap_err(),
        PhraseError::Empty { index: 1 }
    );
    assert!(matches!(
        Needles::new(&["x".repeat(5000)]),
        Err(PhraseError::Long { index: 0, .. })
    ));
}
