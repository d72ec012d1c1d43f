import { expect, test } from 'vitest';
import { vuSteps } from './vu-schedule.ts';

const steps = (...options: Parameters<typeof vuSteps>): (readonly [number, number])[] =>
  Array.from(vuSteps(...options), ({ atMs, vus }) => [atMs, vus]);

test('a ramp up spaces its steps evenly and is there at its end', () => {
  expect(steps(0, [{ durationMs: 10_000, target: 4 }])).toEqual([[0, 0], [2_500, 1], [5_000, 2], [7_500, 3], [10_000, 4], [10_000, 0]]);
});

test('a ramp down takes its first virtual user after one step, its last at its end', () => {
  expect(steps(4, [{ durationMs: 8_000, target: 0 }])).toEqual([[0, 4], [2_000, 3], [4_000, 2], [6_000, 1], [8_000, 0], [8_000, 0]]);
});

test('each stage goes on from the last target', () => {
  const stages = [
    { durationMs: 2_000, target: 5 },
    { durationMs: 6_000, target: 2 },
    { durationMs: 1_000, target: 4 },
    { durationMs: 2_000, target: 4 },
    { durationMs: 0, target: 1 },
    { durationMs: 3_000, target: 1 },
  ];
  expect(steps(3, stages)).toEqual([
    [0, 3], [1_000, 4], [2_000, 5],
    [4_000, 4], [6_000, 3], [8_000, 2],
    [8_500, 3], [9_000, 4],
    [11_000, 1], [14_000, 0],
  ]);
});

test('a stage without length jumps, a flat one does nothing', () => {
  expect(steps(0, [{ durationMs: 0, target: 5 }, { durationMs: 3_000, target: 5 }])).toEqual([[0, 0], [0, 5], [3_000, 0]]);
});
