import { quantileGrid } from './merge-grid.ts';

/**
 * What is known of the sorted samples of one runner: their values at some ranks (0 .. count - 1, also between two whole ones, where k6
 * interpolates). Ranks rise, values don't fall; the first rank is 0, the last one `count - 1`.
 */
export interface Knots {
  readonly count: number;
  readonly ranks: Float64Array;
  readonly values: Float64Array;
  /** Whether they are all samples and nothing else. */
  readonly isExact: boolean;
}

/** Bound of the rounding in k6's `p / 100 * (n - 1)`, as a share of the count. */
export const rankRounding = 2 ** -51;

/** Two points that are closer than this, in ranks, tell too little of the line through them. */
const leastDistance = 0.01;

interface Knot {
  readonly rank: number;
  readonly value: number;
}

/** The line between two neighbouring samples, of rank `below` and the next, and the grid's points on it. */
interface Gap {
  readonly below: number;
  readonly points: readonly [Knot, ...Knot[]];
}

/**
 * Knots of `count` samples, at least one, by their values at the points of the grid. Between two neighbouring samples k6's percentiles lie on a
 * straight line. Where two points lie on it, both samples are known; and where one does, each of them gives the other. So all samples are known where
 * points are no further apart than samples: everywhere up to 1,001 samples, and of many more in the upper tail.
 */
export function knotsOf(count: number, grid: readonly number[]): Knots {
  if (count === 1) return { count, ranks: Float64Array.of(0), values: Float64Array.of(grid[0] ?? 0), isExact: true };
  const gaps = gapsOf(count, grid);
  const samples = knownSamples(gaps);
  const knots = new KnotList();
  for (const { below, points } of gaps) {
    const [low, high] = [samples.get(below), samples.get(below + 1)];
    if (low !== undefined) knots.add({ rank: below, value: low });
    if (low === undefined || high === undefined) for (const point of points) knots.add(point);
    if (high !== undefined) knots.add({ rank: below + 1, value: high });
  }
  return knots.build(count);
}

class KnotList {
  readonly #ranks: number[] = [];
  readonly #values: number[] = [];

  /** The first value of a rank counts. Rounding must not let values fall. */
  add({ rank, value }: Knot): void {
    if (rank === this.#ranks.at(-1)) return;
    this.#ranks.push(rank);
    this.#values.push(Math.max(value, this.#values.at(-1) ?? value));
  }

  build(count: number): Knots {
    const isExact = this.#ranks.length === count && this.#ranks.every(Number.isInteger);
    return { count, ranks: Float64Array.from(this.#ranks), values: Float64Array.from(this.#values), isExact };
  }
}

/** The gaps that have points of the grid, in their order; a point on a sample is in the gaps on both sides. */
function gapsOf(count: number, grid: readonly number[]): readonly Gap[] {
  const points = quantileGrid.map((percentile, index) => ({ rank: rankOf(percentile, count), value: grid[index] ?? 0 }));
  const gaps: Gap[] = [];
  for (let index = 0; index < points.length; ) {
    const below = Math.min(Math.floor(points[index]?.rank ?? 0), count - 2);
    let end = index + 1;
    while (end < points.length && (points[end]?.rank ?? 0) <= below + 1) end += 1;
    const [first, ...others] = points.slice(index, end);
    if (first !== undefined) gaps.push({ below, points: [first, ...others] });
    index = end < points.length && end - 1 > index && points[end - 1]?.rank === below + 1 ? end - 1 : end;
  }
  return gaps;
}

/** Rank of a percentile as k6 has it (k6: metrics/sink.go, TrendSink.P), made whole when it is but for rounding. */
function rankOf(percentile: number, count: number): number {
  const rank = (percentile / 100) * (count - 1);
  const whole = Math.round(rank);
  return Math.abs(rank - whole) <= count * rankRounding ? whole : rank;
}

/** All samples that the points give away, by their ranks. */
function knownSamples(gaps: readonly Gap[]): ReadonlyMap<number, number> {
  const samples = new Map<number, number>();
  for (const { points } of gaps) for (const { rank, value } of points) if (Number.isInteger(rank)) samples.set(rank, value);
  for (const { below, points } of gaps) {
    const [low, high] = endsOfLine(below, points);
    if (low !== undefined && !samples.has(below)) samples.set(below, low);
    if (high !== undefined && !samples.has(below + 1)) samples.set(below + 1, high);
  }
  // From sample to sample, upwards and downwards, each as far as errors of rounding shrink on the way.
  for (const { below, points } of gaps) {
    const { rank, value } = points.at(-1) ?? points[0];
    const [low, share] = [samples.get(below), rank - below];
    if (low !== undefined && share >= 0.5 && !samples.has(below + 1)) samples.set(below + 1, low + (value - low) / share);
  }
  for (const { below, points } of gaps.toReversed()) {
    const [{ rank, value }] = points;
    const [high, share] = [samples.get(below + 1), rank - below];
    if (high !== undefined && share <= 0.5 && !samples.has(below)) samples.set(below, high - (high - value) / (1 - share));
  }
  return samples;
}

/** Both ends of a gap by its first and last point; nothing when those don't tell. */
function endsOfLine(below: number, points: Gap['points']): readonly [low?: number, high?: number] {
  const from = points[0];
  const to = points.at(-1) ?? from;
  if (to.rank - from.rank < leastDistance) return [];
  const slope = (to.value - from.value) / (to.rank - from.rank);
  return [from.value - slope * (from.rank - below), to.value + slope * (below + 1 - to.rank)];
}
