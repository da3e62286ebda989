//! Times as evidence states them: an instant in UTC nanoseconds, the original text, and what is
//! doubtful about it.

use std::fmt::Write as _;

/// What is doubtful about a time, as a set of bits. Names follow `no_zone`, `future` and their
/// like in exports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TimeFlags(pub u16);

impl TimeFlags {
    /// The text gave no zone; UTC was assumed.
    pub const NO_ZONE: TimeFlags = TimeFlags(1);
    /// Later than the moment of import by more than a day.
    pub const FUTURE: TimeFlags = TimeFlags(2);
    /// A leap second (`:60`), stored as the last nanosecond of the minute.
    pub const LEAP_60: TimeFlags = TimeFlags(4);
    /// More digits than nanoseconds hold; the rest is only in the original text.
    pub const PRECISION: TimeFlags = TimeFlags(8);
    /// A time was present and could not be read; the record is undated.
    pub const UNREADABLE: TimeFlags = TimeFlags(16);
    /// Outside what 64-bit nanoseconds hold (1677 to 2262); the record is undated.
    pub const OUT_OF_RANGE: TimeFlags = TimeFlags(32);
    /// The text departs from RFC 3339 in a way that left no doubt about the instant.
    pub const IRREGULAR: TimeFlags = TimeFlags(64);
    /// The time is the envelope's, not the record's own.
    pub const FROM_ENVELOPE: TimeFlags = TimeFlags(128);
    /// Before the service that wrote the record existed.
    pub const BEFORE_SERVICE_LAUNCH: TimeFlags = TimeFlags(256);

    const NAMES: [(TimeFlags, &'static str); 9] = [
        (Self::NO_ZONE, "no_zone"),
        (Self::FUTURE, "future"),
        (Self::LEAP_60, "leap_60"),
        (Self::PRECISION, "precision"),
        (Self::UNREADABLE, "unreadable"),
        (Self::OUT_OF_RANGE, "out_of_range"),
        (Self::IRREGULAR, "irregular"),
        (Self::FROM_ENVELOPE, "from_envelope"),
        (Self::BEFORE_SERVICE_LAUNCH, "before_service_launch"),
    ];

    /// Both sets together.
    #[must_use]
    pub fn with(self, other: TimeFlags) -> TimeFlags {
        TimeFlags(self.0 | other.0)
    }

    /// Whether every flag of `other` is set.
    pub fn has(self, other: TimeFlags) -> bool {
        self.0 & other.0 == other.0
    }

    /// The names of the flags that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .filter(move |(flag, _)| self.has(*flag))
            .map(|(_, name)| name)
    }
}

/// One time as read from evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// UTC nanoseconds since 1970, or none where no instant could be read.
    pub ns: Option<i64>,
    /// The offset the text stated, in minutes east of UTC.
    pub offset_minutes: Option<i16>,
    /// What is doubtful about it.
    pub flags: TimeFlags,
}

const NS: i128 = 1_000_000_000;

impl Reading {
    /// A reading of whole seconds since 1970.
    pub fn from_epoch_seconds(seconds: i64) -> Reading {
        Self::from_epoch_ns(i128::from(seconds) * NS)
    }

    /// A reading of milliseconds since 1970.
    pub fn from_epoch_millis(millis: i64) -> Reading {
        Self::from_epoch_ns(i128::from(millis) * 1_000_000)
    }

    fn from_epoch_ns(ns: i128) -> Reading {
        match i64::try_from(ns) {
            Ok(ns) => Reading {
                ns: Some(ns),
                ..Reading::default()
            },
            Err(_) => Reading {
                flags: TimeFlags::OUT_OF_RANGE,
                ..Reading::default()
            },
        }
    }

    fn unreadable() -> Reading {
        Reading {
            flags: TimeFlags::UNREADABLE,
            ..Reading::default()
        }
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
/// Howard Hinnant's `days_from_civil`.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
    let month = (if mp < 10 { mp + 3 } else { mp - 9 }) as u32;
    (yoe + era * 400 + i64::from(month <= 2), month, day)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn digits(&mut self, count: usize) -> Option<i64> {
        let part = self.text.get(self.at..self.at + count)?;
        let mut value = 0;
        for byte in part {
            value = value * 10 + i64::from(byte.checked_sub(b'0').filter(|d| *d < 10)?);
        }
        self.at += count;
        Some(value)
    }

    fn eat(&mut self, set: &[u8]) -> bool {
        let found = self
            .text
            .get(self.at)
            .is_some_and(|byte| set.contains(byte));
        self.at += usize::from(found);
        found
    }
}

/// Reads an RFC 3339 time and the departures from it that real evidence holds: a blank or a
/// doubled `T` between date and time, no zone, an offset without colon or without minutes,
/// 1 to any number of fractional digits, `:60`, no seconds.
///
/// A text that gives no instant yields a reading without one, flagged `unreadable`.
pub fn parse(text: &str) -> Reading {
    read(text.trim().as_bytes()).unwrap_or_else(Reading::unreadable)
}

fn read(text: &[u8]) -> Option<Reading> {
    let mut scan = Scan { text, at: 0 };
    let mut flags = TimeFlags::default();
    let year = scan.digits(4)?;
    scan.eat(b"-").then_some(())?;
    let month = scan.digits(2)?;
    scan.eat(b"-").then_some(())?;
    let day = scan.digits(2)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    if !scan.eat(b"T") {
        scan.eat(b"t ").then_some(())?;
        flags = flags.with(TimeFlags::IRREGULAR);
    }
    while scan.eat(b"T ") {
        flags = flags.with(TimeFlags::IRREGULAR);
    }
    let (seconds_of_day, sub_ns) = read_clock(&mut scan, &mut flags)?;
    let offset_minutes = read_offset(&mut scan, &mut flags)?;
    let days = days_from_civil(year, month, day);
    let seconds = days * 86_400 + seconds_of_day - i64::from(offset_minutes.unwrap_or(0)) * 60;
    let mut reading = Reading::from_epoch_ns(i128::from(seconds) * NS + i128::from(sub_ns));
    reading.flags = reading.flags.with(flags);
    reading.offset_minutes = offset_minutes;
    Some(reading)
}

fn read_clock(scan: &mut Scan<'_>, flags: &mut TimeFlags) -> Option<(i64, i64)> {
    let hour = scan.digits(2)?;
    scan.eat(b":").then_some(())?;
    let minute = scan.digits(2)?;
    if hour > 23 || minute > 59 {
        return None;
    }
    if !scan.eat(b":") {
        *flags = flags.with(TimeFlags::IRREGULAR);
        return Some((hour * 3600 + minute * 60, 0));
    }
    let second = scan.digits(2)?;
    let mut sub_ns = read_fraction(scan, flags)?;
    if second > 60 {
        return None;
    }
    if second == 60 {
        *flags = flags.with(TimeFlags::LEAP_60);
        sub_ns = 999_999_999;
    }
    Some((hour * 3600 + minute * 60 + second.min(59), sub_ns))
}

fn read_fraction(scan: &mut Scan<'_>, flags: &mut TimeFlags) -> Option<i64> {
    if !scan.eat(b".,") {
        return Some(0);
    }
    let (mut ns, mut unit, start) = (0, 100_000_000, scan.at);
    while let Some(digit) = scan.text.get(scan.at).filter(|byte| byte.is_ascii_digit()) {
        if unit == 0 && *digit != b'0' {
            *flags = flags.with(TimeFlags::PRECISION);
        }
        ns += i64::from(digit - b'0') * unit;
        unit /= 10;
        scan.at += 1;
    }
    (scan.at > start).then_some(ns)
}

/// The offset in minutes, none where the text has no zone; the outer none is a text that goes on
/// with something else.
#[allow(clippy::option_option)]
fn read_offset(scan: &mut Scan<'_>, flags: &mut TimeFlags) -> Option<Option<i16>> {
    let start = scan.at;
    while scan.eat(b" ") {}
    if scan.at == scan.text.len() {
        *flags = flags.with(TimeFlags::NO_ZONE);
        return Some(None);
    }
    if scan.at > start {
        *flags = flags.with(TimeFlags::IRREGULAR);
    }
    if scan
        .text
        .get(scan.at..)
        .is_some_and(|rest| rest.eq_ignore_ascii_case(b"utc"))
    {
        *flags = flags.with(TimeFlags::IRREGULAR);
        return Some(Some(0));
    }
    if scan.eat(b"Zz") {
        return (scan.at == scan.text.len()).then_some(Some(0));
    }
    let negative = scan.text.get(scan.at) == Some(&b'-');
    scan.eat(b"+-").then_some(())?;
    let hours = scan.digits(2)?;
    let colon = scan.eat(b":");
    let minutes = if scan.at == scan.text.len() && !colon {
        0
    } else {
        scan.digits(2)?
    };
    if !colon {
        *flags = flags.with(TimeFlags::IRREGULAR);
    }
    if hours > 23 || minutes > 59 || scan.at != scan.text.len() {
        return None;
    }
    let total = (hours * 60 + minutes) as i16;
    Some(Some(if negative { -total } else { total }))
}

/// Appends an instant as RFC 3339 in UTC with `Z`, with 0, 3, 6 or 9 fractional digits, the
/// fewest that lose nothing.
pub fn write(out: &mut String, ns: i64) {
    let seconds = ns.div_euclid(1_000_000_000);
    let sub = ns.rem_euclid(1_000_000_000);
    let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
    let clock = seconds.rem_euclid(86_400);
    let two = |out: &mut String, value: i64| {
        out.push(char::from(b'0' + (value / 10) as u8));
        out.push(char::from(b'0' + (value % 10) as u8));
    };
    two(out, year / 100);
    two(out, year % 100);
    out.push('-');
    two(out, i64::from(month));
    out.push('-');
    two(out, i64::from(day));
    out.push('T');
    two(out, clock / 3600);
    out.push(':');
    two(out, clock / 60 % 60);
    out.push(':');
    two(out, clock % 60);
    // Writing to a string cannot fail.
    let _ = match sub {
        0 => Ok(()),
        _ if sub % 1_000_000 == 0 => write!(out, ".{:03}", sub / 1_000_000),
        _ if sub % 1_000 == 0 => write!(out, ".{:06}", sub / 1_000),
        _ => write!(out, ".{sub:09}"),
    };
    out.push('Z');
}

/// An instant as RFC 3339 in UTC; see [`write`].
pub fn format(ns: i64) -> String {
    let mut out = String::with_capacity(30);
    write(&mut out, ns);
    out
}

/// The form custody entries use: exactly three decimals (`YYYY-MM-DDTHH:MM:SS.mmmZ`).
pub fn format_millis(ns: i64) -> String {
    let text = format(ns);
    let whole = text.split(['.', 'Z']).next().unwrap_or_default();
    format!("{whole}.{:03}Z", ns.rem_euclid(1_000_000_000) / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> (Option<String>, Vec<&'static str>) {
        let reading = parse(text);
        (reading.ns.map(format), reading.flags.names().collect())
    }

    #[test]
    fn reads_the_forms_real_evidence_holds() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            at("2023-07-10T11:42:36Z"),
            (some("2023-07-10T11:42:36Z"), vec![])
        );
        assert_eq!(
            at("2022-02-08 09:23:37+11:00"),
            (some("2022-02-07T22:23:37Z"), vec!["irregular"])
        );
        assert_eq!(
            at("2025-10-21TT00:52:27Z"),
            (some("2025-10-21T00:52:27Z"), vec!["irregular"])
        );
        assert_eq!(
            at("2022-05-02T21:00:37.7887149Z"),
            (some("2022-05-02T21:00:37.788714900Z"), vec![])
        );
        assert_eq!(
            at("2024-01-02T03:04:05"),
            (some("2024-01-02T03:04:05Z"), vec!["no_zone"])
        );
        assert_eq!(
            at("2016-12-31T23:59:60Z"),
            (some("2016-12-31T23:59:59.999999999Z"), vec!["leap_60"])
        );
        assert_eq!(
            at("2024-01-01T00:00:00.1234567891Z"),
            (some("2024-01-01T00:00:00.123456789Z"), vec!["precision"])
        );
        assert_eq!(at("1601-01-01T00:00:00Z"), (None, vec!["out_of_range"]));
        for bad in [
            "",
            "2024",
            "2024-02-30T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "yesterday",
            "２０２４-01-01T00:00:00Z",
        ] {
            assert_eq!(at(bad), (None, vec!["unreadable"]), "{bad}");
        }
    }

    #[test]
    fn custody_times_have_three_decimals() {
        assert_eq!(
            format_millis(1_772_445_600_000_000_000),
            "2026-03-02T10:00:00.000Z"
        );
        assert_eq!(format_millis(-1), "1969-12-31T23:59:59.999Z");
    }

    proptest! {
        #[test]
        fn every_instant_survives_text(ns: i64) {
            prop_assert_eq!(parse(&format(ns)).ns, Some(ns));
        }

        #[test]
        fn agrees_with_an_independent_calendar(ns: i64) {
            let other = jiff::Timestamp::from_nanosecond(i128::from(ns)).unwrap();
            let ours: jiff::Timestamp = format(ns).parse().unwrap();
            prop_assert_eq!(ours, other);
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = parse(&text);
        }
    }
}
