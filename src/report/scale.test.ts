import { expect, test } from 'vitest';
import { linearScale, logScale, timeTicks } from './scale.ts';

test.each([
  [0, [0, 0.5, 1]],
  [1, [0, 0.5, 1]],
  [7, [0, 2.5, 5, 7.5]],
  [10, [0, 5, 10]],
  [13_503, [0, 5_000, 10_000, 15_000]],
  [0.03, [0, 0.01, 0.02, 0.03]],
])('an axis for values up to %d is marked at %j', (highest, ticks) => {
  expect(linearScale(highest).ticks).toEqual(ticks);
});

test('a value beyond an axis lies at its end', () => {
  const scale = linearScale(10);
  expect([-1, 0, 5, 10, 11].map((value) => scale.at(value))).toEqual([0, 0, 0.5, 1, 1]);
});

test.each([
  [{ low: 0.08, high: 41 }, [0.1, 1, 10]],
  [{ low: 1, high: 30 }, [1, 2, 5, 10, 20]],
  [{ low: 3, high: 3 }, [3, 4]],
])('a logarithmic axis for %j is marked at %j', (range, ticks) => {
  const scale = logScale(range);
  expect(scale.ticks).toEqual(ticks);
  expect(scale.at(range.low)).toBeGreaterThanOrEqual(0);
  expect(scale.at(range.high)).toBeLessThanOrEqual(1);
  expect(scale.at(0)).toBe(0);
});

test.each([
  [1_000, [0, 1_000]],
  [90_000, [0, 15_000, 30_000, 45_000, 60_000, 75_000, 90_000]],
  [3_600_000, [0, 600_000, 1_200_000, 1_800_000, 2_400_000, 3_000_000, 3_600_000]],
])('%i ms are marked at round moments', (endMs, ticks) => {
  expect(timeTicks(endMs)).toEqual(ticks);
});

test('a day has a handful of marks', () => {
  expect(timeTicks(86_400_000)).toHaveLength(7);
});
