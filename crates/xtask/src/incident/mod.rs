//! The demonstration incident "Paper Lantern": its evidence and its answer key.

mod answers;
mod attack;
mod calls;
mod company;
mod decoys;
mod delivery;
mod digest;
mod flows;
mod insight;
mod life;
mod network;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::cloudtrail::Place;
use crate::draw::Draw;
use crate::gzip;
use company::{EDGE, HOME, LOG_ARCHIVE, PRODUCTION};
use digest::Signing;

/// Files by their path below `fixtures/incident`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Makes every file of the incident.
///
/// # Errors
/// Where the program's own key is damaged.
pub fn files() -> Result<Files> {
    let signing = Signing::new()?;
    let attack = attack::attack();
    let mut events = life::events();
    events.extend(decoys::events());
    events.extend(attack.rest.iter().cloned());
    events.extend(attack.acts.iter().map(|act| act.event.clone()));
    events.push(delivery::bell(&mut Draw::new("bell")));
    let logs = delivery::deliver(events);
    let digests: Vec<_> = [(PRODUCTION, HOME), (PRODUCTION, EDGE), (LOG_ARCHIVE, HOME)]
        .iter()
        .flat_map(|(account, region)| signing.chain(&Place::new(account, region), &logs))
        .collect();
    let flows = flows::files();
    let insight = insight::file();

    let mut files = Files::new();
    let mut put = |path: &str, raw: &[u8]| -> Result<()> {
        files.insert(format!("evidence/{path}"), gzip::compress(raw, 9)?);
        Ok(())
    };
    logs.iter()
        .filter(|log| !log.deleted)
        .try_for_each(|log| put(&log.path(), &log.raw))?;
    digests
        .iter()
        .try_for_each(|digest| put(&digest.path(), &digest.raw))?;
    flows
        .iter()
        .try_for_each(|flow| put(&flow.path(), &flow.raw))?;
    put(&insight.path, &insight.raw)?;

    let metadata: String = digests
        .iter()
        .map(|digest| format!("{}\n", digest.metadata()))
        .collect();
    files.insert(
        "proofs/aws/digest-metadata.jsonl".to_owned(),
        metadata.into_bytes(),
    );
    let keys = serde_json::to_string_pretty(&signing.public_keys())? + "\n";
    files.insert("proofs/aws/public-keys.json".to_owned(), keys.into_bytes());
    let answers = answers::Answers {
        attack: &attack,
        logs: &logs,
        digests: &digests,
        flows: &flows,
        insight: &insight,
    };
    files.insert("ANSWERS.json".to_owned(), answers.json()?.into_bytes());
    files.insert("README.md".to_owned(), include_bytes!("story.md").to_vec());
    Ok(files)
}

/// Writes the incident below `folder`, in place of what was there.
///
/// # Errors
/// Where a file cannot be written.
pub fn write(folder: &Path) -> Result<usize> {
    let files = files()?;
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    for (name, content) in &files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        }
        fs::write(&path, content).with_context(|| path.display().to_string())?;
    }
    Ok(files.len())
}

/// Compares `folder` with what the generator makes, byte for byte.
///
/// # Errors
/// Where a file differs, is missing or is too many; the message names up to ten.
pub fn check(folder: &Path) -> Result<usize> {
    let (made, mut found) = (files()?, Files::new());
    collect(folder, folder, &mut found)?;
    let differing = differing(&made, &found);
    if !differing.is_empty() {
        let some = differing
            .iter()
            .take(10)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        bail!(
            "{} files in {} are not what `cargo xtask fixtures` makes: {some}; run it and look at \
             the difference",
            differing.len(),
            folder.display()
        );
    }
    Ok(made.len())
}

/// Names of files that are not the same on both sides.
fn differing<'a>(made: &'a Files, found: &'a Files) -> Vec<&'a str> {
    let names: BTreeSet<&String> = made.keys().chain(found.keys()).collect();
    names
        .into_iter()
        .filter(|name| made.get(*name) != found.get(*name))
        .map(String::as_str)
        .collect()
}

fn collect(root: &Path, folder: &Path, found: &mut Files) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, found)?;
        } else {
            let name = path
                .strip_prefix(root)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('\\', "/");
            found.insert(
                name,
                fs::read(&path).with_context(|| path.display().to_string())?,
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/incident")
    }

    #[test]
    fn the_committed_incident_is_what_the_generator_makes() {
        check(&committed()).unwrap();
    }

    #[test]
    fn a_changed_missing_or_added_file_is_noticed() {
        let side = |files: &[(&str, &str)]| -> Files {
            files
                .iter()
                .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
                .collect()
        };
        let made = side(&[("a", "1"), ("b", "2"), ("c", "3")]);
        assert_eq!(differing(&made, &made), Vec::<&str>::new());
        let found = side(&[("a", "1"), ("b", "changed"), ("d", "4")]);
        assert_eq!(differing(&made, &found), ["b", "c", "d"]);
    }
}
