import type { Check, Verification } from "../../platform/bindings";

const names: Record<string, string> = {
  entries: "Entries", chain: "Ledger chain", keys: "Signing keys", notes: "Signed checkpoints", anchors: "Time stamps", pins: "Pins",
  objects: "Evidence bytes", originals: "Originals", accounts: "Sums of records", rows: "Rows", row: "Rows", state: "State of the case",
  derived: "Derived data", receipts: "Receipts of commands", context: "Context of records", withdrawn: "Withdrawn items", hidden: "Hidden rows",
  deep: "Records parsed again", head: "End of the chain", record: "Records", original: "Originals",
};

/** The name of a check in words; one that is new keeps its own. */
export const checkName = (check: string): string => names[check] ?? check.charAt(0).toUpperCase() + check.slice(1).replaceAll("-", " ");

const meaning: Record<Check["status"], string> = { pass: "Holds", skipped: "Not looked at", warning: "Not covered", fail: "Contradicted" };
export const statusWords = (status: Check["status"]): string => meaning[status];

export const verdictWords: Record<Verification["verdict"], string> = {
  verified: "The chain is verified",
  "verified-with-warnings": "The chain is verified, with warnings",
  failed: "Verification failed: the case was not opened",
};

/** Everything a verification said, for a ticket or a colleague. */
export function verificationText(name: string, found: Verification): string {
  const checks = found.checks.map((check) => `${check.status}  ${check.check}: ${check.detail}`);
  return [`${name}: ${found.verdict}`, `entries: ${found.size}`, `root: ${found.root || "none"}`, `entries since the last anchor: ${found.since_anchor}`, ...checks, found.statement].join("\n");
}
