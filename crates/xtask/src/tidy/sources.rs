//! Single files: their size, their name, and what must not stand in them.

use super::File;

/// Most lines of a file that is written by hand.
const LINES: usize = 600;
/// Words that name no thing.
const VAGUE: [&str; 5] = ["manager", "service", "helper", "util", "processor"];

/// What is wrong with one file.
pub fn check(file: &File) -> Vec<String> {
    let mut wrong = Vec::new();
    wrong.extend(vague_name(&file.path));
    let Some(text) = &file.text else { return wrong };
    if file.path.ends_with(".rs") {
        wrong.extend(too_long(&file.path, text));
        wrong.extend(switched_off(&file.path, text));
    }
    let lock = file.path.ends_with("Cargo.lock");
    if !file.path.starts_with("fixtures/") && !lock {
        wrong.extend(names_a_machine(&file.path, text));
    }
    wrong
}

fn vague_name(path: &str) -> Option<String> {
    if path.starts_with("fixtures/") {
        return None;
    }
    let parts = path.split(['/', '_', '-', '.']);
    let vague = |part: &str| {
        VAGUE
            .iter()
            .any(|word| part == *word || part == format!("{word}s"))
    };
    let found = parts.into_iter().find(|part| vague(&part.to_lowercase()))?;
    Some(format!(
        "{path}: `{found}` says nothing of what is inside; use a noun of the domain"
    ))
}

fn too_long(path: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > LINES)
        .then(|| format!("{path}: {lines} lines, more than {LINES}; divide it by subject"))
}

fn switched_off(path: &str, text: &str) -> Vec<String> {
    let needle = concat!("#[", "ignore");
    let hits = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.trim_start().starts_with(needle));
    hits.map(|(at, _)| {
        format!(
            "{path}:{}: a test is switched off; mend it or remove it",
            at + 1
        )
    })
    .collect()
}

/// Paths of one machine and hosts of package registries. The needles are put together here, so
/// that this file does not hold them.
fn names_a_machine(path: &str, text: &str) -> Vec<String> {
    let folders = ["work", "root", "home", "Users"].map(|name| format!("/{name}/"));
    let hosts = [
        ("crates", "io"),
        ("pypi", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("pythonhosted", "org"),
    ]
    .map(|(name, end)| format!("{name}.{end}"));
    let mut wrong = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let begins = |needle: &&String| {
            line.match_indices(needle.as_str()).any(|(start, _)| {
                line[..start]
                    .chars()
                    .next_back()
                    .is_none_or(|before| " \t\"'`(=:<,".contains(before))
            })
        };
        if let Some(folder) = folders.iter().find(begins) {
            wrong.push(format!(
                "{path}:{}: `{folder}` is a path of one machine",
                at + 1
            ));
        }
        if let Some(host) = hosts.iter().find(|host| line.contains(host.as_str())) {
            wrong.push(format!(
                "{path}:{}: names the package registry {host}",
                at + 1
            ));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> Vec<String> {
        check(&File {
            path: path.to_owned(),
            text: Some(text.to_owned()),
        })
    }

    #[test]
    fn an_ordinary_file_is_accepted() {
        assert!(said("crates/store/src/page.rs", "fn page() {}\n").is_empty());
        assert!(said("docs/tour.md", "see crates/work/ and docs/home/\n").is_empty());
    }

    #[test]
    fn a_long_file_is_refused() {
        assert_eq!(
            said("crates/store/src/page.rs", &"\n".repeat(LINES + 1)).len(),
            1
        );
        assert!(said("crates/store/src/page.rs", &"\n".repeat(LINES)).is_empty());
    }

    #[test]
    fn a_vague_name_is_refused() {
        for name in ["manager", "case_helpers", "util", "log-processor"] {
            assert_eq!(
                said(&format!("crates/store/src/{name}.rs"), "").len(),
                1,
                "{name}"
            );
        }
    }

    #[test]
    fn a_test_that_is_switched_off_is_refused() {
        let text = format!("#[test]\n    #[{}]\nfn one() {{}}\n", "ignore");
        assert!(said("tests/one.rs", &text)[0].contains("tests/one.rs:2"));
    }

    #[test]
    fn paths_and_hosts_of_one_machine_are_refused() {
        let path = format!("cd {}home/someone\n", "/");
        assert_eq!(said("Makefile", &path).len(), 1);
        let host = format!("https://{}.{}/crates\n", "crates", "io");
        assert_eq!(said("docs/tour.md", &host).len(), 1);
    }
}
