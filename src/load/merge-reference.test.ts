import { expect, test } from 'vitest';
import { createRandom, percentileOf, pooled, trendOf } from './merge.fixture.ts';
import { referenceCases } from './merge-reference.fixture.ts';
import { MergedTrend } from './merge-trend.ts';

/** The reference takes samples from the grid only where it gives all of them away; above this quantile the grid gives more of 2,000 samples than it takes. */
const sameMethodBelow = 0.86;

test.each(referenceCases)('merges as the reference does: $runners', ({ runners, exact, merged }) => {
  const samples = runners.map(([seed, count]) => {
    const random = createRandom(seed);
    return Float64Array.from({ length: count }, () => latency(random())).toSorted();
  });
  const pool = pooled(samples);
  const ours = new MergedTrend(samples.map(trendOf));
  expect(ours.rankError === 0).toBe(exact);
  const isEven = new Set(runners.map(([, count]) => count)).size === 1;
  for (const [q, value] of merged) {
    const isSame = exact || (isEven && q < sameMethodBelow);
    expect(Math.abs(ours.quantile(q) / value - 1), `at ${q}`).toBeLessThanOrEqual(isSame ? 1e-9 : 1e-3);
  }
  const known = exact ? merged : [];
  for (const [q] of known) expect(Math.abs(ours.quantile(q) / percentileOf(pool, q) - 1), `at ${q}`).toBeLessThanOrEqual(1e-9);
});

/** Only products, which every language rounds alike. */
function latency(u: number): number {
  return 1 + 200 * u * u * u * u;
}
