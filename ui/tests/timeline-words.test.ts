import { describe, expect, it } from "vitest";
import { barsOf, MOST_BARS } from "../src/screens/timeline/bars";
import { suggest } from "../src/screens/timeline/complete";
import { fixOf, narrowed, spelled, term } from "../src/screens/timeline/question";
import { placesOf } from "../src/screens/timeline/record";
import { around, readTime } from "../src/screens/timeline/when";
import { FIELDS, TimelineHost } from "./timeline-host";

describe("terms", () => {
  it("quote whatever is not one plain word", () => {
    expect(["GetObject", "10.0.0.1", "arn:aws:iam::1:role/x", "a b", "a*b", 'say "hi"', "c:\\x", "", "NOT", "none"].map(spelled)).toEqual([
      "GetObject", "10.0.0.1", "arn:aws:iam::1:role/x", '"a b"', '"a*b"', '"say \\"hi\\""', '"c:\\\\x"', '""', '"NOT"', '"none"',
    ]);
  });
  it("say what is absent", () => {
    expect([term("region", null), term("region", null, true), term("region", "x", true)]).toEqual(["NOT region:*", "region:*", "NOT region:x"]);
  });
  it("narrow a query without changing what it meant", () => {
    expect(narrowed("", "a:1")).toBe("a:1");
    expect(narrowed("b:2", "a:1")).toBe("b:2 a:1");
    expect(narrowed("b:2 a:1", "a:1")).toBe("b:2 a:1");
    expect(narrowed("b:2 OR c:3", "a:1")).toBe("(b:2 OR c:3) a:1");
    expect(narrowed('(b:2 OR c:3) "x OR y"', "a:1")).toBe('(b:2 OR c:3) "x OR y" a:1');
  });
  it("know the word that a hint names", () => {
    expect([fixOf("did you mean action?"), fixOf("did you mean src.ip? It is one of many"), fixOf("write a time"), fixOf(undefined)]).toEqual(["action", "src.ip", null, null]);
  });
});

describe("times", () => {
  const read = (typed: string, zone = "UTC") => readTime(typed, zone);
  it("are read in the zone that is shown, or in their own", () => {
    expect(read("2026-09-15")).toEqual({ time: "2026-09-15T00:00:00Z" });
    expect(read("2026-09-15 03:12", "Europe/Amsterdam")).toEqual({ time: "2026-09-15T01:12:00Z" });
    expect(read("2026-09-15T03:12:07.250+02:00", "UTC")).toEqual({ time: "2026-09-15T01:12:07.25Z" });
    expect(read("2026-09-15 03:12Z", "Europe/Amsterdam")).toEqual({ time: "2026-09-15T03:12:00Z" });
  });
  it("are refused where clocks do not show them once", () => {
    for (const typed of ["", "yesterday", "2026-02-30", "2026-09-15 25:00"]) expect(read(typed)).toHaveProperty("error");
    expect(read("2026-03-29 02:30", "Europe/Amsterdam")).toEqual({ error: "clocks in Europe/Amsterdam skip this time; add an offset" });
    expect(read("2026-10-25 02:30", "Europe/Amsterdam")).toEqual({ error: "clocks in Europe/Amsterdam show this time twice; add an offset such as +02:00 or +01:00" });
  });
  it("have their own row inside the range around them, to the nanosecond", () => {
    expect(around("2026-09-15T00:00:00.000000001Z", 60)).toEqual({ from: "2026-09-14T23:59:00.000000001Z", to: "2026-09-15T00:01:00.000000002Z" });
  });
});

describe("bars", () => {
  const view = (starts: string[]) => ({ bucket: "hour", seconds: 3600, series: ["aws", "gcp"], buckets: starts.map((start) => ({ start, counts: [2, 0] })), undated: 0 });
  it("are contiguous, without empty series", () => {
    const { buckets, series } = barsOf(view(["2026-09-15T00:00:00Z", "2026-09-15T03:00:00Z"]));
    expect(buckets.map(({ counts }) => counts)).toEqual([[2], [0], [0], [2]]);
    expect(series).toEqual([{ id: "aws", label: "AWS 4", colour: "--prov-aws" }]);
  });
  it("are added up where they would be too many, and none is lost", () => {
    const { buckets } = barsOf(view(["2016-01-01T00:00:00Z", "2020-06-01T00:00:00Z", "2026-09-15T03:00:00Z"]));
    expect(buckets.length).toBeLessThanOrEqual(MOST_BARS);
    expect(buckets.reduce((sum, { counts }) => sum + (counts[0] ?? 0), 0)).toBe(6);
  });
});

describe("suggestions", () => {
  const { platform } = new TimelineHost();
  const at = (text: string) => suggest(platform, FIELDS, text, text.length, new AbortController().signal);
  it("are names of fields, words, and values with their counts", async () => {
    expect((await at("cloud:aws act"))?.options.map(({ label }) => label)).toEqual(["action", "actor.name", "actor.id"]);
    expect(await at("outcome:de")).toEqual({ from: 8, to: 10, options: [{ label: "denied", apply: "denied" }] });
    expect((await at("NOT action:Stop"))?.options).toEqual([{ label: "StopLogging", detail: "1,000", apply: "StopLogging" }]);
    expect(await at('resource.name:"rule: in')).toMatchObject({ from: 14, to: 23, options: [{ apply: '"rule: invoice"' }] });
    expect(await at("time:2026")).toBeNull();
  });
});

it("a text is searched without case, and special signs mean themselves", () => {
  expect(placesOf("a.b A.B axb", "a.b")).toEqual([0, 4]);
  expect(placesOf("x", "")).toEqual([]);
});
