//! The flat field names of the query language, of exports and of the window.

macro_rules! fields {
    ($($variant:ident $name:literal $kind:ident $text:literal,)+) => {
        /// A field of a row.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Field { $(#[doc = $text] $variant,)+ }

        impl Field {
            /// Whether it is what examiners note, and so part of no record.
            pub fn is_noted(self) -> bool {
                matches!(self, Field::Tag | Field::Starred | Field::Comment | Field::Mark)
            }

            /// Every field, in the order of the export columns.
            pub const ALL: &'static [Field] = &[$(Field::$variant,)+];

            /// The flat name.
            pub fn name(self) -> &'static str {
                match self { $(Field::$variant => $name,)+ }
            }

            /// What values it takes.
            pub fn kind(self) -> FieldKind {
                match self { $(Field::$variant => FieldKind::$kind,)+ }
            }

            /// One line for help and completion.
            pub fn describe(self) -> &'static str {
                match self { $(Field::$variant => $text,)+ }
            }

            /// The field with this name, in any case.
            pub fn from_name(name: &str) -> Option<Field> {
                Self::ALL.iter().copied().find(|field| field.name().eq_ignore_ascii_case(name))
            }
        }
    };
}

/// What values a field takes, and so which operators it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Text with repeated values.
    Term,
    /// An address: text, and networks in CIDR form.
    Address,
    /// One of a fixed list of words.
    Word,
    /// A whole number.
    Number,
    /// An instant.
    Time,
    /// Text that is distinct in nearly every row.
    Unique,
}

fields! {
    Id "id" Unique "stable id of the event",
    Kind "kind" Word "event, flow or resource",
    Time "time" Time "when it happened or began, UTC",
    TimeRaw "time_raw" Unique "the time as the record has it, where it is written otherwise",
    EndTime "end_time" Time "when it ended",
    Ingested "ingested" Time "when it was imported",
    Type "type" Term "platform:format:kind",
    Cloud "cloud" Word "the platform",
    Account "account" Term "account, subscription, project or tenant",
    Organization "organization" Term "organisation above the account",
    Region "region" Term "region or location",
    Service "service" Term "service that was called",
    Action "action" Term "the act as the source names it",
    Activity "activity" Word "create, read, update, delete, login, logout, allow, deny or other",
    Outcome "outcome" Word "success, failure, denied or unknown",
    ErrorCode "error.code" Term "the source's error code",
    ErrorMessage "error.message" Term "the source's error text",
    ActorName "actor.name" Term "who acted: the short name",
    ActorId "actor.id" Term "who acted: the full identifier",
    ActorType "actor.type" Term "who acted: the source's type",
    Session "session" Term "the signed-in stretch it happened in",
    Credential "credential" Term "the key or token used",
    SrcIp "src.ip" Address "where it came from",
    SrcPort "src.port" Number "port it came from",
    DstIp "dst.ip" Address "where it went",
    DstPort "dst.port" Number "port it went to",
    Agent "agent" Term "client software as it names itself",
    ResourceType "resource.type" Term "type of what was acted upon",
    ResourceId "resource.id" Term "identifier of what was acted upon",
    ResourceName "resource.name" Term "short name of what was acted upon",
    Bytes "bytes" Number "bytes carried",
    Packets "packets" Number "packets carried",
    Protocol "protocol" Number "IANA protocol, by number or name",
    Direction "direction" Term "ingress or egress",
    RequestId "request_id" Unique "the provider's request id",
    EventId "event_id" Unique "the source's own event id",
    Evidence "evidence" Unique "evidence item (EV-0001)",
    Member "member" Unique "path of ordinals inside the evidence item",
    Offset "offset" Number "first byte of the record",
    Length "length" Number "length of the record in bytes",
    Tag "tag" Term "tag that an examiner gave it",
    Starred "starred" Word "whether an examiner starred it: true or false",
    Comment "comment" Unique "what an examiner wrote about it",
    Mark "mark" Word "what an examiner holds it for: bad, suspicious or good",
}
