import { expect, test } from 'vitest';
import { createRandom, payloadOf, percentileOf, pooled, samplesOf, trendOf } from './merge.fixture.ts';
import { mergeRunners } from './merge.ts';
import type { PayloadMetric } from './merge-payload.ts';
import { MergedTrend } from './merge-trend.ts';

const counter = (count: number): PayloadMetric => ({ type: 'counter', contains: 'default', count });
const gauge = (value: number, min: number, max: number): PayloadMetric => ({ type: 'gauge', contains: 'default', value, min, max });
const rate = (passes: number, fails: number): PayloadMetric => ({ type: 'rate', contains: 'default', passes, fails });

function samples(count: number, seed: number): Float64Array {
  return samplesOf('log-normal', count, createRandom(seed));
}

test('counters and rates add up, trends hold the samples of all, a metric may be on one runner only', () => {
  const [a, b] = [samples(40, 1), samples(50, 2)];
  const { metrics, percentiles } = mergeRunners([
    payloadOf({ http_reqs: counter(40), http_req_failed: rate(1, 39), http_req_duration: trendOf(a), data_sent: { type: 'counter', contains: 'data', count: 7 } }),
    payloadOf({ http_reqs: counter(50), http_req_failed: rate(0, 50), http_req_duration: trendOf(b), only_here: counter(3) }),
  ]);
  expect(metrics.get('http_reqs')).toEqual(counter(90));
  expect(metrics.get('only_here')).toEqual(counter(3));
  expect(metrics.get('data_sent')).toEqual({ type: 'counter', contains: 'data', count: 7 });
  expect(metrics.get('http_req_failed')).toEqual({ type: 'rate', contains: 'default', passes: 1, total: 90 });
  const pool = pooled([a, b]);
  const trend = metrics.get('http_req_duration');
  expect(trend).toMatchObject({ type: 'trend', contains: 'time', samples: { count: 90, min: pool[0], max: pool.at(-1) } });
  expect(trend?.type === 'trend' ? trend.samples.quantile(0.95) : undefined).toBeCloseTo(percentileOf(pool, 0.95), 9);
  expect(trend?.type === 'trend' ? trend.samples.sum : undefined).toBeCloseTo(pool.reduce((sum, value) => sum + value, 0), 9);
  expect(percentiles).toEqual({ method: 'exact', relativeError: 0 });
});

test('a metric without samples is absent', () => {
  const { metrics } = mergeRunners([
    payloadOf({ empty: { type: 'trend', contains: 'time', count: 0, min: 0, max: 0, avg: 0, grid: [] }, never: rate(0, 0), some: trendOf(samples(3, 1)) }),
    payloadOf({ some: { type: 'trend', contains: 'time', count: 0, min: 0, max: 0, avg: 0, grid: [] } }),
  ]);
  expect([...metrics.keys()]).toEqual(['some']);
  expect(metrics.get('some')).toMatchObject({ samples: { count: 3, min: samples(3, 1)[0] } });
});

test('virtual users of all runners add up; of another gauge the last value counts', () => {
  const early = payloadOf({ vus: gauge(3, 1, 4), vus_max: gauge(4, 4, 4), 'vus{a:b}': gauge(1, 1, 1), level: gauge(9, 2, 9) }, { endedAtMs: 2_000, durationMs: 1_000 });
  const late = payloadOf({ vus: gauge(2, 2, 3), vus_max: gauge(3, 3, 3), 'vus{a:b}': gauge(1, 1, 1), level: gauge(5, 3, 7) }, { endedAtMs: 2_500, durationMs: 1_000 });
  for (const payloads of [[early, late], [late, early]]) {
    const { metrics } = mergeRunners(payloads);
    expect(metrics.get('vus')).toEqual(gauge(5, 3, 7));
    expect(metrics.get('vus_max')).toEqual(gauge(7, 7, 7));
    expect(metrics.get('vus{a:b}')).toEqual(gauge(2, 2, 2));
    expect(metrics.get('level')).toEqual(gauge(5, 2, 9));
  }
});

test('the test lasts from the first start to the last end', () => {
  const { startedAtMs, ms, warnings } = mergeRunners([
    payloadOf({ http_reqs: counter(100) }, { endedAtMs: 11_000, durationMs: 10_000 }),
    payloadOf({ http_reqs: counter(100) }, { endedAtMs: 11_800, durationMs: 10_000 }),
    payloadOf({ http_reqs: counter(100) }, { endedAtMs: 11_100, durationMs: 10_050 }),
  ]);
  expect({ startedAtMs, ms, warnings }).toEqual({ startedAtMs: 1_000, ms: 10_800, warnings: [] });
});

test('runners that did not work at one time are told, with both rates', () => {
  const { ms, warnings } = mergeRunners([
    payloadOf({ http_reqs: counter(100) }, { endedAtMs: 11_000, durationMs: 10_000 }),
    payloadOf({ http_reqs: counter(100) }, { endedAtMs: 13_500, durationMs: 10_000 }),
  ]);
  expect(ms).toBe(12_500);
  expect(warnings).toEqual([
    "the runners did not begin and end together, or their clocks differ, by 2.5 s: http_reqs is 16/s over all 12.5 s, and 20/s as the sum of the runners' own rates",
  ]);
  const late = payloadOf({ http_reqs: counter(100) }, { durationMs: 5_000 });
  expect(mergeRunners([payloadOf({ http_reqs: counter(100) }), late]).warnings).toHaveLength(1);
  expect(mergeRunners([payloadOf({}), late]).warnings).toEqual([]);
});

test('checks are merged by their path, and named with their group', () => {
  const { checks } = mergeRunners([
    payloadOf({}, { checks: [{ path: '::ok', name: 'ok', passes: 3, fails: 1 }, { path: '::basket::ok', name: 'ok', passes: 1, fails: 0 }] }),
    payloadOf({}, { checks: [{ path: '::ok', name: 'ok', passes: 4, fails: 0 }, { path: '::late', name: 'late', passes: 0, fails: 2 }] }),
  ]);
  expect(checks).toEqual([
    { name: 'ok', passes: 7, fails: 1 },
    { name: 'basket::ok', passes: 1, fails: 0 },
    { name: 'late', passes: 0, fails: 2 },
  ]);
});

test('thresholds of all scripts are united, under the names that k6 gives to metrics', () => {
  const { thresholds } = mergeRunners([
    payloadOf({}, { thresholds: { http_req_duration: ['p(95)<200', 'avg<100'], 'http_reqs{ status:200 }': ['count>0'] } }),
    payloadOf({}, { thresholds: { http_req_duration: [' p(95)<200', 'max<900'] } }),
  ]);
  expect(thresholds).toEqual({ http_req_duration: ['p(95)<200', 'avg<100', 'max<900'], 'http_reqs{status:200}': ['count>0'] });
});

test('percentiles that are no longer exact say how far their rank may be off', () => {
  const { percentiles, metrics } = mergeRunners([payloadOf({ a: trendOf(samples(3_000, 1)) }), payloadOf({ a: trendOf(samples(100, 2)), b: trendOf(samples(9, 3)) })]);
  expect(percentiles).toEqual({ method: 'grid', rankError: (3 + 1 + 1) / 3_100 });
  expect(metrics.get('a')).toHaveProperty('samples', expect.any(MergedTrend));
});

test('one name of two types is told, and the first one counts', () => {
  const { metrics, warnings } = mergeRunners([payloadOf({ a: counter(1) }), payloadOf({ a: rate(1, 0) }), payloadOf({ a: counter(2) })]);
  expect(metrics.get('a')).toEqual(counter(3));
  expect(warnings).toEqual(['a is of another type on one runner, whose samples are left out']);
});

test('no payload at all is an empty result', () => {
  expect(mergeRunners([])).toEqual({
    metrics: new Map(),
    checks: [],
    startedAtMs: 0,
    ms: 0,
    percentiles: { method: 'exact', relativeError: 0 },
    thresholds: {},
    warnings: [],
  });
});
