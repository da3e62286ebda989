//! Times in seconds since 1970, UTC, and the ways AWS writes them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The moment that an RFC 3339 text of ours names.
///
/// # Panics
/// Where the text is no time: the texts are constants of this program.
pub fn at(text: &str) -> i64 {
    match text.parse::<Timestamp>() {
        Ok(moment) => moment.as_second(),
        Err(error) => panic!("{text}: {error}"),
    }
}

/// As in `eventTime`: `2026-09-15T02:52:07Z`.
pub fn rfc3339(seconds: i64) -> String {
    let (year, month, day, rest) = parts(seconds);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// As in the names of log files: `20260915T0252Z`.
pub fn to_minute(seconds: i64) -> String {
    let (year, month, day, rest) = parts(seconds);
    format!(
        "{year:04}{month:02}{day:02}T{:02}{:02}Z",
        rest / 3600,
        rest / 60 % 60
    )
}

/// As in the names of digest files: `20260915T025207Z`.
pub fn to_second(seconds: i64) -> String {
    let (year, month, day, rest) = parts(seconds);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// As in object keys: `2026/09/15`.
pub fn folder(seconds: i64) -> String {
    let (year, month, day, _) = parts(seconds);
    format!("{year:04}/{month:02}/{day:02}")
}

/// Year, month, day and second of the day.
fn parts(seconds: i64) -> (i16, i8, i8, i64) {
    let moment = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    let date = TimeZone::UTC.to_datetime(moment).date();
    (
        date.year(),
        date.month(),
        date.day(),
        seconds.rem_euclid(86_400),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_names_the_same_moment() {
        let moment = at("2026-09-15T02:52:07Z");
        assert_eq!(rfc3339(moment), "2026-09-15T02:52:07Z");
        assert_eq!(to_minute(moment), "20260915T0252Z");
        assert_eq!(to_second(moment), "20260915T025207Z");
        assert_eq!(folder(moment), "2026/09/15");
    }
}
