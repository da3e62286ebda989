//! Every folder of fixtures belongs to a format that there is, or to one of a few known uses.

use std::collections::BTreeSet;

/// Folders that belong to no format.
const OTHER: [&str; 5] = ["cases", "custody-vectors", "hostile", "incident", "oracles"];

/// Folders below `fixtures` that nothing reads.
pub fn check<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<String> {
    let (mut folders, mut formats) = (BTreeSet::new(), BTreeSet::new());
    for path in paths {
        match path.split('/').collect::<Vec<_>>()[..] {
            ["fixtures", folder, _, ..] => folders.insert(folder),
            ["crates", "formats", "src", format, _, ..] => formats.insert(format),
            _ => continue,
        };
    }
    folders
        .into_iter()
        .filter(|folder| !OTHER.contains(folder) && !formats.contains(folder))
        .map(|folder| format!("fixtures/{folder}: no format of that name in crates/formats/src"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_needs_its_format() {
        let format = "crates/formats/src/aws_config/mod.rs";
        let fixture = "fixtures/aws_config/plain.in.json";
        assert!(check([format, fixture, "fixtures/hostile/bomb.gz"].into_iter()).is_empty());
        assert_eq!(check([fixture].into_iter()).len(), 1);
    }
}
