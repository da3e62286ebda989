//! `vestige show`: one event, its record, and the proof that they belong together.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;
use vestige_workbench::Host;
use vestige_workbench::show::{self, Proof, Shown};
use vestige_workbench::verify::Verdict;

use super::Json;
use crate::print::{self, Done};

/// One event: its fields, its record, where it comes from.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  vestige show CASE 3f2a90c4d5e6f708.0.1832
  vestige show CASE 3f2a90c4d5e6f708.0.1832 --raw > record.json
  vestige show CASE 3f2a90c4d5e6f708.0.1832 --prove

--prove hashes the original again, reads the record from it, makes the event anew and compares each
field, and verifies the custody chain. Exit codes: 0 proved, also with warnings; 1 where anything
differs.")]
pub struct Show {
    /// The case folder.
    case: PathBuf,
    /// The event's id, as `vestige events` shows it.
    #[arg(value_name = "EVENT_ID")]
    event: String,
    /// The record's exact bytes and nothing else.
    #[arg(long, conflicts_with_all = ["prove", "json"])]
    raw: bool,
    /// Compare the event with its original.
    #[arg(long)]
    prove: bool,
    #[command(flatten)]
    json: Json,
}

impl Show {
    pub fn run(self, host: &dyn Host) -> Done {
        if self.raw {
            return bytes(&show::raw(host, &self.case, &self.event)?);
        }
        if self.prove {
            let proof = show::prove(host, &self.case, &self.event)?;
            return proved(&proof, self.json);
        }
        let shown = show::show(host, &self.case, &self.event)?;
        match self.json.json {
            true => print::json(&shown),
            false => print::line(&text(&shown)),
        }
    }
}

fn bytes(record: &[u8]) -> Done {
    let mut out = print::out();
    out.write_all(record)
        .and_then(|()| out.flush())
        .map_err(print::unwritable)?;
    Ok(0)
}

fn proved(proof: &Proof, json: Json) -> Done {
    let printed = match json.json {
        true => print::json(proof),
        false => print::line(&super::verify::text(&proof.checks, &[&proof.statement])),
    };
    match printed {
        Err(error) if !print::is_closed(&error) => Err(error),
        _ if proof.verdict == Verdict::Failed => Ok(1),
        _ => Ok(0),
    }
}

/// The fields, then where the event comes from, then the record.
fn text(shown: &Shown) -> String {
    let provenance = serde_json::to_value(&shown.provenance).unwrap_or_default();
    let empty = serde_json::Map::new();
    let provenance = provenance.as_object().unwrap_or(&empty);
    let fields = lines(&shown.event);
    let from = lines(provenance);
    let raw: Value = serde_json::from_str(shown.raw.get()).unwrap_or_default();
    let raw = match &raw {
        Value::String(line) => line.escape_debug().to_string(),
        value => escaped(&serde_json::to_string_pretty(value).unwrap_or_default()),
    };
    format!("{fields}\nWhere it comes from\n{from}\nRecord\n{raw}")
}

fn lines(fields: &serde_json::Map<String, Value>) -> String {
    let line = |(name, value): (&String, &Value)| {
        let value = match value {
            Value::String(text) => text.escape_debug().to_string(),
            other => escaped(&other.to_string()),
        };
        format!("  {name:<15} {value}\n")
    };
    fields.iter().map(line).collect()
}

/// JSON escapes most of what steers a terminal; the rest is escaped here.
fn escaped(json: &str) -> String {
    json.chars()
        .map(|one| match one {
            '\n' => "\n".to_owned(),
            one if one.is_control() => one.escape_unicode().to_string(),
            one => one.to_string(),
        })
        .collect()
}
