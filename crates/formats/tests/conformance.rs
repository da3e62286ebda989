//! Holds CloudTrail and VPC flow against a folder of real files whose numbers are known
//! (`FACTS.jsonl`, made by other programs). Set `VESTIGE_CORPUS` to the folder.

#![allow(clippy::disallowed_methods, reason = "a test may open files")]

mod common;

use std::collections::HashSet;
use std::path::Path;

use common::{Call, Recorder, read_whole, recognise};
use serde_json::Value;

/// What is known of a file.
struct Fact {
    file: String,
    format: String,
    records: Option<u64>,
    unique: Option<u64>,
    first: Option<String>,
    last: Option<String>,
}

fn facts(folder: &Path) -> Vec<Fact> {
    let text =
        std::fs::read_to_string(folder.join("FACTS.jsonl")).expect("FACTS.jsonl in VESTIGE_CORPUS");
    let parse = |line: &str| {
        let value: Value = serde_json::from_str(line).expect("a line of FACTS.jsonl is JSON");
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        Fact {
            file: text("file").expect("every fact names its file"),
            format: text("format").unwrap_or_default(),
            records: value["records"].as_u64(),
            unique: value["unique_ids"].as_u64(),
            first: text("first"),
            last: text("last"),
        }
    };
    text.lines().map(parse).collect()
}

#[test]
fn corpus() {
    let Some(folder) = std::env::var_os("VESTIGE_CORPUS") else {
        println!("SKIPPED: VESTIGE_CORPUS is not set; real files were not compared");
        return;
    };
    let folder = Path::new(&folder);
    let (mut out, mut all) = (Vec::new(), 0);
    for fact in facts(folder) {
        if fact.format.starts_with("zip")
            || fact.format.starts_with("gz")
            || fact.format.starts_with("disk")
        {
            continue;
        }
        let bytes = std::fs::read(folder.join(&fact.file)).expect("every fact's file is there");
        let identity = recognise(&bytes);
        let name = identity.format.map_or("-", |format| format.name());
        let Some(format) = identity.format else {
            let marks: [&[u8]; 3] = [b"\"eventName\"", b"srcaddr", b"CloudTrailEvent"];
            if marks
                .iter()
                .any(|mark| memchr::memmem::find(&bytes, mark).is_some())
            {
                out.push(format!("unrecognised {} ({})", fact.file, identity.reason));
            }
            continue;
        };
        all += 1;
        let read = read_whole(format, identity.envelope, &bytes);
        let mut ids = HashSet::new();
        let mut times = Vec::new();
        for call in &read.calls {
            if let Call::Stored {
                ids: some,
                times: at,
                ..
            } = call
            {
                ids.extend(some.iter().flatten());
                times.extend(at.iter().flatten().copied());
            }
        }
        let instant = |text: &Option<String>| {
            text.as_deref()
                .map(|text| vestige_model::time::parse(text).ns)
        };
        let ours = (times.iter().min().copied(), times.iter().max().copied());
        let mut wrong = Vec::new();
        if Some(read.found() as u64) != fact.records {
            wrong.push(format!("records {} not {:?}", read.found(), fact.records));
        }
        if name == "aws:cloudtrail" {
            if fact.unique.is_some() && Some(ids.len() as u64) != fact.unique {
                wrong.push(format!("ids {} not {:?}", ids.len(), fact.unique));
            }
            if fact.first.is_some() && instant(&fact.first) != Some(ours.0) {
                wrong.push(format!(
                    "first {:?} not {:?}",
                    ours.0.map(vestige_model::time::format),
                    fact.first
                ));
            }
            if fact.last.is_some() && instant(&fact.last) != Some(ours.1) {
                wrong.push(format!(
                    "last {:?} not {:?}",
                    ours.1.map(vestige_model::time::format),
                    fact.last
                ));
            }
        }
        if read.rejected() > 0 {
            wrong.push(format!("rejected {}", read.rejected()));
        }
        let warned = read.count(|call| matches!(call, Call::Warned(_)));
        if warned > 0 {
            wrong.push(format!("warned {warned}"));
        }
        if !wrong.is_empty() {
            out.push(format!(
                "{name} {} [{}] {}: {}",
                identity.envelope,
                fact.format,
                fact.file,
                wrong.join("; ")
            ));
            for call in read
                .calls
                .iter()
                .filter(|call| matches!(call, Call::Rejected(_) | Call::Warned(_)))
                .take(3)
            {
                out.push(format!("    {call:?}"));
            }
        }
        let _: &Recorder = &read;
    }
    println!("{} files read", all);
    println!("{}", out.join("\n"));
}
