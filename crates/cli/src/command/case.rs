//! `vestige case`: makes or shows a case, lets an examiner in.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use vestige_workbench::Host;
use vestige_workbench::case::{self, CaseFacts, NewCase};
use vestige_workbench::examiner::{self, NewExaminer};

use super::{AlwaysJson, Json};
use crate::print::{self, Done};

/// Make or show a case, let an examiner in.
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Example:\n  vestige case create CASE --title 'Paper Lantern' --examiner 'A. Examiner'"
)]
pub enum Case {
    Create(Create),
    Show(Show),
    Examiner(Examiner),
}

/// Make a case.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  vestige case create CASE --title 'Paper Lantern' --examiner 'A. Examiner'
  vestige case create CASE --title T --examiner A --authority warrant:W-17 --custody-level litigation")]
pub struct Create {
    /// The new case folder.
    case: PathBuf,
    /// What it is called.
    #[arg(long, value_name = "T")]
    title: String,
    /// Who works on it.
    #[arg(long, value_name = "NAME")]
    examiner: String,
    /// Their organisation.
    #[arg(long, value_name = "O")]
    organisation: Option<String>,
    /// Their role.
    #[arg(long)]
    role: Option<String>,
    /// The client's reference.
    #[arg(long, value_name = "R")]
    reference: Option<String>,
    /// By what right, such as engagement-letter:EL-2026-17.
    #[arg(long, value_name = "TYPE:ID")]
    authority: Option<String>,
    /// IANA zone in which times are shown, such as Europe/Berlin.
    #[arg(long)]
    zone: Option<String>,
    /// internal (the default), regulatory or litigation: the last two need --authority, and the
    /// last records who read what.
    #[arg(long, value_name = "LEVEL")]
    custody_level: Option<String>,
    #[command(flatten)]
    json: AlwaysJson,
}

/// Show what a case is, what it holds and how its custody stands.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  vestige case show CASE")]
pub struct Show {
    /// The case folder.
    case: PathBuf,
    #[command(flatten)]
    json: Json,
}

/// Let another examiner in, by an entry that your key signs.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  vestige key show                                                  # by the other, who sends the vkey
  vestige case examiner CASE --name 'B. Examiner' --key vestige/examiner+2b1d7c3e+AZ0k")]
pub struct Examiner {
    /// The case folder.
    case: PathBuf,
    /// Their name as it stands in reports.
    #[arg(long)]
    name: String,
    /// Their verifier key, as `vestige key show` prints it on their machine.
    #[arg(long, value_name = "VKEY")]
    key: String,
    /// Their role; examiner where it is left out.
    #[arg(long)]
    role: Option<String>,
    /// Their organisation.
    #[arg(long, value_name = "O")]
    organisation: Option<String>,
    #[command(flatten)]
    json: AlwaysJson,
}

impl Case {
    pub fn run(self, host: &dyn Host) -> Done {
        match self {
            Case::Create(command) => command.run(host),
            Case::Show(command) => command.run(host),
            Case::Examiner(command) => command.run(host),
        }
    }
}

impl Create {
    fn run(self, host: &dyn Host) -> Done {
        let new = NewCase {
            title: self.title,
            examiner: self.examiner,
            organisation: self.organisation,
            role: self.role,
            reference: self.reference,
            authority: self.authority,
            zone: self.zone,
            custody_level: self.custody_level,
        };
        print::json(&case::create(host, &self.case, &new)?)
    }
}

impl Show {
    fn run(self, host: &dyn Host) -> Done {
        let facts = case::show(host, &self.case)?;
        match self.json.json {
            true => print::json(&facts),
            false => print::line(&text(&facts)),
        }
    }
}

impl Examiner {
    fn run(self, host: &dyn Host) -> Done {
        let new = NewExaminer {
            name: self.name,
            vkey: self.key,
            role: self.role,
            organisation: self.organisation,
        };
        print::json(&examiner::add(host, &self.case, &new)?)
    }
}

/// The facts for reading. A case may be a stranger's: its texts must not steer a terminal.
fn text(facts: &CaseFacts) -> String {
    let (holds, custody) = (&facts.holds, &facts.custody);
    let mut lines = vec![
        ("title", facts.title.clone()),
        ("case", facts.case.clone()),
        ("created", facts.created.clone()),
        ("custody level", facts.custody_level.clone()),
    ];
    let optional = [
        ("reference", &facts.reference),
        ("authority", &facts.authority),
        ("zone", &facts.zone),
    ];
    lines.extend(
        optional
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.clone()?))),
    );
    for one in &facts.examiners {
        let parts = [&one.name, &one.role, &one.organisation];
        let mut parts: Vec<&str> = parts.into_iter().map(String::as_str).collect();
        parts.retain(|part| !part.is_empty());
        let retired = one.retired_seq.map_or("", |_| " (signs no more)");
        lines.push((
            "examiner",
            format!("{}: {}{retired}", parts.join(", "), one.vkey),
        ));
    }
    lines.push((
        "holds",
        format!(
            "{} evidence items ({} withdrawn), {} bytes, {} rows, {} warnings",
            holds.evidence, holds.withdrawn, holds.bytes, holds.events, holds.warnings
        ),
    ));
    lines.push((
        "custody",
        format!(
            "{} entries, {} not covered by a signed note, {} not covered by a time stamp",
            custody.size, custody.since_signed, custody.since_anchor
        ),
    ));
    lines.push(("pin", format!("{}:{}", custody.size, custody.root)));
    let shaped = lines
        .iter()
        .map(|(name, value)| format!("{name:<14} {}", value.escape_debug()));
    shaped.collect::<Vec<_>>().join("\n")
}
