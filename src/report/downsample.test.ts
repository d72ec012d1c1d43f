import { expect, test } from 'vitest';
import { columnRanges, downsample, type Point, timeGrid } from './downsample.ts';

const hour: readonly Point[] = Array.from({ length: 3_600 }, (_, second) => ({ ms: second * 1_000, value: second === 1_801 ? 999 : second === 2_400 ? -5 : second % 50 }));

test('a short run has a column a second and all of its points', () => {
  const points = hour.slice(0, 90);
  const grid = timeGrid(90_000);
  expect(grid.columns).toBe(91);
  expect(downsample(points, grid)).toEqual(points);
});

test('of a long run each column keeps its first, lowest, highest and last point', () => {
  const grid = timeGrid(3_600_000);
  const drawn = downsample(hour, grid);
  expect(grid.columns).toBe(241);
  expect(drawn.length).toBeLessThanOrEqual(964);
  expect(drawn).toEqual(expect.arrayContaining([hour[0], hour[1_801], hour[2_400], hour[3_599]]));
  expect(drawn.map(({ ms }) => ms)).toEqual(drawn.map(({ ms }) => ms).toSorted((a, b) => a - b));
});

test('unknown values stay where a column has no other', () => {
  const points = hour.map(({ ms, value }) => ({ ms, value: ms < 23_000 || ms === 60_000 ? null : value }));
  expect(downsample(points, timeGrid(3_600_000)).filter(({ value }) => value === null)).toEqual([{ ms: 0, value: null }, { ms: 8_000, value: null }]);
});

test('a column tells its lowest and highest value, an empty one that of the one before', () => {
  const points = [{ ms: 100, value: 1 }, { ms: 400, value: 3 }, { ms: 3_100, value: null }, { ms: 9_999_999, value: 7 }];
  expect(columnRanges(points, timeGrid(5_000))).toEqual([{ low: 1, high: 3 }, { low: 1, high: 3 }, null, null, null, { low: 7, high: 7 }]);
});

test.each([0, 1, 999])('a run of %i ms has its beginning and its end', (endMs) => {
  expect(timeGrid(endMs)).toEqual({ endMs: 1_000, columns: 2 });
});
