import type { Action } from "../../shell/actions.svelte";

const rows: [string, string[]][] = [
  ["Next row, previous row", ["j", "k"]], ["Page down, page up", ["PageDown", "PageUp"]], ["First row, last row", ["Home", "End"]],
  ["Open", ["Enter"]],
];
const selecting: [string, string[]][] = [["Select", ["x"]], ["Select a range", ["Shift+Down", "Shift+Up"]]];
const heads: [string, string[]][] = [
  ["From the first row to the heads", ["Up"]], ["Head: move the column", ["Shift+Left", "Shift+Right"]],
  ["Head: wider, narrower", ["+", "-"]], ["Head: freeze up to here", ["f"]], ["Head: hide", ["Delete"]],
];

/** The keys of a grid for the keys overlay; the grid itself handles them. */
export const keysOf = (label: string, selectable: boolean): Action[] =>
  [...rows, ...(selectable ? selecting : []), ...heads].map(([title, keys]) => ({ id: `grid.${label}.${title}`, title, group: label, keys }));
