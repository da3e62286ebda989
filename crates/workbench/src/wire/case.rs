//! Cases: made, opened, restored, listed.

use super::program::Ticket;
use crate::verify::Verification;

asked! {
    /// A new case.
    CaseCreate {
        /// Where.
        place: Ticket,
        /// Title.
        title: String,
        /// Reference (file number).
        reference: Option<String>,
        /// The examiner's name.
        examiner: String,
        /// Role.
        role: Option<String>,
        /// Organisation.
        organisation: Option<String>,
        /// `TYPE:ID`, such as `engagement:2026-114`.
        authority: Option<String>,
        /// IANA zone.
        zone: Option<String>,
        /// `internal`, `regulatory` or `litigation`.
        custody_level: String,
    }

    /// A case to be opened: verified first.
    CaseOpen {
        /// The case.
        case: Ticket,
    }

    /// A backup to be made a case of.
    RestoreCase {
        /// The backup.
        backup: Ticket,
        /// Where the case will lie.
        place: Ticket,
    }
}

told! {
    /// A case of this installation.
    RecentCase {
        /// The case.
        case: String,
        /// Its name for opening.
        ticket: Ticket,
        /// Where it lies.
        path: String,
        /// Its title; none where it cannot be read.
        title: Option<String>,
        /// Its reference.
        reference: Option<String>,
        /// When its chain was last changed.
        changed: Option<String>,
        /// When it was last opened in the window.
        opened: Option<String>,
        /// Bytes of its evidence as received.
        bytes: u64,
        /// Evidence items.
        evidence: u64,
        /// Rows.
        events: u64,
        /// The verdict when it was last verified here, with the entries it covered.
        verdict: Option<LastVerdict>,
        /// Why it cannot be opened, where that is plain already.
        problem: Option<String>,
    }

    /// A verdict that was seen.
    LastVerdict {
        /// The verdict.
        verdict: String,
        /// Entries verified.
        size: u64,
        /// When.
        at: String,
    }

    /// A case that is open.
    CaseView {
        /// Its facts.
        facts: crate::case::CaseFacts,
        /// Where it lies.
        path: String,
        /// Whether entries are signed.
        signing: Signing,
        /// Times of its first and last row.
        first: Option<String>,
        /// See `first`.
        last: Option<String>,
    }

    /// Whether what is written is signed, and why not.
    Signing {
        /// Whether a checkpoint can be signed now.
        can: bool,
        /// Why not, and what to do.
        why: Option<String>,
    }

    /// What opening found.
    Opened {
        /// What verification found; shown before anything else.
        verification: Verification,
        /// The case, none where it was refused.
        case: Option<CaseView>,
    }
}
