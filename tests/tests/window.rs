//! Journeys through the real window, as a person takes them.

use std::fs;
use std::path::PathBuf;

use vestige_tests::{Desk, PASSPHRASE, Window};

const SMALL: (u32, u32) = (1280, 800);
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const END: &str = "\u{e010}";
const HOME: &str = "\u{e011}";

/// A desk with a folder for what is saved.
fn desk() -> Desk {
    let desk = Desk::new();
    fs::create_dir(desk.path("out")).unwrap();
    desk
}

/// The demonstration incident.
fn incident() -> PathBuf {
    fs::canonicalize("../fixtures/incident/evidence").unwrap()
}

/// A desk with the demonstration incident in a case.
fn with_incident() -> Desk {
    let desk = desk();
    desk.case("case");
    desk.done(&["import", "case", incident().to_str().unwrap()]);
    desk
}

/// The window on a case that was opened.
fn opened(desk: &Desk, name: &str, size: (u32, u32)) -> Window {
    let out = desk.path("out");
    let case = desk.path("case");
    let arguments = [case.to_str().unwrap(), "--save-to", out.to_str().unwrap()];
    let window = Window::open(desk, name, size, &arguments);
    window.says("[aria-label='What verification found']", "verified");
    window.press("Open the case");
    window
}

fn unlock(window: &Window) {
    window.press("Key locked: unlock");
    window.fill("Passphrase", PASSPHRASE);
    window.press("Unlock");
    window.button("Key unlocked: lock");
}

/// No violation of accessibility in the page as it stands.
fn accessible(window: &Window, what: &str) {
    window.shot(what);
    let found = window.axe();
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

#[test]
fn the_first_run_makes_a_key_and_a_case_and_imports_into_it() {
    let desk = desk();
    let out = desk.path("out");
    let evidence = incident().join("aws");
    let evidence = if evidence.is_dir() {
        evidence
    } else {
        incident()
    };
    let window = Window::open(
        &desk,
        "first-run",
        SMALL,
        &[
            "--save-to",
            out.to_str().unwrap(),
            "--evidence",
            evidence.to_str().unwrap(),
        ],
    );
    window.button("Set up key");
    accessible(&window, "first");
    window.press("Set up key");
    window.fill("Passphrase", PASSPHRASE);
    window.fill("Passphrase again", PASSPHRASE);
    window.press("Make key");
    window.button("Key unlocked: lock");

    window.press("New case");
    window.press("Create case");
    window.says("form", "Title");
    accessible(&window, "new-case-missing");
    window.fill("Title", "Paper Lantern");
    window.fill("Reference", "VST-2026-0117");
    window.fill("Examiner", "A. Examiner");
    window.fill("Authority type", "engagement");
    window.fill("Authority id", "2026-114");
    window.press("Create case");
    window.says("body", "Paper Lantern");
    let case = out.join("VST-2026-0117.vestige");
    let made = if case.is_dir() {
        case
    } else {
        out.join("VST-2026-0117")
    };
    window.until("the case", || {
        made.join("case.db")
            .is_file()
            .then_some(())
            .ok_or_else(|| format!("{:?}", fs::read_dir(&out).unwrap().collect::<Vec<_>>()))
    });

    // What the window was started with waits for a case.
    window.says("[role=dialog]", "files");
    accessible(&window, "plan");
    window.press_css("[role=dialog] button.primary, [role=dialog] .btn.primary");
    window.says("body", "Import reconciled");
    window.says("[role=grid][aria-label='Files of this import']", "EV-0001");
    accessible(&window, "reconciled");
    window.press("Show in timeline");
    window.says(".result .count", "of");
    window.close();
}

#[test]
fn an_import_is_watched_stopped_and_taken_up_again() {
    let desk = desk();
    desk.case("case");
    // Enough that it can be stopped in its midst.
    let evidence = desk.path("evidence");
    fs::create_dir(&evidence).unwrap();
    for file in 0..800 {
        let records: Vec<String> = (0..400)
            .map(|one| vestige_tests::record(file, one, "GetObject").to_string())
            .collect();
        let text = format!("{{\"Records\":[{}]}}", records.join(","));
        fs::write(evidence.join(format!("{file:04}.json")), text).unwrap();
    }
    let (case, out) = (desk.path("case"), desk.path("out"));
    let window = Window::open(
        &desk,
        "import",
        SMALL,
        &[
            case.to_str().unwrap(),
            "--evidence",
            evidence.to_str().unwrap(),
            "--save-to",
            out.to_str().unwrap(),
        ],
    );
    window.says("[aria-label='What verification found']", "verified");
    window.press("Open the case");
    window.says("[role=dialog]", "800 files");
    window.press("Import 800 files");
    window.says("[aria-label='Running import']", "Parsed");
    window.press("Cancel import");
    window.says("body", "Import cancelled");
    accessible(&window, "cancelled");
    window.close();
    let stored: u64 = desk.done(&["count", "case"]).trim().parse().unwrap();
    assert!(
        stored < 320_000,
        "all of it was stored before it was stopped"
    );

    // The same paths again: the rest is read, and nothing twice.
    let window = Window::open(
        &desk,
        "import-again",
        SMALL,
        &[
            case.to_str().unwrap(),
            "--evidence",
            evidence.to_str().unwrap(),
        ],
    );
    window.says("[aria-label='What verification found']", "verified");
    window.press("Open the case");
    window.press("Import 800 files");
    window.says("body", "Import reconciled");
    window.says("[role=grid][aria-label='Files of this import']", "EV-0001");
    window.shot("reconciled");
    window.close();
    assert_eq!(desk.done(&["count", "case"]), "320000\n");
}

#[test]
fn a_query_with_an_error_says_where_and_is_mended() {
    let desk = with_incident();
    let window = opened(&desk, "query", SMALL);
    window.says(".result .count", "62,544");
    let query = window.find(".cm-content");
    window.type_into(&query, "acton:CreateAccessKey");
    window.keys(ENTER);
    window.says("body", "acton");
    accessible(&window, "error");
    window.press("Use action");
    window.keys(ENTER);
    let count = desk.done(&["count", "case", "action:CreateAccessKey"]);
    window.says(".result .count", count.trim());
    accessible(&window, "mended");
    window.close();
}

#[test]
fn the_last_row_of_a_case_is_reached_and_proved() {
    let desk = with_incident();
    let window = opened(&desk, "prove", (1920, 1080));
    window.says(".result .count", "62,544");
    window.press_css("[role=grid]");
    window.keys(HOME);
    window.until("the last row", || {
        window.keys(END);
        let shown = window.text(".result .count");
        shown.contains("-62,544 of").then_some(()).ok_or(shown)
    });
    let last = desk.lines(&[
        "events",
        "case",
        "--sort=-time",
        "--limit",
        "1",
        "--output",
        "jsonl",
    ]);
    let id = last[0]["id"].as_str().unwrap().to_owned();
    let last = format!("[data-event='{id}']");
    window.until("the event", || {
        window.keys(ENTER);
        std::thread::sleep(std::time::Duration::from_millis(300));
        (window.count(&last) > 0)
            .then_some(())
            .ok_or("not open".to_owned())
    });
    accessible(&window, "detail");
    window.press_css("[aria-label='Provenance'] button.primary, [aria-label='Provenance'] .btn");
    window.says("[aria-label='Provenance']", "Proved");
    window.press("Raw record");
    accessible(&window, "raw");
    window.close();
}

#[test]
fn many_events_are_tagged_at_once_with_one_entry() {
    let desk = with_incident();
    let window = opened(&desk, "tag", SMALL);
    unlock(&window);
    window.says(".result .count", "62,544");
    let query = window.find(".cm-content");
    window.type_into(&query, "outcome:denied");
    window.keys(ENTER);
    let denied = desk.done(&["count", "case", "outcome:denied"]);
    let denied = denied.trim();
    let shown = format!("{},{}", &denied[..1], &denied[1..]);
    window.says(".result .count", &shown);
    window.press_css("[role=grid]");
    window.chord("\u{e009}", "a");
    window.says("body", "of this result");
    window.press("Tag");
    window.until("the field of the tag", || {
        let focused = "return document.activeElement.closest('[role=dialog]') !== null";
        let focused = window.script(focused, Vec::new()) == true;
        focused.then_some(()).ok_or("no focus".to_owned())
    });
    window.keys("refused");
    window.says("[role=dialog] [role=option]", "refused");
    window.keys(ENTER);
    window.says(".said", &format!("{shown} events"));
    accessible(&window, "tagged");
    assert_eq!(desk.done(&["count", "case", "tag:refused"]).trim(), denied);
    let annotated = desk
        .lines(&["custody", "case", "list"])
        .into_iter()
        .filter(|line| line["event"] == "timeline.annotated")
        .count();
    assert_eq!(annotated, 1);
    window.close();
    let verdict = desk.json(&["verify", "case", "--json"]);
    assert_ne!(verdict["verdict"], "failed", "{verdict}");
}

#[test]
fn custody_is_read_verified_and_signed() {
    let desk = with_incident();
    let window = opened(&desk, "custody", SMALL);
    unlock(&window);
    window.go("5", "[aria-label='State of the chain']");
    window.says("[aria-label='State of the chain']", "ntries");
    accessible(&window, "ledger");
    window.press("Open entry 1");
    window.says("[aria-label='Bytes of entry 1']", "vestige");
    accessible(&window, "entry");
    window.press("Close entry");
    window.press("Verify now");
    window.button("Copy verdict");
    accessible(&window, "verified");
    window.find("[aria-label^='QR code of the pin line']");
    let pin = desk.json(&["custody", "case", "pin", "--json"]);
    let line = format!("{}:{}", pin["size"], pin["root"].as_str().unwrap());
    window.find(&format!("[aria-label$='{line}']"));
    window.close();
}

#[test]
fn a_report_is_looked_at_and_saved() {
    let desk = with_incident();
    let window = opened(&desk, "report", SMALL);
    unlock(&window);
    window.go("4", "[role=tablist]");
    window.press("Preview");
    window.find("img[alt^='Page 1 of']");
    accessible(&window, "preview");
    window.press("Save report");
    window.says("body", "SHA-256");
    let saved = one_file(&desk, "pdf");
    let bytes = fs::read(&saved).unwrap();
    assert!(bytes.starts_with(b"%PDF-1."), "{}", saved.display());
    let digest = desk.lines(&["custody", "case", "list"]);
    let entry = digest
        .iter()
        .find(|line| line["event"] == "report.generated")
        .expect("an entry");
    assert!(!entry.to_string().is_empty());
    window.shot("saved");
    window.close();
}

#[test]
fn a_package_is_made_and_a_tampered_one_is_told() {
    let desk = with_incident();
    let window = opened(&desk, "package", SMALL);
    unlock(&window);
    window.go("4", "[role=tablist]");
    window.press("Package");
    window.fill("Recipient", "Regulator");
    window.press("Make package");
    window.says("[aria-label='Verified after writing']", "erified");
    accessible(&window, "made");
    window.close();

    let made = one_file(&desk, "zip");
    let mut bytes = fs::read(&made).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let bad = desk.path("bad.zip");
    fs::write(&bad, bytes).unwrap();
    for (package, name, word) in [
        (&made, "package-good", "erified"),
        (&bad, "package-bad", "failed"),
    ] {
        let window = Window::open(&desk, name, SMALL, &["--verify", package.to_str().unwrap()]);
        window.says("[aria-label='What verification found']", word);
        accessible(&window, "verdict");
        window.close();
    }
}

/// The one file with this ending that was saved.
fn one_file(desk: &Desk, ending: &str) -> PathBuf {
    let files: Vec<PathBuf> = fs::read_dir(desk.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

#[test]
fn without_a_display_it_says_so() {
    let mut window = std::process::Command::new(vestige_tests::window_program());
    window.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    let output = window.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("expected a display"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn hostile_evidence_stays_text() {
    let desk = desk();
    desk.case("case");
    let hostile = "<img src=x onerror=\"document.title='broken'\">\u{202e}evil\u{7}";
    let record = vestige_tests::record(0, 0, hostile);
    desk.write(
        "evidence/<b>name<b>.json",
        format!("{{\"Records\":[{record}]}}"),
    );
    desk.done(&["import", "case", "evidence"]);
    let window = opened(&desk, "hostile", SMALL);
    window.says(".result .count", "1");
    window.press_css("[role=grid]");
    window.keys(ENTER);
    window.says("[aria-label='Event']", "onerror");
    window.shot("detail");
    window.go("2", "[role=grid][aria-label='Evidence']");
    window.says("[role=grid]", "<b>name<b>.json");
    window.shot("evidence");
    assert_eq!(
        window.count("[role=grid] b, [role=grid] img, [aria-label='Event'] img"),
        0
    );
    let title = window.script("return document.title", Vec::new());
    assert_ne!(title, "broken");
    window.close();
}

#[test]
fn every_screen_is_accessible_in_both_themes_and_sizes() {
    let desk = with_incident();
    for (size, theme) in [
        (SMALL, "dark"),
        ((1920, 1080), "light"),
        (SMALL, "light"),
        ((1920, 1080), "dark"),
    ] {
        let name = format!("screens-{}-{theme}", size.0);
        let settings = format!(
            r#"{{"theme":"{theme}","density":"compact","text_size":100,"zone":"utc","columns":[],"quick_tags":["exfil"],"organisation":null,"contact":null}}"#
        );
        fs::write(desk.path("home/window.json"), settings).unwrap();
        let window = opened(&desk, &name, size);
        window.says(".result .count", "62,544");
        accessible(&window, "timeline");
        for (key, what, css) in [
            ("1", "cases", "table"),
            ("2", "evidence", "[role=grid]"),
            ("4", "report", "[role=tablist]"),
            ("5", "custody", "[role=grid]"),
        ] {
            window.go(key, css);
            window.settled();
            accessible(&window, what);
        }
        window.chord("\u{e009}", "k");
        window.find("[role=dialog]");
        accessible(&window, "palette");
        window.keys(ESCAPE);
        window.close();
    }
}
