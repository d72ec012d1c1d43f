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

/**
 * Knots of `count` samples, at least one, by their values at the points of the grid. Between two neighbouring samples k6's percentiles lie on a
 * straight line, so where two points fall between the same two samples, both samples are known; with up to 501 samples that is everywhere.
 */
export function knotsOf(count: number, grid: readonly number[]): Knots {
  if (count === 1) return { count, ranks: Float64Array.of(0), values: Float64Array.of(grid[0] ?? 0), isExact: true };
  const tolerance = count * rankRounding;
  const ranks = gridRanks(count, tolerance);
  const knots = new KnotList();
  for (let first = 0; first < ranks.length; ) {
    const below = Math.min(Math.floor(ranks[first] ?? 0), count - 2);
    const end = endOfSegment(ranks, first, below + 1);
    const samples = samplesAround(below, pointAt(ranks, grid, first), pointAt(ranks, grid, end - 1));
    if (samples === undefined) for (let index = first; index < end; index += 1) knots.add(pointAt(ranks, grid, index));
    else for (const sample of samples) knots.add(sample);
    // A point on the upper sample belongs to the next two as well.
    first = end < ranks.length && ranks[end - 1] === below + 1 && end - 1 > first ? end - 1 : end;
  }
  return knots.build(count);
}

interface Knot {
  readonly rank: number;
  readonly value: number;
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

/** Ranks of the grid's points as k6 has them (k6: metrics/sink.go, P), those that are whole but for rounding made whole. */
function gridRanks(count: number, tolerance: number): Float64Array {
  return Float64Array.from(quantileGrid, (point) => {
    const rank = (point / 100) * (count - 1);
    const whole = Math.round(rank);
    return Math.abs(rank - whole) <= tolerance ? whole : rank;
  });
}

function endOfSegment(ranks: Float64Array, first: number, above: number): number {
  let end = first + 1;
  while (end < ranks.length && (ranks[end] ?? 0) <= above) end += 1;
  return end;
}

/** The samples of rank `below` and `below + 1` by two points of the line between them; undefined when the points don't tell. */
function samplesAround(below: number, from: Knot, to: Knot): readonly [Knot, Knot] | undefined {
  if (to.rank - from.rank < leastDistance) return undefined;
  const slope = (to.value - from.value) / (to.rank - from.rank);
  const above = below + 1;
  return [
    { rank: below, value: from.value - slope * (from.rank - below) },
    { rank: above, value: to.value + slope * (above - to.rank) },
  ];
}

function pointAt(ranks: Float64Array, grid: readonly number[], index: number): Knot {
  return { rank: ranks[index] ?? 0, value: grid[index] ?? 0 };
}
