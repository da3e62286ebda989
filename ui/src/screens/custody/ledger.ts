// The ledger is asked for by position from the oldest; people read it from the newest.
import type { FetchRows } from "../../components/grid/pages.svelte";
import type { GridColumn } from "../../components/grid/columns";
import type { EntryView } from "../../platform/bindings";
import type { Platform } from "../../platform/types";

/** What a filter found: how many of how many, and its rows. */
export interface Found {
  size: number;
  total: number;
  filter: string | null;
  rows: FetchRows<EntryView>;
}

/** Rows of the `total` entries that the filter found when it was asked, the last one first. Later entries change nothing. */
export function newestFirst(platform: Platform, total: number, filter: string | null): FetchRows<EntryView> {
  return async (offset, limit, signal) => {
    const end = Math.max(0, total - offset);
    const from = Math.max(0, end - limit);
    const { entries } = await platform.call("ledger", { from, limit: end - from, filter });
    signal.throwIfAborted();
    return entries.toReversed();
  };
}

export const columns: GridColumn<EntryView>[] = [
  { id: "cover", title: "Cover", width: 58, fixed: true },
  { id: "seq", title: "Entry", width: 64, number: true, fixed: true },
  { id: "time", title: "Time", width: 196, mono: true },
  { id: "event", title: "Event", width: 168, mono: true, text: (row) => row.event },
  { id: "actor", title: "Who", width: 120, text: (row) => row.actor },
  { id: "object", title: "Object", width: 120, mono: true, text: (row) => row.object ?? "" },
  { id: "outcome", title: "Outcome", width: 84 },
  { id: "reason", title: "Reason", width: 160, text: (row) => row.reason ?? "" },
  { id: "leaf", title: "Hash", width: 84, mono: true, text: (row) => row.leaf.slice(0, 8) },
];
