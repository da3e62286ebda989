// The host's histogram has only buckets with rows; the picture needs all of them, and not more than it has pixels for.
import type { HistogramView } from "../../platform/bindings";
import type { Bucket, Series } from "../../components/histogram/bars";
import { formatCount } from "../../lib/numbers";
import { nanoseconds } from "../../lib/wire-time";

const SECOND = 1_000_000_000n;
export const MOST_BARS = 360;

/** Colour and code of a cloud in the design. */
const clouds: Record<string, [label: string, colour: string]> = {
  aws: ["AWS", "--prov-aws"], azure: ["Azure", "--prov-azure"], gcp: ["GCP", "--prov-gcp"], m365: ["M365", "--prov-m365"],
  okta: ["Okta", "--prov-okta"], kubernetes: ["Kubernetes", "--prov-k8s"], workspace: ["Workspace", "--chart-3"], github: ["GitHub", "--chart-4"],
  duo: ["Duo", "--chart-5"], network: ["Network", "--chart-base"], other: ["Other", "--prov-other"], rows: ["Events", "--chart-base"],
};

export interface Bars {
  buckets: Bucket[];
  series: Series[];
}

/** Contiguous buckets of equal length. Where there would be too many, neighbours are added up. */
export function barsOf(view: HistogramView): Bars {
  const totals = view.series.map((_, at) => view.buckets.reduce((sum, bucket) => sum + (bucket.counts[at] ?? 0), 0));
  const kept = view.series.map((_, at) => at).filter((at) => (totals[at] ?? 0) > 0);
  const series = kept.map((at) => {
    const id = view.series[at] ?? "";
    const [label, colour] = clouds[id] ?? [id, "--prov-other"];
    return { id, label: `${label} ${formatCount(totals[at] ?? 0)}`, colour };
  });
  const starts = view.buckets.map((bucket) => BigInt(nanoseconds(bucket.start) ?? "0"));
  const [first, last] = [starts[0], starts.at(-1)];
  if (first === undefined || last === undefined) return { buckets: [], series };
  const step = BigInt(view.seconds) * SECOND;
  const wanted = Number((last - first) / step) + 1;
  const length = step * BigInt(Math.ceil(wanted / MOST_BARS));
  const count = Number((last - first) / length) + 1;
  const sums = Array.from({ length: count }, () => kept.map(() => 0));
  view.buckets.forEach((bucket, at) => {
    const sum = sums[Number(((starts[at] ?? first) - first) / length)];
    kept.forEach((from, to) => { if (sum) sum[to] = (sum[to] ?? 0) + (bucket.counts[from] ?? 0); });
  });
  return { buckets: sums.map((counts, at) => ({ from: first + BigInt(at) * length, to: first + BigInt(at + 1) * length, counts })), series };
}
