//! An import that is stopped, at whatever moment, leaves a case that verifies and imports the rest.

mod support;

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use support::{Desk, code, error};

fn importing(desk: &Desk) -> Child {
    desk.command(&["import", "case", "many"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn send(child: &Child, signal: Signal) {
    let id = Pid::from_child(child);
    // It may have ended meanwhile.
    let _ = kill_process(id, signal);
}

/// The case verifies, a second import finds everything, and nothing is there twice.
fn rest_is_imported(desk: &Desk, files: usize, records: u64, moment: &str) {
    let verdict = desk.json(&["verify", "case", "--json"]);
    assert_ne!(verdict["verdict"], "failed", "{moment}: {verdict}");
    let report = desk.json(&["import", "case", "many", "--json"]);
    let totals = &report["totals"];
    assert_eq!(
        (&totals["files"], &totals["found"]),
        (&files.into(), &records.into()),
        "{moment}: {totals}"
    );
    assert_eq!(
        (&totals["rejected"], &totals["ignored"]),
        (&0.into(), &0.into()),
        "{moment}"
    );
    assert_eq!(
        desk.done(&["count", "case"]),
        format!("{records}\n"),
        "{moment}"
    );
    let verdict = desk.json(&["verify", "case", "--deep", "--json"]);
    assert_ne!(verdict["verdict"], "failed", "{moment}: {verdict}");
}

fn stopped(output: &Output) {
    let said = error(output);
    assert_eq!(code(output), 1, "{said}");
    let while_reading = said.contains("stopped while importing") && said.contains("reads the rest");
    let before = said.contains("nothing of these was read into the case");
    assert!(while_reading || before, "{said}");
}

#[test]
fn ctrl_c_in_the_midst_of_an_import_keeps_what_was_read() {
    let desk = Desk::with_case("case");
    let records = desk.many(300, 120);
    let mut child = importing(&desk);
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    told.read_line(&mut line).unwrap();
    assert!(line.starts_with("reading: "), "{line}");
    send(&child, Signal::INT);
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    let mut output = child.wait_with_output().unwrap();
    output.stderr = rest.into_bytes();
    stopped(&output);
    assert!(
        error(&output).contains("once more ends at once"),
        "{}",
        error(&output)
    );
    let stored: u64 = desk.done(&["count", "case"]).trim().parse().unwrap();
    let told = format!(
        "of 300 files listed {} are in the case; {stored} records",
        stored / 120
    );
    assert!(error(&output).contains(&told), "{told}: {}", error(&output));
    assert!(stored < records, "all {stored} rows were stored already");
    rest_is_imported(&desk, 300, records, "in the midst");
}

#[test]
fn whatever_the_moment_the_rest_can_be_imported() {
    for (milliseconds, signal) in [
        (0, Signal::INT),
        (30, Signal::TERM),
        (120, Signal::INT),
        (300, Signal::INT),
        (700, Signal::TERM),
    ] {
        let desk = Desk::with_case("case");
        let records = desk.many(200, 80);
        let child = importing(&desk);
        std::thread::sleep(Duration::from_millis(milliseconds));
        send(&child, signal);
        let output = child.wait_with_output().unwrap();
        match output.status.code() {
            // Before it was heard or after everything was done, that is right, too.
            None | Some(0) => {}
            Some(_) => stopped(&output),
        }
        rest_is_imported(&desk, 200, records, &format!("after {milliseconds} ms"));
    }
}

#[test]
fn a_second_ctrl_c_ends_at_once_and_the_case_holds() {
    let desk = Desk::with_case("case");
    let records = desk.many(300, 120);
    let mut child = importing(&desk);
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(told.next().unwrap().unwrap().starts_with("reading: "));
    send(&child, Signal::INT);
    assert!(told.any(|line| line.unwrap().contains("once more ends at once")));
    send(&child, Signal::INT);
    let ended = child.wait().unwrap().code();
    assert!(matches!(ended, Some(130 | 1)), "{ended:?}");
    rest_is_imported(&desk, 300, records, "the second");
}
