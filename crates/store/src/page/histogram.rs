//! Rows over time.

use std::collections::HashMap;

use rusqlite::params;
use serde::{Deserialize, Serialize};
use vestige_model::Field;

use super::count::{MINUTE, Parts, in_stretch, unsigned};
use super::{Progress, ReadError, Reader};
use crate::query::{Compiled, Node, Rest, Stretch, Table};

/// Most buckets of a histogram.
const MOST: usize = 2_000_000;

/// The length of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bucket {
    /// Chosen by the time that the rows span: seconds up to 5 minutes, minutes up to 12 hours,
    /// hours up to 60 days, else days.
    Auto,
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A UTC day.
    Day,
}

impl Bucket {
    /// Its length in nanoseconds; a minute for [`Bucket::Auto`], which begins with minutes.
    pub fn length(self) -> i64 {
        match self {
            Bucket::Second => 1_000_000_000,
            Bucket::Auto | Bucket::Minute => MINUTE,
            Bucket::Hour => 60 * MINUTE,
            Bucket::Day => 1440 * MINUTE,
        }
    }

    /// The bucket for rows that span so many minutes.
    fn chosen(minutes: i64) -> Bucket {
        match minutes {
            ..=5 => Bucket::Second,
            6..=720 => Bucket::Minute,
            721..=86_400 => Bucket::Hour,
            _ => Bucket::Day,
        }
    }
}

/// Rows over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    /// The length of the buckets; never [`Bucket::Auto`].
    pub bucket: Bucket,
    /// Where each bucket that has rows begins, in UTC nanoseconds, and its rows; earliest first.
    pub buckets: Vec<(i64, u64)>,
    /// Rows that match and have no time.
    pub undated: u64,
}

/// Rows by the number of their bucket since 1970.
type Counts = HashMap<i64, u64>;

impl Reader {
    /// The rows that match, by time.
    ///
    /// # Errors
    /// What SQLite says, that the caller stopped, or too many buckets.
    pub fn histogram(
        &self,
        query: &Compiled,
        bucket: Bucket,
        progress: &Progress,
    ) -> Result<Histogram, ReadError> {
        self.watched(progress, || {
            let mut undated = 0;
            let (mut counts, mut length) = self.counts(query, bucket.length(), &mut undated)?;
            let mut shown = bucket;
            if bucket == Bucket::Auto {
                let ends = counts.keys().min().zip(counts.keys().max());
                let span = ends.map_or(1, |(first, last)| last - first + 1);
                shown = Bucket::chosen(span);
                if shown == Bucket::Second {
                    undated = 0;
                    (counts, length) = self.counts(query, shown.length(), &mut undated)?;
                }
            }
            Ok(Histogram {
                bucket: shown,
                buckets: coarsen(counts, length, shown.length()),
                undated,
            })
        })
    }

    /// Counts by buckets of this length or a divisor of it, which is returned too.
    fn counts(
        &self,
        query: &Compiled,
        length: i64,
        undated: &mut u64,
    ) -> Result<(Counts, i64), ReadError> {
        if length >= MINUTE
            && self.rollups_hold()?
            && let Some(counts) = self.minute_counts(query, undated)?
        {
            return Ok((counts, MINUTE));
        }
        let mut counts = Counts::new();
        for table in Table::ALL {
            self.count_times(query.node(table), table, length, &mut counts, undated)?;
        }
        Ok((counts, length))
    }

    fn count_times(
        &self,
        node: &Node,
        table: Table,
        length: i64,
        counts: &mut Counts,
        undated: &mut u64,
    ) -> Result<(), ReadError> {
        self.scan(table, node, "time", &mut |row| {
            match row.get::<_, Option<i64>>(0)? {
                Some(time) => *counts.entry(time.div_euclid(length)).or_default() += 1,
                None => *undated += 1,
            }
            if counts.len() > MOST {
                Err(ReadError::TooManyBuckets(MOST))
            } else {
                Ok(())
            }
        })
    }

    /// The counts by minute, where the roll-up has them: the whole case, a stretch of time, types.
    fn minute_counts(
        &self,
        query: &Compiled,
        undated: &mut u64,
    ) -> Result<Option<Counts>, ReadError> {
        let types = match &query.shape.rest {
            Rest::Nothing => None,
            Rest::Terms(Field::Type, ids) => Some(ids.as_slice()),
            _ => return Ok(None),
        };
        let parts = Parts::new(query.shape.time.unwrap_or(Stretch::ALL), MINUTE);
        let mut counts = Counts::new();
        if let Some((first, last)) = parts.whole {
            self.add_minutes(first, last, types, &mut counts)?;
        }
        for rest in parts.rest {
            for table in Table::ALL {
                self.count_times(
                    &in_stretch(rest, types),
                    table,
                    MINUTE,
                    &mut counts,
                    undated,
                )?;
            }
        }
        if query.shape.time.is_none() {
            *undated = match types {
                None => self.undated()?,
                Some(types) => self.undated_of(types)?,
            };
        }
        Ok(Some(counts))
    }

    fn add_minutes(
        &self,
        first: i64,
        last: i64,
        types: Option<&[i64]>,
        counts: &mut Counts,
    ) -> Result<(), ReadError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT minute, type, count FROM minute WHERE minute BETWEEN ?1 AND ?2",
        )?;
        let mut rows = statement.query(params![first, last])?;
        while let Some(row) = rows.next()? {
            if types.is_none_or(|types| row.get(1).is_ok_and(|own| types.contains(&own))) {
                *counts.entry(row.get(0)?).or_default() += unsigned(row.get(2)?);
            }
            if counts.len() > MOST {
                return Err(ReadError::TooManyBuckets(MOST));
            }
        }
        Ok(())
    }

    fn undated_of(&self, types: &[i64]) -> Result<u64, ReadError> {
        let mut sum = 0;
        for table in Table::ALL {
            let sql = format!(
                "SELECT type FROM {} WHERE hidden=0 AND time IS NULL",
                table.name()
            );
            let mut statement = self.connection.prepare_cached(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                sum += u64::from(types.contains(&row.get(0)?));
            }
        }
        Ok(sum)
    }
}

/// The beginnings and counts of longer buckets.
fn coarsen(counts: Counts, from: i64, to: i64) -> Vec<(i64, u64)> {
    let ratio = (to / from).max(1);
    let mut longer = Counts::new();
    for (number, count) in counts {
        *longer.entry(number.div_euclid(ratio)).or_default() += count;
    }
    let mut buckets: Vec<(i64, u64)> = longer
        .into_iter()
        .map(|(number, count)| (number.saturating_mul(to), count))
        .collect();
    buckets.sort_unstable();
    buckets
}
