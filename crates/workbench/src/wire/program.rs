//! The program, its settings and key, and what the user chose outside the page.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the user chose outside the page (a dialog, a drop, an argument of the program): the page
/// may name it, the host knows the paths.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct Ticket(pub String);

/// What a choice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Where a new case will lie.
    NewCase,
    /// The folder of an existing case.
    OpenCase,
    /// Files of evidence.
    EvidenceFiles,
    /// Folders of evidence.
    EvidenceFolder,
    /// A package or an exported custody folder, to be verified.
    Package,
    /// A backup, to be restored.
    Backup,
    /// The answer of a time-stamp authority.
    TimeStampReply,
    /// CA certificates of a time-stamp authority, PEM.
    Certificates,
    /// Where something is saved.
    Save,
}

asked! {
    /// What is to be chosen.
    Choose {
        /// For what.
        purpose: Purpose,
        /// The proposed name of a file to be saved or of a new case.
        name: Option<String>,
    }

    /// A passphrase.
    Passphrase {
        /// The passphrase; never stored.
        passphrase: String,
    }

    /// Settings of this installation.
    Settings {
        /// `system`, `dark` or `light`.
        theme: String,
        /// `compact` or `comfortable`.
        density: String,
        /// 100 to 150 per cent.
        text_size: u32,
        /// `utc`, `case` or `source`.
        zone: String,
        /// Columns of the timeline in their order; empty for the proposed ones.
        columns: Vec<String>,
        /// Tags offered as quick tags.
        quick_tags: Vec<String>,
        /// Organisation for packages.
        organisation: Option<String>,
        /// Contact for packages.
        contact: Option<String>,
    }
}

told! {
    /// What was chosen.
    Chosen {
        /// The name for it.
        ticket: Ticket,
        /// The last part of each path, for the user to see.
        names: Vec<String>,
        /// The full path, for the user to see; of the first where there are several.
        shown: String,
    }

    /// What the program was started with.
    Started {
        /// A case to be opened.
        case: Option<Chosen>,
        /// Evidence to be imported into it.
        evidence: Option<Chosen>,
        /// A package to be verified.
        package: Option<Chosen>,
    }

    /// The program and its surroundings.
    About {
        /// Version of the program.
        version: String,
        /// SHA-256 of its executable.
        build_sha256: String,
        /// Operating system and architecture.
        os: String,
        /// The folder of this installation.
        home: String,
        /// The user as the operating system knows them.
        user: String,
        /// Names of the zones that a case may have.
        zones: Vec<String>,
        /// Licence and notice, plain text.
        licence: String,
    }

    /// The examiner's signing key.
    KeyView {
        /// The verifier key, none where no key was made.
        vkey: Option<String>,
        /// Where the locked key lies.
        file: Option<String>,
        /// Whether it is unlocked in this session.
        unlocked: bool,
    }

    /// A text for a report of a defect: versions, settings and error codes, nothing of evidence.
    Diagnostics {
        /// The text.
        text: String,
    }

    /// Something was dropped on the window: the event `dropped`.
    Dropped {
        /// What.
        chosen: Chosen,
        /// `evidence`, `case` or `package`, as far as names tell.
        looks_like: String,
    }
}
