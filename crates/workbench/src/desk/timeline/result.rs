//! Results: questions whose rows are looked at by their position.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use vestige_store::page::{Order, Reader, RowRef, RowsState, Spread};

use super::super::open::Open;
use super::super::{CallHost, Desk, locked};
use super::index::{Index, Wanted};
use super::question::{asked, time};
use crate::error::WorkError;
use crate::explore::{LookedUp, watched};
use crate::home::Home;
use crate::wire::{FindTime, OpenResult, OutsideHit, Position, ResultView};

/// Results that are kept.
const KEPT: usize = 8;

/// Hits outside records that the page gets.
const OUTSIDE: usize = 100;

/// A number that no result of this program had before, so that one of another case is none here.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// The results that were opened last.
#[derive(Debug, Default)]
pub(in crate::desk) struct Results {
    kept: Mutex<VecDeque<Arc<Listing>>>,
}

/// A result.
#[derive(Debug)]
pub(in crate::desk) struct Listing {
    number: u64,
    looked_up: Arc<LookedUp>,
    order: Order,
    spread: Spread,
    /// The rows that it is about.
    state: RowsState,
    index: Arc<Index>,
}

impl Drop for Listing {
    fn drop(&mut self) {
        self.index.stop();
    }
}

impl Results {
    fn add(&self, listing: Listing) {
        let mut kept = locked(&self.kept);
        kept.push_back(Arc::new(listing));
        if kept.len() > KEPT {
            kept.pop_front();
        }
    }

    /// A result by its number.
    pub fn get(&self, result: u64) -> Result<Arc<Listing>, WorkError> {
        let kept = locked(&self.kept);
        let found = kept.iter().find(|listing| listing.number == result);
        found.cloned().ok_or(WorkError::ResultGone { result })
    }

    /// Lets those of other states of the rows go.
    pub fn keep(&self, state: Option<&RowsState>) {
        locked(&self.kept).retain(|listing| Some(&listing.state) == state);
    }
}

impl Listing {
    /// How many rows it has.
    pub fn count(&self) -> u64 {
        self.spread.rows()
    }

    /// Its rows from a position on.
    pub fn rows(
        &self,
        host: &CallHost<'_>,
        reader: &Reader,
        offset: u64,
        limit: u64,
    ) -> Result<Vec<RowRef>, WorkError> {
        let rows = self.spread.rows();
        let end = offset.saturating_add(limit).min(rows);
        if offset >= end {
            return Ok(Vec::new());
        }
        if self.index.ready().is_none() {
            let found = watched(host, "finding rows", |progress| {
                let query = &self.looked_up.compiled;
                reader.rows_at(query, &self.spread, self.order, offset..end, progress)
            })?;
            if let Some(found) = found {
                return Ok(found);
            }
        }
        let index = self.index.wait(host, self.number)?;
        if index.len() != rows {
            return Err(WorkError::database(format!(
                "expected {rows} rows, as were counted, found {} listed",
                index.len()
            )));
        }
        Ok(index.get(offset, (end - offset) as usize)?)
    }

    /// How many rows come before the first one at a time or, in this order, after it.
    fn position(&self, host: &CallHost<'_>, reader: &Reader, time: i64) -> Result<u64, WorkError> {
        let found = watched(host, "finding the time", |progress| match self.order {
            Order::Ascending => reader.rows_before(&self.spread, time, progress),
            Order::Descending => match time.checked_add(1) {
                Some(after) => {
                    let until = reader.rows_before(&self.spread, after, progress)?;
                    Ok::<_, vestige_store::page::ReadError>(
                        until.map(|until| self.spread.dated.saturating_sub(until)),
                    )
                }
                None => Ok(Some(0)),
            },
        })?;
        match found {
            Some(position) => Ok(position),
            None => self.halved(host, reader, time),
        }
    }

    /// As [`Listing::position`], by halving the list.
    fn halved(&self, host: &CallHost<'_>, reader: &Reader, time: i64) -> Result<u64, WorkError> {
        let index = self.index.wait(host, self.number)?;
        let (mut low, mut high) = (0, self.spread.dated.min(index.len()));
        while low < high {
            let middle = low + (high - low) / 2;
            let row = reader.rows(index.get(middle, 1)?)?.pop();
            let own = row.and_then(|row| row.event.time.ns);
            let before = match self.order {
                Order::Ascending => own.is_some_and(|own| own < time),
                Order::Descending => own.is_some_and(|own| own > time),
            };
            match before {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        Ok(low)
    }

    /// Whether the rows are still those that it is about. What was read before is then of them.
    pub fn holds(&self, reader: &Reader) -> Result<(), WorkError> {
        match reader.rows_state()? == self.state {
            true => Ok(()),
            false => Err(WorkError::ResultGone {
                result: self.number,
            }),
        }
    }
}

impl Desk {
    #[allow(clippy::disallowed_methods)] // how long a question took, for display
    pub(in crate::desk) fn open_result(
        &self,
        host: &CallHost<'_>,
        input: OpenResult,
    ) -> Result<ResultView, WorkError> {
        let begun = Instant::now();
        let open = self.needed()?;
        let asked = asked(&input.question)?;
        let reader = open.reader()?;
        let state = reader.rows_state()?;
        let looked_up = open.looked_up(host, &reader, &asked)?;
        let spread = watched(host, "counting", |progress| {
            reader.spread(&looked_up.compiled, progress)
        })?;
        let order = match input.newest_first {
            true => Order::Descending,
            false => Order::Ascending,
        };
        let wanted = Wanted {
            looked_up: Arc::clone(&looked_up),
            order,
            state,
        };
        let folder = Home::of(host)?.temp()?;
        let listing = Listing {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            order,
            state,
            index: Index::begin(open.own_reader()?, wanted, &folder)?,
            spread,
            looked_up: Arc::clone(&looked_up),
        };
        let view = view(&listing, begun.elapsed().as_secs_f64());
        open.results.add(listing);
        Ok(view)
    }

    pub(in crate::desk) fn find_time(
        &self,
        host: &CallHost<'_>,
        input: FindTime,
    ) -> Result<Position, WorkError> {
        let open = self.needed()?;
        let listing = open.results.get(input.result)?;
        let at = time(&input.time)?;
        let reader = open.reader()?;
        let offset = listing.position(host, &reader, at)?;
        listing.holds(&reader)?;
        Ok(Position { offset })
    }
}

fn view(listing: &Listing, seconds: f64) -> ResultView {
    let outside = listing.looked_up.outside.iter().take(OUTSIDE);
    ResultView {
        result: listing.number,
        count: listing.spread.rows(),
        undated: listing.spread.undated,
        seconds,
        outside: outside
            .map(|hit| OutsideHit {
                phrase: hit.phrase.clone(),
                evidence: hit.evidence.clone(),
                member: hit.member.clone(),
                offset: hit.offset,
            })
            .collect(),
        outside_total: listing.looked_up.outside_total,
    }
}

/// For the compiler to say where a case is shared between commands.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Results>();
    shared::<Open>();
};
