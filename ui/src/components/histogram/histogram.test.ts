import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { expectAccessible } from "../../../tests/axe";
import { zones } from "../../lib/zones.svelte";
import { brushOf, bucketAt, moved, rangeOf, stacked, widened, type Bucket } from "./bars";
import Histogram from "./Histogram.svelte";
import { ticks } from "./ticks";

const HOUR = 3_600_000_000_000n;
const START = BigInt(Date.parse("2026-03-11T00:00:00Z")) * 1_000_000n;
const hour = (at: number) => (START + BigInt(at) * HOUR).toString();
const buckets: Bucket[] = Array.from({ length: 24 }, (_, at) => ({ from: hour(at), to: hour(at + 1), counts: [at, at === 23 ? 1000 : 0] }));
const series = [{ id: "none", label: "no finding", colour: "--chart-base" }, { id: "critical", label: "critical", colour: "--sev-critical" }];

beforeEach(() => {
  zones.view = "utc";
});

describe("bars", () => {
  it("stack, highest first, and draw nothing for nothing", () => {
    const some: Bucket[] = [{ from: "0", to: "1", counts: [2, 3] }, { from: "1", to: "2", counts: [0, 0] }];
    expect(stacked(some, 2)).toEqual([[5, null], [2, null]]);
  });
  it("turn a range into whole buckets and back", () => {
    expect(brushOf({ from: hour(3), to: hour(5) }, buckets)).toEqual({ from: 3, to: 5 });
    expect(brushOf({ from: START + 1n, to: START + 2n }, buckets)).toEqual({ from: 0, to: 1 });
    expect(brushOf({ from: hour(40), to: hour(41) }, buckets)).toBeNull();
    for (let from = 0; from < 24; from += 1) {
      for (let to = from + 1; to <= 24; to += 1) expect(brushOf(rangeOf({ from, to }, buckets), buckets)).toEqual({ from, to });
    }
  });
  it("move and widen within the ends", () => {
    expect(moved({ from: 22, to: 24 }, 1, 24)).toEqual({ from: 22, to: 24 });
    expect(moved({ from: 1, to: 3 }, -5, 24)).toEqual({ from: 0, to: 2 });
    expect(widened({ from: 3, to: 4 }, -1, 24)).toEqual({ from: 2, to: 4 });
    expect(widened({ from: 3, to: 24 }, 1, 24)).toEqual({ from: 3, to: 24 });
    expect([bucketAt(-1, 24), bucketAt(0.5, 24), bucketAt(1, 24)]).toEqual([0, 12, 23]);
  });
});

describe("ticks", () => {
  it("stand at round times of the zone", () => {
    expect(ticks(hour(0), hour(24), "UTC").map(({ label }) => label)).toEqual(["Wed 03-11", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]);
    expect(ticks(hour(0), hour(24), "+05:30", 4).map(({ label }) => label)).toEqual(["06:00", "12:00", "18:00", "Thu 03-12"]);
  });
  it("stay at midnight when the clocks change", () => {
    const week = [Date.parse("2026-03-26T23:00:00Z"), Date.parse("2026-04-01T22:00:00Z")].map((ms) => BigInt(ms) * 1_000_000n);
    const labels = ticks(week[0] ?? 0n, week[1] ?? 0n, "Europe/Amsterdam", 6).map(({ label }) => label);
    expect(labels).toEqual(["Fri 03-27", "Sat 03-28", "Sun 03-29", "Mon 03-30", "Tue 03-31", "Wed 04-01"]);
  });
  it("are few and in order for any span", () => {
    for (const hours of [0.01, 1, 30, 500, 9000, 300_000]) {
      const found = ticks(START, START + BigInt(Math.round(hours * 3600)) * 1_000_000_000n, "Europe/Berlin");
      expect(found.length).toBeLessThan(12);
      expect(found.every(({ at }, index) => at >= 0 && at < 1 && at > (found[index - 1]?.at ?? -1))).toBe(true);
    }
  });
});

describe("Histogram", () => {
  function show(props: Record<string, unknown> = {}) {
    const onselect = vi.fn();
    render(Histogram, { label: "Events over time", buckets, series, onselect, ...props });
    const slider = screen.getByRole("slider");
    slider.getBoundingClientRect = () => ({ left: 0, right: 240, width: 240, top: 0, bottom: 74, height: 74, x: 0, y: 0, toJSON: () => null });
    return { onselect, slider, user: userEvent.setup() };
  }
  const range = (from: number, to: number) => ({ from: hour(from), to: hour(to) });

  it("says in words and in a table what it draws", async () => {
    show();
    expect(screen.getByText("Events over time: 1,276 events from 2026-03-11 00:00:00.000Z to 2026-03-12 00:00:00.000Z; most, 1,023, from 2026-03-11 23:00:00.000Z to 2026-03-12 00:00:00.000Z")).toBeTruthy();
    expect(screen.getAllByRole("row")).toHaveLength(24); // the head and 23 hours with events
    await expectAccessible();
  });

  it("selects by dragging", async () => {
    const { slider, onselect } = show();
    await fireEvent.pointerDown(slider, { button: 0, clientX: 25 });
    await fireEvent.pointerMove(slider, { clientX: 81 });
    expect(onselect).not.toHaveBeenCalled();
    await fireEvent.pointerUp(slider, { clientX: 81 });
    expect(onselect).toHaveBeenCalledExactlyOnceWith(range(2, 9));
  });

  it("moves an edge and keeps the other", async () => {
    const { slider, onselect } = show({ selection: range(5, 10) });
    await fireEvent.pointerDown(slider, { button: 0, clientX: 101 });
    await fireEvent.pointerMove(slider, { clientX: 155 });
    await fireEvent.pointerUp(slider, { clientX: 155 });
    expect(onselect).toHaveBeenLastCalledWith(range(5, 16));
  });

  it("narrows by a click, but a double click resets", async () => {
    const { slider, onselect } = show();
    await fireEvent.pointerDown(slider, { button: 0, clientX: 125 });
    await fireEvent.pointerUp(slider, { clientX: 125 });
    await waitFor(() => expect(onselect).toHaveBeenCalledExactlyOnceWith(range(12, 13)));
    await fireEvent.pointerDown(slider, { button: 0, clientX: 60 });
    await fireEvent.pointerUp(slider, { clientX: 60 });
    await fireEvent.dblClick(slider);
    await new Promise((done) => setTimeout(done, 300));
    expect(onselect.mock.calls.at(-1)).toEqual([null]);
    expect(onselect).toHaveBeenCalledTimes(2);
  });

  it("moves with arrows, widens with Shift, tells when the person rests", async () => {
    const { slider, onselect, user } = show({ selection: range(5, 7) });
    slider.focus();
    await user.keyboard("{ArrowRight}{ArrowRight}{Shift>}{ArrowRight}{ArrowLeft}{/Shift}");
    expect(onselect).not.toHaveBeenCalled();
    expect(slider.getAttribute("aria-valuetext")).toBe("2026-03-11 06:00:00.000Z to 2026-03-11 10:00:00.000Z, 30 events");
    await waitFor(() => expect(onselect).toHaveBeenCalledExactlyOnceWith(range(6, 10)));
    await user.keyboard("{Escape}");
    expect(onselect).toHaveBeenLastCalledWith(null);
  });

  it("applies at once with Enter", async () => {
    const { slider, onselect, user } = show({ selection: range(5, 7) });
    slider.focus();
    await user.keyboard("{ArrowLeft}{Enter}");
    expect(onselect).toHaveBeenCalledExactlyOnceWith(range(4, 6));
  });

  it("names what is missing, and survives having nothing", async () => {
    show({ missing: [{ from: hour(3), to: hour(6), label: "Logging disabled" }] });
    expect(screen.getByRole("img").getAttribute("aria-label")).toContain("Logging disabled, 2026-03-11 03:00:00.000Z to");
    render(Histogram, { label: "None", buckets: [], series });
    expect(screen.getByText("None: no events")).toBeTruthy();
  });
});
