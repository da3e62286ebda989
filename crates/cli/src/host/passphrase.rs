//! Where the passphrase of the signing key comes from: a file, the environment, the system's key
//! store, a prompt, in this order.

use std::io::{ErrorKind, IsTerminal as _, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use zeroize::Zeroizing;

use super::stop::Stop;
use crate::print::tell;

type Secret = Zeroizing<String>;

/// How long the key store may take: it may ask a person to open it.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest passphrase that a key store is believed to hold.
const LONGEST: usize = 4096;

/// Where passphrases come from.
#[derive(Debug)]
pub struct Passphrases {
    given: Option<(String, Secret)>,
    stored: OnceLock<Option<Secret>>,
    quiet: bool,
}

impl Passphrases {
    /// What a file (its first line) or else the environment gives.
    ///
    /// # Errors
    /// A file that cannot be read, or an empty passphrase: which, what was expected, what to do.
    pub fn given(file: Option<&Path>, quiet: bool) -> Result<Passphrases, String> {
        let given = match file {
            Some(path) => Some((path.display().to_string(), first_line(path)?)),
            None => match std::env::var("VESTIGE_PASSPHRASE") {
                Ok(text) => Some(("VESTIGE_PASSPHRASE".to_owned(), Zeroizing::new(text))),
                Err(std::env::VarError::NotPresent) => None,
                Err(error) => return Err(format!("VESTIGE_PASSPHRASE: {error}")),
            },
        };
        if let Some((from, text)) = &given
            && text.is_empty()
        {
            return Err(format!(
                "{from}: expected a passphrase, found an empty line; leave it out to work unsigned"
            ));
        }
        Ok(Passphrases {
            given,
            stored: OnceLock::new(),
            quiet,
        })
    }

    /// The passphrase; `new` for one that is about to be set.
    pub fn get(&self, new: bool, stop: &Stop) -> Option<Secret> {
        if let Some((_, given)) = &self.given {
            return Some(given.clone());
        }
        if let Some(stored) = self.stored.get_or_init(|| stored(self.quiet)) {
            return Some(stored.clone());
        }
        if !std::io::stdin().is_terminal() {
            return None;
        }
        stop.while_asking(|| {
            if new {
                ask_twice()
            } else {
                ask("Passphrase of the signing key: ")
            }
        })
    }

    /// Where the passphrase came from, if not from somebody who typed it.
    pub fn source(&self) -> Option<&str> {
        let stored = self.stored.get().is_some_and(Option::is_some);
        let given = self.given.as_ref().map(|(from, _)| from.as_str());
        given.or_else(|| stored.then_some("the system's key store (secret-tool)"))
    }
}

fn first_line(path: &Path) -> Result<Secret, String> {
    let read = std::fs::read_to_string(path).map(Zeroizing::new);
    let text = read.map_err(|error| {
        let path = path.display();
        format!("{path}: the passphrase file cannot be read: {error}")
    })?;
    Ok(Zeroizing::new(text.lines().next().unwrap_or("").to_owned()))
}

/// While it is typed Ctrl-C is a key like others to the terminal, which is as before again when it
/// was read; a signal from elsewhere is what [`Stop`] hears.
fn ask(prompt: &str) -> Option<Secret> {
    match rpassword::prompt_password(prompt) {
        Ok(typed) => Some(Zeroizing::new(typed)).filter(|text| !text.is_empty()),
        Err(error) if error.kind() == ErrorKind::Interrupted => std::process::exit(130),
        Err(_) => None,
    }
}

/// A slip of the finger must not lock a key for good.
fn ask_twice() -> Option<Secret> {
    loop {
        let first = ask("New passphrase for the signing key (empty: none): ")?;
        match ask("The same once more: ") {
            Some(second) if *second == *first => return Some(first),
            _ => tell("The two are not the same; once more from the beginning."),
        }
    }
}

/// What libsecret's `secret-tool` gives, where there is one.
fn stored(quiet: bool) -> Option<Secret> {
    let mut child = Command::new("secret-tool")
        .args(["lookup", "service", "vestige", "account", "signing-key"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let out = child.stdout.take()?;
    let (told, answer) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST));
        let read = out.take(LONGEST as u64).read_to_end(&mut bytes);
        let _ = told.send(read.is_ok().then_some(bytes));
    });
    let bytes = answer.recv_timeout(PATIENCE);
    if bytes.is_err() {
        let _ = child.kill();
        if !quiet {
            tell("note: the system's key store gave no passphrase within 3 seconds");
        }
    }
    let status = child.wait().ok()?;
    let bytes = bytes.ok().flatten().filter(|_| status.success())?;
    let line = std::str::from_utf8(&bytes).ok()?.lines().next()?;
    (!line.is_empty()).then(|| Zeroizing::new(line.to_owned()))
}
