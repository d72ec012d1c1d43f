import { expect, test } from 'vitest';
import { distributionOf, quantileOf, shareUpTo } from './distribution.ts';
import { Histogram } from './histogram.ts';
import { MergedTrend } from './merge-trend.ts';
import { createRandom, percentileOf, samplesOf, trendOf } from './merge.fixture.ts';
import type { SinkSet, TrendSamples } from './sinks.ts';

const metric = 'http_req_duration';
const sinksOf = (samples: TrendSamples): SinkSet => new Map([[metric, { type: 'trend', contains: 'time', samples }]]);

function histogramOf(values: Iterable<number>): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

test.each(['histogram', 'grids of two runners'])('quantiles and shares of %s are those of the samples', (source) => {
  const sorted = samplesOf('slow tail', 20_000, createRandom(7));
  const halves = [0, 1].map((half) => trendOf(sorted.filter((_, index) => index % 2 === half)));
  const distribution = distributionOf(sinksOf(source === 'histogram' ? histogramOf(sorted) : new MergedTrend(halves)), metric);
  if (distribution === null) throw new Error('no distribution');
  expect(distribution).toMatchObject({ metric, count: 20_000 });
  for (const quantile of [0, 0.1, 0.5, 0.95, 0.99, 0.999, 1]) {
    const value = percentileOf(sorted, quantile);
    expect(quantileOf(distribution, quantile) / value).toBeCloseTo(1, 2);
    expect(shareUpTo(distribution, value)).toBeCloseTo(quantile, 2);
  }
});

test('points between two samples are left out', () => {
  const distribution = distributionOf(sinksOf(histogramOf([1, 2, 3, 4])), metric);
  expect(distribution?.quantiles.at(-2)).toEqual([0.75, 3.25]);
  expect(distribution?.quantiles.at(-1)).toEqual([1, 4]);
});

test('one value for all, and a jump', () => {
  const constant = distributionOf(sinksOf(histogramOf([5, 5, 5])), metric);
  const jump = distributionOf(sinksOf(histogramOf([...Array<number>(500).fill(1), ...Array<number>(500).fill(9)])), metric);
  if (constant === null || jump === null) throw new Error('no distribution');
  expect([shareUpTo(constant, 4.9), shareUpTo(constant, 5), quantileOf(constant, 0.3)]).toEqual([0, 1, 5]);
  expect(shareUpTo(jump, 8)).toBeCloseTo(0.5, 2);
});

test.each([
  ['no samples', sinksOf(histogramOf([]))],
  ['no such metric', new Map()],
  ['no trend', new Map([[metric, { type: 'counter', contains: 'default', count: 3 } as const]])],
])('none with %s', (_, sinks) => {
  expect(distributionOf(sinks, metric)).toBeNull();
});
