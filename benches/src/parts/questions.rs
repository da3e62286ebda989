//! Ten million events: the import against a smaller one, and questions.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Result, anyhow};
use vestige_model::Field;
use vestige_store::page::{Bucket, Order, Progress, ReadError, Reader};
use vestige_store::query::{self, Compiled, PhraseHits, Query};
use vestige_store::term::HashKey;
use vestige_workbench::explore::{self, Explorer};
use vestige_workbench::session;
use xtask::evidence::Kind;

use super::cloudtrail::{self, each};
use crate::cases::{self, BenchCase};
use crate::evidence::{self, scaled};
use crate::measure::{best, time};
use crate::report::{Wanted, head, line};

/// How often a question is asked; the best counts.
const TIMES: usize = 3;
/// Fields whose values lie in the dictionary and that CloudTrail fills.
const DICTIONARY: [Field; 15] = [
    Field::Type,
    Field::Account,
    Field::Region,
    Field::Service,
    Field::Action,
    Field::ErrorCode,
    Field::ActorName,
    Field::ActorId,
    Field::ActorType,
    Field::Session,
    Field::Credential,
    Field::SrcIp,
    Field::Agent,
    Field::ResourceType,
    Field::ResourceId,
];
/// Questions that no roll-up and no counter answers.
const OTHER: [&str; 8] = [
    "action:GetObject outcome:denied",
    "actor.id:*role-77 NOT region:us-east-1",
    "src.ip:60.0.0.0/8 action:RunInstances",
    "agent:*Terraform* error.code:*",
    "bytes:[20000000 TO *]",
    "resource.name:*day=042* action:GetObject",
    "(service:kms OR service:sts) NOT actor.type:AssumedRole",
    "NOT outcome:success activity:create",
];

/// Phrases: in few records, in none, and under several conditions.
const PHRASES: [&str; 3] = [
    "\"part-00042-c000\"",
    "\"in no record at all\"",
    "\"part-00042-c000\" action:GetObject NOT outcome:denied",
];

/// A case that is asked.
pub struct Asked {
    reader: Reader,
}

impl Asked {
    /// Opens it for questions.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn open(case: &BenchCase) -> Result<Asked> {
        let opened = session::read(&case.host, &case.path(), "measure")?;
        let key = HashKey::of(opened.case().id());
        let reader = Reader::new(opened.into_connection(), key)?;
        Ok(Asked { reader })
    }

    /// Milliseconds on the wall that a question takes from its text on, best of three.
    ///
    /// # Errors
    /// What is wrong with the question.
    pub fn ask<T>(
        &self,
        text: &str,
        ask: impl Fn(&Reader, &Compiled) -> Result<T, ReadError>,
    ) -> Result<(T, f64)> {
        let run = || -> Result<_> {
            let (answer, took) = time(|| -> Result<T> {
                let compiled = self.compile(text)?;
                Ok(ask(&self.reader, &compiled)?)
            });
            Ok((answer?, took))
        };
        let (answer, took) = best(TIMES, run)?;
        Ok((answer, took.wall * 1e3))
    }

    fn compile(&self, text: &str) -> Result<Compiled> {
        let query = match text {
            "" => Query::all(),
            text => query::parse(text).map_err(|problems| anyhow!("{text}: {problems:?}"))?,
        };
        let none = PhraseHits::default();
        Ok(self.reader.compile(&query, &none, &Progress::none())?)
    }

    /// Milliseconds for the greatest flows by these fields.
    ///
    /// # Errors
    /// As [`Asked::ask`].
    pub fn flows(&self, text: &str, by: &[Field]) -> Result<f64> {
        let ask =
            |reader: &Reader, query: &Compiled| reader.flows(by, query, 20, &Progress::none());
        Ok(self.ask(text, ask)?.1)
    }

    /// How often a question tells its progress.
    ///
    /// # Errors
    /// As [`Asked::ask`].
    pub fn progress(
        &self,
        text: &str,
        ask: impl Fn(&Reader, &Compiled, &Progress) -> Result<(), ReadError>,
    ) -> Result<u64> {
        let told = Arc::new(AtomicU64::new(0));
        let counting = Arc::clone(&told);
        let progress = Progress::new(move |_| {
            counting.fetch_add(1, Ordering::Relaxed);
            true
        });
        ask(&self.reader, &self.compile(text)?, &progress)?;
        Ok(told.load(Ordering::Relaxed))
    }

    fn count(&self, text: &str) -> Result<(u64, f64)> {
        let (total, time) =
            self.ask(text, |reader, query| reader.count(query, &Progress::none()))?;
        Ok((total.rows, time))
    }

    /// The most frequent value of a field and one in the middle of the hundred first, and the
    /// milliseconds that it takes to know those hundred.
    fn values(&self, field: Field) -> Result<(Vec<String>, f64)> {
        let ask =
            |reader: &Reader, query: &Compiled| reader.top(field, query, 100, &Progress::none());
        let (top, time) = self.ask("", ask)?;
        let chosen = [top.first(), top.get(top.len() / 2)];
        let values = chosen.into_iter().flatten();
        Ok((values.map(|one| one.value.clone()).collect(), time))
    }
}

/// The whole part.
pub fn run() -> Result<()> {
    let (ones, few) = cloudtrail::imported()?;
    let one = ones.best.all.cpu;
    drop(ones.case);
    let records = scaled(10_000_000)?;
    let folder = evidence::of(Kind::Cloudtrail, records)?;
    let (case, imported) = cases::imported("ten", &folder, records)?;
    let (at_ten, at_one) = (each(imported.all.cpu, records), each(one, few));
    head();
    line("import of 1 M", at_one, "us an event", Wanted::Nothing);
    line("import of 10 M", at_ten, "us an event", Wanted::Nothing);
    line(
        "10 M against 1 M",
        at_ten / at_one,
        "times",
        Wanted::AtMost(1.3),
    );
    for (name, took) in &imported.stages {
        line(
            &format!("10 M: {name}"),
            each(took.cpu, records),
            "us an event",
            Wanted::Nothing,
        );
    }
    let (asked, opening) = time(|| Asked::open(&case));
    let asked = asked?;
    line(
        "opening the case",
        opening.wall * 1e3,
        "ms",
        Wanted::Nothing,
    );
    pages(&asked)?;
    counts(&asked)?;
    others(&asked)?;
    phrases(&case, records)?;
    Ok(())
}

/// Phrases as the use case searches them: all originals, decompressed, on all cores.
fn phrases(case: &BenchCase, records: u64) -> Result<()> {
    for text in PHRASES {
        let asked = explore::Asked {
            query: text.to_owned(),
            ..explore::Asked::default()
        };
        let (rows, took) = best(TIMES, || -> Result<_> {
            let (rows, took) = time(|| Explorer::open(&case.host, &case.path(), &asked)?.count());
            Ok((rows?, took))
        })?;
        let what = format!("phrase `{text}` ({rows} rows)");
        let rate = records as f64 / took.wall;
        line(&what, rate, "events/s", Wanted::AtLeast(1e6));
        let cost = each(took.cpu, records);
        line("- processor time", cost, "us an event", Wanted::Nothing);
    }
    Ok(())
}

fn pages(asked: &Asked) -> Result<()> {
    let most = Wanted::AtMost(50.0);
    for (name, order) in [("newest", Order::Descending), ("oldest", Order::Ascending)] {
        let ask = |reader: &Reader, query: &Compiled| {
            reader.events(query, order, None, 200, &Progress::none())
        };
        let (rows, time) = asked.ask("", ask)?;
        line(
            &format!("page of {} rows, {name} first", rows.len()),
            time,
            "ms",
            most,
        );
        let (rows, time) = asked.ask("action:GetObject", ask)?;
        let what = format!("page of {} rows of one action, {name} first", rows.len());
        line(&what, time, "ms", most);
    }
    for bucket in [Bucket::Auto, Bucket::Minute] {
        let ask =
            |reader: &Reader, query: &Compiled| reader.histogram(query, bucket, &Progress::none());
        let (found, time) = asked.ask("", ask)?;
        let what = format!("whole-case histogram, {} buckets", found.buckets.len());
        line(&what, time, "ms", Wanted::AtMost(150.0));
    }
    Ok(())
}

fn counts(asked: &Asked) -> Result<()> {
    for field in DICTIONARY {
        let mut worst = (0, 0.0);
        let (values, ranking) = asked.values(field)?;
        for value in values {
            let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
            let (rows, time) = asked.count(&format!("{}:\"{quoted}\"", field.name()))?;
            if time > worst.1 {
                worst = (rows, time);
            }
        }
        let what = format!("count of `{}` ({} rows)", field.name(), worst.0);
        line(&what, worst.1, "ms", Wanted::AtMost(100.0));
        line(
            "- its 100 most frequent values",
            ranking,
            "ms",
            Wanted::Nothing,
        );
    }
    Ok(())
}

fn others(asked: &Asked) -> Result<()> {
    for query in OTHER {
        let (rows, time) = asked.count(query)?;
        let what = format!("count of `{query}` ({rows} rows)");
        line(&what, time, "ms", Wanted::AtMost(2_000.0));
        let told = asked.progress(query, |reader, query, told| {
            reader.count(query, told).map(drop)
        })?;
        line(
            "- looks at its progress",
            told as f64,
            "times",
            Wanted::Nothing,
        );
    }
    Ok(())
}
