//! Numbers, sizes and times in words.

/// `1,234,567`.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 event`, `2 events`.
pub fn count(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1 { one } else { many })
}

/// `4,096 bytes (4.0 KiB)`: exact, then in a unit that a person reads.
pub fn bytes(value: u64) -> String {
    let exact = count(value, "byte", "bytes");
    match size(value) {
        short if value >= 1024 => format!("{exact} ({short})"),
        _ => exact,
    }
}

/// `4.0 KiB`.
pub fn size(value: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut rest = value as f64 / 1024.0;
    if value < 1024 {
        return format!("{value} B");
    }
    let mut unit = 0;
    while rest >= 1024.0 && unit + 1 < UNITS.len() {
        rest /= 1024.0;
        unit += 1;
    }
    format!("{rest:.1} {}", UNITS[unit])
}

/// A time for a table: without its fraction of zeros.
pub fn time(text: &str) -> String {
    match text.split_once('.') {
        Some((whole, fraction)) if fraction.trim_matches(['0', 'Z']).is_empty() => {
            format!("{whole}Z")
        }
        _ => text.to_owned(),
    }
}

/// A time that may be absent.
pub fn maybe(text: Option<&str>) -> String {
    text.map_or_else(|| "–".to_owned(), time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_readable() {
        assert_eq!(number(0), "0");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(number(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(count(1, "event", "events"), "1 event");
        assert_eq!(bytes(4096), "4,096 bytes (4.0 KiB)");
        assert_eq!(size(u64::MAX), "16384.0 PiB");
        assert_eq!(
            time("2026-09-15T00:00:00.000000000Z"),
            "2026-09-15T00:00:00Z"
        );
        assert_eq!(time("2026-09-15T00:00:00.5Z"), "2026-09-15T00:00:00.5Z");
    }
}
