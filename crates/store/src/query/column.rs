//! Where each field stands in the two row tables.

use vestige_model::Field;

use crate::term::TermKind;

/// The row tables.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Table {
    /// Events, resources, and flows that say more than `flow` holds.
    Event,
    /// Flows.
    Flow,
}

impl Table {
    /// Both, in the order in which rows of equal time are shown.
    pub const ALL: [Table; 2] = [Table::Event, Table::Flow];

    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Table::Event => "event",
            Table::Flow => "flow",
        }
    }
}

/// How a field is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A term id in this column.
    Term(&'static str, TermKind),
    /// A term id in this column of the first resource, and in this one of `event_resource` for
    /// events with several.
    Resource(&'static str, &'static str, TermKind),
    /// The number of a word.
    Word(&'static str),
    /// A number.
    Number(&'static str),
    /// UTC nanoseconds.
    Time(&'static str),
    /// Text, or sixteen bytes of a UUID.
    Text(&'static str),
    /// Every row of the table is a flow.
    Flow,
    /// The row itself.
    Id,
    /// The member the row comes from, by what is known of it.
    Member,
    /// What examiners noted of the row.
    Noted,
}

/// Columns with an index on them and the time.
pub(crate) const INDEXED: [&str; 3] = ["action", "actor_id", "src_ip"];

/// Where a table keeps a field, none where its rows never have it.
pub(crate) fn source(field: Field, table: Table) -> Option<Source> {
    use TermKind as K;
    let source = match field {
        Field::Id => Source::Id,
        Field::Kind if table == Table::Flow => Source::Flow,
        Field::Kind => Source::Word("kind"),
        Field::Time => Source::Time("time"),
        Field::TimeRaw => Source::Text("time_raw"),
        Field::EndTime => Source::Time("end_time"),
        Field::Ingested | Field::Evidence | Field::Member => Source::Member,
        Field::Type => Source::Term("type", K::Type),
        Field::Cloud => Source::Word("cloud"),
        Field::Account => Source::Term("account", K::Account),
        Field::Region => Source::Term("region", K::Region),
        Field::Service => Source::Term("service", K::Service),
        Field::Action => Source::Term("action", K::Action),
        Field::Activity => Source::Word("activity"),
        Field::Outcome => Source::Word("outcome"),
        Field::SrcIp => Source::Term("src_ip", K::Address),
        Field::SrcPort => Source::Number("src_port"),
        Field::DstIp => Source::Term("dst_ip", K::Address),
        Field::DstPort => Source::Number("dst_port"),
        Field::ResourceType => resource(table, "resource_type", "type", K::ResourceType),
        Field::ResourceId => resource(table, "resource_id", "id", K::Resource),
        Field::ResourceName => resource(table, "resource_name", "name", K::ResourceName),
        Field::Bytes => Source::Number("bytes"),
        Field::Packets => Source::Number("packets"),
        Field::Protocol => Source::Number("protocol"),
        Field::Direction => Source::Term("direction", K::Direction),
        Field::Offset => Source::Number("offset"),
        Field::Length => Source::Number("length"),
        Field::Tag | Field::Starred | Field::Comment | Field::Mark => Source::Noted,
        _ if table == Table::Flow => return None,
        Field::Organization => Source::Term("organization", K::Organization),
        Field::ErrorCode => Source::Term("error_code", K::ErrorCode),
        Field::ErrorMessage => Source::Term("error_message", K::ErrorMessage),
        Field::ActorName => Source::Term("actor_name", K::ActorName),
        Field::ActorId => Source::Term("actor_id", K::Actor),
        Field::ActorType => Source::Term("actor_type", K::ActorType),
        Field::Session => Source::Term("session", K::Session),
        Field::Credential => Source::Term("credential", K::Credential),
        Field::Agent => Source::Term("agent", K::Agent),
        Field::RequestId => Source::Text("request_id"),
        Field::EventId => Source::Text("event_id"),
    };
    Some(source)
}

fn resource(table: Table, column: &'static str, own: &'static str, kind: TermKind) -> Source {
    match table {
        Table::Event => Source::Resource(column, own, kind),
        Table::Flow => Source::Term(column, kind),
    }
}

/// The kind of term a field holds, none for other fields.
pub(crate) fn term_kind(field: Field) -> Option<TermKind> {
    match source(field, Table::Event) {
        Some(Source::Term(_, kind) | Source::Resource(_, _, kind)) => Some(kind),
        _ => None,
    }
}
