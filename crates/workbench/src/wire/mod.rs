//! What crosses between the window and the use cases: the inputs and outputs of the commands in
//! [`crate::desk`]. TypeScript bindings are made from these types by `xtask codegen`. Times are
//! RFC 3339 UTC with nanoseconds as they are, sizes are bytes, hashes lower-case hexadecimal. No
//! path ever comes from the page: it names a [`Ticket`] that the host gave for what the user chose.

/// Makes types that the page sends.
macro_rules! asked {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field:meta])* $part:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, ts_rs::TS)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field])* pub $part: $type,)* }
    )*};
}

/// Makes types that the page gets.
macro_rules! told {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field:meta])* $part:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, serde::Serialize, ts_rs::TS)]
        pub struct $name { $($(#[$field])* pub $part: $type,)* }
    )*};
}

mod call;
mod case;
mod custody;
mod evidence;
mod notes;
mod outgoing;
mod program;
mod question;
mod timeline;

pub use call::*;
pub use case::*;
pub use custody::*;
pub use evidence::*;
pub use notes::*;
pub use outgoing::*;
pub use program::*;
pub use question::*;
pub use timeline::*;
