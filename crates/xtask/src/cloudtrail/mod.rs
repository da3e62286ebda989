//! CloudTrail records as AWS writes them, for made-up callers and calls.

mod caller;
mod record;

pub use caller::{Caller, Role, Session};
pub use record::{Call, Event, Place, file};
