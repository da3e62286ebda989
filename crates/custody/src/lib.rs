//! Chain of custody: what was done with the evidence, by whom, when and why, in a form whose
//! alteration shows. Pure: bytes in, verdict out; files, clock and randomness come as arguments.
//!
//! The format is described for third parties in `docs/custody-format.md`.

pub mod case_id;
pub mod chain;
pub mod entry;
pub mod event;
pub mod hash;
pub mod json;
pub mod key;
pub mod key_file;
pub mod line;
pub mod merkle;
pub mod note;
pub mod proof;
pub mod statement;
pub mod timestamp;
pub mod verify;
pub mod vkey;

pub use case_id::CaseId;
pub use chain::{Chain, ChainError, Level};
pub use entry::{Entry, EntryError, Sealed};
pub use event::{Event, Phase};
pub use hash::{Hash, hex};
pub use json::Value;
pub use key::ExaminerKey;
pub use key_file::KeyFile;
pub use line::{EntryLine, Line};
pub use note::{Checkpoint, Note};
pub use proof::Consistency;
pub use statement::statement;
pub use verify::{Report, Trust, Verdict, Verifier};
pub use vkey::{PublicKey, Vkey};
