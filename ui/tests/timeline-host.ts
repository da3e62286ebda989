// A host with a case of any size: rows are made from their position, notes are kept, nothing is read from a disk.
import type { Change, EventView, FieldView, Noted, Question, RowView } from "../src/platform/bindings";
import { MemoryPlatform } from "../src/platform/memory";
import { nanoseconds, rfc3339Of } from "../src/lib/wire-time";

export const FIELDS: FieldView[] = [
  ["id", "unique", "stable id of the event"], ["kind", "word", "event, flow or resource", "event", "flow", "resource"], ["time", "time", "when it happened or began, UTC"],
  ["type", "term", "platform:format:kind"], ["cloud", "word", "the platform", "aws", "azure", "gcp", "m365", "okta"], ["account", "term", "account, subscription, project or tenant"],
  ["region", "term", "region or location"], ["service", "term", "service that was called"], ["action", "term", "the act as the source names it"],
  ["outcome", "word", "success, failure, denied or unknown", "success", "failure", "denied", "unknown"], ["actor.name", "term", "who acted: the short name"],
  ["actor.id", "term", "who acted: the full identifier"], ["src.ip", "address", "where it came from"], ["agent", "term", "client software as it names itself"],
  ["resource.name", "term", "short name of what was acted upon"], ["resource.id", "term", "identifier of what was acted upon"], ["error.message", "term", "the source's error text"],
  ["bytes", "number", "bytes carried"], ["tag", "term", "tag that an examiner gave it"],
].map(([name = "", kind = "", describe = "", ...words]) => ({ name, kind, describe, words }));

type Act = readonly [cloud: string, account: string, region: string, service: string, action: string, actor: string, resource: string, ip: string, outcome: string, type: string];
/** Ordinary life and the acts of the night of 2026-09-15. */
const ordinary: readonly Act[] = [
  ["aws", "111122223333", "eu-west-1", "s3", "GetObject", "svc-nightly-backup", "aurelia-telemetry-archive", "10.20.4.17", "success", "aws:cloudtrail:record"],
  ["aws", "111122223333", "eu-west-1", "ec2", "DescribeInstances", "ci-deploy", "", "10.20.4.80", "success", "aws:cloudtrail:record"],
  ["okta", "aurelia.okta.example", "", "okta", "user.session.start", "lena.ortiz@aurelia.example", "Okta Dashboard", "198.51.100.31", "success", "okta:system-log:record"],
  ["azure", "f3b1-prod", "westeurope", "Microsoft.Compute", "virtualMachines/read", "build@aurelia.example", "vm-sim-04", "198.51.100.40", "success", "azure:activity:record"],
  ["gcp", "aurelia-sim", "us-central1", "compute.googleapis.com", "v1.compute.instances.list", "build@aurelia-sim.example", "instances", "198.51.100.41", "success", "gcp:audit:record"],
  ["aws", "111122223333", "us-east-1", "iam", "ListUsers", "pentest-vendor", "", "192.0.2.90", "denied", "aws:cloudtrail:record"],
];
const attack: readonly Act[] = [
  ["okta", "aurelia.okta.example", "", "okta", "user.session.start", "mira.kovac@aurelia.example", "Okta Dashboard", "198.51.100.23", "success", "okta:system-log:record"],
  ["okta", "aurelia.okta.example", "", "okta", "user.mfa.factor.activate", "mira.kovac@aurelia.example", "Okta Verify", "203.0.113.77", "success", "okta:system-log:record"],
  ["aws", "111122223333", "eu-west-1", "sts", "AssumeRoleWithSAML", "mira.kovac@aurelia.example", "role/DataEngineer", "203.0.113.77", "success", "aws:cloudtrail:record"],
  ["aws", "111122223333", "eu-west-1", "iam", "ListAttachedUserPolicies", "mira.kovac@aurelia.example", "user/svc-backup", "203.0.113.77", "denied", "aws:cloudtrail:record"],
  ["aws", "111122223333", "eu-west-1", "iam", "CreateAccessKey", "ci-deploy", "user/svc-backup", "203.0.113.77", "success", "aws:cloudtrail:record"],
  ["aws", "111122223333", "eu-west-1", "cloudtrail", "StopLogging", "ci-deploy", "trail/org-trail", "203.0.113.77", "success", "aws:cloudtrail:record"],
  ["aws", "111122223333", "eu-west-1", "s3", "GetObject", "svc-backup", "aurelia-telemetry-archive", "203.0.113.201", "success", "aws:cloudtrail:record"],
  ["m365", "aurelia.example", "", "Exchange", "New-InboxRule", "mira.kovac@aurelia.example", "rule: invoice", "203.0.113.77", "success", "m365:audit:record"],
  ["gcp", "aurelia-sim", "us-central1", "iam.googleapis.com", "CreateServiceAccountKey", "build@aurelia-sim.example", "serviceAccounts/build", "203.0.113.201", "success", "gcp:audit:record"],
];
const START = BigInt(nanoseconds("2026-09-12T00:00:00Z") ?? 0);
const SPAN = 7n * 86_400n * 1_000_000_000n;

export interface HostOptions {
  total?: number;
  /** Values that stand for hostile evidence in the first row. */
  hostile?: { action?: string; actor?: string; text?: string };
  tags?: string[];
  empty?: boolean;
}

export class TimelineHost {
  readonly platform = new MemoryPlatform();
  readonly total: number;
  readonly notes = new Map<string, Noted>();
  settings = { theme: "system", density: "compact", text_size: 100, zone: "utc", columns: [] as string[], quick_tags: ["entry", "persistence", "exfiltration"], organisation: null, contact: null };
  seq = 40;
  #results: { question: Question; newest: boolean; count: number; shift: number }[] = [];
  #undo = new Map<number, Map<string, Noted>>();
  readonly options: HostOptions;

  constructor(options: HostOptions = {}) {
    this.options = options;
    this.total = options.empty ? 0 : (options.total ?? 1000);
    const p = this.platform;
    p.on("fields", () => FIELDS);
    p.on("settings", () => ({ ...this.settings }));
    p.on("save_settings", (now) => (this.settings = now as typeof this.settings));
    p.on("check_query", ({ text }) => problemsOf(text));
    p.on("complete", ({ field, prefix }) => [...new Set([...ordinary, ...attack].map((act) => cellOf(act, field)))].filter((value) => value?.startsWith(prefix)).map((value, at) => ({ value: value ?? null, count: 1000 - at, first: null, last: null })));
    p.on("open_result", ({ question, newest_first }) => this.open(question, newest_first));
    p.on("rows", ({ result, offset, limit, fields }) => ({ offset, rows: this.rows(result, offset, limit, fields) }));
    p.on("find_time", ({ result, time }) => ({ offset: this.positionOf(result, time) }));
    p.on("histogram", ({ question }) => this.histogram(question));
    p.on("top", ({ field }) => [...new Set([...attack, ...ordinary].map((act) => cellOf(act, field)))].map((value, at) => ({ value: value || null, count: Math.round(this.total / (at + 2)), first: null, last: null })));
    p.on("event", ({ id }) => this.event(id));
    p.on("tags", () => (options.tags ?? ["entry", "exfiltration", "pivot"]).map((tag, at) => ({ tag, events: 120 - at * 30 })));
    p.on("annotate", ({ change, about }) => this.annotate(change, about.which === "ids" ? about.ids : null, about.which === "result" ? this.count(about.result) - about.except.length : 0));
    p.on("undo_annotation", ({ custody_seq }) => this.undo(custody_seq));
    p.on("prove", ({ id }) => ({ id, verdict: "verified", checks: [{ check: "record", status: "pass", detail: "the bytes are the record that was imported" }, { check: "file", status: "pass", detail: "4.82 GB hashed again, equal to EV-0003" }, { check: "chain", status: "pass", detail: "entry 14 is in the verified chain" }], statement: "Record, file and chain agree." }));
    p.on("case", () => ({ facts: { holds: { evidence: this.total ? 14 : 0, events: this.total } } }) as never);
    p.on("choose", ({ name }) => ({ ticket: "t-1", names: [name ?? ""], shown: `/cases/m/${name}` }));
    p.on("export", ({ format }) => ({ path: `/cases/m/timeline.${format}`, sha256: "9f3c61d0".repeat(8), bytes: 18_482_112, parts: this.total, custody_seq: null }));
  }

  count = (result: number): number => this.#results[result]?.count ?? 0;
  open(question: Question, newest: boolean) {
    const problems = problemsOf(question.query);
    if (problems.length > 0) throw { code: "query", message: problems[0]?.message ?? "", stopped: false, in_query: problems };
    const from = question.from ? this.indexAt(question.from) : 0;
    const to = question.to ? this.indexAt(question.to) : this.total;
    const count = question.query.includes("nothing") ? 0 : question.query === "" ? Math.max(0, to - from) : Math.min(52_318, Math.max(0, to - from));
    this.#results.push({ question, newest, count, shift: from });
    const outside = question.query.includes('"AKIA') ? [{ phrase: "AKIA", evidence: "EV-0003", member: "notes.txt", offset: 812 }] : [];
    return { result: this.#results.length - 1, count, undated: 0, seconds: 0.12, outside, outside_total: outside.length };
  }
  timeOf = (index: number): string => rfc3339Of(START + (SPAN * BigInt(index)) / BigInt(Math.max(1, this.total)));
  indexAt(time: string): number {
    const ns = BigInt(nanoseconds(time) ?? 0) - START;
    return Math.min(this.total, Math.max(0, Number((ns * BigInt(this.total) + SPAN - 1n) / SPAN)));
  }
  positionOf(result: number, time: string): number {
    const one = this.#results[result];
    if (!one) return 0;
    const at = Math.min(one.count, Math.max(0, this.indexAt(time) - one.shift));
    return one.newest ? Math.max(0, one.count - 1 - at) : at;
  }
  actOf(index: number): Act {
    const night = index > this.total * 0.44 && index < this.total * 0.5;
    const list = night && index % 3 !== 0 ? attack : ordinary;
    return list[(index * 7) % list.length] ?? ordinary[0] ?? (() => { throw new Error("no acts"); })();
  }
  noted = (id: string): Noted => this.notes.get(id) ?? { starred: false, mark: null, tags: [], comments: [] };
  rows(result: number, offset: number, limit: number, fields: string[]): RowView[] {
    const one = this.#results[result];
    if (!one) throw new Error("no such result");
    const rows: RowView[] = [];
    for (let at = offset; at < Math.min(one.count, offset + limit); at += 1) {
      const index = one.shift + (one.newest ? one.count - 1 - at : at);
      const id = `ev-${index}`;
      const act = this.actOf(index);
      const hostile = index === 0 ? this.options.hostile : undefined;
      const cells = fields.map((name) => (name === "action" && hostile?.action) || (name === "actor.name" && hostile?.actor) || (name === "id" ? id : name === "bytes" ? String(index * 17) : (cellOf(act, name) || null)));
      rows.push({ id, kind: "event", time: this.timeOf(index), time_raw: this.timeOf(index), cells, noted: this.noted(id) });
    }
    return rows;
  }
  histogram(question: Question) {
    const buckets = question.query.includes("nothing") ? [] : Array.from({ length: 168 }, (_, hour) => {
      const height = Math.round((this.total / 168) * (0.6 + 0.4 * Math.sin(hour / 3.8)));
      const night = hour > 74 && hour < 84;
      return { start: rfc3339Of(START + BigInt(hour) * 3600n * 1_000_000_000n), counts: [height, Math.round(height / 5), Math.round(height / 6), Math.round(height / 9), night ? height : Math.round(height / 14)] };
    });
    return { bucket: "hour", seconds: 3600, series: ["aws", "azure", "gcp", "m365", "okta"], buckets: this.total === 0 ? [] : buckets, undated: this.total > 0 ? 3 : 0 };
  }
  event(id: string): EventView {
    const index = Number(id.slice(3));
    const act = this.actOf(index);
    const hostile = index === 0 ? this.options.hostile : undefined;
    const time = this.timeOf(index);
    const value = (name: string) => (name === "id" ? id : name === "time" ? time : name === "action" && hostile?.action ? hostile.action : name === "actor.name" && hostile?.actor ? hostile.actor : cellOf(act, name));
    const json = JSON.stringify({ eventVersion: "1.11", userIdentity: { type: "AssumedRole", arn: `arn:aws:sts::111122223333:assumed-role/DataEngineer/${act[5]}`, accessKeyId: "ASIAVSTGEXAMPLE4TZR" }, eventTime: time, eventName: act[4], sourceIPAddress: act[7], requestParameters: { userName: act[6] }, additionalEventData: { bytesTransferredOut: 17 } }).replace(":17}", ":12345678901234567890}");
    return {
      fields: FIELDS.map(({ name }) => ({ name, value: value(name) ?? "" })).filter((one) => one.value !== ""),
      json: hostile?.text ? null : json, text: hostile?.text ?? json, cut: false, context: index % 2 === 0 ? "#Fields: date time x-edge-location" : null,
      provenance: { evidence: "EV-0003", name: "org-trail_111122223333_eu-west-1.json.gz", member: "0.17", member_name: "AWSLogs/2026/09/15/trail_0305Z.json", offset: 41_208, length: 2669, sha256: "9f3c61d0".repeat(8), custody_seq: 14, duplicate_of: null, duplicates: [], withdrawn: false },
      noted: this.noted(id),
    };
  }
  annotate(change: Change, ids: string[] | null, many: number) {
    const seq = ++this.seq;
    if (ids === null) return { events: many, custody_seq: seq };
    this.#undo.set(seq, new Map(ids.map((id) => [id, this.noted(id)])));
    for (const id of ids) this.notes.set(id, changed(this.noted(id), change, seq));
    return { events: ids.length, custody_seq: seq };
  }
  undo(seq: number) {
    const before = this.#undo.get(seq) ?? new Map<string, Noted>();
    for (const [id, noted] of before) this.notes.set(id, noted);
    return { events: before.size, custody_seq: ++this.seq };
  }
}

function changed(noted: Noted, change: Change, seq: number): Noted {
  if (change.what === "star") return { ...noted, starred: change.on };
  if (change.what === "mark") return { ...noted, mark: change.mark };
  if (change.what === "tag") return { ...noted, tags: [...noted.tags.filter((tag) => tag !== change.tag), ...(change.on ? [change.tag] : [])] };
  return { ...noted, comments: [...noted.comments, { text: change.text, by: "M. Kessler", time: "2026-11-24T10:00:00Z", custody_seq: seq }] };
}
function cellOf(act: Act, field: string): string | undefined {
  const names = ["cloud", "account", "region", "service", "action", "actor.name", "resource.name", "src.ip", "outcome", "type"];
  if (field === "agent") return "aws-cli/2.15.30 md/Botocore#1.34.30 md/awscrt#0.19.19 ua/2.0 os/linux#6.1.0";
  if (field === "actor.id") return `arn:aws:sts::111122223333:assumed-role/DataEngineer/${act[5]}`;
  if (field === "kind") return "event";
  return act[names.indexOf(field)];
}
function problemsOf(text: string) {
  const at = text.indexOf("acton:");
  return at < 0 ? [] : [{ from: at, to: at + 5, message: "there is no field acton", hint: "did you mean action?" }];
}
