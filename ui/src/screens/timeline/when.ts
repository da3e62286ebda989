// Times as people type them, read in the zone that is shown.
import { formatTime, instantsOf } from "../../lib/time";
import { nanoseconds, rfc3339Of } from "../../lib/wire-time";

export type When = { time: string } | { error: string };

const form = /^(\d{4})-(\d\d?)-(\d\d?)(?:[T ]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/i;
const shape = "2026-09-15, 2026-09-15 03:12 or 2026-09-15 03:12:07.250+02:00";
const SECOND = 1_000_000_000n;

const real = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

/** The instant of a typed time as RFC 3339 UTC; without an offset it is meant in `zone`. */
export function readTime(typed: string, zone: string): When {
  const found = form.exec(typed.trim());
  if (!found) return { error: `write it like ${shape}` };
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  if (!real(year, month, day) || hour > 23 || minute > 59 || second > 59) return { error: "there is no such date or clock time" };
  const offset = found[8];
  const where = !offset ? zone : /^(z|utc)$/i.test(offset) ? "UTC" : offset;
  const instants = instantsOf({ year, month, day, hour, minute, second }, where);
  if (instants.length === 0) return { error: `clocks in ${where} skip this time; add an offset` };
  if (instants.length > 1) return { error: `clocks in ${where} show this time twice; add an offset such as ${instants.map((one) => formatTime(one, where).zone).join(" or ")}` };
  const fraction = BigInt((found[7] ?? "").padEnd(9, "0") || "0");
  return { time: rfc3339Of((instants[0] ?? 0n) + fraction) };
}

/** `2026-09-15 03:12:07.250Z`: what an input shows for a time, and what it reads back as the same time. */
export function writtenTime(time: string | null, zone: string): string {
  const ns = nanoseconds(time);
  return ns === null ? "" : formatTime(ns, zone).text;
}

/** A range of `seconds` to both sides of a time. */
export function around(time: string, seconds: number): { from: string; to: string } {
  const at = BigInt(nanoseconds(time) ?? "0");
  const reach = BigInt(seconds) * SECOND;
  // The end is exclusive: one nanosecond more keeps a row at exactly the end.
  return { from: rfc3339Of(at - reach), to: rfc3339Of(at + reach + 1n) };
}
