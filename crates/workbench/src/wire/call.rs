//! What belongs to every command: its progress, its end, what it says besides.

use super::question::ProblemInQuery;

asked! {
    /// Nothing.
    Nothing {}

    /// A running command to be stopped.
    Cancel {
        /// The number the page gave it.
        call: String,
    }
}

told! {
    /// How far a running command has come: the event `progress`.
    CallProgress {
        /// The number the page gave it.
        call: String,
        /// The command.
        command: String,
        /// What is being done.
        stage: String,
        /// Bytes of evidence done.
        bytes: u64,
        /// Bytes in all, 0 where unknown.
        bytes_total: u64,
        /// Records or rows done.
        records: u64,
        /// While evidence is imported: bytes read and hashed.
        read: u64,
        /// Bytes of members, decompressed.
        decompressed: u64,
        /// Rows stored for good.
        stored: u64,
        /// Bytes a second.
        rate: f64,
        /// Seconds left, where it can be told.
        eta: Option<f64>,
        /// Whether stopping was asked for.
        stopping: bool,
    }

    /// Something to know that is no error: the event `notice`.
    Notice {
        /// The command it comes from.
        call: Option<String>,
        /// The text.
        text: String,
    }

    /// What a command ends with instead of a result.
    Problem {
        /// A short word that stays the same.
        code: String,
        /// What it is, where, what was expected and found, and what to do.
        message: String,
        /// Whether the user stopped it.
        stopped: bool,
        /// What is wrong with a query, where that is it.
        in_query: Vec<ProblemInQuery>,
    }
}
