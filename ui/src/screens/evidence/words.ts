import type { CallProgress, EvidenceReport } from "../../platform/bindings";
import { unaccounted } from "./sums";

/** What became of an item or member, in a word. */
export function stateOf(row: EvidenceReport): { kind: "ok" | "warn" | "fail" | "plain" | "line"; words: string } {
  const lost = unaccounted(row);
  if (lost !== 0) return { kind: "fail", words: `${lost.toLocaleString("en-US")} unaccounted` };
  if (row.withdrawn) return { kind: "line", words: "withdrawn" };
  if (row.state === "imported") return { kind: "ok", words: "reconciled" };
  if (row.state === "duplicate") return { kind: "plain", words: "duplicate" };
  if (row.state === "partial") return { kind: "warn", words: "partial" };
  return { kind: row.state === "rejected" ? "warn" : "plain", words: row.state };
}

export interface Counter {
  id: string;
  title: string;
  value: number;
  bytes: boolean;
}

const extra: [string, string, boolean][] = [["read", "Read", true], ["decompressed", "Decompressed", true], ["parsed", "Parsed", false], ["stored", "Stored", false]];

/** The counters that this host tells, in the order of the work. */
export function counters(told: CallProgress): Counter[] {
  const all = told as unknown as Record<string, unknown>;
  const found = extra.flatMap(([id, title, bytes]): Counter[] => (typeof all[id] === "number" ? [{ id, title, value: all[id], bytes }] : []));
  if (found.length > 0) return found;
  return [{ id: "bytes", title: "Bytes", value: told.bytes, bytes: true }, { id: "records", title: "Records", value: told.records, bytes: false }];
}
