import { describe, expect, it, vi } from "vitest";
import { freeze, move, moveTo, reconcile, resize, show, visible, type GridColumn } from "./columns";
import { PAGE, Pages } from "./pages.svelte";
import { AllBut, idsOf, toggled, withAll } from "./selection";

const columns: GridColumn<unknown>[] = ["a", "b", "c", "d"].map((id) => ({ id, title: id, width: 100 }));
const ids = (layout: ReturnType<typeof reconcile>) => visible(layout).map(({ id }) => id).join("");

describe("columns", () => {
  const usual = reconcile(columns, null);

  it("keep what the person chose and take in new ones at the end", () => {
    const kept = reconcile(columns, { columns: [{ id: "c", width: 50 }, { id: "gone", width: 9 }, { id: "a", width: 70, hidden: true }], frozen: 1 });
    expect(ids(kept)).toBe("cbd");
    expect(kept.columns.find(({ id }) => id === "c")?.width).toBe(50);
  });
  it("move among the visible ones", () => {
    expect(ids(move(usual, "a", 1))).toBe("bacd");
    expect(ids(move(usual, "a", -1))).toBe("abcd");
    expect(ids(moveTo(usual, "d", 0))).toBe("dabc");
    expect(ids(moveTo(usual, "a", 3))).toBe("bcda");
    expect(ids(move(show(usual, "b", false), "a", 1))).toBe("cad");
  });
  it("hide all but the last, and stay within sizes", () => {
    const one = ["a", "b", "c", "d"].reduce((layout, id) => show(layout, id, false), usual);
    expect(ids(one)).toBe("d");
    expect(resize(usual, "a", 2).columns[0]?.width).toBe(32);
    expect(freeze(usual, 99).frozen).toBe(4);
  });
});

describe("pages", () => {
  const answer = (offset: number, limit: number) => Array.from({ length: limit }, (_, at) => offset + at);
  const settled = () => new Promise((done) => setTimeout(done));

  it("asks for what is needed, once", async () => {
    const fetch = vi.fn(async (offset: number, limit: number) => answer(offset, limit));
    const pages = new Pages(fetch);
    pages.need(150, 250, 1000);
    pages.need(150, 250, 1000);
    await settled();
    expect(fetch.mock.calls.map(([offset, limit]) => [offset, limit])).toEqual([[0, PAGE], [200, PAGE]]);
    expect(pages.row(249)).toBe(249);
    expect(pages.row(999)).toBeUndefined();
  });

  it("asks again for a page that has got more rows", async () => {
    let there = 150;
    const pages = new Pages(async (offset: number, limit: number) => answer(offset, Math.min(limit, there - offset)));
    pages.need(0, 150, there);
    await settled();
    expect(pages.row(150)).toBeUndefined();
    there = 180;
    pages.need(0, 180, there);
    await settled();
    expect([pages.row(149), pages.row(179)]).toEqual([149, 179]);
  });

  it("gives up requests that nobody waits for, and does not show their late answers", async () => {
    const open: { signal: AbortSignal; done: (rows: number[]) => void }[] = [];
    const pages = new Pages<number>((_offset, _limit, signal) => new Promise((done) => open.push({ signal, done })));
    pages.need(0, 10, 1e9);
    pages.need(900_000_000, 900_000_010, 1e9);
    expect(open[0]?.signal.aborted).toBe(true);
    expect(open[1]?.signal.aborted).toBe(false);
    open[0]?.done([1]);
    await settled();
    expect(pages.row(0)).toBeUndefined();
  });

  it("keeps a bounded number of pages", async () => {
    const pages = new Pages(async (offset: number, limit: number) => answer(offset, limit));
    for (let page = 0; page < 60; page += 1) {
      pages.need(page * PAGE, page * PAGE + 1, 1e9);
      await settled();
    }
    expect(pages.row(0)).toBeUndefined();
    expect(pages.row(59 * PAGE)).toBe(59 * PAGE);
  });

  it("tells why rows could not be read, and can ask again", async () => {
    let broken = true;
    const pages = new Pages(async (offset: number, limit: number) => {
      if (broken) throw new Error("disk");
      return answer(offset, limit);
    });
    pages.need(0, 10, 100);
    await settled();
    expect(pages.failure).toEqual(new Error("disk"));
    broken = false;
    pages.need(0, 10, 100);
    await settled();
    expect(pages.failure).toBeNull();
    expect(pages.row(3)).toBe(3);
  });

  it("reads a range across pages, exactly", async () => {
    const pages = new Pages(async (offset: number, limit: number) => answer(offset, limit));
    const rows = await pages.range(190, 610, new AbortController().signal);
    expect(rows).toEqual(Array.from({ length: 420 }, (_, at) => 190 + at));
  });
});

describe("a selection", () => {
  it("holds ids", () => {
    expect([...idsOf(toggled(new Set([1, 2]), 2))]).toEqual([1]);
    expect([...idsOf(withAll(new Set([1]), [1, 5]))]).toEqual([1, 5]);
  });

  it("holds a whole result but some rows", () => {
    const all = new AllBut(9_812_334);
    expect([all.size, all.has(7)]).toEqual([9_812_334, true]);
    const less = toggled(all, 7);
    expect([less.size, less.has(7), less.has(8)]).toEqual([9_812_333, false, true]);
    expect([toggled(less, 7).size, withAll(less, [7, 8]).size]).toEqual([9_812_334, 9_812_334]);
  });
});
