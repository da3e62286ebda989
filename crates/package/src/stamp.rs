//! The time of an export, as names and zip entries hold it.

use vestige_model::time::format_millis;

/// `YYYYMMDDThhmmssZ` of a time in UTC nanoseconds.
#[must_use]
pub fn stamp(ns: i64) -> String {
    let text = format_millis(ns);
    let digits: String = text
        .split('.')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|one| !matches!(one, '-' | ':'))
        .collect();
    format!("{digits}Z")
}

/// Time and date as a zip holds them: UTC, seconds even. What lies outside 1980 to 2107 is the
/// beginning of 1980.
pub(crate) fn dos(ns: i64) -> (u16, u16) {
    let text = stamp(ns);
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
    let parts = || {
        let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
        let (hour, minute, second) = (number(9, 11)?, number(11, 13)?, number(13, 15)?);
        let year = year.checked_sub(1980).filter(|year| *year < 128)?;
        let date = (year << 9) | (month << 5) | day;
        Some(((hour << 11) | (minute << 5) | (second / 2), date))
    };
    parts().unwrap_or((0, (1 << 5) | 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_to_the_second_in_utc() {
        let ns = 1_795_514_401_999_999_999;
        assert_eq!(stamp(ns), "20261124T100001Z");
        let (time, date) = dos(ns);
        assert_eq!((time >> 11, (time >> 5) & 63, (time & 31) * 2), (10, 0, 0));
        assert_eq!(
            ((date >> 9) + 1980, (date >> 5) & 15, date & 31),
            (2026, 11, 24)
        );
        assert_eq!(dos(0), (0, 33));
        assert_eq!(dos(i64::MIN), (0, 33));
    }
}
