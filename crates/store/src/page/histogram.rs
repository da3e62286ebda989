//! Rows over time.

use std::collections::{BTreeMap, HashMap};

use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::count::{MINUTE, Parts, in_stretch, unsigned};
use super::{Progress, ReadError, Reader};
use crate::query::{Compiled, Node, Stretch, Table};

/// Most counts held while a histogram is made.
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

/// Rows over time, those of each type apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedHistogram {
    /// The length of the buckets; never [`Bucket::Auto`].
    pub bucket: Bucket,
    /// The types that have rows (`platform:format:kind`), sorted.
    pub types: Vec<String>,
    /// Where each bucket that has rows begins, in UTC nanoseconds, and its rows of each type;
    /// earliest first.
    pub buckets: Vec<(i64, Vec<u64>)>,
    /// Rows that match and have no time.
    pub undated: u64,
}

/// Rows by the number of their bucket since 1970 and their type, which is 0 where types are not
/// told apart.
type Counts = HashMap<(i64, i64), u64>;

/// Counts while they are made.
pub(super) struct Tally {
    /// Nanoseconds of a bucket.
    length: i64,
    by_type: bool,
    /// Whether buckets may become longer where there would be too many.
    grows: bool,
    counts: Counts,
    undated: u64,
}

impl Tally {
    fn new(length: i64, by_type: bool, grows: bool) -> Tally {
        Tally {
            length,
            by_type,
            grows,
            counts: Counts::new(),
            undated: 0,
        }
    }

    fn add(&mut self, time: Option<i64>, of_type: i64, rows: u64) -> Result<(), ReadError> {
        let Some(time) = time else {
            self.undated += rows;
            return Ok(());
        };
        let of_type = if self.by_type { of_type } else { 0 };
        let key = (time.div_euclid(self.length), of_type);
        *self.counts.entry(key).or_default() += rows;
        if self.counts.len() <= MOST {
            return Ok(());
        }
        self.lengthen()
    }

    /// Goes on with longer buckets.
    fn lengthen(&mut self) -> Result<(), ReadError> {
        let longer = [Bucket::Hour, Bucket::Day]
            .into_iter()
            .map(Bucket::length)
            .find(|longer| self.grows && *longer > self.length);
        let Some(longer) = longer else {
            return Err(ReadError::TooManyBuckets(MOST));
        };
        let counts = std::mem::take(&mut self.counts);
        self.counts = coarsen(counts, self.length, longer);
        self.length = longer;
        Ok(())
    }

    /// Minutes from the first row to the last.
    fn span(&self) -> i64 {
        let buckets = self.counts.keys().map(|(bucket, _)| *bucket);
        let ends = buckets.clone().min().zip(buckets.max());
        ends.map_or(1, |(first, last)| {
            (last - first + 1).saturating_mul((self.length / MINUTE).max(1))
        })
    }
}

/// Minutes since 1970 that have rows, each with its rows, earliest first.
pub(super) type Minutes = Vec<(i64, u64)>;

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
        let (bucket, tally) = self.tallied(query, bucket, false, progress)?;
        let mut buckets: Vec<_> = coarsen(tally.counts, tally.length, bucket.length())
            .into_iter()
            .map(|((number, _), count)| (number.saturating_mul(bucket.length()), count))
            .collect();
        buckets.sort_unstable();
        Ok(Histogram {
            bucket,
            buckets,
            undated: tally.undated,
        })
    }

    /// The rows that match, by time and type, in one reading.
    ///
    /// # Errors
    /// As [`Reader::histogram`].
    pub fn histogram_by_type(
        &self,
        query: &Compiled,
        bucket: Bucket,
        progress: &Progress,
    ) -> Result<TypedHistogram, ReadError> {
        let (bucket, tally) = self.tallied(query, bucket, true, progress)?;
        let counts = coarsen(tally.counts, tally.length, bucket.length());
        let mut names = BTreeMap::new();
        for (_, id) in counts.keys() {
            let name = self
                .text(*id)?
                .map_or_else(String::new, |text| text.as_ref().to_owned());
            names.insert(name, *id);
        }
        let places: HashMap<i64, usize> = names
            .values()
            .enumerate()
            .map(|(at, id)| (*id, at))
            .collect();
        let mut buckets: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
        for ((number, id), count) in counts {
            let start = number.saturating_mul(bucket.length());
            let of_types = buckets.entry(start).or_insert_with(|| vec![0; names.len()]);
            if let Some(own) = places.get(&id).and_then(|at| of_types.get_mut(*at)) {
                *own += count;
            }
        }
        Ok(TypedHistogram {
            bucket,
            types: names.into_keys().collect(),
            buckets: buckets.into_iter().collect(),
            undated: tally.undated,
        })
    }

    fn tallied(
        &self,
        query: &Compiled,
        bucket: Bucket,
        by_type: bool,
        progress: &Progress,
    ) -> Result<(Bucket, Tally), ReadError> {
        self.watched(progress, || {
            let mut tally = Tally::new(bucket.length(), by_type, bucket == Bucket::Auto);
            self.fill(query, &mut tally)?;
            if bucket != Bucket::Auto {
                return Ok((bucket, tally));
            }
            let shown = Bucket::chosen(tally.span());
            if shown == Bucket::Second {
                tally = Tally::new(shown.length(), by_type, false);
                self.fill(query, &mut tally)?;
            }
            Ok((shown, tally))
        })
    }

    /// Counts the rows that match.
    fn fill(&self, query: &Compiled, tally: &mut Tally) -> Result<(), ReadError> {
        if tally.length >= MINUTE && self.rollups_hold()? && self.fill_minutes(query, tally)? {
            return Ok(());
        }
        for table in Table::ALL {
            self.count_times(query.node(table), table, tally)?;
        }
        Ok(())
    }

    fn count_times(&self, node: &Node, table: Table, tally: &mut Tally) -> Result<(), ReadError> {
        self.scan(table, node, "time, type", &mut |row| {
            tally.add(row.get(0)?, row.get(1)?, 1)
        })
    }

    /// The rows by minute, where the roll-up has them (the whole case, a stretch of time, types),
    /// earliest first, and those without a time.
    pub(super) fn by_minute(&self, query: &Compiled) -> Result<Option<(Minutes, u64)>, ReadError> {
        let mut tally = Tally::new(MINUTE, false, false);
        if !self.rollups_hold()? || !self.fill_minutes(query, &mut tally)? {
            return Ok(None);
        }
        let counts = tally.counts.into_iter();
        let mut minutes: Vec<_> = counts.map(|((minute, _), rows)| (minute, rows)).collect();
        minutes.sort_unstable();
        Ok(Some((minutes, tally.undated)))
    }

    /// The counts by minute, where the roll-up has them; whether it does.
    fn fill_minutes(&self, query: &Compiled, tally: &mut Tally) -> Result<bool, ReadError> {
        let Some(types) = query.shape.types() else {
            return Ok(false);
        };
        let parts = Parts::new(query.shape.time.unwrap_or(Stretch::ALL), MINUTE);
        if let Some((first, last)) = parts.whole {
            self.add_minutes(first, last, types, tally)?;
        }
        for rest in parts.rest {
            for table in Table::ALL {
                self.count_times(&in_stretch(rest, types), table, tally)?;
            }
        }
        if query.shape.time.is_none() {
            tally.undated = match types {
                None => self.undated()?,
                Some(types) => self.undated_of(types)?,
            };
        }
        Ok(true)
    }

    fn add_minutes(
        &self,
        first: i64,
        last: i64,
        types: Option<&[i64]>,
        tally: &mut Tally,
    ) -> Result<(), ReadError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT minute, type, count FROM minute WHERE minute BETWEEN ?1 AND ?2 AND count<>0",
        )?;
        let mut rows = statement.query(params![first, last])?;
        while let Some(row) = rows.next()? {
            let (minute, own): (i64, i64) = (row.get(0)?, row.get(1)?);
            if types.is_none_or(|types| types.contains(&own)) {
                let start = minute.saturating_mul(MINUTE);
                tally.add(Some(start), own, unsigned(row.get(2)?))?;
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

/// The counts of longer buckets.
fn coarsen(counts: Counts, from: i64, to: i64) -> Counts {
    let ratio = (to / from).max(1);
    let mut longer = Counts::new();
    for ((number, of_type), count) in counts {
        *longer
            .entry((number.div_euclid(ratio), of_type))
            .or_default() += count;
    }
    longer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_minutes_become_hours_only_where_nobody_asked_for_minutes() {
        let add = |grows: bool| {
            let mut tally = Tally::new(MINUTE, false, grows);
            let minutes = i64::try_from(MOST).unwrap() + 60;
            let added = (0..minutes).try_for_each(|minute| tally.add(Some(minute * MINUTE), 7, 3));
            added.map(|()| tally)
        };
        let tally = add(true).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(tally.length, 60 * MINUTE);
        assert_eq!(tally.counts.get(&(0, 0)), Some(&180));
        assert_eq!(tally.counts.values().sum::<u64>(), (MOST as u64 + 60) * 3);
        assert!(matches!(add(false), Err(ReadError::TooManyBuckets(_))));
    }
}
