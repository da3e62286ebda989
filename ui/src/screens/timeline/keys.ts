// What the timeline can do, under the keys of the design. The screen gives the deeds; the names stand here.
import type { Action } from "../../shell/actions.svelte";

export interface Deeds {
  hasRow: () => boolean;
  hasRows: () => boolean;
  detailOpen: () => boolean;
  canUndo: () => boolean;
  ranged: () => boolean;
  step: (by: 1 | -1) => void;
  open: () => void;
  escape: () => void;
  select: () => void;
  selectAll: () => void;
  star: () => void;
  mark: (mark: "bad" | "suspicious" | "good" | null) => void;
  ask: (dialog: "tag" | "comment" | "group" | "history" | "time") => void;
  filter: (out: boolean) => void;
  context: () => void;
  copy: () => void;
  query: () => void;
  range: () => void;
  allTimes: () => void;
  order: () => void;
  undo: () => void;
  exportAs: (format: "csv" | "jsonl") => void;
}

const nothingFocused = () => document.activeElement === null || document.activeElement === document.body;

export function actionsOf(deeds: Deeds): Action[] {
  const row = deeds.hasRow;
  const named = (id: string, title: string, group: string, keys: string[], run: () => void, more: Partial<Action> = {}): Action => ({ id: `timeline.${id}`, title, group, keys, run, when: row, ...more });
  return [
    named("query", "Query box", "Timeline", ["/"], deeds.query, { when: () => true }),
    named("range", "Time range", "Timeline", ["r"], deeds.range, { when: () => true }),
    named("all-times", "Clear the time range", "Timeline", ["R"], deeds.allTimes, { when: deeds.ranged }),
    named("time", "Go to a time", "Timeline", ["Ctrl+G"], () => deeds.ask("time"), { when: deeds.hasRows }),
    named("history", "Queries asked before", "Timeline", ["h"], () => deeds.ask("history"), { when: () => true }),
    named("group", "Group by a field", "Timeline", ["g"], () => deeds.ask("group"), { when: () => true }),
    named("order", "Newest or oldest first", "Timeline", ["o"], deeds.order, { when: () => true }),
    named("export-csv", "Export as CSV", "Timeline", [], () => deeds.exportAs("csv"), { when: deeds.hasRows }),
    named("export-jsonl", "Export as JSONL", "Timeline", [], () => deeds.exportAs("jsonl"), { when: deeds.hasRows }),
    named("down", "Next event", "Event", ["j"], () => deeds.step(1), { hidden: true }),
    named("up", "Previous event", "Event", ["k"], () => deeds.step(-1), { hidden: true }),
    named("open", "Open the event", "Event", ["Enter"], deeds.open, { hidden: true, when: () => row() && nothingFocused() }),
    named("open-event", "Show the event", "Event", [], deeds.open),
    named("close", "Close the event, or clear the selection", "Event", ["Esc"], deeds.escape, { hidden: true, when: () => true }),
    named("select", "Select the event", "Event", ["x"], deeds.select, { hidden: true }),
    // The grid hears Ctrl+A itself: elsewhere that key belongs to text.
    named("select-all", "Select all of the result", "Event", [], deeds.selectAll, { when: deeds.hasRows }),
    named("star", "Star", "Event", ["s"], deeds.star),
    named("bad", "Mark bad", "Event", ["1"], () => deeds.mark("bad")),
    named("suspicious", "Mark suspicious", "Event", ["2"], () => deeds.mark("suspicious")),
    named("good", "Mark good", "Event", ["3"], () => deeds.mark("good")),
    named("unmark", "Clear the mark", "Event", ["0"], () => deeds.mark(null)),
    named("comment", "Comment", "Event", ["c"], () => deeds.ask("comment")),
    named("tag", "Tag", "Event", ["t"], () => deeds.ask("tag")),
    named("filter-for", "Filter for a value", "Event", ["f"], () => deeds.filter(false)),
    named("filter-out", "Filter out a value", "Event", ["F"], () => deeds.filter(true)),
    named("context", "Context: all events within 5 minutes", "Event", ["w"], deeds.context),
    named("copy", "Copy event as JSON", "Event", ["y"], deeds.copy),
    named("undo", "Undo the last note", "Event", ["u"], deeds.undo, { when: deeds.canUndo }),
  ];
}
