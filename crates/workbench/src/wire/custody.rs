//! The chain: its entries, its verification, how it stands.

use super::program::Ticket;

asked! {
    /// A part of the ledger.
    LedgerAsked {
        /// How many of the entries that pass the filter lie before the first one wanted; without a
        /// filter that is its number.
        from: u64,
        /// How many, at most a thousand.
        limit: u32,
        /// Only entries whose event, actor, object or reason contains this, case folded.
        filter: Option<String>,
    }

    /// An entry by its number.
    EntryAsked {
        /// From 0.
        seq: u64,
    }

    /// A verification of the open case.
    VerifyAsked {
        /// Whether every record is parsed again.
        deep: bool,
        /// Verifier keys from outside.
        keys: Vec<String>,
        /// Pins from outside, `SIZE:ROOT`.
        pins: Vec<String>,
        /// CA certificates of time-stamp authorities.
        tsa_ca: Option<Ticket>,
    }

    /// The answer of a time-stamp authority.
    TimeStampAnswer {
        /// The reply.
        reply: Ticket,
        /// Its CA certificates.
        ca: Option<Ticket>,
    }
}

told! {
    /// Entries of the chain.
    LedgerView {
        /// Entries in the chain.
        size: u64,
        /// Entries that pass the filter.
        found: u64,
        /// The entries, in their order.
        entries: Vec<EntryView>,
    }

    /// A custody entry.
    EntryView {
        /// Its number.
        seq: u64,
        /// Its time.
        time: String,
        /// The event, `evidence.imported`.
        event: String,
        /// Who.
        actor: String,
        /// What it is about, where it names an object.
        object: Option<String>,
        /// Its outcome.
        outcome: Option<String>,
        /// Its reason.
        reason: Option<String>,
        /// Its leaf hash.
        leaf: String,
        /// Whether a signed note covers it.
        signed: bool,
        /// Whether a time stamp covers it.
        anchored: bool,
    }

    /// An entry's exact bytes.
    EntryBytes {
        /// The bytes as text; a byte that is not UTF-8 stands as `\xNN`.
        text: String,
        /// How many.
        length: u64,
        /// The predecessor's leaf hash, none for the first.
        prev: Option<String>,
        /// Its own leaf hash, computed anew from the bytes.
        leaf: String,
        /// Whether that is the stored one.
        matches: bool,
    }

    /// How the chain stands, to be kept outside the case.
    PinView {
        /// Entries.
        size: u64,
        /// Merkle root.
        root: String,
        /// Leaf hash of the last entry.
        head: String,
        /// The verifier key that signs.
        key: Option<String>,
        /// The pin line, `SIZE:ROOT`.
        line: String,
        /// A QR code of the pin line: one text of `0` and `1` a row.
        qr: Vec<String>,
    }

    /// A query for a time-stamp authority that was written.
    TimeStampQuery {
        /// Entries covered.
        size: u64,
        /// Where the query lies.
        path: String,
        /// The command that sends it from a machine with a network.
        command: String,
    }
}
