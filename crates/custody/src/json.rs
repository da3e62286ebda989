//! The canonical JSON of the chain: RFC 8785 restricted to a profile that Python's standard
//! library writes exactly.
//!
//! Objects with printable-ASCII keys in byte order and without duplicates, arrays, strings as they
//! are, `true`, `false`, `null`, and integers up to 2^53 - 1 in magnitude. No floats, no blanks,
//! no byte-order mark, at most [`DEPTH`] arrays and objects inside each other. There is exactly
//! one text for a value, so a text that reads is the text that would be written.

mod read;
mod write;

use std::collections::BTreeMap;

pub use read::{NotCanonical, parse};
pub use write::NotInProfile;

/// Greatest magnitude of an integer: 2^53 - 1.
pub const EXACT: u64 = (1 << 53) - 1;

/// How many arrays and objects may stand inside each other.
pub const DEPTH: usize = 128;

/// The members of an object in the order in which they are written.
pub type Map = BTreeMap<String, Value>;

/// A JSON value of the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer of at most [`EXACT`] in magnitude.
    Int(i64),
    /// A string, neither normalised nor changed.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// An object.
    Map(Map),
}

impl Value {
    /// The member of an object.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }

    /// The string, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// The integer, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        if let Value::Int(number) = self {
            Some(*number)
        } else {
            None
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Bool(yes) = self {
            Some(*yes)
        } else {
            None
        }
    }

    /// The elements, if it is an array.
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Value::List(list) = self {
            Some(list)
        } else {
            None
        }
    }

    /// The members, if it is an object.
    pub fn as_map(&self) -> Option<&Map> {
        if let Value::Map(map) = self {
            Some(map)
        } else {
            None
        }
    }

    /// An object of the given members.
    pub fn object<K: Into<String>, V: Into<Value>>(
        members: impl IntoIterator<Item = (K, V)>,
    ) -> Value {
        Value::Map(
            members
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }

    /// The canonical bytes.
    ///
    /// # Errors
    /// Where the value is outside the profile: a key, an integer, the depth.
    pub fn to_bytes(&self) -> Result<Vec<u8>, NotInProfile> {
        let mut out = Vec::with_capacity(512);
        write::value(&mut out, self, 0)?;
        Ok(out)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Value {
        Value::Bool(yes)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

/// Greater integers than [`EXACT`] become strings, as the profile asks.
impl From<i64> for Value {
    fn from(number: i64) -> Value {
        if number.unsigned_abs() > EXACT {
            Value::Text(number.to_string())
        } else {
            Value::Int(number)
        }
    }
}

/// Greater integers than [`EXACT`] become strings, as the profile asks.
impl From<u64> for Value {
    fn from(number: u64) -> Value {
        i64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::from)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Value {
        Value::Int(number.into())
    }
}

impl From<Vec<Value>> for Value {
    fn from(list: Vec<Value>) -> Value {
        Value::List(list)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Value {
        Value::Map(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (-(EXACT as i64)..=EXACT as i64).prop_map(Value::Int),
            any::<String>().prop_map(Value::Text),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
                prop::collection::btree_map("[ -~]{0,6}", inner, 0..6).prop_map(Value::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_reads_back(value in any_value()) {
            let bytes = value.to_bytes().unwrap();
            prop_assert_eq!(parse(&bytes), Ok(value.clone()));
            let other: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(other.is_object(), value.as_map().is_some());
        }

        #[test]
        fn what_reads_is_what_would_be_written(value in any_value(), at: prop::sample::Index, byte: u8) {
            let mut bytes = value.to_bytes().unwrap();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(read) = parse(&bytes) {
                prop_assert_eq!(read.to_bytes().unwrap(), bytes);
            }
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = parse(&bytes);
        }
    }

    #[test]
    fn great_integers_become_strings() {
        assert_eq!(Value::from(EXACT), Value::Int(9_007_199_254_740_991));
        assert_eq!(Value::from(EXACT + 1), Value::from("9007199254740992"));
        assert_eq!(Value::from(u64::MAX), Value::from("18446744073709551615"));
        assert_eq!(Value::from(i64::MIN), Value::from("-9223372036854775808"));
    }
}
