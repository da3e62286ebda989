export interface GridColumn<Row> {
  id: string;
  title: string;
  /** Width in pixels at 100 % text size. */
  width: number;
  /** Text of a cell, escaped as evidence text, when the grid has no snippet for it. */
  text?: (row: Row) => string;
  mono?: boolean;
  number?: boolean;
  sortable?: boolean;
  /** Cannot be hidden. */
  fixed?: boolean;
}

/** What the person made of the columns; screens keep it. */
export interface ColumnLayout {
  id: string;
  width: number;
  hidden?: boolean;
}

export interface GridLayout {
  columns: ColumnLayout[];
  /** How many of the first visible columns stay while the others scroll. */
  frozen: number;
}

export const MIN_WIDTH = 32;
const MAX_WIDTH = 1200;

/** The kept layout against the columns that exist now: unknown ones go, new ones come last. */
export function reconcile<Row>(columns: readonly GridColumn<Row>[], kept: GridLayout | null): GridLayout {
  const known = (kept?.columns ?? []).filter(({ id }) => columns.some((column) => column.id === id));
  const added = columns.filter(({ id }) => !known.some((column) => column.id === id)).map(({ id, width }) => ({ id, width }));
  return { columns: [...known, ...added], frozen: kept?.frozen ?? 0 };
}

export const visible = (layout: GridLayout): ColumnLayout[] => layout.columns.filter((column) => !column.hidden);

const edit = (layout: GridLayout, id: string, change: Partial<ColumnLayout>): GridLayout => ({
  ...layout,
  columns: layout.columns.map((column) => (column.id === id ? { ...column, ...change } : column)),
});

export const resize = (layout: GridLayout, id: string, width: number): GridLayout =>
  edit(layout, id, { width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, Math.round(width))) });

/** Shows or hides; the last visible column stays. */
export function show(layout: GridLayout, id: string, shown: boolean): GridLayout {
  if (!shown && visible(layout).every((column) => column.id === id)) return layout;
  return edit(layout, id, { hidden: !shown });
}

/** Moves a column before the one that is at `to` among the visible ones. */
export function moveTo(layout: GridLayout, id: string, to: number): GridLayout {
  const moved = layout.columns.find((column) => column.id === id);
  if (!moved) return layout;
  const rest = layout.columns.filter((column) => column !== moved);
  const before = visible({ ...layout, columns: rest })[Math.max(0, to)];
  const at = before ? rest.indexOf(before) : rest.length;
  return { ...layout, columns: rest.toSpliced(at, 0, moved) };
}

/** Moves among the visible columns by `by` places. */
export function move(layout: GridLayout, id: string, by: number): GridLayout {
  const at = visible(layout).findIndex((column) => column.id === id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= visible(layout).length) return layout;
  return moveTo(layout, id, to);
}

export const freeze = (layout: GridLayout, count: number): GridLayout => ({
  ...layout,
  frozen: Math.min(Math.max(0, count), visible(layout).length),
});
