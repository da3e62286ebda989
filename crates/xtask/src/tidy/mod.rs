//! What the repository asks of itself: who may depend on whom, which licences, which sizes and
//! names, and what no file may hold. Every rule returns what it found; none of them prints.

mod edges;
mod fixtures;
mod licences;
mod members;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::MetadataCommand;

/// A tracked file with its content.
struct File {
    /// Path below the repository, `/` between parts.
    path: String,
    /// Its text; none where it is not UTF-8.
    text: Option<String>,
}

/// What is wrong in the repository at `root`, one line each. Empty when it is tidy.
///
/// # Errors
/// Where cargo or git cannot be asked, or a file cannot be read.
pub fn check(root: &Path) -> Result<Vec<String>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        // Packages for other platforms are not fetched only to be looked at.
        .other_options(vec![
            "--locked".to_owned(),
            "--filter-platform".to_owned(),
            host()?,
        ])
        .exec()
        .context("cargo metadata")?;
    let files = tracked(root)?;
    let mut wrong = edges::check(&edges::of(&metadata));
    wrong.extend(licences::check(&licences::of(&metadata)));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).context("Cargo.toml")?;
    wrong.extend(members::check(&manifest));
    wrong.extend(files.iter().flat_map(sources::check));
    wrong.extend(fixtures::check(files.iter().map(|file| file.path.as_str())));
    Ok(wrong)
}

/// The platform that this is built on.
fn host() -> Result<String> {
    let said = Command::new("rustc")
        .arg("-vV")
        .output()
        .context("rustc -vV")?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let line = said.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).context("rustc -vV names no host")
}

/// The files that git tracks and that are there.
fn tracked(root: &Path) -> Result<Vec<File>> {
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root)
        .output()
        .context("git ls-files")?;
    ensure!(
        listed.status.success(),
        "git ls-files: {}",
        String::from_utf8_lossy(&listed.stderr)
    );
    let names = String::from_utf8(listed.stdout).context("a file name that is not UTF-8")?;
    let mut files = Vec::new();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let path: PathBuf = root.join(name);
        if !path.is_file() {
            continue;
        }
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        files.push(File {
            path: name.to_owned(),
            text: String::from_utf8(bytes).ok(),
        });
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_repository_is_tidy() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let wrong = check(&root).unwrap();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
