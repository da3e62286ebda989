//! The formats there are: one line each.

use crate::{Format, Head};

/// Declares the formats' modules and lists them. A format's folder has a `FORMAT`.
macro_rules! formats {
    ($($(#[$meta:meta])* $name:ident $path:literal;)+) => {
        $($(#[$meta])* #[path = $path] pub mod $name;)+

        /// Every format.
        pub static ALL: &[&dyn Format] = &[$(&$name::FORMAT,)+];

        /// The names of the formats' folders, in the order of [`ALL`].
        pub static FOLDERS: &[&str] = &[$(stringify!($name),)+];
    };
}

formats! {
    aws_cloudtrail "aws_cloudtrail/mod.rs";
    aws_vpc_flow "aws_vpc_flow/mod.rs";
}

/// What a member was taken for.
pub struct Identity {
    /// The format, none where no format recognised it.
    pub format: Option<&'static dyn Format>,
    /// The envelope, for [`Format::read`].
    pub envelope: &'static str,
    /// Why, for people; where there is no format, what the member looks like.
    pub reason: String,
}

/// Recognises a member by its first bytes; `whole` says that these are all.
pub fn identify(head: &[u8], whole: bool) -> Identity {
    let head = Head::new(head, whole);
    let best = ALL
        .iter()
        .filter_map(|format| Some((*format, format.identify(&head)?)))
        .max_by_key(|(_, recognised)| recognised.confidence);
    match best {
        Some((format, recognised)) => Identity {
            format: Some(format),
            envelope: recognised.envelope,
            reason: recognised.reason,
        },
        None => Identity {
            format: None,
            envelope: "",
            reason: head.looks_like(),
        },
    }
}

/// The format of this name.
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    ALL.iter().copied().find(|format| format.name() == name)
}
