//! Checkpoints: C2SP `tlog-checkpoint` in a C2SP `signed-note` with Ed25519 signatures.
//!
//! A signature counts where its key is known; unknown signers are ignored; a wrong signature under
//! a known key rejects the note.

use crate::hash::Hash;
use crate::key::ExaminerKey;
use crate::vkey::{PublicKey, Vkey, is_name};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// How many signatures a note may carry.
const SIGNATURES: usize = 100;
/// How large a note may be.
const LARGEST: usize = 64 << 10;

/// What is signed of a chain: how many entries, and the root over them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which chain; ends in `/case/<uuid>`.
    pub origin: String,
    /// The number of entries covered.
    pub size: u64,
    /// The Merkle root over their leaf hashes.
    pub root: Hash,
}

/// A signed text as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NoteSignature {
    name: String,
    id: [u8; 4],
    bytes: Vec<u8>,
}

/// Why bytes are no note, or no checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct NoteError {
    /// What was expected.
    pub expected: &'static str,
    /// What was found, printable and cut.
    pub found: String,
}

fn fail<T>(expected: &'static str, found: &str) -> Result<T, NoteError> {
    let found: String = found.chars().take(80).collect();
    Err(NoteError {
        expected,
        found: format!("{:?}", found),
    })
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            STANDARD.encode(self.root)
        )
    }

    /// Reads the text of a checkpoint; extension lines after the root are allowed.
    ///
    /// # Errors
    /// Where a line is not what it has to be.
    pub fn parse(text: &str) -> Result<Checkpoint, NoteError> {
        let mut lines = text.split_terminator('\n');
        let (origin, size, root) = (lines.next(), lines.next(), lines.next());
        let origin = origin.filter(|line| !line.is_empty());
        let Some(origin) = origin else {
            return fail("an origin", text);
        };
        let size = size.unwrap_or_default();
        let decimal = size.bytes().all(|byte| byte.is_ascii_digit()) && !size.starts_with('0');
        let Some(size) = size.parse().ok().filter(|_| decimal || size == "0") else {
            return fail("a size in decimal", size);
        };
        let root = root.unwrap_or_default();
        let Some(root) = STANDARD
            .decode(root)
            .ok()
            .and_then(|root| root.try_into().ok())
        else {
            return fail("a root of 32 bytes in base64", root);
        };
        if let Some(line) = lines.find(|line| line.is_empty()) {
            return fail("an extension line that is not empty", line);
        }
        Ok(Checkpoint {
            origin: origin.to_owned(),
            size,
            root,
        })
    }
}

impl Note {
    /// Signs a checkpoint with one or several keys, each under the name of the origin.
    ///
    /// # Errors
    /// Where the origin cannot be a key's name.
    pub fn sign(checkpoint: &Checkpoint, keys: &[&ExaminerKey]) -> Result<Note, NoteError> {
        let text = checkpoint.text();
        let mut signatures = Vec::new();
        for key in keys {
            let Some(vkey) = Vkey::new(&checkpoint.origin, key.public()) else {
                return fail(
                    "an origin without blanks and plus signs",
                    &checkpoint.origin,
                );
            };
            let (name, id) = (vkey.name().to_owned(), vkey.id());
            signatures.push(NoteSignature {
                name,
                id,
                bytes: key.sign(text.as_bytes()).to_vec(),
            });
        }
        Ok(Note { text, signatures })
    }

    /// Reads a note.
    ///
    /// # Errors
    /// Where the bytes are not a signed note.
    pub fn parse(bytes: &[u8]) -> Result<Note, NoteError> {
        let Ok(whole) = std::str::from_utf8(bytes) else {
            return fail("UTF-8", "other bytes");
        };
        if whole.len() > LARGEST {
            return fail("at most 64 KiB", "more");
        }
        if let Some(control) = whole
            .chars()
            .find(|char| char.is_control() && *char != '\n')
        {
            return fail("no control characters but line feeds", &control.to_string());
        }
        let Some((text, lines)) = whole.rsplit_once("\n\n") else {
            return fail("a text, an empty line and signatures", whole);
        };
        let Some(lines) = lines.strip_suffix('\n') else {
            return fail("a line feed at the end", lines);
        };
        let signatures = lines
            .split('\n')
            .map(NoteSignature::parse)
            .collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > SIGNATURES {
            return fail("at most 100 signatures", "more");
        }
        Ok(Note {
            text: format!("{text}\n"),
            signatures,
        })
    }

    /// The bytes of the note, as they are stored and time-stamped.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = format!("{}\n", self.text);
        for signature in &self.signatures {
            let bytes = [signature.id.as_slice(), &signature.bytes].concat();
            out.push_str(&format!(
                "\u{2014} {} {}\n",
                signature.name,
                STANDARD.encode(bytes)
            ));
        }
        out.into_bytes()
    }

    /// The signed text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The checkpoint the text states.
    ///
    /// # Errors
    /// Where the text is no checkpoint.
    pub fn checkpoint(&self) -> Result<Checkpoint, NoteError> {
        Checkpoint::parse(&self.text)
    }

    /// What the note's signatures say of a key: none where it did not sign, else whether all its
    /// signatures are right.
    pub fn signed_by(&self, vkey: &Vkey) -> Option<bool> {
        let of_key = |line: &&NoteSignature| line.name == vkey.name() && line.id == vkey.id();
        let mut lines = self.signatures.iter().filter(of_key).peekable();
        lines.peek()?;
        Some(lines.all(|line| line.holds(vkey.key(), self.text.as_bytes())))
    }

    /// The names of the signers, known or not.
    pub fn signers(&self) -> impl Iterator<Item = (&str, [u8; 4])> {
        self.signatures
            .iter()
            .map(|line| (line.name.as_str(), line.id))
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Result<NoteSignature, NoteError> {
        let form = "a signature line: dash, name, base64";
        let parts = line
            .strip_prefix("\u{2014} ")
            .and_then(|rest| rest.split_once(' '));
        let Some((name, base64)) = parts.filter(|(name, _)| is_name(name)) else {
            return fail(form, line);
        };
        let Ok(bytes) = STANDARD.decode(base64) else {
            return fail(form, line);
        };
        match bytes.split_first_chunk() {
            Some((id, rest)) if !rest.is_empty() => Ok(NoteSignature {
                name: name.to_owned(),
                id: *id,
                bytes: rest.to_vec(),
            }),
            _ => fail(form, line),
        }
    }

    fn holds(&self, key: &PublicKey, text: &[u8]) -> bool {
        self.bytes
            .as_slice()
            .try_into()
            .is_ok_and(|bytes| key.verify(text, bytes))
    }
}

#[cfg(test)]
mod tests;
