//! A consistency proof as a file: that the chain of a case, as it was handed out at one size, is the
//! beginning of what it was at a greater one (RFC 6962 section 2.1.2). Who holds the root of then
//! and the root of now sees it without seeing an entry.

use crate::case_id::CaseId;
use crate::hash::{Hash, from_hex, hex};
use crate::json::{NotCanonical, Value, parse};
use crate::merkle::{Tree, verify_consistency};
use crate::verify::Pin;

/// The value of `_t`.
pub const CONSISTENCY: &str = "custody.consistency/1";
/// The largest file of a proof, in bytes.
pub const LARGEST: u64 = 1 << 20;
/// The most hashes that are read: one for each bit of a size, twice.
const HASHES: usize = 128;

/// A proof that the first entries of a chain are the beginning of more of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    /// The case.
    pub case: CaseId,
    /// The smaller size and the root over it.
    pub from: Pin,
    /// The greater size and the root over it.
    pub to: Pin,
    /// The hashes between the two, in the order of RFC 6962.
    pub hashes: Vec<Hash>,
}

/// Why bytes are no consistency proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAProof {
    /// Not the canonical text of a value.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
    /// Something is not as it has to be.
    #[error("expected {0}, found something else")]
    Form(&'static str),
}

impl Consistency {
    /// Of the first `from` entries in the first `to`; none where a size is not of this tree.
    pub fn between(case: &CaseId, tree: &Tree, from: u64, to: u64) -> Option<Consistency> {
        let pin = |size| {
            Some(Pin {
                size,
                root: tree.root(size)?,
            })
        };
        Some(Consistency {
            case: case.clone(),
            from: pin(from)?,
            to: pin(to)?,
            hashes: tree.consistency(from, to)?,
        })
    }

    /// The name of its file.
    pub fn file_name(&self) -> String {
        format!("consistency-{}-{}.json", self.from.size, self.to.size)
    }

    /// The bytes of its file: the canonical text and a line feed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let pin = |pin: &Pin| {
            let members = [("root", hex(&pin.root).into()), ("size", pin.size.into())];
            Value::object::<_, Value>(members)
        };
        let hashes = self.hashes.iter().map(|hash| hex(hash).into());
        let value = Value::object::<_, Value>([
            ("_t", CONSISTENCY.into()),
            ("case", self.case.as_str().into()),
            ("from", pin(&self.from)),
            ("hashes", Value::List(hashes.collect())),
            ("to", pin(&self.to)),
        ]);
        let mut bytes = value
            .to_bytes()
            .expect("keys, integers and depth of a proof are those of the profile");
        bytes.push(b'\n');
        bytes
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// Where they are not the text that would be written.
    pub fn parse(bytes: &[u8]) -> Result<Consistency, NotAProof> {
        if bytes.len() as u64 > LARGEST {
            return Err(NotAProof::Form("at most 1 MiB"));
        }
        let line = bytes.strip_suffix(b"\n");
        let value = parse(line.ok_or(NotAProof::Form("a line feed at the end"))?)?;
        require(&value, 5, "exactly _t, case, from, hashes, to")?;
        if value.get("_t").and_then(Value::as_text) != Some(CONSISTENCY) {
            return Err(NotAProof::Form("_t \"custody.consistency/1\""));
        }
        let case = value.get("case").and_then(Value::as_text);
        let case = case.and_then(|text| CaseId::parse(text).ok());
        Ok(Consistency {
            case: case.ok_or(NotAProof::Form("case: a UUID in lower case"))?,
            from: pin(value.get("from"))?,
            to: pin(value.get("to"))?,
            hashes: hashes(value.get("hashes"))?,
        })
    }

    /// Whether the hashes lead from the one root to the other. It does not bind the greater size:
    /// another may have the same path. Compare both roots with those over the entries, or with
    /// signed ones.
    pub fn holds(&self) -> bool {
        let (from, to) = (&self.from, &self.to);
        verify_consistency((from.size, &from.root), (to.size, &to.root), &self.hashes)
    }
}

fn require(value: &Value, members: usize, expected: &'static str) -> Result<(), NotAProof> {
    match value.as_map().is_some_and(|map| map.len() == members) {
        true => Ok(()),
        false => Err(NotAProof::Form(expected)),
    }
}

fn hash(value: &Value) -> Option<Hash> {
    from_hex(value.as_text()?)
}

fn pin(value: Option<&Value>) -> Result<Pin, NotAProof> {
    const FORM: &str = "from, to: exactly root, 64 lower-case hexadecimal digits, and size";
    let value = value.ok_or(NotAProof::Form(FORM))?;
    require(value, 2, FORM)?;
    let size = value.get("size").and_then(Value::as_int);
    let size = size.and_then(|size| u64::try_from(size).ok());
    let root = value.get("root").and_then(hash);
    let pin = size.zip(root).map(|(size, root)| Pin { size, root });
    pin.ok_or(NotAProof::Form(FORM))
}

fn hashes(value: Option<&Value>) -> Result<Vec<Hash>, NotAProof> {
    const FORM: &str = "hashes: at most 128 of 64 lower-case hexadecimal digits";
    let list = value.and_then(Value::as_list);
    let list = list.filter(|list| list.len() <= HASHES);
    let hashes = list.and_then(|list| list.iter().map(hash).collect());
    hashes.ok_or(NotAProof::Form(FORM))
}
