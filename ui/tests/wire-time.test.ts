import { describe, expect, it } from "vitest";
import { nanoseconds, rfc3339Of } from "../src/lib/wire-time";

describe("times of the host", () => {
  it("keeps every nanosecond", () => {
    for (const time of ["2026-11-01T10:00:00Z", "1969-12-31T23:59:59.999999999Z", "2262-04-11T23:47:16.854775807Z", "2024-02-29T00:00:00.5Z"]) {
      const ns = nanoseconds(time);
      expect(ns).not.toBeNull();
      expect(rfc3339Of(ns ?? "")).toBe(time);
    }
    expect(nanoseconds("1970-01-01T00:00:01.000000001Z")).toBe("1000000001");
  });
  it("refuses what is no time of the host", () => {
    expect(nanoseconds(null)).toBeNull();
    for (const wrong of ["", "2026-11-01", "2026-11-01T10:00:00", "2026-11-01T10:00:00+01:00"]) {
      expect(() => nanoseconds(wrong)).toThrow(/RFC 3339/);
    }
  });
});
