//! The answer key, computed from what was made.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::attack::{self, Attack, By};
use super::company::{self, ATTACKER, CONTROL, GATEWAY_ADDRESS, TELEMETRY, THIEF};
use super::decoys;
use super::delivery::LogFile;
use super::digest::{Digest, hex};
use super::flows::{self, FlowFile};
use super::insight::InsightFile;
use super::life;
use super::network::Line;
use crate::cloudtrail::Event;
use crate::moment::rfc3339;

/// What the answers are computed from.
pub struct Answers<'a> {
    /// The attack and the response.
    pub attack: &'a Attack,
    /// Log files, the deleted one too.
    pub logs: &'a [LogFile],
    /// Digests.
    pub digests: &'a [Digest],
    /// Flow log files.
    pub flows: &'a [FlowFile],
    /// The Insight file.
    pub insight: &'a InsightFile,
}

/// How the records of a file end.
#[derive(Default)]
struct Count {
    kind: &'static str,
    found: u64,
    duplicate: u64,
    ignored: u64,
    span: Option<(i64, i64)>,
}

impl Answers<'_> {
    /// The key as text, one file a line.
    ///
    /// # Errors
    /// None in practice: everything is plain data.
    pub fn json(&self) -> Result<String> {
        let counts = self.counts();
        let total = |of: fn(&Count) -> u64| counts.values().map(of).sum::<u64>();
        let parts = [
            ("incident", json!("Paper Lantern")),
            ("made_by", json!("cargo xtask fixtures")),
            (
                "totals",
                json!({
                    "files": counts.len(), "found": total(|count| count.found),
                    "stored": total(|count| count.found - count.duplicate - count.ignored),
                    "duplicate": total(|count| count.duplicate), "rejected": 0,
                    "ignored": total(|count| count.ignored)
                }),
            ),
            ("acts", self.acts()),
            ("thread", self.thread()),
            ("data_taken", self.taken()),
            (
                "first_act",
                json!(self.of(By::Attacker).map(|event| rfc3339(event.time)).min()),
            ),
            (
                "last_act",
                json!(self.of(By::Attacker).map(|event| rfc3339(event.time)).max()),
            ),
            ("gaps", self.gaps()),
            ("digests", self.digest_answers()),
            ("decoys", decoy_answers()),
            ("questions", self.questions()),
        ];
        let mut out = String::from("{\n");
        for (name, value) in parts {
            out += &format!(
                "{}: {},\n",
                json!(name),
                serde_json::to_string_pretty(&value)?
            );
        }
        let files: Vec<String> = counts
            .iter()
            .map(|(path, count)| count.line(path))
            .collect();
        out += &format!("\"files\": [\n{}\n]\n}}\n", files.join(",\n"));
        Ok(out)
    }

    /// Files as they are imported: in the order of their paths, the first of equal records stays.
    fn counts(&self) -> BTreeMap<String, Count> {
        let mut counts = BTreeMap::new();
        let mut seen: HashMap<(&str, &str), &str> = HashMap::new();
        for log in self.logs.iter().filter(|log| !log.deleted) {
            let mut count = Count {
                kind: "aws:cloudtrail:record",
                ..Count::default()
            };
            for event in &log.events {
                count.saw(event.time, event.time);
                let key = (event.place.account.as_str(), event.id.as_str());
                let repeated = seen
                    .insert(key, &event.json)
                    .is_some_and(|first| first == event.json);
                count.duplicate += u64::from(repeated);
            }
            counts.insert(log.path(), count);
        }
        for digest in self.digests {
            let mut count = Count {
                kind: "aws:cloudtrail-digest:digest",
                ..Count::default()
            };
            count.saw(digest.end, digest.end);
            counts.insert(digest.path(), count);
        }
        let mut count = Count {
            kind: "aws:cloudtrail:insight",
            ..Count::default()
        };
        self.insight
            .times
            .iter()
            .for_each(|time| count.saw(*time, *time));
        counts.insert(self.insight.path.clone(), count);
        for file in self.flows {
            let mut count = Count {
                kind: "aws:vpcflow:record",
                ..Count::default()
            };
            for line in &file.lines {
                match line {
                    Line::Flow(flow) => count.saw(flow.start, flow.start),
                    Line::NoData(..) | Line::SkipData(..) => {
                        count.found += 1;
                        count.ignored += 1;
                    }
                }
            }
            counts.insert(file.path(), count);
        }
        counts
    }

    fn of(&self, by: By) -> impl Iterator<Item = &Event> {
        self.attack
            .acts
            .iter()
            .filter(move |act| act.by == by)
            .map(|act| &act.event)
    }

    fn acts(&self) -> Value {
        let one = |act: &attack::Act| {
            let event = &act.event;
            json!({
                "time": rfc3339(event.time), "what": act.what,
                "by": match act.by { By::Attacker => "attacker", By::Outsider => "attacker's account", By::Responder => "responder" },
                "service": event.service, "action": event.action, "actor": event.actor,
                "session": event.session, "credential": event.credential, "src.ip": event.from,
                "region": event.place.region, "event_id": event.id
            })
        };
        self.attack.acts.iter().map(one).collect()
    }

    fn thread(&self) -> Value {
        let (entry, chained, second) = (
            attack::entry_session(),
            attack::chained_session(),
            attack::second_session(),
        );
        json!([
            {"from": "mira.kovac@aurelia.example", "to": entry.key, "by": "responseElements.credentials.accessKeyId of AssumeRoleWithSAML"},
            {"from": entry.key, "to": chained.key, "by": "responseElements.credentials.accessKeyId of AssumeRole, sourceIdentity kept"},
            {"from": entry.key, "to": second.key, "by": "responseElements.credentials.accessKeyId of AssumeRole, sourceIdentity kept"},
            {"from": chained.key, "to": company::stolen_key(), "by": "responseElements.accessKey.accessKeyId of CreateAccessKey"}
        ])
    }

    fn taken(&self) -> Value {
        let key = company::stolen_key();
        let taken = || {
            self.visible().filter(|event| {
                event.action == "GetObject" && event.credential.as_ref() == Some(&key)
            })
        };
        json!({
            "bucket": TELEMETRY, "credential": key, "src.ip": THIEF,
            "objects": taken().count(), "bytes": taken().map(|event| event.bytes_out).sum::<u64>(),
            "first": taken().map(|event| rfc3339(event.time)).min(),
            "last": taken().map(|event| rfc3339(event.time)).max(),
            "snapshot": company::SNAPSHOT, "shared_with": company::OUTSIDER,
            "flows": {
                "src.ip": GATEWAY_ADDRESS, "dst.ip": CONTROL, "dst.port": 443,
                "bytes": self.sent(), "beacons": flows::BEACONS,
                "first": "2026-09-15T04:30:00Z", "last": "2026-09-15T09:00:00Z",
                "scanned_hosts": flows::SCANNED, "scanned_ports": flows::SCANNED_PORTS
            }
        })
    }

    /// Records in the evidence, each once.
    fn visible(&self) -> impl Iterator<Item = &Event> {
        let mut seen = BTreeSet::new();
        self.logs
            .iter()
            .filter(|log| !log.deleted)
            .flat_map(|log| &log.events)
            .filter(move |event| seen.insert((&event.place.account, &event.id)))
    }

    fn sent(&self) -> u64 {
        self.flows
            .iter()
            .flat_map(|file| &file.lines)
            .filter_map(|line| match line {
                Line::Flow(flow)
                    if flow.source == GATEWAY_ADDRESS && flow.destination == CONTROL =>
                {
                    Some(flow.bytes)
                }
                _ => None,
            })
            .sum()
    }

    fn gaps(&self) -> Value {
        json!([
            {"type": "aws:cloudtrail:record", "account": company::PRODUCTION, "region": company::HOME,
             "start": attack::STOPPED, "end": attack::STARTED, "reason": "StopLogging"},
            {"type": "aws:vpcflow:record", "account": company::PRODUCTION, "region": company::HOME,
             "resource": company::ANALYTICS_VPC, "start": flows::SILENT, "end": attack::FLOWS_AGAIN, "reason": "DeleteFlowLogs"}
        ])
    }

    fn digest_answers(&self) -> Value {
        let missing = self.logs.iter().filter(|log| log.deleted).map(|log| {
            let (oldest, newest) = log.span();
            json!({
                "bucket": log.bucket, "key": log.key, "sha256": hex(&Sha256::digest(&log.raw)),
                "oldest": rfc3339(oldest), "newest": rfc3339(newest)
            })
        });
        let mut chains: BTreeMap<String, u64> = BTreeMap::new();
        for digest in self.digests {
            *chains
                .entry(format!("{} {}", digest.place.account, digest.place.region))
                .or_default() += 1;
        }
        json!({
            "count": self.digests.len(), "chains": chains,
            "log_files_named": self.digests.iter().map(|digest| digest.files).sum::<usize>(),
            "log_files_missing": missing.collect::<Vec<_>>(),
            "not_covered": "the second trail's bucket and the log archive's us-east-1, which validate nothing"
        })
    }

    fn questions(&self) -> Value {
        let count = |of: &dyn Fn(&Event) -> bool| self.visible().filter(|event| of(event)).count();
        let stolen = company::stolen_key();
        let ask = |query: String, answer: usize| json!({"query": query, "count": answer});
        json!([
            ask(
                format!("action:GetObject credential:{stolen}"),
                count(&|event| event.action == "GetObject"
                    && event.credential.as_ref() == Some(&stolen))
            ),
            ask(
                format!("kind:event src.ip:{ATTACKER}"),
                count(&|event| event.from == ATTACKER)
            ),
            ask(
                format!("kind:event src.ip:{ATTACKER} outcome:denied"),
                count(&|event| event.from == ATTACKER && event.error.is_some())
            ),
            ask(
                format!("kind:event src.ip:{THIEF}"),
                count(&|event| event.from == THIEF)
            ),
            ask(
                "action:CreateAccessKey".to_owned(),
                count(&|event| event.action == "CreateAccessKey")
            ),
            ask(
                "action:StopLogging OR action:StartLogging OR action:DeleteFlowLogs".to_owned(),
                count(&|event| matches!(
                    event.action.as_str(),
                    "StopLogging" | "StartLogging" | "DeleteFlowLogs"
                ))
            ),
        ])
    }
}

impl Count {
    fn saw(&mut self, first: i64, last: i64) {
        self.found += 1;
        let (oldest, newest) = self.span.unwrap_or((first, last));
        self.span = Some((oldest.min(first), newest.max(last)));
    }

    fn line(&self, path: &str) -> String {
        json!({
            "path": path, "type": self.kind, "found": self.found,
            "stored": self.found - self.duplicate - self.ignored, "duplicate": self.duplicate,
            "rejected": 0, "ignored": self.ignored,
            "first": self.span.map(|span| rfc3339(span.0)), "last": self.span.map(|span| rfc3339(span.1))
        })
        .to_string()
    }
}

fn decoy_answers() -> Value {
    json!([
        {"what": "a contracted tester is refused from the address agreed on", "src.ip": decoys::TESTER},
        {"what": "mira.kovacs, another person, travels through a VPN", "src.ip": decoys::VPN},
        {"what": "the nightly backup reads more bytes in fewer objects", "credential": company::backup_key(),
         "objects_a_night": life::BACKUP_OBJECTS, "bytes_a_night": life::BACKUP_BYTES},
        {"what": "an administrator rotates the key of svc-telemetry", "actor": "tomas.berg@aurelia.example"},
        {"what": "a vendor's role, assumed from another account with an external id", "account": company::VENDOR}
    ])
}
