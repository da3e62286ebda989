import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { tick } from "svelte";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { expectAccessible } from "../../../tests/axe";
import Grid from "./Grid.svelte";
import type { GridColumn, GridLayout } from "./columns";

interface Row { id: number; name: string }
const TOTAL = 1_000_000_000;
const columns: GridColumn<Row>[] = [
  { id: "id", title: "Id", width: 80, text: (row) => String(row.id), sortable: true, fixed: true },
  { id: "name", title: "Name", width: 200, text: (row) => row.name },
];
const rowsOf = async (offset: number, limit: number): Promise<Row[]> =>
  Array.from({ length: Math.min(limit, TOTAL - offset) }, (_, at) => ({ id: offset + at, name: `row ${offset + at}` }));

// 20 rows of 24 pixels under a head of 28.
beforeAll(() => {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(508);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(28);
});
afterAll(() => vi.restoreAllMocks());

async function show(props: Record<string, unknown> = {}) {
  const view = render(Grid<Row>, { label: "Events", columns, total: TOTAL, rows: rowsOf, rowId: (row: Row) => row.id, selectable: true, ...props });
  const grid = screen.getByRole("grid");
  await screen.findByText("row 1");
  grid.focus();
  return { ...view, grid, user: userEvent.setup() };
}
const focused = (grid: HTMLElement) => document.getElementById(grid.getAttribute("aria-activedescendant") ?? "");
const indexOf = (grid: HTMLElement) => Number(focused(grid)?.getAttribute("aria-rowindex")) - 2;

it("tells how long the result is and draws only what is seen", async () => {
  const { grid } = await show();
  expect(grid.getAttribute("aria-rowcount")).toBe(String(TOTAL + 1));
  expect(screen.getAllByRole("row")).toHaveLength(21);
  await expectAccessible();
});

it("is one tab stop", async () => {
  const { user, grid } = await show();
  await user.tab();
  expect(document.activeElement).toBe(document.body);
  await user.tab();
  expect(document.activeElement).toBe(grid);
});

it("reaches the last row with End and the first with Home", async () => {
  const { user, grid } = await show();
  await user.keyboard("{End}");
  await screen.findByText(`row ${TOTAL - 1}`);
  expect(indexOf(grid)).toBe(TOTAL - 1);
  await user.keyboard("k");
  expect(indexOf(grid)).toBe(TOTAL - 2);
  await user.keyboard("{Home}");
  await screen.findByText("row 0");
  expect(indexOf(grid)).toBe(0);
});

it("moves with j, k, arrows and pages, and stops at the ends", async () => {
  const { user, grid } = await show();
  await user.keyboard("jj{ArrowDown}k");
  expect(indexOf(grid)).toBe(2);
  await user.keyboard("{PageDown}");
  expect(indexOf(grid)).toBe(21);
  await user.keyboard("{PageUp}{PageUp}");
  expect(indexOf(grid)).toBe(0);
});

it("moves by whole rows with the wheel at any scale", async () => {
  const { grid } = await show();
  const seen: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    await fireEvent.wheel(grid, { deltaY: 48 });
    await tick();
    seen.push(Number(screen.getAllByRole("row")[1]?.getAttribute("aria-rowindex")) - 2);
  }
  expect(seen).toEqual([2, 4, 6, 8]);
});

it("jumps when the bar is dragged, and gives up what it no longer needs", async () => {
  const asked: { offset: number; signal: AbortSignal }[] = [];
  const { grid } = await show({ rows: async (offset: number, limit: number, signal: AbortSignal) => {
    asked.push({ offset, signal });
    return rowsOf(offset, limit);
  } });
  grid.scrollTop = 4_000_000;
  await fireEvent.scroll(grid);
  await waitFor(() => expect(asked.at(-1)?.offset).toBeGreaterThan(499_000_000));
  expect(asked.length).toBeLessThan(5);
});

it("opens with Enter and with a double click", async () => {
  const onopen = vi.fn();
  const { user } = await show({ onopen });
  await user.keyboard("j{Enter}");
  expect(onopen).toHaveBeenLastCalledWith({ id: 1, name: "row 1" }, 1);
  await user.dblClick(screen.getByText("row 4"));
  expect(onopen).toHaveBeenLastCalledWith({ id: 4, name: "row 4" }, 4);
});

it("selects with x, and ranges with Shift across pages", async () => {
  const { user } = await show();
  const chosen = () => screen.getAllByRole("row").filter((row) => row.getAttribute("aria-selected") === "true").length;
  await user.keyboard("x");
  expect(chosen()).toBe(1);
  await user.keyboard("x");
  expect(chosen()).toBe(0);
  await user.keyboard("{Shift>}{PageDown}{PageDown}{PageDown}{PageDown}{PageDown}{PageDown}{PageDown}{PageDown}{PageDown}{PageDown}{PageDown}{/Shift}");
  await waitFor(() => expect(screen.getByRole("status").textContent).toBe("210 selected"));
});

it("says that a range is too long instead of selecting a part of it", async () => {
  const { user } = await show();
  await user.keyboard("{Shift>}{End}{/Shift}");
  await waitFor(() => expect(screen.getByRole("status").textContent).toMatch(/^A range of 1,000,000,000 rows is more than 20,000/));
});

it("reaches the heads with the keyboard: sorts, moves, resizes, hides", async () => {
  const onsort = vi.fn();
  let layout: GridLayout | null = null;
  const { user, grid } = await show({ onsort, get layout() { return layout; }, set layout(next) { layout = next; } });
  await user.keyboard("{ArrowUp}");
  expect(focused(grid)?.textContent).toContain("Id");
  await user.keyboard("{Enter}");
  expect(onsort).toHaveBeenCalledWith({ column: "id", down: false });
  await user.keyboard("{Shift>}{ArrowRight}{/Shift}");
  expect(screen.getAllByRole("columnheader").map((head) => head.textContent?.trim().slice(0, 2))).toEqual(["Se", "Na", "Id"]);
  await user.keyboard("{ArrowDown}j");
  expect(indexOf(grid)).toBe(1);
});

it("starts again when the result is another one", async () => {
  const { rerender, user, grid } = await show();
  await user.keyboard("{End}");
  await rerender({ rows: async (offset: number, limit: number) => (await rowsOf(offset, limit)).map((row) => ({ ...row, name: `new ${row.id}` })), total: 3 });
  await screen.findByText("new 2");
  expect(indexOf(grid)).toBe(0);
  expect(screen.getAllByRole("row")).toHaveLength(4);
});

it("shows why rows are not there and asks again", async () => {
  let broken = false;
  const { user, grid } = await show({ rows: async (offset: number, limit: number) => {
    if (broken && offset > 0) throw { what: "the case file is locked" };
    return rowsOf(offset, limit);
  } });
  broken = true;
  await user.keyboard("{End}");
  await screen.findByText("the case file is locked");
  broken = false;
  await user.click(screen.getByText("Try again"));
  await screen.findByText(`row ${TOTAL - 1}`);
  expect(grid).toBeTruthy();
});

it("leaves keys with Ctrl and Alt to the window", async () => {
  const { grid } = await show();
  expect(await fireEvent.keyDown(grid, { key: "k", ctrlKey: true })).toBe(true);
  expect(await fireEvent.keyDown(grid, { key: "ArrowLeft", altKey: true })).toBe(true);
});

it("keeps the focus when the clicked row leaves the view", async () => {
  const { user, grid } = await show();
  await user.click(screen.getByText("row 4"));
  expect(document.activeElement).toBe(grid);
  await user.keyboard("{End}");
  await screen.findByText(`row ${TOTAL - 1}`);
  await user.keyboard("k");
  expect(indexOf(grid)).toBe(TOTAL - 2);
});
