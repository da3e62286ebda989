//! The scanner against serde_json: same documents accepted, same values read, apart from the
//! tolerances that `Quality` names.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value};
use vestige_formats::json::scanner::Value as Read;
use vestige_formats::json::{Fault, Scanner};
use vestige_model::Quality;

/// Reads a whole document into a value of the other library.
fn ours(bytes: &[u8]) -> Result<(Value, Quality), Fault> {
    let mut scanner = Scanner::new(bytes, 0);
    let value = build(&mut scanner)?;
    if scanner.next().is_some() {
        // Two documents; the other library reads one.
        let at = scanner.at();
        return Err(Fault {
            at,
            expected: vestige_formats::json::Expected::Value,
            ended: false,
        });
    }
    Ok((value, scanner.quality))
}

fn build(scanner: &mut Scanner<'_>) -> Result<Value, Fault> {
    match scanner.next() {
        Some(b'{') => {
            let mut map = Map::new();
            scanner.object(|scanner, key| {
                let name = String::from_utf8_lossy(key).into_owned();
                let value = build(scanner)?;
                map.insert(name, value);
                Ok(())
            })?;
            Ok(Value::Object(map))
        }
        Some(b'[') => {
            let mut list = Vec::new();
            scanner.array(|scanner| {
                list.push(build(scanner)?);
                Ok(())
            })?;
            Ok(Value::Array(list))
        }
        _ => Ok(match scanner.value()? {
            Read::String(text) => Value::String(text.text().into_owned()),
            Read::Number(raw) => {
                serde_json::from_slice(raw).expect("a number the other library reads")
            }
            Read::Bool(value) => Value::Bool(value),
            Read::Null | Read::Object(_) | Read::Array(_) => Value::Null,
        }),
    }
}

fn same(bytes: &[u8]) -> Result<(), TestCaseError> {
    let shown = String::from_utf8_lossy(bytes);
    let theirs = serde_json::from_slice::<Value>(bytes);
    // Passing over a value must judge it as reading it does.
    let mut scanner = Scanner::new(bytes, 0);
    let passed = scanner.skip().is_ok() && scanner.next().is_none();
    match (ours(bytes), theirs) {
        (Ok((value, quality)), Ok(other)) => {
            prop_assert!(passed, "skip refuses {shown}");
            prop_assert_eq!(
                quality.with(Quality::BIG_NUMBER),
                Quality::BIG_NUMBER,
                "{}",
                shown
            );
            prop_assert_eq!(value, other, "{}", shown);
        }
        (Err(_), Err(_)) => prop_assert!(!passed, "skip accepts {shown}"),
        (Ok((_, quality)), Err(error)) => {
            prop_assert!(passed, "skip refuses {shown}");
            let tolerated = [
                Quality::CONTROL_CHARACTERS,
                Quality::INVALID_UTF8,
                Quality::LONE_SURROGATE,
            ];
            prop_assert!(
                tolerated.into_iter().any(|flag| quality.has(flag)),
                "{shown}: {error}"
            );
        }
        (Err(fault), Ok(_)) => {
            return Err(TestCaseError::fail(format!("refused {shown}: {fault:?}")));
        }
    }
    Ok(())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ -~é\u{1F600}\n\"\\\\]{0,20}".prop_map(Value::String),
        any::<String>().prop_map(Value::String),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            proptest::collection::vec(("[a-c\"é]{0,3}", inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents(value in value(), pretty: bool) {
        let bytes = if pretty { serde_json::to_vec_pretty(&value) } else { serde_json::to_vec(&value) };
        same(&bytes.expect("values can be written"))?;
    }

    #[test]
    fn changed_documents(value in value(), changes in proptest::collection::vec((any::<Index>(), any::<Option<u8>>()), 1..4)) {
        let mut bytes = serde_json::to_vec(&value).expect("values can be written");
        for (at, new) in changes {
            let at = at.index(bytes.len().max(1));
            match new {
                Some(byte) => bytes.insert(at.min(bytes.len()), byte),
                None if at < bytes.len() => drop(bytes.remove(at)),
                None => {}
            }
        }
        same(&bytes)?;
    }

    #[test]
    fn json_like_text(text in "[\\[\\]{},:\"\\\\ntrufalse0-9eE+\\-. \t\r\n]{0,24}") {
        same(text.as_bytes())?;
    }

    #[test]
    fn escapes(text in "\"(\\\\[\"\\\\/bfnrtux]|\\\\u[0-9a-fA-FdD]{4}|\\\\ud[89abcdef][0-9]{2}|[a-z]){0,12}\"") {
        same(text.as_bytes())?;
    }

    #[test]
    fn numbers(text in "-?[0-9]{0,25}(\\.[0-9]{0,5})?([eE][+-]?[0-9]{0,4})?") {
        same(text.as_bytes())?;
    }
}

#[test]
fn nesting_has_a_limit_and_needs_no_stack() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(Scanner::new(nested(128).as_bytes(), 0).skip().is_ok());
    assert!(Scanner::new(nested(129).as_bytes(), 0).skip().is_err());
    assert!(
        Scanner::new("[{\"a\":".repeat(1_000_000).as_bytes(), 0)
            .skip()
            .is_err()
    );
}
