// Times cross from the host as RFC 3339 UTC; the page counts in nanoseconds since 1970, as decimal strings.
const rfc3339 = /^(\d{4,})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;

/** Nanoseconds of a time that the host sent; null for none. Throws where the host sent something else. */
export function nanoseconds(time: string | null | undefined): string | null {
  if (time === null || time === undefined) return null;
  const found = rfc3339.exec(time);
  if (!found) throw new Error(`expected RFC 3339 UTC, found ${JSON.stringify(time)}`);
  const [, year, month, day, hour, minute, second, fraction = ""] = found;
  const seconds = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) / 1000;
  return (BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"))).toString();
}

/** The time for the host. */
export function rfc3339Of(ns: string | bigint): string {
  const all = BigInt(ns);
  const seconds = all >= 0n ? all / 1_000_000_000n : -((-all + 999_999_999n) / 1_000_000_000n);
  const fraction = (all - seconds * 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  const base = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${base}${fraction ? `.${fraction}` : ""}Z`;
}
