// A host for looking at the real screens: the demonstration incident, answered from memory.
import type { CaseView, EvidenceReport, ImportPlan, ImportReport, ItemView, RecentCase, Verification } from "../../src/platform/bindings";
import { MemoryPlatform } from "../../src/platform/memory";
import { pageOf, totalsOf } from "./evidence";

const sha = (seed: number) => Array.from({ length: 64 }, (_, at) => ((seed * 31 + at * 7 + ((seed * at) % 13)) % 16).toString(16)).join("");

export function report(id: number, change: Partial<EvidenceReport> = {}): EvidenceReport {
  const name = change.name ?? `file-${id}.json`;
  return {
    id: `EV-${String(id).padStart(4, "0")}`, name, path: `delivery/${name}`, sha256: sha(id), bytes: 482_311, bytes_decompressed: 5_210_400, type: "aws.cloudtrail",
    recognised: "the head holds \"Records\" with eventVersion", state: "imported", found: 1200, stored: 1180, duplicate: 12, rejected: 3, ignored: 5, events: 1180,
    reason: null, first: "2026-09-11T00:00:04Z", last: "2026-09-17T23:58:12.5Z", warnings: 3, undated: 0, withdrawn: false, ...change,
  };
}

export const incident: EvidenceReport[] = [
  report(1, { name: "aws-cloudtrail-eu-west-1.zip", type: null, bytes: 4_823_112, found: 14310, stored: 14210, duplicate: 87, rejected: 13, ignored: 0, events: 14210 }),
  report(1, { name: "111122223333_CloudTrail_eu-west-1_20260915T0300Z.json.gz", path: "delivery/aws-cloudtrail-eu-west-1.zip!111122223333_CloudTrail_eu-west-1_20260915T0300Z.json.gz", sha256: null, found: 9000, stored: 8950, duplicate: 40, rejected: 10, ignored: 0 }),
  report(1, { name: "111122223333_CloudTrail_eu-west-1_20260915T0410Z.json.gz", path: "delivery/aws-cloudtrail-eu-west-1.zip!111122223333_CloudTrail_eu-west-1_20260915T0410Z.json.gz", sha256: null, found: 5310, stored: 5260, duplicate: 47, rejected: 3, ignored: 0 }),
  report(2, { name: "okta-system-log.jsonl", type: "okta.system-log", found: 6188, stored: 6188, duplicate: 0, rejected: 0, ignored: 0, events: 6188, warnings: 0 }),
  report(3, { name: "entra-signins.json", type: "entra.signin", found: 4210, stored: 4206, duplicate: 4, rejected: 0, ignored: 0, events: 4206, warnings: 0 }),
  report(4, { name: "azure-activity-log.csv", type: "azure.activity", found: 8841, stored: 8820, duplicate: 3, rejected: 3, ignored: 0, events: 8820 }),
  report(5, { name: "vpcflow-eu-west-1.log.gz", type: "aws.vpc-flow", bytes: 19_300_110, found: 18840, stored: 18838, duplicate: 0, rejected: 2, ignored: 0, events: 18838, warnings: 2 }),
  report(6, { name: "gcp-audit.json", type: "gcp.audit", found: 3954, stored: 3954, duplicate: 0, rejected: 0, ignored: 0, events: 3954, warnings: 0 }),
  report(7, { name: "okta-system-log (copy).jsonl", type: "okta.system-log", state: "duplicate", reason: "identical to EV-0002", found: 6188, stored: 0, duplicate: 6188, rejected: 0, ignored: 0, events: 0, warnings: 0 }),
  report(8, { name: "notes-from-helpdesk.docx", type: null, state: "rejected", reason: "no format that is known: the head is 50 4b 03 04, a document", found: 0, stored: 0, duplicate: 0, rejected: 0, ignored: 0, events: 0, warnings: 1, first: null, last: null }),
  report(9, { name: "m365-ual-export.csv", type: "m365.audit", state: "partial", reason: "ends inside a record at byte 388,201", found: 2117, stored: 2101, duplicate: 12, rejected: 4, ignored: 0, events: 2101, warnings: 4 }),
  report(10, { name: "wrong-tenant-export.json", withdrawn: true, found: 301, stored: 301, duplicate: 0, rejected: 0, ignored: 0, events: 0, warnings: 0 }),
  report(11, { name: "rep\u202Efdp.\u0007exe <img src=x onerror=alert(1)>.json", found: 10, stored: 10, duplicate: 0, rejected: 0, ignored: 0, events: 10, warnings: 0 }),
];

export const imported = (evidence: EvidenceReport[], seconds = 0): ImportReport => ({ evidence, totals: totalsOf(evidence), seconds });

export const caseView = (evidence: EvidenceReport[], change: Partial<CaseView> = {}): CaseView => {
  const totals = totalsOf(evidence);
  return {
    facts: {
      case: "c-01", title: "Paper Lantern", reference: "VST-2026-0117", authority: "engagement-letter:EL-2026-17", zone: "Europe/Amsterdam", custody_level: "regulatory", created: "2026-09-18T09:00:00Z",
      examiner: "Mara Kessler", organisation: "Example Response GmbH", role: "Forensics specialist", format_version: 1, examiners: [],
      holds: { evidence: totals.files, withdrawn: 1, bytes: totals.bytes, bytes_decompressed: totals.bytes_decompressed, members: 2, events: totals.events, warnings: 26 },
      custody: { size: 209, root: sha(90), head: sha(91), checkpoints: [], last_anchor: null, since_signed: 4, since_anchor: 12 },
    },
    path: "/cases/VST-2026-0117", signing: { can: true, why: null }, first: "2026-09-11T00:00:04Z", last: "2026-09-17T23:58:12Z", ...change,
  };
};

export const verification = (verdict: Verification["verdict"]): Verification => ({
  verdict, size: 209, root: sha(90), head: sha(91), case: "c-01", since_anchor: 12, signed: 199, keys: ["mara+1a2b3c4d+key"],
  checks: [
    { check: "entries", status: "pass", detail: "209 of 209 entries link and hash" },
    { check: "notes", status: verdict === "verified" ? "pass" : "warning", detail: "9 signatures are valid; the last covers entry 199 of 209" },
    { check: "objects", status: verdict === "failed" ? "fail" : "pass", detail: verdict === "failed" ? `EV-0003 entra-signins.json: expected SHA-256 ${sha(3)}, found ${sha(44)}` : "11 of 11 files hash to what their entries say" },
    { check: "anchors", status: "skipped", detail: "no time stamp was taken" },
  ],
  statement: "The chain shows that no entry was changed, removed or put in between since the last anchor that others hold.\nIt cannot show who sat at the keyboard, nor that evidence was whole before it was received.",
});

export const recent = (): RecentCase[] => [
  { case: "c-01", ticket: "t-1", path: "/cases/VST-2026-0117", title: "Paper Lantern", reference: "VST-2026-0117", changed: "2026-11-24T18:00:00Z", opened: "2026-11-24T18:00:00Z", bytes: 31_400_000_000, evidence: 11, events: 59107, verdict: { verdict: "verified", size: 209, at: "2026-11-24T18:00:00Z" }, problem: null },
  { case: "c-02", ticket: "t-2", path: "/cases/VST-2026-0109", title: "Build runner credential theft", reference: "VST-2026-0109", changed: "2026-11-12T17:20:00Z", opened: "2026-11-12T17:20:00Z", bytes: 6_800_000_000, evidence: 9, events: 1_204_388, verdict: { verdict: "verified-with-warnings", size: 148, at: "2026-11-12T17:20:00Z" }, problem: null },
  { case: "c-03", ticket: "t-3", path: "/cases/VST-2025-0412", title: "Former contractor access review", reference: "VST-2025-0412", changed: "2026-08-11T10:15:00Z", opened: "2026-08-11T10:15:00Z", bytes: 400_000_000, evidence: 4, events: 88_204, verdict: { verdict: "failed", size: 133, at: "2026-08-11T10:15:00Z" }, problem: null },
  { case: "c-04", ticket: "t-4", path: "/media/disk/TRN-2025-0007", title: null, reference: null, changed: null, opened: "2026-07-20T14:00:00Z", bytes: 0, evidence: 0, events: 0, verdict: null, problem: "the folder is not there: is its disk connected?" },
  { case: "c-05", ticket: "t-5", path: "/cases/VST-2026-0120", title: "Shared mailbox rule abuse in the finance department of the northern region", reference: "VST-2026-0120", changed: null, opened: null, bytes: 1_200_000_000, evidence: 6, events: 402_117, verdict: null, problem: null },
];

export const itemView = (row: EvidenceReport, all: EvidenceReport[]): ItemView => ({
  files: all.filter((one) => one.id === row.id),
  trail: [
    { seq: 18, time: "2026-09-18T09:12:04Z", event: "evidence.imported", actor: "Mara Kessler", object: row.id, outcome: "imported", reason: null, leaf: sha(60), signed: true, anchored: false },
    { seq: 17, time: "2026-09-18T09:11:58Z", event: "evidence.received", actor: "Mara Kessler", object: row.id, outcome: null, reason: "handed over by the cloud team, ticket 4711", leaf: sha(61), signed: true, anchored: true },
  ],
  warnings: [
    { member: "", offset: 388_201, length: 214, reason: "ends inside a record", expected: "a closing brace", found: "end of file", excerpt: "{\"eventTime\":\"2026-09-15T03:12:44Z\",\"eventName\":\"StopLogging\",\"x\":\"<img src=x onerror=alert(1)>\u202E\u0000" },
    { member: "111122223333_CloudTrail_eu-west-1_20260915T0300Z.json.gz", offset: 12, length: 90, reason: "no time", expected: "eventTime, RFC 3339", found: "\"yesterday\"", excerpt: "{\"eventTime\":\"yesterday\"}" },
  ],
  warnings_total: 1402, provider: [{ name: "Account", value: "111122223333" }, { name: "Region", value: "eu-west-1" }, { name: "Delivered", value: "2026-09-15T03:16:02Z" }],
  notes: { jurisdiction: "Ireland", hold: true, note: null, custody_seq: 40 }, original: `/evidence/delivery/${row.name}`, in_place: false,
});

export const plan = (): ImportPlan => ({
  total: 6, bytes: 28_310_220, unknown: 2, duplicate: 1,
  files: [
    { name: "delivery/aws-cloudtrail-eu-west-1.zip", bytes: 4_823_112, type: null, why: "an archive: its members are looked at when it is read", problem: null },
    { name: "delivery/okta-system-log.jsonl", bytes: 962_000, type: "okta.system-log", why: "the first line has eventType and published", problem: null },
    { name: "delivery/okta-system-log (copy).jsonl", bytes: 962_000, type: "okta.system-log", why: "the first line has eventType and published", problem: "identical to delivery/okta-system-log.jsonl" },
    { name: "delivery/entra-signins.json", bytes: 2_120_000, type: "entra.signin", why: "an array of objects with userPrincipalName and createdDateTime", problem: null },
    { name: "delivery/notes-from-helpdesk.docx", bytes: 143_000, type: null, why: "no format that is known begins with 50 4b 03 04 and [Content_Types].xml", problem: null },
    { name: "delivery/vpcflow-eu-west-1.log.gz", bytes: 19_300_108, type: "aws.vpc-flow", why: "the first line names the fields of flow logs, version 5", problem: null },
  ],
});

/** A host that answers everything the two screens ask; `on` replaces single answers. */
export function host(evidence: EvidenceReport[] = incident, cases: RecentCase[] = recent()): MemoryPlatform {
  const platform = new MemoryPlatform();
  const rows = evidence;
  let open: CaseView | null = null;
  let key = { vkey: "mara+1a2b3c4d+key" as string | null, file: "/cases/mara/.vestige/key", unlocked: true };
  let kept = { theme: "system", density: "compact", text_size: 100, zone: "utc", columns: [] as string[], quick_tags: ["exfil", "persistence"], organisation: null as string | null, contact: null as string | null };
  platform
    .on("about", () => ({ version: "0.1.0", build_sha256: sha(7), os: "linux x86_64", home: "/cases/mara/.vestige", user: "mara", zones: ["UTC", "Europe/Amsterdam", "Europe/Paris", "America/New_York"], licence: "Apache License 2.0\n\nVestige, copyright its authors." }))
    .on("settings", () => kept).on("save_settings", (wanted) => (kept = wanted))
    .on("key", () => key).on("make_key", () => (key = { vkey: "mara+1a2b3c4d+key", file: "/cases/mara/.vestige/key", unlocked: true }))
    .on("unlock_key", () => (key = { ...key, unlocked: true })).on("lock_key", () => (key = { ...key, unlocked: false }))
    .on("started", () => ({ case: null, evidence: null, package: null }))
    .on("diagnostics", () => ({ text: "Vestige 0.1.0, linux x86_64" }))
    .on("cases", () => cases).on("case", () => open)
    .on("open_case", () => ({ verification: verification("verified-with-warnings"), case: (open = caseView(rows)) }))
    .on("restore_case", () => ({ verification: verification("verified"), case: (open = caseView(rows)) }))
    .on("create_case", (asked) => (open = caseView([], { facts: { ...caseView([]).facts, title: asked.title, reference: asked.reference } })))
    .on("close_case", () => ((open = null), {})).on("forget_case", () => ({})).on("verify", () => verification("verified"))
    .on("choose", ({ purpose }) => ({ ticket: `chosen-${purpose}`, names: [purpose === "save" ? "backup.zip" : "delivery"], shown: `/chosen/${purpose}` }))
    .on("formats", () => [{ name: "aws.cloudtrail", value: "AWS CloudTrail" }, { name: "okta.system-log", value: "Okta System Log" }])
    .on("evidence", (asked) => pageOf(rows, asked)).on("item", ({ id }) => itemView(rows.find((row) => row.id === id) ?? report(0), rows))
    .on("plan_import", plan).on("import", () => imported(rows, 42.4))
    .on("note_item", ({ jurisdiction, hold, note }) => ({ jurisdiction, hold, note, custody_seq: 210 }))
    .on("withdraw", ({ id }) => ({ id, name: id, hidden: 1180, revealed: 12, revealed_in: ["EV-0002"], same: [], seq: 211 }))
    .on("backup", () => ({ path: "/chosen/save/backup.zip", sha256: sha(12), bytes: 31_500_000, parts: 24, custody_seq: 212 }));
  return platform;
}
