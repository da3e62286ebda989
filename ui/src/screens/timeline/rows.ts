// Rows as the grid draws them, and the columns that it can have.
import type { FieldView, Noted, RowView } from "../../platform/bindings";
import type { GridColumn, GridLayout } from "../../components/grid/columns";
import { formatDuration } from "../../lib/numbers";
import { nanoseconds } from "../../lib/wire-time";

export interface Row {
  id: string;
  kind: string;
  /** UTC nanoseconds. */
  ns: string | null;
  time: string | null;
  raw: string | null;
  cells: readonly (string | null)[];
  /** Where a field stands in `cells`. */
  at: ReadonlyMap<string, number>;
  noted: Noted;
}

export const rowsOf = (views: readonly RowView[], at: ReadonlyMap<string, number>): Row[] =>
  views.map((view) => ({ id: view.id, kind: view.kind, ns: nanoseconds(view.time), time: view.time, raw: view.time_raw, cells: view.cells, at, noted: view.noted }));

/** The value of a field in a row; undefined while the row was read without it. */
export function valueOf(row: Row, field: string): string | null | undefined {
  const at = row.at.get(field);
  return at === undefined ? undefined : (row.cells[at] ?? null);
}

/** What a cell draws at most: a value of a megabyte costs as much as a short one. */
const DRAWN = 240;
export const drawn = (value: string): string => (value.length > DRAWN ? `${value.slice(0, DRAWN)}…` : value);

export const PROPOSED = ["time", "cloud", "account", "region", "service", "actor.name", "action", "resource.name", "src.ip", "outcome", "type", "tag"];

const widths: Record<string, number> = {
  time: 214, cloud: 58, account: 112, region: 96, service: 110, "actor.name": 168, action: 180, "resource.name": 170, "resource.id": 240, "src.ip": 124,
  outcome: 84, type: 170, tag: 150, comment: 220, agent: 240, "error.message": 240, "actor.id": 260,
};
const titles: Record<string, string> = {
  "actor.name": "Actor", "resource.name": "Resource", "src.ip": "Source", "dst.ip": "Destination", tag: "Tags", type: "Type",
};

const titleOf = (name: string): string => titles[name] ?? (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll("_", " ");

/** Figures, words and notes are read; everything else is compared, and stands in the data face. */
const read = new Set(["outcome", "activity", "kind", "direction", "tag", "comment", "cloud"]);

/** Notes about a row come with it and are no cells. */
export const noteFields = new Set(["tag", "starred", "mark", "comment"]);

/** A column for the marks and one for every field; the proposed ones come first. */
export function columnsOf(fields: readonly FieldView[]): GridColumn<Row>[] {
  const names = fields.map((field) => field.name).filter((name) => name !== "starred" && name !== "mark");
  for (const name of ["time", "tag", "comment"]) if (!names.includes(name)) names.push(name);
  const order = (name: string) => (PROPOSED.includes(name) ? PROPOSED.indexOf(name) : PROPOSED.length);
  const numbers = new Set(fields.filter((field) => field.kind === "number").map((field) => field.name));
  return [
    { id: "marks", title: "Marks", width: 48, fixed: true },
    ...names.sort((a, b) => order(a) - order(b)).map((name) => ({
      id: name, title: titleOf(name), width: widths[name] ?? 130, fixed: name === "time", mono: !read.has(name), number: numbers.has(name), sortable: name === "time",
    })),
  ];
}

export interface KeptLayout {
  widths: Record<string, number>;
  frozen: number;
}

/** The layout from the names that the settings keep and the widths that this machine keeps. */
export function layoutFrom(columns: readonly GridColumn<Row>[], names: readonly string[], kept: KeptLayout): GridLayout {
  const shown = ["marks", ...(names.length > 0 ? names : PROPOSED).filter((name) => name !== "marks")];
  const known = shown.filter((name) => columns.some((column) => column.id === name));
  if (!known.includes("time")) known.splice(1, 0, "time");
  const rest = columns.map((column) => column.id).filter((id) => !known.includes(id));
  const width = (id: string) => kept.widths[id] ?? columns.find((column) => column.id === id)?.width ?? 120;
  return { columns: [...known.map((id) => ({ id, width: width(id) })), ...rest.map((id) => ({ id, width: width(id), hidden: true }))], frozen: kept.frozen };
}

export const shownFields = (layout: GridLayout): string[] => layout.columns.filter((column) => !column.hidden).map((column) => column.id).filter((id) => id !== "marks");

/** Neighbours further apart than this have a bubble between them. */
const FAR = 6 * 3600;

export function gapBetween(row: Row, previous: Row): { text: string } | null {
  if (row.ns === null || previous.ns === null) return row.ns === previous.ns ? null : { text: "without a time" };
  const seconds = Math.abs(Number((BigInt(row.ns) - BigInt(previous.ns)) / 1_000_000_000n));
  return seconds >= FAR ? { text: formatDuration(seconds) } : null;
}
