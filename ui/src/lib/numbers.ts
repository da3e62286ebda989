export type Whole = number | bigint | string;

function asBigInt(value: Whole): bigint {
  return typeof value === "number" ? BigInt(Math.trunc(value)) : BigInt(value);
}

/** `9812334` as `9,812,334`; exact for 64-bit counts given as string or bigint. */
export function formatCount(value: Whole): string {
  return asBigInt(value).toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

const units = ["kB", "MB", "GB", "TB", "PB", "EB"] as const;

/** `4823112` as `4.82 MB` (powers of 1000, three digits); the exact number stands in the tooltip. */
export function formatBytes(value: Whole): string {
  const exact = asBigInt(value);
  if (exact < 1000n && exact > -1000n) return `${exact} B`;
  let size = Number(exact);
  let unit = -1;
  do {
    size /= 1000;
    unit += 1;
  } while (Math.abs(Number(size.toPrecision(3))) >= 1000 && unit < units.length - 1);
  const rounded = Math.abs(Number(size.toPrecision(3)));
  return `${size.toFixed(rounded >= 100 ? 0 : rounded >= 10 ? 1 : 2)} ${units[unit]}`;
}

/** Axis labels: `8.4 k`, `10 M`. */
export function formatShort(value: number): string {
  for (const [size, unit] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]] as const) {
    if (Math.abs(value) >= size) return `${Number((value / size).toPrecision(3))} ${unit}`;
  }
  return String(Number(value.toPrecision(3)));
}

/** Seconds as `2 s`, `3 min 20 s`, `31 h 12 min`, `12 days`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (Math.abs(seconds) < 1) return `${seconds.toFixed(2)} s`;
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 2 * 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86400)} days`;
}
