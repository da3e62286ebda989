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

/// What a member is where the user says that it is of `format`: that, unless its bytes are clearly
/// another's, which would give nothing but rejected records.
pub fn identify_as(format: &'static dyn Format, head: &[u8], whole: bool) -> Identity {
    let found = identify(head, whole);
    let other = match found.format {
        Some(other) if other.name() == format.name() => return found,
        other => other,
    };
    let by_user = |envelope, reason: String| Identity {
        format: Some(format),
        envelope,
        reason: format!("the user said so; by its content: {reason}"),
    };
    match (format.identify(&Head::new(head, whole)), other) {
        (Some(own), _) => by_user(own.envelope, own.reason),
        (None, None) => by_user("", found.reason),
        (None, Some(other)) => Identity {
            format: None,
            envelope: "",
            reason: format!(
                "asked to read it as {}, found {}: {}",
                format.name(),
                other.name(),
                found.reason
            ),
        },
    }
}

/// The format of this name.
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    ALL.iter().copied().find(|format| format.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: &[u8] =
        b"2 111122223333 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 40 1772445600 1772445660 ACCEPT OK\n";

    fn asked(name: &str, bytes: &[u8]) -> (Option<&'static str>, &'static str, String) {
        let format = by_name(name).expect("a format");
        let found = identify_as(format, bytes, true);
        let named = found.format.map(|format| format.name());
        (named, found.envelope, found.reason)
    }

    #[test]
    fn the_user_is_followed_where_the_bytes_do_not_speak_against_it() {
        assert_eq!(asked("aws:vpcflow", FLOW).0, Some("aws:vpcflow"));
        let (format, envelope, reason) = asked("aws:vpcflow", b"hello\n");
        assert_eq!((format, envelope), (Some("aws:vpcflow"), ""));
        assert!(reason.starts_with("the user said so"), "{reason}");
    }

    #[test]
    fn bytes_of_another_format_are_not_read_as_what_they_are_not() {
        let (format, _, reason) = asked("aws:cloudtrail", FLOW);
        assert_eq!(format, None);
        assert!(
            reason.contains("asked to read it as aws:cloudtrail, found aws:vpcflow"),
            "{reason}"
        );
    }
}
