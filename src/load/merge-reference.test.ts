import { expect, test } from 'vitest';
import { createRandom, percentileOf, pooled, trendOf } from './merge.fixture.ts';
import { referenceCases } from './merge-reference.fixture.ts';
import { MergedTrend } from './merge-trend.ts';

/** The reference takes samples from the grid only when it gives all of them away; in the upper tail ours finds more of them. */
const sameMethodUpTo = 0.95;

test.each(referenceCases)('merges as the reference does: $runners', ({ runners, exact, merged }) => {
  const samples = runners.map(([seed, count]) => {
    const random = createRandom(seed);
    return Float64Array.from({ length: count }, () => latency(random())).toSorted();
  });
  const pool = pooled(samples);
  const ours = new MergedTrend(samples.map(trendOf));
  expect(ours.rankError === 0).toBe(exact);
  for (const [q, value] of merged) {
    const isSame = exact || q <= sameMethodUpTo;
    expect(Math.abs(ours.quantile(q) / value - 1), `at ${q}`).toBeLessThanOrEqual(isSame ? 1e-9 : 1e-3);
  }
  const known = exact ? merged : [];
  for (const [q] of known) expect(Math.abs(ours.quantile(q) / percentileOf(pool, q) - 1), `at ${q}`).toBeLessThanOrEqual(1e-9);
});

/** Only products, which every language rounds alike. */
function latency(u: number): number {
  return 1 + 200 * u * u * u * u;
}
