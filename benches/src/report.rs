//! The lines of the table in `docs/benchmarks.md`.

/// What a figure is held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wanted {
    /// No less.
    AtLeast(f64),
    /// No more.
    AtMost(f64),
    /// Told for comparison.
    Nothing,
}

impl Wanted {
    fn text(self, unit: &str) -> String {
        match self {
            Wanted::AtLeast(least) => format!("at least {} {unit}", number(least)),
            Wanted::AtMost(most) => format!("at most {} {unit}", number(most)),
            Wanted::Nothing => String::new(),
        }
    }

    fn verdict(self, measured: f64) -> &'static str {
        match self {
            Wanted::AtLeast(least) if measured >= least => "met",
            Wanted::AtMost(most) if measured <= most => "met",
            Wanted::Nothing => "",
            _ => "**missed**",
        }
    }
}

/// One line: what, target, measured, met or missed.
pub fn row(what: &str, measured: f64, unit: &str, wanted: Wanted) -> String {
    format!(
        "| {what} | {} | {} {unit} | {} |",
        wanted.text(unit),
        number(measured),
        wanted.verdict(measured)
    )
}

/// Prints one line.
pub fn line(what: &str, measured: f64, unit: &str, wanted: Wanted) {
    println!("{}", row(what, measured, unit, wanted));
}

/// Prints the head of a table.
pub fn head() {
    println!("| what | target | measured | |\n|---|---|---|---|");
}

/// Three digits that count; whole numbers with commas.
fn number(value: f64) -> String {
    let size = value.abs();
    if size < 10.0 {
        format!("{value:.2}")
    } else if size < 1000.0 {
        format!("{value:.1}")
    } else {
        grouped(&format!("{value:.0}"))
    }
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_whether_the_target_is_met() {
        assert_eq!(
            row("import", 8.5, "us an event", Wanted::AtMost(10.0)),
            "| import | at most 10.0 us an event | 8.50 us an event | met |"
        );
        assert!(row("rows", 399_999.0, "a second", Wanted::AtLeast(4e5)).ends_with("**missed** |"));
        assert_eq!(
            row("x", 1_234_567.0, "s", Wanted::Nothing),
            "| x |  | 1,234,567 s |  |"
        );
    }
}
