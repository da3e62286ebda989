//! Writing the one text of a value.

use super::{DEPTH, EXACT, Value};
use std::io::Write as _;
use vestige_model::canonical::push_string;

/// Why a value cannot be written in the profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotInProfile {
    /// An object key that is not printable ASCII.
    #[error("key {0:?}: expected printable ASCII")]
    Key(String),
    /// An integer beyond 2^53 - 1.
    #[error(
        "integer {0}: expected at most 9007199254740991 in magnitude; greater ones are strings"
    )]
    Integer(i64),
    /// More than [`DEPTH`] arrays and objects inside each other.
    #[error("expected at most {DEPTH} arrays and objects inside each other")]
    Depth,
}

pub(super) fn printable(key: &str) -> bool {
    key.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
}

pub(super) fn value(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), NotInProfile> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(number) if number.unsigned_abs() > EXACT => {
            return Err(NotInProfile::Integer(*number));
        }
        // Writing to a vector cannot fail.
        Value::Int(number) => _ = write!(out, "{number}"),
        Value::Text(text) => push_string(out, text),
        Value::List(_) | Value::Map(_) if depth == DEPTH => return Err(NotInProfile::Depth),
        Value::List(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                comma(out, at);
                self::value(out, item, depth + 1)?;
            }
            out.push(b']');
        }
        Value::Map(members) => {
            out.push(b'{');
            for (at, (key, member)) in members.iter().enumerate() {
                if !printable(key) {
                    return Err(NotInProfile::Key(key.clone()));
                }
                comma(out, at);
                push_string(out, key);
                out.push(b':');
                self::value(out, member, depth + 1)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn comma(out: &mut Vec<u8>, at: usize) {
    if at > 0 {
        out.push(b',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_and_strings_escaped_as_rfc_8785_says() {
        let value = Value::object([
            (
                "b",
                Value::from("Ü\u{2028}\u{7f}\u{1f}\"\\/\t\n\r\u{8}\u{c}"),
            ),
            (
                "a",
                Value::List(vec![Value::Null, true.into(), 7_u32.into()]),
            ),
        ]);
        assert_eq!(
            String::from_utf8(value.to_bytes().unwrap()).unwrap(),
            "{\"a\":[null,true,7],\"b\":\"Ü\u{2028}\u{7f}\\u001f\\\"\\\\/\\t\\n\\r\\b\\f\"}"
        );
    }

    #[test]
    fn what_is_outside_the_profile_is_refused() {
        let key = Value::object([("é", Value::Null)]);
        assert_eq!(key.to_bytes(), Err(NotInProfile::Key("é".into())));
        assert_eq!(
            Value::Int(1 << 53).to_bytes(),
            Err(NotInProfile::Integer(1 << 53))
        );
        let nested = |depth| (0..depth).fold(Value::Null, |inner, _| Value::List(vec![inner]));
        assert!(nested(DEPTH).to_bytes().is_ok());
        assert_eq!(nested(DEPTH + 1).to_bytes(), Err(NotInProfile::Depth));
    }
}
