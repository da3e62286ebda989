//! Results of a question: their rows by position, and single events.

use super::notes::Noted;
use super::program::Ticket;
use super::question::Question;

asked! {
    /// A question whose rows are to be looked at.
    OpenResult {
        /// The question.
        question: Question,
        /// Newest first.
        newest_first: bool,
    }

    /// Rows of a result.
    Rows {
        /// The result.
        result: u64,
        /// Position of the first, from 0.
        offset: u64,
        /// How many, at most a thousand.
        limit: u32,
        /// Names of the fields wanted.
        fields: Vec<String>,
    }

    /// Where a time lies in a result.
    FindTime {
        /// The result.
        result: u64,
        /// RFC 3339.
        time: String,
    }

    /// An event.
    EventId {
        /// Its id.
        id: String,
    }

    /// An export of what a question finds.
    Export {
        /// The question.
        question: Question,
        /// Newest first.
        newest_first: bool,
        /// `csv` or `jsonl`.
        format: String,
        /// Where.
        to: Ticket,
    }
}

told! {
    /// A result: its rows can be asked for by position.
    ResultView {
        /// Its number.
        result: u64,
        /// Rows, exact.
        count: u64,
        /// Rows of them without a time; they are last.
        undated: u64,
        /// Seconds it took.
        seconds: f64,
        /// Hits of phrases outside records, at most a hundred.
        outside: Vec<OutsideHit>,
        /// Such hits in all.
        outside_total: u64,
    }

    /// A hit of a phrase that lies in no record.
    OutsideHit {
        /// The phrase.
        phrase: String,
        /// Evidence item.
        evidence: String,
        /// Member.
        member: String,
        /// Byte offset.
        offset: u64,
    }

    /// A page of rows.
    RowsView {
        /// Position of the first.
        offset: u64,
        /// The rows.
        rows: Vec<RowView>,
    }

    /// A row of the timeline.
    RowView {
        /// Event id.
        id: String,
        /// `event` or `flow`.
        kind: String,
        /// RFC 3339 UTC, none where it is undated.
        time: Option<String>,
        /// The time as it stands in the record.
        time_raw: Option<String>,
        /// Cells in the order of the fields asked for; none where absent.
        cells: Vec<Option<String>>,
        /// What people noted.
        noted: Noted,
    }

    /// A position in a result.
    Position {
        /// From 0: of the first row that comes then or, in the result's order, after it; of the first
        /// undated row where there is none, and the count where there is none of these, too.
        offset: u64,
    }

    /// An event with its record.
    EventView {
        /// Flat fields of the normalised event, in the order of the documentation.
        fields: Vec<FieldValue>,
        /// The record as JSON text where it is JSON and not cut, pretty only by the page.
        json: Option<String>,
        /// The record as text; bytes that are not UTF-8 stand as `\xNN`.
        text: String,
        /// Whether `text` holds only the record's first MiB.
        cut: bool,
        /// What the record needs from elsewhere in its member (a header).
        context: Option<String>,
        /// Where it comes from.
        provenance: crate::show::Provenance,
        /// What people noted.
        noted: Noted,
    }

    /// A field of an event.
    FieldValue {
        /// Its name; `resource.id` may stand several times.
        name: String,
        /// Its value as text.
        value: String,
    }
}
