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

/** What an import counts, in the order of the work. */
export const counters = (told: CallProgress): Counter[] => [
  { id: "read", title: "Read", value: told.read, bytes: true },
  { id: "decompressed", title: "Decompressed", value: told.decompressed, bytes: true },
  { id: "parsed", title: "Parsed", value: told.records, bytes: false },
  { id: "stored", title: "Stored", value: told.stored, bytes: false },
];
