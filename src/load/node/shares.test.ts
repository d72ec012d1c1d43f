import { expect, test } from 'vitest';
import { plannedVus, shareOf, usefulWorkers } from './shares.ts';

test('the shares of all workers add up to the total and differ by at most one', () => {
  for (let count = 1; count <= 7; count++) {
    for (let total = 0; total <= 30; total++) {
      const shares = Array.from({ length: count }, (_, index) => shareOf(total, { index, count }));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }
  }
});

test('a worker without virtual users of its own is of no use', () => {
  const arrivals = { executor: 'constant-arrival-rate', rate: 10, durationMs: 1_000, preAllocatedVus: 2, maxVus: 50 } as const;
  expect(usefulWorkers({ executor: 'constant-vus', vus: 3, durationMs: 1_000 }, 8)).toBe(3);
  expect(usefulWorkers(arrivals, 8)).toBe(2);
  expect(usefulWorkers({ ...arrivals, preAllocatedVus: 0 }, 8)).toBe(1);
  expect(usefulWorkers({ executor: 'constant-vus', vus: 30, durationMs: 1_000 }, 4)).toBe(4);
});

test('a ramp plans for its highest stage', () => {
  expect(plannedVus({ executor: 'ramping-vus', startVus: 2, stages: [{ durationMs: 1, target: 9 }, { durationMs: 1, target: 0 }] })).toBe(9);
  expect(plannedVus({ executor: 'ramping-vus', startVus: 20, stages: [{ durationMs: 1, target: 9 }] })).toBe(20);
});
