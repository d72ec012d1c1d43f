import { expect, test } from 'vitest';
import type { PodSnapshot } from '../targets/target.ts';
import { podShares } from './pod-shares.ts';
import { sampleAt } from './report-run.fixture.ts';

const pod = (name: string, requests: number | null, changes: Partial<PodSnapshot> = {}): PodSnapshot => ({
  name, ready: true, terminating: false, restarts: 0, cpuMillicores: null, memoryBytes: null, requests, requestsPerSecond: null, pricesSha256: null, problem: null, ...changes,
});

test('a pod that was there counts from its first counter, one that came later from 0', () => {
  const shares = podShares([
    sampleAt(0, { pods: [pod('a', 1_000)] }),
    sampleAt(1_000, { pods: [pod('a', 1_300), pod('b', null, { ready: false })] }),
    sampleAt(2_000, { pods: [pod('a', 1_500), pod('b', 40)] }),
    sampleAt(3_000, { pods: [pod('b', 90), pod('c', 70)] }),
  ]);
  expect(shares).toEqual([
    { name: 'a', firstMs: 0, lastMs: 2_000, readyMs: 0, requests: 500, restarts: 0 },
    { name: 'b', firstMs: 1_000, lastMs: 3_000, readyMs: 2_000, requests: 90, restarts: 0 },
    { name: 'c', firstMs: 3_000, lastMs: 3_000, readyMs: 3_000, requests: 70, restarts: 0 },
  ]);
});

test('a counter that begins anew with its container counts on', () => {
  const counters = [100, 160, 5, 25];
  const shares = podShares(counters.map((requests, index) => sampleAt(index * 1_000, { pods: [pod('a', requests, { restarts: index > 1 ? 1 : 0 })] })));
  expect(shares).toMatchObject([{ requests: 60 + 5 + 20, restarts: 1 }]);
});

test('a pod that never tells is unknown, and a silent moment loses nothing', () => {
  const shares = podShares([10, null, 30].map((requests, index) => sampleAt(index * 1_000, { pods: [pod('a', requests), pod('b', null)] })));
  expect(shares).toMatchObject([{ name: 'a', requests: 20 }, { name: 'b', requests: null }]);
});

test('no samples, no pods', () => {
  expect(podShares([])).toEqual([]);
});
