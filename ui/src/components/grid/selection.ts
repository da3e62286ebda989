// Which rows are selected: ids, so that sorting and filtering do not change the choice.

export type RowId = string | number;
export interface Selection {
  readonly size: number;
  has(id: RowId): boolean;
}

/** More than this is what the query is for. */
export const MOST = 20_000;

/** Every row of a result but these. */
export class AllBut implements Selection {
  readonly #total: number;
  readonly except: ReadonlySet<RowId>;

  constructor(total: number, except: ReadonlySet<RowId> = new Set()) {
    this.#total = total;
    this.except = except;
  }
  get size(): number {
    return this.#total - this.except.size;
  }
  has(id: RowId): boolean {
    return !this.except.has(id);
  }
  with(except: ReadonlySet<RowId>): AllBut {
    return new AllBut(this.#total, except);
  }
}

/** The ids of a selection that names them. */
export const idsOf = (selection: Selection): ReadonlySet<RowId> => (selection instanceof Set ? (selection as Set<RowId>) : new Set());

function flipped(ids: ReadonlySet<RowId>, id: RowId): Set<RowId> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

export const toggled = (selection: Selection, id: RowId): Selection =>
  selection instanceof AllBut ? selection.with(flipped(selection.except, id)) : flipped(idsOf(selection), id);

export function withAll(selection: Selection, ids: Iterable<RowId>): Selection {
  const added = new Set(ids);
  if (selection instanceof AllBut) return selection.with(new Set([...selection.except].filter((id) => !added.has(id))));
  return new Set([...idsOf(selection), ...added]);
}
