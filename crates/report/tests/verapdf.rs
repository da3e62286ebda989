//! veraPDF's verdict on the report. `VESTIGE_VERAPDF` is the class path that `.ci/verapdf` prints.

#![allow(
    clippy::disallowed_methods,
    reason = "a test may open files and start programs"
)]

mod support;

use std::path::Path;
use std::process::Command;

use support::*;
use vestige_report::facts::Facts;
use vestige_report::{Standard, pdf};

/// What the oracle says of files; none where its parts are not there.
fn verdicts(flavour: &str, files: &[&Path]) -> Option<(bool, String)> {
    let Some(parts) = std::env::var_os("VESTIGE_VERAPDF").filter(|parts| !parts.is_empty()) else {
        eprintln!(
            "SKIPPED: veraPDF's verdict; set VESTIGE_VERAPDF to what .ci/verapdf prints (JDK 17, PyPI, Debian)"
        );
        return None;
    };
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/PdfaCheck.java");
    let output = Command::new("java")
        .arg("-cp")
        .arg(parts)
        .arg(driver)
        .arg(flavour)
        .args(files)
        .output()
        .expect("VESTIGE_VERAPDF is set, so java has to be there");
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    Some((output.status.success(), said))
}

#[test]
fn reports_are_the_pdf_a_that_they_say() {
    let folder = tempfile::tempdir().unwrap();
    for (standard, flavour) in [(Standard::A3b, "3b"), (Standard::A2u, "2u")] {
        let mut files = Vec::new();
        for (name, facts) in [
            ("plain", facts()),
            ("hostile", hostile(HOSTILE)),
            ("empty", Facts::default()),
        ] {
            let file = folder.path().join(format!("{name}-{flavour}.pdf"));
            std::fs::write(&file, pdf(&facts, standard).unwrap()).unwrap();
            files.push(file);
        }
        let files: Vec<&Path> = files.iter().map(AsRef::as_ref).collect();
        let Some((good, said)) = verdicts(flavour, &files) else {
            return;
        };
        assert!(good, "{said}");
        assert_eq!(
            said.matches("compliant=true").count(),
            files.len(),
            "{said}"
        );
    }
}

#[test]
fn the_oracle_sees_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("not-3b.pdf");
    // A document that says it is PDF/A-2u is none of part 3.
    std::fs::write(&file, pdf(&facts(), Standard::A2u).unwrap()).unwrap();
    let Some((good, said)) = verdicts("3b", &[&file]) else {
        return;
    };
    assert!(!good && said.contains("compliant=false"), "{said}");
}
