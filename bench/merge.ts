/**
 * How far merged percentiles are from those of all runners' samples pooled, and how far the average and the maximum of the runners' own percentiles are:
 * error in percent, the largest over five percentiles, with `--each` of each one.
 * Run: `npm run bench:merge [-- --each]`.
 */
import { parseArgs } from 'node:util';
import { createRandom, type Distribution, distributions, payloadOf, percentileOf, pooled, samplesOf, trendOf } from '../src/load/merge.fixture.ts';
import { mergeRunners } from '../src/load/merge.ts';
import { MergedTrend } from '../src/load/merge-trend.ts';

const { values: options } = parseArgs({ options: { each: { type: 'boolean', default: false } } });

const quantiles = [0.5, 0.9, 0.95, 0.99, 0.999] as const;

const cases: readonly { readonly name: string; readonly sizes: readonly number[]; readonly seeds: number }[] = [
  { name: '3 x 40', sizes: Array<number>(3).fill(40), seeds: 100 },
  { name: '4 x 500', sizes: Array<number>(4).fill(500), seeds: 100 },
  { name: '2 x 1,100', sizes: Array<number>(2).fill(1_100), seeds: 100 },
  { name: '1 x 2,000', sizes: [2_000], seeds: 100 },
  { name: '2 x 2,000', sizes: Array<number>(2).fill(2_000), seeds: 100 },
  { name: '4 x 2,000', sizes: Array<number>(4).fill(2_000), seeds: 100 },
  { name: '2 x 6,000', sizes: Array<number>(2).fill(6_000), seeds: 50 },
  { name: '4 x 15,000', sizes: Array<number>(4).fill(15_000), seeds: 20 },
  { name: '2 x 25,000', sizes: Array<number>(2).fill(25_000), seeds: 20 },
  { name: '60,000 + 9,000 + 700', sizes: [60_000, 9_000, 700], seeds: 20 },
  { name: '8 x 60,000', sizes: Array<number>(8).fill(60_000), seeds: 4 },
  { name: '8 x 600,000', sizes: Array<number>(8).fill(600_000), seeds: 1 },
];

/** Worst cases over all seeds. */
interface Errors {
  readonly merged: number[];
  readonly average: number[];
  readonly maximum: number[];
  /** Width of the bracket as a share of the value. */
  width: number;
  outside: number;
  rankError: number;
  mergeMs: number;
}

function share(value: number, truth: number): number {
  return value === truth ? 0 : Math.abs(value - truth) / Math.abs(truth);
}

function measure(distribution: Distribution, sizes: readonly number[], seed: number, errors: Errors): void {
  const random = createRandom(seed);
  // Each runner is a bit slower than the one before, as on nodes that aren't alike.
  const runners = sizes.map((size, index) => samplesOf(distribution, size, random, 5 * index));
  const pool = pooled(runners);
  const payloads = runners.map((samples) => payloadOf({ http_req_duration: trendOf(samples) }));
  const startedAt = performance.now();
  const trend = mergeRunners(payloads).metrics.get('http_req_duration');
  if (trend?.type !== 'trend' || !(trend.samples instanceof MergedTrend)) throw new Error('no trend');
  const found = quantiles.map((q) => ({ q, value: trend.samples.quantile(q), bracket: (trend.samples instanceof MergedTrend ? trend.samples : undefined)?.bracket(q) }));
  errors.mergeMs = Math.max(errors.mergeMs, performance.now() - startedAt);
  for (const [index, { q, value, bracket }] of found.entries()) {
    const truth = percentileOf(pool, q);
    const own = runners.map((samples) => percentileOf(samples, q));
    keep(errors.merged, index, share(value, truth));
    keep(errors.average, index, share(own.reduce((sum, each) => sum + each, 0) / own.length, truth));
    keep(errors.maximum, index, share(Math.max(...own), truth));
    const { low, high, rankError } = bracket ?? { low: 0, high: 0, rankError: 0 };
    errors.width = Math.max(errors.width, share(high, low));
    errors.rankError = Math.max(errors.rankError, rankError);
    if (truth < low * (1 - 1e-12) || truth > high * (1 + 1e-12)) errors.outside += 1;
  }
}

function keep(worst: number[], index: number, error: number): void {
  worst[index] = Math.max(worst[index] ?? 0, error);
}

function percent(value: number): string {
  const inPercent = 100 * value;
  if (inPercent < 1e-6) return '0';
  return inPercent < 0.1 ? inPercent.toFixed(4) : inPercent.toFixed(2);
}

function print(cells: readonly string[]): void {
  console.log(cells.map((cell, index) => (index < 2 ? cell.padEnd(index === 0 ? 12 : 22) : cell.padStart(10))).join(''));
}

print(['samples', 'runners', 'seeds', 'merged', 'average', 'maximum', 'bracket', 'outside', 'rank', 'ms']);
for (const distribution of Object.keys(distributions).filter((name): name is Distribution => name in distributions)) {
  for (const { name, sizes, seeds } of cases) {
    const errors: Errors = { merged: [], average: [], maximum: [], width: 0, outside: 0, rankError: 0, mergeMs: 0 };
    for (let seed = 1; seed <= seeds; seed += 1) measure(distribution, sizes, seed, errors);
    const worst = [errors.merged, errors.average, errors.maximum].map((each) => percent(Math.max(...each)));
    print([distribution, name, String(seeds), ...worst, percent(errors.width), String(errors.outside), percent(errors.rankError), errors.mergeMs.toFixed(1)]);
    if (!options.each) continue;
    for (const [index, q] of quantiles.entries()) {
      print(['', `  p(${100 * q})`, '', ...[errors.merged, errors.average, errors.maximum].map((each) => percent(each[index] ?? 0))]);
    }
  }
}
console.log(`
Errors in % of the value: the worst of p(50), p(90), p(95), p(99), p(99.9) over all seeds. merged: ours; average, maximum: of the runners' own percentiles.
bracket: widest one as % of its low end; outside: pooled percentiles outside of it; rank: largest bound printed, in % of the samples; ms: longest merge.`);
