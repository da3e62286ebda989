//! The direction of dependencies, as `ARCHITECTURE.md` states it.

use cargo_metadata::{DependencyKind, Metadata};

/// One member of the workspace and what it names.
pub struct Member {
    name: String,
    /// Names of dependencies, those of tests and build scripts too.
    names: Vec<String>,
}

/// What each crate of ours may name of ours, besides itself in tests.
const MAY: [(&str, &[&str]); 10] = [
    ("vestige-model", &[]),
    ("vestige-custody", &["vestige-model"]),
    ("vestige-acquire", &["vestige-model"]),
    ("vestige-formats", &["vestige-model"]),
    ("vestige-store", &["vestige-custody", "vestige-model"]),
    ("vestige-report", &["vestige-model"]),
    ("vestige-package", &["vestige-custody", "vestige-model"]),
    (
        "vestige-workbench",
        &[
            "vestige-acquire",
            "vestige-custody",
            "vestige-formats",
            "vestige-model",
            "vestige-package",
            "vestige-report",
            "vestige-store",
        ],
    ),
    ("vestige-desktop", &["vestige-model", "vestige-workbench"]),
    ("vestige-cli", &["vestige-model", "vestige-workbench"]),
];

/// Crates that check, measure or make things: they may name whatever they need.
const FREE: [&str; 4] = ["xtask", "vestige-tests", "vestige-benches", "vestige-fuzz"];

/// Foreign crates that only some of ours may name.
const RESERVED: [(&str, &[&str]); 2] = [
    ("rusqlite", &["vestige-store"]),
    ("tauri", &["vestige-desktop"]),
];

/// The members of the workspace.
pub fn of(metadata: &Metadata) -> Vec<Member> {
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| Member {
            name: package.name.to_string(),
            // A test may reach further: it sets the scene.
            names: package
                .dependencies
                .iter()
                .filter(|one| one.kind != DependencyKind::Development)
                .map(|one| one.name.clone())
                .collect(),
        })
        .collect()
}

/// Edges that should not be there.
pub fn check(members: &[Member]) -> Vec<String> {
    members
        .iter()
        .flat_map(|member| ours(member).into_iter().chain(reserved(member)))
        .collect()
}

fn ours(member: &Member) -> Vec<String> {
    if FREE.contains(&member.name.as_str()) {
        return Vec::new();
    }
    let Some((_, may)) = MAY.iter().find(|(name, _)| *name == member.name) else {
        return vec![format!(
            "{}: tidy knows no such crate; say in tidy/edges.rs and ARCHITECTURE.md what it may name",
            member.name
        )];
    };
    member
        .names
        .iter()
        .filter(|name| name.starts_with("vestige-") || *name == "xtask")
        .filter(|name| !may.contains(&name.as_str()))
        .map(|name| {
            format!(
                "{} must not depend on {name}; it may name {may:?}",
                member.name
            )
        })
        .collect()
}

fn reserved(member: &Member) -> Vec<String> {
    RESERVED
        .iter()
        .filter(|(foreign, by)| {
            let foreign = member.names.iter().any(|name| name == foreign);
            foreign && !by.contains(&member.name.as_str()) && !FREE.contains(&member.name.as_str())
        })
        .map(|(foreign, by)| format!("{} names {foreign}, which only {by:?} may", member.name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, names: &[&str]) -> Vec<String> {
        check(&[Member {
            name: name.to_owned(),
            names: names.iter().map(|&one| one.to_owned()).collect(),
        }])
    }

    #[test]
    fn the_declared_direction_is_accepted() {
        for (name, may) in MAY {
            assert_eq!(said(name, may), Vec::<String>::new());
        }
        assert!(said("xtask", &["vestige-store", "rusqlite"]).is_empty());
    }

    #[test]
    fn an_edge_against_it_is_refused() {
        assert!(said("vestige-store", &["vestige-acquire"])[0].contains("must not depend"));
        assert_eq!(said("vestige-model", &["vestige-custody"]).len(), 1);
        assert_eq!(said("vestige-cli", &["vestige-store"]).len(), 1);
        assert_eq!(said("vestige-formats", &["xtask"]).len(), 1);
    }

    #[test]
    fn only_the_store_names_the_database() {
        assert_eq!(said("vestige-workbench", &["rusqlite"]).len(), 1);
        assert!(said("vestige-store", &["rusqlite"]).is_empty());
    }

    #[test]
    fn an_unknown_crate_is_asked_about() {
        assert_eq!(said("vestige-new", &[]).len(), 1);
    }
}
