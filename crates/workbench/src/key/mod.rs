//! The examiner's signing key: Ed25519, in `VESTIGE_HOME/keys`, never in a case. A file per key,
//! locked by a passphrase; `current` names the one that new cases get. Keys that were replaced
//! stay, locked: other cases may still ask for them.

mod rotate;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use vestige_custody::hash::{from_hex, hex};
use vestige_custody::key_file::{Cost, KeyFileError};
use vestige_custody::{CaseId, ExaminerKey, KeyFile, PublicKey, Vkey};
use zeroize::Zeroizing;

use crate::error::WorkError;
use crate::home::{Home, private_folder, replace};
use crate::host::Host;
use crate::who::PASSPHRASE;

pub use rotate::{Rotated, rotate, rotate_in};

const CURRENT: &str = "current";
/// The name of a verifier key that is not yet bound to a case.
const UNBOUND: &str = "vestige/examiner";

/// What is public about a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyFacts {
    /// The verifier key, under a name that belongs to no case; `vestige case examiner --key` and
    /// `vestige verify --key` take it.
    pub vkey: String,
    /// The Ed25519 public key in hexadecimal.
    pub public: String,
    /// Where the locked key lies.
    pub file: String,
}

/// A key file of this home, still locked.
#[derive(Clone, Debug)]
pub(crate) struct Locked {
    pub path: PathBuf,
    pub file: KeyFile,
}

/// Makes the examiner's key.
///
/// # Errors
/// [`WorkError::KeyExists`]; [`WorkError::Locked`] where nobody gives a passphrase.
pub fn create(host: &dyn Host) -> Result<KeyFacts, WorkError> {
    let home = Home::of(host)?;
    if let Some(locked) = current(&home)? {
        return Err(WorkError::KeyExists { path: locked.path });
    }
    let (locked, _) = make(host, &home)?.ok_or_else(|| no_passphrase("making"))?;
    Ok(facts(&locked))
}

/// What is public about the examiner's key.
///
/// # Errors
/// [`WorkError::NoKey`].
pub fn show(host: &dyn Host) -> Result<KeyFacts, WorkError> {
    let home = Home::of(host)?;
    match current(&home)? {
        Some(locked) => Ok(facts(&locked)),
        None => Err(WorkError::NoKey {
            folder: folder(&home),
        }),
    }
}

fn facts(locked: &Locked) -> KeyFacts {
    let public = locked.file.public();
    KeyFacts {
        vkey: Vkey::new(UNBOUND, public)
            .map(|vkey| vkey.to_string())
            .unwrap_or_default(),
        public: hex(public.as_bytes()),
        file: locked.path.display().to_string(),
    }
}

pub(crate) fn no_passphrase(doing: &'static str) -> WorkError {
    WorkError::Locked {
        doing,
        found: format!("no passphrase was given; {PASSPHRASE}"),
    }
}

pub(crate) fn folder(home: &Home) -> PathBuf {
    home.root().join("keys")
}

/// The key that new cases get, none where none was made.
pub(crate) fn current(home: &Home) -> Result<Option<Locked>, WorkError> {
    let path = folder(home).join(CURRENT);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        text => text.map_err(WorkError::io(&path, "reading which key is in use"))?,
    };
    let public = from_hex(text.trim_end()).and_then(PublicKey::from_bytes);
    let Some(public) = public else {
        return Err(WorkError::Home {
            path,
            expected: "the Ed25519 public key in use, in hexadecimal",
            found: format!("{:?}", text.chars().take(80).collect::<String>()),
            remedy: "write the name of the key file in use into it, without its ending",
        });
    };
    read(&path_of(home, &public)).map(Some)
}

/// All keys of this home, in the order of their names.
pub(crate) fn all(home: &Home) -> Result<Vec<Locked>, WorkError> {
    let folder = folder(home);
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(WorkError::io(&folder, "listing the keys"))?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry
            .map_err(WorkError::io(&folder, "listing the keys"))?
            .path();
        if path.extension().is_some_and(|ending| ending == "key") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

/// The public keys of this home under the name they have in a case.
pub(crate) fn vkeys(home: &Home, case: &CaseId) -> Result<Vec<Vkey>, WorkError> {
    Ok(all(home)?
        .iter()
        .map(|locked| Vkey::for_case(locked.file.public(), case))
        .collect())
}

fn path_of(home: &Home, public: &PublicKey) -> PathBuf {
    folder(home).join(format!("{}.key", hex(public.as_bytes())))
}

fn read(path: &Path) -> Result<Locked, WorkError> {
    let bytes = fs::read(path).map_err(WorkError::io(path, "reading the signing key"))?;
    let file = KeyFile::parse(&bytes).map_err(|source| WorkError::KeyFile {
        path: path.to_path_buf(),
        source,
    })?;
    Ok(Locked {
        path: path.to_path_buf(),
        file,
    })
}

/// Unlocks a key, none where nobody gives a passphrase.
///
/// # Errors
/// [`WorkError::Passphrase`] where it is the wrong one.
pub(crate) fn unlock(host: &dyn Host, locked: &Locked) -> Result<Option<ExaminerKey>, WorkError> {
    let passphrase = host.passphrase(false);
    let unlocked = passphrase.map(|passphrase| unlock_with(&passphrase, locked));
    unlocked.transpose()
}

/// Unlocks a key with a passphrase.
///
/// # Errors
/// [`WorkError::Passphrase`] where it is the wrong one.
pub(crate) fn unlock_with(passphrase: &str, locked: &Locked) -> Result<ExaminerKey, WorkError> {
    let path = locked.path.clone();
    match locked.file.unlock(passphrase.as_bytes()) {
        Ok(key) => Ok(key),
        Err(KeyFileError::Passphrase) => Err(WorkError::Passphrase { path }),
        Err(source) => Err(WorkError::KeyFile { path, source }),
    }
}

/// Makes a key and lets new cases have it, none where nobody sets a passphrase.
pub(crate) fn make(
    host: &dyn Host,
    home: &Home,
) -> Result<Option<(Locked, ExaminerKey)>, WorkError> {
    let Some((locked, key)) = make_aside(host, home)? else {
        return Ok(None);
    };
    make_current(home, &locked)?;
    host.noted(
        "key-made",
        &format!(
            "a signing key was made: {}; without its passphrase nobody can sign with it, keep both",
            locked.path.display()
        ),
    );
    Ok(Some((locked, key)))
}

/// Makes a key that is not yet the one in use.
fn make_aside(host: &dyn Host, home: &Home) -> Result<Option<(Locked, ExaminerKey)>, WorkError> {
    let Some(passphrase) = host.passphrase(true) else {
        return Ok(None);
    };
    let key = ExaminerKey::from_seed(&random::<32>(host));
    let (salt, nonce) = (random::<16>(host), random::<24>(host));
    let path = path_of(home, &key.public());
    let file = KeyFile::lock(&key, passphrase.as_bytes(), Cost::STANDARD, *salt, *nonce).map_err(
        |source| WorkError::KeyFile {
            path: path.clone(),
            source,
        },
    )?;
    private_folder(&folder(home))?;
    replace(&path, &file.to_bytes()).map_err(WorkError::io(&path, "keeping the signing key"))?;
    Ok(Some((Locked { path, file }, key)))
}

fn make_current(home: &Home, locked: &Locked) -> Result<(), WorkError> {
    let path = folder(home).join(CURRENT);
    let text = format!("{}\n", hex(locked.file.public().as_bytes()));
    replace(&path, text.as_bytes()).map_err(WorkError::io(&path, "saying which key is in use"))
}

/// Random bytes that are cleared when they are dropped.
pub(crate) fn random<const N: usize>(host: &dyn Host) -> Zeroizing<[u8; N]> {
    let mut bytes = Zeroizing::new([0; N]);
    host.random(bytes.as_mut_slice());
    bytes
}
