//! Rows over time, and the most frequent values.

use std::collections::BTreeMap;

use vestige_model::{Cloud, time};
use vestige_store::page::{Bucket, ReadError, TypedHistogram};

use super::super::{CallHost, Desk};
use super::question::asked;
use crate::error::WorkError;
use crate::explore::{field, watched};
use crate::wire::{BucketView, HistogramAsked, HistogramView, TopAsked, TopView};

/// Most buckets that can be looked at.
const MOST: usize = 2_000;

/// Most values of a ranking.
const VALUES: u32 = 1_000;

const SECOND: i64 = 1_000_000_000;

/// Days of longer buckets, where there are too many days.
const DAYS: [i64; 5] = [7, 30, 90, 365, 3_650];

/// Where each bucket begins, with the rows of each series.
type Buckets = Vec<(i64, Vec<u64>)>;

impl Desk {
    pub(in crate::desk) fn histogram(
        &self,
        host: &CallHost<'_>,
        input: HistogramAsked,
    ) -> Result<HistogramView, WorkError> {
        let bucket = bucket(&input.bucket)?;
        let open = self.needed()?;
        let asked = asked(&input.question)?;
        let reader = open.reader()?;
        let looked_up = open.looked_up(host, &reader, &asked)?;
        let found = watched(host, "counting by time", |progress| {
            reader.histogram_by_type(&looked_up.compiled, bucket, progress)
        })?;
        let series = Series::of(&found, input.by_cloud);
        let (buckets, length) = fitting(series.counts(&found), &found, bucket == Bucket::Auto)?;
        let start = |(start, counts)| BucketView {
            start: time::format(start),
            counts,
        };
        Ok(HistogramView {
            bucket: word(found.bucket).to_owned(),
            seconds: (length / SECOND).unsigned_abs(),
            series: series.names,
            buckets: buckets.into_iter().map(start).collect(),
            undated: found.undated,
        })
    }

    pub(in crate::desk) fn top(
        &self,
        host: &CallHost<'_>,
        input: TopAsked,
    ) -> Result<Vec<TopView>, WorkError> {
        let field = field(&input.field)?;
        if input.limit > VALUES {
            let expected = format!("at most {VALUES} values");
            return Err(WorkError::usage("limit", expected, input.limit.to_string()));
        }
        let open = self.needed()?;
        let asked = asked(&input.question)?;
        let reader = open.reader()?;
        let looked_up = open.looked_up(host, &reader, &asked)?;
        let found = watched(host, "ranking", |progress| {
            reader.top(field, &looked_up.compiled, input.limit as usize, progress)
        })?;
        Ok(found.into_iter().map(TopView::from).collect())
    }
}

impl From<vestige_store::page::TopValue> for TopView {
    fn from(one: vestige_store::page::TopValue) -> TopView {
        TopView {
            value: Some(one.value),
            count: one.count,
            first: one.first.map(time::format),
            last: one.last.map(time::format),
        }
    }
}

/// The series, and which of them each type belongs to.
struct Series {
    names: Vec<String>,
    of_type: Vec<usize>,
}

impl Series {
    fn of(found: &TypedHistogram, by_cloud: bool) -> Series {
        if !by_cloud {
            return Series {
                names: vec!["rows".to_owned()],
                of_type: vec![0; found.types.len()],
            };
        }
        let clouds: Vec<Cloud> = found.types.iter().map(|name| cloud(name)).collect();
        let present = Cloud::ALL.iter().filter(|cloud| clouds.contains(cloud));
        let present: Vec<Cloud> = present.copied().collect();
        let place = |cloud: &Cloud| present.iter().position(|one| one == cloud);
        Series {
            names: present.iter().map(|one| one.word().to_owned()).collect(),
            of_type: clouds.iter().filter_map(place).collect(),
        }
    }

    fn counts(&self, found: &TypedHistogram) -> Vec<(i64, Vec<u64>)> {
        let of_bucket = |(start, counts): &(i64, Vec<u64>)| {
            let mut sums = vec![0; self.names.len()];
            for (at, count) in self.of_type.iter().zip(counts) {
                sums[*at] += count;
            }
            (*start, sums)
        };
        found.buckets.iter().map(of_bucket).collect()
    }
}

/// The cloud of a type, `platform:format:kind`.
fn cloud(data_type: &str) -> Cloud {
    let platform = data_type.split(':').next();
    platform.and_then(Cloud::from_word).unwrap_or(Cloud::Other)
}

/// Buckets with their length, longer ones where there would be too many.
fn fitting(
    buckets: Vec<(i64, Vec<u64>)>,
    found: &TypedHistogram,
    grows: bool,
) -> Result<(Buckets, i64), WorkError> {
    let own = found.bucket.length();
    if buckets.len() <= MOST {
        return Ok((buckets, own));
    }
    let longer = DAYS.iter().map(|days| days * Bucket::Day.length());
    for length in longer.filter(|length| grows && *length > own) {
        let mut sums: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
        for (start, counts) in &buckets {
            let first = start.div_euclid(length).saturating_mul(length);
            let sum = sums.entry(first).or_insert_with(|| vec![0; counts.len()]);
            sum.iter_mut()
                .zip(counts)
                .for_each(|(sum, count)| *sum += count);
        }
        if sums.len() <= MOST {
            return Ok((sums.into_iter().collect(), length));
        }
    }
    Err(ReadError::TooManyBuckets(MOST).into())
}

fn bucket(word: &str) -> Result<Bucket, WorkError> {
    serde_json::from_value(word.into()).map_err(|_| {
        let known = "auto, second, minute, hour, day";
        WorkError::usage("bucket", known, word.to_owned())
    })
}

fn word(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Auto => "auto",
        Bucket::Second => "second",
        Bucket::Minute => "minute",
        Bucket::Hour => "hour",
        Bucket::Day => "day",
    }
}
