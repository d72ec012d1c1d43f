/** From `from` on, in percent: points that lie `step` apart, up to the next part. Whole numbers over `scale`, so that each point is exactly its decimal. */
const parts: readonly { readonly from: number; readonly to: number; readonly step: number; readonly scale: number }[] = [
  { from: 0, to: 400, step: 1, scale: 10 },
  { from: 4_000, to: 8_000, step: 5, scale: 100 },
  { from: 80_000, to: 90_000, step: 25, scale: 1_000 },
  { from: 9_000, to: 9_500, step: 2, scale: 100 },
  { from: 9_500, to: 9_800, step: 1, scale: 100 },
  { from: 98_000, to: 99_000, step: 5, scale: 1_000 },
  { from: 990_000, to: 995_000, step: 25, scale: 10_000 },
  { from: 99_500, to: 99_800, step: 1, scale: 1_000 },
  { from: 998_000, to: 1_000_000, step: 5, scale: 10_000 },
];

/**
 * The percentiles, 0 .. 100 and rising, that each k6 process tells of its trends: every 0.1 up to 40, and the closer the higher, to every 0.0005 from 99.8
 * on. Points are so close that what lies between them changes merged percentiles of latencies by less than 0.1 % (docs/decisions/0018-merge.md).
 * k6 keeps all samples sorted, so each point costs it one look-up.
 */
export const quantileGrid: readonly number[] = [...parts.flatMap(pointsOf), 100];

/** Widest distance of two points of the grid as a share of the samples. */
export const widestGridStep = 0.001;

/** A point of the grid as k6's `summaryTrendStats` takes it and as its summary's data have it for a key: `p(99.995)`. */
export function trendStat(point: number): string {
  return `p(${point})`;
}

function pointsOf({ from, to, step, scale }: (typeof parts)[number]): readonly number[] {
  return Array.from({ length: (to - from) / step }, (_, index) => (from + index * step) / scale);
}
