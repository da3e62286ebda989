// A raw record as lines of a tree. Only opened parts become lines, so a record of any size opens at once.

/** A number as it was written: a 64-bit id does not fit a JavaScript number. */
export class Exact {
  constructor(readonly source: string) {}
}

/** An object as it was written: order and repeated names stay. */
export class Members {
  constructor(readonly entries: readonly (readonly [string, Json])[]) {}
}

export type Json = null | boolean | number | string | Exact | Members | Json[] | { [name: string]: Json };

export interface Line {
  /** JSON pointer (RFC 6901); a repeated name has its number after a tilde, which no pointer has. */
  path: string;
  depth: number;
  name: string | null;
  value: Json;
  children: number;
  open: boolean;
  /** Set on the line that stands for the rest of a long list. */
  more?: number;
}

/** Members shown at once; the line after them shows the next ones. */
export const STEP = 200;

const isBranch = (value: Json): value is Members | Json[] | { [name: string]: Json } =>
  typeof value === "object" && value !== null && !(value instanceof Exact);

export function members(value: Json): readonly (readonly [string, Json])[] {
  if (value instanceof Members) return value.entries;
  return isBranch(value) ? Object.entries(value) : [];
}

const escape = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** Lines of `value`; `open` holds the pointers that are open, `shown` how many members of a long one are. */
export function lines(value: Json, open: ReadonlySet<string>, shown: ReadonlyMap<string, number>): Line[] {
  const found: Line[] = [];
  const visit = (at: Json, path: string, name: string | null, depth: number): void => {
    const all = members(at);
    const isOpen = all.length > 0 && open.has(path);
    found.push({ path, depth, name, value: at, children: all.length, open: isOpen });
    if (!isOpen) return;
    const limit = shown.get(path) ?? STEP;
    const seen = new Map<string, number>();
    for (const [key, child] of all.slice(0, limit)) {
      const nth = (seen.get(key) ?? 0) + 1;
      seen.set(key, nth);
      visit(child, `${path}/${escape(key)}${nth > 1 ? `~${nth}` : ""}`, key, depth + 1);
    }
    if (all.length > limit) {
      found.push({ path: `${path}/~more`, depth: depth + 1, name: null, value: null, children: 0, open: false, more: all.length - limit });
    }
  };
  visit(value, "", null, 0);
  return found;
}

/** Pointers of everything down to `depth`. */
export function openTo(value: Json, depth: number, path = ""): string[] {
  if (depth <= 0 || !isBranch(value)) return [];
  return [path, ...members(value).slice(0, STEP).flatMap(([key, child]) => openTo(child, depth - 1, `${path}/${escape(key)}`))];
}
