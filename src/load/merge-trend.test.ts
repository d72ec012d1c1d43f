import { expect, test } from 'vitest';
import { createRandom, type Distribution, percentileOf, pooled, samplesOf, trendOf } from './merge.fixture.ts';
import { quantileGrid } from './merge-grid.ts';
import { MergedTrend } from './merge-trend.ts';

const quantiles = [0.5, 0.9, 0.95, 0.99, 0.999] as const;
/** Also such that no grid has a point for, and the extremes. */
const manyQuantiles = [0, 0.0001, 0.123456, 0.25, 0.3, ...quantiles, 0.899_95, 0.975_555, 0.9999, 0.999_99, 1];

/** Samples of runners, each a bit slower than the one before. */
function runnersOf(distribution: Distribution, sizes: readonly number[], seed: number): readonly Float64Array[] {
  const random = createRandom(seed);
  return sizes.map((size, index) => samplesOf(distribution, size, random, 5 * index));
}

function mergedOf(runners: readonly Float64Array[]): MergedTrend {
  return new MergedTrend(runners.map(trendOf));
}

function relativeError(value: number, expected: number): number {
  return value === expected ? 0 : Math.abs(value - expected) / Math.abs(expected);
}

function expectInBracket(merged: MergedTrend, pool: Float64Array, q: number): void {
  const truth = percentileOf(pool, q);
  const { low, high } = merged.bracket(q);
  const rounding = 1e-9 * Math.max(1, Math.abs(truth));
  expect(low, `low end at ${q}`).toBeLessThanOrEqual(truth + rounding);
  expect(high, `high end at ${q}`).toBeGreaterThanOrEqual(truth - rounding);
  expect(merged.quantile(q)).toBeGreaterThanOrEqual(low);
  expect(merged.quantile(q)).toBeLessThanOrEqual(high);
}

const sizesOfRunners: readonly (readonly number[])[] = [
  [2_000],
  [2_000, 2_000],
  [2_000, 2_000, 2_000, 2_000],
  [5_000, 5_000, 5_000],
  [2_000, 60_000, 9_000],
  [15_000, 15_000, 15_000, 9_000],
  [60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000],
  [600_000, 2_000],
  [600_000, 600_000],
];

test.for((['uniform', 'log-normal'] as const).flatMap((name) => sizesOfRunners.map((sizes) => ({ name, sizes }))))(
  'merged percentiles of $name samples are within 0.1 % of the pooled ones: $sizes',
  ({ name, sizes }) => {
    const total = sizes.reduce((sum, size) => sum + size, 0);
    for (const seed of total < 100_000 ? [1, 2, 3] : [1]) {
      const runners = runnersOf(name, sizes, seed);
      const pool = pooled(runners);
      const merged = mergedOf(runners);
      for (const q of quantiles) expect(relativeError(merged.quantile(q), percentileOf(pool, q)), `p${q * 100}, seed ${seed}`).toBeLessThanOrEqual(0.001);
      for (const q of manyQuantiles) expectInBracket(merged, pool, q);
    }
  },
);

test('with up to 1,001 samples a runner all quantiles are exact, whatever the samples', () => {
  const random = createRandom(11);
  const names = ['uniform', 'log-normal', 'bimodal', 'slow tail', 'constant', 'few values'] as const;
  for (let round = 0; round < 90; round += 1) {
    const sizes = Array.from({ length: 1 + Math.floor(8 * random()) }, () => 1 + Math.floor(1_001 * random()));
    const name = names[round % names.length] ?? 'uniform';
    const runners = runnersOf(name, round < 18 ? sizes.map((_, index) => [501, 1_000, 1_001][index % 3] ?? 1) : sizes, round);
    const merged = mergedOf(runners);
    const pool = pooled(runners);
    expect(merged.rankError, `${name} ${sizes.join()}`).toBe(0);
    for (const q of manyQuantiles) {
      const truth = percentileOf(pool, q);
      expect(Math.abs(merged.quantile(q) - truth), `${name} ${sizes.join()} at ${q}`).toBeLessThanOrEqual(1e-9 * Math.max(1, truth));
      expectInBracket(merged, pool, q);
      expect(merged.bracket(q).rankError).toBe(0);
    }
  }
});

test('the pooled percentile of any samples lies in the bracket', () => {
  const random = createRandom(12);
  const names = ['bimodal', 'constant', 'slow tail', 'few values', 'uniform', 'log-normal'] as const;
  for (let round = 0; round < 120; round += 1) {
    // Sizes from 1 to 30,000, as many small as large ones.
    const sizes = Array.from({ length: 1 + Math.floor(8 * random()) }, () => Math.floor(Math.exp(random() * Math.log(30_000))));
    const runners = runnersOf(names[round % names.length] ?? 'bimodal', sizes, round);
    const merged = mergedOf(runners);
    const pool = pooled(runners);
    for (const q of manyQuantiles) expectInBracket(merged, pool, q);
  }
});

test('runners of different kinds: the pooled percentile lies in the bracket', () => {
  const random = createRandom(13);
  const runners = [samplesOf('bimodal', 40_000, random), samplesOf('constant', 3_000, random), samplesOf('slow tail', 700, random), samplesOf('uniform', 3, random)];
  const merged = mergedOf(runners);
  const pool = pooled(runners);
  for (let step = 0; step <= 1_000; step += 1) expectInBracket(merged, pool, step / 1_000);
});

test('the rank of a merged value is off by no more than is said', () => {
  const random = createRandom(14);
  for (const name of ['uniform', 'log-normal', 'bimodal', 'slow tail', 'few values'] as const) {
    for (const sizes of [[3_000, 800], [20_000, 20_000, 20_000], [1_000, 50_000]]) {
      const runners = runnersOf(name, sizes, Math.floor(random() * 1_000));
      const merged = mergedOf(runners);
      const pool = pooled(runners);
      for (const q of manyQuantiles) {
        const { rankError } = merged.bracket(q);
        expect(rankError).toBeLessThanOrEqual(merged.rankError);
        expect(rankDistance(pool, merged.quantile(q), q * (pool.length - 1)), `${name} ${sizes.join()} at ${q}`).toBeLessThanOrEqual(rankError * pool.length + 1e-3);
      }
    }
  }
});

/** How far a rank is from those at which the pool has a value. */
function rankDistance(pool: Float64Array, value: number, rank: number): number {
  const rounding = 1e-12 * value;
  const below = pool.filter((sample) => sample < value - rounding).length;
  const atMost = pool.filter((sample) => sample <= value + rounding).length;
  const [first, last] = below === atMost ? [below - 1, below] : [below, atMost - 1];
  return Math.max(0, first - rank, rank - last);
}

test('count, minimum, maximum and sum are exact', () => {
  const runners = runnersOf('log-normal', [1, 4_000, 300], 5);
  const pool = pooled(runners);
  const merged = mergedOf(runners);
  expect(merged).toMatchObject({ count: 4_301, min: pool[0], max: pool.at(-1) });
  expect(merged.sum / pool.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
  expect(merged.quantile(0)).toBe(merged.min);
  expect(merged.quantile(1)).toBe(merged.max);
});

test('of many samples those of the upper tail are exact', () => {
  const runners = runnersOf('slow tail', [20_000, 15_000, 18_000], 4);
  const merged = mergedOf(runners);
  const pool = pooled(runners);
  for (const q of [0.9985, 0.999, 0.9995, 0.999_987, 1]) {
    expect(relativeError(merged.quantile(q), percentileOf(pool, q)), `at ${q}`).toBeLessThanOrEqual(1e-9);
    expect(merged.bracket(q).high / merged.bracket(q).low - 1).toBeLessThanOrEqual(1e-12);
  }
});

test('of a single runner the points of the grid are as k6 has them', () => {
  const [samples] = runnersOf('slow tail', [30_000], 6);
  const merged = mergedOf([samples ?? new Float64Array()]);
  for (const q of quantiles) {
    expect(relativeError(merged.quantile(q), percentileOf(samples ?? new Float64Array(), q))).toBeLessThanOrEqual(1e-14);
    expect(merged.bracket(q)).toMatchObject({ low: merged.quantile(q), high: merged.quantile(q), rankError: 0 });
  }
  expect(merged.rankError).toBeGreaterThan(0);
});

test('samples of one value have percentiles of that value, not of one beside it', () => {
  const merged = mergedOf(runnersOf('constant', [5, 1, 40_000], 7));
  for (const q of manyQuantiles) expect(merged.bracket(q)).toEqual({ low: 7.25, high: 7.25, rankError: 0 });
});

test('negative samples, as of a metric of a script, are merged as well', () => {
  const random = createRandom(8);
  const runners = [900, 2_000].map((size) => Float64Array.from({ length: size }, () => -50 + 60 * random()).toSorted());
  const merged = mergedOf(runners);
  const pool = pooled(runners);
  for (const q of manyQuantiles) expectInBracket(merged, pool, q);
});

test('it takes no longer for many samples', () => {
  const [samples] = runnersOf('log-normal', [10_000], 9);
  const trend = { ...trendOf(samples ?? new Float64Array()), count: 1e12 };
  const merged = new MergedTrend([trend, trend]);
  expect(relativeError(merged.quantile(0.95), trend.grid[quantileGrid.indexOf(95)] ?? 0)).toBeLessThan(1e-6);
});
