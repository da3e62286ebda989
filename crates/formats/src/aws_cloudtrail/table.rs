//! CloudTrail in CSV: Athena and CloudTrail Lake results, the console's event history.
//!
//! Columns are known by their names, whatever their order and spelling (`eventname`, `eventName`,
//! `Event name`). Structured cells are JSON, a Python dict, or the text form of a Presto struct
//! (`{type=IAMUser, arn=...}`). A record is a row's bytes; the header is the member's context.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use vestige_model::{Cloud, Event, Kind, Outcome, Quality, Resource};

use super::identity::Identity;
use super::normalise::normalise;
use super::parameters::{Parameters, Side};
use super::record::Record;
use super::resources::Listed;
use crate::csv::{cells, rows, squashed};
use crate::json::loose;
use crate::json::records::{Verdict, deliver};
use crate::json::text::{Checked, encoding_quality, readable};
use crate::json::{Scanner, Str};
use crate::{Head, Input, Recognised, Sink, Span};

/// The envelope's name.
pub const ENVELOPE: &str = "csv";

/// The member's context.
#[derive(Debug, Serialize, Deserialize)]
pub struct Header {
    envelope: String,
    separator: char,
    header: Vec<String>,
    /// The names as they are compared.
    #[serde(skip)]
    columns: Vec<String>,
}

/// Recognises a header row.
pub fn identify(head: &Head<'_>) -> Option<Recognised> {
    let line = head.lines().next()?;
    let header = Header::parse(line)?;
    let has = |names: &[&str]| {
        header
            .columns
            .iter()
            .any(|column| names.contains(&column.as_str()))
    };
    let event = has(&["eventname"]);
    let others = [
        has(&["eventtime", "eventdatetime"]),
        has(&["eventsource"]),
        has(&["eventid"]),
        has(&["username", "userid", "useridentity"]),
        has(&["sourceipaddress", "sourceip"]),
        has(&["requestparameters"]),
        has(&["awsregion"]),
        has(&["awsaccesskey"]),
    ];
    let others = others.into_iter().filter(|known| *known).count();
    (event && others >= 3).then(|| Recognised {
        confidence: 90,
        envelope: ENVELOPE,
        reason: format!(
            "CSV whose header names eventName and {others} other columns of CloudTrail"
        ),
    })
}

/// Reads every row.
pub fn read(input: &mut Input<'_>, sink: &mut dyn Sink) {
    let mut header: Option<Header> = None;
    rows(input, sink, |input, length, sink| {
        let row = input.window().get(..length).unwrap_or(&[]);
        let Some(header) = &header else {
            if let Some(found) = Header::parse(row) {
                sink.context(found.context());
                header = Some(found);
            }
            return;
        };
        let offset = input.offset();
        let length = input.offset_of(length) - offset;
        header.read_row(
            Span {
                offset,
                length,
                decode: input.encoding().plain(),
            },
            row,
            sink,
        );
    });
}

impl Header {
    fn parse(row: &[u8]) -> Option<Header> {
        let count = |separator: &u8| row.iter().filter(|byte| *byte == separator).count();
        let separator = *[b',', b';', b'\t']
            .iter()
            .max_by_key(|separator| count(separator))?;
        let mut names = Vec::new();
        let ranges = cells(row, separator, &mut names);
        let header = ranges
            .into_iter()
            .map(|range| readable(names.get(range).unwrap_or(&[])).into_owned());
        let header: Vec<String> = header.collect();
        let columns = columns(&header);
        Some(Header {
            envelope: ENVELOPE.to_owned(),
            separator: char::from(separator),
            header,
            columns,
        })
    }

    /// The header that a member's context holds, if it is one.
    pub fn from_context(context: &[u8]) -> Option<Header> {
        if context.is_empty() {
            return None;
        }
        let mut header: Header = serde_json::from_slice(context).ok()?;
        header.columns = columns(&header.header);
        (header.envelope == ENVELOPE).then_some(header)
    }

    fn context(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads one row.
    pub fn read_row(&self, span: Span, row: &[u8], sink: &mut dyn Sink) {
        let mut store = Vec::with_capacity(row.len());
        let ranges = cells(
            row,
            u8::try_from(self.separator).unwrap_or(b','),
            &mut store,
        );
        if ranges.len() != self.header.len() {
            let verdict = Verdict::Unfit {
                reason: "not as many cells as the header has columns",
                expected: "one cell for each column of the header",
                found: format!("{} cells for {} columns", ranges.len(), self.header.len()),
            };
            return deliver(sink, span, row, verdict, &mut [], Quality::default());
        }
        let structured = Structured::new(&self.columns, &ranges, &store);
        let quality = if row.is_ascii() {
            Quality::default()
        } else {
            encoding_quality(row)
        };
        let row_cells = self.columns.iter().zip(ranges).map(|(column, range)| {
            let raw = store.get(range).unwrap_or(&[]).trim_ascii();
            (
                column.as_str(),
                Str::verbatim(if raw == b"-" { b"" } else { raw }),
            )
        });
        match event(row_cells, &structured) {
            Some(mut event) => {
                if !self.columns.iter().any(|column| column == "errorcode") {
                    // Success is the absence of an error code where there could be one.
                    event.outcome = event
                        .outcome
                        .filter(|outcome| *outcome != Outcome::Success)
                        .or(Some(Outcome::Unknown));
                }
                deliver(sink, span, row, Verdict::Stored, &mut [event], quality);
            }
            None => {
                let verdict = Verdict::Unfit {
                    reason: "a row without event",
                    expected: "an event name, source, id or time",
                    found: "none of them".to_owned(),
                };
                deliver(sink, span, row, verdict, &mut [], quality);
            }
        }
    }
}

fn columns(header: &[String]) -> Vec<String> {
    let squash = |name: &String| String::from_utf8_lossy(&squashed(name.as_bytes())).into_owned();
    header.iter().map(squash).collect()
}

/// Cells that hold structures, as JSON.
#[derive(Default)]
struct Structured {
    identity: Vec<u8>,
    request: Vec<u8>,
    response: Vec<u8>,
    resources: Vec<u8>,
}

impl Structured {
    fn new(columns: &[String], ranges: &[Range<usize>], store: &[u8]) -> Structured {
        let mut structured = Structured::default();
        for (column, range) in columns.iter().zip(ranges) {
            let target = match column.as_str() {
                "useridentity" | "userid" => &mut structured.identity,
                "requestparameters" => &mut structured.request,
                "responseelements" => &mut structured.response,
                "resources" => &mut structured.resources,
                _ => continue,
            };
            let cell = store.get(range.clone()).unwrap_or(&[]).trim_ascii();
            if matches!(cell.first(), Some(b'{' | b'[')) {
                *target = loose::to_json(cell);
            }
        }
        structured
    }
}

/// The row's event; none where nothing in it tells of one.
fn event<'c, 'a>(
    row: impl Iterator<Item = (&'c str, Str<'a>)>,
    structured: &'a Structured,
) -> Option<Event<'a>> {
    let mut record = Record::default();
    let mut named = Named::default();
    for (column, value) in row.filter(|(_, value)| !value.is_empty()) {
        let target = match column {
            "eventtime" | "eventdatetime" => &mut record.time,
            "eventsource" => &mut record.source,
            "eventname" => &mut record.name,
            "awsregion" => &mut record.region,
            "sourceipaddress" | "sourceip" => &mut record.address,
            "useragent" | "requestuseragent" => &mut record.agent,
            "errorcode" => &mut record.error_code,
            "errormessage" => &mut record.error_message,
            "requestid" => &mut record.request_id,
            "eventid" => &mut record.event_id,
            "readonly" => &mut record.read_only,
            "recipientaccountid" => &mut record.recipient,
            "eventtype" => &mut record.event_type,
            "username" => &mut named.user,
            "awsaccesskey" => &mut named.access_key,
            "resourcetype" => &mut named.resource_type,
            "resourcename" => &mut named.resource_name,
            _ => continue,
        };
        *target = Some(value);
    }
    record.identity = Identity::read(&mut Scanner::new(&structured.identity, 0)).ok();
    record.request = Parameters::read(&mut Scanner::new(&structured.request, 0), Side::Request)
        .unwrap_or_default();
    record.response = Parameters::read(&mut Scanner::new(&structured.response, 0), Side::Response)
        .unwrap_or_default();
    record.resources =
        Listed::read_all(&mut Scanner::new(&structured.resources, 0)).unwrap_or_default();
    let told = [record.name, record.source, record.event_id, record.time];
    if told.iter().all(Option::is_none) {
        return None;
    }
    let mut event = Event::new(Kind::Event, "aws:cloudtrail:record", Cloud::Aws);
    normalise(&record, &Checked::default(), &mut event);
    named.fill(&mut event);
    Some(event)
}

/// Columns of the console's download that no record has.
#[derive(Default)]
struct Named<'a> {
    user: Option<Str<'a>>,
    access_key: Option<Str<'a>>,
    resource_type: Option<Str<'a>>,
    resource_name: Option<Str<'a>>,
}

impl<'a> Named<'a> {
    fn fill(&self, event: &mut Event<'a>) {
        let texts = Checked::default();
        event.actor_name = event.actor_name.take().or_else(|| texts.text(self.user));
        event.credential = event
            .credential
            .take()
            .or_else(|| texts.text(self.access_key));
        let (kinds, names) = (parts(self.resource_type), parts(self.resource_name));
        let paired = kinds.len() == names.len();
        for (index, name) in names.into_iter().enumerate() {
            let kind = kinds
                .get(if paired { index } else { 0 })
                .filter(|_| paired || kinds.len() == 1);
            event.resources.push(Resource {
                kind: kind.and_then(|kind| texts.text(Some(*kind))),
                id: None,
                name: texts.text(Some(name)),
            });
        }
    }
}

/// The parts of a cell that lists several things.
fn parts(cell: Option<Str<'_>>) -> Vec<Str<'_>> {
    let raw = cell.map_or(&b""[..], |cell| cell.raw);
    let part = |part: &'_ [u8]| !part.trim_ascii().is_empty();
    raw.split(|byte| *byte == b',')
        .filter(|one| part(one))
        .map(|one| Str::verbatim(one.trim_ascii()))
        .collect()
}
