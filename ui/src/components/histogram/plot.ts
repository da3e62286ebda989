import "../../lib/usable-locale";
import uPlot from "uplot";
import { stacked, type Bucket, type Series } from "./bars";

export interface Drawing {
  buckets: readonly Bucket[];
  series: readonly Series[];
  log: boolean;
  width: number;
  height: number;
  /** Value of a custom property in the present theme. */
  colour: (property: string) => string;
  /** Told once the vertical scale is known. */
  onscale: (max: number) => void;
}

/** Draws stacked bars into `target`; axes, brush and words are elements around it. */
export function draw(target: HTMLElement, { buckets, series, log, width, height, colour, onscale }: Drawing): uPlot {
  const count = buckets.length;
  const bars = uPlot.paths.bars?.({ size: [0.86, 40], align: 0 });
  const tops = stacked(buckets, series.length);
  const most = Math.max(1, ...(tops[0] ?? []).map((top) => top ?? 0));
  const top = log ? most * 1.3 : most * 1.05;
  onscale(top);
  const drawn = series.toReversed().map(({ label, colour: property }): uPlot.Series => ({
    label, fill: colour(property), width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}),
  }));
  return new uPlot(
    {
      width, height, padding: [0, 0, 0, 0],
      legend: { show: false }, cursor: { show: false }, select: { show: false, left: 0, top: 0, width: 0, height: 0 },
      scales: {
        x: { time: false, range: [-0.5, Math.max(0.5, count - 0.5)] },
        y: { distr: log ? 3 : 1, range: [log ? 0.5 : 0, top] },
      },
      axes: [
        { show: false },
        { size: 0, ticks: { show: false }, values: () => [], grid: { stroke: colour("--chart-grid"), width: 1 }, splits: () => [top / 2] },
      ],
      series: [{}, ...drawn],
    },
    [buckets.map((_, at) => at), ...tops] as uPlot.AlignedData,
    target,
  );
}
