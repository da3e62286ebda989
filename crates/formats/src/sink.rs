//! Where a format puts what it reads.

use vestige_model::{Decode, Event, Warning};

/// The bytes of one record inside its member, and how they become the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Offset in the member's decompressed, untranscoded bytes.
    pub offset: u64,
    /// Length in bytes.
    pub length: u64,
    /// How the bytes become the record.
    pub decode: Decode,
}

/// Receives every record of a member, in the order of their offsets. Each record found ends in
/// exactly one call of `stored`, `rejected` or `ignored`.
pub trait Sink {
    /// A record that was read. `decoded` is the record after [`Span::decode`]; two records with
    /// the same source id are duplicates where it is equal. `events` has at least one row; with
    /// more than one, their `sub` counts from 0 in this order. The sink may normalise them in place.
    fn stored(&mut self, span: Span, decoded: &[u8], events: &mut [Event<'_>]);

    /// A record that could not be read.
    fn rejected(&mut self, warning: Warning);

    /// A known non-event (`NODATA`, a control message).
    fn ignored(&mut self, span: Span, reason: &str);

    /// Something worth saying that is no record (a doubtful header, bytes between records).
    fn warned(&mut self, warning: Warning);

    /// What the member's records need from elsewhere in it (a header line, envelope attributes),
    /// kept once with the member and given back to `Format::read_record`.
    fn context(&mut self, context: Vec<u8>);

    /// Whether the user wants to stop; formats ask between records and return early.
    fn stopped(&self) -> bool;
}
