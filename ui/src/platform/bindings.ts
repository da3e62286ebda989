// Made by `cargo xtask codegen`; do not edit.

/**
 * The program and its surroundings.
 */
export type About = { 
/**
 * Version of the program.
 */
version: string, 
/**
 * SHA-256 of its executable.
 */
build_sha256: string, 
/**
 * Operating system and architecture.
 */
os: string, 
/**
 * The folder of this installation.
 */
home: string, 
/**
 * The user as the operating system knows them.
 */
user: string, 
/**
 * Names of the zones that a case may have.
 */
zones: Array<string>, 
/**
 * Licence and notice, plain text.
 */
licence: string, };

/**
 * A time stamp over a note.
 */
export type Anchor = { 
/**
 * Entries it covers.
 */
size: number, 
/**
 * When the authority says it was.
 */
gen_time: string, };

/**
 * A time stamp that was taken.
 */
export type Anchored = { 
/**
 * Entries it covers.
 */
size: number, 
/**
 * The Merkle root over them.
 */
root: string, 
/**
 * When, as the authority states.
 */
gen_time: string, 
/**
 * The subject of the authority's certificate.
 */
authority: string, 
/**
 * SHA-256 of that certificate.
 */
tsa_cert_sha256: string, 
/**
 * SHA-256 of the response.
 */
token_sha256: string, 
/**
 * Whether the certificate was found to lead to a CA that was given.
 */
chain_checked: boolean, 
/**
 * The custody entry that records it.
 */
seq: number, };

/**
 * A change to what is noted about events.
 */
export type Annotate = { 
/**
 * What changes.
 */
change: Change, 
/**
 * About which.
 */
about: Selection, };

/**
 * A bucket.
 */
export type BucketView = { 
/**
 * Where it begins, RFC 3339.
 */
start: string, 
/**
 * Rows of each series.
 */
counts: Array<number>, };

/**
 * How far a running command has come: the event `progress`.
 */
export type CallProgress = { 
/**
 * The number the page gave it.
 */
call: string, 
/**
 * The command.
 */
command: string, 
/**
 * What is being done.
 */
stage: string, 
/**
 * Bytes of evidence done.
 */
bytes: number, 
/**
 * Bytes in all, 0 where unknown.
 */
bytes_total: number, 
/**
 * Records or rows done.
 */
records: number, 
/**
 * While evidence is imported: bytes read and hashed.
 */
read: number, 
/**
 * Bytes of members, decompressed.
 */
decompressed: number, 
/**
 * Rows stored for good.
 */
stored: number, 
/**
 * Bytes a second.
 */
rate: number, 
/**
 * Seconds left, where it can be told.
 */
eta: number | null, 
/**
 * Whether stopping was asked for.
 */
stopping: boolean, };

/**
 * A running command to be stopped.
 */
export type Cancel = { 
/**
 * The number the page gave it.
 */
call: string, };

/**
 * A new case.
 */
export type CaseCreate = { 
/**
 * Where.
 */
place: Ticket, 
/**
 * Title.
 */
title: string, 
/**
 * Reference (file number).
 */
reference: string | null, 
/**
 * The examiner's name.
 */
examiner: string, 
/**
 * Role.
 */
role: string | null, 
/**
 * Organisation.
 */
organisation: string | null, 
/**
 * `TYPE:ID`, such as `engagement:2026-114`.
 */
authority: string | null, 
/**
 * IANA zone.
 */
zone: string | null, 
/**
 * `internal`, `regulatory` or `litigation`.
 */
custody_level: string, };

/**
 * The facts of a case, who works on it, what it holds and how its custody stands.
 */
export type CaseFacts = { 
/**
 * The case's UUID.
 */
case: string, 
/**
 * What it is called.
 */
title: string, 
/**
 * The client's or the court's reference.
 */
reference: string | null, 
/**
 * By what right it is worked on, `TYPE:ID`.
 */
authority: string | null, 
/**
 * The zone in which times are shown.
 */
zone: string | null, 
/**
 * `internal`, `regulatory` or `litigation`.
 */
custody_level: string, 
/**
 * When it was made.
 */
created: string, 
/**
 * The examiner who made it.
 */
examiner: string, 
/**
 * Whom that examiner acts for.
 */
organisation: string, 
/**
 * That examiner's part.
 */
role: string, 
/**
 * The schema's version.
 */
format_version: number, 
/**
 * Everyone who may sign, or could.
 */
examiners: Array<ExaminerFacts>, 
/**
 * What it holds.
 */
holds: Holds, 
/**
 * How its custody stands.
 */
custody: Custody, };

/**
 * A case to be opened: verified first.
 */
export type CaseOpen = { 
/**
 * The case.
 */
case: Ticket, };

/**
 * A case that is open.
 */
export type CaseView = { 
/**
 * Its facts.
 */
facts: CaseFacts, 
/**
 * Where it lies.
 */
path: string, 
/**
 * Whether entries are signed.
 */
signing: Signing, 
/**
 * Times of its first and last row.
 */
first: string | null, 
/**
 * See `first`.
 */
last: string | null, };

/**
 * What changes about events.
 */
export type Change = { "what": "star", 
/**
 * Whether.
 */
on: boolean, } | { "what": "mark", 
/**
 * The mark.
 */
mark: string | null, } | { "what": "tag", 
/**
 * The tag.
 */
tag: string, 
/**
 * Whether it is put on or taken off.
 */
on: boolean, } | { "what": "comment", 
/**
 * Its text.
 */
text: string, };

/**
 * What was changed.
 */
export type Changed = { 
/**
 * Events that changed.
 */
events: number, 
/**
 * The custody entry; none where nothing changed.
 */
custody_seq: number | null, };

/**
 * One check.
 */
export type Check = { 
/**
 * Which.
 */
check: string, 
/**
 * What it came to.
 */
status: "pass" | "skipped" | "warning" | "fail", 
/**
 * What was looked at, with what was expected and found.
 */
detail: string, };

/**
 * A signed note.
 */
export type CheckpointFacts = { 
/**
 * Entries it covers.
 */
size: number, 
/**
 * Whether an authority stamped it.
 */
anchored: boolean, };

/**
 * What is to be chosen.
 */
export type Choose = { 
/**
 * For what.
 */
purpose: Purpose, 
/**
 * The proposed name of a file to be saved or of a new case.
 */
name: string | null, };

/**
 * What was chosen.
 */
export type Chosen = { 
/**
 * The name for it.
 */
ticket: Ticket, 
/**
 * The last part of each path, for the user to see.
 */
names: Array<string>, 
/**
 * The full path, for the user to see; of the first where there are several.
 */
shown: string, };

/**
 * A comment.
 */
export type CommentView = { 
/**
 * Its text.
 */
text: string, 
/**
 * Who wrote it.
 */
by: string, 
/**
 * When.
 */
time: string, 
/**
 * The custody entry.
 */
custody_seq: number, };

/**
 * Values of a field that begin like this, whatever their case. Words of a fixed list that were
 * not counted have a count of 0.
 */
export type Complete = { 
/**
 * The field.
 */
field: string, 
/**
 * The beginning.
 */
prefix: string, };

/**
 * How the custody of a case stands.
 */
export type Custody = { 
/**
 * Number of entries.
 */
size: number, 
/**
 * The Merkle root over them.
 */
root: string, 
/**
 * The leaf hash of the last.
 */
head: string, 
/**
 * The signed notes, smallest first.
 */
checkpoints: Array<CheckpointFacts>, 
/**
 * The last time stamp.
 */
last_anchor: Anchor | null, 
/**
 * Entries that no signed note covers.
 */
since_signed: number, 
/**
 * Entries that no time stamp covers: a rewritten chain would not show in these.
 */
since_anchor: number, };

/**
 * A text for a report of a defect: versions, settings and error codes, nothing of evidence.
 */
export type Diagnostics = { 
/**
 * The text.
 */
text: string, };

/**
 * Something was dropped on the window: the event `dropped`.
 */
export type Dropped = { 
/**
 * What.
 */
chosen: Chosen, 
/**
 * `evidence`, `case` or `package`, as far as names tell.
 */
looks_like: string, };

/**
 * An entry by its number.
 */
export type EntryAsked = { 
/**
 * From 0.
 */
seq: number, };

/**
 * An entry's exact bytes.
 */
export type EntryBytes = { 
/**
 * The bytes as text; a byte that is not UTF-8 stands as `\xNN`.
 */
text: string, 
/**
 * How many.
 */
length: number, 
/**
 * The predecessor's leaf hash, none for the first.
 */
prev: string | null, 
/**
 * Its own leaf hash, computed anew from the bytes.
 */
leaf: string, 
/**
 * Whether that is the stored one.
 */
matches: boolean, };

/**
 * A custody entry.
 */
export type EntryView = { 
/**
 * Its number.
 */
seq: number, 
/**
 * Its time.
 */
time: string, 
/**
 * The event, `evidence.imported`.
 */
event: string, 
/**
 * Who.
 */
actor: string, 
/**
 * What it is about, where it names an object.
 */
object: string | null, 
/**
 * Its outcome.
 */
outcome: string | null, 
/**
 * Its reason.
 */
reason: string | null, 
/**
 * Its leaf hash.
 */
leaf: string, 
/**
 * Whether a signed note covers it.
 */
signed: boolean, 
/**
 * Whether a time stamp covers it.
 */
anchored: boolean, };

/**
 * An event.
 */
export type EventId = { 
/**
 * Its id.
 */
id: string, };

/**
 * An event with its record.
 */
export type EventView = { 
/**
 * Flat fields of the normalised event, in the order of the documentation.
 */
fields: Array<FieldValue>, 
/**
 * The record as JSON text where it is JSON and not cut, pretty only by the page.
 */
json: string | null, 
/**
 * The record as text; bytes that are not UTF-8 stand as `\xNN`.
 */
text: string, 
/**
 * Whether `text` holds only the record's first MiB.
 */
cut: boolean, 
/**
 * What the record needs from elsewhere in its member (a header).
 */
context: string | null, 
/**
 * Where it comes from.
 */
provenance: Provenance, 
/**
 * What people noted.
 */
noted: Noted, };

/**
 * What of the evidence is asked for.
 */
export type EvidenceAsk = { 
/**
 * Words that a row must hold, all of them; empty for all.
 */
filter: string, 
/**
 * The column, as the table names it; none for the order of arrival.
 */
sort: string | null, 
/**
 * Whether the greatest comes first.
 */
down: boolean, 
/**
 * The position of the first row.
 */
offset: number, 
/**
 * How many rows; at most a thousand are given.
 */
limit: number, };

/**
 * A page of the evidence.
 */
export type EvidencePage = { 
/**
 * From `offset` on.
 */
rows: Array<EvidenceRow>, 
/**
 * Rows that hold the words; a member that does brings its item along.
 */
matching: number, 
/**
 * Rows in all.
 */
all: number, 
/**
 * Items in all.
 */
items: number, 
/**
 * Sums over all items.
 */
totals: Totals, };

/**
 * One file, or one file inside an archive.
 */
export type EvidenceReport = { 
/**
 * `EV-0001`.
 */
id: string, 
/**
 * Name below what was imported.
 */
name: string, 
/**
 * Where it was found; `archive!member` for a file inside an archive.
 */
path: string, 
/**
 * SHA-256 as received, hexadecimal.
 */
sha256: string | null, 
/**
 * Size as received.
 */
bytes: number, 
/**
 * Size after unpacking.
 */
bytes_decompressed: number, 
/**
 * What it was recognised as.
 */
type: string | null, 
/**
 * Why.
 */
recognised: string | null, 
/**
 * `imported`, `partial`, `rejected` or `duplicate`.
 */
state: string, 
/**
 * Why it is rejected or partial, or what it repeats.
 */
reason: string | null, 
/**
 * Earliest time.
 */
first: string | null, 
/**
 * Latest time.
 */
last: string | null, 
/**
 * Number of warnings.
 */
warnings: number, 
/**
 * Records in view without a time: those that `time:none` finds.
 */
undated: number, 
/**
 * Whether it was withdrawn.
 */
withdrawn: boolean, 
/**
 * Records the envelope holds.
 */
found: number, 
/**
 * Records with at least one row in the case.
 */
stored: number, 
/**
 * Records that another evidence item already holds, equal in decoded content.
 */
duplicate: number, 
/**
 * Records that could not be read; each has a warning.
 */
rejected: number, 
/**
 * Known non-events (headers, `NODATA`, control messages).
 */
ignored: number, 
/**
 * Rows made, duplicates' rows included.
 */
events: number, };

/**
 * A row: an item or a member of one.
 */
export type EvidenceRow = { 
/**
 * Whether it is a member of the item above it.
 */
member: boolean, 
/**
 * Whether it is an item with members.
 */
archive: boolean, 
/**
 * `EV-0001`.
 */
id: string, 
/**
 * Name below what was imported.
 */
name: string, 
/**
 * Where it was found; `archive!member` for a file inside an archive.
 */
path: string, 
/**
 * SHA-256 as received, hexadecimal.
 */
sha256: string | null, 
/**
 * Size as received.
 */
bytes: number, 
/**
 * Size after unpacking.
 */
bytes_decompressed: number, 
/**
 * What it was recognised as.
 */
type: string | null, 
/**
 * Why.
 */
recognised: string | null, 
/**
 * `imported`, `partial`, `rejected` or `duplicate`.
 */
state: string, 
/**
 * Why it is rejected or partial, or what it repeats.
 */
reason: string | null, 
/**
 * Earliest time.
 */
first: string | null, 
/**
 * Latest time.
 */
last: string | null, 
/**
 * Number of warnings.
 */
warnings: number, 
/**
 * Records in view without a time: those that `time:none` finds.
 */
undated: number, 
/**
 * Whether it was withdrawn.
 */
withdrawn: boolean, 
/**
 * Records the envelope holds.
 */
found: number, 
/**
 * Records with at least one row in the case.
 */
stored: number, 
/**
 * Records that another evidence item already holds, equal in decoded content.
 */
duplicate: number, 
/**
 * Records that could not be read; each has a warning.
 */
rejected: number, 
/**
 * Known non-events (headers, `NODATA`, control messages).
 */
ignored: number, 
/**
 * Rows made, duplicates' rows included.
 */
events: number, };

/**
 * One examiner's key in the case.
 */
export type ExaminerFacts = { 
/**
 * The name.
 */
name: string, 
/**
 * The part.
 */
role: string, 
/**
 * Whom they act for.
 */
organisation: string, 
/**
 * The verifier key in this case.
 */
vkey: string, 
/**
 * The custody entry that let it in.
 */
added_seq: number, 
/**
 * The custody entry after which it signs no more.
 */
retired_seq: number | null, };

/**
 * An export of what a question finds.
 */
export type Export = { 
/**
 * The question.
 */
question: Question, 
/**
 * Newest first.
 */
newest_first: boolean, 
/**
 * `csv` or `jsonl`.
 */
format: string, 
/**
 * Where.
 */
to: Ticket, };

/**
 * A fact with a name.
 */
export type Fact = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its value.
 */
value: string, };

/**
 * A field of an event.
 */
export type FieldValue = { 
/**
 * Its name; `resource.id` may stand several times.
 */
name: string, 
/**
 * Its value as text.
 */
value: string, };

/**
 * A field of the query language.
 */
export type FieldView = { 
/**
 * Its name.
 */
name: string, 
/**
 * `text`, `number`, `time`, `address`, `word` and the like.
 */
kind: string, 
/**
 * What it is.
 */
describe: string, 
/**
 * The words it can have, where they are few.
 */
words: Array<string>, };

/**
 * Where a time lies in a result.
 */
export type FindTime = { 
/**
 * The result.
 */
result: number, 
/**
 * RFC 3339.
 */
time: string, };

/**
 * A histogram.
 */
export type HistogramAsked = { 
/**
 * The question.
 */
question: Question, 
/**
 * `auto`, `second`, `minute`, `hour` or `day`.
 */
bucket: string, 
/**
 * Whether the counts are split by cloud.
 */
by_cloud: boolean, };

/**
 * Rows over time.
 */
export type HistogramView = { 
/**
 * The unit of a bucket: `second`, `minute`, `hour`, `day`; a bucket may be several days.
 */
bucket: string, 
/**
 * Its length in seconds.
 */
seconds: number, 
/**
 * The series in a fixed order: a cloud, or one named `rows`.
 */
series: Array<string>, 
/**
 * Buckets that have rows, earliest first.
 */
buckets: Array<BucketView>, 
/**
 * Rows without a time.
 */
undated: number, };

/**
 * How much a case holds.
 */
export type Holds = { 
/**
 * Evidence items.
 */
evidence: number, 
/**
 * Of these the withdrawn.
 */
withdrawn: number, 
/**
 * Bytes as received.
 */
bytes: number, 
/**
 * Bytes decompressed.
 */
bytes_decompressed: number, 
/**
 * Innermost members.
 */
members: number, 
/**
 * Rows made of them.
 */
events: number, 
/**
 * Warnings.
 */
warnings: number, };

/**
 * An import.
 */
export type Import = { 
/**
 * What.
 */
ticket: Ticket, 
/**
 * Read whatever is not clearly of another as this format.
 */
data_type: string | null, 
/**
 * Leave the files where they lie.
 */
in_place: boolean, 
/**
 * Read members that unpack to more than 200 times their size.
 */
allow_ratio: boolean, 
/**
 * Why, for the custody entries.
 */
reason: string | null, };

/**
 * What would be imported.
 */
export type ImportPlan = { 
/**
 * Each file; at most ten thousand are listed.
 */
files: Array<PlannedFile>, 
/**
 * Files in all.
 */
total: number, 
/**
 * Their bytes.
 */
bytes: number, 
/**
 * Files whose format is not known from their head.
 */
unknown: number, 
/**
 * Files that repeat another or are in the case already.
 */
duplicate: number, };

/**
 * Everything an import did.
 */
export type ImportReport = { 
/**
 * Files and members.
 */
evidence: Array<EvidenceReport>, 
/**
 * How many files and members are not in that list, where it was cut; the sums hold them all.
 */
left_out?: number, 
/**
 * Their sums.
 */
totals: Totals, 
/**
 * How long it took.
 */
seconds: number, };

/**
 * An evidence item.
 */
export type ItemId = { 
/**
 * `EV-0001`.
 */
id: string, };

/**
 * Legal notes of an item.
 */
export type ItemNotes = { 
/**
 * Jurisdiction or region of origin.
 */
jurisdiction: string | null, 
/**
 * Whether nothing of it may be disposed of.
 */
hold: boolean, 
/**
 * Free text.
 */
note: string | null, 
/**
 * The custody entry of the last change.
 */
custody_seq: number | null, };

/**
 * An evidence item with everything around it.
 */
export type ItemView = { 
/**
 * The item and, where it is an archive, its members.
 */
files: Array<EvidenceReport>, 
/**
 * Custody entries that name it, newest first.
 */
trail: Array<EntryView>, 
/**
 * Warnings and rejected records, at most a thousand.
 */
warnings: Array<WarningView>, 
/**
 * Warnings in all.
 */
warnings_total: number, 
/**
 * Facts that the provider wrote about it (names of its delivery, digests, regions).
 */
provider: Array<Fact>, 
/**
 * Legal notes.
 */
notes: ItemNotes, 
/**
 * Where its original lies.
 */
original: string, 
/**
 * Whether it was left in place.
 */
in_place: boolean, };

/**
 * The examiner's signing key.
 */
export type KeyView = { 
/**
 * The verifier key, none where no key was made.
 */
vkey: string | null, 
/**
 * Where the locked key lies.
 */
file: string | null, 
/**
 * Whether it is unlocked in this session.
 */
unlocked: boolean, };

/**
 * A verdict that was seen.
 */
export type LastVerdict = { 
/**
 * The verdict.
 */
verdict: string, 
/**
 * Entries verified.
 */
size: number, 
/**
 * When.
 */
at: string, };

/**
 * A part of the ledger.
 */
export type LedgerAsked = { 
/**
 * How many of the entries that pass the filter lie before the first one wanted; without a
 * filter that is its number.
 */
from: number, 
/**
 * How many, at most a thousand.
 */
limit: number, 
/**
 * Only entries whose event, actor, object or reason contains this, case folded.
 */
filter: string | null, };

/**
 * Entries of the chain.
 */
export type LedgerView = { 
/**
 * Entries in the chain.
 */
size: number, 
/**
 * Entries that pass the filter.
 */
found: number, 
/**
 * The entries, in their order.
 */
entries: Array<EntryView>, };

/**
 * A change of legal notes.
 */
export type NoteItem = { 
/**
 * The item.
 */
id: string, 
/**
 * Jurisdiction or region of origin.
 */
jurisdiction: string | null, 
/**
 * Whether nothing of it may be disposed of.
 */
hold: boolean, 
/**
 * Free text.
 */
note: string | null, };

/**
 * What people noted about an event.
 */
export type Noted = { 
/**
 * Whether it is starred.
 */
starred: boolean, 
/**
 * `bad`, `suspicious` or `good`.
 */
mark: string | null, 
/**
 * Tags in order.
 */
tags: Array<string>, 
/**
 * Comments, oldest first.
 */
comments: Array<CommentView>, };

/**
 * Nothing.
 */
export type Nothing = Record<symbol, never>;

/**
 * Something to know that is no error: the event `notice`.
 */
export type Notice = { 
/**
 * The command it comes from.
 */
call: string | null, 
/**
 * The text.
 */
text: string, };

/**
 * Evidence that was chosen.
 */
export type OfTicket = { 
/**
 * The choice.
 */
ticket: Ticket, };

/**
 * A question whose rows are to be looked at.
 */
export type OpenResult = { 
/**
 * The question.
 */
question: Question, 
/**
 * Newest first.
 */
newest_first: boolean, };

/**
 * What opening found.
 */
export type Opened = { 
/**
 * What verification found; shown before anything else.
 */
verification: Verification, 
/**
 * The case, none where it was refused.
 */
case: CaseView | null, };

/**
 * A hit of a phrase that lies in no record.
 */
export type OutsideHit = { 
/**
 * The phrase.
 */
phrase: string, 
/**
 * Evidence item.
 */
evidence: string, 
/**
 * Member.
 */
member: string, 
/**
 * Byte offset.
 */
offset: number, };

/**
 * A package that was made.
 */
export type PackageMade = { 
/**
 * The file.
 */
saved: Saved, 
/**
 * Verified after writing.
 */
verification: Verification, };

/**
 * A package to be made.
 */
export type PackageMake = { 
/**
 * `expert`.
 */
profile: string, 
/**
 * Who gets it.
 */
recipient: string | null, 
/**
 * Where.
 */
to: Ticket, };

/**
 * A verification of something that was dropped or chosen.
 */
export type PackageVerdict = { 
/**
 * The name of the file.
 */
name: string, 
/**
 * What it was taken for, in plain words.
 */
what: string, 
/**
 * The verdict.
 */
verification: Verification, 
/**
 * What the package says of itself, unverified.
 */
about: Array<Fact>, };

/**
 * A package, custody folder or case to be verified.
 */
export type PackageVerify = { 
/**
 * What.
 */
ticket: Ticket, 
/**
 * Verifier keys from outside.
 */
keys: Array<string>, 
/**
 * Pins from outside.
 */
pins: Array<string>, 
/**
 * CA certificates of time-stamp authorities.
 */
tsa_ca: Ticket | null, };

/**
 * A page of a report.
 */
export type PageAsked = { 
/**
 * The report.
 */
laid: number, 
/**
 * From 0.
 */
page: number, };

/**
 * A page as a picture.
 */
export type PageView = { 
/**
 * SVG, shown as an image only.
 */
svg: string, };

/**
 * A passphrase.
 */
export type Passphrase = { 
/**
 * The passphrase; never stored.
 */
passphrase: string, };

/**
 * How the chain stands, to be kept outside the case.
 */
export type PinView = { 
/**
 * Entries.
 */
size: number, 
/**
 * Merkle root.
 */
root: string, 
/**
 * Leaf hash of the last entry.
 */
head: string, 
/**
 * The verifier key that signs.
 */
key: string | null, 
/**
 * The pin line, `SIZE:ROOT`.
 */
line: string, 
/**
 * A QR code of the pin line: one text of `0` and `1` a row.
 */
qr: Array<string>, };

/**
 * A file that would be imported.
 */
export type PlannedFile = { 
/**
 * Name below what was chosen.
 */
name: string, 
/**
 * Bytes.
 */
bytes: number, 
/**
 * The format it is recognised as; none where its head says nothing (an archive, an
 * unknown file): `why` says which.
 */
type: string | null, 
/**
 * Why.
 */
why: string, 
/**
 * What keeps it from being read, or what it repeats.
 */
problem: string | null, };

/**
 * A position in a result.
 */
export type Position = { 
/**
 * From 0: of the first row that comes then or, in the result's order, after it; of the first
 * undated row where there is none, and the count where there is none of these, too.
 */
offset: number, };

/**
 * Something to know before a report or package leaves the house.
 */
export type Preflight = { 
/**
 * Whether it is to be known, is not covered, or is contradicted.
 */
status: "note" | "warning" | "fail", 
/**
 * What, in plain words.
 */
text: string, };

/**
 * What a command ends with instead of a result.
 */
export type Problem = { 
/**
 * A short word that stays the same.
 */
code: string, 
/**
 * What it is, where, what was expected and found, and what to do.
 */
message: string, 
/**
 * Whether the user stopped it.
 */
stopped: boolean, 
/**
 * What is wrong with a query, where that is it.
 */
in_query: Array<ProblemInQuery>, };

/**
 * What is wrong with a query.
 */
export type ProblemInQuery = { 
/**
 * First UTF-16 unit concerned.
 */
from: number, 
/**
 * One past the last.
 */
to: number, 
/**
 * What is wrong.
 */
message: string, 
/**
 * What would be right.
 */
hint: string, };

/**
 * Whether an event is what its original says, as far as its custody goes back.
 */
export type Proof = { 
/**
 * The event.
 */
id: string, 
/**
 * What it came to.
 */
verdict: "verified" | "verified-with-warnings" | "failed", 
/**
 * What it rests on.
 */
checks: Array<Check>, 
/**
 * What this shows and what it cannot show, in plain words.
 */
statement: string, };

/**
 * Where an event comes from.
 */
export type Provenance = { 
/**
 * The evidence item (`EV-0001`).
 */
evidence: string, 
/**
 * The item's name below what was imported.
 */
name: string, 
/**
 * The member's ordinals.
 */
member: string, 
/**
 * Names of the archive entries on the way, empty for a file that is no archive.
 */
member_name: string, 
/**
 * Offset of the record in the member's decompressed bytes.
 */
offset: number, 
/**
 * Its length in bytes.
 */
length: number, 
/**
 * SHA-256 of the evidence item as received.
 */
sha256: string, 
/**
 * The custody entry of its import.
 */
custody_seq: number, 
/**
 * The event that stands for this one, where it was delivered twice.
 */
duplicate_of: string | null, 
/**
 * Events with the same record that this one stands for.
 */
duplicates: Array<string>, 
/**
 * Whether its evidence item was withdrawn.
 */
withdrawn: boolean, };

/**
 * What a choice is for.
 */
export type Purpose = "new-case" | "open-case" | "evidence-files" | "evidence-folder" | "package" | "backup" | "time-stamp-reply" | "certificates" | "save";

/**
 * A question to the case.
 */
export type Question = { 
/**
 * In the query language.
 */
query: string, 
/**
 * From this time on, RFC 3339.
 */
from: string | null, 
/**
 * Before this time, RFC 3339.
 */
to: string | null, };

/**
 * A case of this installation.
 */
export type RecentCase = { 
/**
 * The case.
 */
case: string, 
/**
 * Its name for opening.
 */
ticket: Ticket, 
/**
 * Where it lies.
 */
path: string, 
/**
 * Its title; none where it cannot be read.
 */
title: string | null, 
/**
 * Its reference.
 */
reference: string | null, 
/**
 * When its chain was last changed.
 */
changed: string | null, 
/**
 * When it was last opened in the window.
 */
opened: string | null, 
/**
 * Bytes of its evidence as received.
 */
bytes: number, 
/**
 * Evidence items.
 */
evidence: number, 
/**
 * Rows.
 */
events: number, 
/**
 * The verdict when it was last verified here, with the entries it covered.
 */
verdict: LastVerdict | null, 
/**
 * Why it cannot be opened, where that is plain already.
 */
problem: string | null, };

/**
 * A report to be looked at.
 */
export type ReportAsked = { 
/**
 * The question that narrows it; empty for the whole case.
 */
query: string, 
/**
 * `a-3b` or `a-2u`.
 */
standard: string, };

/**
 * A report to be saved.
 */
export type ReportSave = { 
/**
 * What it is about.
 */
report: ReportAsked, 
/**
 * Where; the ending says the format, `.pdf` or `.html`.
 */
to: Ticket, };

/**
 * A report that was laid out.
 */
export type ReportView = { 
/**
 * Its number, to ask for pages.
 */
laid: number, 
/**
 * Pages.
 */
pages: number, 
/**
 * What is unverified, unanchored or missing.
 */
preflight: Array<Preflight>, 
/**
 * Entries in the chain it speaks of.
 */
size: number, };

/**
 * A backup to be made a case of.
 */
export type RestoreCase = { 
/**
 * The backup.
 */
backup: Ticket, 
/**
 * Where the case will lie.
 */
place: Ticket, };

/**
 * A result: its rows can be asked for by position.
 */
export type ResultView = { 
/**
 * Its number.
 */
result: number, 
/**
 * Rows, exact.
 */
count: number, 
/**
 * Rows of them without a time; they are last.
 */
undated: number, 
/**
 * Seconds it took.
 */
seconds: number, 
/**
 * Hits of phrases outside records, at most a hundred.
 */
outside: Array<OutsideHit>, 
/**
 * Such hits in all.
 */
outside_total: number, };

/**
 * A row of the timeline.
 */
export type RowView = { 
/**
 * Event id.
 */
id: string, 
/**
 * `event` or `flow`.
 */
kind: string, 
/**
 * RFC 3339 UTC, none where it is undated.
 */
time: string | null, 
/**
 * The time as it stands in the record.
 */
time_raw: string | null, 
/**
 * Cells in the order of the fields asked for; none where absent.
 */
cells: Array<string | null>, 
/**
 * What people noted.
 */
noted: Noted, };

/**
 * Rows of a result.
 */
export type Rows = { 
/**
 * The result.
 */
result: number, 
/**
 * Position of the first, from 0.
 */
offset: number, 
/**
 * How many, at most a thousand.
 */
limit: number, 
/**
 * Names of the fields wanted.
 */
fields: Array<string>, };

/**
 * A page of rows.
 */
export type RowsView = { 
/**
 * Position of the first.
 */
offset: number, 
/**
 * The rows.
 */
rows: Array<RowView>, };

/**
 * Something that was written to a file.
 */
export type Saved = { 
/**
 * Where.
 */
path: string, 
/**
 * SHA-256.
 */
sha256: string, 
/**
 * Bytes.
 */
bytes: number, 
/**
 * Rows, pages or files in it.
 */
parts: number, 
/**
 * The custody entry that records it, where one does.
 */
custody_seq: number | null, };

/**
 * Which events a change is about.
 */
export type Selection = { "which": "ids", 
/**
 * Event ids.
 */
ids: Array<string>, } | { "which": "result", 
/**
 * The result.
 */
result: number, 
/**
 * Event ids that are left out.
 */
except: Array<string>, };

/**
 * Settings of this installation.
 */
export type Settings = { 
/**
 * `system`, `dark` or `light`.
 */
theme: string, 
/**
 * `compact` or `comfortable`.
 */
density: string, 
/**
 * 100 to 150 per cent.
 */
text_size: number, 
/**
 * `utc`, `case` or `source`.
 */
zone: string, 
/**
 * Columns of the timeline in their order; empty for the proposed ones.
 */
columns: Array<string>, 
/**
 * Tags offered as quick tags.
 */
quick_tags: Array<string>, 
/**
 * Organisation for packages.
 */
organisation: string | null, 
/**
 * Contact for packages.
 */
contact: string | null, };

/**
 * A checkpoint that was signed, or that covers everything already.
 */
export type Signed = { 
/**
 * Entries it covers.
 */
size: number, 
/**
 * The Merkle root over them, in hexadecimal.
 */
root: string, 
/**
 * Who signed.
 */
vkey: string, };

/**
 * Whether what is written is signed, and why not.
 */
export type Signing = { 
/**
 * Whether a checkpoint can be signed now.
 */
can: boolean, 
/**
 * Why not, and what to do.
 */
why: string | null, };

/**
 * What the program was started with.
 */
export type Started = { 
/**
 * A case to be opened.
 */
case: Chosen | null, 
/**
 * Evidence to be imported into it.
 */
evidence: Chosen | null, 
/**
 * A package to be verified.
 */
package: Chosen | null, };

/**
 * A tag in use.
 */
export type TagView = { 
/**
 * The tag.
 */
tag: string, 
/**
 * Events that have it.
 */
events: number, };

/**
 * A query to be looked over while it is typed.
 */
export type Text = { 
/**
 * The text.
 */
text: string, };

/**
 * What the user chose outside the page (a dialog, a drop, an argument of the program): the page
 * may name it, the host knows the paths.
 */
export type Ticket = string;

/**
 * The answer of a time-stamp authority.
 */
export type TimeStampAnswer = { 
/**
 * The reply.
 */
reply: Ticket, 
/**
 * Its CA certificates.
 */
ca: Ticket | null, };

/**
 * A query for a time-stamp authority that was written.
 */
export type TimeStampQuery = { 
/**
 * Entries covered.
 */
size: number, 
/**
 * Where the query lies.
 */
path: string, 
/**
 * The command that sends it from a machine with a network.
 */
command: string, };

/**
 * A ranking.
 */
export type TopAsked = { 
/**
 * The question.
 */
question: Question, 
/**
 * The field.
 */
field: string, 
/**
 * Most values.
 */
limit: number, };

/**
 * A value of a ranking.
 */
export type TopView = { 
/**
 * The value, none for rows without one.
 */
value: string | null, 
/**
 * Rows.
 */
count: number, 
/**
 * First time.
 */
first: string | null, 
/**
 * Last time.
 */
last: string | null, };

/**
 * Sums over files.
 */
export type Totals = { 
/**
 * Files received.
 */
files: number, 
/**
 * Their bytes.
 */
bytes: number, 
/**
 * Their bytes after unpacking.
 */
bytes_decompressed: number, 
/**
 * Records in view without a time.
 */
undated: number, 
/**
 * Records the envelope holds.
 */
found: number, 
/**
 * Records with at least one row in the case.
 */
stored: number, 
/**
 * Records that another evidence item already holds, equal in decoded content.
 */
duplicate: number, 
/**
 * Records that could not be read; each has a warning.
 */
rejected: number, 
/**
 * Known non-events (headers, `NODATA`, control messages).
 */
ignored: number, 
/**
 * Rows made, duplicates' rows included.
 */
events: number, };

/**
 * A change to be taken back.
 */
export type UndoAnnotation = { 
/**
 * Its custody entry.
 */
custody_seq: number, };

/**
 * What a verification came to.
 */
export type Verification = { 
/**
 * The verdict.
 */
verdict: "verified" | "verified-with-warnings" | "failed", 
/**
 * What it rests on.
 */
checks: Array<Check>, 
/**
 * Entries in the chain.
 */
size: number, 
/**
 * The Merkle root over them; empty where the case was refused before the chain was read.
 */
root: string, 
/**
 * The leaf hash of the last.
 */
head: string | null, 
/**
 * The case.
 */
case: string | null, 
/**
 * Entries since the last time stamp or pin.
 */
since_anchor: number, 
/**
 * Entries that a trusted signature covers.
 */
signed: number, 
/**
 * The keys that are trusted after the last note.
 */
keys: Array<string>, 
/**
 * What this shows and what it cannot show, in plain words, a sentence or two a line.
 */
statement: string, };

/**
 * A verification of the open case.
 */
export type VerifyAsked = { 
/**
 * Whether every record is parsed again.
 */
deep: boolean, 
/**
 * Verifier keys from outside.
 */
keys: Array<string>, 
/**
 * Pins from outside, `SIZE:ROOT`.
 */
pins: Array<string>, 
/**
 * CA certificates of time-stamp authorities.
 */
tsa_ca: Ticket | null, };

/**
 * A warning, or a record that was rejected.
 */
export type WarningView = { 
/**
 * Member's name, empty for a file that is no archive.
 */
member: string, 
/**
 * Byte offset in the decompressed member.
 */
offset: number, 
/**
 * Bytes concerned.
 */
length: number, 
/**
 * What is wrong.
 */
reason: string, 
/**
 * What was expected.
 */
expected: string, 
/**
 * What was found.
 */
found: string, 
/**
 * The first bytes, escaped.
 */
excerpt: string, };

/**
 * A withdrawal.
 */
export type Withdraw = { 
/**
 * The item.
 */
id: string, 
/**
 * Why.
 */
reason: string, };

/**
 * An evidence item that was withdrawn.
 */
export type Withdrawn = { 
/**
 * The item.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Rows hidden.
 */
hidden: number, 
/**
 * Rows of other items that were hidden as duplicates of these, or of their members, and are
 * visible now.
 */
revealed: number, 
/**
 * The items that show them.
 */
revealed_in: Array<string>, 
/**
 * Items that are the same file: their rows were never stored, and are not visible either.
 */
same: Array<string>, 
/**
 * The custody entry.
 */
seq: number, };

export interface Commands {
  about: { input: Nothing; output: About };
  started: { input: Nothing; output: Started };
  choose: { input: Choose; output: Chosen | null };
  settings: { input: Nothing; output: Settings };
  save_settings: { input: Settings; output: Settings };
  diagnostics: { input: Nothing; output: Diagnostics };
  key: { input: Nothing; output: KeyView };
  make_key: { input: Passphrase; output: KeyView };
  unlock_key: { input: Passphrase; output: KeyView };
  lock_key: { input: Nothing; output: KeyView };
  cases: { input: Nothing; output: Array<RecentCase> };
  create_case: { input: CaseCreate; output: CaseView };
  open_case: { input: CaseOpen; output: Opened };
  close_case: { input: Nothing; output: Nothing };
  case: { input: Nothing; output: CaseView | null };
  forget_case: { input: CaseOpen; output: Nothing };
  restore_case: { input: RestoreCase; output: Opened };
  open_result: { input: OpenResult; output: ResultView };
  rows: { input: Rows; output: RowsView };
  find_time: { input: FindTime; output: Position };
  histogram: { input: HistogramAsked; output: HistogramView };
  top: { input: TopAsked; output: Array<TopView> };
  fields: { input: Nothing; output: Array<FieldView> };
  check_query: { input: Text; output: Array<ProblemInQuery> };
  complete: { input: Complete; output: Array<TopView> };
  event: { input: EventId; output: EventView };
  prove: { input: EventId; output: Proof };
  export: { input: Export; output: Saved };
  note_item: { input: NoteItem; output: ItemNotes };
  annotate: { input: Annotate; output: Changed };
  undo_annotation: { input: UndoAnnotation; output: Changed };
  tags: { input: Nothing; output: Array<TagView> };
  preview_report: { input: ReportAsked; output: ReportView };
  report_page: { input: PageAsked; output: PageView };
  save_report: { input: ReportSave; output: Saved };
  plan_import: { input: OfTicket; output: ImportPlan };
  import: { input: Import; output: ImportReport };
  formats: { input: Nothing; output: Array<Fact> };
  evidence: { input: EvidenceAsk; output: EvidencePage };
  item: { input: ItemId; output: ItemView };
  withdraw: { input: Withdraw; output: Withdrawn };
  backup: { input: OfTicket; output: Saved };
  ledger: { input: LedgerAsked; output: LedgerView };
  entry: { input: EntryAsked; output: EntryBytes };
  verify: { input: VerifyAsked; output: Verification };
  sign: { input: Nothing; output: Signed };
  pin: { input: Nothing; output: PinView };
  request_time_stamp: { input: Nothing; output: TimeStampQuery };
  take_time_stamp: { input: TimeStampAnswer; output: Anchored };
  make_package: { input: PackageMake; output: PackageMade };
  verify_package: { input: PackageVerify; output: PackageVerdict };
  cancel: { input: Cancel; output: Nothing };
}

export interface Events {
  progress: CallProgress;
  notice: Notice;
  dropped: Dropped;
}
