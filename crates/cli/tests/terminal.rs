//! What a person at a terminal sees: prompts, the bar; and what the others see.

mod support;

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use support::{Desk, code, error, text};

/// A program at a terminal of its own.
struct Seat {
    child: Child,
    keyboard: File,
    seen: String,
}

impl Seat {
    /// `setsid --ctty` makes the terminal the program's own, as a login does.
    fn at(command: &Command) -> Seat {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let name = ptsname(&keyboard, Vec::new()).unwrap();
        let terminal = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let size = Winsize {
            ws_row: 24,
            ws_col: 120,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&keyboard, size).unwrap();
        let mut seat = Command::new("/usr/bin/setsid");
        seat.args(["--ctty", "--wait"])
            .arg(command.get_program())
            .args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => seat.env(name, value),
                None => seat.env_remove(name),
            };
        }
        let end = || Stdio::from(terminal.try_clone().unwrap());
        seat.current_dir(command.get_current_dir().unwrap())
            .env("TERM", "xterm");
        let child = seat
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .unwrap();
        Seat {
            child,
            keyboard: File::from(keyboard),
            seen: String::new(),
        }
    }

    /// Waits until something is to be seen that was not before.
    fn sees(&mut self, what: &str) {
        let mut bytes = [0; 1024];
        while !self.seen.contains(what) {
            let read = self.keyboard.read(&mut bytes).unwrap_or(0);
            assert!(read > 0, "{what} was never seen: {}", self.seen);
            self.seen.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
        let end = self.seen.find(what).unwrap() + what.len();
        self.seen.drain(..end);
    }

    fn types(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    fn echoes(&self) -> bool {
        tcgetattr(&self.keyboard)
            .unwrap()
            .local_modes
            .contains(LocalModes::ECHO)
    }

    fn ends(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

#[test]
fn a_new_passphrase_is_asked_for_until_it_is_typed_the_same_twice() {
    let desk = Desk::new();
    let mut seat = Seat::at(&desk.unsigned(&["key", "create"]));
    seat.sees("New passphrase");
    seat.types("one\n");
    seat.sees("once more");
    seat.types("an other\n");
    seat.sees("not the same");
    seat.sees("New passphrase");
    seat.types("one\n");
    seat.sees("once more: ");
    seat.types("one\n");
    seat.sees("vkey");
    assert_eq!(seat.ends(), Some(0));
    let made = desk
        .unsigned(&["case", "create", "case", "--title", "T", "--examiner", "A"])
        .env("VESTIGE_PASSPHRASE", "one")
        .output()
        .unwrap();
    assert!(
        code(&made) == 0 && !error(&made).contains("unsigned"),
        "{}",
        error(&made)
    );
}

#[test]
fn the_passphrase_of_a_key_that_is_there_is_asked_for_once_and_not_shown() {
    let desk = Desk::with_case("case");
    let mut seat = Seat::at(&desk.unsigned(&["custody", "case", "sign"]));
    seat.sees("Passphrase of the signing key: ");
    seat.types(&format!("{}\n", support::PASSPHRASE));
    seat.sees("\"size\"");
    assert!(!seat.seen.contains(support::PASSPHRASE));
    assert_eq!(seat.ends(), Some(0));
}

#[test]
fn ctrl_c_at_a_prompt_ends_at_once_and_leaves_the_terminal_as_it_was() {
    let desk = Desk::new();
    let mut seat = Seat::at(&desk.unsigned(&["key", "create"]));
    seat.sees("New passphrase");
    seat.sees(": ");
    while seat.echoes() {
        std::thread::yield_now();
    }
    seat.types("\u{3}");
    assert_eq!(seat.ends(), Some(130));
    assert!(seat.echoes());
}

#[test]
fn an_import_shows_a_bar_on_a_terminal_and_takes_it_away() {
    let desk = Desk::with_case("case");
    desk.many(200, 100);
    let mut seat = Seat::at(&desk.command(&["import", "case", "many"]));
    seat.sees("% reading: ");
    seat.sees("/s");
    seat.sees("200 files, ");
    assert_eq!(seat.ends(), Some(0));
    let mut seat = Seat::at(&desk.command(&["--quiet", "import", "case", "many"]));
    seat.sees("200 files, ");
    assert!(!seat.seen.contains('%'));
}

#[test]
fn elsewhere_progress_is_lines_on_standard_error_unless_quiet() {
    let desk = Desk::with_case("case");
    desk.evidence();
    let loud = desk.run(&["import", "case", "logs", "--json"]);
    assert!(
        error(&loud).lines().any(|line| line.starts_with("reading")),
        "{}",
        error(&loud)
    );
    assert!(
        !error(&loud).contains("of 0 B") && !error(&loud).contains('\u{1b}'),
        "{}",
        error(&loud)
    );
    assert!(serde_json::from_str::<serde_json::Value>(&text(&loud)).is_ok());
    let quiet = desk.run(&["import", "case", "logs", "--quiet"]);
    assert_eq!((code(&quiet), error(&quiet)), (0, String::new()));
}
