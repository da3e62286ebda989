//! What the journeys have in common: a desk with a home, a case and evidence on it, the built
//! program, and what a case holds as it can be compared with another.
//!
//! The program is the one that was built beside these tests: `cargo test --workspace` builds it.

mod case;
mod desk;
mod draw;
mod evidence;
mod window;

pub use case::{Holding, strangers};
pub use desk::{Desk, PASSPHRASE, code, copy_folder, said, text};
pub use draw::Draw;
pub use evidence::{FLOWS, generated, gz, mixed, packed, record, tar, zip};
pub use window::{Window, window_program};
