//! The use cases of Vestige, one file each, written against a [`host::Host`]: the command line and
//! the window are thin over this.

mod anew;
pub mod annotations;
pub mod backup;
pub mod case;
pub mod custody;
pub mod desk;
pub mod error;
pub mod examiner;
pub mod explore;
pub mod home;
pub mod host;
pub mod import;
pub mod item;
pub mod key;
pub mod machine;
pub mod package;
mod phrase;
pub mod progress;
pub mod report;
pub mod rows;
pub mod session;
pub mod show;
pub mod verify;
mod who;
pub mod wire;
pub mod withdraw;

pub use error::{Class, WorkError};
pub use host::Host;
pub use session::OpenCase;
