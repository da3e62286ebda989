//! Times as a query states them: an instant or a calendar unit, which means all of it.

use jiff::civil::{Date, date};

const SECOND: i128 = 1_000_000_000;
const MINUTE: i128 = 60 * SECOND;
const HOUR: i128 = 60 * MINUTE;
const DAY: i128 = 24 * HOUR;

/// A stretch of time in UTC nanoseconds, both ends included; empty where `first > last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// First nanosecond.
    pub first: i64,
    /// Last nanosecond.
    pub last: i64,
}

impl Stretch {
    /// All of time.
    pub const ALL: Stretch = Stretch {
        first: i64::MIN,
        last: i64::MAX,
    };
    /// No time at all.
    pub const NONE: Stretch = Stretch {
        first: i64::MAX,
        last: i64::MIN,
    };

    /// What both have in common.
    #[must_use]
    pub fn and(self, other: Stretch) -> Stretch {
        Stretch {
            first: self.first.max(other.first),
            last: self.last.min(other.last),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(self) -> bool {
        self.first > self.last
    }

    /// From the first of these nanoseconds to the last, cut to what 64 bits hold.
    pub(crate) fn of(first: i128, last: i128) -> Stretch {
        let (least, most) = (i128::from(i64::MIN), i128::from(i64::MAX));
        if first > last || first > most || last < least {
            return Stretch::NONE;
        }
        // Clamped, so the conversion keeps the value.
        Stretch {
            first: first.max(least) as i64,
            last: last.min(most) as i64,
        }
    }
}

/// First and last nanosecond of the time a text states, unclamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stated {
    pub first: i128,
    pub last: i128,
}

/// The forms that are read, for hints.
pub(crate) const FORMS: &str =
    "write 2026-11-01 for a day, 2026-11-01T10 for an hour, or 2026-11-01T10:22:05Z";

/// Reads a year, month, day, hour, minute, second or a fraction of one; UTC where no offset is
/// given. The result covers the unit whole: a date means its whole UTC day.
pub fn stretch(text: &str) -> Option<Stretch> {
    stated(text).map(|stated| Stretch::of(stated.first, stated.last))
}

pub(crate) fn stated(text: &str) -> Option<Stated> {
    let (date, clock) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map(|part| digits(part, 2));
    let day = parts.next().map(|part| digits(part, 2));
    if parts.next().is_some() || clock.is_some() && day.is_none() {
        return None;
    }
    let (month, day) = (
        month.map_or(Some(None), |m| m.map(Some))?,
        day.map_or(Some(None), |d| d.map(Some))?,
    );
    let date = Date::new(
        year as i16,
        month.unwrap_or(1) as i8,
        day.unwrap_or(1) as i8,
    )
    .ok()?;
    let begin = midnight(date);
    match clock {
        Some(clock) => with_clock(begin, clock),
        None => {
            let days = match (month, day) {
                (None, _) => date.days_in_year().into(),
                (_, None) => date.days_in_month().into(),
                _ => 1,
            };
            Some(Stated {
                first: begin,
                last: begin + days * DAY - 1,
            })
        }
    }
}

fn midnight(day: Date) -> i128 {
    day.duration_since(date(1970, 1, 1)).as_nanos()
}

fn with_clock(midnight: i128, clock: &str) -> Option<Stated> {
    let (clock, offset) = split_offset(clock)?;
    let (whole, fraction) = match clock.split_once(['.', ',']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (clock, None),
    };
    let parts: Vec<i32> = whole
        .split(':')
        .map(|part| digits(part, 2))
        .collect::<Option<_>>()?;
    let most = [23, 59, 59];
    if parts.len() > most.len() || parts.iter().zip(most).any(|(part, most)| *part > most) {
        return None;
    }
    let units = [HOUR, MINUTE, SECOND];
    let mut unit = units[parts.len() - 1];
    let mut first: i128 = midnight - offset
        + parts
            .iter()
            .zip(units)
            .map(|(part, unit)| i128::from(*part) * unit)
            .sum::<i128>();
    if let Some(fraction) = fraction {
        if parts.len() != most.len() {
            return None;
        }
        let (ns, smaller) = read_fraction(fraction)?;
        first += ns;
        unit = smaller;
    }
    Some(Stated {
        first,
        last: first + unit - 1,
    })
}

/// Nanoseconds of a fraction and of its last digit's unit.
fn read_fraction(text: &str) -> Option<(i128, i128)> {
    let given = u32::try_from(text.len())
        .ok()
        .filter(|given| (1..=9).contains(given))?;
    let value = i128::from(digits(text, text.len())?);
    let unit = 10_i128.pow(9 - given);
    Some((value * unit, unit))
}

/// The clock without its offset, and the offset. An offset needs hours and minutes before it.
fn split_offset(clock: &str) -> Option<(&str, i128)> {
    if let Some(clock) = clock.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let Some(at) = clock.rfind(['+', '-']) else {
        return Some((clock, 0));
    };
    let sign = if clock[at..].starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = clock[at + 1..].split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    if hours > 23 || minutes > 59 || !clock[..at].contains(':') {
        return None;
    }
    Some((
        &clock[..at],
        sign * (i128::from(hours) * HOUR + i128::from(minutes) * MINUTE),
    ))
}

fn digits(text: &str, length: usize) -> Option<i32> {
    let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use vestige_model::time::{format, parse};

    fn ends(text: &str) -> Option<(String, String)> {
        stretch(text).map(|stretch| (format(stretch.first), format(stretch.last)))
    }

    #[test]
    fn a_unit_means_all_of_it() {
        for (text, first, last) in [
            (
                "2026",
                "2026-01-01T00:00:00Z",
                "2026-12-31T23:59:59.999999999Z",
            ),
            (
                "2024-02",
                "2024-02-01T00:00:00Z",
                "2024-02-29T23:59:59.999999999Z",
            ),
            (
                "2026-11-01",
                "2026-11-01T00:00:00Z",
                "2026-11-01T23:59:59.999999999Z",
            ),
            (
                "2026-11-01T10",
                "2026-11-01T10:00:00Z",
                "2026-11-01T10:59:59.999999999Z",
            ),
            (
                "2026-11-01 10:22",
                "2026-11-01T10:22:00Z",
                "2026-11-01T10:22:59.999999999Z",
            ),
            (
                "2026-11-01T10:22:05Z",
                "2026-11-01T10:22:05Z",
                "2026-11-01T10:22:05.999999999Z",
            ),
            (
                "2026-11-01T10:22:05.25Z",
                "2026-11-01T10:22:05.250Z",
                "2026-11-01T10:22:05.259999999Z",
            ),
            (
                "2026-11-01T10:22:05+02:00",
                "2026-11-01T08:22:05Z",
                "2026-11-01T08:22:05.999999999Z",
            ),
            (
                "1969-12-31T23:59:59",
                "1969-12-31T23:59:59Z",
                "1969-12-31T23:59:59.999999999Z",
            ),
        ] {
            assert_eq!(
                ends(text),
                Some((first.to_owned(), last.to_owned())),
                "{text}"
            );
        }
        assert_eq!(stretch("9999-12-31"), Some(Stretch::NONE));
        assert_eq!(stretch("0000"), Some(Stretch::NONE));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "yesterday",
            "26-11-01",
            "2026-13",
            "2026-02-30",
            "2026-11-01T24",
            "2026-11-01T",
            "2026-11T10",
            "2026-11-01T10:22.5",
            "2026-11-01T10+02:00",
            "2026-11-01T10:22:05+2",
            "2026-11-01-01",
            "2026-",
            "+026",
            "2026-11-01T10:22:05.Z",
            "2026-11-01T10:22:05.1234567890",
        ] {
            assert_eq!(stretch(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_instant_lies_in_its_own_text(ns: i64) {
            let text = format(ns);
            let stretch = stretch(&text).unwrap();
            prop_assert!(stretch.first <= ns && ns <= stretch.last);
            prop_assert_eq!(parse(&text).ns, Some(ns));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = stretch(&text);
        }
    }
}
