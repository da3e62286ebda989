import { describe, expect, it } from "vitest";
import { random } from "../../tests/random";
import { formatTime, instantsOf, isZone, offsetAt, zoneFor } from "./time";

const at = (iso: string) => BigInt(Date.parse(iso)) * 1_000_000n;

describe("a shown time", () => {
  it("carries its zone and keeps every digit", () => {
    expect(formatTime(at("2026-03-11T23:04:11Z")).text).toBe("2026-03-11 23:04:11.000Z");
    expect(formatTime(at("2026-03-11T23:04:11Z") + 120_500n).text).toBe("2026-03-11 23:04:11.000120500Z");
    expect(formatTime(at("2026-03-11T23:04:11Z") + 120_000n).text).toBe("2026-03-11 23:04:11.000120Z");
    expect(formatTime("1773270251999999999").text).toBe("2026-03-11 23:04:11.999999999Z");
  });

  it("is right before 1970 and before the year 100", () => {
    expect(formatTime(-1n).text).toBe("1969-12-31 23:59:59.999999999Z");
    expect(formatTime(-1_000_000_000n).text).toBe("1969-12-31 23:59:59.000Z");
    expect(formatTime(at("0050-01-01T00:00:00Z"), "+01:00").text).toBe("0050-01-01 01:00:00.000+01:00");
  });

  it("does not invent a date where no calendar reaches", () => {
    expect(formatTime("99999999999999999999999").text).toBe("99999999999999999999999 ns Z");
  });

  it("uses the rules of the zone at that moment", () => {
    expect(formatTime(at("2026-03-29T00:59:59Z"), "Europe/Amsterdam").text).toBe("2026-03-29 01:59:59.000+01:00");
    expect(formatTime(at("2026-03-29T01:00:00Z"), "Europe/Amsterdam").text).toBe("2026-03-29 03:00:00.000+02:00");
    expect(formatTime(at("2026-10-25T00:30:00Z"), "Europe/Amsterdam").text).toBe("2026-10-25 02:30:00.000+02:00");
    expect(formatTime(at("2026-10-25T01:30:00Z"), "Europe/Amsterdam").text).toBe("2026-10-25 02:30:00.000+01:00");
    expect(formatTime(at("2026-01-01T00:00:00Z"), "America/New_York").text).toBe("2025-12-31 19:00:00.000-05:00");
    expect(formatTime(at("2026-01-01T00:00:00Z"), "Asia/Kathmandu").text).toBe("2026-01-01 05:45:00.000+05:45");
    // London in summer and in winter: +00:00 is written out, only UTC itself is Z.
    expect(formatTime(at("2026-07-01T00:00:00Z"), "Europe/London").zone).toBe("+01:00");
    expect(formatTime(at("2026-01-01T00:00:00Z"), "Europe/London").zone).toBe("+00:00");
  });

  it("reads fixed offsets", () => {
    expect(formatTime(0n, "-03:30").text).toBe("1969-12-31 20:30:00.000-03:30");
    expect(isZone("+02:00") && isZone("Europe/Paris")).toBe(true);
    expect(isZone("Mars/Olympus")).toBe(false);
  });

  it("names the same instant in every zone", () => {
    const next = random(7);
    for (let round = 0; round < 300; round += 1) {
      const nanos = BigInt(Math.floor(next() * 4e9)) * 1_000_000_000n + BigInt(Math.floor(next() * 1e9));
      for (const zone of ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "+09:30"]) {
        const { text } = formatTime(nanos, zone);
        const [, seconds = "", digits = "", offset = ""] = /^(.{19})\.(\d+)(.+)$/.exec(text) ?? [];
        const whole = BigInt(Date.parse(`${seconds.replace(" ", "T")}${offset}`)) * 1_000_000n;
        expect(whole + BigInt(digits.padEnd(9, "0"))).toBe(nanos);
      }
    }
  });
});

describe("a local time", () => {
  const local = { year: 2026, month: 3, day: 29, hour: 2, minute: 30 };

  it("does not exist in a spring gap", () => {
    expect(instantsOf(local, "Europe/Amsterdam")).toEqual([]);
  });
  it("exists twice in an autumn fold, in order", () => {
    expect(instantsOf({ ...local, month: 10, day: 25 }, "Europe/Amsterdam")).toEqual([at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")]);
  });
  it("exists once otherwise", () => {
    expect(instantsOf({ ...local, day: 28 }, "Europe/Amsterdam")).toEqual([at("2026-03-28T01:30:00Z")]);
    expect(instantsOf({ year: 2026, month: 7, day: 1 }, "Pacific/Auckland")).toEqual([at("2026-06-30T12:00:00Z")]);
  });
});

describe("the zone to show", () => {
  it("follows the toggle, and falls back to UTC where a source states none", () => {
    expect(zoneFor("utc", "Europe/Paris", "+02:00")).toBe("UTC");
    expect(zoneFor("case", "Europe/Paris", "+02:00")).toBe("Europe/Paris");
    expect(zoneFor("source", "Europe/Paris", "+02:00")).toBe("+02:00");
    expect(zoneFor("source", "Europe/Paris", null)).toBe("UTC");
    expect(zoneFor("case", "No/Where", null)).toBe("UTC");
  });
  it("has seconds in its offset before zones were standard", () => {
    expect(formatTime(at("1880-01-01T12:00:00Z"), "America/New_York").text).toBe("1880-01-01 07:03:58.000-04:56:02");
    expect(offsetAt(0, "Asia/Kolkata")).toBe(19_800);
  });
});
