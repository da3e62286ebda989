//! The integer columns of the two row tables, in the order in which they are bound, and which of
//! them hold terms.

use crate::term::TermKind;

/// One integer column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the table.
    pub name: &'static str,
    /// The kind of term it refers to, none for a plain number.
    pub term: Option<TermKind>,
}

const fn number(name: &'static str) -> Column {
    Column { name, term: None }
}

const fn term(name: &'static str, kind: TermKind) -> Column {
    Column {
        name,
        term: Some(kind),
    }
}

/// The integer columns of `event` but its key, `hidden` and `member`.
pub const EVENT: [Column; 35] = [
    number("kind"),
    number("time"),
    term("type", TermKind::Type),
    term("action", TermKind::Action),
    term("actor_id", TermKind::Actor),
    term("src_ip", TermKind::Address),
    number("outcome"),
    term("service", TermKind::Service),
    term("account", TermKind::Account),
    term("region", TermKind::Region),
    term("actor_name", TermKind::ActorName),
    term("actor_type", TermKind::ActorType),
    term("session", TermKind::Session),
    term("credential", TermKind::Credential),
    term("agent", TermKind::Agent),
    number("activity"),
    term("error_code", TermKind::ErrorCode),
    term("error_message", TermKind::ErrorMessage),
    term("resource_type", TermKind::ResourceType),
    term("resource_id", TermKind::Resource),
    term("resource_name", TermKind::ResourceName),
    number("resources"),
    number("cloud"),
    term("organization", TermKind::Organization),
    term("dst_ip", TermKind::Address),
    number("src_port"),
    number("dst_port"),
    number("bytes"),
    number("packets"),
    number("protocol"),
    term("direction", TermKind::Direction),
    number("end_time"),
    number("time_flags"),
    number("quality"),
    number("event_key"),
];

/// The integer columns of `flow` but its key, `hidden` and `member`.
pub const FLOW: [Column; 23] = [
    number("time"),
    number("end_time"),
    term("type", TermKind::Type),
    term("src_ip", TermKind::Address),
    term("dst_ip", TermKind::Address),
    number("src_port"),
    number("dst_port"),
    number("protocol"),
    number("packets"),
    number("bytes"),
    term("action", TermKind::Action),
    number("activity"),
    number("outcome"),
    term("account", TermKind::Account),
    term("region", TermKind::Region),
    term("service", TermKind::Service),
    term("direction", TermKind::Direction),
    term("resource_type", TermKind::ResourceType),
    term("resource_id", TermKind::Resource),
    term("resource_name", TermKind::ResourceName),
    number("cloud"),
    number("time_flags"),
    number("quality"),
];
