import { expect, test } from 'vitest';
import type { EngineResult } from './engine.ts';
import { createRandom, payloadOf, percentileOf, pooled, samplesOf, trendOf } from './merge.fixture.ts';
import { mergeRunners } from './merge.ts';
import { finishedTest } from './summary.fixture.ts';
import { summarise } from './summary.ts';

const random = createRandom(1);
const runners = [9_000, 4_000].map((count) => samplesOf('log-normal', count, random));
const pool = pooled(runners);

/** Two k6 processes' result, with thresholds of their script. */
function mergedResult(thresholds: NonNullable<EngineResult['thresholds']>): Partial<EngineResult> {
  const { metrics, percentiles, ...merged } = mergeRunners(
    runners.map((samples) =>
      payloadOf({ http_reqs: { type: 'counter', contains: 'default', count: samples.length }, http_req_duration: trendOf(samples) }, { thresholds }),
    ),
  );
  return { metrics, percentiles, thresholds: merged.thresholds, ms: merged.ms };
}

test('percentiles of several runners come with their brackets, and those of thresholds too', () => {
  const { percentiles, metrics } = summarise(finishedTest(mergedResult({ http_req_duration: ['p(99.9)<1000', 'p(95.0)<999', 'avg<100'] })));
  expect(percentiles).toMatchObject({ method: 'grid', rankError: (0.001 * 13_000 + 3) / 13_000 });
  const brackets = percentiles.method === 'grid' ? percentiles.brackets : [];
  expect(brackets.map(({ metric, percentile }) => `${metric} ${percentile}`)).toEqual([
    'http_req_duration med',
    'http_req_duration p(90)',
    'http_req_duration p(95)',
    'http_req_duration p(99)',
    'http_req_duration p(99.9)',
  ]);
  for (const [index, q] of [0.5, 0.9, 0.95, 0.99, 0.999].entries()) {
    const bracket = brackets[index];
    expect(bracket?.low).toBeLessThanOrEqual(percentileOf(pool, q) * (1 + 1e-12));
    expect(bracket?.high).toBeGreaterThanOrEqual(percentileOf(pool, q) * (1 - 1e-12));
  }
  expect(brackets[2]?.value).toBe(metrics['http_req_duration']?.values['p(95)']);
});

test('thresholds are judged once, on the samples of all runners', () => {
  const p95 = percentileOf(pool, 0.95);
  const { thresholds, verdict, reasons } = summarise(finishedTest(mergedResult({ http_req_duration: [`p(95)<${p95 * 1.01}`, `p(95)<${p95 * 0.99}`] })));
  expect(thresholds.filter(({ metric }) => metric === 'http_req_duration').map(({ ok }) => ok)).toEqual([true, false]);
  expect(verdict).toBe('failed');
  expect(reasons).toHaveLength(1);
});

test('a threshold within the bracket of its percentile is too close to tell', () => {
  const { percentiles } = summarise(finishedTest(mergedResult({})));
  const { low = 0, high = 0 } = (percentiles.method === 'grid' ? percentiles.brackets : []).find(({ percentile }) => percentile === 'med') ?? {};
  expect(low).toBeLessThan(high);
  const doubtful = (...expressions: readonly string[]) =>
    summarise(finishedTest(mergedResult({ http_req_duration: expressions }))).warnings.filter((warning) => warning.includes('closer to the measured'));
  expect(doubtful(`med<${(low + high) / 2}`, `p(50)<${high}`)).toHaveLength(2);
  expect(doubtful(`med<${high * 1.0001}`, `med>${low * 0.9999}`, `max<${pool.at(-1)}`)).toEqual([]);
});

test('a percentile that is exact is never too close to its threshold', () => {
  const { metrics, thresholds, percentiles } = mergeRunners(
    runners.map((samples) => payloadOf({ a: trendOf(samples), b: trendOf(Float64Array.of(1, 2, 3)) }, { thresholds: { b: ['med<=2'] } })),
  );
  const result = summarise(finishedTest({ metrics, thresholds, percentiles }));
  expect(result.percentiles).toMatchObject({ method: 'grid' });
  expect(result.thresholds.at(-1)).toEqual({ metric: 'b', expression: 'med<=2', value: 2, ok: true });
  expect(result.warnings.filter((warning) => warning.includes('med<=2'))).toEqual([]);
});

test('the result survives JSON as it is', () => {
  const result = summarise(finishedTest(mergedResult({ http_req_duration: ['p(99.9)<1000'] })));
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
});
