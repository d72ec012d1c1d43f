import { widestGridStep } from './merge-grid.ts';
import { type Knots, knotsOf, rankRounding } from './merge-knots.ts';
import type { PayloadMetric } from './merge-payload.ts';
import type { TrendSamples } from './sinks.ts';

/** Between which values a quantile of all runners' samples lies, whatever the samples between the known ones are; but for the rounding of doubles. */
export interface QuantileBracket {
  readonly low: number;
  readonly high: number;
  /** By how much the rank of the value that `quantile` gives may be off at most, as a share of the samples; 0 when it is exact. */
  readonly rankError: number;
}

/** How many of a runner's samples are at most a value. */
type SampleCounter = (knots: Knots, value: number) => number;

/** Halvings until two doubles are neighbours; more than that are of denormal numbers. */
const mostHalvings = 200;

/**
 * The samples of a trend on all runners together. Each runner's quantile function is inverted to samples (those that the grid gives away as they are, the
 * others spaced evenly between its points), which are pooled, and quantiles are k6's own of the pool. Samples are counted between knots, not
 * made: it takes as long for a thousand as for a billion.
 */
export class MergedTrend implements TrendSamples {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly #runners: readonly Knots[];
  /** Values of all knots, sorted; made when they are needed first. */
  #values: Float64Array | undefined;

  /** Of at least one trend with samples. */
  constructor(trends: readonly Extract<PayloadMetric, { readonly type: 'trend' }>[]) {
    this.count = trends.reduce((sum, { count }) => sum + count, 0);
    this.min = Math.min(...trends.map(({ min }) => min));
    this.max = Math.max(...trends.map(({ max }) => max));
    this.sum = trends.reduce((sum, { avg, count }) => sum + avg * count, 0);
    this.#runners = trends.map(({ count, grid }) => knotsOf(count, grid));
  }

  /** Bound of `rankError` over all quantiles, as a share of the samples; 0 when all samples are known. */
  get rankError(): number {
    const inexact = this.#runners.filter(({ isExact }) => !isExact);
    if (inexact.length === 0) return 0;
    const hidden = inexact.reduce((sum, { count }) => sum + widestGridStep * count, 0);
    return Math.min(1, (hidden + inexact.length + 1) / this.count);
  }

  quantile(q: number): number {
    return this.#at(q, countSpaced);
  }

  /** The bracket of a quantile 0 .. 1. */
  bracket(q: number): QuantileBracket {
    const value = this.quantile(q);
    const low = Math.min(value, this.#at(q, countLowest));
    const high = Math.max(value, this.#at(q, countHighest));
    return { low, high, rankError: low === high ? 0 : this.#rankErrorOf(value, q) };
  }

  #at(q: number, counter: SampleCounter): number {
    const position = this.#positionOf(q);
    const [only] = this.#runners;
    // What k6 itself said of a point of the grid is right as it is, though not all samples are known.
    if (only !== undefined && this.#runners.length === 1) return valueAt(only, position, counter);
    const below = Math.floor(position);
    const low = this.#sample(below, counter);
    return below === position ? low : low + (this.#sample(below + 1, counter) - low) * (position - below);
  }

  #positionOf(q: number): number {
    return Math.min(Math.max(q, 0), 1) * (this.count - 1);
  }

  /** The sample of a rank: the least value that as many samples don't exceed. */
  #sample(rank: number, counter: SampleCounter): number {
    const values = (this.#values ??= sortedValues(this.#runners));
    const isReached = (value: number) => this.#countAll(value, counter) > rank;
    const index = firstIndex(values.length - 1, (candidate) => isReached(values[candidate] ?? Infinity));
    let high = values[index] ?? this.max;
    if (counter !== countSpaced || index === 0) return high;
    let low = values[index - 1] ?? high;
    for (let halving = 0; halving < mostHalvings; halving += 1) {
      const middle = low + (high - low) / 2;
      if (middle <= low || middle >= high) break;
      if (isReached(middle)) high = middle;
      else low = middle;
    }
    return high;
  }

  #rankErrorOf(value: number, q: number): number {
    const position = this.#positionOf(q);
    const surelyAtMost = this.#countAll(value, countHighest);
    const perhapsBelow = this.#runners.reduce((sum, knots) => sum + countPerhapsBelow(knots, value), 0);
    return Math.max(0, position - surelyAtMost + 1, perhapsBelow - position) / this.count;
  }

  #countAll(value: number, counter: SampleCounter): number {
    return this.#runners.reduce((sum, knots) => sum + counter(knots, value), 0);
  }
}

/** If samples are spaced evenly between knots. */
function countSpaced(knots: Knots, value: number): number {
  const { ranks, values } = knots;
  const next = firstAbove(values, value);
  if (next === 0 || next === values.length) return next === 0 ? 0 : knots.count;
  const [from = 0, to = 0, fromValue = 0, toValue = 0] = [ranks[next - 1], ranks[next], values[next - 1], values[next]];
  const samples = Math.floor(from + ((value - fromValue) / (toValue - fromValue)) * (to - from)) + 1;
  // Rounding must not count a sample on the next knot.
  return Math.min(samples, Math.ceil(to));
}

/** If each sample is as low as it may be: the value of the last knot up to it. */
function countLowest(knots: Knots, value: number): number {
  return Math.ceil(knots.ranks[firstAbove(knots.values, value)] ?? knots.count);
}

/** If each sample is as high as it may be: the value of the first knot from it on. */
function countHighest(knots: Knots, value: number): number {
  const next = firstAbove(knots.values, value);
  return next === 0 ? 0 : Math.floor(knots.ranks[next - 1] ?? 0) + 1;
}

/** How many samples may be less than a value: all before the first knot that isn't. */
function countPerhapsBelow(knots: Knots, value: number): number {
  const { values, ranks, count } = knots;
  const first = firstIndex(values.length, (index) => (values[index] ?? 0) >= value);
  return Math.ceil(ranks[first] ?? count);
}

/** A runner's own value at a rank, or its lowest or highest possible one. */
function valueAt({ ranks, values, count }: Knots, rank: number, counter: SampleCounter): number {
  const tolerance = count * rankRounding;
  const next = firstIndex(ranks.length, (index) => (ranks[index] ?? 0) >= rank - tolerance);
  const [to = 0, toValue = 0] = [ranks[next], values[next]];
  const [from = to, fromValue = toValue] = [ranks[next - 1], values[next - 1]];
  if (to <= rank + tolerance) return toValue;
  const areSamples = Number.isInteger(from) && to === from + 1;
  if (counter === countSpaced || areSamples) return fromValue + (toValue - fromValue) * ((rank - from) / (to - from));
  return counter === countLowest ? fromValue : toValue;
}

function sortedValues(runners: readonly Knots[]): Float64Array {
  const values = new Float64Array(runners.reduce((sum, knots) => sum + knots.values.length, 0));
  let end = 0;
  for (const knots of runners) {
    values.set(knots.values, end);
    end += knots.values.length;
  }
  return values.toSorted();
}

/** Index of the first value that is greater. */
function firstAbove(values: Float64Array, value: number): number {
  return firstIndex(values.length, (index) => (values[index] ?? 0) > value);
}

/** The first index from 0 on that has a property which all later ones have too; `end` when none before it has it. */
function firstIndex(end: number, has: (index: number) => boolean): number {
  let [low, high] = [0, end];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (has(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
