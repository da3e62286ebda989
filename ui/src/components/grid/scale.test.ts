import { describe, expect, it } from "vitest";
import { random } from "../../../tests/random";
import { areaHeight, CAP, clampTop, drawnRows, lastTop, scrollAt, topAt, topShowing, wholeRows, WheelRows, type Extent } from "./scale";

const next = random(11);
const between = (low: number, high: number) => Math.floor(low + next() * (high - low + 1));

/** Extents of every size up to a thousand million rows. */
const extents: Extent[] = Array.from({ length: 300 }, () => ({
  total: between(0, 10 ** between(0, 9)), rowHeight: [24, 32, 36, 48][between(0, 3)] ?? 24, view: between(20, 1400),
}));

describe("scaled scrolling", () => {
  it("never asks for more height than a browser gives", () => {
    for (const extent of extents) expect(areaHeight(extent)).toBeLessThanOrEqual(CAP);
    expect(areaHeight({ total: 1e9, rowHeight: 24, view: 600 })).toBe(CAP);
    expect(areaHeight({ total: 100, rowHeight: 24, view: 600 })).toBe(2400);
  });

  it("shows the last row whole at the end of the bar, and the first at its start", () => {
    for (const extent of extents) {
      expect(topAt(0, extent)).toBe(0);
      const top = topAt(areaHeight(extent), extent);
      expect(top).toBe(lastTop(extent));
      if (extent.total > 0 && extent.view >= extent.rowHeight) {
        expect(top + wholeRows(extent)).toBeGreaterThanOrEqual(extent.total);
        expect((extent.total - top) * extent.rowHeight).toBeLessThanOrEqual(extent.view);
      }
    }
  });

  it("is monotone and stays inside", () => {
    for (const extent of extents) {
      let before = 0;
      for (let step = 0; step <= 50; step += 1) {
        const top = topAt((areaHeight(extent) * step) / 50, extent);
        expect(top).toBeGreaterThanOrEqual(before);
        expect(top).toBeLessThanOrEqual(lastTop(extent));
        before = top;
      }
    }
  });

  it("reaches every row: moving to it shows it whole, whatever one pixel is worth", () => {
    for (const extent of extents) {
      if (extent.total === 0) continue;
      for (let round = 0; round < 20; round += 1) {
        const row = between(0, extent.total - 1);
        const top = topShowing(row, clampTop(between(0, extent.total), extent), extent);
        expect(top).toBeLessThanOrEqual(row);
        expect(row).toBeLessThan(top + wholeRows(extent));
      }
    }
  });

  it("steps through neighbouring first rows one by one, also where they share a pixel", () => {
    const extent = { total: 1e9, rowHeight: 24, view: 600 };
    for (let row = 499_999_000; row < 499_999_500; row += 1) expect(topShowing(row + wholeRows(extent), row, extent)).toBe(row + 1);
  });

  it("puts the bar where the same rows are found again if a pixel is a row or less", () => {
    for (const extent of extents.filter((one) => one.total * one.rowHeight <= CAP)) {
      for (let round = 0; round < 20; round += 1) {
        const top = between(0, lastTop(extent));
        expect(topAt(scrollAt(top, extent), extent)).toBe(top);
      }
    }
  });

  it("puts the bar within a pixel's worth otherwise", () => {
    const extent = { total: 1e9, rowHeight: 24, view: 600 };
    const worth = lastTop(extent) / (areaHeight(extent) - extent.view);
    for (let round = 0; round < 200; round += 1) {
      const top = between(0, lastTop(extent));
      expect(Math.abs(topAt(Math.round(scrollAt(top, extent)), extent) - top)).toBeLessThanOrEqual(worth);
    }
  });

  it("draws enough rows to fill the view", () => {
    for (const extent of extents) expect(drawnRows(extent) * extent.rowHeight).toBeGreaterThanOrEqual(extent.view);
  });
});

describe("a wheel", () => {
  it("moves by whole rows and loses no pixels", () => {
    const wheel = new WheelRows();
    let rows = 0;
    for (let turn = 0; turn < 100; turn += 1) rows += wheel.take(7, 24);
    expect(rows).toBe(Math.floor(700 / 24));
  });
  it("forgets the rest when it turns round", () => {
    const wheel = new WheelRows();
    expect(wheel.take(23, 24)).toBe(0);
    expect(wheel.take(-23, 24)).toBe(0);
    expect(wheel.take(-1, 24)).toBe(-1);
  });
});
