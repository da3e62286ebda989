import { formatTime, offsetAt, toNanos, type Nanos } from "../../lib/time";

const SECOND = 1_000_000_000n;
const DAY = 86_400;
const steps = [1, 5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY, 3650 * DAY];
const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

export interface Tick {
  /** Place between the ends, 0 to 1. */
  at: number;
  label: string;
}

function labelOf(epoch: number, step: number, zone: string): string {
  const { date, clock } = formatTime(BigInt(epoch) * SECOND, zone);
  if (step >= 30 * DAY) return date;
  const day = date.slice(5);
  const weekday = days[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? "";
  if (step >= DAY) return `${weekday} ${day}`;
  if (clock.startsWith("00:00:00")) return `${weekday} ${day}`;
  return step >= 60 ? clock.slice(0, 5) : clock.slice(0, 8);
}

/** Round times in `zone` between the ends, about `most` of them. */
export function ticks(from: Nanos, to: Nanos, zone: string, most = 8): Tick[] {
  const start = Number(toNanos(from) / SECOND);
  const end = Number(toNanos(to) / SECOND);
  const span = end - start;
  if (span <= 0) return [];
  const step = steps.find((size) => span / size <= most) ?? Math.ceil(span / most);
  const found: Tick[] = [];
  // Local wall time advances by whole steps; the offset is asked for at each tick, so a change of clocks does not shift them.
  const firstWall = Math.ceil((start + offsetAt(start, zone)) / step) * step;
  for (let wall = firstWall; found.length <= most * 2; wall += step) {
    const guess = wall - offsetAt(start, zone);
    const epoch = wall - offsetAt(guess, zone);
    if (epoch >= end) break;
    if (epoch >= start) found.push({ at: (epoch - start) / span, label: labelOf(epoch, step, zone) });
  }
  return found;
}
