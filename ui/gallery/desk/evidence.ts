// The command `evidence` over a list: filter, order and pages as the host makes them (crates/workbench/src/desk/holdings.rs).
import type { EvidenceAsk, EvidencePage, EvidenceReport, EvidenceRow, Totals } from "../../src/platform/bindings";
import { rowsOf } from "../../src/screens/evidence/rows";
import { stateOf } from "../../src/screens/evidence/words";

const MOST = 1000;

type Key = string | number | bigint | null;

const lower = (text: string | null) => text?.toLowerCase() ?? null;
const keys: Record<string, (row: EvidenceRow) => Key> = {
  id: (row) => Number(row.id.replace("EV-", "")), name: (row) => lower(row.name), type: (row) => lower(row.type), bytes: (row) => row.bytes, found: (row) => row.found,
  stored: (row) => row.stored, duplicate: (row) => row.duplicate, rejected: (row) => row.rejected, ignored: (row) => row.ignored, warnings: (row) => row.warnings,
  state: (row) => stateOf(row).words, first: (row) => row.first, last: (row) => row.last,
};

/** Sums over items; a member is counted in its item. */
export function totalsOf(files: readonly EvidenceReport[]): Totals {
  const sum: Totals = { files: 0, bytes: 0, bytes_decompressed: 0, found: 0, stored: 0, duplicate: 0, rejected: 0, ignored: 0, events: 0, undated: 0 };
  for (const [at, row] of files.entries()) {
    if (files[at - 1]?.id === row.id) continue;
    sum.files += 1;
    for (const name of ["bytes", "bytes_decompressed", "found", "stored", "duplicate", "rejected", "ignored", "events", "undated"] as const) sum[name] += row[name];
  }
  return sum;
}

/** An item and its members stay together; a member that holds the words brings its item along. */
function groupsOf(rows: readonly EvidenceRow[], words: readonly string[]): EvidenceRow[][] {
  const holds = (row: EvidenceRow) => {
    const hay = [row.id, row.path, row.name, row.type ?? "", row.sha256 ?? "", stateOf(row).words].join("\n").toLowerCase();
    return words.every((word) => hay.includes(word));
  };
  const groups: EvidenceRow[][] = [];
  for (const row of rows) {
    if (!row.member) groups.push([row]);
    else if (holds(row)) groups.at(-1)?.push(row);
  }
  return groups.filter(([item, ...members]) => members.length > 0 || (item && holds(item)));
}

/** What has no key comes last in either direction. */
function compare(a: Key, b: Key, down: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return (a < b ? -1 : Number(a > b)) * (down ? -1 : 1);
}

export function pageOf(files: readonly EvidenceReport[], { filter, sort, down, offset, limit }: EvidenceAsk): EvidencePage {
  const key = sort === null ? null : keys[sort];
  if (key === undefined) throw { code: "usage", message: `sort: expected ${Object.keys(keys).join(", ")}; found ${sort}`, stopped: false, in_query: [] };
  const all = rowsOf(files);
  const groups = groupsOf(all, filter.toLowerCase().split(/\s+/).filter(Boolean));
  const of = (group: EvidenceRow[]) => (key && group[0] ? key(group[0]) : null);
  if (key) groups.sort((a, b) => compare(of(a), of(b), down));
  const found = groups.flat();
  const totals = totalsOf(files);
  return { rows: found.slice(offset, offset + Math.min(limit, MOST)), matching: found.length, all: all.length, items: totals.files, totals };
}
