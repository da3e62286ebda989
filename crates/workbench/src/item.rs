//! How evidence items are called: `EV-0001`.

use crate::error::WorkError;

/// The name of an item's number.
#[must_use]
pub fn name(id: i64) -> String {
    format!("EV-{id:04}")
}

/// The number of an item's name; the bare number is understood too.
///
/// # Errors
/// [`WorkError::Usage`] for any other text.
pub fn parse(text: &str) -> Result<i64, WorkError> {
    let digits = match text.get(..3) {
        Some(head) if head.eq_ignore_ascii_case("EV-") => text.get(3..).unwrap_or_default(),
        _ => text,
    };
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.parse() {
        Ok(id) if plain && id > 0 => Ok(id),
        _ => Err(WorkError::usage(
            "evidence item",
            "an id such as EV-0001",
            format!("{text:?}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_go_both_ways() {
        assert_eq!(name(7), "EV-0007");
        for text in ["EV-0007", "ev-7", "7"] {
            assert_eq!(parse(text).unwrap(), 7);
        }
        for text in [
            "",
            "EV-",
            "EV-0",
            "+7",
            "EV-1x",
            "EV-99999999999999999999",
            "Ä1",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
