//! What a change says: what may be said, and how its custody entry says it.

use vestige_custody::{Entry, EntryLine, Value};
use vestige_store::annotation::{Mark, What};

use crate::error::WorkError;

/// Most characters of a tag.
pub const TAG: usize = 64;

/// Most characters of a comment or note.
pub const COMMENT: usize = 10_000;

/// The change in the form in which it is kept.
pub(super) fn checked(what: &What) -> Result<What, WorkError> {
    Ok(match what {
        What::Star(_) | What::Mark(_) => what.clone(),
        What::Tag { name, on } => What::Tag {
            name: tag(name)?,
            on: *on,
        },
        What::Comment { text } => What::Comment {
            text: prose("comment", COMMENT, text)?,
        },
    })
}

/// Tags are the same in any case, and one word, so that a query needs no quotes.
fn tag(name: &str) -> Result<String, WorkError> {
    let name = name.trim().to_lowercase();
    let allowed = |c: char| c.is_alphanumeric() || "-_.:/#@+".contains(c);
    let length = name.chars().count();
    if length == 0 || length > TAG || !name.chars().all(allowed) {
        return Err(WorkError::usage(
            "tag",
            format!("1 to {TAG} letters, digits and - _ . : / # @ +, without spaces"),
            format!("{name:?}"),
        ));
    }
    Ok(name)
}

/// Text of several lines, without control characters.
pub(super) fn prose(what: &'static str, most: usize, text: &str) -> Result<String, WorkError> {
    let text = text.replace("\r\n", "\n").trim().to_owned();
    let length = text.chars().count();
    let control = |c: char| c.is_control() && c != '\n' && c != '\t';
    let expected = || format!("1 to {most} characters, none of them a control character");
    if length == 0 || length > most {
        return Err(WorkError::usage(
            what,
            expected(),
            format!("{length} characters"),
        ));
    }
    match text.chars().find(|c| control(*c)) {
        Some(c) => Err(WorkError::usage(what, expected(), format!("{c:?}"))),
        None => Ok(text),
    }
}

/// The word for no mark.
const NO_MARK: &str = "none";

/// Says in an entry what a change does.
pub(super) fn state(entry: Entry, what: &What) -> Entry {
    match what {
        What::Star(on) => entry.detail("what", "star").detail("on", *on),
        What::Mark(mark) => entry
            .detail("what", "mark")
            .detail("mark", mark.map_or(NO_MARK, Mark::word)),
        What::Tag { name, on } => entry
            .detail("what", "tag")
            .detail("tag", name.as_str())
            .detail("on", *on),
        What::Comment { text } => entry
            .detail("what", "comment")
            .detail("comment", text.as_str()),
    }
}

/// Says in an entry that a change is taken back.
pub(super) fn state_undo(entry: Entry, seq: u64) -> Entry {
    entry.detail("what", "undo").detail("undone", seq)
}

/// What an entry says.
pub(crate) enum Said {
    /// A change.
    Change(What),
    /// That the change with this entry is taken back.
    Undo(u64),
}

/// What an entry says of a change; none where it says nothing that this program writes.
pub(crate) fn read(entry: &EntryLine) -> Option<Said> {
    let text = |key: &str| entry.detail_text(key);
    let on = || match entry.detail("on")? {
        Value::Bool(on) => Some(*on),
        _ => None,
    };
    Some(Said::Change(match text("what")? {
        "star" => What::Star(on()?),
        "mark" if text("mark")? == NO_MARK => What::Mark(None),
        "mark" => What::Mark(Some(Mark::from_word(text("mark")?)?)),
        "tag" => What::Tag {
            name: text("tag")?.to_owned(),
            on: on()?,
        },
        "comment" => What::Comment {
            text: text("comment")?.to_owned(),
        },
        "undo" => {
            let seq = entry.detail("undone").and_then(Value::as_int)?;
            return Some(Said::Undo(seq.unsigned_abs()));
        }
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(name: &str) -> Result<What, WorkError> {
        checked(&What::Tag {
            name: name.to_owned(),
            on: true,
        })
    }

    #[test]
    fn tags_are_one_word_in_lower_case() {
        let name = "exfil:s3/größe".to_owned();
        let kept = What::Tag { name, on: true };
        assert_eq!(
            tagged(" Exfil:S3/GRÖSSE ".replace("SS", "ß").as_str()).unwrap(),
            kept
        );
        for bad in [
            "",
            "  ",
            "two words",
            "a\nb",
            "a\u{202e}b",
            "\"x\"",
            "*",
            &"x".repeat(65),
        ] {
            let error = tagged(bad).unwrap_err();
            assert_eq!(error.code(), "usage", "{bad:?}");
            assert!(error.to_string().contains("1 to 64 letters"), "{error}");
        }
    }

    #[test]
    fn comments_keep_their_lines_and_nothing_that_controls() {
        let comment = |text: &str| {
            checked(&What::Comment {
                text: text.to_owned(),
            })
        };
        let text = "one\ntwo\tthree".to_owned();
        assert_eq!(
            comment("one\r\ntwo\tthree\n").unwrap(),
            What::Comment { text }
        );
        for bad in ["", " \n ", "a\u{1b}[2J", "a\0b", &"x".repeat(COMMENT + 1)] {
            assert_eq!(comment(bad).unwrap_err().code(), "usage", "{bad:?}");
        }
        assert!(comment(&"ß".repeat(COMMENT)).is_ok());
    }
}
