import { expect, test } from 'vitest';
import type { Scenario } from '../profile.ts';
import { segmentsOf, splitLoad, unevenShares, usefulRunners } from './split.ts';

const arrivals: Scenario = { executor: 'constant-arrival-rate', rate: 10, durationMs: 1_000, preAllocatedVus: 4, maxVus: 4 };

test('virtual users are dealt out as k6 does: 10 over 3 are 4, 3, 3', () => {
  const shares = splitLoad({ executor: 'constant-vus', vus: 10, durationMs: 1_000 }, 3);
  expect(shares).toEqual([4, 3, 3].map((vus) => ({ vus, maxVus: vus, rate: null })));
});

test('a ramp is told at its highest', () => {
  const stages = [
    { durationMs: 1, target: 7 },
    { durationMs: 1, target: 0 },
  ];
  expect(splitLoad({ executor: 'ramping-vus', startVus: 2, stages }, 2).map(({ vus }) => vus)).toEqual([4, 3]);
});

test('a rate goes by the shares of maxVUs: 10/s with 4 over 3 are 5, 2.5, 2.5', () => {
  expect(splitLoad(arrivals, 3)).toEqual([
    { vus: 2, maxVus: 2, rate: 5 },
    { vus: 1, maxVus: 1, rate: 2.5 },
    { vus: 1, maxVus: 1, rate: 2.5 },
  ]);
});

test('the highest rate of a ramp counts, also when it is the first', () => {
  const ramp: Scenario = { executor: 'ramping-arrival-rate', startRate: 30, stages: [{ durationMs: 1, target: 10 }], preAllocatedVus: 2, maxVus: 6, openEnded: false };
  expect(splitLoad(ramp, 2)).toEqual([
    { vus: 1, maxVus: 3, rate: 15 },
    { vus: 1, maxVus: 3, rate: 15 },
  ]);
});

test('uneven shares are told in figures, even ones are not', () => {
  expect(unevenShares({ executor: 'constant-vus', vus: 10, durationMs: 1 }, 3)).toBe("10 VUs can't be divided by 3 runners: they get 4, 3, 3 VUs");
  expect(unevenShares(arrivals, 3)).toBe("4 VUs can't be divided by 3 runners: they get 5, 2.5, 2.5 iterations/s");
  expect(unevenShares({ executor: 'constant-vus', vus: 9, durationMs: 1 }, 3)).toBeUndefined();
  expect(unevenShares({ ...arrivals, maxVus: 8 }, 4)).toBeUndefined();
});

test('there are never more runners than virtual users', () => {
  expect(usefulRunners({ executor: 'constant-vus', vus: 2, durationMs: 1 }, 50)).toBe(2);
  expect(usefulRunners(arrivals, 50)).toBe(4);
  expect(usefulRunners(arrivals, 3)).toBe(3);
});

test('segments follow each other from 0 to 1', () => {
  const sequence = '0,1/3,2/3,1';
  expect(segmentsOf(3)).toEqual(['0:1/3', '1/3:2/3', '2/3:1'].map((segment) => ({ segment, sequence })));
  expect(segmentsOf(1)).toEqual([{ segment: '0:1', sequence: '0,1' }]);
});
