//! The description for third parties says what the code does.

use vestige_custody::Event;
use vestige_custody::json::DEPTH;

const TEXT: &str = include_str!("../../../docs/custody-format.md");

#[test]
fn every_event_is_described_with_what_it_needs() {
    let section = TEXT
        .split("\n## ")
        .find(|section| section.starts_with("5. "))
        .unwrap();
    for event in Event::ALL {
        let name = format!("`{}`", event.name());
        let rows: Vec<&str> = section
            .lines()
            .filter(|line| line.starts_with('|') && line.contains(&name))
            .collect();
        assert_eq!(rows.len(), 1, "{name}: {rows:#?}");
        for detail in event.needed_details() {
            assert!(
                rows[0].contains(&format!("`{detail}`")),
                "{name} needs {detail}: {}",
                rows[0]
            );
        }
    }
}

#[test]
fn limits_are_the_ones_in_force() {
    assert!(TEXT.contains(&format!(
        "At most {DEPTH} arrays and objects inside each other."
    )));
}

#[test]
fn every_key_of_a_row_is_described() {
    let section = TEXT
        .split("\n## ")
        .find(|section| section.starts_with("9. "))
        .unwrap();
    let code = include_str!("../../model/src/canonical.rs");
    let keys = code
        .split("_field(\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    for key in keys.chain(["id", "resource"]) {
        assert!(section.contains(&format!("`{key}`")), "{key}");
    }
}
