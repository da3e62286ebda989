import { toNanos, type Nanos } from "../../lib/time";

export interface Bucket {
  /** Half-open: `from` belongs to it, `to` does not. */
  from: Nanos;
  to: Nanos;
  /** One count per series. */
  counts: readonly number[];
}

export interface Series {
  id: string;
  label: string;
  /** A custom property of the design: `--sev-high`, `--prov-aws`. */
  colour: string;
}

export interface Range {
  from: Nanos;
  to: Nanos;
}

/** Buckets from `from` to `to`, exclusive. */
export interface Brush {
  from: number;
  to: number;
}

export const totalOf = (bucket: Bucket): number => bucket.counts.reduce((sum, count) => sum + count, 0);

/**
 * One array per series, tops of the stack; the highest comes first, so that lower ones are drawn over it.
 * Zero is null: nothing is drawn, and a logarithm has no zero.
 */
export function stacked(buckets: readonly Bucket[], series: number): (number | null)[][] {
  const tops = Array.from({ length: series }, (_, upTo) =>
    buckets.map((bucket) => bucket.counts.slice(0, upTo + 1).reduce((sum, count) => sum + count, 0) || null),
  );
  return tops.reverse();
}

/** The bucket at a fraction of the width, 0 to 1. */
export const bucketAt = (fraction: number, count: number): number =>
  Math.min(count - 1, Math.max(0, Math.floor(fraction * count)));

export function rangeOf(brush: Brush, buckets: readonly Bucket[]): Range | null {
  const first = buckets[brush.from];
  const last = buckets[brush.to - 1];
  return first && last ? { from: first.from, to: last.to } : null;
}

/** Buckets that a range touches, or null when it touches none. */
export function brushOf(range: Range | null, buckets: readonly Bucket[]): Brush | null {
  if (!range) return null;
  const [start, end] = [toNanos(range.from), toNanos(range.to)];
  const from = buckets.findIndex((bucket) => toNanos(bucket.to) > start);
  const to = buckets.findLastIndex((bucket) => toNanos(bucket.from) < end) + 1;
  return from >= 0 && to > from ? { from, to } : null;
}

/** Moves within `count` buckets, keeping the width. */
export function moved(brush: Brush, by: number, count: number): Brush {
  const width = brush.to - brush.from;
  const from = Math.min(count - width, Math.max(0, brush.from + by));
  return { from, to: from + width };
}

/** Widens to the side of the sign of `by`. */
export const widened = (brush: Brush, by: number, count: number): Brush =>
  by < 0 ? { from: Math.max(0, brush.from + by), to: brush.to } : { from: brush.from, to: Math.min(count, brush.to + by) };

export function eventsIn(brush: Brush, buckets: readonly Bucket[]): number {
  return buckets.slice(brush.from, brush.to).reduce((sum, bucket) => sum + totalOf(bucket), 0);
}

/** The bucket with the most events. */
export function peakOf(buckets: readonly Bucket[]): Bucket | undefined {
  let peak: Bucket | undefined;
  for (const bucket of buckets) if (!peak || totalOf(bucket) > totalOf(peak)) peak = bucket;
  return peak;
}
