//! Questions to a case: rows, counts, histograms, rankings, flows.

use std::io::Write;
use std::path::Path;
pub use vestige_store::page::{Bucket, Order};

use serde_json::{Map, Value, json};
use vestige_model::{Event, Field, time};
use vestige_store::page::{Progress, ReadError, Reader, StoredRow};
use vestige_store::query::{self, Compiled, PhraseHits, Query};
use vestige_store::term::HashKey;

use crate::error::WorkError;
use crate::host::Host;
use crate::{item, session};

/// What rows are asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// In the query language; empty for all.
    pub query: String,
    /// Earliest time, UTC nanoseconds.
    pub from: Option<i64>,
    /// Time before which they lie.
    pub to: Option<i64>,
}

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

/// A case open for questions.
pub struct Explorer {
    reader: Reader,
    compiled: Compiled,
}

impl Explorer {
    /// Opens a case and understands the question.
    ///
    /// # Errors
    /// The case; a query that is wrong, with where and what would be right.
    pub fn open(host: &dyn Host, case: &Path, asked: &Asked) -> Result<Explorer, WorkError> {
        let parsed = parse(&asked.query)?.within(asked.from, asked.to);
        if let Some(phrase) = parsed.phrases().first() {
            return Err(WorkError::usage(
                "query",
                "field:value terms; searching the bytes for a phrase is not built yet",
                format!("{phrase:?}"),
            ));
        }
        let case = session::read(host, case, "explore")?;
        let key = HashKey::of(case.case().id());
        let reader = Reader::new(case.into_connection(), key).map_err(WorkError::database)?;
        let compiled = reader
            .compile(&parsed, &PhraseHits::default(), &Progress::none())
            .map_err(WorkError::database)?;
        Ok(Explorer { reader, compiled })
    }

    /// Number of rows.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn count(&self) -> Result<u64, WorkError> {
        let total = self.reader.count(&self.compiled, &Progress::none());
        Ok(total.map_err(WorkError::database)?.rows)
    }

    /// `{"bucket","buckets":[{"start","count"}],"undated"}`.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn histogram(&self, bucket: Bucket) -> Result<Value, WorkError> {
        let found = self
            .reader
            .histogram(&self.compiled, bucket, &Progress::none())
            .map_err(WorkError::database)?;
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
    /// An unknown field; what SQLite says.
    pub fn top(&self, name: &str, limit: usize) -> Result<Vec<Value>, WorkError> {
        let found = self
            .reader
            .top(field(name)?, &self.compiled, limit, &Progress::none())
            .map_err(WorkError::database)?;
        let row = |one: &vestige_store::page::TopValue| {
            json!({"value": one.value, "count": one.count,
                   "first": one.first.map(time::format), "last": one.last.map(time::format)})
        };
        Ok(found.iter().map(row).collect())
    }

    /// Flows grouped by fields, most bytes first.
    ///
    /// # Errors
    /// An unknown field; what SQLite says.
    pub fn flows(&self, by: &[&str], limit: usize) -> Result<Vec<Value>, WorkError> {
        let fields = by
            .iter()
            .map(|name| field(name))
            .collect::<Result<Vec<_>, _>>()?;
        let found = self
            .reader
            .flows(&fields, &self.compiled, limit, &Progress::none())
            .map_err(WorkError::database)?;
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

    /// Streams rows to `out`; nothing is held. Gives the number written.
    ///
    /// # Errors
    /// What SQLite says; where `out` cannot be written.
    pub fn write(
        &self,
        order: Order,
        limit: Option<u64>,
        output: Output,
        out: &mut dyn Write,
    ) -> Result<u64, WorkError> {
        let mut written = 0;
        if output == Output::Csv {
            let names: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
            line(out, &csv_line(names.into_iter().map(str::to_owned)))?;
        }
        if limit == Some(0) {
            return Ok(0);
        }
        let mut failed = None;
        let streamed =
            self.reader
                .stream::<ReadError>(&self.compiled, order, &Progress::none(), &mut |row| {
                    let text = match output {
                        Output::Jsonl => Value::Object(flat(&row)).to_string(),
                        Output::Csv => csv_line(cells(&row)),
                        Output::Table => table_line(&row),
                    };
                    written += 1;
                    if let Err(error) = line(out, &text) {
                        failed = Some(error);
                        return Ok(false);
                    }
                    Ok(limit.is_none_or(|limit| written < limit))
                });
        streamed.map_err(WorkError::database)?;
        failed.map_or(Ok(written), Err)
    }

    /// The rows with this event id.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn by_id(&self, id: &vestige_model::EventId) -> Result<Vec<StoredRow>, WorkError> {
        self.reader.rows_by_id(id).map_err(WorkError::database)
    }
}

fn line(out: &mut dyn Write, text: &str) -> Result<(), WorkError> {
    writeln!(out, "{text}").map_err(|source| WorkError::Io {
        path: "output".into(),
        doing: "writing rows",
        source,
    })
}

fn parse(text: &str) -> Result<Query, WorkError> {
    if text.trim().is_empty() {
        return Ok(Query::all());
    }
    query::parse(text).map_err(|problems| {
        let told: Vec<_> = problems
            .iter()
            .map(|one| format!("at {}: {} {}", one.position, one.message, one.hint))
            .collect();
        WorkError::usage(
            "query",
            "the query language of `vestige events --help`",
            told.join("; "),
        )
    })
}

fn field(name: &str) -> Result<Field, WorkError> {
    Field::from_name(name).ok_or_else(|| {
        let known: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
        WorkError::usage("field", known.join(", "), name.to_owned())
    })
}

/// The flat fields of a row; absent ones left out.
#[must_use]
pub fn flat(row: &StoredRow) -> Map<String, Value> {
    let mut map = Map::new();
    for field in Field::ALL {
        if let Some(value) = value(row, *field) {
            map.insert(field.name().to_owned(), value);
        }
    }
    if row.event.resources.len() > 1 {
        for name in ["resource.type", "resource.id", "resource.name"] {
            map.remove(name);
        }
        let list: Vec<_> = row
            .event
            .resources
            .iter()
            .map(|one| json!({"type": one.kind, "id": one.id, "name": one.name}))
            .collect();
        map.insert("resource".to_owned(), Value::Array(list));
    }
    let quality: Vec<_> = row.event.quality.names().collect();
    let flags: Vec<_> = row.event.time.flags.names().collect();
    for (name, words) in [("quality", quality), ("time_flags", flags)] {
        if !words.is_empty() {
            map.insert(name.to_owned(), json!(words));
        }
    }
    if row.conflict {
        map.insert("conflict".to_owned(), json!(true));
    }
    map
}

fn value(row: &StoredRow, field: Field) -> Option<Value> {
    let event: &Event<'_> = &row.event;
    let text = |value: &vestige_model::Text<'_>| value.as_deref().map(Value::from);
    let resource = event.resources.first();
    match field {
        Field::Id => Some(row.id().to_string().into()),
        Field::Kind => Some(event.kind.word().into()),
        Field::Time => event.time.ns.map(|ns| time::format(ns).into()),
        Field::TimeRaw => text(&event.time_raw),
        Field::EndTime => event.end_time.map(|ns| time::format(ns).into()),
        Field::Ingested => Some(time::format(row.origin.ingested).into()),
        Field::Type => Some(event.data_type.as_ref().into()),
        Field::Cloud => Some(event.cloud.word().into()),
        Field::Account => text(&event.account),
        Field::Organization => text(&event.organization),
        Field::Region => text(&event.region),
        Field::Service => text(&event.service),
        Field::Action => text(&event.action),
        Field::Activity => event.activity.map(|word| word.word().into()),
        Field::Outcome => event.outcome.map(|word| word.word().into()),
        Field::ErrorCode => text(&event.error_code),
        Field::ErrorMessage => text(&event.error_message),
        Field::ActorName => text(&event.actor_name),
        Field::ActorId => text(&event.actor_id),
        Field::ActorType => text(&event.actor_type),
        Field::Session => text(&event.session),
        Field::Credential => text(&event.credential),
        Field::SrcIp => text(&event.src_ip),
        Field::SrcPort => event.src_port.map(Value::from),
        Field::DstIp => text(&event.dst_ip),
        Field::DstPort => event.dst_port.map(Value::from),
        Field::Agent => text(&event.agent),
        Field::ResourceType => resource.and_then(|one| text(&one.kind)),
        Field::ResourceId => resource.and_then(|one| text(&one.id)),
        Field::ResourceName => resource.and_then(|one| text(&one.name)),
        Field::Bytes => event.bytes.map(Value::from),
        Field::Packets => event.packets.map(Value::from),
        Field::Protocol => event.protocol.map(Value::from),
        Field::Direction => text(&event.direction),
        Field::RequestId => text(&event.request_id),
        Field::EventId => text(&event.event_id),
        Field::Evidence => Some(item::name(row.origin.evidence).into()),
        Field::Member => Some(row.origin.path.clone().into()),
        Field::Offset => Some(row.locator.offset.into()),
        Field::Length => Some(row.locator.length.into()),
    }
}

fn cells(row: &StoredRow) -> impl Iterator<Item = String> + '_ {
    let several = row.event.resources.len() > 1;
    Field::ALL.iter().map(move |field| {
        let all = |part: fn(&vestige_model::Resource<'_>) -> Option<String>| {
            json!(row.event.resources.iter().map(part).collect::<Vec<_>>()).to_string()
        };
        match field {
            Field::ResourceType if several => all(|one| one.kind.as_deref().map(str::to_owned)),
            Field::ResourceId if several => all(|one| one.id.as_deref().map(str::to_owned)),
            Field::ResourceName if several => all(|one| one.name.as_deref().map(str::to_owned)),
            _ => match value(row, *field) {
                Some(Value::String(text)) => text,
                Some(other) => other.to_string(),
                None => String::new(),
            },
        }
    })
}

/// One CSV line, every cell quoted; a cell that a spreadsheet would take for a formula gets a `'`.
fn csv_line(cells: impl Iterator<Item = String>) -> String {
    let quoted: Vec<_> = cells
        .map(|cell| {
            let start = cell.trim_start_matches([' ', '"', '\'']);
            let formula =
                start.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
            format!(
                "\"{}{}\"",
                if formula { "'" } else { "" },
                cell.replace('"', "\"\"")
            )
        })
        .collect();
    quoted.join(",") + "\r"
}

fn table_line(row: &StoredRow) -> String {
    let event = &row.event;
    let part =
        |text: &vestige_model::Text<'_>| text.as_deref().unwrap_or("-").escape_debug().to_string();
    let when = event
        .time
        .ns
        .map_or_else(|| "undated".to_owned(), time::format);
    format!(
        "{when:<24} {:<10} {:<28} {:<32} {:<18} {:<8} {}",
        part(&event.service),
        part(&event.action),
        part(if event.actor_name.is_some() {
            &event.actor_name
        } else {
            &event.dst_ip
        }),
        part(&event.src_ip),
        event.outcome.map_or("-", |word| word.word()),
        row.id()
    )
}

#[cfg(test)]
mod tests {
    use super::csv_line;

    #[test]
    fn formulas_are_made_harmless() {
        let line = |cell: &str| csv_line(std::iter::once(cell.to_owned()));
        for bad in ["=1+1", "+1", "-1", "@x", "\tx", " =1", "＝1"] {
            assert!(line(bad).starts_with("\"'"), "{bad}");
        }
        assert_eq!(line("a\"b"), "\"a\"\"b\"\r");
    }
}
