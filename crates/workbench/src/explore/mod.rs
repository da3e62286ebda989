//! Questions to a case: rows, counts, histograms, rankings, flows.

mod asked;
mod output;
mod watch;

use std::cell::{OnceCell, RefCell};
use std::io::Write;
use std::path::{Path, PathBuf};
pub use vestige_store::page::{Bucket, Order};

use serde_json::{Map, Value, json};
use vestige_model::{Field, time};
use vestige_store::case_file::CaseReader;
use vestige_store::page::{Progress, ReadError, Reader, RowRef, StoredRow};
use vestige_store::query::{self, Compiled, PhraseHits, Query};
use vestige_store::term::HashKey;

use crate::error::WorkError;
use crate::host::Host;
use crate::phrase::{self, Found, Outside};
use crate::session;

pub(crate) use asked::LookedUp;
pub use asked::{Asked, INSTANT, instant};
pub use output::flat;
pub(crate) use output::{cell, texts};
use watch::Streamed;
pub(crate) use watch::watched;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// For reading on a terminal.
    Table,
    /// One JSON object a line.
    Jsonl,
    /// CSV, every cell quoted, formulas made harmless with a leading `'`.
    Csv,
}

/// Hits outside records that are told one by one.
const TOLD: usize = 10;

/// A case open for one question.
pub struct Explorer<'h> {
    host: &'h dyn Host,
    root: PathBuf,
    reader: Held<'h>,
    query: Query,
    compiled: OnceCell<Compiled>,
    outside: RefCell<Vec<Outside>>,
}

/// A reader of one's own, or of whoever holds the case open.
enum Held<'h> {
    Own(Box<Reader>),
    Lent(&'h Reader),
}

impl std::ops::Deref for Held<'_> {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        match self {
            Held::Own(reader) => reader,
            Held::Lent(reader) => reader,
        }
    }
}

impl<'h> Explorer<'h> {
    /// Opens a case and understands the question.
    ///
    /// # Errors
    /// The case; a query that is wrong, with where and what would be right.
    pub fn open(host: &'h dyn Host, case: &Path, asked: &Asked) -> Result<Explorer<'h>, WorkError> {
        // What is wrong with the question is said before the case is read.
        asked.query()?;
        Explorer::of(host, session::read(host, case, "explore")?, asked)
    }

    /// As [`Explorer::open`], of a case that is open.
    pub(crate) fn of(
        host: &'h dyn Host,
        case: CaseReader,
        asked: &Asked,
    ) -> Result<Explorer<'h>, WorkError> {
        let query = asked.query()?;
        let root = case.case().root().to_path_buf();
        let key = HashKey::of(case.case().id());
        let reader = Reader::new(case.into_connection(), key).map_err(WorkError::database)?;
        Ok(Explorer::new(
            host,
            &root,
            Held::Own(Box::new(reader)),
            query,
        ))
    }

    /// As [`Explorer::open`], in a case at `root` that is open already.
    ///
    /// # Errors
    /// A query that is wrong.
    pub fn over(
        host: &'h dyn Host,
        root: &Path,
        reader: &'h Reader,
        asked: &Asked,
    ) -> Result<Explorer<'h>, WorkError> {
        Ok(Explorer::new(
            host,
            root,
            Held::Lent(reader),
            asked.query()?,
        ))
    }

    fn new(host: &'h dyn Host, root: &Path, reader: Held<'h>, query: Query) -> Explorer<'h> {
        Explorer {
            host,
            root: root.to_path_buf(),
            reader,
            query,
            compiled: OnceCell::new(),
            outside: RefCell::default(),
        }
    }

    /// The question was looked up before.
    pub(crate) fn knowing(self, looked_up: &LookedUp) -> Explorer<'h> {
        Explorer {
            compiled: OnceCell::from(looked_up.compiled.clone()),
            outside: RefCell::new(looked_up.outside.clone()),
            ..self
        }
    }

    /// What reads, for questions of other use cases at the same moment.
    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Hits of the question's phrases that lie in no record, at most ten thousand, once it was
    /// answered.
    pub fn outside(&self) -> Vec<Outside> {
        self.outside.borrow().clone()
    }

    /// The question, its phrases searched.
    fn compiled(&self) -> Result<&Compiled, WorkError> {
        if let Some(compiled) = self.compiled.get() {
            return Ok(compiled);
        }
        let found = LookedUp::new(self.host, &self.reader, &self.root, &self.query)?;
        self.tell_outside(found.outside, found.outside_total);
        Ok(self.compiled.get_or_init(|| found.compiled))
    }

    fn compile(&self, query: &Query, hits: &PhraseHits) -> Result<Compiled, WorkError> {
        asked::compile(self.host, &self.reader, query, hits)
    }

    fn search(
        &self,
        each: &mut dyn FnMut(&Found) -> Result<bool, WorkError>,
    ) -> Result<(), WorkError> {
        phrase::search(self.host, &self.reader, &self.root, &self.query, each)
    }

    fn tell_outside(&self, outside: Vec<Outside>, total: u64) {
        for one in outside.iter().take(TOLD) {
            self.host.notice(&format!(
                "{:?} is in {} member {} at offset {}, outside any record",
                one.phrase, one.evidence, one.member, one.offset
            ));
        }
        let more = total.saturating_sub(TOLD as u64);
        if more > 0 {
            self.host
                .notice(&format!("{more} more hits lie outside records"));
        }
        *self.outside.borrow_mut() = outside;
    }

    /// Asks the case, with progress; the user may stop it.
    pub(crate) fn ask<T>(
        &self,
        stage: &str,
        work: impl FnOnce(&Compiled, &Progress) -> Result<T, ReadError>,
    ) -> Result<T, WorkError> {
        let compiled = self.compiled()?;
        watched(self.host, stage, |progress| work(compiled, progress))
    }

    /// The first rows in the order of their times, at most so many.
    pub(crate) fn rows(&self, limit: usize) -> Result<Vec<RowRef>, WorkError> {
        let places = self.ask("finding rows", |query, progress| {
            self.reader
                .places(query, Order::Ascending, None, limit, progress)
        })?;
        Ok(places.into_iter().map(|place| place.row).collect())
    }

    /// Number of rows.
    ///
    /// # Errors
    /// What SQLite says; what a phrase search meets.
    pub fn count(&self) -> Result<u64, WorkError> {
        let total = self.ask("counting", |query, progress| {
            self.reader.count(query, progress)
        })?;
        Ok(total.rows)
    }

    /// `{"bucket","buckets":[{"start","count"}],"undated"}`.
    ///
    /// # Errors
    /// As [`Explorer::count`].
    pub fn histogram(&self, bucket: Bucket) -> Result<Value, WorkError> {
        let found = self.ask("counting by time", |query, progress| {
            self.reader.histogram(query, bucket, progress)
        })?;
        let buckets: Vec<_> = found
            .buckets
            .iter()
            .map(|(start, count)| json!({"start": time::format(*start), "count": count}))
            .collect();
        Ok(json!({"bucket": found.bucket, "buckets": buckets, "undated": found.undated}))
    }

    /// `[{"value","count","first","last"}]`.
    ///
    /// # Errors
    /// An unknown field; as [`Explorer::count`].
    pub fn top(&self, name: &str, limit: usize) -> Result<Vec<Value>, WorkError> {
        let field = field(name)?;
        let found = self.ask("ranking", |query, progress| {
            self.reader.top(field, query, limit, progress)
        })?;
        let row = |one: &vestige_store::page::TopValue| {
            json!({"value": one.value, "count": one.count,
                   "first": one.first.map(time::format), "last": one.last.map(time::format)})
        };
        Ok(found.iter().map(row).collect())
    }

    /// Flows grouped by fields, most bytes first.
    ///
    /// # Errors
    /// An unknown field; as [`Explorer::count`].
    pub fn flows(&self, by: &[&str], limit: usize) -> Result<Vec<Value>, WorkError> {
        let fields = by
            .iter()
            .map(|name| field(name))
            .collect::<Result<Vec<_>, _>>()?;
        let found = self.ask("adding flows up", |query, progress| {
            self.reader.flows(&fields, query, limit, progress)
        })?;
        let row = |one: &vestige_store::page::FlowGroup| {
            let mut map = Map::new();
            for (field, value) in fields.iter().zip(&one.values) {
                map.insert(field.name().to_owned(), json!(value));
            }
            map.insert("flows".to_owned(), json!(one.flows));
            map.insert("bytes".to_owned(), json!(one.bytes));
            map.insert("packets".to_owned(), json!(one.packets));
            map.insert("first".to_owned(), json!(one.first.map(time::format)));
            map.insert("last".to_owned(), json!(one.last.map(time::format)));
            Value::Object(map)
        };
        Ok(found.iter().map(row).collect())
    }

    /// Streams rows to `out`; nothing is held. Gives the number written. Rows with a phrase are
    /// written while the search goes on where the newest come first.
    ///
    /// # Errors
    /// As [`Explorer::count`]; where `out` cannot be written.
    pub fn write(
        &self,
        order: Order,
        limit: Option<u64>,
        output: Output,
        out: &mut dyn Write,
    ) -> Result<u64, WorkError> {
        let mut lines = Lines {
            output,
            left: limit.unwrap_or(u64::MAX),
            written: 0,
            out,
        };
        if output == Output::Csv {
            let names = Field::ALL.iter().map(|field| field.name().to_owned());
            lines.line(&output::csv_line(names))?;
        }
        if limit == Some(0) {
            return Ok(0);
        }
        let known = self.compiled.get().is_some();
        if order == Order::Descending && !known && !self.query.phrases().is_empty() {
            self.write_newest(&mut lines)?;
        } else {
            self.stream(self.compiled()?, order, &mut lines)?;
        }
        Ok(lines.written)
    }

    fn stream(
        &self,
        query: &Compiled,
        order: Order,
        lines: &mut Lines<'_>,
    ) -> Result<(), WorkError> {
        watched(self.host, "reading rows", |progress| {
            self.reader
                .stream(query, order, progress, &mut |row| lines.row(&row))
        })
    }

    /// Calls `each` with every row in order; it says whether to go on.
    ///
    /// # Errors
    /// As [`Explorer::count`].
    pub(crate) fn stream_rows(
        &self,
        stage: &str,
        order: Order,
        each: &mut dyn FnMut(StoredRow) -> Result<bool, WorkError>,
    ) -> Result<(), WorkError> {
        let query = self.compiled()?;
        watched(self.host, stage, |progress| {
            self.reader.stream(query, order, progress, &mut |row| {
                each(row).map_err(Streamed::from)
            })
        })
    }

    /// Writes rows as soon as everything newer is decided.
    fn write_newest(&self, lines: &mut Lines<'_>) -> Result<(), WorkError> {
        // Rows from here on are written.
        let mut before = None;
        self.search(&mut |found| {
            let dated = match found.undecided {
                Some(i64::MAX) => return Ok(true),
                Some(last) => self.query.clone().within(Some(last + 1), before),
                None if before.is_some() => self.query.clone().within(None, before),
                None => self.query.clone(),
            };
            let compiled = self.compile(&dated, &found.hits)?;
            self.stream(&compiled, Order::Descending, lines)?;
            if found.undecided.is_none() {
                if before.is_some() {
                    let undated = self.compile(&self.query.clone().undated(), &found.hits)?;
                    self.stream(&undated, Order::Descending, lines)?;
                }
                let outside = found.outside.iter().cloned().collect();
                self.tell_outside(outside, found.outside_count);
            }
            before = found.undecided.map(|last| last + 1);
            Ok(lines.left > 0)
        })
    }
}

/// Rows on their way out.
struct Lines<'a> {
    output: Output,
    left: u64,
    written: u64,
    out: &'a mut dyn Write,
}

impl Lines<'_> {
    /// Writes a row; whether more are wanted.
    fn row(&mut self, row: &StoredRow) -> Result<bool, Streamed> {
        if self.left == 0 {
            return Ok(false);
        }
        let text = match self.output {
            Output::Jsonl => Value::Object(flat(row)).to_string(),
            Output::Csv => output::csv_line(output::cells(row)),
            Output::Table => output::table_line(row),
        };
        self.line(&text)?;
        self.written += 1;
        self.left -= 1;
        Ok(self.left > 0)
    }

    fn line(&mut self, text: &str) -> Result<(), WorkError> {
        writeln!(self.out, "{text}").map_err(|source| WorkError::Io {
            path: "output".into(),
            doing: "writing rows",
            source,
        })
    }
}

/// The question as it was written; an empty one is for all rows.
pub(crate) fn parse(text: &str) -> Result<Query, WorkError> {
    if text.trim().is_empty() {
        return Ok(Query::all());
    }
    query::parse(text).map_err(|problems| WorkError::Query {
        text: text.to_owned(),
        problems,
    })
}

pub(crate) fn field(name: &str) -> Result<Field, WorkError> {
    Field::from_name(name).ok_or_else(|| {
        let known: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
        let found = match query::suggestion(name) {
            Some(meant) => format!("{name}, did you mean {}?", meant.name()),
            None => name.to_owned(),
        };
        WorkError::usage("field", known.join(", "), found)
    })
}
