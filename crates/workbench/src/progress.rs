//! How far a use case has come.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A moment of a running use case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// What is being done, as a person would say it (`reading`, `building index event_time`).
    pub stage: String,
    /// Bytes of evidence done.
    pub bytes: u64,
    /// Bytes of evidence in all, 0 where unknown.
    pub bytes_total: u64,
    /// Records or rows done.
    pub records: u64,
    /// While evidence is imported: how far each part of it is.
    pub parts: Parts,
    /// Bytes a second since the stage began.
    pub rate: f64,
    /// Time that is left at this rate, where it can be told.
    pub eta: Option<Duration>,
}

/// How far the parts of an import are, which run side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Bytes read and hashed.
    pub read: u64,
    /// Bytes of members, decompressed.
    pub decompressed: u64,
    /// Rows stored for good.
    pub stored: u64,
}

/// Counters that several threads advance.
#[derive(Debug)]
pub struct Counters {
    started: Instant,
    total: u64,
    bytes: AtomicU64,
    records: AtomicU64,
    read: AtomicU64,
    decompressed: AtomicU64,
    stored: AtomicU64,
}

impl Counters {
    /// Counters for a stage over `total` bytes.
    #[allow(clippy::disallowed_methods)] // a duration for display, never stored
    pub fn new(total: u64) -> Counters {
        Counters {
            started: Instant::now(),
            total,
            bytes: AtomicU64::new(0),
            records: AtomicU64::new(0),
            read: AtomicU64::new(0),
            decompressed: AtomicU64::new(0),
            stored: AtomicU64::new(0),
        }
    }

    /// Advances by bytes of evidence.
    pub fn bytes(&self, more: u64) {
        self.bytes.fetch_add(more, Ordering::Relaxed);
    }

    /// Advances by records.
    pub fn records(&self, more: u64) {
        self.records.fetch_add(more, Ordering::Relaxed);
    }

    /// Advances by bytes that were read and hashed.
    pub fn read(&self, more: u64) {
        self.read.fetch_add(more, Ordering::Relaxed);
    }

    /// Advances by bytes of members.
    pub fn decompressed(&self, more: u64) {
        self.decompressed.fetch_add(more, Ordering::Relaxed);
    }

    /// Advances by rows that are in the case.
    pub fn stored(&self, more: u64) {
        self.stored.fetch_add(more, Ordering::Relaxed);
    }

    /// Seconds since the stage began.
    pub fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// The moment, under this name.
    pub fn now(&self, stage: &str) -> Progress {
        let bytes = self.bytes.load(Ordering::Relaxed);
        let seconds = self.seconds();
        let rate = if seconds > 0.0 {
            bytes as f64 / seconds
        } else {
            0.0
        };
        let left = self.total.saturating_sub(bytes) as f64;
        let eta = (rate > 0.0 && self.total > 0 && seconds > 1.0)
            .then(|| Duration::try_from_secs_f64(left / rate).ok())
            .flatten();
        Progress {
            stage: stage.to_owned(),
            bytes,
            bytes_total: self.total,
            records: self.records.load(Ordering::Relaxed),
            parts: Parts {
                read: self.read.load(Ordering::Relaxed),
                decompressed: self.decompressed.load(Ordering::Relaxed),
                stored: self.stored.load(Ordering::Relaxed),
            },
            rate,
            eta,
        }
    }
}
