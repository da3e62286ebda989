//! A sink that keeps everything, and how it is shown.

#![allow(clippy::disallowed_methods, reason = "a test may open files")]
#![allow(dead_code)]

pub mod invariants;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use vestige_formats::{Format, Identity, Input, Sink, Span, identify, registry};
use vestige_model::canonical::{Canonical, Place};
use vestige_model::{Event, Locator, Warning};

/// How many bytes are looked at to recognise a format.
pub const HEAD: usize = 64 << 10;

/// One call of the sink.
#[derive(Clone, PartialEq)]
pub enum Call {
    Stored {
        span: Span,
        decoded: Vec<u8>,
        rows: Vec<String>,
        times: Vec<Option<i64>>,
        ids: Vec<Option<String>>,
    },
    Rejected(Warning),
    Ignored(Span, String),
    Warned(Warning),
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Call::Stored { span, rows, .. } => write!(f, "\n  stored {span:?} {rows:.1?}"),
            Call::Rejected(warning) => write!(f, "\n  rejected {warning:?}"),
            Call::Ignored(span, reason) => write!(f, "\n  ignored {span:?} {reason}"),
            Call::Warned(warning) => write!(f, "\n  warned {warning:?}"),
        }
    }
}

/// Keeps every call in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorder {
    pub calls: Vec<Call>,
    pub context: Vec<u8>,
}

impl Recorder {
    pub fn count(&self, what: impl Fn(&Call) -> bool) -> usize {
        self.calls.iter().filter(|call| what(call)).count()
    }

    pub fn stored(&self) -> usize {
        self.count(|call| matches!(call, Call::Stored { .. }))
    }

    pub fn rejected(&self) -> usize {
        self.count(|call| matches!(call, Call::Rejected(_)))
    }

    pub fn ignored(&self) -> usize {
        self.count(|call| matches!(call, Call::Ignored(..)))
    }

    pub fn found(&self) -> usize {
        self.stored() + self.rejected() + self.ignored()
    }
}

/// The canonical rows of a record, each without its line feed.
pub fn canonical(span: Span, events: &[Event<'_>]) -> Vec<String> {
    let place = Place {
        evidence: "0000000000000000",
        member: "0",
    };
    let several = events.len() > 1;
    events
        .iter()
        .enumerate()
        .map(|(index, event)| {
            let sub = several.then_some(index as u32);
            let at = Locator {
                offset: span.offset,
                length: span.length,
                sub,
                decode: span.decode,
            };
            String::from_utf8_lossy(Canonical::default().row(place, &at, event).trim_ascii_end())
                .into_owned()
        })
        .collect()
}

impl Sink for Recorder {
    fn stored(&mut self, span: Span, decoded: &[u8], events: &mut [Event<'_>]) {
        self.calls.push(Call::Stored {
            span,
            decoded: decoded.to_vec(),
            rows: canonical(span, events),
            times: events.iter().map(|event| event.time.ns).collect(),
            ids: events
                .iter()
                .map(|event| event.event_id.as_ref().map(ToString::to_string))
                .collect(),
        });
    }

    fn rejected(&mut self, warning: Warning) {
        self.calls.push(Call::Rejected(warning));
    }

    fn ignored(&mut self, span: Span, reason: &str) {
        self.calls.push(Call::Ignored(span, reason.to_owned()));
    }

    fn warned(&mut self, warning: Warning) {
        self.calls.push(Call::Warned(warning));
    }

    fn context(&mut self, context: Vec<u8>) {
        self.context = context;
    }

    fn stopped(&self) -> bool {
        false
    }
}

/// What a member is taken for.
pub fn recognise(bytes: &[u8]) -> Identity {
    identify(bytes.get(..HEAD).unwrap_or(bytes), bytes.len() <= HEAD)
}

pub fn read_whole(format: &dyn Format, envelope: &str, bytes: &[u8]) -> Recorder {
    let mut recorder = Recorder::default();
    format.read(envelope, &mut Input::whole(bytes), &mut recorder);
    recorder
}

/// Reads through a window that grows by `chunk` bytes.
pub fn read_stream(format: &dyn Format, envelope: &str, bytes: &[u8], chunk: usize) -> Recorder {
    let mut recorder = Recorder::default();
    format.read(envelope, &mut Input::stream_by(chunk, bytes), &mut recorder);
    recorder
}

/// Every fixture of every format: its path and bytes.
pub fn fixtures() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut all = Vec::new();
    for format in registry::FOLDERS {
        let folder = folder.join(format);
        for entry in std::fs::read_dir(&folder).expect("a fixture folder for every format") {
            let path = entry.expect("a readable folder").path();
            if path.to_string_lossy().contains(".in.") {
                all.push((
                    path.clone(),
                    std::fs::read(&path).expect("a readable fixture"),
                ));
            }
        }
    }
    all.sort();
    assert!(all.len() > 60, "only {} fixtures", all.len());
    all
}

fn span(span: Span) -> Value {
    json!({"offset": span.offset, "length": span.length, "decode": format!("{:?}", span.decode)})
}

fn warning(warning: &Warning) -> Value {
    serde_json::to_value(warning).unwrap_or_default()
}

/// All that reading a member gives, for a golden file.
pub fn shown(identity: &Identity, recorder: &Recorder) -> Value {
    let calls: Vec<Value> = recorder
        .calls
        .iter()
        .map(|call| match call {
            Call::Stored { span: at, decoded, rows, .. } => json!({
                "stored": span(*at),
                "decoded_bytes": decoded.len(),
                "rows": rows.iter().map(|row| serde_json::from_str::<Value>(row).unwrap_or_default()).collect::<Vec<_>>(),
            }),
            Call::Rejected(about) => json!({"rejected": warning(about)}),
            Call::Ignored(at, reason) => json!({"ignored": span(*at), "reason": reason}),
            Call::Warned(about) => json!({"warned": warning(about)}),
        })
        .collect();
    json!({
        "format": identity.format.map(|format| format.name()),
        "envelope": identity.envelope,
        "reason": identity.reason,
        "context": String::from_utf8_lossy(&recorder.context),
        "found": recorder.found(),
        "stored": recorder.stored(),
        "rejected": recorder.rejected(),
        "ignored": recorder.ignored(),
        "calls": calls,
    })
}
