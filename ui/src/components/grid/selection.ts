// Which rows are selected: ids, so that sorting and filtering do not change the choice.

export type RowId = string | number;
export type Selection = ReadonlySet<RowId>;

/** More than this is what the query is for. */
export const MOST = 20_000;

export function toggled(selection: Selection, id: RowId): Selection {
  const next = new Set(selection);
  if (!next.delete(id)) next.add(id);
  return next;
}

export function withAll(selection: Selection, ids: Iterable<RowId>): Selection {
  const next = new Set(selection);
  for (const id of ids) next.add(id);
  return next;
}
