//! Any position of a result before its list of rows is there: by the minute that holds it, or from
//! the nearer end.

use std::ops::Range;

use super::count::{MINUTE, in_stretch};
use super::events::{Cursor, Order, parts};
use super::row::RowRef;
use super::{Progress, ReadError, Reader};
use crate::query::{Compiled, Node, Stretch, Table, Test};

/// Rows that are walked over from an end of a result.
const REACH: u64 = 5_000;

/// How many rows a result has, and where in time they lie.
#[derive(Clone, Debug)]
pub struct Spread {
    /// Rows with a time.
    pub dated: u64,
    /// Rows without one; they are last in every order.
    pub undated: u64,
    /// Where the roll-up knows.
    minutes: Option<Minutes>,
}

/// A result whose rows the roll-up counts by minute.
#[derive(Clone, Debug)]
struct Minutes {
    /// Minutes that have rows, since 1970, each with the rows up to its end; earliest first.
    ends: Vec<(i64, u64)>,
    stretch: Stretch,
    types: Option<Vec<i64>>,
}

/// Rows of which some are wanted: all of them, in ascending order, and which.
struct Part {
    all: u64,
    wanted: Range<u64>,
}

impl Spread {
    /// Rows in all.
    pub fn rows(&self) -> u64 {
        self.dated + self.undated
    }
}

impl Reader {
    /// Counts the rows that match: from the roll-ups where these have the answer.
    ///
    /// # Errors
    /// What SQLite says, or that the caller stopped.
    pub fn spread(&self, query: &Compiled, progress: &Progress) -> Result<Spread, ReadError> {
        match self.watched(progress, || self.by_minute(query)) {
            Ok(Some((minutes, undated))) => Ok(spread_of(query, minutes, undated)),
            Ok(None) | Err(ReadError::TooManyBuckets(_)) => {
                let rows = self.count(query, progress)?.rows;
                let undated = self.watched(progress, || self.undated_within(query))?;
                Ok(Spread {
                    dated: rows.saturating_sub(undated),
                    undated,
                    minutes: None,
                })
            }
            Err(error) => Err(error),
        }
    }

    /// The rows at these positions, counted from 0; none where they can only be found by listing
    /// all before them.
    ///
    /// # Errors
    /// What SQLite says, or that the caller stopped.
    pub fn rows_at(
        &self,
        query: &Compiled,
        spread: &Spread,
        order: Order,
        positions: Range<u64>,
        progress: &Progress,
    ) -> Result<Option<Vec<RowRef>>, ReadError> {
        let end = positions.end.min(spread.rows());
        let start = positions.start.min(end);
        let dated = part(spread.dated, start, end, order);
        let undated = part(
            spread.undated,
            start.saturating_sub(spread.dated),
            end.saturating_sub(spread.dated),
            order,
        );
        let mut rows = Vec::new();
        for (part, without_time) in [(dated, false), (undated, true)] {
            let expected = part.wanted.end - part.wanted.start;
            if expected == 0 {
                continue;
            }
            let found = self.part_of(query, spread, &part, without_time, progress)?;
            // Where counts and rows disagree only the rows are right.
            let Some(mut found) = found.filter(|found| found.len() as u64 == expected) else {
                return Ok(None);
            };
            if order == Order::Descending {
                found.reverse();
            }
            rows.extend(found.into_iter().map(|place| place.row));
        }
        Ok(Some(rows))
    }

    /// Dated rows before a time; none where the roll-up does not know.
    ///
    /// # Errors
    /// What SQLite says, or that the caller stopped.
    pub fn rows_before(
        &self,
        spread: &Spread,
        time: i64,
        progress: &Progress,
    ) -> Result<Option<u64>, ReadError> {
        let Some(minutes) = &spread.minutes else {
            return Ok(None);
        };
        let minute = time.div_euclid(MINUTE);
        let at = minutes.ends.partition_point(|(own, _)| *own < minute);
        let before = minutes.before(at);
        if minutes.ends.get(at).is_none_or(|(own, _)| *own != minute) {
            return Ok(Some(before));
        }
        let begun = Stretch::of(
            i128::from(minute) * i128::from(MINUTE),
            i128::from(time) - 1,
        );
        let Some(node) = minutes.node(begun) else {
            return Ok(Some(before));
        };
        self.watched(progress, || {
            let mut rows = before;
            for table in Table::ALL {
                rows += self.count_rows(&node, table)?;
            }
            Ok(Some(rows))
        })
    }

    fn part_of(
        &self,
        query: &Compiled,
        spread: &Spread,
        part: &Part,
        undated: bool,
        progress: &Progress,
    ) -> Result<Option<Vec<Cursor>>, ReadError> {
        match &spread.minutes {
            Some(minutes) if undated => {
                let node = minutes.of_types();
                let found = self.watched(progress, || self.nearer(&node, part, undated))?;
                Ok(Some(found))
            }
            Some(minutes) => self
                .watched(progress, || self.by_minutes(minutes, &part.wanted))
                .map(Some),
            None if part.past_start().min(part.past_end()) > REACH => Ok(None),
            None => self.walk(query, part, undated, progress).map(Some),
        }
    }

    fn by_minutes(&self, minutes: &Minutes, wanted: &Range<u64>) -> Result<Vec<Cursor>, ReadError> {
        let mut places = Vec::new();
        let first = minutes
            .ends
            .partition_point(|(_, end)| *end <= wanted.start);
        for at in first.. {
            let before = minutes.before(at);
            let Some((minute, end)) = minutes.ends.get(at) else {
                break;
            };
            if before >= wanted.end {
                break;
            }
            let part = Part {
                all: end - before,
                wanted: wanted.start.max(before) - before..wanted.end.min(*end) - before,
            };
            let start = i128::from(*minute) * i128::from(MINUTE);
            if let Some(node) = minutes.node(Stretch::of(start, start + i128::from(MINUTE) - 1)) {
                places.extend(self.nearer(&node, &part, false)?);
            }
        }
        Ok(places)
    }

    /// Rows of a condition in the order of their times, walked from the nearer end.
    fn nearer(&self, node: &Node, part: &Part, undated: bool) -> Result<Vec<Cursor>, ReadError> {
        let order = part.order();
        let mut found = Vec::new();
        if let Some(plan) = self.plan_page(node) {
            for table in Table::ALL {
                let parts = parts(table, undated, order, None);
                found.extend(self.read_parts(&plan, table, &parts, order, part.reach())?);
            }
        }
        Ok(part.cut(found))
    }

    /// As [`Reader::nearer`], for any question.
    fn walk(
        &self,
        query: &Compiled,
        part: &Part,
        undated: bool,
        progress: &Progress,
    ) -> Result<Vec<Cursor>, ReadError> {
        let order = part.order();
        let mut found = Vec::new();
        for table in Table::ALL {
            found.extend(self.table_places(
                query,
                table,
                undated,
                order,
                None,
                part.reach(),
                progress,
            )?);
        }
        Ok(part.cut(found))
    }

    fn undated_within(&self, query: &Compiled) -> Result<u64, ReadError> {
        // Most cases have none.
        if self.undated()? == 0 {
            return Ok(0);
        }
        let mut rows = 0;
        for table in Table::ALL {
            let undated = Test::other("time IS NULL", Vec::new());
            let node = Node::and(vec![undated, query.node(table).clone()]);
            rows += self.count_rows(&node, table)?;
        }
        Ok(rows)
    }
}

fn spread_of(query: &Compiled, minutes: Vec<(i64, u64)>, undated: u64) -> Spread {
    let mut dated = 0;
    let ends = minutes
        .into_iter()
        .map(|(minute, rows)| {
            dated += rows;
            (minute, dated)
        })
        .collect();
    let types = query.shape.types().flatten();
    Spread {
        minutes: Some(Minutes {
            ends,
            stretch: query.shape.time.unwrap_or(Stretch::ALL),
            types: types.map(<[i64]>::to_vec),
        }),
        dated,
        undated,
    }
}

/// Which of so many rows, in ascending order, are at these positions of an order.
fn part(all: u64, start: u64, end: u64, order: Order) -> Part {
    let (start, end) = (start.min(all), end.min(all));
    let wanted = match order {
        Order::Ascending => start..end,
        Order::Descending => all - end..all - start,
    };
    Part { all, wanted }
}

impl Part {
    fn past_start(&self) -> u64 {
        self.wanted.end
    }

    fn past_end(&self) -> u64 {
        self.all - self.wanted.start
    }

    /// The end from which it is nearer.
    fn order(&self) -> Order {
        if self.past_start() <= self.past_end() {
            Order::Ascending
        } else {
            Order::Descending
        }
    }

    /// Rows to be walked over.
    fn reach(&self) -> usize {
        usize::try_from(self.past_start().min(self.past_end())).unwrap_or(usize::MAX >> 1)
    }

    /// The rows wanted, ascending, of those that both tables have from the nearer end on.
    fn cut(&self, mut found: Vec<Cursor>) -> Vec<Cursor> {
        let order = self.order();
        found.sort_by(|a, b| match a.precedes(b, order) {
            true => std::cmp::Ordering::Less,
            false => std::cmp::Ordering::Greater,
        });
        let wanted = (self.wanted.end - self.wanted.start) as usize;
        let skipped = self.reach() - wanted;
        let mut places: Vec<Cursor> = found.into_iter().skip(skipped).take(wanted).collect();
        if order == Order::Descending {
            places.reverse();
        }
        places
    }
}

impl Minutes {
    /// Rows before the `at`-th minute.
    fn before(&self, at: usize) -> u64 {
        let last = at.checked_sub(1).and_then(|at| self.ends.get(at));
        last.map_or(0, |(_, end)| *end)
    }

    /// The condition for its rows in a stretch, none where there are none.
    fn node(&self, stretch: Stretch) -> Option<Node> {
        let both = Stretch {
            first: stretch.first.max(self.stretch.first),
            last: stretch.last.min(self.stretch.last),
        };
        (!both.is_empty()).then(|| in_stretch(both, self.types.as_deref()))
    }

    fn of_types(&self) -> Node {
        match &self.types {
            None => Node::True,
            Some(types) => super::count::of_types(types),
        }
    }
}
