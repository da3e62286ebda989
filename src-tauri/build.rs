//! The commands that the window may be allowed: those that `desk/commands.rs` declares.

use std::fs;

const DECLARED: &str = "../crates/workbench/src/desk/commands.rs";

fn main() {
    println!("cargo::rerun-if-changed={DECLARED}");
    // The page is part of the program.
    println!("cargo::rerun-if-changed=../ui/dist");
    let text = fs::read_to_string(DECLARED)
        .expect("the window's commands are declared in desk/commands.rs");
    // One a line: `name(Input) -> Output;`.
    let names: Vec<&'static str> = text
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.trim().split_once('(')?;
            let declares = rest.contains(") -> ") && rest.ends_with(';');
            (declares && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
                .then(|| &*Box::leak(name.to_owned().into_boxed_str()))
        })
        .collect();
    let manifest = tauri_build::AppManifest::new().commands(Box::leak(names.into_boxed_slice()));
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
        .expect("tauri's build");
}
