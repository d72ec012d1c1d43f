import { describe, expect, test } from 'vitest';
import { bucketRelativeError, exactSamples, Histogram } from './histogram.ts';

/** Uniform numbers 0 .. 1 that are the same in each run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

function samplesOf(count: number, draw: (random: () => number) => number, seed = 7): number[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => draw(random));
}

function logNormal(random: () => number): number {
  return Math.exp(0.9 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}

function histogramOf(samples: Iterable<number>): Histogram {
  const histogram = new Histogram();
  for (const sample of samples) histogram.record(sample);
  return histogram;
}

/** k6's definition over all samples (k6: metrics/sink.go, TrendSink.P). */
function exactQuantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = q * (sorted.length - 1);
  const low = sorted[Math.floor(rank)] ?? 0;
  const high = sorted[Math.ceil(rank)] ?? 0;
  return low + (high - low) * (rank - Math.floor(rank));
}

const quantiles = [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

const distributions: [string, (random: () => number) => number][] = [
  ['uniform', (random) => random() * 250],
  ['log-normal', logNormal],
  ['constant', () => 3.14159],
  ['bimodal', (random) => (random() < 0.7 ? 0.5 + random() * 0.1 : 900 + random() * 100)],
  ['tiny, with zeros', (random) => (random() < 0.3 ? 0 : 1e-6 + random() * 0.002)],
  ['from a nanosecond to a day', (random) => 1e-6 * (86_400_000 / 1e-6) ** random()],
];

describe.each(distributions)('%s samples', (_name, draw) => {
  test.each([1, 2, 10, exactSamples])('%d of them give exact quantiles', (count) => {
    const samples = samplesOf(count, draw);
    const histogram = histogramOf(samples);
    expect(histogram.relativeError).toBe(0);
    for (const q of quantiles) expect(histogram.quantile(q)).toBe(exactQuantile(samples, q));
  });

  test.each([exactSamples + 1, 30_000])('%d of them give quantiles within the stated bound', (count) => {
    const samples = samplesOf(count, draw);
    const histogram = histogramOf(samples);
    expect(histogram.relativeError).toBe(bucketRelativeError);
    for (const q of quantiles) {
      const exact = exactQuantile(samples, q);
      expect(Math.abs(histogram.quantile(q) - exact)).toBeLessThanOrEqual(bucketRelativeError * exact * (1 + 1e-12));
    }
  });

  test('count, min, max and sum are exact', () => {
    const samples = samplesOf(30_000, draw);
    const histogram = histogramOf(samples);
    const exactSum = samples.reduce((sum, sample) => sum + BigInt(Math.round(sample * 2 ** 40)), 0n);
    expect(histogram.count).toBe(samples.length);
    expect(histogram.min).toBe(Math.min(...samples));
    expect(histogram.max).toBe(Math.max(...samples));
    expect(Math.abs(histogram.sum - Number(exactSum) / 2 ** 40)).toBeLessThanOrEqual(1e-7 + histogram.sum * 1e-15);
  });

  test('quantiles never fall as q rises, and stay between min and max', () => {
    const histogram = histogramOf(samplesOf(9_000, draw));
    let last = histogram.min;
    for (let step = 0; step <= 2_000; step++) {
      const value = histogram.quantile(step / 2_000);
      expect(value).toBeGreaterThanOrEqual(last);
      last = value;
    }
    expect(last).toBe(histogram.max);
  });

  test.each([
    [3, 5],
    [3_000, 1_096],
    [3_000, 1_097],
    [100, 20_000],
    [20_000, 100],
    [20_000, 30_000],
  ])('merging %d with %d equals recording all', (countA, countB) => {
    const a = samplesOf(countA, draw, 1);
    const b = samplesOf(countB, draw, 2);
    const merged = histogramOf(a);
    const other = histogramOf(b);
    const otherP90 = other.quantile(0.9);
    merged.merge(other);
    const recorded = histogramOf([...a, ...b]);
    expect([merged.count, merged.min, merged.max, merged.relativeError]).toEqual([
      recorded.count,
      recorded.min,
      recorded.max,
      recorded.relativeError,
    ]);
    expect(Math.abs(merged.sum - recorded.sum)).toBeLessThanOrEqual(recorded.sum * Number.EPSILON);
    for (const q of quantiles) expect(merged.quantile(q)).toBe(recorded.quantile(q));
    expect(other.quantile(0.9)).toBe(otherP90);
  });

  test.each([0, 1, 5_000])('%d samples survive the way to another thread, and more can be added there', (count) => {
    const samples = samplesOf(count, draw);
    const sent = histogramOf(samples);
    const received = Histogram.fromTransfer(structuredClone(sent.toTransfer()));
    for (const more of [draw(randomFrom(3)), 42, 0]) {
      sent.record(more);
      received.record(more);
    }
    expect(received.toTransfer()).toEqual(sent.toTransfer());
  });
});

test('the error bound is at most 0.1 %', () => {
  expect(bucketRelativeError).toBeLessThanOrEqual(0.001);
});

test('a histogram without samples is all zeros', () => {
  const histogram = new Histogram();
  expect([histogram.count, histogram.min, histogram.max, histogram.sum, histogram.quantile(0.5)]).toEqual([0, 0, 0, 0, 0]);
  histogram.merge(new Histogram());
  expect(histogram.count).toBe(0);
});

test('what is no positive number counts as 0', () => {
  const histogram = histogramOf([-1, Number.NaN, 5]);
  expect([histogram.count, histogram.min, histogram.max, histogram.quantile(0.5)]).toEqual([3, 0, 5, 0]);
});

test('values beyond the range go to its ends and keep min and max exact', () => {
  const histogram = histogramOf(Array.from({ length: 6_000 }, (_, index) => (index % 2 === 0 ? 1e-9 : 1e12)));
  expect([histogram.quantile(0), histogram.quantile(1)]).toEqual([1e-9, 1e12]);
  expect(histogram.quantile(0.25)).toBeLessThan(1e-6);
});

test('many equal samples do not drift the sum', () => {
  const histogram = new Histogram();
  for (let index = 0; index < 1_000_000; index++) histogram.record(0.1);
  expect(histogram.sum).toBe(100_000);
});

test('a reset histogram is like a new one', () => {
  const samples = samplesOf(10, logNormal);
  const histogram = histogramOf(samplesOf(6_000, logNormal));
  histogram.reset();
  expect(histogram.toTransfer()).toEqual(new Histogram().toTransfer());
  for (const sample of samples) histogram.record(sample);
  expect([histogram.quantile(0.5), histogram.relativeError]).toEqual([exactQuantile(samples, 0.5), 0]);
  const many = samplesOf(6_000, logNormal, 2);
  histogram.reset();
  for (const sample of many) histogram.record(sample);
  expect(histogram.toTransfer()).toEqual(histogramOf(many).toTransfer());
});

test('a transfer is no longer than its samples need', () => {
  expect(histogramOf([1, 2, 3]).toTransfer().values).toHaveLength(3);
  expect(histogramOf(Array.from({ length: 5_000 }, () => 2)).toTransfer().values).toHaveLength(1);
});
