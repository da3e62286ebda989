// Scaled scrolling. A browser clamps the height of an element (WebKitGTK at 33,554,428 px), so the scroll area has at
// most CAP pixels and its position stands for a first row. The rows themselves are drawn from that row on, never at
// their true height: every row can be reached exactly whatever one pixel of the scroll bar is worth.

export const CAP = 8_000_000;

export interface Extent {
  total: number;
  rowHeight: number;
  /** Height that is left for rows, in pixels. */
  view: number;
}

/** Rows that fit entirely; at least one. */
export const wholeRows = ({ rowHeight, view }: Extent): number => Math.max(1, Math.floor(view / rowHeight));

/** Rows to draw: the whole ones and the one that is cut. */
export const drawnRows = (extent: Extent): number => Math.max(1, Math.ceil(extent.view / extent.rowHeight));

/** The first row when the last one stands whole at the bottom. */
export const lastTop = (extent: Extent): number => Math.max(0, extent.total - wholeRows(extent));

/** Height of the scrolled area. */
export const areaHeight = ({ total, rowHeight }: Extent): number => Math.min(CAP, total * rowHeight);

export const clampTop = (top: number, extent: Extent): number => Math.min(Math.max(0, Math.round(top)), lastTop(extent));

/** How far the bar can travel, in pixels. */
function travel(extent: Extent): number {
  return Math.max(0, areaHeight(extent) - extent.view);
}

/** The first row that a position of the scroll bar stands for. */
export function topAt(scroll: number, extent: Extent): number {
  const way = travel(extent);
  if (way <= 0) return 0;
  return clampTop((Math.min(Math.max(0, scroll), way) / way) * lastTop(extent), extent);
}

/** The position of the scroll bar for a first row. */
export function scrollAt(top: number, extent: Extent): number {
  const last = lastTop(extent);
  return last === 0 ? 0 : (clampTop(top, extent) / last) * travel(extent);
}

/** The first row after moving the least that shows `row` whole. */
export function topShowing(row: number, top: number, extent: Extent): number {
  const whole = wholeRows(extent);
  if (row < top) return clampTop(row, extent);
  if (row >= top + whole) return clampTop(row - whole + 1, extent);
  return clampTop(top, extent);
}

/** Turns wheel pixels into whole rows and keeps the rest for the next turn. */
export class WheelRows {
  #rest = 0;

  take(pixels: number, rowHeight: number): number {
    if (Math.sign(pixels) !== Math.sign(this.#rest)) this.#rest = 0;
    this.#rest += pixels;
    const rows = Math.trunc(this.#rest / rowHeight);
    this.#rest -= rows * rowHeight;
    return rows + 0; // never -0
  }
}
