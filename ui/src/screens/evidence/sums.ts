// The account of records: found = stored + duplicate + rejected + ignored.
import type { EvidenceReport, Totals } from "../../platform/bindings";

export interface Tally {
  found: number;
  stored: number;
  duplicate: number;
  rejected: number;
  ignored: number;
}

/** Records that are in none of the four; anything but 0 is a fault. */
export const unaccounted = (tally: Tally): number => tally.found - tally.stored - tally.duplicate - tally.rejected - tally.ignored;

/** A member of an archive; its records are in the sums of its item already. */
export const isMember = (row: EvidenceReport, items: ReadonlyMap<string, EvidenceReport>): boolean => items.get(row.id) !== row;

/** The item of each id: the first row that has it. Members of an archive follow their item under the same id. */
export function itemsOf(rows: readonly EvidenceReport[]): Map<string, EvidenceReport> {
  const items = new Map<string, EvidenceReport>();
  for (const row of rows) if (!items.has(row.id)) items.set(row.id, row);
  return items;
}

/** Sums over items; a member is counted in its item. */
export function totalsOf(rows: readonly EvidenceReport[]): Totals {
  const sum: Totals = { files: 0, bytes: 0, bytes_decompressed: 0, found: 0, stored: 0, duplicate: 0, rejected: 0, ignored: 0, events: 0, undated: 0 };
  for (const row of itemsOf(rows).values()) {
    sum.files += 1;
    for (const name of ["bytes", "bytes_decompressed", "found", "stored", "duplicate", "rejected", "ignored", "events", "undated"] as const) sum[name] += row[name];
  }
  return sum;
}
