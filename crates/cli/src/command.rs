//! Each command: a use case, and its result on standard output.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use serde::Serialize;
use serde_json::json;
use vestige_model::time;
use vestige_workbench::explore::{Asked, Bucket, Explorer, Order, Output};
use vestige_workbench::verify::{Terms, Verdict};
use vestige_workbench::{
    Host, OpenCase, WorkError, backup, case, custody, import, item, key, session, verify, withdraw,
};

use crate::arguments::{CaseCommand, Command, CustodyCommand, Format, KeyCommand, Question};

type Done = Result<u8, WorkError>;

fn print(value: &impl Serialize) -> Done {
    match serde_json::to_string_pretty(value) {
        Ok(text) => say(&text),
        Err(error) => Err(WorkError::usage(
            "result",
            "a JSON document",
            error.to_string(),
        )),
    }
}

fn say(text: &str) -> Done {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").map_err(|source| WorkError::Io {
        path: "standard output".into(),
        doing: "writing",
        source,
    })?;
    Ok(0)
}

fn instant(what: &'static str, text: Option<&str>) -> Result<Option<i64>, WorkError> {
    let Some(text) = text else { return Ok(None) };
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    match time::parse(&whole).ns {
        Some(ns) => Ok(Some(ns)),
        None => Err(WorkError::usage(
            what,
            "a time such as 2026-09-15T02:44:00Z",
            text.to_owned(),
        )),
    }
}

fn explorer(host: &dyn Host, question: &Question) -> Result<Explorer, WorkError> {
    let asked = Asked {
        query: question.query.clone().unwrap_or_default(),
        from: instant("--from", question.from.as_deref())?,
        to: instant("--to", question.to.as_deref())?,
    };
    Explorer::open(host, &question.case, &asked)
}

/// Does what the arguments say; the number is the exit code.
pub fn run(host: &dyn Host, command: Command) -> Done {
    match command {
        Command::Case(command) => about_case(host, command),
        Command::Key(KeyCommand::Create) => print(&key::create(host)?),
        Command::Key(KeyCommand::Show) => print(&key::show(host)?),
        Command::Import {
            case,
            paths,
            data_type,
            in_place,
            allow_ratio,
            reason,
            jobs,
            json,
        } => {
            let request = import::Request {
                paths,
                data_type,
                in_place,
                allow_ratio,
                reason,
                jobs,
            };
            let mut open = OpenCase::open(host, &case)?;
            told(&import::import(host, &mut open, &request)?, json)
        }
        Command::Evidence { case, json } => {
            let reader = session::read(host, &case, "evidence")?;
            told(&import::evidence(reader.connection())?, json)
        }
        Command::Warnings { case, evidence } => {
            let reader = session::read(host, &case, "warnings")?;
            let only = evidence.as_deref().map(item::parse).transpose()?;
            import::warnings(reader.connection(), only, &mut |row| {
                say(&row.to_string()).map(drop)
            })?;
            Ok(0)
        }
        Command::Events {
            question,
            limit,
            all,
            sort,
            output,
            file,
        } => events(
            host,
            &question,
            (!all).then_some(limit),
            &sort,
            output,
            file,
        ),
        Command::Count { question, json } => {
            let asked = Instant::now();
            let count = explorer(host, &question)?.count()?;
            if json {
                let seconds = asked.elapsed().as_secs_f64();
                print(&json!({"count": count, "seconds": seconds}))
            } else {
                say(&count.to_string())
            }
        }
        Command::Histogram {
            question,
            bucket,
            json,
        } => {
            let bucket: Bucket = serde_json::from_value(json!(bucket)).map_err(|_| {
                WorkError::usage(
                    "--bucket",
                    "auto, second, minute, hour or day",
                    bucket.clone(),
                )
            })?;
            let found = explorer(host, &question)?.histogram(bucket)?;
            if json {
                return print(&found);
            }
            for one in found["buckets"].as_array().into_iter().flatten() {
                say(&format!(
                    "{} {:>10}",
                    one["start"].as_str().unwrap_or(""),
                    one["count"]
                ))?;
            }
            Ok(0)
        }
        Command::Top {
            case,
            field,
            query,
            limit,
            json,
        } => {
            let question = Question {
                case,
                query,
                from: None,
                to: None,
            };
            rows(&explorer(host, &question)?.top(&field, limit)?, json)
        }
        Command::Flows {
            question,
            by,
            limit,
            json,
        } => {
            let by: Vec<&str> = by.iter().map(String::as_str).collect();
            rows(&explorer(host, &question)?.flows(&by, limit)?, json)
        }
        Command::Custody { case, command } => about_custody(host, &case, command),
        Command::Backup { case, output } => print(&backup::backup(host, &case, &output)?),
        Command::Restore { file, case } => print(&backup::restore(host, &file, &case)?),
        Command::Withdraw {
            case,
            evidence,
            reason,
        } => print(&withdraw::withdraw(host, &case, &evidence, &reason)?),
        Command::Verify {
            path,
            deep,
            key,
            pin,
            tsa_ca,
            json,
        } => {
            let terms = Terms {
                deep,
                keys: key,
                pins: pin,
                tsa_ca,
            };
            verified(host, &path, &terms, json)
        }
    }
}

/// Checks what lies at `path` and says so; the verdict is the exit code.
fn verified(host: &dyn Host, path: &Path, terms: &Terms, json: bool) -> Done {
    let found = verify::verify(host, path, terms)?;
    if json {
        print(&found)?;
    } else {
        for check in &found.checks {
            say(&format!(
                "{:<22} {:?}: {}",
                check.check, check.status, check.detail
            ))?;
        }
        say(&format!("\n{}\n{}", found.pin(), found.statement))?;
    }
    Ok(match found.verdict {
        Verdict::Verified => 0,
        Verdict::VerifiedWithWarnings => 3,
        Verdict::Failed => 1,
    })
}

fn rows(found: &[serde_json::Value], json: bool) -> Done {
    if json {
        return print(&found);
    }
    for row in found {
        let cells: Vec<_> = row
            .as_object()
            .into_iter()
            .flatten()
            .map(|(_, value)| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), |text| text.escape_debug().to_string())
            })
            .collect();
        say(&cells.join("  "))?;
    }
    Ok(0)
}

fn events(
    host: &dyn Host,
    question: &Question,
    limit: Option<u64>,
    sort: &str,
    output: Format,
    file: Option<std::path::PathBuf>,
) -> Done {
    let order = match sort {
        "time" => Order::Ascending,
        "-time" => Order::Descending,
        _ => return Err(WorkError::usage("--sort", "time or -time", sort.to_owned())),
    };
    let output = match output {
        Format::Table => Output::Table,
        Format::Jsonl => Output::Jsonl,
        Format::Csv => Output::Csv,
    };
    let explorer = explorer(host, question)?;
    let mut out: Box<dyn Write> = match file {
        Some(path) => {
            let made = std::fs::File::create_new(&path);
            Box::new(std::io::BufWriter::new(made.map_err(|source| {
                WorkError::Io {
                    path,
                    doing: "making the file",
                    source,
                }
            })?))
        }
        None => Box::new(std::io::BufWriter::new(std::io::stdout().lock())),
    };
    explorer.write(order, limit, output, &mut out)?;
    out.flush().map_err(|source| WorkError::Io {
        path: "output".into(),
        doing: "writing",
        source,
    })?;
    Ok(0)
}

fn told(report: &import::ImportReport, json: bool) -> Done {
    if json {
        return print(report);
    }
    for one in &report.evidence {
        say(&format!(
            "{} {:<9} {:>9} found {:>9} stored {:>7} duplicate {:>5} rejected {:>5} ignored  {}{}",
            one.id,
            one.state,
            one.tally.found,
            one.tally.stored,
            one.tally.duplicate,
            one.tally.rejected,
            one.tally.ignored,
            one.path.escape_debug(),
            one.reason
                .as_ref()
                .map_or_else(String::new, |reason| format!(" ({reason})"))
        ))?;
    }
    let totals = &report.totals;
    say(&format!(
        "{} files, {} bytes: {} found = {} stored + {} duplicate + {} rejected + {} ignored",
        totals.files,
        totals.bytes,
        totals.tally.found,
        totals.tally.stored,
        totals.tally.duplicate,
        totals.tally.rejected,
        totals.tally.ignored
    ))
}

fn about_case(host: &dyn Host, command: CaseCommand) -> Done {
    match command {
        CaseCommand::Create {
            case,
            title,
            examiner,
            organisation,
            role,
            reference,
            authority,
            zone,
            custody_level,
        } => {
            let new = case::NewCase {
                title,
                examiner,
                organisation,
                role,
                reference,
                authority,
                zone,
                custody_level,
            };
            print(&case::create(host, &case, &new)?)
        }
        CaseCommand::Show { case, json: _ } => print(&case::show(host, &case)?),
    }
}

fn about_custody(host: &dyn Host, case: &Path, command: CustodyCommand) -> Done {
    match command {
        CustodyCommand::List => {
            custody::list(host, case, &mut std::io::stdout().lock())?;
            Ok(0)
        }
        CustodyCommand::Verify { json } => {
            let terms = Terms {
                deep: false,
                keys: Vec::new(),
                pins: Vec::new(),
                tsa_ca: None,
            };
            verified(host, case, &terms, json)
        }
        CustodyCommand::Sign => print(&custody::sign(host, case)?),
        CustodyCommand::Pin { json } => {
            let pinned = custody::pin(host, case)?;
            if json {
                print(&pinned)
            } else {
                say(&pinned.line())
            }
        }
        CustodyCommand::Request => print(&custody::request(host, case)?),
        CustodyCommand::Anchor { file, tsa_ca } => {
            print(&custody::anchor(host, case, &file, tsa_ca.as_deref())?)
        }
        CustodyCommand::Export { folder } => print(&custody::export(host, case, &folder)?),
    }
}
