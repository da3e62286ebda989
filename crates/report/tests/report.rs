//! Facts as HTML, PDF/A and pages: hostile texts stay texts, the same facts give the same bytes.

#![allow(
    clippy::disallowed_methods,
    reason = "a test may open files and start programs"
)]

mod support;

use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use support::*;
use vestige_report::facts::Facts;
use vestige_report::{Standard, html, pages, pdf};

/// What a program of poppler says of a PDF; none where it is not installed.
fn poppler(program: &str, pdf: &[u8], arguments: &[&str]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.pdf");
    std::fs::write(&file, pdf).unwrap();
    let mut command = Command::new(program);
    command.args(arguments).arg(&file);
    if program == "pdftotext" {
        command.arg("-");
    }
    let Ok(output) = command.output() else {
        eprintln!("SKIPPED: {program} (poppler-utils) is not installed");
        return None;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {said}");
    // Poppler reads the flag /Suspects of a tagged document wrongly, and says so of every one.
    let wrong = said
        .lines()
        .find(|line| line.contains("Error") && !line.contains("Suspects"));
    assert_eq!(wrong, None, "{program}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Text without the breaks of lines, which are the layout's.
fn unbroken(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn hostile_texts_are_as_they_were_in_html() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/hostile.html");
    let found = html(&hostile(HOSTILE));
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(&golden, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&golden).unwrap();
    assert!(
        found == expected,
        "differs from tests/golden/hostile.html; UPDATE_GOLDENS=1 writes it anew"
    );
}

#[test]
fn html_has_no_script_no_reference_and_nothing_that_steers() {
    let found = html(&hostile(HOSTILE));
    let lower = found.to_lowercase();
    for bad in [
        "<script",
        "javascript:",
        " src=",
        "http-equiv=\"refresh",
        "<img",
        "<iframe",
        "<object",
        "<link",
        "url(",
    ] {
        assert!(!lower.contains(bad), "{bad}");
    }
    assert!(
        found
            .chars()
            .all(|one| one == '\n' || !vestige_report::visible::is_hidden(one))
    );
    assert!(found.contains("&lt;script&gt;alert(1)&lt;/script&gt; #eval(&quot;1&quot;) $x$"));
    assert!(found.contains("\\u{202e}gpj.exe\\u{0}\\u{7}\\u{200b} 東京"));
    assert!(found.contains("default-src 'none'; style-src 'sha256-"));
    // What links there are lead to the report itself.
    let links = found.matches("href=").count();
    assert_eq!(links, found.matches("href=\"#s").count());
}

#[test]
fn every_element_of_html_is_closed() {
    let found = html(&hostile(HOSTILE));
    for name in [
        "main", "section", "table", "tbody", "tr", "td", "dl", "dd", "ul", "ol", "li", "span",
        "figure", "p", "svg",
    ] {
        let opened = found.matches(&format!("<{name}>")).count()
            + found.matches(&format!("<{name} ")).count();
        let closed = found.matches(&format!("</{name}>")).count();
        assert_eq!(opened, closed, "{name}");
    }
}

#[test]
fn two_runs_give_the_same_bytes() {
    let facts = facts();
    for standard in [Standard::A3b, Standard::A2u] {
        assert!(pdf(&facts, standard).unwrap() == pdf(&facts, standard).unwrap());
    }
    assert!(html(&facts) == html(&facts));
    assert!(pages(&facts).unwrap() == pages(&facts).unwrap());
    let mut later = facts.clone();
    later.as_of = "2026-09-17T08:30:01.125Z".to_owned();
    assert!(pdf(&facts, Standard::A2u).unwrap() != pdf(&later, Standard::A2u).unwrap());
}

#[test]
fn the_pdf_says_what_the_facts_say() {
    let facts = facts();
    let Some(text) = poppler(
        "pdftotext",
        &pdf(&facts, Standard::A3b).unwrap(),
        &["-layout"],
    ) else {
        return;
    };
    let text = unbroken(&text);
    for part in [
        "PaperLantern",
        "engagement-letter:EL-2026-17",
        facts.evidence[0].sha256.as_deref().unwrap(),
        "CreateAccessKey",
        "offset4902,length816",
        "Nottime-stamped",
        "aws:vpc-flow:record",
    ] {
        assert!(text.to_lowercase().contains(&part.to_lowercase()), "{part}");
    }
}

#[test]
fn hostile_texts_are_printed_as_they_were() {
    let bytes = pdf(&hostile(HOSTILE), Standard::A3b).unwrap();
    let Some(text) = poppler("pdftotext", &bytes, &[]) else {
        return;
    };
    let text = unbroken(&text);
    for part in [
        "<script>alert(1)</script>",
        "#eval(\"1\")",
        "$x$",
        "\\u{202e}gpj.exe\\u{0}\\u{7}\\u{200b}",
        "\\u{6771}\\u{4eac}",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn only_a_3b_has_an_attachment_and_it_is_the_facts() {
    let facts = hostile(HOSTILE);
    let folder = tempfile::tempdir().unwrap();
    let (with, without) = (
        pdf(&facts, Standard::A3b).unwrap(),
        pdf(&facts, Standard::A2u).unwrap(),
    );
    let Some(list) = poppler("pdfdetach", &with, &["-list"]) else {
        return;
    };
    assert!(list.contains("report.json"), "{list}");
    assert!(
        poppler("pdfdetach", &without, &["-list"])
            .unwrap()
            .starts_with("0 ")
    );
    let out = folder.path().join("report.json");
    poppler(
        "pdfdetach",
        &with,
        &["-save", "1", "-o", out.to_str().unwrap()],
    );
    let read: Facts = serde_json::from_slice(&std::fs::read(out).unwrap()).unwrap();
    assert_eq!(read, facts);
}

#[test]
fn an_empty_case_says_in_each_section_that_there_is_nothing() {
    let found = html(&Facts::default());
    for said in [
        "This case holds no evidence.",
        "Nothing was imported",
        "No event is in view",
        "nothing to be drawn over time",
        "No event has a value to be ranked.",
        "No event was starred",
        "No key was let into this case",
    ] {
        assert!(found.contains(said), "{said}");
    }
    assert!(!pages(&Facts::default()).unwrap().is_empty());
    assert!(
        pdf(&Facts::default(), Standard::A2u)
            .unwrap()
            .starts_with(b"%PDF-1.7")
    );
}

#[test]
fn pages_hold_no_text_but_outlines() {
    let pages = pages(&hostile(HOSTILE)).unwrap();
    assert!(pages.len() > 3);
    for page in pages {
        assert!(page.starts_with("<svg") && !page.contains("<script") && !page.contains("gpj"));
        assert!(!page.contains("<text") && !page.contains("<foreignObject"));
    }
}

#[test]
fn sums_that_differ_are_said_aloud() {
    let mut facts = facts();
    facts.reconciliation.stored -= 1;
    assert!(html(&facts).contains("THE SUMS DIFFER"));
    facts.reconciliation.found = u64::MAX;
    facts.reconciliation.stored = u64::MAX;
    facts.reconciliation.rejected = u64::MAX;
    assert!(html(&facts).contains("THE SUMS DIFFER"));
}

/// Texts that a dictionary of words would not come upon.
fn any_text() -> impl Strategy<Value = String> {
    let wild =
        proptest::collection::vec(any::<char>(), 0..60).prop_map(|all| all.into_iter().collect());
    let joined = "[a\u{300}-\u{36f}\u{591}-\u{5c7}\u{600}-\u{6ff}\u{900}-\u{97f}\u{e00}-\u{e7f}\u{1100}-\u{11ff}]{0,40}";
    let long = "[a-f0-9]{0,900}";
    prop_oneof![wild, joined, long, Just(String::new())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_report_that_opens(text in any_text()) {
        let facts = hostile(&text);
        let bytes = pdf(&facts, Standard::A3b).unwrap();
        prop_assert!(bytes.starts_with(b"%PDF-1.7"));
        if let Some(about) = poppler("pdfinfo", &bytes, &[]) {
            prop_assert!(about.contains("Pages:"));
        }
        prop_assert!(!html(&facts).contains("<script"));
    }
}
