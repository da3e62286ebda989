//! The list of members reads in the order of the data, with a purpose beside each.

/// The order in which members stand, whichever of them there are.
const ORDER: [&str; 13] = [
    "crates/model",
    "crates/custody",
    "crates/acquire",
    "crates/formats",
    "crates/store",
    "crates/report",
    "crates/package",
    "crates/workbench",
    "crates/cli",
    "crates/xtask",
    "src-tauri",
    "tests",
    "benches",
];

/// What is wrong with the list in the workspace's manifest.
pub fn check(manifest: &str) -> Vec<String> {
    let lines: Vec<&str> = manifest
        .lines()
        .skip_while(|line| !line.starts_with("members"))
        .skip(1)
        .take_while(|line| !line.starts_with(']'))
        .map(str::trim)
        .filter(|line| line.starts_with('"'))
        .collect();
    let mut wrong = Vec::new();
    let mut last = None;
    for line in lines {
        let name = line.split('"').nth(1).unwrap_or_default();
        let rank = ORDER.iter().position(|member| *member == name);
        if rank.is_none() {
            wrong.push(format!(
                "Cargo.toml: member {name} has no place in the order of tidy/members.rs"
            ));
        } else if rank <= last {
            wrong.push(format!(
                "Cargo.toml: member {name} stands out of the order of the data"
            ));
        }
        if !line.contains('#') {
            wrong.push(format!(
                "Cargo.toml: member {name} has no purpose beside it"
            ));
        }
        last = rank.max(last);
    }
    if last.is_none() {
        wrong.push("Cargo.toml: expected a list of members, one a line, found none".to_owned());
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(members: &[&str]) -> String {
        let lines: String = members
            .iter()
            .map(|member| format!("    {member}\n"))
            .collect();
        format!("[workspace]\nmembers = [\n{lines}]\n")
    }

    #[test]
    fn the_order_of_the_data_is_accepted() {
        assert!(
            check(&list(&[
                "\"crates/model\", # data",
                "\"crates/store\", # rows"
            ]))
            .is_empty()
        );
    }

    #[test]
    fn another_order_a_stranger_or_a_missing_purpose_is_not() {
        assert!(
            check(&list(&[
                "\"crates/store\", # rows",
                "\"crates/model\", # data"
            ]))[0]
                .contains("order of the data")
        );
        assert!(check(&list(&["\"crates/extra\", # what"]))[0].contains("no place"));
        assert!(check(&list(&["\"crates/model\","]))[0].contains("no purpose"));
        assert_eq!(check("[workspace]\n").len(), 1);
    }
}
