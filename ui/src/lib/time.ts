// Times are UTC nanoseconds. They do not fit a JavaScript number: they travel as decimal text and count as bigint.

export type Nanos = bigint | string;
export type ZoneView = "utc" | "case" | "source";

/** A zone of a source: its IANA name, a fixed offset such as `+02:00`, or null when the record did not say. */
export type SourceZone = string | null;

const SECOND = 1_000_000_000n;

export const toNanos = (time: Nanos): bigint => (typeof time === "bigint" ? time : BigInt(time));

function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** Digits after the second: at least three, then as many as the time has. Nothing is rounded away. */
function fraction(nanos: bigint): string {
  const digits = nanos.toString().padStart(9, "0");
  if (digits.endsWith("000000")) return digits.slice(0, 3);
  return digits.endsWith("000") ? digits.slice(0, 6) : digits;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US-u-ca-iso8601-nu-latn", {
    timeZone: zone, hourCycle: "h23", era: "short",
    year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
  });
  formats.set(zone, format);
  return format;
}

/** True for a name that this machine's zone data knows. */
export function isZone(zone: string): boolean {
  if (fixedOffset(zone) !== undefined) return true;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

function fixedOffset(zone: string): number | undefined {
  if (zone === "Z" || zone === "UTC") return 0;
  const match = /^([+-])(\d{2}):?(\d{2})(?::?(\d{2}))?$/.exec(zone);
  if (!match) return undefined;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return match[1] === "-" ? -seconds : seconds;
}

function utcSeconds(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, 0);
  return date.getTime() / 1000;
}

/** Seconds east of UTC in `zone` at the second `epoch`. */
export function offsetAt(epoch: number, zone: string): number {
  const fixed = fixedOffset(zone);
  if (fixed !== undefined) return fixed;
  const part: Record<string, string> = {};
  for (const { type, value } of formatOf(zone).formatToParts(epoch * 1000)) part[type] = value;
  const number = (name: string) => Number(part[name]);
  const year = part["era"]?.startsWith("B") ? 1 - number("year") : number("year");
  return utcSeconds(year, number("month"), number("day"), number("hour"), number("minute"), number("second")) - epoch;
}

function offsetText(seconds: number): string {
  if (seconds === 0) return "+00:00";
  const size = Math.abs(seconds);
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  const text = `${seconds < 0 ? "-" : "+"}${two(size / 3600)}:${two((size % 3600) / 60)}`;
  return size % 60 ? `${text}:${two(size % 60)}` : text;
}

export interface Shown {
  date: string;
  clock: string;
  /** `Z`, or the offset. Never empty: a time without a zone is not shown. */
  zone: string;
  text: string;
}

/** `2026-03-11 23:04:11.000Z` or `2026-03-12 00:04:11.000+01:00`. */
export function formatTime(time: Nanos, zone = "UTC"): Shown {
  const nanos = toNanos(time);
  const epoch = Number(floorDiv(nanos, SECOND));
  const rest = nanos - floorDiv(nanos, SECOND) * SECOND;
  const utc = zone === "UTC" || zone === "Z";
  const offset = utc ? 0 : offsetAt(epoch, zone);
  const local = new Date((epoch + offset) * 1000);
  if (Number.isNaN(local.getTime())) {
    const raw = `${nanos} ns`;
    return { date: raw, clock: "", zone: "Z", text: `${raw} Z` };
  }
  const iso = local.toISOString();
  const cut = iso.indexOf("T");
  const date = iso.slice(0, cut);
  const clock = `${iso.slice(cut + 1, cut + 9)}.${fraction(rest)}`;
  const suffix = utc ? "Z" : offsetText(offset);
  return { date, clock, zone: suffix, text: `${date} ${clock}${suffix}` };
}

/** The zone to show a time in; a source without a zone is shown in UTC, and says so by its `Z`. */
export function zoneFor(view: ZoneView, caseZone: string, source: SourceZone | undefined): string {
  if (view === "case") return isZone(caseZone) ? caseZone : "UTC";
  if (view === "source" && source && isZone(source)) return source;
  return "UTC";
}

/** The instants at which clocks in `zone` show this local time: none in a spring gap, two in an autumn fold. */
export function instantsOf(local: { year: number; month: number; day: number; hour?: number; minute?: number; second?: number }, zone: string): bigint[] {
  const wall = utcSeconds(local.year, local.month, local.day, local.hour ?? 0, local.minute ?? 0, local.second ?? 0);
  const offsets = new Set([-86400, 0, 86400].map((shift) => offsetAt(wall + shift, zone)));
  const found = [...offsets].map((offset) => wall - offset).filter((epoch) => epoch + offsetAt(epoch, zone) === wall);
  return [...new Set(found)].sort((a, b) => a - b).map((epoch) => BigInt(epoch) * SECOND);
}
