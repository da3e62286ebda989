//! Evidence from the outside: found, digested, kept, unpacked, read again, searched.
//!
//! The order of the modules is the order of the work. [`intake`] lists what was named,
//! [`original`] reads a file once, hashes it and keeps it exactly as received, [`unpack`] walks
//! through its containers to the innermost members, [`seekable`] keeps large members within
//! reach, [`reopen`] reads them again, [`scan`] searches their bytes.
//!
//! This is the only crate that opens evidence. Evidence is hostile: nothing in it is used as a
//! path, no declared size is believed, and memory does not grow with it.

pub mod faults;
pub mod intake;
pub mod name;
pub mod original;
pub mod reopen;
pub mod scan;
pub mod seekable;
pub mod unpack;

pub use faults::{Faults, Moment};
