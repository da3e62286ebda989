//! What helps with writing a query: fields, what is wrong, values.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use vestige_model::{Field, FieldKind};
use vestige_store::page::{Progress, ReadError, Reader};
use vestige_store::query::{PhraseHits, Query, words};

use super::super::{CallHost, Desk};
use crate::error::WorkError;
use crate::explore::{field, parse, watched};
use crate::wire::{Complete, FieldView, Nothing, ProblemInQuery, Text, TopView};

/// Most values that are proposed.
const PROPOSED: usize = 50;

/// Values that are ranked to find those that begin as asked.
const RANKED: usize = 10_000;

/// Longest beginning of a value, in bytes.
const LONGEST: usize = 4_096;

/// How long rows are read for proposals.
const BOUND: Duration = Duration::from_millis(300);

impl Desk {
    pub(in crate::desk) fn fields(
        &self,
        _: &CallHost<'_>,
        _: Nothing,
    ) -> Result<Vec<FieldView>, WorkError> {
        let view = |field: &Field| FieldView {
            name: field.name().to_owned(),
            kind: kind(*field).to_owned(),
            describe: field.describe().to_owned(),
            words: words(*field).into_iter().map(str::to_owned).collect(),
        };
        Ok(Field::ALL.iter().map(view).collect())
    }

    pub(in crate::desk) fn check_query(
        &self,
        _: &CallHost<'_>,
        input: Text,
    ) -> Result<Vec<ProblemInQuery>, WorkError> {
        match parse(&input.text) {
            Ok(_) => Ok(Vec::new()),
            Err(WorkError::Query { text, problems }) => {
                let problems = problems.iter();
                Ok(problems
                    .map(|problem| ProblemInQuery::new(&text, problem))
                    .collect())
            }
            Err(other) => Err(other),
        }
    }

    pub(in crate::desk) fn complete(
        &self,
        host: &CallHost<'_>,
        input: Complete,
    ) -> Result<Vec<TopView>, WorkError> {
        let field = field(&input.field)?;
        if input.prefix.len() > LONGEST {
            let expected = format!("at most {LONGEST} bytes");
            let found = input.prefix.len().to_string();
            return Err(WorkError::usage("prefix", expected, found));
        }
        let open = self.needed()?;
        let reader = open.reader()?;
        let found = watched(host, "looking up values", |progress| {
            reader.beginning(field, &input.prefix, PROPOSED, progress)
        })?;
        if let Some(found) = found {
            return Ok(found.into_iter().map(TopView::from).collect());
        }
        let ranked = ranked(&reader, field)?;
        let known = words(field).into_iter().map(unranked);
        let missing: Vec<TopView> = known
            .filter(|word| ranked.iter().all(|other| other.value != word.value))
            .collect();
        let begins = |one: &TopView| {
            let value = one.value.as_deref().unwrap_or_default();
            value
                .get(..input.prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(&input.prefix))
        };
        let all = ranked.into_iter().chain(missing).filter(begins);
        Ok(all.take(PROPOSED).collect())
    }
}

/// The most frequent values of a field that the dictionary does not hold; none where it takes
/// longer than a person who types waits.
#[allow(clippy::disallowed_methods)] // a bound on how long it takes
fn ranked(reader: &Reader, field: Field) -> Result<Vec<TopView>, WorkError> {
    let begun = Instant::now();
    let late = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&late);
    let progress = Progress::new(move |_| {
        told.fetch_or(begun.elapsed() >= BOUND, Ordering::Relaxed);
        !told.load(Ordering::Relaxed)
    });
    let all = reader.compile(&Query::all(), &PhraseHits::default(), &progress)?;
    match reader.top(field, &all, RANKED, &progress) {
        Ok(found) => Ok(found.into_iter().map(TopView::from).collect()),
        Err(ReadError::Stopped | ReadError::Field { .. }) => Ok(Vec::new()),
        Err(other) => Err(other.into()),
    }
}

/// A word whose rows were not counted, or that no row has.
fn unranked(word: &str) -> TopView {
    TopView {
        value: Some(word.to_owned()),
        count: 0,
        first: None,
        last: None,
    }
}

fn kind(field: Field) -> &'static str {
    match field.kind() {
        FieldKind::Term => "text",
        FieldKind::Address => "address",
        FieldKind::Word => "word",
        FieldKind::Number => "number",
        FieldKind::Time => "time",
        FieldKind::Unique => "unique",
    }
}
