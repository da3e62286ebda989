//! The forms in which a log may hold a phrase.

use std::fmt::Write as _;

/// One form of a phrase, ASCII letters in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) bytes: Vec<u8>,
    /// Whether it is in UTF-16.
    pub(super) utf16: bool,
}

/// All forms of `phrase`, each once.
pub(super) fn forms(phrase: &str) -> Vec<Form> {
    let mut texts = vec![phrase.to_owned()];
    let once = escapes(phrase);
    for text in &once {
        texts.extend(escapes(text));
    }
    texts.extend(once);
    // A CSV field doubles its quotes, whatever it holds.
    let doubled: Vec<String> = texts.iter().map(|text| text.replace('"', "\"\"")).collect();
    texts.extend(doubled);
    let mut forms = Vec::new();
    for text in &texts {
        add(&mut forms, text.clone().into_bytes(), false);
    }
    for text in &texts {
        add(
            &mut forms,
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            true,
        );
        add(
            &mut forms,
            text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            true,
        );
    }
    // Where a form begins with another, the other is found there anyway: no place is told twice.
    let begins = |form: &Form| {
        forms
            .iter()
            .any(|other| other != form && form.bytes.starts_with(&other.bytes))
    };
    forms.iter().filter(|form| !begins(form)).cloned().collect()
}

fn add(forms: &mut Vec<Form>, mut bytes: Vec<u8>, utf16: bool) {
    bytes.make_ascii_lowercase();
    if !forms.iter().any(|form| form.bytes == bytes) {
        forms.push(Form { bytes, utf16 });
    }
}

/// How writers of JSON write `text` inside a string: as little escaped as they must; all in
/// ASCII; `/` escaped too; `<`, `>` and `&` escaped too.
fn escapes(text: &str) -> Vec<String> {
    let mut out = vec![escape(text, |_| false)];
    let mut more = |escaped: String| {
        if !out.contains(&escaped) {
            out.push(escaped);
        }
    };
    more(escape(text, |char| !char.is_ascii()));
    more(escape(text, |char| matches!(char, '<' | '>' | '&')));
    more(escape(text, |char| {
        matches!(char, '<' | '>' | '&' | '\'' | '+') || !char.is_ascii()
    }));
    more(escape(text, |_| false).replace('/', "\\/"));
    more(escape(text, |char| !char.is_ascii()).replace('/', "\\/"));
    out
}

/// Escapes what JSON must, and as `\uXXXX` what `also` says.
fn escape(text: &str, also: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            char if char < ' ' || also(char) => {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrow(phrase: &str) -> Vec<String> {
        let narrow = forms(phrase).into_iter().filter(|form| !form.utf16);
        narrow
            .map(|form| String::from_utf8(form.bytes).unwrap())
            .collect()
    }

    #[test]
    fn a_word_has_one_form_besides_utf16() {
        assert_eq!(narrow("AKIA0123"), ["akia0123"]);
        assert_eq!(forms("AKIA0123").len(), 3);
    }

    #[test]
    fn quotes_slashes_and_other_letters_have_their_forms() {
        let quoted = narrow("\"a\":1");
        for form in [
            "\"a\":1",
            "\\\"a\\\":1",
            "\\\\\\\"a\\\\\\\":1",
            "\"\"a\"\":1",
            "\\\"\"a\\\"\":1",
        ] {
            assert!(quoted.iter().any(|one| one == form), "{form} in {quoted:?}");
        }
        assert!(narrow("a/b").contains(&"a\\/b".to_owned()));
        assert!(narrow("Größe").contains(&"gr\\u00f6\\u00dfe".to_owned()));
        assert!(narrow("😀").contains(&"\\ud83d\\ude00".to_owned()));
        assert!(narrow("a&b").contains(&"a\\u0026b".to_owned()));
    }
}
