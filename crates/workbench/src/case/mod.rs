//! A case: made, and shown.

mod create;
mod show;

pub use create::{NewCase, create, create_with};
pub(crate) use show::facts_of;
pub use show::{Anchor, CaseFacts, CheckpointFacts, Custody, ExaminerFacts, show};
