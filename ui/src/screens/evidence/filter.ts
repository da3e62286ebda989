import type { EvidenceReport } from "../../platform/bindings";
import { stateOf } from "./words";

export interface Sort {
  column: string;
  down: boolean;
}

type Key = (row: EvidenceReport) => string | number | null;

const keys: Record<string, Key> = {
  name: (row) => row.name, type: (row) => row.type, bytes: (row) => row.bytes, found: (row) => row.found, stored: (row) => row.stored,
  duplicate: (row) => row.duplicate, rejected: (row) => row.rejected, ignored: (row) => row.ignored, warnings: (row) => row.warnings,
  state: (row) => stateOf(row).words, first: (row) => row.first, last: (row) => row.last, id: (row) => row.id,
};

function compare(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : Number(a > b);
}

/** Rows that hold every word; a member that does brings its item along, so that it is seen where it lies. */
export function filtered(rows: readonly EvidenceReport[], items: ReadonlyMap<string, EvidenceReport>, text: string): readonly EvidenceReport[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  const holds = (row: EvidenceReport) => {
    const hay = `${row.id} ${row.path} ${row.name} ${row.type ?? ""} ${row.sha256 ?? ""} ${stateOf(row).words}`.toLowerCase();
    return words.every((word) => hay.includes(word));
  };
  const hits = new Set(rows.filter(holds));
  const wanted = new Set([...hits].map((row) => row.id));
  return rows.filter((row) => hits.has(row) || (wanted.has(row.id) && items.get(row.id) === row));
}

/** Items in the order asked for, each with its members after it. */
export function sorted(rows: readonly EvidenceReport[], sort: Sort | null): readonly EvidenceReport[] {
  const key = sort ? keys[sort.column] : undefined;
  if (!sort || !key) return rows;
  const groups: EvidenceReport[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last?.[0]?.id === row.id) last.push(row);
    else groups.push([row]);
  }
  const head = (group: EvidenceReport[]) => (group[0] ? key(group[0]) : null);
  groups.sort((a, b) => compare(head(a), head(b)));
  if (sort.down) groups.reverse();
  return groups.flat();
}
