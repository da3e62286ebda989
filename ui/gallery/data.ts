import type { Bucket, Series } from "../src/components/histogram/bars";
import type { Severity } from "../src/components/severity";
import type { GridColumn } from "../src/components/grid/columns";

export interface Event {
  id: number;
  time: string;
  raw: string;
  cloud: string;
  actor: string;
  action: string;
  resource: string;
  source: string;
  outcome: "success" | "denied";
  worst: Severity | null;
}

/** A name that reads `repexe.pdf` where the override is obeyed. */
export const reversed = "rep\u202efdp.exe";

const START = 1_773_268_300_207_000_000n;
const clouds = ["okta", "aws", "azure", "gcp", "m365", "kubernetes", "network"];
const actors = ["j.moreau@example.com", "svc-backup", "OrgBackup/s-9f1", "system:node-04", reversed];
const acts = ["user.mfa.push.deny", "AssumeRoleWithSAML", "GetCallerIdentity", "CreateAccessKey", "PutBucketPolicy", "StopLogging", "ListBuckets"];
const levels: (Severity | null)[] = [null, null, "low", null, "medium", null, "high", null, null, "critical", null];

const pick = <T>(from: readonly T[], at: number): T => from[at % from.length] as T;

export function eventAt(index: number): Event {
  // Every seventeenth record comes after a night without any.
  const time = START + BigInt(index) * 61_207_000_000n + BigInt(Math.floor(index / 17)) * 43_200_000_000_000n;
  return {
    id: index, time: time.toString(), raw: `record ${index}`, cloud: pick(clouds, index * 5), actor: pick(actors, index * 3),
    action: pick(acts, index * 11), resource: pick(["-", "role/PayrollAdmin", "nf-payroll-archive", "user/svc-backup"], index),
    source: `203.0.113.${index % 250}`, outcome: index % 7 === 3 ? "denied" : "success", worst: pick(levels, index),
  };
}

export const eventColumns: GridColumn<Event>[] = [
  { id: "time", title: "Time (UTC)", width: 186, mono: true, sortable: true, fixed: true },
  { id: "cloud", title: "Cloud", width: 64, sortable: true },
  { id: "actor", title: "Actor", width: 180, mono: true, sortable: true, text: (row) => row.actor },
  { id: "action", title: "Action", width: 190, mono: true, sortable: true, text: (row) => row.action },
  { id: "resource", title: "Resource", width: 160, mono: true, text: (row) => row.resource },
  { id: "source", title: "Source", width: 120, mono: true, text: (row) => row.source },
  { id: "outcome", title: "Outcome", width: 90, text: (row) => row.outcome },
];

/** As a backend would answer: later, and in whole pages. */
export const fetchEvents = async (offset: number, limit: number, signal: AbortSignal): Promise<Event[]> => {
  await new Promise((done) => setTimeout(done, 30));
  signal.throwIfAborted();
  return Array.from({ length: limit }, (_, at) => eventAt(offset + at));
};

export const severitySeries: Series[] = [
  { id: "none", label: "no finding", colour: "--chart-base" },
  { id: "low", label: "low", colour: "--sev-low" },
  { id: "medium", label: "medium", colour: "--sev-medium" },
  { id: "high", label: "high", colour: "--sev-high" },
  { id: "critical", label: "critical", colour: "--sev-critical" },
];

export const HOUR = 3_600_000_000_000n;
export const firstHour = 1_773_014_400_000_000_000n;

export const buckets: Bucket[] = Array.from({ length: 168 }, (_, hour) => {
  const base = Math.round(2600 + 1500 * Math.sin(hour / 3.8) ** 2);
  const burst = hour >= 71 && hour <= 74;
  return {
    from: (firstHour + BigInt(hour) * HOUR).toString(), to: (firstHour + BigInt(hour + 1) * HOUR).toString(),
    counts: [burst ? 900 : base, hour % 13 === 0 ? 90 : 0, hour % 37 === 0 ? 200 : 0, burst ? 1600 : 0, burst ? 5200 : 0],
  };
});
