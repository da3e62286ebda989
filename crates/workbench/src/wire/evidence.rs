//! Evidence: what would be imported, what is there, what is noted about an item.

use super::custody::EntryView;
use super::program::Ticket;

asked! {
    /// Evidence that was chosen.
    OfTicket {
        /// The choice.
        ticket: Ticket,
    }

    /// An import.
    Import {
        /// What.
        ticket: Ticket,
        /// Read whatever is not clearly of another as this format.
        data_type: Option<String>,
        /// Leave the files where they lie.
        in_place: bool,
        /// Read members that unpack to more than 200 times their size.
        allow_ratio: bool,
        /// Why, for the custody entries.
        reason: Option<String>,
    }

    /// What of the evidence is asked for.
    EvidenceAsk {
        /// Words that a row must hold, all of them; empty for all.
        filter: String,
        /// The column, as the table names it; none for the order of arrival.
        sort: Option<String>,
        /// Whether the greatest comes first.
        down: bool,
        /// The position of the first row.
        offset: u64,
        /// How many rows; at most a thousand are given.
        limit: u32,
    }

    /// An evidence item.
    ItemId {
        /// `EV-0001`.
        id: String,
    }

    /// A change of legal notes.
    NoteItem {
        /// The item.
        id: String,
        /// Jurisdiction or region of origin.
        jurisdiction: Option<String>,
        /// Whether nothing of it may be disposed of.
        hold: bool,
        /// Free text.
        note: Option<String>,
    }

    /// A withdrawal.
    Withdraw {
        /// The item.
        id: String,
        /// Why.
        reason: String,
    }
}

told! {
    /// What would be imported.
    ImportPlan {
        /// Each file; at most ten thousand are listed.
        files: Vec<PlannedFile>,
        /// Files in all.
        total: u64,
        /// Their bytes.
        bytes: u64,
        /// Files whose format is not known from their head.
        unknown: u64,
        /// Files that repeat another or are in the case already.
        duplicate: u64,
    }

    /// A file that would be imported.
    PlannedFile {
        /// Name below what was chosen.
        name: String,
        /// Bytes.
        bytes: u64,
        /// The format it is recognised as; none where its head says nothing (an archive, an
        /// unknown file): `why` says which.
        #[serde(rename = "type")]
        data_type: Option<String>,
        /// Why.
        why: String,
        /// What keeps it from being read, or what it repeats.
        problem: Option<String>,
    }

    /// A page of the evidence.
    EvidencePage {
        /// From `offset` on.
        rows: Vec<EvidenceRow>,
        /// Rows that hold the words; a member that does brings its item along.
        matching: u64,
        /// Rows in all.
        all: u64,
        /// Items in all.
        items: u64,
        /// Sums over all items.
        totals: crate::import::Totals,
    }

    /// A row: an item or a member of one.
    EvidenceRow {
        /// Whether it is a member of the item above it.
        member: bool,
        /// Whether it is an item with members.
        archive: bool,
        /// The row itself.
        #[serde(flatten)]
        report: crate::import::EvidenceReport,
    }

    /// An evidence item with everything around it.
    ItemView {
        /// The item and, where it is an archive, its members.
        files: Vec<crate::import::EvidenceReport>,
        /// Custody entries that name it, newest first.
        trail: Vec<EntryView>,
        /// Warnings and rejected records, at most a thousand.
        warnings: Vec<WarningView>,
        /// Warnings in all.
        warnings_total: u64,
        /// Facts that the provider wrote about it (names of its delivery, digests, regions).
        provider: Vec<Fact>,
        /// Legal notes.
        notes: ItemNotes,
        /// Where its original lies.
        original: String,
        /// Whether it was left in place.
        in_place: bool,
    }

    /// A fact with a name.
    Fact {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    }

    /// A warning, or a record that was rejected.
    WarningView {
        /// Member's name, empty for a file that is no archive.
        member: String,
        /// Byte offset in the decompressed member.
        offset: u64,
        /// Bytes concerned.
        length: u64,
        /// What is wrong.
        reason: String,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
        /// The first bytes, escaped.
        excerpt: String,
    }

    /// Legal notes of an item.
    ItemNotes {
        /// Jurisdiction or region of origin.
        jurisdiction: Option<String>,
        /// Whether nothing of it may be disposed of.
        hold: bool,
        /// Free text.
        note: Option<String>,
        /// The custody entry of the last change.
        custody_seq: Option<u64>,
    }
}
