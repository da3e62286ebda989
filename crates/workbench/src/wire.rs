//! What crosses between the window and the use cases: the inputs and outputs of the commands in
//! [`crate::desk`]. TypeScript bindings are made from these types by `xtask codegen`. Times are
//! RFC 3339 UTC with nanoseconds as they are, sizes are bytes, hashes lower-case hexadecimal. No
//! path ever comes from the page: it names a [`Ticket`] that the host gave for what the user chose.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vestige_store::query::QueryProblem;

use crate::verify::{Status, Verification};

/// Makes types that the page sends.
macro_rules! asked {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field:meta])* $part:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field])* pub $part: $type,)* }
    )*};
}

/// Makes types that the page gets.
macro_rules! told {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field:meta])* $part:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize, TS)]
        pub struct $name { $($(#[$field])* pub $part: $type,)* }
    )*};
}

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
    /// Nothing.
    Nothing {}

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

    /// Evidence that was chosen.
    OfTicket {
        /// The choice.
        ticket: Ticket,
    }

    /// An import.
    Import {
        /// What.
        ticket: Ticket,
        /// Read whatever is not clearly of another as this format.
        data_type: Option<String>,
        /// Leave the files where they lie.
        in_place: bool,
        /// Read members that unpack to more than 200 times their size.
        allow_ratio: bool,
        /// Why, for the custody entries.
        reason: Option<String>,
    }

    /// An evidence item.
    ItemId {
        /// `EV-0001`.
        id: String,
    }

    /// A change of legal notes.
    NoteItem {
        /// The item.
        id: String,
        /// Jurisdiction or region of origin.
        jurisdiction: Option<String>,
        /// Whether nothing of it may be disposed of.
        hold: bool,
        /// Free text.
        note: Option<String>,
    }

    /// A withdrawal.
    Withdraw {
        /// The item.
        id: String,
        /// Why.
        reason: String,
    }

    /// A question to the case.
    Question {
        /// In the query language.
        query: String,
        /// From this time on, RFC 3339.
        from: Option<String>,
        /// Before this time, RFC 3339.
        to: Option<String>,
    }

    /// A question whose rows are to be looked at.
    OpenResult {
        /// The question.
        question: Question,
        /// Newest first.
        newest_first: bool,
    }

    /// Rows of a result.
    Rows {
        /// The result.
        result: u64,
        /// Position of the first, from 0.
        offset: u64,
        /// How many, at most a thousand.
        limit: u32,
        /// Names of the fields wanted.
        fields: Vec<String>,
    }

    /// Where a time lies in a result.
    FindTime {
        /// The result.
        result: u64,
        /// RFC 3339.
        time: String,
    }

    /// A histogram.
    HistogramAsked {
        /// The question.
        question: Question,
        /// `auto`, `second`, `minute`, `hour` or `day`.
        bucket: String,
        /// Whether the counts are split by cloud.
        by_cloud: bool,
    }

    /// A ranking.
    TopAsked {
        /// The question.
        question: Question,
        /// The field.
        field: String,
        /// Most values.
        limit: u32,
    }

    /// A query to be looked over while it is typed.
    Text {
        /// The text.
        text: String,
    }

    /// Values of a field that begin like this, whatever their case. Words of a fixed list that were
    /// not counted have a count of 0.
    Complete {
        /// The field.
        field: String,
        /// The beginning.
        prefix: String,
    }

    /// An event.
    EventId {
        /// Its id.
        id: String,
    }

    /// A change to what is noted about events.
    Annotate {
        /// What changes.
        change: Change,
        /// About which.
        about: Selection,
    }

    /// A change to be taken back.
    UndoAnnotation {
        /// Its custody entry.
        custody_seq: u64,
    }

    /// An export of what a question finds.
    Export {
        /// The question.
        question: Question,
        /// Newest first.
        newest_first: bool,
        /// `csv` or `jsonl`.
        format: String,
        /// Where.
        to: Ticket,
    }

    /// A part of the ledger.
    LedgerAsked {
        /// How many of the entries that pass the filter lie before the first one wanted; without a
        /// filter that is its number.
        from: u64,
        /// How many, at most a thousand.
        limit: u32,
        /// Only entries whose event, actor, object or reason contains this, case folded.
        filter: Option<String>,
    }

    /// An entry by its number.
    EntryAsked {
        /// From 0.
        seq: u64,
    }

    /// A verification of the open case.
    VerifyAsked {
        /// Whether every record is parsed again.
        deep: bool,
        /// Verifier keys from outside.
        keys: Vec<String>,
        /// Pins from outside, `SIZE:ROOT`.
        pins: Vec<String>,
        /// CA certificates of time-stamp authorities.
        tsa_ca: Option<Ticket>,
    }

    /// The answer of a time-stamp authority.
    TimeStampAnswer {
        /// The reply.
        reply: Ticket,
        /// Its CA certificates.
        ca: Option<Ticket>,
    }

    /// A report to be looked at.
    ReportAsked {
        /// The question that narrows it; empty for the whole case.
        query: String,
        /// `a-3b` or `a-2u`.
        standard: String,
    }

    /// A page of a report.
    PageAsked {
        /// The report.
        laid: u64,
        /// From 0.
        page: u32,
    }

    /// A report to be saved.
    ReportSave {
        /// What it is about.
        report: ReportAsked,
        /// Where; the ending says the format, `.pdf` or `.html`.
        to: Ticket,
    }

    /// A package to be made.
    PackageMake {
        /// `expert`.
        profile: String,
        /// Who gets it.
        recipient: Option<String>,
        /// Where.
        to: Ticket,
    }

    /// A package, custody folder or case to be verified.
    PackageVerify {
        /// What.
        ticket: Ticket,
        /// Verifier keys from outside.
        keys: Vec<String>,
        /// Pins from outside.
        pins: Vec<String>,
        /// CA certificates of time-stamp authorities.
        tsa_ca: Option<Ticket>,
    }

    /// A running command to be stopped.
    Cancel {
        /// The number the page gave it.
        call: String,
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

    /// What would be imported.
    ImportPlan {
        /// Each file; at most ten thousand are listed.
        files: Vec<PlannedFile>,
        /// Files in all.
        total: u64,
        /// Their bytes.
        bytes: u64,
        /// Files whose format is not known from their head.
        unknown: u64,
        /// Files that repeat another or are in the case already.
        duplicate: u64,
    }

    /// A file that would be imported.
    PlannedFile {
        /// Name below what was chosen.
        name: String,
        /// Bytes.
        bytes: u64,
        /// The format it is recognised as; none where its head says nothing (an archive, an
        /// unknown file): `why` says which.
        #[serde(rename = "type")]
        data_type: Option<String>,
        /// Why.
        why: String,
        /// What keeps it from being read, or what it repeats.
        problem: Option<String>,
    }

    /// An evidence item with everything around it.
    ItemView {
        /// The item and, where it is an archive, its members.
        files: Vec<crate::import::EvidenceReport>,
        /// Custody entries that name it, newest first.
        trail: Vec<EntryView>,
        /// Warnings and rejected records, at most a thousand.
        warnings: Vec<WarningView>,
        /// Warnings in all.
        warnings_total: u64,
        /// Facts that the provider wrote about it (names of its delivery, digests, regions).
        provider: Vec<Fact>,
        /// Legal notes.
        notes: ItemNotes,
        /// Where its original lies.
        original: String,
        /// Whether it was left in place.
        in_place: bool,
    }

    /// A fact with a name.
    Fact {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    }

    /// A warning, or a record that was rejected.
    WarningView {
        /// Member's name, empty for a file that is no archive.
        member: String,
        /// Byte offset in the decompressed member.
        offset: u64,
        /// Bytes concerned.
        length: u64,
        /// What is wrong.
        reason: String,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
        /// The first bytes, escaped.
        excerpt: String,
    }

    /// Legal notes of an item.
    ItemNotes {
        /// Jurisdiction or region of origin.
        jurisdiction: Option<String>,
        /// Whether nothing of it may be disposed of.
        hold: bool,
        /// Free text.
        note: Option<String>,
        /// The custody entry of the last change.
        custody_seq: Option<u64>,
    }

    /// Something that was written to a file.
    Saved {
        /// Where.
        path: String,
        /// SHA-256.
        sha256: String,
        /// Bytes.
        bytes: u64,
        /// Rows, pages or files in it.
        parts: u64,
        /// The custody entry that records it, where one does.
        custody_seq: Option<u64>,
    }

    /// A result: its rows can be asked for by position.
    ResultView {
        /// Its number.
        result: u64,
        /// Rows, exact.
        count: u64,
        /// Rows of them without a time; they are last.
        undated: u64,
        /// Seconds it took.
        seconds: f64,
        /// Hits of phrases outside records, at most a hundred.
        outside: Vec<OutsideHit>,
        /// Such hits in all.
        outside_total: u64,
    }

    /// A hit of a phrase that lies in no record.
    OutsideHit {
        /// The phrase.
        phrase: String,
        /// Evidence item.
        evidence: String,
        /// Member.
        member: String,
        /// Byte offset.
        offset: u64,
    }

    /// A page of rows.
    RowsView {
        /// Position of the first.
        offset: u64,
        /// The rows.
        rows: Vec<RowView>,
    }

    /// A row of the timeline.
    RowView {
        /// Event id.
        id: String,
        /// `event` or `flow`.
        kind: String,
        /// RFC 3339 UTC, none where it is undated.
        time: Option<String>,
        /// The time as it stands in the record.
        time_raw: Option<String>,
        /// Cells in the order of the fields asked for; none where absent.
        cells: Vec<Option<String>>,
        /// What people noted.
        noted: Noted,
    }

    /// What people noted about an event.
    Noted {
        /// Whether it is starred.
        starred: bool,
        /// `bad`, `suspicious` or `good`.
        mark: Option<String>,
        /// Tags in order.
        tags: Vec<String>,
        /// Comments, oldest first.
        comments: Vec<CommentView>,
    }

    /// A comment.
    CommentView {
        /// Its text.
        text: String,
        /// Who wrote it.
        by: String,
        /// When.
        time: String,
        /// The custody entry.
        custody_seq: u64,
    }

    /// A position in a result.
    Position {
        /// From 0: of the first row that comes then or, in the result's order, after it; of the first
        /// undated row where there is none, and the count where there is none of these, too.
        offset: u64,
    }

    /// Rows over time.
    HistogramView {
        /// The unit of a bucket: `second`, `minute`, `hour`, `day`; a bucket may be several days.
        bucket: String,
        /// Its length in seconds.
        seconds: u64,
        /// The series in a fixed order: a cloud, or one named `rows`.
        series: Vec<String>,
        /// Buckets that have rows, earliest first.
        buckets: Vec<BucketView>,
        /// Rows without a time.
        undated: u64,
    }

    /// A bucket.
    BucketView {
        /// Where it begins, RFC 3339.
        start: String,
        /// Rows of each series.
        counts: Vec<u64>,
    }

    /// A value of a ranking.
    TopView {
        /// The value, none for rows without one.
        value: Option<String>,
        /// Rows.
        count: u64,
        /// First time.
        first: Option<String>,
        /// Last time.
        last: Option<String>,
    }

    /// A field of the query language.
    FieldView {
        /// Its name.
        name: String,
        /// `text`, `number`, `time`, `address`, `word` and the like.
        kind: String,
        /// What it is.
        describe: String,
        /// The words it can have, where they are few.
        words: Vec<String>,
    }

    /// What is wrong with a query.
    ProblemInQuery {
        /// First UTF-16 unit concerned.
        from: u32,
        /// One past the last.
        to: u32,
        /// What is wrong.
        message: String,
        /// What would be right.
        hint: String,
    }

    /// An event with its record.
    EventView {
        /// Flat fields of the normalised event, in the order of the documentation.
        fields: Vec<FieldValue>,
        /// The record as JSON text where it is JSON and not cut, pretty only by the page.
        json: Option<String>,
        /// The record as text; bytes that are not UTF-8 stand as `\xNN`.
        text: String,
        /// Whether `text` holds only the record's first MiB.
        cut: bool,
        /// What the record needs from elsewhere in its member (a header).
        context: Option<String>,
        /// Where it comes from.
        provenance: crate::show::Provenance,
        /// What people noted.
        noted: Noted,
    }

    /// A field of an event.
    FieldValue {
        /// Its name; `resource.id` may stand several times.
        name: String,
        /// Its value as text.
        value: String,
    }

    /// What was changed.
    Changed {
        /// Events that changed.
        events: u64,
        /// The custody entry; none where nothing changed.
        custody_seq: Option<u64>,
    }

    /// A tag in use.
    TagView {
        /// The tag.
        tag: String,
        /// Events that have it.
        events: u64,
    }

    /// Entries of the chain.
    LedgerView {
        /// Entries in the chain.
        size: u64,
        /// Entries that pass the filter.
        found: u64,
        /// The entries, in their order.
        entries: Vec<EntryView>,
    }

    /// A custody entry.
    EntryView {
        /// Its number.
        seq: u64,
        /// Its time.
        time: String,
        /// The event, `evidence.imported`.
        event: String,
        /// Who.
        actor: String,
        /// What it is about, where it names an object.
        object: Option<String>,
        /// Its outcome.
        outcome: Option<String>,
        /// Its reason.
        reason: Option<String>,
        /// Its leaf hash.
        leaf: String,
        /// Whether a signed note covers it.
        signed: bool,
        /// Whether a time stamp covers it.
        anchored: bool,
    }

    /// An entry's exact bytes.
    EntryBytes {
        /// The bytes as text; a byte that is not UTF-8 stands as `\xNN`.
        text: String,
        /// How many.
        length: u64,
        /// The predecessor's leaf hash, none for the first.
        prev: Option<String>,
        /// Its own leaf hash, computed anew from the bytes.
        leaf: String,
        /// Whether that is the stored one.
        matches: bool,
    }

    /// How the chain stands, to be kept outside the case.
    PinView {
        /// Entries.
        size: u64,
        /// Merkle root.
        root: String,
        /// Leaf hash of the last entry.
        head: String,
        /// The verifier key that signs.
        key: Option<String>,
        /// The pin line, `SIZE:ROOT`.
        line: String,
        /// A QR code of the pin line: one text of `0` and `1` a row.
        qr: Vec<String>,
    }

    /// A query for a time-stamp authority that was written.
    TimeStampQuery {
        /// Entries covered.
        size: u64,
        /// Where the query lies.
        path: String,
        /// The command that sends it from a machine with a network.
        command: String,
    }

    /// A report that was laid out.
    ReportView {
        /// Its number, to ask for pages.
        laid: u64,
        /// Pages.
        pages: u32,
        /// What is unverified, unanchored or missing.
        preflight: Vec<Preflight>,
        /// Entries in the chain it speaks of.
        size: u64,
    }

    /// Something to know before a report or package leaves the house.
    Preflight {
        /// Whether it holds, is a warning, or fails.
        #[ts(type = "\"pass\" | \"skipped\" | \"warning\" | \"fail\"")]
        status: Status,
        /// What, in plain words.
        text: String,
    }

    /// A page as a picture.
    PageView {
        /// SVG, shown as an image only.
        svg: String,
    }

    /// A package that was made.
    PackageMade {
        /// The file.
        saved: Saved,
        /// Verified after writing.
        verification: Verification,
    }

    /// A verification of something that was dropped or chosen.
    PackageVerdict {
        /// The name of the file.
        name: String,
        /// What it was taken for, in plain words.
        what: String,
        /// The verdict.
        verification: Verification,
        /// What the package says of itself, unverified.
        about: Vec<Fact>,
    }

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

    /// Something was dropped on the window: the event `dropped`.
    Dropped {
        /// What.
        chosen: Chosen,
        /// `evidence`, `case` or `package`, as far as names tell.
        looks_like: String,
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

/// What changes about events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "what", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// Starred or not.
    Star {
        /// Whether.
        on: bool,
    },
    /// `bad`, `suspicious`, `good`, or none.
    Mark {
        /// The mark.
        mark: Option<String>,
    },
    /// A tag.
    Tag {
        /// The tag.
        tag: String,
        /// Whether it is put on or taken off.
        on: bool,
    },
    /// A comment.
    Comment {
        /// Its text.
        text: String,
    },
}

/// Which events a change is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "which", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Selection {
    /// These.
    Ids {
        /// Event ids.
        ids: Vec<String>,
    },
    /// All rows of a result but these.
    Result {
        /// The result.
        result: u64,
        /// Event ids that are left out.
        except: Vec<String>,
    },
}

impl ProblemInQuery {
    /// A problem as the page counts: in UTF-16 units.
    #[must_use]
    pub fn new(text: &str, problem: &QueryProblem) -> ProblemInQuery {
        let units = |end: usize| {
            let before = text.get(..end).unwrap_or(text);
            u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
        };
        ProblemInQuery {
            from: units(problem.position),
            to: units(problem.position + problem.length),
            message: problem.message.clone(),
            hint: problem.hint.clone(),
        }
    }
}
