//! Ten million events in the real window, under Xvfb.

use anyhow::{Context as _, Result, anyhow};
use vestige_tests::{Desk, Window};
use xtask::evidence::Kind;

use crate::evidence::{self, scaled};
use crate::report::{Wanted, head, line};

const PAGE: &str = include_str!("window.js");
/// Places that are jumped to, and presses of each key.
const TIMES: usize = 40;

/// Keys as WebDriver names them, with what a person calls them.
const KEYS: [(&str, &str); 7] = [
    ("j", "j"),
    ("k", "k"),
    ("\u{e00f}", "PageDown"),
    ("\u{e00e}", "PageUp"),
    ("\u{e010}", "End"),
    ("\u{e011}", "Home"),
    ("x", "x"),
];

/// Opens a case of ten million events, jumps about in it, presses keys.
///
/// # Errors
/// Where the case cannot be made; what the page says.
pub fn run() -> Result<()> {
    let records = scaled(10_000_000)?;
    let evidence = evidence::of(Kind::Cloudtrail, records)?;
    let desk = Desk::with_case("case");
    let path = evidence.to_str().context("a path that is no text")?;
    desk.done(&["import", "case", path]);
    let case = desk.path("case");
    let case = case.to_str().context("a path that is no text")?;
    head();
    let window = Window::open(&desk, "bench", (1920, 1080), &[case]);
    window.says("[aria-label='What verification found']", "verified");
    let opened = measured(&window, "open", None)?;
    line(
        "open: from the verdict to rows drawn",
        number(&opened["ms"])?,
        "ms",
        Wanted::AtMost(1500.0),
    );
    line(
        "open: to the histogram",
        number(&opened["histogram"])?,
        "ms",
        Wanted::Nothing,
    );
    blocked("open", &opened)?;
    let rows = measured(&window, "rows", Some(TIMES))?;
    spread("any row: from the scroll to rows drawn", &rows, 300.0)?;
    blocked("jumps", &rows)?;
    window.press_css("[role=grid]");
    measured(&window, "listen", None)?;
    for (key, name) in KEYS {
        for _ in 0..TIMES {
            window.keys(key);
        }
        let told = measured(&window, "keys", None)?;
        spread(&format!("key {name}: press to paint"), &told, 50.0)?;
        blocked(&format!("key {name}"), &told)?;
        measured(&window, "listen", None)?;
    }
    window.close();
    Ok(())
}

fn measured(window: &Window, what: &str, times: Option<usize>) -> Result<serde_json::Value> {
    let arguments = std::iter::once(what.into()).chain(times.map(Into::into));
    let told = window.script_later(PAGE, arguments.collect());
    match told.get("error") {
        Some(error) => Err(anyhow!("{what}: {error}")),
        None => Ok(told),
    }
}

fn number(value: &serde_json::Value) -> Result<f64> {
    value
        .as_f64()
        .with_context(|| format!("no number: {value}"))
}

/// The median and the worst of many.
fn spread(what: &str, told: &serde_json::Value, most: f64) -> Result<()> {
    let all = told["all"].as_array().context("no measurements")?;
    let mut all = all.iter().map(number).collect::<Result<Vec<f64>>>()?;
    all.sort_by(f64::total_cmp);
    let median = all.get(all.len() / 2).context("no measurement")?;
    line(
        &format!("{what}, median of {}", all.len()),
        *median,
        "ms",
        Wanted::AtMost(most),
    );
    let worst = all.last().context("no measurement")?;
    line(
        &format!("{what}, worst"),
        *worst,
        "ms",
        Wanted::AtMost(most),
    );
    Ok(())
}

fn blocked(what: &str, told: &serde_json::Value) -> Result<()> {
    let longest = number(&told["longest"])?;
    line(
        &format!("{what}: longest block of the page"),
        longest,
        "ms",
        Wanted::AtMost(100.0),
    );
    Ok(())
}
