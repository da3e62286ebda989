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
 * A passphrase.
 */
export type Passphrase = { 
/**
 * The passphrase; never stored.
 */
passphrase: string, };

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
  cancel: { input: Cancel; output: Nothing };
}

export interface Events {
  progress: CallProgress;
  notice: Notice;
  dropped: Dropped;
}
