//! The normalised event: what every source becomes. Names follow OCSF where it has one.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{NormalForm, Reading, TimeFlags};

/// A text field: borrowed from the record where it stands there unescaped, absent where the
/// record has no value.
pub type Text<'a> = Option<Cow<'a, str>>;

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $number:literal $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant = $number,)+ }

        impl $name {
            /// Every value, in the order of their stored numbers.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The word used in queries and exports.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }

            /// The value with this stored number.
            pub fn from_u8(number: u8) -> Option<$name> {
                Self::ALL.iter().copied().find(|value| *value as u8 == number)
            }

            /// The value with this word, in any case.
            pub fn from_word(word: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|value| value.word().eq_ignore_ascii_case(word))
            }
        }
    };
}

words! {
    /// What a row tells of.
    Kind {
        /// Something that was done (OCSF API Activity, Authentication and their like).
        Event = 0 "event",
        /// A connection or an interval of one (OCSF Network Activity).
        Flow = 1 "flow",
        /// A resource as it was at a moment.
        Resource = 2 "resource",
    }
}

words! {
    /// Where the row comes from.
    Cloud {
        /// Amazon Web Services.
        Aws = 0 "aws",
        /// Microsoft Azure and Entra ID.
        Azure = 1 "azure",
        /// Google Cloud.
        Gcp = 2 "gcp",
        /// Microsoft 365.
        M365 = 3 "m365",
        /// Okta.
        Okta = 4 "okta",
        /// Google Workspace.
        Workspace = 5 "workspace",
        /// GitHub.
        Github = 6 "github",
        /// Duo.
        Duo = 7 "duo",
        /// Kubernetes.
        Kubernetes = 8 "kubernetes",
        /// Network sensors.
        Network = 9 "network",
        /// Anything else.
        Other = 10 "other",
    }
}

words! {
    /// What sort of act it was.
    Activity {
        /// Something came to be.
        Create = 0 "create",
        /// Something was looked at, listed or fetched.
        Read = 1 "read",
        /// Something was changed.
        Update = 2 "update",
        /// Something ceased to be.
        Delete = 3 "delete",
        /// A sign-in or the taking of a role.
        Login = 4 "login",
        /// A sign-out.
        Logout = 5 "logout",
        /// A connection was let through.
        Allow = 6 "allow",
        /// A connection was refused.
        Deny = 7 "deny",
        /// None of these.
        Other = 8 "other",
    }
}

words! {
    /// How it ended.
    Outcome {
        /// It was done.
        Success = 0 "success",
        /// It was tried and did not work.
        Failure = 1 "failure",
        /// It was refused for want of permission.
        Denied = 2 "denied",
        /// The record does not say.
        Unknown = 3 "unknown",
    }
}

/// What is unusual about a record that was read all the same, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quality(pub u16);

impl Quality {
    /// An object names a key twice; the last value counts, the first is in the raw record.
    pub const DUPLICATE_KEYS: Quality = Quality(1);
    /// Bytes that are not UTF-8, shown as `\xNN`.
    pub const INVALID_UTF8: Quality = Quality(2);
    /// Control characters stand raw inside a string.
    pub const CONTROL_CHARACTERS: Quality = Quality(4);
    /// Half a surrogate pair, shown as `\uNNNN`.
    pub const LONE_SURROGATE: Quality = Quality(8);
    /// Found by looking for the next record after damage.
    pub const RECOVERED: Quality = Quality(16);
    /// A number too large for 64 bits; its text is in the raw record.
    pub const BIG_NUMBER: Quality = Quality(32);

    const NAMES: [(Quality, &'static str); 6] = [
        (Self::DUPLICATE_KEYS, "duplicate_keys"),
        (Self::INVALID_UTF8, "invalid_utf8"),
        (Self::CONTROL_CHARACTERS, "control_characters"),
        (Self::LONE_SURROGATE, "lone_surrogate"),
        (Self::RECOVERED, "recovered"),
        (Self::BIG_NUMBER, "big_number"),
    ];

    /// Both sets together.
    #[must_use]
    pub fn with(self, other: Quality) -> Quality {
        Quality(self.0 | other.0)
    }

    /// Whether every flag of `other` is set.
    pub fn has(self, other: Quality) -> bool {
        self.0 & other.0 == other.0
    }

    /// The names of the flags that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .filter(move |(flag, _)| self.has(*flag))
            .map(|(_, name)| name)
    }
}

/// Something that was acted upon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource<'a> {
    /// The provider's type name, as it stands there.
    pub kind: Text<'a>,
    /// The full identifier (ARN, resource id).
    pub id: Text<'a>,
    /// The short name.
    pub name: Text<'a>,
}

/// One normalised row. Absent fields are none; nothing is guessed.
#[derive(Clone, Debug, PartialEq)]
pub struct Event<'a> {
    /// What the row tells of.
    pub kind: Kind,
    /// When it happened or began.
    pub time: Reading,
    /// The time's text, where it differs from the instant's RFC 3339 form.
    pub time_raw: Text<'a>,
    /// When it ended, for flows and sessions, in UTC nanoseconds.
    pub end_time: Option<i64>,
    /// `platform:format:kind`, as in `aws:cloudtrail:record`.
    pub data_type: Cow<'a, str>,
    /// Where the row comes from.
    pub cloud: Cloud,
    /// Account, subscription, project or tenant the record belongs to.
    pub account: Text<'a>,
    /// Organisation above the account.
    pub organization: Text<'a>,
    /// Region or location.
    pub region: Text<'a>,
    /// The service that was called, in its short form (`s3`).
    pub service: Text<'a>,
    /// The act, as the source names it (`GetObject`).
    pub action: Text<'a>,
    /// What sort of act it was.
    pub activity: Option<Activity>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// The source's error code.
    pub error_code: Text<'a>,
    /// The source's error text.
    pub error_message: Text<'a>,
    /// Who acted: the name a person would use.
    pub actor_name: Text<'a>,
    /// Who acted: the full identifier.
    pub actor_id: Text<'a>,
    /// Who acted: the source's type.
    pub actor_type: Text<'a>,
    /// The signed-in stretch it happened in.
    pub session: Text<'a>,
    /// The key or token used.
    pub credential: Text<'a>,
    /// Where it came from.
    pub src_ip: Text<'a>,
    /// Port it came from.
    pub src_port: Option<u16>,
    /// Where it went.
    pub dst_ip: Text<'a>,
    /// Port it went to.
    pub dst_port: Option<u16>,
    /// The client software as it names itself.
    pub agent: Text<'a>,
    /// What was acted upon.
    pub resources: Vec<Resource<'a>>,
    /// Bytes carried.
    pub bytes: Option<u64>,
    /// Packets carried.
    pub packets: Option<u64>,
    /// IANA protocol number.
    pub protocol: Option<u8>,
    /// `ingress`, `egress` or as the source names it.
    pub direction: Text<'a>,
    /// The provider's request id.
    pub request_id: Text<'a>,
    /// The source's own event id.
    pub event_id: Text<'a>,
    /// What is unusual about the record.
    pub quality: Quality,
}

impl<'a> Event<'a> {
    /// An empty row of this kind and type.
    pub fn new(kind: Kind, data_type: &'static str, cloud: Cloud) -> Event<'a> {
        Event {
            kind,
            time: Reading::default(),
            time_raw: None,
            end_time: None,
            data_type: Cow::Borrowed(data_type),
            cloud,
            account: None,
            organization: None,
            region: None,
            service: None,
            action: None,
            activity: None,
            outcome: None,
            error_code: None,
            error_message: None,
            actor_name: None,
            actor_id: None,
            actor_type: None,
            session: None,
            credential: None,
            src_ip: None,
            src_port: None,
            dst_ip: None,
            dst_port: None,
            agent: None,
            resources: Vec::new(),
            bytes: None,
            packets: None,
            protocol: None,
            direction: None,
            request_id: None,
            event_id: None,
            quality: Quality::default(),
        }
    }

    /// Sets the time from its text, keeping the text where the instant alone would not give it
    /// back. Call it with the text exactly as the record has it.
    pub fn set_time(&mut self, text: Cow<'a, str>) {
        self.time = crate::time::parse(&text);
        // An instant gives its own text back only in whole-second `Z` form; skipping the
        // formatting for that form, which nearly all records have, saves 100 ns a record.
        let plain = self.time.flags == TimeFlags::default()
            && text.len() == 20
            && text.as_bytes()[10] == b'T'
            && text.ends_with('Z');
        let told = plain
            || self
                .time
                .ns
                .is_some_and(|ns| crate::time::format(ns) == text);
        self.time_raw = if told { None } else { Some(text) };
    }
}

impl Event<'_> {
    /// Brings the row into the form that is stored and hashed: entity values normalised
    /// ([`crate::entity::normalise`]), the time judged against `imported` (UTC nanoseconds),
    /// numbers that 64-bit signed storage cannot hold left out and flagged. Doing it twice
    /// changes nothing.
    pub fn normalise(&mut self, imported: i64) {
        self.normalise_in(NormalForm::default(), imported);
    }

    /// The same by the rules of a form.
    pub fn normalise_in(&mut self, form: NormalForm, imported: i64) {
        use crate::EntityKind as Kind;
        normalise_text(form, Kind::Actor, &mut self.actor_id);
        normalise_text(form, Kind::Session, &mut self.session);
        normalise_text(form, Kind::Address, &mut self.src_ip);
        normalise_text(form, Kind::Address, &mut self.dst_ip);
        if self
            .time
            .ns
            .is_some_and(|ns| ns > imported.saturating_add(DAY))
        {
            self.time.flags = self.time.flags.with(TimeFlags::FUTURE);
        }
        for number in [&mut self.bytes, &mut self.packets] {
            if number.is_some_and(|value| i64::try_from(value).is_err()) {
                *number = None;
                self.quality = self.quality.with(Quality::BIG_NUMBER);
            }
        }
        for time in [&mut self.time.ns, &mut self.end_time] {
            // The least value marks absence in storage.
            if *time == Some(i64::MIN) {
                *time = None;
            }
        }
    }
}

const DAY: i64 = 86_400_000_000_000;

fn normalise_text(form: NormalForm, kind: crate::EntityKind, text: &mut Text<'_>) {
    if let Some(value) = text
        && let Cow::Owned(better) = crate::entity::normalise_in(form, kind, value)
    {
        *text = Some(Cow::Owned(better));
    }
}

/// IANA protocol numbers that have a name people use, for queries and display.
pub const PROTOCOLS: &[(u8, &str)] = &[
    (1, "icmp"),
    (2, "igmp"),
    (4, "ipv4"),
    (6, "tcp"),
    (17, "udp"),
    (41, "ipv6"),
    (47, "gre"),
    (50, "esp"),
    (51, "ah"),
    (58, "icmp6"),
    (89, "ospf"),
    (132, "sctp"),
];
