//! The arguments, as `--help` shows them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Investigates cloud incidents offline: evidence with custody, a timeline, and proof.
#[derive(Debug, Parser)]
#[command(name = "vestige", version, about)]
pub struct Arguments {
    /// File whose first line is the passphrase of the signing key.
    #[arg(long, global = true)]
    pub passphrase_file: Option<PathBuf>,
    /// No progress.
    #[arg(long, global = true)]
    pub quiet: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A question to a case.
#[derive(Debug, Args)]
pub struct Question {
    /// The case folder.
    pub case: PathBuf,
    /// In the query language, such as `service:s3 action:GetObject NOT outcome:success`.
    pub query: Option<String>,
    /// Earliest time (RFC 3339).
    #[arg(long)]
    pub from: Option<String>,
    /// Time before which rows lie.
    #[arg(long)]
    pub to: Option<String>,
}

/// How rows are written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Format {
    /// For reading.
    Table,
    /// One JSON object a line.
    Jsonl,
    /// Comma separated, formulas made harmless.
    Csv,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make or show a case, let an examiner in.
    #[command(subcommand)]
    Case(CaseCommand),
    /// The examiner's signing key.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Import evidence: `vestige import CASE logs/`.
    Import {
        /// The case folder.
        case: PathBuf,
        /// Files and folders.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Read everything as this format.
        #[arg(long = "type")]
        data_type: Option<String>,
        /// Leave the files where they lie.
        #[arg(long)]
        in_place: bool,
        /// Read members that unpack to more than 200 times their size.
        #[arg(long)]
        allow_ratio: bool,
        /// Why, for the custody entries.
        #[arg(long, default_value = "not stated")]
        reason: String,
        /// Threads that read; 0 for one a core.
        #[arg(long, default_value_t = 0)]
        jobs: usize,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// What became of each file: `vestige evidence CASE`.
    Evidence {
        /// The case folder.
        case: PathBuf,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// What could not be read, as JSONL.
    Warnings {
        /// The case folder.
        case: PathBuf,
        /// One item only (EV-0001).
        #[arg(long)]
        evidence: Option<String>,
    },
    /// Rows: `vestige events CASE 'action:ConsoleLogin outcome:failure' --output jsonl`.
    Events {
        /// What is asked.
        #[command(flatten)]
        question: Question,
        /// Most rows.
        #[arg(long, default_value_t = 200)]
        limit: u64,
        /// Every row.
        #[arg(long, conflicts_with = "limit")]
        all: bool,
        /// `time` or `-time`.
        #[arg(long, default_value = "time", allow_hyphen_values = true)]
        sort: String,
        /// How rows are written.
        #[arg(long, value_enum, default_value = "table")]
        output: Format,
        /// Write to this new file.
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// Number of rows.
    Count {
        /// What is asked.
        #[command(flatten)]
        question: Question,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Rows by time.
    Histogram {
        /// What is asked.
        #[command(flatten)]
        question: Question,
        /// auto, second, minute, hour or day.
        #[arg(long, default_value = "auto")]
        bucket: String,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Most frequent values of a field: `vestige top CASE src.ip`.
    Top {
        /// The case folder.
        case: PathBuf,
        /// The field.
        field: String,
        /// In the query language.
        query: Option<String>,
        /// Most values.
        #[arg(long, default_value_t = 20)]
        limit: usize,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Flows grouped by fields: `vestige flows CASE --by src.ip,dst.ip`.
    Flows {
        /// What is asked.
        #[command(flatten)]
        question: Question,
        /// Fields, comma separated.
        #[arg(long, value_delimiter = ',', required = true)]
        by: Vec<String>,
        /// Most groups.
        #[arg(long, default_value_t = 20)]
        limit: usize,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// The custody chain: `vestige custody CASE list`
    Custody {
        /// The case folder.
        case: PathBuf,
        /// What to do with it.
        #[command(subcommand)]
        command: CustodyCommand,
    },
    /// Write a backup.
    Backup {
        /// The case folder.
        case: PathBuf,
        /// A new file.
        #[arg(long)]
        output: PathBuf,
    },
    /// Make a case from a backup.
    Restore {
        /// The backup.
        file: PathBuf,
        /// The new case folder.
        case: PathBuf,
    },
    /// Hide the rows of an item; bytes and entries are kept.
    Withdraw {
        /// The case folder.
        case: PathBuf,
        /// The item (EV-0001).
        evidence: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Verify a case or an exported custody folder.
    Verify {
        /// A case or an exported custody folder.
        path: PathBuf,
        /// Make every row anew from the originals and compare.
        #[arg(long)]
        deep: bool,
        /// A verifier key got from outside.
        #[arg(long)]
        key: Vec<String>,
        /// A pin got from outside, `SIZE:ROOT`.
        #[arg(long)]
        pin: Vec<String>,
        /// CA certificates of the time-stamp authority.
        #[arg(long)]
        tsa_ca: Option<PathBuf>,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
}

/// About a case.
#[derive(Debug, Subcommand)]
pub enum CaseCommand {
    /// Make a case.
    Create {
        /// The new case folder.
        case: PathBuf,
        /// What it is called.
        #[arg(long)]
        title: String,
        /// Who works on it.
        #[arg(long)]
        examiner: String,
        /// Their organisation.
        #[arg(long)]
        organisation: Option<String>,
        /// Their role.
        #[arg(long)]
        role: Option<String>,
        /// The client's reference.
        #[arg(long)]
        reference: Option<String>,
        /// By what right, `TYPE:ID`.
        #[arg(long)]
        authority: Option<String>,
        /// IANA zone in which times are shown.
        #[arg(long)]
        zone: Option<String>,
        /// internal, regulatory or litigation.
        #[arg(long)]
        custody_level: Option<String>,
    },
    /// Show its facts.
    Show {
        /// The case folder.
        case: PathBuf,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
}

/// About the key.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make one.
    Create,
    /// Show it.
    Show,
}

/// About custody.
#[derive(Debug, Subcommand)]
pub enum CustodyCommand {
    /// The entries, one a line.
    List,
    /// Verify the case, as `vestige verify CASE` does.
    Verify {
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Sign a checkpoint.
    Sign,
    /// The head, to be kept outside.
    Pin {
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Write a request for a time stamp.
    Request,
    /// Take the answer of a time-stamp authority.
    Anchor {
        /// The answer.
        file: PathBuf,
        /// CA certificates of the authority.
        #[arg(long)]
        tsa_ca: Option<PathBuf>,
    },
    /// Export the chain with its verifier into a new folder.
    Export {
        /// The new folder.
        folder: PathBuf,
    },
}
