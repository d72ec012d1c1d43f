import { expect, test } from 'vitest';
import { judge, ratioOf, spreadOf } from './statistics.ts';

test('the median of an even number of values lies between the middle two', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
});

test('no values have no median', () => {
  expect(spreadOf([])).toEqual({ median: Number.NaN, min: Number.NaN, max: Number.NaN });
});

test('a ratio is taken within each round', () => {
  // The machine was half as fast in the second round.
  expect(ratioOf({ name: 'a', values: [100, 50, 100] }, { name: 'b', values: [80, 40, 50] })).toEqual({ median: 1.25, min: 1.25, max: 2 });
});

test('figures with unlike rounds are compared by their medians', () => {
  expect(ratioOf({ name: 'a', values: [100, 50, 100] }, { name: 'b', values: [50] }).median).toBe(2);
});

test('a goal is judged by the median of the ratios, and says how far off it is', () => {
  const comparison = {
    what: 'speed',
    unit: 'req/s',
    figures: [
      { name: 'ours', values: [90, 90, 10] },
      { name: 'theirs', values: [100, 100, 100] },
    ],
    goals: [
      { against: 'theirs', atLeast: 0.9 },
      { against: 'theirs', atLeast: 1.8 },
      { against: 'nobody', atLeast: 1 },
      { atMost: 60 },
    ],
  };
  const verdicts = judge(comparison);
  expect(verdicts.map(({ isMet }) => isMet)).toEqual([true, false, false]);
  expect(verdicts.map(({ missedBy }) => missedBy)).toEqual([0, 0.5, 0.5]);
});
