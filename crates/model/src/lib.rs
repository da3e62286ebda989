//! The words every other crate speaks: plain data with no input or output.
//!
//! One record of evidence becomes one or more [`Row`]s, each led back to its bytes by a
//! [`Locator`]. A row has flat field names ([`field`]), a canonical form that is hashed into the
//! custody chain ([`canonical`]), and a stable [`EventId`].

pub mod bytes;
pub mod canonical;
pub mod entity;
pub mod event;
pub mod evidence;
pub mod field;
pub mod locator;
pub mod time;
pub mod warning;

pub use bytes::{MemberRef, RecordBytes, RecordBytesError};
pub use entity::{EntityKind, NormalForm};
pub use event::{Activity, Cloud, Event, Kind, Outcome, Quality, Resource, Text};
pub use evidence::{Tally, Unreconciled};
pub use field::{Field, FieldKind};
pub use locator::{Decode, EventId, Locator, MemberPath};
pub use time::{Reading, TimeFlags};
pub use warning::Warning;
