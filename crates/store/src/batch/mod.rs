//! From events to rows that only need to be bound: done in the workers, so that the one writer
//! has little left to do.
//!
//! A [`Chunk`] is a bounded run of rows with a dictionary of its own; the writer maps its terms to
//! the case's. The digest over the canonical rows runs on across chunks until a batch ends.

mod columns;
mod rows;
mod terms;

pub use columns::{Column, EVENT, FLOW};
pub use rows::{EventRow, FlowRow, Ident, ResourceRow};
pub use terms::{HashedMap, LocalTerm, LocalTerms, Passthrough};

use sha2::{Digest, Sha256};
use vestige_model::canonical::{Canonical, Place};
use vestige_model::{Event, Kind, Locator};

use crate::rollup::Rollup;
use crate::term::HashKey;

/// Rows after which a chunk is handed over: about 6 MB with its texts.
pub const CHUNK_ROWS: usize = 16_384;

/// Bytes of text after which it is handed over as well: records may be long.
const CHUNK_TEXT: usize = 8 << 20;

/// A run of rows of one batch, with local term numbers.
#[derive(Debug, Default)]
pub struct Chunk {
    /// The texts the rows refer to; row values are index + 1.
    pub terms: LocalTerms,
    /// Rows for the table `event`.
    pub events: Vec<EventRow>,
    /// All resources of the events that have several.
    pub resources: Vec<ResourceRow>,
    /// Rows for the table `flow`.
    pub flows: Vec<FlowRow>,
    /// What the rows add to the roll-ups, in local term numbers.
    pub rollup: Rollup,
    /// Bytes of text that stand in the rows themselves.
    own_text: usize,
}

impl Chunk {
    /// Bytes of text in it.
    fn text(&self) -> usize {
        self.own_text + self.terms.text()
    }

    /// Rows in it.
    pub fn rows(&self) -> usize {
        self.events.len() + self.flows.len()
    }
}

/// Turns events into chunks and keeps the digest of a batch.
#[derive(Debug)]
pub struct Encoder {
    key: HashKey,
    canonical: Canonical,
    digest: Sha256,
    rows: u64,
    chunk: Chunk,
}

impl Encoder {
    /// An encoder for the case with this hash key.
    pub fn new(key: HashKey) -> Encoder {
        Encoder {
            key,
            canonical: Canonical::default(),
            digest: Sha256::new(),
            rows: 0,
            chunk: Chunk::default(),
        }
    }

    /// Adds one normalised row ([`Event::normalise`]). `member` counts the members of the batch
    /// from 0.
    pub fn push(&mut self, place: Place<'_>, member: u32, at: &Locator, event: &Event<'_>) {
        self.digest.update(self.canonical.row(place, at, event));
        self.rows += 1;
        let own = [&event.time_raw, &event.event_id, &event.request_id];
        self.chunk.own_text += own
            .into_iter()
            .flatten()
            .map(|text| text.len())
            .sum::<usize>();
        match event.kind {
            Kind::Flow if rows::fits_flow(event) => {
                rows::push_flow(&mut self.chunk, self.key, member, at, event);
            }
            _ => {
                rows::push_event(&mut self.chunk, self.key, member, at, event);
            }
        }
    }

    /// Whether the chunk should be handed over before more is added.
    pub fn full(&self) -> bool {
        self.chunk.rows() >= CHUNK_ROWS || self.chunk.text() >= CHUNK_TEXT
    }

    /// The chunk so far; the next one begins empty, with room for as much.
    pub fn take_chunk(&mut self) -> Chunk {
        self.chunk.rollup.compact();
        let next = Chunk {
            terms: LocalTerms::as_large_as(&self.chunk.terms),
            events: Vec::with_capacity(self.chunk.events.len()),
            ..Chunk::default()
        };
        std::mem::replace(&mut self.chunk, next)
    }

    /// Rows and SHA-256 of the batch that ends here; the next row begins another.
    pub fn end_batch(&mut self) -> RowsDigest {
        let rows = std::mem::take(&mut self.rows);
        RowsDigest {
            rows,
            sha256: self.digest.finalize_reset().into(),
        }
    }
}

/// What a custody entry says of the rows of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowsDigest {
    /// Number of rows.
    pub rows: u64,
    /// SHA-256 over their canonical form in locator order.
    pub sha256: [u8; 32],
}
