import { expect, test } from 'vitest';
import { createRandom, payloadOf, samplesOf, trendOf } from './merge.fixture.ts';
import { quantileGrid } from './merge-grid.ts';
import type { RunnerPayload } from './merge-payload.ts';
import { parsePayload } from './merge-payload-parser.ts';

const trend = trendOf(samplesOf('uniform', 30, createRandom(1)));
const payload = payloadOf({
  trend,
  counter: { type: 'counter', contains: 'data', count: 2.5 },
  rate: { type: 'rate', contains: 'default', passes: 1, fails: 2 },
  gauge: { type: 'gauge', contains: 'default', value: -1, min: -2, max: 3 },
});

function parse(changes: object): RunnerPayload | string {
  return parsePayload(JSON.stringify({ ...payload, ...changes }));
}

function parseMetric(metric: unknown): RunnerPayload | string {
  return parse({ metrics: { m: metric } });
}

test('a payload is taken as it is, and what it has besides is left', () => {
  expect(parse({ extra: 1 })).toEqual(payload);
});

test('a metric may have a name that means something else to JavaScript', () => {
  const parsed = parsePayload(JSON.stringify(payload).replace('"counter":{', '"__proto__":{'));
  expect(typeof parsed === 'string' ? parsed : Object.keys(parsed.metrics)).toEqual(['trend', '__proto__', 'rate', 'gauge']);
});

test('of a trend without samples nothing else is asked', () => {
  expect(parseMetric({ type: 'trend', contains: 'time', count: 0 })).toMatchObject({ metrics: { m: { count: 0, grid: [] } } });
});

test('k6 may round a grid down by a bit', () => {
  const grid = trend.grid.map((value, index) => (index === 900 ? (trend.grid[899] ?? 0) * (1 - 1e-15) : value));
  expect(parseMetric({ ...trend, grid })).toMatchObject({ metrics: { m: { count: 30 } } });
});

test.each([
  ['null', "it isn't an object"],
  ['[]', "it isn't an object"],
  ['', "it isn't JSON"],
  ['{}', 'it is of another version of pricectl'],
  ['{"v":2}', 'it is of another version of pricectl'],
  ['{"v":1}', "metrics isn't an object"],
])('%s: %s', (text, problem) => {
  expect(parsePayload(text)).toBe(problem);
});

test.each([
  [{ endedAtMs: null }, "endedAtMs isn't a number"],
  [{ durationMs: -1 }, 'durationMs is below 0'],
  [{ durationMs: '1' }, "durationMs isn't a number"],
  [{ metrics: [] }, "metrics isn't an object"],
  [{ checks: {} }, "checks isn't a list"],
  [{ checks: [{ path: '::a', name: 'a', passes: 1.5, fails: 0 }] }, "checks[0].passes isn't a count"],
  [{ checks: [{ path: '::a', name: 5, passes: 1, fails: 0 }] }, "checks[0].name isn't text"],
  [{ thresholds: [] }, "thresholds isn't an object"],
  [{ thresholds: { a: 'p(95)<1' } }, "thresholds.a isn't a list"],
  [{ thresholds: { a: ['p(95)'] } }, 'thresholds.a has "p(95)", which is no threshold'],
])('%j: %s', (changes, problem) => {
  expect(parse(changes)).toBe(problem);
});

test.each([
  [null, "metrics.m isn't an object"],
  [{ type: 'counter', contains: 'apples', count: 1 }, 'metrics.m.contains is none of default, time, data'],
  [{ type: 'histogram', contains: 'time' }, 'metrics.m.type is none of counter, gauge, rate, trend'],
  [{ type: 'counter', contains: 'data', count: null }, "metrics.m.count isn't a number"],
  [{ type: 'rate', contains: 'default', passes: -1, fails: 0 }, "metrics.m.passes isn't a count"],
  [{ type: 'gauge', contains: 'default', value: 1, min: 1 }, "metrics.m.max isn't a number"],
  [{ ...trend, count: 2.5 }, "metrics.m.count isn't a count"],
  [{ ...trend, avg: undefined }, "metrics.m.avg isn't a number"],
  [{ ...trend, grid: trend.grid.slice(1) }, 'metrics.m.grid has 3250 values, not 3251'],
  [{ ...trend, grid: trend.grid.with(7, Number.NaN) }, "a value of metrics.m.grid isn't a number"],
  [{ ...trend, grid: trend.grid.with(quantileGrid.indexOf(90), 0) }, 'metrics.m.grid falls at p(90)'],
])('metric %#: %s', (metric, problem) => {
  expect(parseMetric(metric)).toBe(problem);
});

test('a number beyond all doubles is none', () => {
  expect(parsePayload(JSON.stringify(payload).replace('"count":2.5', '"count":1e999'))).toBe("metrics.counter.count isn't a number");
});
