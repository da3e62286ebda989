//! JSON as evidence has it: read in one pass, with offsets, whatever state it is in.

pub mod fault;
pub mod keys;
pub mod loose;
pub mod outline;
pub mod records;
pub mod recovered;
pub mod salvage;
pub mod scanner;
mod search;
pub mod text;
pub mod visit;
pub mod walk;

pub use fault::{Expected, Fault};
pub use records::{Doubt, Key, Records, Verdict};
pub use scanner::{Scanner, Value};
pub use text::Str;
pub use walk::{again, walk};
