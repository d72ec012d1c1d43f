/** From `from` on, in percent: points that lie `step` apart, up to the next part. Whole numbers over `scale`, so that each point is exactly its decimal. */
const parts: readonly { readonly from: number; readonly to: number; readonly step: number; readonly scale: number }[] = [
  { from: 0, to: 900, step: 1, scale: 10 },
  { from: 9_000, to: 9_900, step: 2, scale: 100 },
  { from: 99_000, to: 99_900, step: 5, scale: 1_000 },
  { from: 999_000, to: 1_000_000, step: 5, scale: 10_000 },
];

/**
 * The percentiles, 0 .. 100 and rising, that each k6 process tells of its trends: every 0.1 up to 90, 0.02 up to 99, 0.005 up to 99.9, 0.0005 up to
 * 100. k6 keeps all samples sorted, so each point costs it one look-up.
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
