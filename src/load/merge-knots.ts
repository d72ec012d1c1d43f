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

interface Knot {
  readonly rank: number;
  readonly value: number;
}

/** The line between two neighbouring samples, of rank `below` and the next, and the grid's points on it. */
interface Gap {
  readonly below: number;
  readonly points: readonly Knot[];
  readonly first: Knot;
  readonly last: Knot;
}

/** Of a gap without points, which there isn't. */
const unknown: Knot = { rank: 0, value: 0 };

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

/** The gaps that have points of the grid, in their order. */
function gapsOf(count: number, grid: readonly number[]): readonly Gap[] {
  const points = quantileGrid.map((percentile, index) => ({ rank: rankOf(percentile, count), value: grid[index] ?? 0 }));
  return Array.from(
    Map.groupBy(points, ({ rank }) => Math.min(Math.floor(rank), count - 2)),
    ([below, group]) => ({ below, points: group, first: group[0] ?? unknown, last: group.at(-1) ?? unknown }),
  );
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
  const learn = (rank: number, value: number) => {
    if (!samples.has(rank)) samples.set(rank, value);
  };
  for (const { points } of gaps) for (const { rank, value } of points) if (Number.isInteger(rank)) learn(rank, value);
  for (const { below, first, last } of gaps) {
    if (first.rank === last.rank) continue;
    const slope = (last.value - first.value) / (last.rank - first.rank);
    learn(below, first.value - slope * (first.rank - below));
    learn(below + 1, last.value + slope * (below + 1 - last.rank));
  }
  // From sample to sample, upwards and downwards, each as far as errors of rounding shrink on the way.
  for (const { below, last } of gaps) {
    const [low, share] = [samples.get(below), last.rank - below];
    if (low !== undefined && share >= 0.5) learn(below + 1, low + (last.value - low) / share);
  }
  for (const { below, first } of gaps.toReversed()) {
    const [high, share] = [samples.get(below + 1), first.rank - below];
    if (high !== undefined && share <= 0.5) learn(below, high - (high - first.value) / (1 - share));
  }
  return samples;
}
