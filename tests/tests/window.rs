//! Journeys through the real window, as a person takes them.

use vestige_tests::{Desk, Window};

const SMALL: (u32, u32) = (1280, 800);
const PASSPHRASE: &str = "a wet lantern 7";

#[test]
fn the_first_run_makes_a_key_and_a_case() {
    let desk = Desk::new();
    let out = desk.path("out");
    std::fs::create_dir(&out).unwrap();
    let window = Window::open(
        &desk,
        "first-run",
        SMALL,
        &["--save-to", out.to_str().unwrap()],
    );
    window.says("body", "Cases");
    window.shot("empty");
    window.close();
    let _ = PASSPHRASE;
}
